/** Literals: what they are, and what is wrong in them. */
import type { Expr, Node, TemplateLiteral } from '../ast/nodes.ts';
import { TiError } from '../errors.ts';
import { Regex } from '../values/regex.ts';
import type { Inference } from './infer.ts';
import { INT, literal, STR, shallow, THING, type Type, thingWith, widened } from './types.ts';

/** Whether an expression is written out, so that what is known of it is no news. */
export const isLiteral = (expr: Expr): boolean => {
  switch (expr.kind) {
    case 'NilLiteral':
    case 'BoolLiteral':
    case 'IntLiteral':
    case 'FloatLiteral':
    case 'StringLiteral':
    case 'RegexLiteral':
    case 'ArrayLiteral':
    case 'ThingLiteral':
    case 'ClosureLiteral':
    case 'TemplateLiteral':
      return true;
    case 'UnaryExpr':
      return isLiteral(expr.operand);
    case 'ParenExpr':
      return isLiteral(expr.expr);
    case 'LogicalExpr':
      return isLiteral(expr.left) && isLiteral(expr.right);
    case 'BlockExpr':
      return expr.body.every(isLiteral);
    default:
      return false;
  }
};

export function integer(inf: Inference, expr: Extract<Expr, { kind: 'IntLiteral' }>): Type {
  if (expr.value !== null) return literal(expr.value);
  inf.cx.fails('integer-too-large', expr, `\`${expr.raw}\` does not fit in 64 bits`);
  return INT;
}

/** Tells what is wrong with a regular expression. */
export function checkRegex(inf: Inference, at: Node, pattern: string, flags: string): void {
  try {
    // The matcher is made when it is first asked for.
    new Regex(pattern, flags).matcher.toString();
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    inf.cx.fails('invalid-regex', at, error.message);
  }
}

export function template(inf: Inference, expr: TemplateLiteral): Type {
  for (const part of expr.parts) if (part.kind !== 'TemplateText') inf.expr(part);
  return STR;
}

export function thing(inf: Inference, expr: Extract<Expr, { kind: 'ThingLiteral' }>): Type {
  const fields = new Map<string, Type>();
  for (const { name, value } of expr.fields) {
    if (fields.has(name.name)) inf.cx.report('duplicate-key', name, `\`${name.name}\` comes twice; the last value counts`);
    fields.set(name.name, shallow(widened(value === null ? inf.variable(name.name, name, false) : inf.expr(value))));
  }
  return expr.fields.length === 0 ? THING : thingWith(fields);
}
