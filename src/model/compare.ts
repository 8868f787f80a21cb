/**
 * Compares two databases to the last slot, for tests and checks of a store: what a query can see of one must be in the other. It walks all own
 * fields of all objects, so that what is added to the model later is compared too, but for what the table below leaves out.
 */
import { TiError } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { EnumMember, Room, Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { SetValue } from '../values/set.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import { Attributes } from './attributes.ts';
import { Collection } from './collection.ts';
import { Database } from './database.ts';
import { EnumDef } from './enums.ts';
import { TaskList } from './tasks.ts';
import { ThingIndex } from './thing-index.ts';
import { MethodMap, TypeDef } from './types.ts';

type Class = abstract new (...args: never[]) => object;

/** Fields that no query sees, or that only last for a query or till the next checkpoint. */
const LEFT_OUT: readonly (readonly [Class, readonly string[]])[] = [
  [Database, ['changeId']],
  [
    Collection,
    [
      'schema',
      'watched',
      'dirtyPages',
      'pendingPages',
      'writtenPages',
      'dirtyRooms',
      'writePending',
      'lastTouched',
      'search',
      'suspicious',
    ],
  ],
  // Those that follow are compared by what they are to others.
  [Thing, ['locks', 'flags', 'layout', 'cells', 'rest', 'count']],
  [List, ['locks', 'kept']],
  [SetValue, ['locks', 'kept']],
  [Task, ['locks']],
  [TaskList, ['byId', 'isSettled']],
  [TypeDef, ['locks', 'instances']],
  [EnumDef, ['locks']],
  [MethodMap, ['callables']],
  [TiError, ['start']],
];

/** Their maps are told in an order of their own, such as by name. */
const UNORDERED: readonly Class[] = [Database, Collection, Attributes];

/** What there is once: one of them in two places must be one in the other database too. */
const ENTITIES: readonly Class[] = [Thing, Room, Task, Collection, TypeDef, EnumDef, EnumMember];

const classCache = new Map<object, { readonly leftOut: ReadonlySet<string>; readonly isEntity: boolean }>();

function classOf(value: object): { readonly leftOut: ReadonlySet<string>; readonly isEntity: boolean } {
  const prototype = Object.getPrototypeOf(value) as object;
  let known = classCache.get(prototype);
  if (known === undefined) {
    const leftOut = new Set(LEFT_OUT.flatMap(([base, fields]) => (value instanceof base ? fields : [])));
    known = { leftOut, isEntity: ENTITIES.some((base) => value instanceof base) };
    classCache.set(prototype, known);
  }
  return known;
}

const show = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.getPrototypeOf(value)?.constructor?.name ?? 'object';
};

class Comparison {
  difference: string | null = null;
  private readonly left = new Map<object, object>();
  private readonly right = new Map<object, object>();
  private readonly unordered = new Set<object>();
  /** A list of our own: things lead to one another over any number of steps. */
  private readonly work: (readonly [object, object, string])[] = [];

  run(a: object, b: object): string | null {
    this.check(a, b, '');
    for (let next = this.work.pop(); next !== undefined && this.difference === null; next = this.work.pop()) this.inside(...next);
    return this.difference;
  }

  private fail(path: string, why: string): void {
    this.difference ??= `${path === '' ? '(all)' : path}: ${why}`;
  }

  private check(a: unknown, b: unknown, path: string): void {
    if (Object.is(a, b)) return;
    if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
      this.fail(path, `${show(a)} and ${show(b)}`);
      return;
    }
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) {
      this.fail(path, `a ${show(a)} and a ${show(b)}`);
      return;
    }
    const known = this.left.get(a);
    if (known === b) return;
    // Whether two places share an anonymous type or an empty task cannot be told.
    if (classOf(a).isEntity && !(a instanceof TypeDef && a.told !== null) && !(a instanceof Task && a.id === 0)) {
      if (known !== undefined || this.right.has(b)) {
        this.fail(path, `the ${show(a)} is another one than elsewhere`);
        return;
      }
      this.right.set(b, a);
    }
    this.left.set(a, b);
    this.work.push([a, b, path]);
  }

  private inside(a: object, b: object, path: string): void {
    if (a instanceof Closure) this.check(a.text, (b as Closure).text, `${path}.text`);
    else if (a instanceof Regex) this.check(a.text, (b as Regex).text, `${path}.text`);
    else if (a instanceof Shape) this.shape(a, b as Shape, path);
    else if (a instanceof ThingIndex) this.things(a, b as ThingIndex, path);
    else if (Array.isArray(a)) this.items(a, b as unknown[], path);
    else if (a instanceof Uint8Array) this.check(Buffer.from(a).toString('latin1'), Buffer.from(b as Uint8Array).toString('latin1'), path);
    else if (a instanceof Thing) this.thing(a, b as Thing, path);
    else if (a instanceof Set) this.items([...a], [...(b as Set<unknown>)], path);
    else this.fields(a, b, path);
  }

  private shape(a: Shape, b: Shape, path: string): void {
    const isSpecial = [a, b].some((shape) => shape === Shape.dictionary || shape === Shape.sorted);
    if (isSpecial) this.fail(path, 'one is a dictionary of another kind');
    this.items(a.keys, b.keys, `${path}.keys`);
    this.check(a.type, b.type, `${path}.type`);
  }

  private thing(a: Thing, b: Thing, path: string): void {
    this.check(a.refs, b.refs, `${path}.refs`);
    this.check(a.shape, b.shape, `${path}.shape`);
    this.check(a.restriction, b.restriction, `${path}.restriction`);
    if (a.dict === null) this.items(a.slots, b.slots, `${path}.slots`);
    else {
      // Its properties have the order in which they are told, not that of the map.
      this.items(a.keys(), b.keys(), `${path}(keys)`);
      for (const key of a.keys()) this.check(a.get(key), b.get(key), `${path}(${key})`);
      this.check(b.dict === null, false, `${path}.dict`);
    }
    this.fields(a, b, path);
  }

  private things(a: ThingIndex, b: ThingIndex, path: string): void {
    this.check(a.size, b.size, `${path}.size`);
    for (const thing of a.values()) this.check(thing, b.get(thing.id), `${path}[${thing.id}]`);
  }

  private items(a: readonly unknown[], b: readonly unknown[], path: string): void {
    this.check(a.length, b.length, `${path}.length`);
    for (let i = 0; i < a.length && this.difference === null; i++) this.check(a[i], b[i], `${path}[${i}]`);
  }

  private entries(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>, path: string): void {
    const keys = this.unordered.has(a) ? [...a.keys()].sort() : [...a.keys()];
    const others = this.unordered.has(a) ? [...b.keys()].sort() : [...b.keys()];
    this.items(keys, others, `${path}(keys)`);
    for (const [key, value] of a) this.check(value, b.get(key), `${path}(${String(key)})`);
  }

  private fields(a: object, b: object, path: string): void {
    if (a instanceof Map) this.entries(a, b as Map<unknown, unknown>, path);
    const { leftOut } = classOf(a);
    const other = b as Record<string, unknown>;
    const isUnordered = UNORDERED.some((base) => a instanceof base);
    for (const [name, value] of Object.entries(a)) {
      if (isUnordered && value instanceof Map) this.unordered.add(value);
      if (!leftOut.has(name)) this.check(value, other[name], `${path}.${name}`);
    }
    for (const name of Object.keys(b))
      if (!Object.hasOwn(a, name) && !leftOut.has(name)) this.fail(`${path}.${name}`, 'only in the second');
  }
}

/** The place of the first difference of two databases, and what it is; null when there is none. */
export const firstDifference = (a: Database, b: Database): string | null => new Comparison().run(a, b);
