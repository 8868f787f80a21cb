/** The function `set` and the methods of sets that look at the things in them. */
import { lookupErr, typeErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { emptyError, idOf, wrongArgument } from './lists-common.ts';
import { type EarlyRow, USE_ARGUMENT } from './lists-early.ts';
import { findNow } from './lists-iterate.ts';
import { ItemLoop, Mode, setSource } from './lists-loops.ts';
import type { FunctionRow, MethodRow, Param, Row } from './row.ts';
import { thingsAt } from './sets-change.ts';
import { cannotConvert } from './text.ts';

const CALLBACK: Param = { name: 'callback', type: 'closure', takes: ['item', 'int|nil'] };

/** A set of things. Throws type_err for any other value. */
function setOf(values: readonly Value[]): SetValue {
  const things = new Set<Thing>();
  for (const value of values) {
    if (!(value instanceof Thing)) throw typeErr(`a \`set\` holds things only; cannot add type \`${typeName(value)}\``);
    things.add(value);
  }
  return new SetValue(things);
}

const set: FunctionRow = {
  name: 'set',
  params: [{ name: 'things', type: 'any', rest: true }],
  returns: 'set',
  doc: 'Gives a set of the things given, or of those in one list or tuple; a set is given back as it is.',
  example: 'set([{a: 1}]);  // => [{"a": 1}]',
  page: 'collection-api/set',
  run: (cx, values: readonly Value[]) => {
    if (values.length !== 1) return setOf(values);
    const value = values[0] as Value;
    if (value instanceof SetValue) return value;
    if (value instanceof Thing) return new SetValue(new Set([value]));
    if (!(value instanceof List)) throw cannotConvert(value, 'set');
    cx.spend(value.items.length);
    return setOf(value.items);
  },
};

const len: MethodRow = {
  name: 'len',
  receiver: 'set',
  params: [],
  returns: 'int',
  doc: 'Gives the number of things in the set.',
  example: 'set({}, {}).len();  // => 2',
  page: 'data-types/set/len',
  run: (_cx, self: SetValue) => self.things.size,
};

const has: MethodRow = {
  name: 'has',
  receiver: 'set',
  params: [{ name: 'thing', type: 'thing' }],
  returns: 'bool',
  doc: 'Whether the thing is in the set.',
  example: 't = {}; [set(t).has(t), set(t).has({})];  // => [true, false]',
  page: 'data-types/set/has',
  run: (_cx, self: SetValue, thing: Thing) => self.things.has(thing),
};

const one: MethodRow = {
  name: 'one',
  receiver: 'set',
  params: [],
  returns: 'thing',
  gives: 'item',
  doc: 'Gives one thing of the set, no matter which.',
  example: 'set({a: 1}).one();  // => {"a": 1}',
  page: 'data-types/set/one',
  run: (_cx, self: SetValue) => {
    for (const thing of self.things) return thing;
    throw emptyError('one', 'set');
  },
};

const each: MethodRow = {
  name: 'each',
  receiver: 'set',
  params: [CALLBACK],
  returns: 'nil',
  doc: 'Calls a closure with each thing and its id.',
  example: 'l = []; set({a: 1}).each(|t| l.push(t.a)); l;  // => [1]',
  page: 'data-types/set/each',
  run: (_cx, self: SetValue, callback: Closure) => ItemLoop.seeking(Mode.EACH, setSource(self, callback), callback, null),
};

const map: MethodRow = {
  name: 'map',
  receiver: 'set',
  params: [CALLBACK],
  returns: 'list',
  gives: '[result]',
  doc: 'Gives a list of what a closure gives for each thing and its id.',
  example: 'set({a: 1}).map(|t| t.a + 1);  // => [2]',
  page: 'data-types/set/map',
  run: (cx, self: SetValue, callback: Closure) => ItemLoop.listing(Mode.MAP, setSource(self, callback), callback, cx.tx),
};

const filter: MethodRow = {
  name: 'filter',
  receiver: 'set',
  params: [CALLBACK],
  returns: 'set',
  gives: '{item}',
  doc: 'Gives a new set of the things for which a closure gives something true.',
  example: 'set({a: 1}, {a: 2}).filter(|t| t.a > 1);  // => [{"a": 2}]',
  page: 'data-types/set/filter',
  run: (_cx, self: SetValue, callback: Closure) => {
    const source = setSource(self, callback);
    return ItemLoop.collecting(Mode.PICK, source, callback, (places) => new SetValue(new Set(thingsAt(source.first, places))));
  },
};

const find: EarlyRow = {
  name: 'find',
  receiver: 'set',
  params: [CALLBACK, { name: 'alt', type: 'any', optional: true }],
  returns: 'any',
  gives: 'item|arg2',
  doc: 'Gives a thing for which a closure gives something true; nil, or the alternative, when there is none.',
  example: '[set({a: 1}).find(|t| t.a == 1), set().find(|t| true, \'none\')];  // => [{"a": 1}, "none"]',
  page: 'data-types/set/find',
  early: (cx, self: SetValue, index, callback: Value) => {
    if (index !== 1) return undefined;
    if (!(callback instanceof Closure)) throw wrongArgument('find', find.page, 1, '`closure`', callback);
    const { first, second } = setSource(self, callback);
    cx.lock(self);
    const found = findNow(cx, first, second, callback);
    cx.unlock();
    return found === undefined ? USE_ARGUMENT : found;
  },
  run: (_cx, self: SetValue, callback: Closure, alt: Value = null) => ItemLoop.seeking(Mode.FIND, setSource(self, callback), callback, alt),
};

const some: MethodRow = {
  name: 'some',
  receiver: 'set',
  params: [CALLBACK],
  returns: 'bool',
  doc: 'Whether a closure gives something true for at least one thing.',
  example: 'set({a: 1}).some(|t| t.a == 1);  // => true',
  page: 'data-types/set/some',
  run: (_cx, self: SetValue, callback: Closure) => ItemLoop.seeking(Mode.SOME, setSource(self, callback), callback, false),
};

const every: MethodRow = {
  name: 'every',
  receiver: 'set',
  params: [CALLBACK],
  returns: 'bool',
  doc: 'Whether a closure gives something true for every thing; true for an empty set.',
  example: 'set({a: 1}).every(|t| t.a > 1);  // => false',
  page: 'data-types/set/every',
  run: (_cx, self: SetValue, callback: Closure) => ItemLoop.seeking(Mode.EVERY, setSource(self, callback), callback, true),
};

const reduce: MethodRow = {
  name: 'reduce',
  receiver: 'set',
  params: [
    { name: 'reducer', type: 'closure', takes: ['any', 'item', 'int|nil'] },
    { name: 'initial', type: 'any', optional: true },
  ],
  returns: 'any',
  doc: 'Calls a closure with what it gave before, the next thing and its id, and gives what it gave last.',
  example: 'set({a: 1}, {a: 2}).reduce(|total, t| total + t.a, 0);  // => 3',
  page: 'data-types/set/reduce',
  run: (_cx, self: SetValue, reducer: Closure, initial: Value | undefined) => {
    const source = setSource(self, reducer, 2);
    if (initial !== undefined) return ItemLoop.reducing(source, reducer, initial, 0);
    if (source.first.length === 0) throw lookupErr('an empty set can only be reduced with an initial value');
    return ItemLoop.reducing(source, reducer, source.first[0] as Thing, 1);
  },
};

const mapId: MethodRow = {
  name: 'map_id',
  receiver: 'set',
  params: [],
  returns: 'list',
  doc: 'Gives a list of the ids of the things in the set; nil for those that are not stored.',
  example: 'set({}).map_id();  // => [null]',
  page: 'data-types/set/map_id',
  run: (cx, self: SetValue) => {
    cx.spend(self.things.size);
    return new List(Array.from(self.things, idOf));
  },
};

const restriction: MethodRow = {
  name: 'restriction',
  receiver: 'set',
  params: [],
  returns: 'str|nil',
  doc: 'Gives what the things in the set must be, or nil when they may be any.',
  example: 'set().restriction();  // => null',
  page: 'data-types/set/restriction',
  run: (_cx, self: SetValue) => {
    const rule = self.restriction;
    return rule === null || rule.definition === 'any' || rule.definition === 'thing' ? null : rule.definition;
  },
};

export const setRows: readonly Row[] = [set, len, has, one, each, map, filter, find, some, every, reduce, mapId, restriction];
