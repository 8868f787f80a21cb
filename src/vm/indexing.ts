/** Indexes and slices: reading, and the checks and changes of assignments through them. */

import { BINARY_OPS } from '../bytecode/opcodes.ts';
import { lookupErr, operationErr, typeErr, valueErr } from '../errors.ts';
import { badName, noProperty } from '../model/property-checks.ts';
import type { Transaction } from '../model/transaction.ts';
import type { TypeDef } from '../model/types.ts';
import { List } from '../values/list.ts';
import { charge } from '../values/meter.ts';
import { binary } from '../values/operators.ts';
import { Bytes } from '../values/scalars.ts';
import { isName, Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { SliceRange } from './frame.ts';

/** A place in something of `length`; negative counts from the end. Throws type_err, lookup_err. */
function place(index: Value, length: number): number {
  if (typeof index !== 'number') {
    if (typeof index === 'bigint') throw lookupErr('index out of range');
    throw typeErr(`expecting an index of type \`int\` but got type \`${typeName(index)}\` instead`);
  }
  const at = index < 0 ? index + length : index;
  if (at < 0 || at >= length) throw lookupErr('index out of range');
  return at;
}

function keyOf(index: Value): string {
  if (typeof index === 'string') return index;
  throw typeErr(`expecting an index of type \`str\` but got type \`${typeName(index)}\` instead`);
}

export function indexValue(x: Value, index: Value): Value {
  if (x instanceof List) return x.items[place(index, x.items.length)] as Value;
  if (typeof x === 'string') return x.charAt(place(index, x.length));
  if (x instanceof Bytes) return new Bytes(x.bytes.charAt(place(index, x.bytes.length)));
  if (x instanceof Thing) return property(x, keyOf(index));
  throw typeErr(`type \`${typeName(x)}\` is not indexable`);
}

function property(thing: Thing, key: string): Value {
  const value = thing.get(key);
  if (value !== undefined) return value;
  const type = thing.shape.type as TypeDef | null;
  if (type !== null && !isName(key)) throw badName(type, key);
  const method = type?.methods.get(key);
  if (method === undefined) throw noProperty(thing, key);
  return method;
}

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** A part of a slice as a number; nil is as if it was not there. An int beyond 2^53 is beyond every end. */
function part(value: Value): number | null {
  if (value === null) return null;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return value > 0n ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER;
  throw typeErr(`slice indices must be of type \`int\` or \`nil\` but got type \`${typeName(value)}\` instead`);
}

/**
 * The ends of a slice of something of `length`, from the parts that lie on the stack at `base`; bits 1, 2 and 4 of `given` say which are there.
 * With a negative step, `end` lies before the last item taken; it is -1 when not given.
 */
function cut(length: number, given: number, stack: readonly Value[], base: number): Cut {
  let at = base;
  const from = (given & 1) !== 0 ? part(stack[at++] as Value) : null;
  const to = (given & 2) !== 0 ? part(stack[at++] as Value) : null;
  const step = (given & 4) !== 0 ? (part(stack[at] as Value) ?? 1) : 1;
  if (step === 0) throw valueErr('slice step cannot be zero');
  const clamp = (value: number, high: number): number => Math.min(Math.max(value < 0 ? value + length : value, 0), high);
  if (step > 0) return { start: from === null ? 0 : clamp(from, length), end: to === null ? length : clamp(to, length), step };
  return { start: from === null ? length - 1 : clamp(from, length - 1), end: to === null ? -1 : clamp(to, length), step };
}

/**
 * The places that a slice takes of what has `length`. As many as steps fit between the ends, and one more for a rest, whatever its direction: so
 * `'abcd'[3:2:2]` has one item, and `'abcd'[4:2:3]` none, as there is nothing at its start.
 */
function* places({ start, end, step }: Cut, length: number): Generator<number> {
  const distance = end - start;
  const count = Math.trunc(distance / step) + (distance % step === 0 ? 0 : 1);
  for (let n = 0, i = start; n < count && i < length; n++, i += step) yield i;
}

function sliceText(text: string, c: Cut): string {
  if (c.step === 1) return text.slice(c.start, Math.max(c.start, c.end));
  charge(Math.abs(c.end - c.start));
  let result = '';
  for (const i of places(c, text.length)) result += text.charAt(i);
  return result;
}

/** The slice of something empty, whatever its parts are; null for other values. */
export function emptySlice(x: Value): Value | null {
  if (x === '' || (x instanceof Bytes && x.bytes === '')) return x;
  return x instanceof List && x.items.length === 0 ? new List([]) : null;
}

export function sliceValue(x: Value, given: number, stack: readonly Value[], base: number): Value {
  if (x instanceof List) {
    const c = cut(x.items.length, given, stack, base);
    charge(Math.abs(c.end - c.start));
    if (c.step === 1) return new List(x.items.slice(c.start, Math.max(c.start, c.end)));
    const items: Value[] = [];
    for (const i of places(c, x.items.length)) items.push(x.items[i] as Value);
    return new List(items);
  }
  if (typeof x === 'string') return sliceText(x, cut(x.length, given, stack, base));
  if (x instanceof Bytes) return new Bytes(sliceText(x.bytes, cut(x.bytes.length, given, stack, base)));
  throw typeErr(`type \`${typeName(x)}\` has no slice support`);
}

/** The place that an assignment by index means; for a thing, the key itself. Throws when there is no such place. */
export function checkIndex(x: Value, index: Value): Value {
  if (x instanceof List) return place(index, x.items.length);
  return keyOf(index);
}

/** Assigns by index and gives the new value; `op` is 0 for a plain assignment. */
export function setIndex(tx: Transaction, x: Value, index: Value, op: number, value: Value): Value {
  if (x instanceof List) {
    const at = index as number;
    const result = op === 0 ? value : binary(BINARY_OPS[op] as (typeof BINARY_OPS)[number], x.items[at] as Value, value);
    const kept = tx.item(result);
    // What a compound assignment makes is not held against restrictions.
    tx.splice(x, at, 1, [kept], op !== 0);
    return kept;
  }
  const thing = x as Thing;
  const key = index as string;
  if (op === 0) return tx.setProperty(thing, key, value);
  return tx.setChecked(thing, key, binary(BINARY_OPS[op] as (typeof BINARY_OPS)[number], property(thing, key), value));
}

/** The range that an assignment to a slice replaces. */
export function checkSlice(list: List, given: number, stack: readonly Value[], base: number): SliceRange {
  const { length } = list.items;
  // The step of an empty list does not matter.
  if (length === 0) return new SliceRange(0, 0);
  const c = cut(length, given, stack, base);
  if (c.step !== 1) throw valueErr('slice assignments require a step value of 1');
  return new SliceRange(c.start, Math.max(c.start, c.end));
}

export function setSlice(tx: Transaction, list: List, range: SliceRange, op: number, value: Value): void {
  if (op !== 0) throw typeErr(`unsupported operand \`${BINARY_OPS[op]}=\` for slice assignments`);
  if (!(value instanceof List))
    throw typeErr(`slice assignments require a \`list\` or \`tuple\` but got type \`${typeName(value)}\` instead`);
  if (value === list) throw operationErr('a list cannot be assigned to a slice of itself');
  tx.splice(
    list,
    range.start,
    range.end - range.start,
    value.items.map((item) => tx.item(item)),
  );
}
