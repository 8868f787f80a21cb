/** Methods of things that look at their properties, and the functions `thing`, `root` and `refs`. */
import { type Failed, fail, lookupErr } from '../errors.ts';
import type { TypeDef } from '../model/types.ts';
import { List } from '../values/list.ts';
import { equal } from '../values/operators.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { checkDeep, wrongArgument } from './lists-common.ts';
import { type EarlyRow, USE_ARGUMENT } from './lists-early.ts';
import { valuesInOrder } from './lists-loops.ts';
import type { Context, FunctionRow, MethodRow, Row } from './row.ts';
import { cannotConvert } from './text.ts';
import { newThing, plainOnly } from './things-common.ts';

export function thingById(cx: Context, id: number | bigint): Thing | Failed {
  const { collection } = cx;
  if (collection === null)
    throw lookupErr(`there are no things with ids in the \`@${cx.scope}\` scope; you might want to query a \`@collection\` scope`);
  const found = typeof id === 'number' ? collection.things.get(id) : undefined;
  // One that nothing holds any more leaves the collection when the query ends.
  if (found === undefined || found.refs === 0) return fail(lookupErr(`collection \`${collection.name}\` has no thing with id ${id}`));
  return found;
}

const thing: FunctionRow = {
  name: 'thing',
  params: [{ name: 'id', type: 'any', optional: true }],
  returns: 'thing',
  doc: 'Gives the stored thing with an id, or a new thing; a thing is given back as it is.',
  example: '.t = {a: 1}; thing(.t.id()) == .t;  // => true',
  page: 'collection-api/thing',
  run: (cx, value: Value | undefined) => {
    if (value === undefined) return newThing();
    if (value instanceof Thing) return value;
    if (typeof value === 'number' || typeof value === 'bigint') return thingById(cx, value);
    throw cannotConvert(value, 'thing');
  },
};

const root: FunctionRow = {
  name: 'root',
  params: [],
  returns: 'thing|nil',
  doc: 'Gives the root of the collection; nil in a scope that has none.',
  example: 'root() == thing(.id());  // => true',
  page: 'collection-api/root',
  run: (cx) => cx.collection?.root ?? null,
};

const refs: FunctionRow = {
  name: 'refs',
  params: [{ name: 'value', type: 'any' }],
  returns: 'int',
  doc: 'Gives how many stored places hold a thing; 1 for any other value.',
  example: '.a = {}; .b = .a; refs(.a);  // => 2',
  page: 'collection-api/refs',
  run: (_cx, value: Value) => (value instanceof Thing ? value.refs : 1),
};

const id: MethodRow = {
  name: 'id',
  receiver: 'thing',
  params: [],
  returns: 'int|nil',
  doc: 'Gives the id of the thing, or nil when it is not stored.',
  example: '{}.id();  // => null',
  page: 'data-types/thing/id',
  run: (_cx, self: Thing) => (self.id === 0 ? null : self.id),
};

const len: MethodRow = {
  name: 'len',
  receiver: 'thing',
  params: [],
  returns: 'int',
  doc: 'Gives the number of properties.',
  example: '{a: 1, b: 2}.len();  // => 2',
  page: 'data-types/thing/len',
  run: (_cx, self: Thing) => self.size,
};

const has: MethodRow = {
  name: 'has',
  formerly: ['hasprop'],
  receiver: 'thing',
  params: [{ name: 'name', type: 'str' }],
  returns: 'bool',
  doc: 'Whether the thing has a property of that name.',
  example: "{a: 1}.has('a');  // => true",
  page: 'data-types/thing/has',
  run: (_cx, self: Thing, name: string) => self.has(name),
};

/** The value of a property, or the method of the thing's type; undefined when there is neither. */
function propertyOf(self: Thing, name: string): Value | undefined {
  const value = self.get(name);
  return value === undefined && self.shape.type !== null ? (self.shape.type as TypeDef).methods.get(name) : value;
}

const get: EarlyRow = {
  name: 'get',
  receiver: 'thing',
  params: [
    { name: 'name', type: 'str' },
    { name: 'alt', type: 'any', optional: true },
  ],
  returns: 'any',
  doc: 'Gives the value of a property; nil, or the alternative, when there is none of that name.',
  example: "[{a: 1}.get('a'), {}.get('a', 2)];  // => [1, 2]",
  page: 'data-types/thing/get',
  early: (_cx, self: Thing, index, name: Value) => {
    if (index !== 1) return undefined;
    if (typeof name !== 'string') throw wrongArgument('get', get.page, 1, '`str`', name);
    return propertyOf(self, name) ?? (self.has(name) ? null : USE_ARGUMENT);
  },
  run: (_cx, self: Thing, name: string, alt: Value = null) => {
    const value = propertyOf(self, name);
    return value === undefined ? alt : value;
  },
};

const keys: MethodRow = {
  name: 'keys',
  receiver: 'thing',
  params: [],
  returns: 'list',
  gives: '[str]',
  doc: 'Gives a list of the names of the properties.',
  example: '{b: 1, a: 2}.keys();  // => ["b", "a"]',
  page: 'data-types/thing/keys',
  run: (cx, self: Thing) => {
    cx.spend(self.size);
    return new List([...self.keys()]);
  },
};

const values: MethodRow = {
  name: 'values',
  receiver: 'thing',
  params: [],
  returns: 'list',
  doc: 'Gives a list of the values of the properties; lists and sets in it are those of the thing, not copies.',
  example: '{b: 1, a: 2}.values();  // => [1, 2]',
  page: 'data-types/thing/values',
  run: (cx, self: Thing) => {
    cx.spend(self.size);
    return new List(valuesInOrder(self, self.keys()));
  },
};

/** Compares things by what they hold, so many levels down; at level 0 any two things are alike. */
class Comparison {
  private readonly cx: Context;
  /** Pairs that were compared, or are being compared, and how many levels down. */
  private readonly seen = new Map<Thing, Map<Thing, number>>();

  constructor(cx: Context) {
    this.cx = cx;
  }

  /** Whether this pair was taken care of at least so deep; notes it otherwise. */
  private known(a: Thing, b: Thing, deep: number): boolean {
    let others = this.seen.get(a);
    if (others === undefined) {
      others = new Map();
      this.seen.set(a, others);
    }
    if ((others.get(b) ?? 0) >= deep) return true;
    others.set(b, deep);
    return false;
  }

  things(a: Thing, b: Thing, deep: number): boolean {
    if (a === b || deep === 0) return true;
    if (a.size !== b.size) return false;
    if (deep > 1 && this.known(a, b, deep)) return true;
    this.cx.spend(a.size);
    for (const key of a.keys()) {
      const value = b.get(key);
      if (value === undefined || !this.values(a.get(key) as Value, value, deep - 1)) return false;
    }
    return true;
  }

  private values(a: Value, b: Value, deep: number): boolean {
    if (a instanceof Thing) return b instanceof Thing && this.things(a, b, deep);
    return equal(a, b);
  }
}

const equals: MethodRow = {
  name: 'equals',
  receiver: 'thing',
  params: [
    { name: 'other', type: 'any' },
    { name: 'deep', type: 'int', optional: true },
  ],
  returns: 'bool',
  doc: 'Whether another thing has the same properties with equal values, `deep` levels down (1 when not said).',
  example: '[{a: 1}.equals({a: 1}), {a: {b: 1}}.equals({a: {b: 2}}, 2)];  // => [true, false]',
  page: 'data-types/thing/equals',
  run: (cx, self: Thing, other: Value, deep: number | bigint = 1) => {
    const levels = checkDeep(deep);
    return other instanceof Thing && new Comparison(cx).things(self, other, levels);
  },
};

const restriction: MethodRow = {
  name: 'restriction',
  receiver: 'thing',
  params: [],
  returns: 'str|nil',
  doc: 'Gives what the values of the thing must be, or nil when they may be anything.',
  example: '[{}.restriction(), {}.restrict(\'int\').restriction()];  // => [null, "int"]',
  page: 'data-types/thing/restriction',
  run: (_cx, self: Thing) => {
    plainOnly(self, 'restriction');
    return self.restriction === null ? null : self.restriction.definition;
  },
};

export const thingReadRows: readonly Row[] = [thing, root, refs, id, len, has, get, keys, values, equals, restriction];
