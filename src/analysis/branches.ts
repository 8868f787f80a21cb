/** Branches: conditions, and what they tell of what depends on them. */
import type { Expr, IfExpr, LogicalExpr, TernaryExpr } from '../ast/nodes.ts';
import { Kind } from '../builtins/row.ts';
import type { Inference } from './infer.ts';
import { isLiteral } from './literals.ts';
import { narrow } from './narrow.ts';
import { truthOf } from './operate.ts';
import { describe, join, type Type, without } from './types.ts';

export function logical(inf: Inference, expr: LogicalExpr): Type {
  const left = tested(inf, expr.left, `the right side of \`${expr.op}\``, expr.op === '||');
  const isAnd = expr.op === '&&';
  const skipped = inf.env.fork();
  narrow(skipped, expr.left, !isAnd);
  const taken = inf.env.fork();
  narrow(taken, expr.left, isAnd);
  const outer = inf.env;
  inf.env = taken;
  const right = inf.maybe(() => inf.expr(expr.right));
  inf.env = outer;
  outer.merge([skipped, taken]);
  // `a || b` is only a when that is true.
  return join(isAnd ? left : without(left, Kind.nil | Kind.error), right);
}

/** A condition; tells when what it decides is decided already. */
function tested(inf: Inference, test: Expr, what: string, isOr = false): Type {
  const type = inf.expr(test);
  const truth = truthOf(type);
  const assigned = assignmentIn(test);
  if (truth !== undefined && assigned !== null && isLiteral(assigned.value)) {
    const edit = { start: assigned.start, end: assigned.value.start, text: ' == ' };
    inf.cx.report('constant-test', test, `this sets \`${assigned.name}\`, and is always ${truth}`, {
      reason: '`==` compares',
      fix: { title: 'compare by `==`', edits: [edit], safe: false },
    });
  } else if (truth !== undefined && !isLiteral(test) && assigned === null && !isConstantName(inf, test)) {
    const skipped = truth === isOr;
    inf.cx.report('constant-test', test, `this is always ${truth}${skipped ? `: ${what} is never reached` : ''}`, {
      reason: `it is of type \`${describe(type)}\``,
    });
  }
  return type;
}

interface Assigned {
  readonly name: string;
  /** Where the operator may stand from. */
  readonly start: number;
  readonly value: Expr;
}

/** What a condition sets, when it is an assignment by `=`; null when it is none. */
function assignmentIn(test: Expr): Assigned | null {
  if (test.kind === 'ParenExpr') return assignmentIn(test.expr);
  if (test.kind === 'AssignExpr') return test.op === '=' ? { name: test.target.name, start: test.target.end, value: test.value } : null;
  const link = test.kind === 'ChainExpr' ? test.links.at(-1) : undefined;
  if (link?.kind !== 'PropertyLink' || link.assign?.op !== '=') return null;
  return { name: link.name.name, start: link.name.end, value: link.assign.value };
}

/** Switches such as `DEBUG = false; if (DEBUG) ...` are meant to be decided. */
function isConstantName(inf: Inference, test: Expr): boolean {
  if (test.kind === 'UnaryExpr') return isConstantName(inf, test.operand);
  return test.kind === 'Name' && inf.env.get(test.name)?.value !== undefined;
}

export function conditional(inf: Inference, expr: IfExpr | TernaryExpr): Type {
  const test = tested(inf, expr.test, 'a branch');
  const outer = inf.env;
  const thenEnv = outer.fork();
  narrow(thenEnv, expr.test, true);
  const elseEnv = outer.fork();
  narrow(elseEnv, expr.test, false);
  inf.env = thenEnv;
  const then = inf.maybe(() => inf.expr(expr.then));
  inf.env = elseEnv;
  // Without else, a condition that does not hold is the value.
  const branch = expr.else;
  const otherwise = branch === null ? test : inf.maybe(() => inf.expr(branch));
  inf.env = outer;
  outer.merge([thenEnv, elseEnv]);
  return join(then, otherwise);
}
