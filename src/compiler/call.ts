/** Calls by name: special forms, built-in functions, and what is only known at run time (types, enumerators, closures in variables). */
import type { CallExpr, Expr } from '../ast/nodes.ts';
import { Op } from '../bytecode/opcodes.ts';
import { type Label, newLabel } from './assembler.ts';
import { constantValue } from './fold.ts';
import type { FunctionCompiler } from './function.ts';

export function emitCall(fc: FunctionCompiler, expr: CallExpr): void {
  const name = expr.callee.name;
  const info = fc.tables.catalog.functionInfo(name);
  if (info === undefined) {
    emitCallByName(fc, expr);
    return;
  }
  const { asm, tables } = fc;
  if (info.effect !== null) fc.note(info.effect, `\`${name}\``, expr, false);
  if (name === 'nse') fc.suppress();
  const count = expr.args.length;
  asm.mark(expr.start);
  if (info.scoped) asm.emit(Op.SCOPE_TEST, tables.row(name));
  if (count < info.min || (info.max >= 0 && count > info.max)) {
    // Known now, but an error only when the call is reached; the arguments are not evaluated.
    asm.emit(Op.THROW_ARGC, tables.row(name), count);
    return;
  }
  const special = SPECIAL[name];
  if (special?.(fc, expr)) return;
  expr.args.forEach((arg, i) => {
    emitArgument(fc, arg, i === 0 && info.defers);
    if (i === 0 && info.names) asm.emit(Op.LOCK_NAME, tables.row(name));
  });
  asm.mark(expr.start);
  fc.probe('call', expr, name);
  asm.emit(Op.BUILTIN, tables.row(name), count, 1 - count);
  fc.probe('done', expr, name);
}

function emitArgument(fc: FunctionCompiler, arg: Expr, defers: boolean): void {
  if (defers && arg.kind === 'ClosureLiteral') fc.deferred(arg);
  else fc.expr(arg);
}

/** `run(name, ...)` calls the closure of the procedure. */
function emitRun(fc: FunctionCompiler, expr: CallExpr): boolean {
  const { asm } = fc;
  const args = expr.args.slice(1);
  fc.expr(expr.args[0] as Expr);
  asm.mark(expr.start);
  asm.emit(Op.PROCEDURE);
  emitArguments(fc, args, false, () => fc.probe('call', expr, 'run'));
  asm.mark(expr.start);
  asm.emit(Op.CALL, args.length, undefined, -args.length);
  fc.probe('done', expr, 'run');
  return true;
}

/** Built-ins whose arguments are not just evaluated one after another; each says whether it has emitted the call. */
const SPECIAL: Readonly<Record<string, (fc: FunctionCompiler, expr: CallExpr) => boolean>> = {
  try: emitTry,
  assert: emitAssert,
  alt_raise: emitAltRaise,
  timeit: emitTimeit,
  run: emitRun,
};

/** Evaluates an expression; an error of it goes to `handler`, a value to `end`. */
function emitTried(fc: FunctionCompiler, tried: Expr, handler: Label, end: Label): void {
  const { asm } = fc;
  asm.jump(Op.TRY, handler);
  fc.handlers++;
  fc.expr(tried);
  fc.handlers--;
  asm.emit(Op.END_TRY);
  asm.jump(Op.JUMP, end);
}

/** The message of `assert` is only evaluated when the condition does not hold. */
function emitAssert(fc: FunctionCompiler, expr: CallExpr): boolean {
  const [condition, message] = expr.args as [Expr, Expr?];
  if (message === undefined) return false;
  const { asm, tables } = fc;
  const failed = newLabel();
  const end = newLabel();
  fc.expr(condition);
  asm.jumpFalse(failed);
  asm.emit(Op.NIL);
  asm.jump(Op.JUMP, end);
  asm.adjust(-1);
  asm.place(failed);
  asm.emit(Op.FALSE);
  fc.expr(message);
  asm.mark(expr.start);
  asm.emit(Op.BUILTIN, tables.row('assert'), 2, -1);
  asm.place(end);
  return true;
}

/** Code and message of `alt_raise` are only evaluated when the statement fails; the built-in gets the error in its place. */
function emitAltRaise(fc: FunctionCompiler, expr: CallExpr): boolean {
  const { asm, tables } = fc;
  const handler = newLabel();
  const end = newLabel();
  emitTried(fc, expr.args[0] as Expr, handler, end);
  asm.place(handler);
  for (const arg of expr.args.slice(1)) fc.expr(arg);
  asm.mark(expr.start);
  asm.emit(Op.BUILTIN, tables.row('alt_raise'), expr.args.length, 1 - expr.args.length);
  asm.place(end);
  return true;
}

/** `timeit` gets the time before its statement too. */
function emitTimeit(fc: FunctionCompiler, expr: CallExpr): boolean {
  const { asm, tables } = fc;
  asm.emit(Op.BUILTIN, tables.row('now'), 0, 1);
  fc.expr(expr.args[0] as Expr);
  asm.mark(expr.start);
  asm.emit(Op.BUILTIN, tables.row('timeit'), 2, -1);
  return true;
}

/** `try(expr)` gives the error of the expression; `try(expr, e0, ...)` only one of those, evaluated when there is an error. */
function emitTry(fc: FunctionCompiler, expr: CallExpr): boolean {
  const { asm } = fc;
  const handler = newLabel();
  const end = newLabel();
  emitTried(fc, expr.args[0] as Expr, handler, end);
  asm.place(handler);
  // The machine left the error where the value would be.
  const wanted = expr.args.slice(1);
  for (const arg of wanted) fc.expr(arg);
  asm.mark(expr.start);
  if (wanted.length > 0) asm.emit(Op.CATCH, wanted.length, undefined, -wanted.length);
  asm.place(end);
  return true;
}

function emitCallByName(fc: FunctionCompiler, expr: CallExpr): void {
  const { asm, tables } = fc;
  asm.mark(expr.start);
  const slot = fc.scope.slots.get(expr.callee.name);
  const name = tables.name(expr.callee.name);
  if (slot === undefined) asm.emit(Op.RESOLVE, name, asm.newCache());
  else asm.emit(Op.RESOLVE_LOCAL, slot, name);
  const count = expr.args.length;
  emitArguments(fc, expr.args, false, () => fc.probe('call', expr, expr.callee.name));
  asm.mark(expr.start);
  asm.emit(Op.CALL, count, undefined, -count);
  fc.probe('done', expr, expr.callee.name);
}

/**
 * Arguments of what may be a closure: those beyond its parameters are not evaluated. SKIP_ARG finds how many there will be in the call that it
 * jumps to. An argument that is a constant needs no test. `told` emits the probe of the call, which a jump passes over.
 */
export function emitArguments(fc: FunctionCompiler, args: readonly Expr[], defers: boolean, told: () => void): void {
  const call = newLabel();
  args.forEach((arg, i) => {
    if (constantValue(arg) === undefined) {
      fc.asm.jump(Op.SKIP_ARG, call, i);
    }
    emitArgument(fc, arg, i === 0 && defers);
  });
  told();
  if (call.uses.length > 0) fc.asm.place(call);
}
