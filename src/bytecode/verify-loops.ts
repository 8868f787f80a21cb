/**
 * The shape of loops. What runs the code may take for granted that a `for` is one piece of code that is entered at its FOR only:
 *
 *     FOR end; (NIL; STORE_POP)*; JUMP next; body: ...; next: FOR_NEXT body; end:
 *
 * and that what leaves it early does so by FOR_BREAK or FOR_TRIM with a JUMP behind it.
 */
import { type Instruction, instructionAt, instructionsOf } from './effects-of-ops.ts';
import { Op } from './opcodes.ts';
import type { FunctionCode } from './program.ts';
import { refuse } from './verify-operands.ts';

interface LoopShape {
  readonly outer: LoopShape | null;
  readonly depth: number;
  /** Positions of its FOR, of its body, and of its FOR_NEXT. */
  readonly at: number;
  readonly body: number;
  readonly next: number;
}

/** Whether the instruction gives up a loop, so that only the jump out of it may follow. */
export const leavesLoop = (i: Instruction): boolean => i.op.code === Op.FOR_BREAK || i.op.code === Op.FOR_TRIM;

/**
 * How many loops stand around each instruction, by position; a FOR is outside of its loop, its FOR_NEXT inside. The operands must have been checked. Throws
 * TiError when a loop has another shape, or is entered elsewhere.
 */
export function loopDepths(fn: FunctionCode): Int32Array {
  const loops: (LoopShape | null)[] = [];
  const depths = new Int32Array(fn.code.length);
  let open: LoopShape | null = null;
  for (const i of instructionsOf(fn.code)) {
    loops[i.at] = open;
    depths[i.at] = open === null ? 0 : open.depth;
    if (i.op.code === Op.FOR) open = loopAt(fn, i, open);
    else if (i.op.code === Op.FOR_NEXT) {
      if (open === null || open.next !== i.at) refuse(fn, i, 'is the end of no loop');
      open = open.outer;
    } else if (leavesLoop(i)) {
      if (i.next >= fn.code.length || instructionAt(fn.code, i.next).op.code !== Op.JUMP) refuse(fn, i, 'no jump follows');
    }
  }
  for (const i of instructionsOf(fn.code)) if (i.op.a === 'to') checkEntry(fn, i, loops[i.a] ?? null);
  return depths;
}

function loopAt(fn: FunctionCode, i: Instruction, outer: LoopShape | null): LoopShape {
  const { code } = fn;
  let head = instructionAt(code, i.next);
  while (head.op.code === Op.NIL) {
    const store = instructionAt(code, head.next);
    if (store.op.code !== Op.STORE_POP) refuse(fn, store, 'stands at the head of a loop');
    head = instructionAt(code, store.next);
  }
  if (head.op.code !== Op.JUMP) refuse(fn, head, 'stands at the head of a loop');
  const end = instructionAt(code, head.a);
  const fits = end.op.code === Op.FOR_NEXT && end.a === head.next && end.b === i.b && end.next === i.a;
  if (!fits || (outer !== null && end.at >= outer.next)) refuse(fn, i, 'the parts of the loop do not fit');
  return { outer, depth: (outer?.depth ?? 0) + 1, at: i.at, body: head.next, next: end.at };
}

/** That a jump to somewhere in `loop` comes from inside of it, and to its body. */
function checkEntry(fn: FunctionCode, i: Instruction, loop: LoopShape | null): void {
  if (loop === null) return;
  if (i.at <= loop.at || i.at > loop.next || i.a < loop.body) refuse(fn, i, `jumps into a loop, to ${i.a}`);
}
