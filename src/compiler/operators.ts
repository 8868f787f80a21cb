/** Operators, and the codes of those that assign. */
import type { AssignOp, BinaryExpr, UnaryExpr } from '../ast/nodes.ts';
import { BINARY_OPS, Op } from '../bytecode/opcodes.ts';
import { fitsOperand } from './assembler.ts';
import { constantValue } from './fold.ts';
import type { FunctionCompiler } from './function.ts';

/** Operators with a small number on their right. */
const FUSED: Partial<Record<string, number>> = {
  '+': Op.ADD_INT,
  '-': Op.SUB_INT,
  '*': Op.MUL_INT,
  '%': Op.MOD_INT,
  '<': Op.LT_INT,
  '>': Op.GT_INT,
  '==': Op.EQ_INT,
};

const DIRECT: Partial<Record<string, number>> = {
  '+': Op.ADD,
  '-': Op.SUB,
  '*': Op.MUL,
  '<': Op.LT,
  '>': Op.GT,
  '<=': Op.LE,
  '>=': Op.GE,
  '==': Op.EQ,
  '!=': Op.NE,
};

const PREFIX = { '!': Op.NOT, '-': Op.NEG, '+': Op.PLUS, '~': Op.BIT_NOT } as const;

const opCode = (op: string): number => (BINARY_OPS as readonly string[]).indexOf(op);

/** The code of an assignment operator: that of `+` for `+=`; 0 for `=`. */
export const assignCode = (op: AssignOp): number => (op === '=' ? 0 : opCode(op.slice(0, -1)));

export function emitBinary(fc: FunctionCompiler, { op, left, right, start }: BinaryExpr): void {
  const { asm } = fc;
  fc.expr(left);
  const value = constantValue(right);
  const fused = FUSED[op];
  if (fused !== undefined && typeof value === 'number' && fitsOperand(value)) {
    asm.mark(start);
    asm.emit(fused, value);
    return;
  }
  fc.expr(right);
  asm.mark(start);
  const direct = DIRECT[op];
  if (direct !== undefined) asm.emit(direct);
  else asm.emit(Op.BINARY, opCode(op));
}

export function emitUnary(fc: FunctionCompiler, { ops, operand, start }: UnaryExpr): void {
  fc.expr(operand);
  fc.asm.mark(start);
  for (let i = ops.length - 1; i >= 0; i--) fc.asm.emit(PREFIX[ops[i] as keyof typeof PREFIX]);
}
