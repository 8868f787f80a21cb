/**
 * Probes: places in a program that tell when they are reached. Only programs compiled for a tool that watches (profiler, coverage, debugger) have them; in
 * all others there is no instruction for it, so that watching costs nothing where nobody watches.
 *
 * A function with probes stays in the interpreter, and all its locals can be found by name, as those of a caller can.
 */

/** What is reached. */
export type ProbeKind =
  /** The first instruction of a function: of the text itself, or of a closure. */
  | 'enter'
  /** A function is about to return; not told when an error ends it. */
  | 'leave'
  /** A statement is about to run: in a block, or the single expression that is a body. Those that compile to nothing have no probe. */
  | 'statement'
  /** One of the ways that a condition or a loop can go; `arm` tells which. */
  | 'arm'
  /** A call whose arguments are evaluated; not told when an argument was found not to be needed. */
  | 'call'
  /** That call gave a result; not told when it raised an error. */
  | 'done';

/** One of the ways that a condition or a loop can go. */
export interface ProbeArm {
  /** Byte offsets of the condition or loop as a whole. */
  readonly start: number;
  readonly end: number;
  readonly name: ArmName;
}

export type ArmName =
  | 'then'
  | 'else'
  /** There is no `else`, and the condition did not hold. */
  | 'no else'
  /** The loop has something to go through: told in each turn. */
  | 'turn'
  | 'empty'
  /** The right side of `&&` or `||` is evaluated. */
  | 'right'
  /** The left side was enough. */
  | 'left';

export interface ProbeSite {
  readonly kind: ProbeKind;
  /** Index of the function in its program. */
  readonly fn: number;
  /** Byte offsets in the program's source. */
  readonly start: number;
  readonly end: number;
  /** Of `call` and `done`: the name of what is called, with a dot before it when it is a method; else empty. */
  readonly name: string;
  readonly arm: ProbeArm | null;
}
