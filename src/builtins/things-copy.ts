/** `copy` and `dup` of lists, sets and things. A copy of a typed thing is a plain thing, a duplicate is of the same type. */
import { Room, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { checkDeep } from './lists-common.ts';
import type { Context, MethodRow, Param, Row } from './row.ts';

const DEEP: readonly Param[] = [{ name: 'deep', type: 'int', optional: true }];

/** One call of `copy` or `dup`: things that are met again have one copy. `deep` is how many levels of things are still to be copied. */
class Copier {
  private readonly cx: Context;
  private readonly keepTypes: boolean;
  private readonly made = new Map<Thing, Thing>();

  constructor(cx: Context, keepTypes: boolean) {
    this.cx = cx;
    this.keepTypes = keepTypes;
  }

  thing(source: Thing, deep: number): Thing {
    if (deep === 0) return source;
    const known = this.made.get(source);
    if (known !== undefined) return known;
    this.cx.spend(source.size);
    const copy = this.emptyCopy(source);
    this.made.set(source, copy);
    if (source.dict !== null) {
      for (const [key, value] of source.dict) copy.dict?.set(key, this.property(copy, key, value, deep - 1));
      return copy;
    }
    const { keys } = source.shape;
    for (let i = 0; i < keys.length; i++) copy.slots.push(this.property(copy, keys[i] as string, source.slots[i] as Value, deep - 1));
    return copy;
  }

  private emptyCopy(source: Thing): Thing {
    if (!this.keepTypes && source.shape.type !== null) return new Thing(Shape.of(source.shape.keys), []);
    const copy = new Thing(source.shape, []);
    if (source.dict !== null) copy.dict = new Map();
    if (this.keepTypes) copy.restriction = source.restriction;
    return copy;
  }

  /** A list or set of its own for a property of the copy; all else as in a list. */
  private property(owner: Thing, key: string, value: Value, deep: number): Value {
    if (typeof value !== 'object' || value === null) return value;
    let copy: List | SetValue;
    if (value instanceof List && !value.isTuple) copy = new List(this.items(value.items, deep));
    else if (value instanceof SetValue) copy = this.set(value, deep);
    else return this.item(value, deep);
    copy.parent = owner;
    copy.key = key;
    if (owner.shape.type !== null) copy.restriction = value.restriction;
    return copy;
  }

  private item(value: Value, deep: number): Value {
    if (deep === 0 || typeof value !== 'object' || value === null) return value;
    if (value instanceof Thing) return this.thing(value, deep);
    if (value instanceof List) {
      const tuple = new List(this.items(value.items, deep), true);
      tuple.nesting = value.nesting;
      return tuple;
    }
    if (value instanceof Wrapped) return new Wrapped(this.thing(value.thing, deep), value.type);
    if (value instanceof Room) return new Room();
    return value;
  }

  items(items: readonly Value[], deep: number): Value[] {
    this.cx.spend(items.length);
    return deep === 0 ? items.slice() : items.map((item) => this.item(item, deep));
  }

  set({ things }: SetValue, deep: number): SetValue {
    this.cx.spend(things.size);
    if (deep === 0) return new SetValue(new Set(things));
    const copies = new Set<Thing>();
    for (const thing of things) copies.add(this.thing(thing, deep));
    return new SetValue(copies);
  }
}

/** A duplicate of a thing, `deep` levels down, of the same type. */
export const duplicate = (cx: Context, thing: Thing, deep: number): Thing => new Copier(cx, true).thing(thing, deep);

interface Words {
  readonly name: 'copy' | 'dup';
  readonly keepTypes: boolean;
  /** How the things that are copied fare. */
  readonly fate: string;
}

const COPY: Words = { name: 'copy', keepTypes: false, fate: 'copies of typed things are plain things' };
const DUP: Words = { name: 'dup', keepTypes: true, fate: 'copies of typed things are of the same type' };

const listRow = ({ name, keepTypes, fate }: Words): MethodRow => ({
  name,
  receiver: 'array',
  params: DEEP,
  returns: 'list',
  doc: `Gives a new list of the same items, or of copies of the things, \`deep\` levels down; ${fate}.`,
  example: `a = [1]; b = a.${name}(); b.push(2); [a, b];  // => [[1], [1, 2]]`,
  page: `data-types/list/${name}`,
  run: (cx, self: List, deep: number | bigint = 0) => new List(new Copier(cx, keepTypes).items(self.items, checkDeep(deep))),
});

const setRow = ({ name, keepTypes, fate }: Words): MethodRow => ({
  name,
  receiver: 'set',
  params: DEEP,
  returns: 'set',
  doc: `Gives a new set of the same things, or of copies of them, \`deep\` levels down; ${fate}.`,
  example: `a = set({}); b = a.${name}(); b.clear(); [a.len(), b.len()];  // => [1, 0]`,
  page: `data-types/set/${name}`,
  run: (cx, self: SetValue, deep: number | bigint = 0) => new Copier(cx, keepTypes).set(self, checkDeep(deep)),
});

const thingRow = ({ name, keepTypes, fate }: Words): MethodRow => ({
  name,
  receiver: 'thing',
  params: DEEP,
  returns: 'thing',
  doc: `Gives a copy of the thing and of the things in it, \`deep\` levels down (1 when not said: the thing itself); ${fate}.`,
  example: `a = {x: 1}; b = a.${name}(); b.x = 2; [a.x, b.x];  // => [1, 2]`,
  page: `data-types/thing/${name}`,
  run: (cx, self: Thing, deep: number | bigint = 1) => new Copier(cx, keepTypes).thing(self, checkDeep(deep)),
});

export const thingCopyRows: readonly Row[] = [COPY, DUP].flatMap((words) => [listRow(words), setRow(words), thingRow(words)]);
