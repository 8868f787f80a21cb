/** What a part of a script has asked of what the other parts say, so that it is known later whether the answers are still the same. */
import type { Type } from './types.ts';

/** What is asked: a map, by name. */
export interface Source<V> {
  get(name: string): V | undefined;
  keys(): Iterable<string>;
}

/** A source whose answers are noted. */
export class Watched<V> implements Source<V> {
  private readonly source: Source<V>;
  private readonly same: (a: V, b: V) => boolean;
  private readonly asked = new Map<string, V | undefined>();
  /** All names, when those were asked for. */
  private all: readonly string[] | null = null;

  constructor(source: Source<V>, same: (a: V, b: V) => boolean) {
    this.source = source;
    this.same = same;
  }

  get(name: string): V | undefined {
    if (this.asked.has(name)) return this.asked.get(name);
    const value = this.source.get(name);
    this.asked.set(name, value);
    return value;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  keys(): Iterable<string> {
    this.all ??= [...this.source.keys()].sort();
    return this.all;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }

  /** Whether another source would have said the same. */
  holds(source: Source<V>): boolean {
    for (const [name, value] of this.asked) {
      const now = source.get(name);
      if (now === value) continue;
      if (now === undefined || value === undefined || !this.same(value, now)) return false;
      this.asked.set(name, now);
    }
    if (this.all === null) return true;
    const now = [...source.keys()].sort();
    return now.length === this.all.length && this.all.every((name, i) => name === now[i]);
  }
}

/** A set of names as a source. */
export function membership(set: { has(name: string): boolean } & Iterable<string>): Source<true> {
  return { get: (name) => (set.has(name) ? true : undefined), keys: () => set };
}

/** Whether two types say the same. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.mask !== b.mask || a.name !== b.name || !Object.is(a.value, b.value) || a.closure !== b.closure) return false;
  if (a.item === null ? b.item !== null : b.item === null || !sameType(a.item, b.item)) return false;
  return a.fields === null ? b.fields === null : b.fields !== null && sameFields(a.fields, b.fields);
}

function sameFields(a: NonNullable<Type['fields']>, b: NonNullable<Type['fields']>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, type] of a) {
    const other = b.get(name);
    if (other === undefined || !sameType(type, other)) return false;
  }
  return true;
}
