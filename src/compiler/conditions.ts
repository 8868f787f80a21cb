/** Conditions: `if`, the ternary, `&&` and `||`. */
import type { Expr, IfExpr, LogicalExpr, Span, TernaryExpr } from '../ast/nodes.ts';
import { Op } from '../bytecode/opcodes.ts';
import type { ArmName } from '../bytecode/probes.ts';
import { newLabel } from './assembler.ts';
import type { FunctionCompiler } from './function.ts';

export function emitIf(fc: FunctionCompiler, expr: IfExpr): void {
  if (expr.else !== null) {
    emitBranches(fc, expr, expr.else);
    return;
  }
  // Without else, the value of a condition that does not hold is the value of the whole.
  emitOrJump(
    fc,
    expr.test,
    Op.AND,
    () => emitWay(fc, 'then', expr.then, expr),
    () => fc.arm('no else', expr, expr),
  );
}

export function emitLogical(fc: FunctionCompiler, expr: LogicalExpr): void {
  const { left, right, op } = expr;
  emitOrJump(
    fc,
    left,
    op === '&&' ? Op.AND : Op.OR,
    () => {
      fc.arm('right', right, expr);
      fc.expr(right);
    },
    () => fc.arm('left', left, expr),
  );
}

/** One of two ways; the value of the one that is gone stays. */
export function emitBranches(fc: FunctionCompiler, expr: IfExpr | TernaryExpr, otherwise: Expr): void {
  const { asm } = fc;
  const elseLabel = newLabel();
  const end = newLabel();
  fc.expr(expr.test);
  asm.jumpFalse(elseLabel);
  emitWay(fc, 'then', expr.then, expr);
  asm.jump(Op.JUMP, end);
  asm.adjust(-1);
  asm.place(elseLabel);
  emitWay(fc, 'else', otherwise, expr);
  asm.place(end);
}

/** As `emitBranches`, where nobody wants the value. */
export function emitDroppedBranches(fc: FunctionCompiler, expr: IfExpr | TernaryExpr): void {
  const { asm } = fc;
  const end = newLabel();
  const hasElse = expr.else !== null || fc.isWatched;
  const otherwise = hasElse ? newLabel() : end;
  fc.expr(expr.test);
  asm.jumpFalse(otherwise);
  fc.arm('then', expr.then, expr);
  fc.droppedStatement(expr.then);
  if (hasElse) {
    asm.jump(Op.JUMP, end);
    asm.place(otherwise);
    fc.arm(expr.else === null ? 'no else' : 'else', expr.else ?? expr, expr);
    if (expr.else !== null) fc.droppedStatement(expr.else);
  }
  asm.place(end);
}

/** A way of a condition that gives the value of the whole. */
function emitWay(fc: FunctionCompiler, name: ArmName, body: Expr, whole: Span): void {
  fc.arm(name, body, whole);
  if (fc.isWatched) fc.body(body);
  else fc.expr(body);
}

/** Evaluates `test`, whose value is that of the whole when `op` jumps; `other` emits a probe for that case. */
function emitOrJump(fc: FunctionCompiler, test: Expr, op: number, go: () => void, other: () => void): void {
  const { asm } = fc;
  const jumped = newLabel();
  fc.expr(test);
  asm.jump(op, jumped);
  go();
  if (!fc.isWatched) {
    asm.place(jumped);
    return;
  }
  const end = newLabel();
  asm.jump(Op.JUMP, end);
  asm.place(jumped);
  other();
  asm.place(end);
}
