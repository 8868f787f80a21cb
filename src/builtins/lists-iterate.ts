/** Methods of lists and tuples that call a closure for each item. */
import { lookupErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import type { List } from '../values/list.ts';
import { add } from '../values/operators.ts';
import { truthy, type Value } from '../values/value.ts';
import { wrongArgument } from './lists-common.ts';
import { type EarlyRow, USE_ARGUMENT } from './lists-early.ts';
import { ItemLoop, listSource, Mode } from './lists-loops.ts';
import { indexOf } from './lists-search.ts';
import type { Context, MethodRow, Param, Row } from './row.ts';

const CALLBACK: Param = { name: 'callback', type: 'closure', takes: ['item', 'int'] };

/** Looks for an item on top of the present frames. For `find` with an alternative that must not be evaluated in vain. */
export function findNow(cx: Context, first: readonly Value[], second: readonly Value[] | null, closure: Closure): Value | undefined {
  for (let i = 0; i < first.length; i++) {
    const item = first[i] as Value;
    if (truthy(cx.call(closure, item, second === null ? i : (second[i] as Value)))) return item;
  }
  return undefined;
}

const each: MethodRow = {
  name: 'each',
  receiver: 'array',
  params: [CALLBACK],
  returns: 'nil',
  doc: 'Calls a closure with each item and its index.',
  example: 'l = []; [5, 6].each(|x, i| l.push(x * i)); l;  // => [0, 6]',
  page: 'data-types/list/each',
  run: (_cx, self: List, callback: Closure) => ItemLoop.seeking(Mode.EACH, listSource(self), callback, null),
};

const map: MethodRow = {
  name: 'map',
  receiver: 'array',
  params: [CALLBACK],
  returns: 'list',
  gives: '[result]',
  doc: 'Gives a new list of what a closure gives for each item and its index.',
  example: '[1, 2].map(|x| x + 1);  // => [2, 3]',
  page: 'data-types/list/map',
  run: (cx, self: List, callback: Closure) => ItemLoop.listing(Mode.MAP, listSource(self), callback, cx.tx),
};

const filter: MethodRow = {
  name: 'filter',
  receiver: 'array',
  params: [CALLBACK],
  returns: 'list',
  gives: '[item]',
  doc: 'Gives a new list of the items for which a closure gives something true.',
  example: '[1, 2, 3].filter(|x| x > 1);  // => [2, 3]',
  page: 'data-types/list/filter',
  run: (cx, self: List, callback: Closure) => ItemLoop.listing(Mode.FILTER, listSource(self), callback, cx.tx),
};

const find: EarlyRow = {
  name: 'find',
  receiver: 'array',
  params: [CALLBACK, { name: 'alt', type: 'any', optional: true }],
  returns: 'any',
  gives: 'item|arg2',
  doc: 'Gives the first item for which a closure gives something true; nil, or the alternative, when there is none.',
  example: '[[1, 2, 3].find(|x| x > 1), [1].find(|x| x > 1, \'none\')];  // => [2, "none"]',
  page: 'data-types/list/find',
  early: (cx, self: List, index, callback: Value) => {
    if (index !== 1) return undefined;
    if (!(callback instanceof Closure)) throw wrongArgument('find', find.page, 1, '`closure`', callback);
    cx.lock(self);
    const found = findNow(cx, self.items, null, callback);
    cx.unlock();
    return found === undefined ? USE_ARGUMENT : found;
  },
  run: (_cx, self: List, callback: Closure, alt: Value = null) => ItemLoop.seeking(Mode.FIND, listSource(self), callback, alt),
};

const findIndex: MethodRow = {
  name: 'find_index',
  receiver: 'array',
  params: [CALLBACK],
  returns: 'int|nil',
  doc: 'Gives the index of the first item for which a closure gives something true; nil when there is none.',
  example: '[4, 7, 10].find_index(|x| x > 5);  // => 1',
  page: 'data-types/list/find_index',
  run: (_cx, self: List, callback: Closure) => ItemLoop.seeking(Mode.FIND_INDEX, listSource(self), callback, null),
};

const some: MethodRow = {
  name: 'some',
  receiver: 'array',
  params: [CALLBACK],
  returns: 'bool',
  doc: 'Whether a closure gives something true for at least one item.',
  example: '[1, 2].some(|x| x > 1);  // => true',
  page: 'data-types/list/some',
  run: (_cx, self: List, callback: Closure) => ItemLoop.seeking(Mode.SOME, listSource(self), callback, false),
};

const every: MethodRow = {
  name: 'every',
  receiver: 'array',
  params: [CALLBACK],
  returns: 'bool',
  doc: 'Whether a closure gives something true for every item; true for an empty list.',
  example: '[1, 2].every(|x| x > 1);  // => false',
  page: 'data-types/list/every',
  run: (_cx, self: List, callback: Closure) => ItemLoop.seeking(Mode.EVERY, listSource(self), callback, true),
};

const reduce: MethodRow = {
  name: 'reduce',
  receiver: 'array',
  params: [
    { name: 'reducer', type: 'closure', takes: ['any', 'item', 'int'] },
    { name: 'initial', type: 'any', optional: true },
  ],
  returns: 'any',
  doc: 'Calls a closure with what it gave before, the next item and its index, and gives what it gave last.',
  example: '[1, 2, 3].reduce(|total, x| total + x);  // => 6',
  page: 'data-types/list/reduce',
  run: (_cx, self: List, reducer: Closure, initial: Value | undefined) => {
    if (initial !== undefined) return ItemLoop.reducing(listSource(self), reducer, initial, 0);
    if (self.items.length === 0) throw lookupErr('an empty list can only be reduced with an initial value');
    return ItemLoop.reducing(listSource(self), reducer, self.items[0] as Value, 1);
  },
};

const count: MethodRow = {
  name: 'count',
  receiver: 'array',
  params: [{ name: 'value', type: 'any' }],
  returns: 'int',
  doc: 'Counts the items that equal a value, or for which a closure gives something true.',
  example: '[[1, 2, 1].count(1), [1, 2, 3].count(|x| x > 1)];  // => [2, 2]',
  page: 'data-types/list/count',
  run: (cx, self: List, value: Value) => {
    if (value instanceof Closure) return ItemLoop.seeking(Mode.COUNT, listSource(self), value, 0);
    const { items } = self;
    cx.spend(items.length);
    let total = 0;
    for (let at = indexOf(items, value, 0); at >= 0; at = indexOf(items, value, at + 1)) total++;
    return total;
  },
};

function addUp(items: readonly Value[]): Value {
  let i = 0;
  let ints = 0;
  for (; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== 'number' || !Number.isSafeInteger(ints + item)) break;
    ints += item;
  }
  let total: Value = ints;
  for (; i < items.length; i++) total = add(total, items[i] as Value);
  return total;
}

const sum: MethodRow = {
  name: 'sum',
  receiver: 'array',
  params: [{ name: 'callback', type: 'closure', optional: true }],
  returns: 'int|float',
  doc: 'Adds all items, or what a closure gives for each; 0 for an empty list.',
  example: '[[1, 2, 3].sum(), [1, 2].sum(|x| x * 0.5)];  // => [6, 1.5]',
  page: 'data-types/list/sum',
  run: (cx, self: List, callback: Closure | undefined) => {
    if (callback !== undefined) return ItemLoop.seeking(Mode.SUM, listSource(self), callback, 0);
    cx.spend(self.items.length);
    return addUp(self.items);
  },
};

export const listIterateRows: readonly Row[] = [each, map, filter, find, findIndex, some, every, reduce, count, sum];
