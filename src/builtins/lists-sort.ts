/** `sort`: by the order of values, by what a closure gives for each item, or by a closure that compares two. Always stable. */
import { typeErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { typeName, type Value } from '../values/value.ts';
import { wrongArgument, wrongCount } from './lists-common.ts';
import type { EarlyRow } from './lists-early.ts';
import { ItemLoop, Mode } from './lists-loops.ts';
import { compareValues } from './lists-order.ts';
import { placesOfInts, RADIX_MINIMUM, sortTexts } from './lists-radix.ts';
import { type Context, Loop, type Row } from './row.ts';

const PAGE = 'data-types/list/sort';

/** The numbers as 32 bit integers; null when one of them is none. */
function asInts(items: readonly Value[]): Int32Array | null {
  const ints = new Int32Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as number;
    if ((item | 0) !== item) return null;
    ints[i] = item;
  }
  return ints;
}

/** Numbers are sorted natively as such, in a fraction of the time that calls of a comparing function take. */
function sortNumbers(items: readonly number[], descending: boolean): Value[] {
  const numbers = (asInts(items) ?? new Float64Array(items)).sort();
  if (descending) numbers.reverse();
  const sorted: Value[] = [];
  for (let i = 0; i < numbers.length; i++) sorted.push(numbers[i] as number);
  return sorted;
}

function sortStrings(items: readonly string[], descending: boolean): Value[] {
  const sorted = items.length < RADIX_MINIMUM ? items.toSorted() : sortTexts(items);
  return descending ? sorted.reverse() : sorted;
}

/** `compareValues`, which pays for itself: a long list takes many comparisons, and none of them is an instruction. */
function paidCompare(cx: Context): (a: Value, b: Value) => number {
  let count = 0;
  return (a, b) => {
    if ((++count & 0xfff) === 0) cx.spend(0x1000);
    return compareValues(a, b);
  };
}

/** The items in their order, in a new array. Throws type_err when two have none. */
function sortItems(cx: Context, items: readonly Value[], descending: boolean): Value[] {
  if (items.every((item) => typeof item === 'number')) return sortNumbers(items as readonly number[], descending);
  if (items.every((item) => typeof item === 'string')) return sortStrings(items as readonly string[], descending);
  const compare = paidCompare(cx);
  return items.toSorted(descending ? (a, b) => compare(b, a) : compare);
}

/** The items in the order of their keys, in a new array. */
function sortByKeys(cx: Context, items: readonly Value[], keys: readonly Value[], descending: boolean): Value[] {
  const ints = keys.length < RADIX_MINIMUM ? null : asInts(keys);
  const sorted: Value[] = [];
  if (ints !== null) {
    for (const place of placesOfInts(ints, descending)) sorted.push(items[place] as Value);
    return sorted;
  }
  const places = Array.from(keys, (_key, i) => i);
  const sign = descending ? -1 : 1;
  const compare = paidCompare(cx);
  places.sort((i, j) => compare(keys[i] as Value, keys[j] as Value) * sign);
  for (const place of places) sorted.push(items[place] as Value);
  return sorted;
}

/**
 * Sorts by a closure that compares two items: merges neighbouring runs of `width` items until one is left. Each call of `next` takes one answer
 * and goes on to the next comparison that is needed.
 */
class CompareLoop extends Loop {
  private from: Value[];
  private to: Value[];
  private width = 1;
  /** The pair of runs: the first from `left` to `middle`, the second from `right` to `end`; the next item goes to `place`. */
  private left = 0;
  private middle: number;
  private right: number;
  private end: number;
  private place = 0;

  constructor(items: Value[], closure: Closure) {
    super(closure, null);
    this.from = items;
    this.to = items.slice();
    this.middle = 1;
    this.right = 1;
    this.end = Math.min(2, items.length);
  }

  override next(previous: Value | undefined): boolean {
    if (previous !== undefined) {
      if (typeof previous !== 'number' && typeof previous !== 'bigint') {
        throw typeErr(`a closure that compares two items must return an \`int\` but got type \`${typeName(previous)}\` instead`);
      }
      this.to[this.place++] = this.from[previous > 0 ? this.right++ : this.left++] as Value;
    }
    while (this.left === this.middle || this.right === this.end) {
      if (!this.nextPair()) {
        this.result = new List(this.from);
        return false;
      }
    }
    this.a = this.from[this.left] as Value;
    this.b = this.from[this.right] as Value;
    return true;
  }

  /** Takes over what is left of the pair and goes to the next; false when all is sorted. */
  private nextPair(): boolean {
    const { from, to } = this;
    while (this.left < this.middle) to[this.place++] = from[this.left++] as Value;
    while (this.right < this.end) to[this.place++] = from[this.right++] as Value;
    let start = this.end;
    if (start >= from.length) {
      this.from = to;
      this.to = from;
      this.width *= 2;
      if (this.width >= from.length) return false;
      start = 0;
    }
    this.left = start;
    this.place = start;
    this.middle = Math.min(start + this.width, from.length);
    this.right = this.middle;
    this.end = Math.min(this.middle + this.width, from.length);
    return true;
  }
}

function byClosure(cx: Context, items: Value[], closure: Closure, order: Value | undefined): Loop {
  if (order !== undefined && typeof order !== 'boolean') throw wrongArgument('sort', PAGE, 2, '`bool`', order);
  const arity = closure.code.params.length;
  if (arity !== 1 && arity !== 2)
    throw wrongCount(`function \`sort\` requires a closure with 1 or 2 parameters but got one with ${arity}`, PAGE);
  if (arity === 1) {
    const source = { lock: null, first: items, second: null };
    return ItemLoop.collecting(Mode.COLLECT, source, closure, (keys) => new List(sortByKeys(cx, items, keys, order === true)));
  }
  if (order !== undefined) {
    throw wrongCount('function `sort` takes no order beside a closure that compares two items: the closure itself decides', PAGE);
  }
  return new CompareLoop(items, closure);
}

const sort: EarlyRow = {
  name: 'sort',
  receiver: 'array',
  // Not checked when there are less than two items, so `run` looks at the types.
  params: [
    { name: 'closure_or_descending', type: 'any', optional: true },
    { name: 'descending', type: 'any', optional: true },
  ],
  returns: 'list',
  gives: '[item]',
  doc: 'Gives a new list in order: of the items, of what a closure gives for each, or as a closure with two parameters compares them.',
  example: '[[3, 1, 2].sort(), [3, 1, 2].sort(true), [[1, 9], [0, 8]].sort(|x| x[0])];  // => [[1, 2, 3], [3, 2, 1], [[0, 8], [1, 9]]]',
  page: PAGE,
  early: (_cx, self: List) => (self.items.length < 2 ? new List(self.items.slice()) : undefined),
  run: (cx, self: List, by: Value | undefined, order: Value | undefined) => {
    const { items } = self;
    if (items.length < 2) return new List(items.slice());
    cx.spend(items.length);
    if (by === undefined) return new List(sortItems(cx, items, false));
    if (by instanceof Closure) return byClosure(cx, items.slice(), by, order);
    if (typeof by !== 'boolean' || order !== undefined) {
      throw wrongArgument('sort', PAGE, 1, order === undefined ? '`closure` or `bool`' : '`closure`', by);
    }
    return new List(sortItems(cx, items, by));
  },
};

export const listSortRows: readonly Row[] = [sort];
