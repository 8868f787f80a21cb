/** Looking for values in arrays, by the `==` of the language. */

import { Closure } from '../values/closure.ts';
import { equal } from '../values/operators.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';

/** The first place from `from` on that holds a value equal to `needle`; -1 when there is none. */
export function indexOf(items: readonly Value[], needle: Value, from: number): number {
  // These only equal themselves.
  if (needle === null || needle instanceof Thing) return items.indexOf(needle, from);
  const type = typeof needle;
  if (type === 'boolean' || type === 'object' || type === 'bigint') {
    for (let i = from; i < items.length; i++) {
      const item = items[i] as Value;
      if (item === needle || equal(item, needle)) return i;
    }
    return -1;
  }
  // A number or a string: among their like they only equal themselves.
  for (let i = from; i < items.length; i++) {
    const item = items[i] as Value;
    if (item === needle) return i;
    if (typeof item !== type && typeof item !== 'string' && typeof item !== 'number' && equal(item, needle)) return i;
  }
  return -1;
}

/** What equal values have in common and different ones have not; undefined when a value has no such key. */
function keyOf(value: Value): unknown {
  switch (typeof value) {
    case 'number':
    case 'string':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'bigint':
      return undefined;
    default:
      if (value === null || value instanceof Thing || value instanceof Closure) return value;
      if (value instanceof Bytes) return value.bytes;
      // A nan is equal to itself only. Beyond the safe integers a float equals several ints.
      if (value instanceof Float)
        return Number.isNaN(value.value) ? value : Math.abs(value.value) <= Number.MAX_SAFE_INTEGER ? value.value : undefined;
      return undefined;
  }
}

/** A growing collection of values that differ. */
export class Distinct {
  private readonly keys = new Set<unknown>();
  private readonly others: Value[] = [];
  /** How many comparisons were made since this was last set to 0. */
  work = 0;

  /** Adds a value; false when an equal one is there. */
  add(value: Value): boolean {
    const key = keyOf(value);
    if (key !== undefined) {
      const before = this.keys.size;
      this.keys.add(key);
      return this.keys.size > before;
    }
    const { others } = this;
    this.work += others.length;
    for (const other of others) if (equal(other, value)) return false;
    others.push(value);
    return true;
  }
}
