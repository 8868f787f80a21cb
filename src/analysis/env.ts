/** What is known of variables at a place of a function. A branch sees what was known before it, and keeps what it learns for itself. */
import { join, type Type } from './types.ts';
import type { Source } from './watched.ts';

export class Env {
  readonly parent: Env | null;
  /** What is known before the place, of a place without a parent. */
  private readonly before: Source<Type> | null;
  private readonly own = new Map<string, Type>();
  /** Whether the place is never reached. */
  dead = false;

  constructor(parent: Env | null = null, before: Source<Type> | null = null) {
    this.parent = parent;
    this.before = before;
  }

  /** The type of a variable; undefined for one that is not set on the way here. */
  get(name: string): Type | undefined {
    for (let env: Env = this; ; env = env.parent) {
      const type = env.own.get(name);
      if (type !== undefined) return type;
      if (env.parent === null) return env.before?.get(name);
    }
  }

  set(name: string, type: Type): void {
    this.own.set(name, type);
  }

  fork(): Env {
    const env = new Env(this);
    env.dead = this.dead;
    return env;
  }

  /** The names that were set or narrowed here. */
  names(): Iterable<string> {
    return this.own.keys();
  }

  /** What was set or narrowed here. */
  get known(): ReadonlyMap<string, Type> {
    return this.own;
  }

  /** Goes on behind branches of this place; `dead` ones bring nothing. */
  merge(branches: readonly Env[]): void {
    const live = branches.filter((branch) => !branch.dead);
    if (live.length === 0) {
      this.dead = true;
      return;
    }
    const names = new Set(live.flatMap((branch) => [...branch.names()]));
    for (const name of names) {
      let type: Type | undefined;
      for (const branch of live) {
        const known = branch.get(name);
        // Where it is not set, reading it is an error of its own.
        if (known !== undefined) type = type === undefined ? known : join(type, known);
      }
      if (type !== undefined) this.own.set(name, type);
    }
  }
}
