/** Methods that change a thing. */
import { typeErr } from '../errors.ts';
import { checkProperty, inUse } from '../model/property-checks.ts';
import type { TypeDef } from '../model/types.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { keep, wrongArgument } from './lists-common.ts';
import type { EarlyRow } from './lists-early.ts';
import { ItemLoop, Mode, thingSource } from './lists-loops.ts';
import type { MethodRow, Row } from './row.ts';
import { plainOnly } from './things-common.ts';

const CHANGES = { receiver: 'thing', changes: ['collection'], notUnderNse: true, locks: true } as const;

/** Throws when a property holds a list or set that is in use, so that nothing is changed before. */
function checkFree(thing: Thing, keys: readonly string[]): void {
  for (const key of keys) {
    const value = thing.get(key);
    if ((value instanceof List || value instanceof SetValue) && value.locks > 0) throw inUse(value);
  }
}

const set: EarlyRow = {
  ...CHANGES,
  name: 'set',
  params: [
    { name: 'name', type: 'str' },
    { name: 'value', type: 'any' },
  ],
  returns: 'any',
  gives: 'arg2',
  doc: 'Sets a property, whose name may be computed and need not follow the naming rules, and gives its value.',
  example: 't = {}; t.set(\'two words\', 2); t;  // => {"two words": 2}',
  page: 'data-types/thing/set',
  // A name that is none is told before the value is made.
  early: (_cx, _self: Thing, index, name: Value) => {
    if (index === 1 && typeof name !== 'string') throw wrongArgument('set', set.page, 1, '`str`', name);
    return undefined;
  },
  run: ({ tx }, self: Thing, name: string, value: Value) => tx.setProperty(self, name, value),
};

const del: MethodRow = {
  ...CHANGES,
  name: 'del',
  // Tasks have a method of that name.
  changes: ['collection', 'thingsdb'],
  params: [{ name: 'name', type: 'str' }],
  returns: 'any',
  doc: 'Removes a property and gives its value.',
  example: 't = {a: 1, b: 2}; [t.del(\'a\'), t];  // => [1, {"b": 2}]',
  page: 'data-types/thing/del',
  run: ({ tx }, self: Thing, name: string) => {
    plainOnly(self, 'del');
    return tx.deleteProperty(self, name);
  },
};

const ren: MethodRow = {
  ...CHANGES,
  name: 'ren',
  formerly: ['rename'],
  params: [
    { name: 'old', type: 'str' },
    { name: 'new', type: 'str' },
  ],
  returns: 'nil',
  doc: 'Gives a property another name.',
  example: "t = {a: 1}; t.ren('a', 'b'); t;  // => {\"b\": 1}",
  page: 'data-types/thing/ren',
  run: ({ tx }, self: Thing, from: string, to: string) => {
    plainOnly(self, 'ren');
    tx.renameProperty(self, from, to);
    return null;
  },
};

const clear: MethodRow = {
  ...CHANGES,
  name: 'clear',
  params: [],
  returns: 'nil',
  doc: 'Removes all properties.',
  example: 't = {a: 1}; t.clear(); t;  // => {}',
  page: 'data-types/thing/clear',
  run: (cx, self: Thing) => {
    plainOnly(self, 'clear');
    cx.spend(self.size);
    cx.tx.clear(self);
    return null;
  },
};

/** Throws type_err when a field with a relation would get a value from what is no instance of the same type. */
function checkRelations(self: Thing, source: Thing, keys: readonly string[]): void {
  const type = self.shape.type as TypeDef | null;
  if (type === null || type === source.shape.type) return;
  for (const key of keys) {
    if ((type.field(key)?.relation ?? null) === null) continue;
    throw typeErr(`field \`${key}\` of type \`${type.name}\` has a relation; only another \`${type.name}\` can be assigned to it`);
  }
}

const assign: MethodRow = {
  ...CHANGES,
  name: 'assign',
  params: [{ name: 'source', type: 'thing' }],
  returns: 'thing',
  gives: 'self',
  doc: 'Sets all properties of another thing, or none when one of them cannot be set, and gives the thing.',
  example: 'x = {a: 1, b: 2}; x.assign({b: 3, c: 4});  // => {"a": 1, "b": 3, "c": 4}',
  page: 'data-types/thing/assign',
  run: (cx, self: Thing, source: Thing) => {
    if (source === self) return self;
    const { type } = self.shape;
    if (type !== null && source.shape.type !== null && source.shape.type !== type)
      throw typeErr(
        `an instance of type \`${source.shape.type.name}\` cannot be assigned to one of type \`${type.name}\`; assign a plain thing`,
      );
    const keys = source.keys();
    cx.spend(keys.length);
    checkRelations(self, source, keys);
    for (const key of keys) checkProperty(self, key, source.get(key) as Value);
    checkFree(self, keys);
    for (const key of keys) cx.tx.setProperty(self, key, source.get(key) as Value);
    return self;
  },
};

const remove: MethodRow = {
  ...CHANGES,
  name: 'remove',
  params: [
    { name: 'callback', type: 'any' },
    { name: 'limit', type: 'int', optional: true },
  ],
  returns: 'list',
  doc: 'Removes the properties for whose name and value a closure gives something true, at most `limit`, and gives a list of their values.',
  example: 't = {a: 1, b: 2}; [t.remove(|k, v| v > 1), t];  // => [[2], {"a": 1}]',
  page: 'data-types/thing/remove',
  run: (cx, self: Thing, callback: Value, limit: number | bigint | undefined) => {
    plainOnly(self, 'remove');
    if (!(callback instanceof Closure)) throw wrongArgument('remove', 'data-types/thing/remove', 1, '`closure`', callback);
    const source = thingSource(self);
    const finish = (places: Value[]): Value => {
      const keys = places.map((place) => source.first[place as number] as string);
      checkFree(self, keys);
      cx.spend(keys.length);
      return new List(keys.map((key) => keep(cx.tx, cx.tx.deleteProperty(self, key))));
    };
    // The order of properties has no end to start from, so a negative limit is none.
    const most = limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : Number(limit);
    return ItemLoop.collecting(Mode.PICK, source, callback, finish, most);
  },
};

export const thingChangeRows: readonly Row[] = [set, del, ren, clear, assign, remove];
