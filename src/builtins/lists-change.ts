/** Methods that change a list. */
import { typeErr } from '../errors.ts';
import type { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { typeName, type Value } from '../values/value.ts';
import { emptyError, keep, keepAll } from './lists-common.ts';
import { ItemLoop, listSource, Mode, type Source } from './lists-loops.ts';
import { distinct } from './lists-read.ts';
import { Distinct } from './lists-search.ts';
import type { MethodRow, Param, Row } from './row.ts';

const ITEMS: readonly Param[] = [
  { name: 'item', type: 'any' },
  { name: 'more', type: 'any', rest: true },
];
const ARRAY: readonly Param[] = [{ name: 'items', type: 'array' }];

/** Things have methods of the same names as some of these, so an effect on variables is left out only where it always can be. */
const CHANGES = { receiver: 'list', changes: ['collection'], notUnderNse: true, locks: true } as const;
const CHANGES_STORED = { ...CHANGES, notOnVariable: true } as const;

/** A place as a number: an int beyond 2^53 lies beyond every end. */
const toPlace = (value: number | bigint): number => Number(value);

const push: MethodRow = {
  ...CHANGES_STORED,
  name: 'push',
  params: ITEMS,
  returns: 'int',
  doc: 'Adds items at the end and gives the new length.',
  example: 'l = [1]; [l.push(2, 3), l];  // => [3, [1, 2, 3]]',
  page: 'data-types/list/push',
  run: ({ tx }, self: List, item: Value, more: readonly Value[]) => {
    const kept = keep(tx, item);
    tx.splice(self, self.items.length, 0, more.length === 0 ? [kept] : [kept, ...keepAll(tx, more)]);
    return self.items.length;
  },
};

const unshift: MethodRow = {
  ...CHANGES_STORED,
  name: 'unshift',
  params: ITEMS,
  returns: 'int',
  doc: 'Puts items before the first and gives the new length.',
  example: 'l = [3]; [l.unshift(1, 2), l];  // => [3, [1, 2, 3]]',
  page: 'data-types/list/unshift',
  run: ({ tx }, self: List, item: Value, more: readonly Value[]) => {
    tx.splice(self, 0, 0, [keep(tx, item), ...keepAll(tx, more)]);
    return self.items.length;
  },
};

const pop: MethodRow = {
  ...CHANGES_STORED,
  name: 'pop',
  params: [],
  returns: 'any',
  gives: 'item',
  doc: 'Removes the last item and gives it.',
  example: 'l = [1, 2]; [l.pop(), l];  // => [2, [1]]',
  page: 'data-types/list/pop',
  run: ({ tx }, self: List) => {
    if (self.items.length === 0) throw emptyError('pop', 'list');
    return tx.splice(self, self.items.length - 1, 1, [])[0] as Value;
  },
};

const shift: MethodRow = {
  ...CHANGES_STORED,
  name: 'shift',
  params: [],
  returns: 'any',
  gives: 'item',
  doc: 'Removes the first item and gives it.',
  example: 'l = [1, 2]; [l.shift(), l];  // => [1, [2]]',
  page: 'data-types/list/shift',
  run: ({ tx }, self: List) => {
    if (self.items.length === 0) throw emptyError('shift', 'list');
    return tx.splice(self, 0, 1, [])[0] as Value;
  },
};

const extend: MethodRow = {
  ...CHANGES_STORED,
  name: 'extend',
  params: ARRAY,
  returns: 'int',
  doc: 'Adds the items of a list or tuple at the end and gives the new length.',
  example: 'l = [1]; [l.extend([2, 3]), l];  // => [3, [1, 2, 3]]',
  page: 'data-types/list/extend',
  run: (cx, self: List, { items }: List) => {
    cx.spend(items.length);
    cx.tx.splice(self, self.items.length, 0, keepAll(cx.tx, items));
    return self.items.length;
  },
};

const extendUnique: MethodRow = {
  ...CHANGES_STORED,
  name: 'extend_unique',
  params: ARRAY,
  returns: 'int',
  doc: 'Adds those items of a list or tuple that equal none in the list, and gives the new length.',
  example: 'l = [1, 2]; [l.extend_unique([2, 3, 3]), l];  // => [3, [1, 2, 3]]',
  page: 'data-types/list/extend_unique',
  run: (cx, self: List, { items }: List) => {
    const seen = new Distinct();
    cx.spend(self.items.length);
    for (const item of self.items) seen.add(item);
    cx.tx.splice(self, self.items.length, 0, keepAll(cx.tx, distinct(cx, items, seen)));
    return self.items.length;
  },
};

const fill: MethodRow = {
  ...CHANGES_STORED,
  name: 'fill',
  params: [{ name: 'item', type: 'any' }],
  returns: 'list',
  doc: 'Puts one value in place of every item and gives the list.',
  example: '[1, 2].fill(0);  // => [0, 0]',
  page: 'data-types/list/fill',
  run: (cx, self: List, item: Value) => {
    const { length } = self.items;
    const kept = keep(cx.tx, item);
    if (length === 0 && self.restriction !== null && !self.restriction.accepts(kept)) {
      throw typeErr(`type \`${typeName(kept)}\` is not allowed in an array of \`${self.restriction.definition}\``);
    }
    cx.spend(length);
    cx.tx.splice(self, 0, length, new Array<Value>(length).fill(kept));
    return self;
  },
};

const clear: MethodRow = {
  ...CHANGES,
  name: 'clear',
  params: [],
  returns: 'nil',
  doc: 'Removes all items.',
  example: 'l = [1, 2]; l.clear(); l;  // => []',
  page: 'data-types/list/clear',
  run: ({ tx }, self: List) => {
    tx.splice(self, 0, self.items.length, []);
    return null;
  },
};

const splice: MethodRow = {
  ...CHANGES_STORED,
  name: 'splice',
  params: [
    { name: 'index', type: 'int' },
    { name: 'count', type: 'int' },
    { name: 'items', type: 'any', rest: true },
  ],
  returns: 'list',
  gives: '[item]',
  doc: 'Removes `count` items from a place on, puts others there, and gives a list of those removed; a negative index counts from the end.',
  example: 'l = [1, 2, 3]; [l.splice(1, 1, \'a\', \'b\'), l];  // => [[2], [1, "a", "b", 3]]',
  page: 'data-types/list/splice',
  run: ({ tx }, self: List, index: number | bigint, count: number | bigint, items: readonly Value[]) => {
    const { length } = self.items;
    let start = toPlace(index);
    let left = toPlace(count);
    if (start < 0) {
      start += length;
      // What would lie before the first item is not there to be removed.
      if (start < 0) {
        left += start;
        start = 0;
      }
    }
    start = Math.min(start, length);
    return new List(tx.splice(self, start, Math.min(Math.max(left, 0), length - start), keepAll(tx, items)));
  },
};

/** Goes through a list from the end on, with the index of each item. */
function backwards(list: List): Source {
  const { items } = list;
  return { lock: list, first: items.toReversed(), second: items.map((_item, i) => items.length - 1 - i) };
}

const remove: MethodRow = {
  ...CHANGES,
  name: 'remove',
  params: [
    { name: 'callback', type: 'closure' },
    { name: 'limit', type: 'int', optional: true },
  ],
  returns: 'list',
  gives: '[item]',
  doc: 'Removes the items for which a closure gives something true, at most `limit` (from the end when negative), and gives a list of them.',
  example: 'l = [1, 2, 3, 4]; [l.remove(|x| x % 2 == 0), l];  // => [[2, 4], [1, 3]]',
  page: 'data-types/list/remove',
  run: ({ tx }, self: List, callback: Closure, limit: number | bigint = Number.POSITIVE_INFINITY) => {
    const fromEnd = limit < 0;
    const last = self.items.length - 1;
    const finish = (places: Value[]): Value =>
      new List(tx.removeItems(self, (fromEnd ? places.map((place) => last - (place as number)).reverse() : places) as number[]));
    return ItemLoop.collecting(Mode.PICK, fromEnd ? backwards(self) : listSource(self), callback, finish, Math.abs(Number(limit)));
  },
};

export const listChangeRows: readonly Row[] = [push, unshift, pop, shift, extend, extendUnique, fill, clear, splice, remove];
