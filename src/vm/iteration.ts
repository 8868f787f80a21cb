/** Loops: what a `for` goes through, and built-ins that call a closure for each item. */

import type { Loop } from '../builtins/row.ts';
import type { FramedCode, FunctionCode, LeafCode } from '../bytecode/program.ts';
import { typeErr } from '../errors.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { type Frame, Iteration, MAX_NATIVE } from './frame.ts';
import type { Machine } from './machine.ts';
import { asError } from './unwinding.ts';

/** Locks what a `for` goes through; null when it is empty. */
export function startFor(m: Machine, x: Value): Iteration | null {
  const height = m.lockTop;
  if (x instanceof List) {
    if (x.items.length === 0) return null;
    m.lock(x);
    return new Iteration(x.items, null, height);
  }
  if (x instanceof Thing) {
    if (x.size === 0) return null;
    const keys = x.keys();
    m.lock(x);
    return new Iteration(
      keys,
      keys.map((key) => x.get(key) as Value),
      height,
    );
  }
  if (x instanceof SetValue) {
    if (x.things.size === 0) return null;
    m.lock(x);
    const things = [...x.things];
    return new Iteration(
      things,
      things.map((thing) => (thing.id === 0 ? null : thing.id)),
      height,
    );
  }
  throw typeErr(`type \`${typeName(x)}\` is not iterable`);
}

/**
 * Starts a built-in's loop: opens the frame of its first call and gives the height of the stack; or, when there is none, or the closure is translated
 * so that the whole loop can run here, puts its result.
 */
export function startLoop(m: Machine, loop: Loop, result: number): number {
  if (loop.lock !== null) m.lock(loop.lock);
  if (!loop.next(undefined)) {
    if (loop.lock !== null) m.unlock();
    m.stack[result] = loop.result;
    return result + 1;
  }
  const { stack } = m;
  const base = result + 1;
  const fn = m.codeOf(loop.closure);
  if (fn.leaf !== null) {
    m.sp = base;
    if (fn.effects !== 0 && loop.closure.unbound) m.checkEffects(fn);
    finishLeaf(m, loop, fn);
    stack[result] = loop.result;
    return base;
  }
  const lockTop = m.lockTop;
  stack[base] = loop.a;
  stack[base + 1] = loop.b;
  stack[base + 2] = loop.c;
  const caller = m.frames[m.depth - 1] as Frame;
  const frame = m.enter(loop.closure, base, 3, result);
  if (caller.fn.program !== fn.program) m.epoch++;
  frame.locks = lockTop;
  if (fn.framed !== null && m.nested < MAX_NATIVE) {
    finishFramed(m, loop, frame);
    m.depth--;
    if (caller.fn.program !== fn.program) m.epoch++;
    stack[result] = loop.result;
    return base;
  }
  frame.loop = loop;
  return base + fn.localCount;
}

/** Runs what is left of a loop whose closure is a leaf and whose next arguments are set. */
function finishLeaf(m: Machine, loop: Loop, fn: FunctionCode): void {
  const leaf = fn.leaf as LeafCode;
  try {
    do {
      m.tick();
    } while (loop.next(leaf(m, loop.a, loop.b, loop.c)));
  } catch (error) {
    const caught = asError(error);
    if (caught.start < 0 && fn.program === m.frames[0]?.fn.program) caught.start = fn.offsetAt(m.leafPc - 1);
    throw caught;
  }
  if (loop.lock !== null) m.unlock();
}

/** The same for a closure with a frame, which is open and holds the next arguments. */
function finishFramed(m: Machine, loop: Loop, frame: Frame): void {
  const { fn, fp } = frame;
  const { arity, localCount } = fn;
  const framed = fn.framed as FramedCode;
  const { lockTop } = m;
  m.nested++;
  for (;;) {
    m.tick();
    m.sp = fp + localCount;
    const previous = framed(m, fp);
    if (m.lockTop > lockTop) m.unlockTo(lockTop);
    if (!loop.next(previous)) break;
    setLoopArguments(m, loop, fp, arity, localCount);
    if (fn.seen) m.epoch++;
  }
  m.nested--;
  if (fn.seen) m.epoch++;
  if (loop.lock !== null) m.unlock();
}

/** Runs the rest of a loop in the frame that ran it so far, which stays open. */
export function finishLoop(m: Machine, loop: Loop, frame: Frame): void {
  const { fn, fp } = frame;
  m.sp = fp + fn.localCount;
  if (fn.leaf !== null) {
    // A leaf keeps its locals to itself: those of the last call in the frame must not be found as if they were a caller's.
    for (let i = fn.arity; i < fn.localCount; i++) (m.stack as unknown[])[fp + i] = undefined;
    if (fn.seen) m.epoch++;
    finishLeaf(m, loop, fn);
    return;
  }
  setLoopArguments(m, loop, fp, fn.arity, fn.localCount);
  finishFramed(m, loop, frame);
}

function setLoopArguments(m: Machine, loop: Loop, fp: number, arity: number, localCount: number): void {
  const { stack } = m;
  if (arity > 0) stack[fp] = loop.a;
  if (arity > 1) stack[fp + 1] = loop.b;
  if (arity > 2) stack[fp + 2] = loop.c;
  for (let i = 3; i < arity; i++) stack[fp + i] = null;
  for (let i = arity; i < localCount; i++) (stack as unknown[])[fp + i] = undefined;
}
