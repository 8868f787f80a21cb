/** Taking items out of arrays and putting others in, for any number of items. */
import type { Value } from '../values/value.ts';

/** As Array.splice, for any number of items and with the common cases first. */
export function spliceInto(target: Value[], start: number, count: number, items: readonly Value[]): Value[] {
  if (count === 0 && start === target.length) {
    if (items.length === 1) target.push(items[0] as Value);
    else for (const item of items) target.push(item);
    return [];
  }
  if (count === 1 && items.length === 0) {
    if (start === target.length - 1) return [target.pop() as Value];
    if (start === 0) return [target.shift() as Value];
  }
  if (count === 1 && items.length === 1) {
    const old = target[start] as Value;
    target[start] = items[0] as Value;
    return [old];
  }
  if (items.length < 10_000) return target.splice(start, count, ...items);
  // A call takes only so many arguments.
  const tail = target.slice(start + count);
  const taken = target.slice(start, start + count);
  target.length = start;
  for (const item of items) target.push(item);
  for (const item of tail) target.push(item);
  return taken;
}

/** Neighbouring places of an array. */
export interface Run {
  readonly start: number;
  count: number;
}

/** Ascending places as runs of neighbours. */
export function runsOf(places: readonly number[]): Run[] {
  const runs: Run[] = [];
  let last: Run | undefined;
  for (const place of places) {
    if (last !== undefined && last.start + last.count === place) last.count++;
    else {
      last = { start: place, count: 1 };
      runs.push(last);
    }
  }
  return runs;
}

/** Takes the items at ascending places out of an array, in one go over it. */
export function compact(items: Value[], places: readonly number[]): void {
  let to = places[0] as number;
  let next = 0;
  for (let from = to; from < items.length; from++) {
    if (from === places[next]) next++;
    else items[to++] = items[from] as Value;
  }
  items.length = to;
}
