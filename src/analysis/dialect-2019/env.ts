/** What is known of variables and of the root's properties at a place of a script in the 2019 dialect. */
import type { Env } from '../env.ts';
import { ANY, join, type Type } from '../types.ts';
import type { Source } from '../watched.ts';

/** What is known of the root's properties. A branch sees what was known before it, and keeps what it learns for itself. */
export class Properties {
  private readonly parent: Properties | null;
  /** What is known before the place, of a place without a parent. */
  private readonly before: Source<Type> | null;
  private readonly own = new Map<string, Type>();
  /** Whether nothing holds any more that was known before. */
  private cleared = false;

  constructor(parent: Properties | null = null, before: Source<Type> | null = null) {
    this.parent = parent;
    this.before = before;
  }

  get(name: string): Type {
    for (let place: Properties = this; ; place = place.parent) {
      const type = place.own.get(name);
      if (type !== undefined) return type;
      if (place.cleared) return ANY;
      if (place.parent === null) return place.before?.get(name) ?? ANY;
    }
  }

  set(name: string, type: Type): void {
    this.own.set(name, type);
  }

  /** Nothing is known of any property any more. */
  clear(): void {
    this.own.clear();
    this.cleared = true;
  }

  fork(): Properties {
    return new Properties(this);
  }

  /** Goes on behind two branches of this place, one of which was gone. */
  merge(a: Properties, b: Properties): void {
    const types = new Map<string, Type>();
    for (const name of new Set([...a.own.keys(), ...b.own.keys()])) types.set(name, join(a.get(name), b.get(name)));
    if (a.cleared || b.cleared) this.clear();
    for (const [name, type] of types) this.own.set(name, type);
  }

  /** What became of the properties here: all were forgotten first, or none, and then these were learnt. */
  get learnt(): { readonly cleared: boolean; readonly types: ReadonlyMap<string, Type> } {
    return { cleared: this.cleared, types: this.own };
  }
}

export class Env2019 {
  /** Variables that are set on some way to the place. */
  readonly temps: Env;
  readonly properties: Properties;

  constructor(temps: Env, properties: Properties) {
    this.temps = temps;
    this.properties = properties;
  }

  fork(): Env2019 {
    return new Env2019(this.temps.fork(), this.properties.fork());
  }

  /** Goes on behind two branches of this place, one of which was gone. */
  merge(a: Env2019, b: Env2019): void {
    this.temps.merge([a.temps, b.temps]);
    this.properties.merge(a.properties, b.properties);
  }

  /** Of these variables and of all properties, nothing is known any more: what changes them may have run any number of times. */
  forget(temps: Iterable<string>): void {
    for (const name of temps) if (this.temps.get(name) !== undefined) this.temps.set(name, ANY);
    this.properties.clear();
  }
}
