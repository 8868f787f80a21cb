/** Reads things as `thing-record.ts` writes them. */
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Shape } from '../values/shape.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { readInt, readStr } from './read.ts';
import { readRestriction } from './restrictions.ts';
import { typeById } from './schema-records.ts';
import { spliceInto } from './splice.ts';
import { decodeProperty, type StoredContext } from './stored.ts';
import { Form } from './thing-record.ts';
import type { FieldDef, TypeDef } from './types.ts';

/** Puts a property and lets a list or set know whose it is. */
export function putOwned(thing: Thing, key: string, value: Value): void {
  if (value instanceof List || value instanceof SetValue) {
    value.parent = thing;
    value.key = key;
  }
  thing.put(key, value);
  const type = thing.shape.type as TypeDef | null;
  if (type !== null) restrictOwned(value, type.field(key));
}

/** Gives a list or set in a field its restriction. */
function restrictOwned(value: Value, field: FieldDef | undefined): void {
  if (value instanceof List || value instanceof SetValue) value.restriction = field?.rule.restriction ?? null;
}

/** Reads a thing as `encodeThingBody` writes it. */
export function decodeThingBody(r: MsgpackReader, thing: Thing, collection: Collection, cx: StoredContext): void {
  const head = r.next();
  const restriction = head === Tok.STR ? readRestriction(collection, r.text()) : null;
  if (head !== Tok.STR && head !== Tok.INT) throw new Error('damaged record: expected a type or a restriction');
  const form = head === Tok.STR ? readInt(r) : r.number;
  if (form > 0) {
    decodeSlots(r, thing, typeById(collection, form).shape, cx);
    return;
  }
  const shape = form === Form.PLAIN ? Shape.empty : form === Form.SORTED ? Shape.sorted : Shape.dictionary;
  thing.fill(shape, [], form === Form.PLAIN ? null : new Map(), restriction);
  for (let left = readInt(r); left > 0; left--) {
    const key = readStr(r);
    putOwned(thing, key, decodeProperty(r, cx));
  }
  // Growing left room for more in the array.
  thing.slots = thing.slots.slice();
}

/** Reads the value of each slot of an instance, or of a plain thing with the keys of a shape. */
export function decodeSlots(r: MsgpackReader, thing: Thing, shape: Shape, cx: StoredContext): void {
  const type = shape.type as TypeDef | null;
  // Of the right size from the start: an array that grows keeps room for more.
  const slots = new Array<Value>(shape.keys.length).fill(null);
  for (let i = 0; i < slots.length; i++) {
    const value = decodeProperty(r, cx);
    if (value instanceof List || value instanceof SetValue) {
      value.parent = thing;
      value.key = shape.keys[i] as string;
      if (type !== null) restrictOwned(value, type.fields[i]);
    }
    slots[i] = value;
  }
  thing.fill(shape, slots, null, null);
}

/** The list of a property. Throws when there is none. */
export function listOf(thing: Thing | undefined, key: string): List {
  const list = thing?.get(key);
  if (list instanceof List) return list;
  throw new Error('damaged change: no list there');
}

/** Puts items in place of others, which it gives. */
export function putInto(list: List, start: number, count: number, items: readonly Value[]): Value[] {
  list.kept = Math.min(list.kept, start);
  return spliceInto(list.items, start, count, items);
}
