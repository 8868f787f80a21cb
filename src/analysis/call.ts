/** Calls by name: built-in functions, types and enumerators, closures in variables, procedures. */
import type { CallExpr, Expr, Ident, Node } from '../ast/nodes.ts';
import type { Builtin } from '../builtins/builtin.ts';
import { library } from '../builtins/library.ts';
import { kindMask, maxArgs, minArgs, type Row } from '../builtins/row.ts';
import { earlierName, functionNames } from './builtin-names.ts';
import { checkDefinition } from './define.ts';
import { type Given, resultOf, typeOfWords } from './gives.ts';
import type { Inference } from './infer.ts';
import { checkRegex } from './literals.ts';
import { procedureNamed, typeNamed } from './lookups.ts';
import { TYPE_NAMES } from './narrow.ts';
import { nearName } from './near.ts';
import { checkMade } from './sets.ts';
import { ANY, can, closureOf, describe, ERROR, instanceOf, join, literal, memberOf, only, STR, type Type } from './types.ts';

/** Functions whose first argument is expected to fail. */
export const CATCHES: ReadonlySet<string> = new Set(['try', 'alt_raise']);

export function inferCall(inf: Inference, expr: CallExpr): Type {
  const builtin = library.functionRow(expr.callee.name);
  return builtin === undefined ? callByName(inf, expr) : callBuiltin(inf, builtin, expr);
}

const plural = (n: number): string => `${n} argument${n === 1 ? '' : 's'}`;

/** How many arguments a row takes, in words. */
function takes(row: Row): string {
  const min = minArgs(row);
  const max = maxArgs(row);
  if (max < 0) return `at least ${plural(min)}`;
  return min === max ? plural(min) : `${min} to ${max} arguments`;
}

const rightCount = (row: Row, count: number): boolean => count >= minArgs(row) && (maxArgs(row) < 0 || count <= maxArgs(row));

/** A call as it is written, without the values: `split(separator?, limit?)`. */
export const signatureOf = (row: Row): string =>
  `${row.name}(${row.params.map((p) => `${p.rest ? '...' : ''}${p.name}${p.optional ? '?' : ''}`).join(', ')})`;

/** Tells when a number of arguments fits none of the rows. */
export function checkCount(inf: Inference, rows: readonly Row[], at: Ident, count: number): boolean {
  const [row] = rows;
  if (row === undefined || rows.some((each) => rightCount(each, count))) return true;
  inf.cx.fails('argument-count', at, `\`${row.name}\` takes ${takes(row)}, but here ${count === 1 ? 'is 1' : `are ${count}`}`, {
    reason: `it is called as \`${signatureOf(row)}\``,
  });
  return false;
}

const paramOf = (row: Row, index: number): Row['params'][number] | undefined =>
  row.params[index] ?? (row.params.at(-1)?.rest ? row.params.at(-1) : undefined);

/**
 * The types of arguments, checked against a row.
 *
 * @param rows those that may be meant; types are only told when there is one
 * @param self what a method is called on
 */
export function inferArguments(inf: Inference, rows: readonly Row[], args: readonly Expr[], self: Type): Given {
  const types: Type[] = [];
  let result: Type | null = null;
  const [row] = rows;
  args.forEach((arg, i) => {
    const param = row === undefined ? undefined : paramOf(row, i);
    if (arg.kind === 'ClosureLiteral' && rows.length === 1 && param?.takes !== undefined) {
      const given = { self, args: types, result: null };
      result = inf.closure(
        arg,
        param.takes.map((words) => typeOfWords(words, given)),
      );
      types.push(closureOf(arg));
      inf.cx.types.set(arg, closureOf(arg));
      return;
    }
    // Many a method leaves arguments alone that it can do without.
    const isSure = row !== undefined && row.receiver === undefined && i < minArgs(row);
    const type = isSure || (i === 0 && row !== undefined && minArgs(row) > 0) ? inf.expr(arg) : inf.maybe(() => inf.expr(arg));
    types.push(type);
    if (rows.length === 1 && row !== undefined && param !== undefined) checkArgument(inf, row, i, param.type, arg, type);
  });
  return { self, args: types, result };
}

function checkArgument(inf: Inference, row: Row, index: number, spec: string, arg: Node, type: Type): void {
  if (type.mask === 0 || can(type, kindMask(spec))) return;
  inf.cx.fails('argument-type', arg, `\`${row.name}\` takes \`${spec}\` as argument ${index + 1}, not \`${describe(type)}\``, {
    reason: `it is called as \`${signatureOf(row)}\``,
  });
}

/** Tells when a row does not exist in the scope of the script. */
export function checkScope(inf: Inference, row: Row, at: Node): void {
  const { cx } = inf;
  if (row.scopes === undefined) return;
  if (cx.scope !== null && !row.scopes.includes(cx.scope)) {
    const where = row.scopes.map((scope) => (scope === 'collection' ? 'of a collection' : `@${scope}`)).join(' or ');
    const here = cx.scope === 'collection' ? 'of a collection' : `@${cx.scope}`;
    cx.fails('other-scope', at, `\`${row.name}\` is not there in the scope ${here}`, { reason: `it belongs to the scope ${where}` });
  }
  inf.scoped(row, at);
}

/** Without names of types that are not known. */
function settled(inf: Inference, row: Row, type: Type): Type {
  if (row.gives === undefined || type.name === null) return type;
  const { schema } = inf.cx;
  return schema.types.get(type.name) !== undefined || schema.enums.get(type.name) !== undefined ? type : { ...type, name: null };
}

/** What a call of a built-in gives. */
export function callResult(inf: Inference, row: Row, given: Given): Type {
  return settled(inf, row, resultOf(row, given));
}

function callBuiltin(inf: Inference, builtin: Builtin, expr: CallExpr): Type {
  const { row } = builtin;
  const { callee, args } = expr;
  checkScope(inf, row, callee);
  if (!checkCount(inf, [row], callee, args.length)) {
    inf.maybe(() => inf.all(args));
    return ANY;
  }
  if (callee.name === 'nse') inf.promise();
  if (CATCHES.has(callee.name)) return caught(inf, row, expr);
  const given = inferArguments(inf, [row], args, ANY);
  if (row.name === 'set') checkMade(inf.cx, args, given.args);
  checkLiterals(inf, row, expr);
  checkDefinition(inf, expr);
  if (row.tests !== undefined) return testResult(given.args[0] ?? ANY, kindMask(row.tests));
  if (callee.name === 'type') return nameOf(given.args[0] ?? ANY);
  const type = callResult(inf, row, given);
  if (type.mask === 0) inf.env.dead = true;
  return type;
}

function caught(inf: Inference, row: Row, { callee, args }: CallExpr): Type {
  const type = inf.tried(args[0] as Expr);
  const types = [type, ...inf.maybe(() => inf.all(args.slice(1)))];
  if (callee.name === 'try') return types.length === 1 ? join(type, ERROR) : types.reduce((a, b) => join(a, b), ERROR);
  return callResult(inf, row, { self: ANY, args: types, result: null });
}

/** What `type(x)` gives. */
function nameOf(type: Type): Type {
  const name = [...TYPE_NAMES].find(([, mask]) => mask === type.mask)?.[0];
  return name === undefined ? STR : literal(name);
}

function testResult(type: Type, mask: number): Type {
  if (only(type, mask)) return literal(true);
  return type.mask !== 0 && !can(type, mask) ? literal(false) : callBool;
}

const callBool = resultOf({ returns: 'bool' } as Row, { self: ANY, args: [], result: null });

/** Names and patterns that are given as literals. */
function checkLiterals(inf: Inference, row: Row, expr: CallExpr): void {
  const [first] = expr.args;
  if (first?.kind !== 'StringLiteral') return;
  if (row.name === 'regex') {
    const flags = expr.args[1];
    // Slashes in the flags begin them anew.
    const isPlain = flags === undefined || (flags.kind === 'StringLiteral' && !flags.value.includes('/'));
    if (isPlain) checkRegex(inf, first, first.value, flags?.value ?? '');
    return;
  }
  if (row.name === 'run') procedureNamed(inf, first.value, first);
  if (row.receiver === undefined && row.names !== undefined) typeNamed(inf, first.value, first, true);
}

// --- by name ---

function callByName(inf: Inference, expr: CallExpr): Type {
  const { callee, args } = expr;
  const { schema } = inf.cx;
  const name = callee.name;
  const type = schema.types.get(name);
  if (type !== undefined || schema.enums.get(name) !== undefined) {
    inf.maybe(() => inf.all(args));
    if (args.length > 1) inf.cx.fails('argument-count', callee, `\`${name}\` takes at most 1 argument, but here are ${args.length}`);
    return type === undefined ? memberOf(name) : instanceOf(name);
  }
  const known = inf.env.get(name) ?? inf.cx.vars.get(name);
  if (known === undefined && schema.procedures.get(name) !== undefined) {
    inf.maybe(() => inf.all(args));
    procedureNamed(inf, name, callee);
    return ANY;
  }
  if (known === undefined) unknownFunction(inf, callee);
  else if (known.mask !== 0 && !can(known, kindMask('closure'))) {
    inf.cx.fails('not-callable', callee, `\`${name}\` is of type \`${describe(known)}\`, and only closures can be called`);
  }
  inf.maybe(() => inf.all(args));
  return ANY;
}

function unknownFunction(inf: Inference, callee: Ident): void {
  const { cx, names } = inf;
  const { name } = callee;
  if (names.set.has(name)) return;
  const now = earlierName(name, false);
  if (now !== null) {
    cx.fails('earlier-name', callee, `\`${name}\` is the name that \`${now}\` had in earlier versions`, {
      severity: 'error',
      fix: { title: `replace it by \`${now}\``, edits: [{ start: callee.start, end: callee.end, text: now }], safe: true },
    });
    return;
  }
  const others = [...functionNames(), ...schemaNames(inf), ...names.set];
  const known = cx.schema.complete;
  const near = !known && /^[A-Z]/.test(name) ? null : nearName(name, others);
  // Without a schema it may be a type, an enumerator or a procedure.
  if (!known && near === null) return;
  cx.fails('unknown-function', callee, `there is no function \`${name}\``, { near, severity: known ? 'error' : 'warning' });
}

function* schemaNames(inf: Inference): Iterable<string> {
  const { types, enums, procedures } = inf.cx.schema;
  yield* types.keys();
  yield* enums.keys();
  yield* procedures.keys();
}
