/** What becomes of an error: the handlers of open `try`s, and unwinding to them. */

import { ErrorCode, type Failed, fail, TiError, typeErr } from '../errors.ts';
import { typeName, type Value } from '../values/value.ts';
import { type Frame, Handler, tooDeep } from './frame.ts';
import type { Machine } from './machine.ts';

/**
 * Unwinds to the handler of an error and gives it. When there is none above `stop` frames, or when it cannot be caught, throws the error, or gives it when
 * what ran is the whole query.
 */
export function recover(m: Machine, error: unknown, stop: number, isWhole: boolean): Handler | Failed {
  const caught = asError(error);
  const handler = m.handlers[m.handlerTop - 1];
  if (caught.start < 0) locate(m, caught);
  const passes = caught.code > ErrorCode.ASSERT || handler === undefined || m.handlerTop === 0;
  if (m.probe !== null) tellRaised(m, caught, !passes);
  if (passes || handler.depth <= stop) {
    const base = m.frames[stop];
    m.depth = stop;
    if (base !== undefined) {
      m.unlockTo(base.locks);
      m.handlerTop = base.handlers;
    }
    m.epoch++;
    if (isWhole) return fail(caught);
    throw caught;
  }
  m.handlerTop--;
  // What free names mean only changes with the frames.
  if (m.depth !== handler.depth) m.epoch++;
  m.depth = handler.depth;
  m.nested = handler.nested;
  m.unlockTo(handler.locks);
  handler.error = caught;
  return handler;
}

/** Tells who watches of an error, once, although it may pass through several runs of the loop. */
function tellRaised(m: Machine, error: TiError, isHandled: boolean): void {
  if (error !== m.told) {
    const top = m.frames[m.depth - 1];
    // The operands of the frame may lie anywhere: whoever is told may call closures above all of them.
    if (top !== undefined) m.sp = top.fp + top.fn.localCount + top.fn.maxStack;
    m.probe?.raised?.(m, error, isHandled);
  }
  m.told = isHandled ? null : error;
}

/** An error as scripts know it. Throws what is a fault of this program. */
export function asError(error: unknown): TiError {
  if (error instanceof TiError) return error;
  if (error instanceof RangeError) {
    if (/call stack/i.test(error.message)) return tooDeep();
    // A string or an array beyond what the engine underneath can hold.
    if (/^(Invalid (string|array) length|Array buffer allocation failed)/.test(error.message))
      return new TiError(ErrorCode.MEMORY, 'memory allocation error');
  }
  throw error;
}

/** Notes where in the query's own text an error was raised. */
export function locate(m: Machine, error: TiError): void {
  const main = m.frames[0]?.fn.program;
  for (let i = m.depth - 1; i >= 0; i--) {
    const frame = m.frames[i] as Frame;
    if (frame.fn.program !== main) continue;
    error.start = frame.fn.offsetAt(frame.pc - 1);
    return;
  }
}

/** Opens a `try` whose handler begins at `pc`, with the operands up to `sp`. */
export function pushHandler(m: Machine, pc: number, sp: number): void {
  let handler = m.handlers[m.handlerTop];
  if (handler === undefined) {
    handler = new Handler();
    m.handlers.push(handler);
  }
  m.handlerTop++;
  handler.depth = m.depth;
  handler.pc = pc;
  handler.sp = sp;
  handler.locks = m.lockTop;
  handler.nested = m.nested;
}

/** Raises the error again when it is none of the `count` errors at `base`. */
export function checkCatch(m: Machine, error: Value, base: number, count: number): void {
  let found = false;
  for (let i = 0; i < count; i++) {
    const wanted = m.stack[base + i] as Value;
    if (!(wanted instanceof TiError)) {
      throw typeErr(
        `function \`try\` expects arguments 2..X to be of type \`error\` but got type \`${typeName(wanted)}\` instead; see https://docs.thingsdb.io/v1/collection-api/try`,
      );
    }
    found ||= wanted.code === (error as TiError).code;
  }
  if (!found) throw error;
}
