/** Methods that change a thing. */
import { inUse } from '../model/transaction.ts';
import type { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import { truthy, type Value } from '../values/value.ts';
import { keep, wrongArgument } from './lists-common.ts';
import type { EarlyRow } from './lists-early.ts';
import { thingSource } from './lists-loops.ts';
import { type Context, Loop, type MethodRow, type Row } from './row.ts';
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

const assign: MethodRow = {
  ...CHANGES,
  name: 'assign',
  params: [{ name: 'source', type: 'thing' }],
  returns: 'thing',
  doc: 'Sets all properties of another thing, or none when one of them cannot be set, and gives the thing.',
  example: 'x = {a: 1, b: 2}; x.assign({b: 3, c: 4});  // => {"a": 1, "b": 3, "c": 4}',
  page: 'data-types/thing/assign',
  run: (cx, self: Thing, source: Thing) => {
    if (source === self) return self;
    const keys = source.keys();
    cx.spend(keys.length);
    for (const key of keys) cx.tx.checkProperty(self, key, source.get(key) as Value);
    checkFree(self, keys);
    for (const key of keys) cx.tx.setProperty(self, key, source.get(key) as Value);
    return self;
  },
};

/** Finds the properties that a closure wants removed and removes them when it was asked about all. */
class RemoveLoop extends Loop {
  private readonly cx: Context;
  private readonly thing: Thing;
  private readonly limit: number;
  private readonly keys: readonly string[];
  private readonly values: readonly Value[];
  private readonly picked: string[] = [];
  private at = 0;

  constructor(cx: Context, thing: Thing, closure: Closure, limit: number) {
    super(closure, thing);
    const { first, second } = thingSource(thing);
    this.cx = cx;
    this.thing = thing;
    this.limit = limit;
    this.keys = first as readonly string[];
    this.values = second as readonly Value[];
  }

  override next(previous: Value | undefined): boolean {
    const i = this.at;
    if (previous !== undefined && truthy(previous)) this.picked.push(this.keys[i - 1] as string);
    if (i === this.keys.length || this.picked.length >= this.limit) {
      this.result = this.removed();
      return false;
    }
    this.a = this.keys[i] as string;
    this.b = this.values[i] as Value;
    this.at = i + 1;
    return true;
  }

  private removed(): List {
    const { tx } = this.cx;
    checkFree(this.thing, this.picked);
    this.cx.spend(this.picked.length);
    return new List(this.picked.map((key) => keep(tx, tx.deleteProperty(this.thing, key))));
  }
}

const remove: MethodRow = {
  ...CHANGES,
  name: 'remove',
  params: [
    { name: 'callback', type: 'closure' },
    { name: 'limit', type: 'int', optional: true },
  ],
  returns: 'list',
  doc: 'Removes the properties for whose name and value a closure gives something true, at most `limit`, and gives a list of their values.',
  example: 't = {a: 1, b: 2}; [t.remove(|k, v| v > 1), t];  // => [[2], {"a": 1}]',
  page: 'data-types/thing/remove',
  run: (cx, self: Thing, callback: Closure, limit: number | bigint | undefined) => {
    plainOnly(self, 'remove');
    return new RemoveLoop(cx, self, callback, limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : Number(limit));
  },
};

export const thingChangeRows: readonly Row[] = [set, del, ren, clear, assign, remove];
