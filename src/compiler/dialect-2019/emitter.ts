/** What functions of collections and scripts of the root have in common: literals, operations, and the places that they use. */
import type { CallExpr, Expr, Ident, LogicalExpr, Script, Span, TernaryExpr } from '../../ast/nodes.ts';
import { Op } from '../../bytecode/opcodes.ts';
import type { ArmName, ProbeKind } from '../../bytecode/probes.ts';
import type { FunctionFields } from '../../bytecode/program.ts';
import { ErrorCode, TiError } from '../../errors.ts';
import { PREFIX_2019 } from '../../values/dialect-2019.ts';
import { Regex } from '../../values/regex.ts';
import type { Value } from '../../values/value.ts';
import { Assembler, fitsOperand, newLabel } from '../assembler.ts';
import type { Tables } from '../tables.ts';

export const badRequest = (what: string, at: Span): TiError => {
  const error = new TiError(ErrorCode.BAD_DATA, what);
  error.start = at.start;
  return error;
};

export abstract class Emitter2019 {
  protected readonly tables: Tables;
  protected readonly outer: Emitter2019 | null;
  protected readonly asm = new Assembler();
  protected readonly params: readonly Ident[];
  /** Whether an arrow function inside reads a parameter of this one. */
  protected seen = false;
  /** Parameters, then places for values in between, whose names no text can have. */
  private readonly locals: string[];
  private readonly index: number;
  private effects = 0;
  private spare = 0;

  constructor(tables: Tables, params: readonly Ident[], outer: Emitter2019 | null) {
    this.tables = tables;
    this.outer = outer;
    this.index = tables.functions.length - 1;
    this.params = params;
    this.locals = params.map(({ name }) => name);
  }

  /** The value of a statement. */
  protected abstract statement(expr: Expr): void;
  /** The value of a part of an operation. */
  protected abstract operand(expr: Expr): void;

  /** Has who watches told when this place is reached; nothing in a program that nobody watches. */
  protected probe(kind: ProbeKind, at: Span, name = '', arm: ArmName | null = null, whole: Span = at): void {
    this.tables.probe(this.asm, this.index, kind, at, name, arm, whole);
  }

  script(owner: Script): FunctionFields {
    this.probe('enter', owner);
    for (const each of owner.body) {
      this.asm.mark(each.start);
      this.probe('statement', each);
      this.statement(each);
      this.row('.result', 1);
      this.asm.emit(Op.POP);
    }
    this.asm.emit(Op.NIL);
    return this.finish(owner);
  }

  protected finish(owner: Span): FunctionFields {
    this.probe('leave', owner);
    this.asm.emit(Op.RETURN);
    return {
      ...this.asm.finish(),
      params: this.params.map(({ name }) => name),
      locals: this.locals,
      effects: this.effects,
      start: owner.start,
      end: owner.end,
      doc: '',
      seen: this.seen || (this.tables.probes !== null && this.locals.length > 0),
    };
  }

  /** A call of one of the dialect's own functions on what lies on the stack. */
  protected row(name: string, count: number): void {
    this.asm.emit(Op.BUILTIN, this.tables.row(PREFIX_2019 + name), count, 1 - count);
  }

  protected note(mask: number, what: string, at: Span): void {
    for (let fc: Emitter2019 | null = this; fc !== null; fc = fc.outer) fc.effects |= mask;
    this.tables.effect({ mask, notOnVariable: false }, what, at);
  }

  /** A place for a value in between; `release` gives it back. */
  protected reserve(): number {
    const slot = this.params.length + this.spare++;
    if (slot === this.locals.length) this.locals.push(` ${slot}`);
    return slot;
  }

  protected release(): void {
    this.spare--;
  }

  protected constant(value: Value): void {
    const { asm } = this;
    if (value === null) asm.emit(Op.NIL);
    else if (value === true) asm.emit(Op.TRUE);
    else if (value === false) asm.emit(Op.FALSE);
    else if (typeof value === 'number' && fitsOperand(value)) asm.emit(Op.INT, value);
    else asm.emit(Op.CONST, this.tables.constant(value));
  }

  /** Whether the number of arguments is right; where it is not, the call is an error when it is reached. */
  protected counted({ args, start }: CallExpr, name: string): boolean {
    const info = this.tables.catalog.functionInfo(PREFIX_2019 + name);
    if (info === undefined || (args.length >= info.min && (info.max < 0 || args.length <= info.max))) return true;
    this.asm.mark(start);
    this.asm.emit(Op.THROW_ARGC, this.tables.row(PREFIX_2019 + name), args.length);
    return false;
  }

  // --- literals and operations ---

  protected simple(expr: Expr): void {
    const { asm } = this;
    switch (expr.kind) {
      case 'NilLiteral':
        asm.emit(Op.NIL);
        break;
      case 'BoolLiteral':
      case 'StringLiteral':
        this.constant(expr.value);
        break;
      case 'IntLiteral':
        this.constant(expr.value);
        break;
      case 'FloatLiteral':
        this.constant(this.tables.float(expr.value));
        break;
      case 'RegexLiteral':
        asm.mark(expr.start);
        asm.emit(Op.REGEX, this.tables.constant(new Regex(expr.pattern, expr.flags)));
        break;
      case 'UnaryExpr':
        this.operand(expr.operand);
        asm.mark(expr.start);
        this.row('.truth', 1);
        if (expr.ops.length % 2 === 1) asm.emit(Op.NOT);
        break;
      case 'BinaryExpr':
        this.binary(expr.op, expr.left, expr.right, expr.start);
        break;
      case 'IntDivExpr':
        this.binary('//', expr.left, expr.right, expr.start);
        break;
      case 'LogicalExpr':
        this.logical(expr);
        break;
      case 'TernaryExpr':
        this.ternary(expr);
        break;
      default:
        throw badRequest(`\`${expr.kind}\` has no meaning here`, expr);
    }
  }

  private binary(op: string, left: Expr, right: Expr, start: number): void {
    this.operand(left);
    this.operand(right);
    this.asm.mark(start);
    this.row(op, 2);
  }

  /** The value is the operand that decides. */
  private logical(expr: LogicalExpr): void {
    const { op, left, right } = expr;
    const { asm } = this;
    const other = newLabel();
    const end = newLabel();
    const slot = this.reserve();
    this.operand(left);
    asm.emit(Op.STORE, slot);
    this.row('.truth', 1);
    if (op === '||') asm.emit(Op.NOT);
    asm.jumpFalse(other);
    this.probe('arm', right, '', 'right', expr);
    this.operand(right);
    asm.jump(Op.JUMP, end);
    asm.adjust(-1);
    asm.place(other);
    this.probe('arm', left, '', 'left', expr);
    asm.emit(Op.LOAD, slot);
    asm.place(end);
    this.release();
  }

  private ternary(expr: TernaryExpr): void {
    const { test, then, else: otherwise } = expr;
    const { asm } = this;
    const no = newLabel();
    const end = newLabel();
    this.operand(test);
    this.row('.truth', 1);
    asm.jumpFalse(no);
    this.probe('arm', then, '', 'then', expr);
    this.operand(then);
    asm.jump(Op.JUMP, end);
    asm.adjust(-1);
    asm.place(no);
    this.probe('arm', otherwise, '', 'else', expr);
    this.operand(otherwise);
    asm.place(end);
  }
}
