/** Loops, and the ways out of them. */
import type { Expr, ForExpr } from '../ast/nodes.ts';
import { Op } from '../bytecode/opcodes.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { type Label, newLabel } from './assembler.ts';
import type { FunctionCompiler } from './function.ts';

/** A loop that encloses the code being emitted. */
export interface Loop {
  readonly next: Label;
  readonly end: Label;
  /** Operands under the loop's own. */
  readonly height: number;
  readonly handlers: number;
}

export function emitFor(fc: FunctionCompiler, expr: ForExpr): void {
  const { asm } = fc;
  const slots = expr.vars.map((v) => fc.scope.slots.get(v.name) as number);
  const vars = (Math.min(slots.length, 2) << 24) | ((slots[1] ?? 0) << 12) | (slots[0] as number);
  const body = newLabel();
  const loop: Loop = { next: newLabel(), end: newLabel(), height: asm.height, handlers: fc.handlers };
  fc.expr(expr.iterable);
  asm.mark(expr.iterable.start);
  const empty = fc.isWatched ? newLabel() : loop.end;
  asm.jump(Op.FOR, empty, vars);
  for (const slot of slots.slice(2)) {
    asm.emit(Op.NIL);
    asm.emit(Op.STORE_POP, slot);
  }
  asm.jump(Op.JUMP, loop.next);
  asm.place(body);
  const outer = fc.loop;
  fc.loop = loop;
  fc.arm('turn', expr.body, expr);
  fc.droppedStatement(expr.body);
  fc.loop = outer;
  asm.place(loop.next);
  asm.mark(expr.start);
  asm.jump(Op.FOR_NEXT, body, vars);
  if (fc.isWatched) {
    asm.jump(Op.JUMP, loop.end);
    asm.place(empty);
    fc.arm('empty', expr, expr);
  }
  asm.place(loop.end);
}

/** `break` and `continue`. */
export function emitLeave(fc: FunctionCompiler, { kind }: Expr): void {
  const { asm, loop } = fc;
  if ((kind !== 'BreakExpr' && kind !== 'ContinueExpr') || loop === null) {
    throw new TiError(ErrorCode.SYNTAX, `\`${kind === 'BreakExpr' ? 'break' : 'continue'}\` stands outside of a loop`);
  }
  if (fc.handlers > loop.handlers) asm.emit(Op.DROP_TRY, fc.handlers - loop.handlers);
  asm.emit(kind === 'BreakExpr' ? Op.FOR_BREAK : Op.FOR_TRIM, loop.height);
  asm.jump(Op.JUMP, kind === 'BreakExpr' ? loop.end : loop.next);
  // Nothing behind a jump runs; but the value of the expression is counted.
  asm.adjust(1);
}
