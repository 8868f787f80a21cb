/** What a condition tells of variables when it holds, and when it does not. */
import type { BinaryExpr, CallExpr, Expr, UnaryExpr } from '../ast/nodes.ts';
import { library } from '../builtins/library.ts';
import { Kind, kindMask } from '../builtins/row.ts';
import { constantValue } from '../compiler/fold.ts';
import type { Env } from './env.ts';
import { ANY_MASK, literal, restrict, type Type, without } from './types.ts';

/** What `type(x)` gives, for those kinds whose values all give the same. */
export const TYPE_NAMES: ReadonlyMap<string, number> = new Map(
  Object.entries(Kind).flatMap(([name, bit]) => (['thing', 'enum', 'wrap', 'ano', 'module'].includes(name) ? [] : [[name, bit] as const])),
);

/** The variable that an expression is. */
function variable(expr: Expr | undefined): string | null {
  if (expr?.kind === 'ParenExpr') return variable(expr.expr);
  if (expr?.kind === 'AssignExpr') return expr.target.name;
  return expr?.kind === 'Name' ? expr.name : null;
}

function narrowName(env: Env, name: string | null, change: (type: Type) => Type): void {
  const type = name === null ? undefined : env.get(name);
  if (type !== undefined) env.set(name as string, change(type));
}

function call(env: Env, { callee, args }: CallExpr, holds: boolean): void {
  const tests = library.functionRow(callee.name)?.row.tests;
  if (tests === undefined) return;
  const mask = kindMask(tests);
  narrowName(env, variable(args[0]), (type) => (holds ? restrict(type, mask) : without(type, mask)));
}

/** `type(x) == 'int'` */
function typeComparison(env: Env, left: Expr, right: Expr, holds: boolean): boolean {
  if (left.kind !== 'CallExpr' || left.callee.name !== 'type' || right.kind !== 'StringLiteral') return false;
  const mask = TYPE_NAMES.get(right.value);
  if (mask === undefined) return true;
  narrowName(env, variable(left.args[0]), (type) => (holds ? restrict(type, mask) : without(type, mask)));
  return true;
}

/** Kinds that can equal a constant. */
function kindsEqualTo(value: unknown): number {
  if (value === null) return Kind.nil;
  if (typeof value === 'string') return Kind.str | Kind.bytes;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return Kind.int | Kind.float | Kind.bool;
  return ANY_MASK;
}

function comparison(env: Env, { op, left, right }: BinaryExpr, holds: boolean): void {
  if (op !== '==' && op !== '!=') return;
  const isEqual = (op === '==') === holds;
  if (typeComparison(env, left, right, isEqual) || typeComparison(env, right, left, isEqual)) return;
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const name = variable(one);
    const value = constantValue(other);
    if (name === null || value === undefined) continue;
    narrowName(env, name, (type) => {
      if (!isEqual) return value === null ? without(type, Kind.nil) : type;
      const left = restrict(type, kindsEqualTo(value));
      const isExact = (typeof value === 'string' && left.mask === Kind.str) || (typeof value === 'number' && left.mask === Kind.int);
      return isExact ? literal(value as string | number) : left;
    });
  }
}

function unary(env: Env, { ops, operand }: UnaryExpr, holds: boolean): void {
  if (ops.every((op) => op === '!')) narrow(env, operand, ops.length % 2 === 0 ? holds : !holds);
}

/** Values that are never true. */
const NEVER_TRUE = Kind.nil | Kind.error;

/** Puts into `env` what it says of variables that a condition holds, or does not. */
export function narrow(env: Env, test: Expr, holds: boolean): void {
  switch (test.kind) {
    case 'ParenExpr':
      narrow(env, test.expr, holds);
      break;
    case 'Name':
    case 'AssignExpr':
      if (holds) narrowName(env, variable(test), (type) => without(type, NEVER_TRUE));
      break;
    case 'CallExpr':
      call(env, test, holds);
      break;
    case 'BinaryExpr':
      comparison(env, test, holds);
      break;
    case 'UnaryExpr':
      unary(env, test, holds);
      break;
    case 'LogicalExpr':
      // Both sides hold for sure, or neither does.
      if ((test.op === '&&') === holds) {
        narrow(env, test.left, holds);
        narrow(env, test.right, holds);
      }
      break;
  }
}
