/** Constant folding: what an expression of literals gives, when that can be known and is no error. */
import type { BinaryExpr, Expr, UnaryExpr } from '../ast/nodes.ts';
import { TiError } from '../errors.ts';
import { binary, bitNot, negate, not, plus } from '../values/operators.ts';
import { Float } from '../values/scalars.ts';
import type { Value } from '../values/value.ts';

/** The value of a literal or of an expression of literals; undefined when it must be evaluated at run time. */
export function constantValue(expr: Expr): Value | undefined {
  switch (expr.kind) {
    case 'NilLiteral':
      return null;
    case 'BoolLiteral':
    case 'StringLiteral':
      return expr.value;
    case 'IntLiteral':
      return expr.value ?? undefined;
    case 'FloatLiteral':
      return new Float(expr.value === 0 ? 0 : expr.value);
    case 'ParenExpr':
      return constantValue(expr.expr);
    case 'UnaryExpr':
      return foldUnary(expr);
    case 'BinaryExpr':
      return foldBinary(expr);
    default:
      return undefined;
  }
}

/** Long strings made of constants are left to the run, so that no text makes a much larger program. */
const MAX_FOLDED_TEXT = 4096;

function attempt(run: () => Value): Value | undefined {
  try {
    const value = run();
    return typeof value === 'string' && value.length > MAX_FOLDED_TEXT ? undefined : value;
  } catch (error) {
    if (error instanceof TiError) return undefined;
    throw error;
  }
}

function foldUnary(expr: UnaryExpr): Value | undefined {
  let value = constantValue(expr.operand);
  for (let i = expr.ops.length - 1; i >= 0 && value !== undefined; i--) {
    const operand: Value = value;
    const op = expr.ops[i];
    value = attempt(() => (op === '!' ? not(operand) : op === '-' ? negate(operand) : op === '+' ? plus(operand) : bitNot(operand)));
  }
  return value;
}

function foldBinary(expr: BinaryExpr): Value | undefined {
  const left = constantValue(expr.left);
  if (left === undefined) return undefined;
  const right = constantValue(expr.right);
  if (right === undefined) return undefined;
  return attempt(() => binary(expr.op, left, right));
}
