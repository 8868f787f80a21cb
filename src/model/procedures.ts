import type { Closure } from '../values/closure.ts';

/** A closure under a name, which clients run by that name. */
export interface Procedure {
  readonly name: string;
  readonly closure: Closure;
  /** UNIX time in seconds. */
  readonly createdAt: number;
}
