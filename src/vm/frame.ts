import type { Loop } from '../builtins/row.ts';
import type { FunctionCode } from '../bytecode/program.ts';
import { operationErr, type TiError } from '../errors.ts';
import type { List } from '../values/list.ts';
import type { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';

/** Calls that may be open at once; beyond is an error. */
export const MAX_DEPTH = 2000;
/** Runs of the loop inside of one another (a built-in that calls a closure that ...); each takes much of the native stack. */
export const MAX_NESTED = 150;
/** Translated functions call one another natively up to here; deeper calls are left to the loop, which needs no native stack for them. */
export const MAX_NATIVE = 100;
/** Calls, or turns of loops, after which a function is translated. */
export const HOT = 1000;

/** What is raised where more than that would be open. */
export const tooDeep = (): TiError => operationErr('maximum recursion depth exceeded; see https://docs.thingsdb.io/v1/data-types/closure');

export type Container = List | SetValue | Thing;

/** One call in progress. Frames are kept and used again: the machine has one for each depth. */
export class Frame {
  fn: FunctionCode;
  /** Where to go on in `fn.code`; only kept while another frame runs. */
  pc = 0;
  /** Place of the first local on the stack. */
  fp = 0;
  /** Place on the stack for the result. */
  result = 0;
  /** Heights to which the stacks of locks and handlers go back when the frame ends. */
  locks = 0;
  handlers = 0;
  /** When a built-in calls the closure for each item: what asks for the next call. */
  loop: Loop | null = null;

  constructor(fn: FunctionCode) {
    this.fn = fn;
  }
}

/** Where an error goes that is raised while a `try` is open. */
export class Handler {
  depth = 0;
  pc = 0;
  sp = 0;
  locks = 0;
  nested = 0;
  /** What was raised, while it is on its way to the handler. */
  error: TiError | null = null;
}

/** The state of a `for`, on the operand stack under the loop's body. */
export class Iteration {
  index = 0;
  readonly count: number;
  /** First variable of each turn. */
  readonly first: readonly Value[];
  /** Second variable of each turn; null where it is the index itself. */
  readonly second: readonly Value[] | null;
  /** Height of the stack of locks under the lock of this loop. */
  readonly locks: number;

  constructor(first: readonly Value[], second: readonly Value[] | null, locks: number) {
    this.first = first;
    this.second = second;
    this.count = first.length;
    this.locks = locks;
  }
}

/** The two ends of a slice that is assigned to. */
export class SliceRange {
  readonly start: number;
  readonly end: number;

  constructor(start: number, end: number) {
    this.start = start;
    this.end = end;
  }
}
