/** Functions of the 2019 dialect on arrays and things, their properties and their attributes. */
import { lookupErr } from '../../errors.ts';
import { checkFree } from '../../model/property-checks.ts';
import { checkArraySize, checkThingQuota } from '../../model/quotas.ts';
import type { Closure } from '../../values/closure.ts';
import { holdsThings } from '../../values/dialect-2019.ts';
import { Attribute } from '../../values/handles.ts';
import { List } from '../../values/list.ts';
import type { Bytes } from '../../values/scalars.ts';
import type { Thing } from '../../values/thing.ts';
import type { Value } from '../../values/value.ts';
import { ItemLoop, listSource, Mode, type Source, thingSource } from '../lists-loops.ts';
import { type Context, Loop, type MethodRow, type Param, type Row } from '../row.ts';
import { newThing, plainOnly } from '../things-common.ts';
import { arrayItems, badRequest, checkStored, NAME, nameOf, rawText, truth } from './common.ts';
import { changing, method } from './rows.ts';

const ARROW: Param = { name: 'arrow', type: 'closure' };

const sourceOf = (self: List | Thing): Source => (self instanceof List ? listSource(self) : thingSource(self));

/** Marks an array whose things are told with their properties. */
function fetched(cx: Context, list: List): List {
  cx.session?.fetched.add(list);
  return list;
}

/** Gives the first item, or the first value of a thing, for which the closure gives something true. */
class FindLoop extends Loop {
  private readonly source: Source;
  private at = -1;

  constructor(source: Source, closure: Closure) {
    super(closure, source.lock);
    this.source = source;
  }

  override next(previous: Value | undefined): boolean {
    const { first, second } = this.source;
    if (previous !== undefined && truth(previous)) {
      this.result = ((second ?? first)[this.at] as Value) ?? null;
      return false;
    }
    const at = ++this.at;
    if (at >= first.length) return false;
    this.a = first[at] as Value;
    this.b = second === null ? at : (second[at] as Value);
    return true;
  }
}

const map: MethodRow = method(
  'map',
  'array|thing',
  [ARROW],
  'array',
  'Gives an array of what an arrow function gives for each item and index, or for each name and value.',
  '[1, 2].map(x => (x * 10));  // => [10, 20]',
  (cx, self: List | Thing, arrow: Closure) =>
    ItemLoop.collecting(Mode.COLLECT, sourceOf(self), arrow, (values) => {
      const made = new List(arrayItems(cx.tx, [], values));
      return self instanceof List && holdsThings(self) ? fetched(cx, made) : made;
    }),
);

const filter: MethodRow = method(
  'filter',
  'array|thing',
  [ARROW],
  'array|thing',
  'Gives an array of the items, or a thing with the properties, for which an arrow function gives something true.',
  '[10, 20, 30].filter(x => (x > 10));  // => [20, 30]',
  (cx, self: List | Thing, arrow: Closure) => {
    const source = sourceOf(self);
    return ItemLoop.collecting(Mode.COLLECT, source, arrow, (passed) => {
      if (self instanceof List) {
        const kept = new List(source.first.filter((_item, i) => truth(passed[i] as Value)));
        return holdsThings(self) ? fetched(cx, kept) : kept;
      }
      const kept = newThing();
      source.first.forEach((key, i) => {
        if (truth(passed[i] as Value)) kept.put(key as string, cx.tx.property(kept, key as string, source.second?.[i] as Value, false));
      });
      checkThingQuota(cx.collection, kept);
      return kept;
    });
  },
);

const find: MethodRow = method(
  'find',
  'array|thing',
  [ARROW],
  'any',
  'Gives the first item, or the first value of a thing, for which an arrow function gives something true; else nil.',
  '[10, 20, 30].find(x => (x > 10));  // => 20',
  (_cx, self: List | Thing, arrow: Closure) => new FindLoop(sourceOf(self), arrow),
);

const push: MethodRow = changing(
  'push',
  'list',
  [
    { name: 'item', type: 'any' },
    { name: 'more', type: 'any', rest: true },
  ],
  'array',
  'Adds items at the end of an array and gives the array.',
  '[1].push(2, 3);  // => [1, 2, 3]',
  (cx, self: List, item: Value, more: readonly Value[]) => {
    const items = arrayItems(cx.tx, self.items, [item, ...more]);
    checkArraySize(cx.collection, self.items.length + items.length);
    cx.tx.splice(self, self.items.length, 0, items);
    return self;
  },
);

const splice: MethodRow = changing(
  'splice',
  'list',
  [
    { name: 'start', type: 'int' },
    { name: 'count', type: 'int' },
    { name: 'items', type: 'any', rest: true },
  ],
  'array',
  'Removes `count` items from a place on, puts others there, and gives an array of those removed; a negative start counts from the end.',
  '[0, 1, 2, 3].splice(1, 2);  // => [1, 2]',
  (cx, self: List, index: number | bigint, count: number | bigint, items: readonly Value[]) => {
    const { length } = self.items;
    const from = Number(index);
    const start = Math.min(from < 0 ? Math.max(from + length, 0) : from, length);
    const left = Math.min(Math.max(Number(count), 0), length - start);
    // An array that loses all its items may take others.
    const kept = left === length ? [] : self.items;
    const added = arrayItems(cx.tx, kept, items);
    if (added.length > 0) checkArraySize(cx.collection, length - left + added.length);
    return new List(cx.tx.splice(self, start, left, added));
  },
);

const del: MethodRow = changing(
  'del',
  'thing',
  [NAME],
  'nil',
  'Removes a property.',
  "a = 1; del('a');  // => nil",
  (cx, self: Thing, raw: string | Bytes) => {
    const name = nameOf(raw);
    checkStored(self);
    plainOnly(self, 'del');
    cx.tx.deleteProperty(self, name);
    return null;
  },
);

const rename: MethodRow = changing(
  'rename',
  'thing',
  [NAME, { name: 'to', type: 'raw' }],
  'nil',
  'Gives a property another name; a property that had it is replaced.',
  "a = 7; rename('a', 'b'); b;  // => 7",
  (cx, self: Thing, name: string | Bytes, other: string | Bytes) => {
    const from = nameOf(name);
    const to = nameOf(other);
    checkStored(self);
    plainOnly(self, 'rename');
    if (!self.has(from)) throw lookupErr(`thing \`#${self.id}\` has no property \`${from}\``);
    checkFree(self.get(from));
    if (from === to) return null;
    if (self.has(to)) cx.tx.deleteProperty(self, to);
    cx.tx.renameProperty(self, from, to);
    return null;
  },
);

/** Throws BAD_REQUEST for what an attribute cannot hold. */
function checkAttribute(value: Value): void {
  if (!(value instanceof List)) return;
  if (value.items.length === 0) throw badRequest('an empty array cannot be an attribute');
  if (holdsThings(value)) throw badRequest('an array of things cannot be an attribute');
}

const set: MethodRow = changing(
  'set',
  'thing',
  [NAME, { name: 'value', type: 'number|raw|array' }],
  'nil',
  'Sets an attribute, which has nothing to do with a property of that name.',
  "set('k', 'v'); get('k');  // => \"v\"",
  (cx, self: Thing, raw: string | Bytes, value: Value) => {
    const name = nameOf(raw);
    checkAttribute(value);
    checkStored(self);
    cx.tx.setAttribute(self, name, value instanceof List ? cx.tx.item(value) : value);
    return null;
  },
);

const unset: MethodRow = changing(
  'unset',
  'thing',
  [NAME],
  'nil',
  'Removes an attribute, if it is there.',
  "unset('k');  // => nil",
  (cx, self: Thing, raw: string | Bytes) => {
    const name = nameOf(raw);
    checkStored(self);
    cx.tx.unsetAttribute(self, name);
    return null;
  },
);

function attribute(cx: Context, self: Thing, raw: string | Bytes): Value {
  const name = nameOf(raw);
  const value = self.id === 0 ? undefined : cx.collection?.attributes.of(self.id)?.get(name);
  return value === undefined ? null : new Attribute(value);
}

const get: MethodRow = method('get', 'thing', [NAME], 'attribute|nil', 'Gives an attribute, or nil.', "get('none');  // => nil", attribute);

const getAll: MethodRow = method(
  'get_all',
  'thing',
  [NAME, { name: 'more', type: 'raw', rest: true }],
  'array',
  'Gives an array of attributes, with nil for each that is not there.',
  "set('k', 1); get('k', 'none');  // => [1, null]",
  (cx, self: Thing, name: string | Bytes, more: readonly (string | Bytes)[]) =>
    new List([name, ...more].map((each) => attribute(cx, self, each))),
);

const hasattr: MethodRow = method(
  'hasattr',
  'thing',
  [NAME],
  'bool',
  'Whether a thing has an attribute.',
  "hasattr('none');  // => false",
  (cx, self: Thing, name: string | Bytes) => cx.collection?.attributes.of(self.id)?.has(rawText(name)) === true,
);

const hasprop: MethodRow = method(
  'hasprop',
  'thing',
  [NAME],
  'bool',
  'Whether a thing has a property.',
  "{a: 1}.hasprop('a');  // => true",
  (_cx, self: Thing, name: string | Bytes) => self.has(rawText(name)),
);

const id: MethodRow = method(
  'id',
  'thing',
  [],
  'int',
  'Gives the id of a thing; 0 for one that no property holds.',
  '{}.id();  // => 0',
  (_cx, self: Thing) => self.id,
);

export const thingRows2019: readonly Row[] = [map, filter, find, push, splice, del, rename, set, unset, get, getAll, hasattr, hasprop, id];
