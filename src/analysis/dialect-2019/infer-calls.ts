/** Calls in a script for a collection in the 2019 dialect. */
import type { ArrowLiteral, CallExpr, Expr, Ident, MethodLink } from '../../ast/nodes.ts';
import { Kind, type Row } from '../../builtins/row.ts';
import { isName } from '../../values/thing.ts';
import { ERRORS_2019, errorName2019 } from '../../wire/errors-2019.ts';
import { nearName } from '../near.ts';
import { ANY, INT, join, listOf, NIL, ofMask, only, STR, type Type, widened } from '../types.ts';
import { ARRAY, called, counted, describe2019, fits, RAW, resultOf, rowOf } from './calls.ts';
import type { Inference2019 } from './infer.ts';

type Arguments = Pick<MethodLink, 'args' | 'trailing'>;

/** The root of the collection, on which functions on things work without a receiver. */
const ROOT = ofMask(Kind.thing);

/** Tells of a name that nothing is called. */
function unknown(inf: Inference2019, { args }: Arguments, name: Ident, code: 'unknown-function' | 'unknown-method'): Type {
  for (const arg of args) inf.expr(arg);
  inf.findings.fails(code, name, `the dialect has no function \`${name.name}\``, { near: nearName(name.name, called.keys()) });
  return ANY;
}

export function plainCall(inf: Inference2019, expr: CallExpr): Type {
  const { callee, args } = expr;
  const known = called.get(callee.name);
  if (known === undefined) return unknown(inf, expr, callee, 'unknown-function');
  if (known.isOfRoot) {
    for (const arg of args) inf.expr(arg);
    inf.findings.fails('other-scope', callee, `\`${known.name}\` is no function of collections`, { reason: 'it belongs to the root' });
    return ANY;
  }
  if (known.receiver !== 0) return methodCall(inf, expr, callee, ROOT);
  if (!counted(inf.findings, known, args.length, callee)) return ANY;
  if (known.name === 'try') return tried(inf, args as readonly [Expr, ...Expr[]]);
  const row = rowOf(known, args.length, expr.trailing === true);
  argumentTypes(inf, row, args);
  return resultOf(row);
}

export function methodCall(inf: Inference2019, call: Arguments, name: Ident, on: Type): Type {
  const known = called.get(name.name);
  if (known === undefined) return unknown(inf, call, name, 'unknown-method');
  const { args } = call;
  if (on.mask !== 0 && (known.receiver & on.mask) === 0) {
    for (const arg of args) inf.expr(arg);
    const reason = known.receiver === 0 ? 'it has no receiver' : undefined;
    const message = `type \`${describe2019(on)}\` has no function \`${known.name}\``;
    inf.findings.fails('unknown-method', name, message, reason === undefined ? {} : { reason });
    return ANY;
  }
  if (!counted(inf.findings, known, args.length, name)) {
    for (const arg of args) inf.expr(arg);
    return ANY;
  }
  const [first] = args;
  if (first?.kind === 'ArrowLiteral' && GOES_THROUGH.has(known.name)) return goneThrough(inf, known.name, on, first);
  const row = rowOf(known, args.length, call.trailing === true);
  const types = argumentTypes(inf, row, args);
  afterwards(inf, known.name, args, types);
  return methodResult(known.name, row, on);
}

/** Evaluates arguments, and tells of those of a wrong type. */
function argumentTypes(inf: Inference2019, row: Row, args: readonly Expr[]): Type[] {
  return args.map((arg, i) => {
    const type = inf.expr(arg);
    fits(inf.findings, row, i, type, arg);
    return type;
  });
}

/** Methods whose first arguments must be names. */
const NAMED: Readonly<Record<string, number>> = { del: 1, get: Number.POSITIVE_INFINITY, rename: 2, set: 1, unset: 1 };

/** What is wrong with the values of arguments, and what a method leaves behind. */
function afterwards(inf: Inference2019, name: string, args: readonly Expr[], types: readonly Type[]): void {
  const names = NAMED[name] ?? 0;
  types.forEach(({ value }, i) => {
    if (i < names && typeof value === 'string' && !isName(value))
      inf.findings.fails(
        'argument-type',
        args[i] as Expr,
        `\`${value}\` is no valid name: a letter or underscore, then letters, digits and underscores`,
      );
  });
  if (name === 'push' || name === 'splice' || name === 'set') for (const [i, arg] of args.entries()) inf.kept(arg, types[i] as Type);
  if (name === 'del' || name === 'rename') for (const { value } of types) inf.forgetProperty(typeof value === 'string' ? value : null);
}

function methodResult(name: string, row: Row, on: Type): Type {
  switch (name) {
    case 'push':
      return on;
    case 'splice':
      return listOf(on.item);
    case 'filter':
      return filtered(on);
    case 'lower':
    case 'upper':
      return ofMask(RAW);
    default:
      return resultOf(row);
  }
}

// --- arrow functions that are called at once ---

const GOES_THROUGH: ReadonlySet<string> = new Set(['filter', 'find', 'map']);

const filtered = (on: Type): Type =>
  only(on, ARRAY) ? listOf(on.item) : only(on, Kind.thing) ? ofMask(Kind.thing) : ofMask(Kind.list | Kind.thing);

function goneThrough(inf: Inference2019, name: string, on: Type, arrow: ArrowLiteral): Type {
  const isArray = only(on, ARRAY);
  const item = isArray ? (on.item ?? ANY) : ANY;
  const second = isArray ? INT : ANY;
  const given = inf.arrow(arrow, only(on, Kind.thing) ? [STR, ANY] : [isArray ? item : ANY, second]);
  inf.types.set(arrow, ofMask(Kind.closure));
  if (name === 'map') return listOf(given.mask === 0 ? null : given);
  if (name === 'filter') return filtered(on);
  return join(widened(item), NIL);
}

// --- try ---

/** What fails in the first argument is expected to. What follows is only evaluated then. */
function tried(inf: Inference2019, [first, ...rest]: readonly [Expr, ...Expr[]]): Type {
  const before = inf.env;
  inf.env = before.fork();
  inf.findings.quiet++;
  const type = inf.expr(first);
  inf.findings.quiet--;
  const otherwise = inf.either(
    () => {
      const [alt, ...errors] = rest;
      const given = alt === undefined ? NIL : inf.expr(alt);
      for (const each of errors) checkError(inf, each, inf.expr(each));
      return given;
    },
    () => NIL,
  );
  // It may have failed anywhere in between.
  before.merge(inf.env, before.fork());
  before.properties.clear();
  inf.env = before;
  return join(widened(type), rest.length === 0 ? NIL : otherwise);
}

function checkError(inf: Inference2019, at: Expr, type: Type): void {
  const { value } = type;
  if (typeof value === 'string' && !ERRORS_2019.has(value)) {
    // Only what fails comes to look at it.
    const near = nearName(value, ERRORS_2019.keys());
    inf.findings.fails('argument-type', at, `\`${value}\` is the name of no error`, { severity: 'info', near });
  } else if (typeof value === 'number' && errorName2019(value) === undefined)
    inf.findings.fails('argument-type', at, `${value} is the code of no error`, { severity: 'info' });
  else if (type.mask !== 0 && (type.mask & (RAW | Kind.int)) === 0)
    inf.findings.fails('argument-type', at, `an error is told by its name or its code, not by \`${describe2019(type)}\``, {
      severity: 'info',
    });
}
