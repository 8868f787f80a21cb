/**
 * How a thing is written into changes and checkpoint records, behind its id. An instance of a type: the id of the type and the value of each field, in the
 * order of the type, which is written before. A plain thing: its restriction as a str, if it has one; its form; then how many
 * properties there are, and key and value of each.
 */

import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Shape } from '../values/shape.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { restrictionText } from './restrictions.ts';
import { encodeStored } from './stored.ts';

/** The form of a plain thing; those of dictionaries are negative, since types have positive ids. */
export const Form = { PLAIN: 0, DICTIONARY: -1, SORTED: -2 } as const;

/** Writes a property that is large, in a way of its own; false when it is to be written as any other. */
export type WriteLarge = (w: MsgpackWriter, thing: Thing, name: string, value: Value) => boolean;

export function encodeThingBody(w: MsgpackWriter, thing: Thing, large: WriteLarge | null = null): void {
  const { type } = thing.shape;
  if (type !== null) {
    w.int(type.id);
    const { slots } = thing;
    for (let slot = 0; slot < slots.length; slot++) {
      const value = slots[slot] as Value;
      if (large === null || !mayBeLarge(value) || !large(w, thing, thing.shape.keys[slot] as string, value)) encodeStored(w, value);
    }
    return;
  }
  if (thing.restriction !== null) w.str(restrictionText(thing.restriction));
  w.int(thing.dict === null ? Form.PLAIN : thing.shape === Shape.sorted ? Form.SORTED : Form.DICTIONARY);
  const keys = thing.keys();
  w.int(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    w.str(key);
    const value = thing.dict === null ? (thing.slots[i] as Value) : (thing.dict.get(key) as Value);
    if (large === null || !mayBeLarge(value) || !large(w, thing, key, value)) encodeStored(w, value);
  }
}

const mayBeLarge = (value: Value): boolean => typeof value === 'object' && value !== null && 'kept' in value;
