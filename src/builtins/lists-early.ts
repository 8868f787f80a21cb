/**
 * Arguments that are only evaluated when they are needed: the alternative of `first`, `last`, `find` and `get`, and what `sort` and `join` take when
 * there is nothing to sort or join.
 */
import type { Value } from '../values/value.ts';
import type { Context, MethodRow } from './row.ts';

/** Says that the argument which comes next will be the result of the call, whatever it is. */
export const USE_ARGUMENT: unique symbol = Symbol('use the argument');

/**
 * Asked before argument `index` (from 0) is evaluated; `a` is the first argument when that one was evaluated. A value is the result of the call:
 * neither the argument nor `run` is needed. Undefined: go on as if nobody had asked. USE_ARGUMENT: evaluate the argument, and that is the result.
 */
// biome-ignore lint/suspicious/noExplicitAny: each row names the receiver and argument that it declared.
export type Early = (cx: Context, self: any, index: number, a: any) => Value | undefined | typeof USE_ARGUMENT;

/** A method with arguments that may never be evaluated. Without the question, `run` gives the same for arguments that are constants. */
export interface EarlyRow extends MethodRow {
  readonly early: Early;
}
