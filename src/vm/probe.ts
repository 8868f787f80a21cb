import type { ProbeSite } from '../bytecode/probes.ts';
import type { TiError } from '../errors.ts';
import type { Frame } from './frame.ts';
import type { Machine } from './machine.ts';

/**
 * One who watches a machine run. Between its calls the machine stands still, so it may look at frames and stack, and call closures (`Machine.call`). A TiError
 * that it throws ends the query as if the program had raised it.
 */
export interface Probe {
  /** A probe of a program was reached in the topmost frame; `frame.pc` is behind its instruction, `machine.sp` where free values start on the stack. */
  reached(machine: Machine, frame: Frame, site: ProbeSite): void;
  /** An error was raised and has not been handled yet: the frames are those in which it was raised. `handled`: a `try` of the program takes it. */
  raised?(machine: Machine, error: TiError, handled: boolean): void;
}
