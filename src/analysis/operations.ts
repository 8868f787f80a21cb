/** Operators: what they give, and what they do not go with. */
import type { BinaryOp, Expr, Node } from '../ast/nodes.ts';
import { Kind } from '../builtins/row.ts';
import type { Inference } from './infer.ts';
import { isLiteral } from './literals.ts';
import { binaryType, canEqual, prefixType } from './operate.ts';
import { ANY, BOOL, describe, describeValue, NEVER, only, type Type } from './types.ts';

/** What a binary operator gives; tells when it cannot but fail. */
export function operation(inf: Inference, op: BinaryOp, left: Type, right: Type, at: Node): Type {
  const type = binaryType(op, left, right);
  if (type !== null) return type;
  const isText = op === '+' && (only(left, Kind.str) || only(right, Kind.str));
  inf.cx.fails('operand-type', at, `\`${op}\` does not go with \`${describe(left)}\` and \`${describe(right)}\``, {
    ...(isText ? { reason: 'put values into texts by a template, such as `{name}: {count}` between back-ticks, or by `str(...)`' } : {}),
  });
  return ANY;
}

export function binary(inf: Inference, expr: Extract<Expr, { kind: 'BinaryExpr' }>): Type {
  const left = inf.expr(expr.left);
  const right = inf.expr(expr.right);
  const { op } = expr;
  if ((op === '/' || op === '%') && right.value === 0 && only(left, Kind.int | Kind.float | Kind.bool)) {
    inf.cx.fails('zero-division', expr, 'a division by zero');
    return NEVER;
  }
  const type = operation(inf, op, left, right, expr);
  if ((op !== '==' && op !== '!=') || left.mask === 0 || right.mask === 0 || canEqual(left, right)) return type;
  const both = isLiteral(expr.left) && isLiteral(expr.right);
  if (!both) {
    inf.cx.report(
      'constant-comparison',
      expr,
      `this is always ${op === '!='}: \`${describeValue(left)}\` never equals \`${describeValue(right)}\``,
    );
  }
  return BOOL;
}

export function unary(inf: Inference, expr: Extract<Expr, { kind: 'UnaryExpr' }>): Type {
  let type = inf.expr(expr.operand);
  for (const op of expr.ops.toReversed()) {
    const next = prefixType(op, type);
    if (next === null) {
      inf.cx.fails('operand-type', expr, `\`${op}\` does not go with \`${describe(type)}\``);
      return ANY;
    }
    type = next;
  }
  return type;
}
