/** `search`: where in a thing another one is. */
import { typeErr, valueErr } from '../errors.ts';
import { EnumMember, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { checkDeep } from './lists-common.ts';
import type { Context, MethodRow, Row } from './row.ts';

const FOUND = Shape.of(['parent', 'parent_type', 'key', 'key_type']);
const MAX_LIMIT = 255;

interface Options {
  deep: number;
  limit: number;
}

function readOptions(given: Thing | undefined): Options {
  const options: Options = { deep: 1, limit: 1 };
  if (given === undefined) return options;
  for (const key of given.keys()) {
    if (key !== 'deep' && key !== 'limit') throw valueErr(`\`search\` has the options \`deep\` and \`limit\`, but not \`${key}\``);
    const value = given.get(key) as Value;
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      throw typeErr(`expecting \`${key}\` to be of type \`int\` but got type \`${typeName(value)}\` instead`);
    }
    if (key === 'deep') options.deep = checkDeep(value);
    else if (value < 0 || value > MAX_LIMIT)
      throw valueErr(`expecting a \`limit\` value between 0 and ${MAX_LIMIT} but got ${value} instead`);
    else options.limit = Number(value);
  }
  return options;
}

/** Goes depth first through the properties of things. A thing that is locked is passed over: it is being gone through already. */
class Search {
  readonly found: Value[] = [];
  private readonly cx: Context;
  private readonly needle: Thing;
  private readonly limit: number;

  constructor(cx: Context, needle: Thing, limit: number) {
    this.cx = cx;
    this.needle = needle;
    this.limit = limit;
  }

  private get isFull(): boolean {
    return this.found.length >= this.limit;
  }

  in(thing: Thing, deep: number): void {
    this.cx.spend(1 + thing.size);
    for (const key of thing.keys()) {
      if (this.isFull) return;
      this.value(thing, key, thing.get(key) as Value, deep);
    }
  }

  private value(parent: Thing, key: string, value: Value, deep: number): void {
    if (value instanceof List) this.items(parent, key, value, deep);
    else if (value instanceof SetValue) this.things(parent, key, value, deep);
    else this.one(parent, key, value, value, deep);
  }

  /** Looks at a value that is no container itself; `holder` tells the type in the result. */
  private one(parent: Thing, key: string, value: Value, holder: Value, deep: number): void {
    const inner = value instanceof EnumMember ? value.value : value instanceof Wrapped ? value.thing : value;
    if (inner === this.needle) this.found.push(new Thing(FOUND, [parent, typeName(parent), key, typeName(holder)]));
    else if (inner instanceof Thing && deep > 1 && inner.locks === 0) {
      this.cx.lock(inner);
      this.in(inner, deep - 1);
      this.cx.unlock();
    }
  }

  private items(parent: Thing, key: string, list: List, deep: number): void {
    this.cx.spend(list.items.length);
    for (const item of list.items) {
      if (this.isFull) return;
      if (item instanceof List) this.items(parent, key, item, deep);
      else if (item instanceof SetValue) this.things(parent, key, item, deep);
      else this.one(parent, key, item, list, deep);
    }
  }

  private things(parent: Thing, key: string, set: SetValue, deep: number): void {
    this.cx.spend(set.things.size);
    for (const thing of set.things) {
      if (this.isFull) return;
      this.one(parent, key, thing, set, deep);
    }
  }
}

const search: MethodRow = {
  name: 'search',
  receiver: 'thing',
  params: [
    { name: 'needle', type: 'thing' },
    { name: 'options', type: 'thing', optional: true },
  ],
  returns: 'list',
  doc: 'Tells where a thing is held: in which things and properties, `deep` levels down and at most `limit` places (1 when not said).',
  example: 't = {}; {a: t}.search(t).map(|r| [r.key, r.key_type]);  // => [["a", "thing"]]',
  page: 'data-types/thing/search',
  run: (cx, self: Thing, needle: Thing, given: Thing | undefined) => {
    const { deep, limit } = readOptions(given);
    const place = new Search(cx, needle, limit);
    if (deep > 0) place.in(self, deep);
    return new List(place.found);
  },
};

export const thingSearchRows: readonly Row[] = [search];
