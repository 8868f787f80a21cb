/** Emits the code of one function. What an expression is made of is emitted by the file on its kind, such as `chain.ts`, `call.ts` or `loops.ts`. */
import type { AssignExpr, ClosureLiteral, Expr, ReturnExpr, Script, Span } from '../ast/nodes.ts';
import { Op } from '../bytecode/opcodes.ts';
import type { ArmName, ProbeKind } from '../bytecode/probes.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { Regex } from '../values/regex.ts';
import type { Value } from '../values/value.ts';
import { Assembler, fitsOperand } from './assembler.ts';
import { emitCall } from './call.ts';
import type { EffectRule } from './catalog.ts';
import { emitChain } from './chain.ts';
import { emitBranches, emitDroppedBranches, emitIf, emitLogical } from './conditions.ts';
import { constantValue } from './fold.ts';
import { emitAno, emitArray, emitEnumMember, emitInstance, emitTemplate, emitThing } from './literals.ts';
import { emitFor, emitLeave, type Loop } from './loops.ts';
import { assignCode, emitBinary, emitUnary } from './operators.ts';
import type { FunctionScope } from './resolve.ts';
import type { Tables } from './tables.ts';

/** More locals than fit in the operand of a loop are refused. */
const MAX_LOCALS = 4096;

export class FunctionCompiler {
  readonly tables: Tables;
  readonly asm = new Assembler();
  readonly scope: FunctionScope;
  /** Effects found so far in this function and in the closures inside it, but for those that run later. */
  effects = 0;
  /** Handlers of `try` that enclose the code being emitted. */
  handlers = 0;
  /** Whether an `nse` stood before the code being emitted. */
  private suppressed = false;
  private readonly params: number;
  private readonly index: number;
  private readonly owner: Span;
  /** The innermost loop around the code being emitted. */
  loop: Loop | null = null;
  /** The function around this one when its effects are those of this one too. */
  private readonly outer: FunctionCompiler | null;
  /** Whether it is the text itself, and no closure in it. */
  private readonly isWhole: boolean;

  constructor(tables: Tables, owner: Script | ClosureLiteral, outer: FunctionCompiler | null = null, isWhole = true) {
    this.tables = tables;
    this.outer = outer;
    this.isWhole = isWhole;
    this.scope = tables.resolution.scopes.get(owner) as FunctionScope;
    this.params = owner.kind === 'Script' ? 0 : owner.params.length;
    this.index = tables.functions.length - 1;
    this.owner = owner;
    if (this.scope.locals.length > MAX_LOCALS) {
      throw new TiError(ErrorCode.SYNTAX, `a function has at most ${MAX_LOCALS} variables, but here are ${this.scope.locals.length}`);
    }
    this.asm.mark(owner.start);
    this.probe('enter', owner);
  }

  /** Has who watches told when this place is reached; nothing in a program that nobody watches. */
  probe(kind: ProbeKind, at: Span, name = '', arm: ArmName | null = null, whole: Span = at): void {
    this.tables.probe(this.asm, this.index, kind, at, name, arm, whole);
  }

  get isWatched(): boolean {
    return this.tables.probes !== null;
  }

  /** Whether other functions may read a variable of this one; whoever watches may read all. */
  private isFree(name: string): boolean {
    return this.isWatched || this.tables.resolution.free.has(name);
  }

  /** A body: a block, or one expression that is its only statement. */
  body(body: Expr): void {
    if (body.kind !== 'BlockExpr') this.statementProbe(body);
    this.expr(body);
  }

  private statementProbe(statement: Expr): void {
    // A block is its statements.
    if (statement.kind === 'BlockExpr' && statement.body.length > 0) return;
    this.asm.mark(statement.start);
    this.probe('statement', statement);
  }

  /** One way that a condition or a loop goes. */
  arm(name: ArmName, body: Expr, whole: Span): void {
    if (!this.isWatched) return;
    this.asm.mark(body.start);
    this.probe('arm', body, '', name, whole);
  }

  /** Statements one after another; the value of the last stays. */
  statements(body: readonly Expr[]): void {
    if (body.length === 0) this.asm.emit(Op.NIL);
    body.forEach((statement, i) => {
      if (i < body.length - 1) this.droppedStatement(statement);
      else {
        this.statementProbe(statement);
        this.asm.mark(statement.start);
        this.expr(statement);
      }
    });
  }

  droppedStatement(statement: Expr): void {
    if (constantValue(statement) !== undefined) return;
    this.statementProbe(statement);
    this.dropped(statement);
  }

  /** An expression whose value nobody wants. */
  private dropped(expr: Expr): void {
    if (constantValue(expr) !== undefined) return;
    this.asm.mark(expr.start);
    switch (expr.kind) {
      case 'ParenExpr':
        this.dropped(expr.expr);
        break;
      case 'BlockExpr':
        for (const statement of expr.body) this.droppedStatement(statement);
        break;
      case 'IfExpr':
      case 'TernaryExpr':
        emitDroppedBranches(this, expr);
        break;
      case 'AssignExpr':
        this.droppedAssign(expr);
        break;
      default:
        this.expr(expr);
        this.asm.emit(Op.POP);
    }
  }

  private droppedAssign(expr: AssignExpr): void {
    const slot = this.scope.slots.get(expr.target.name);
    if (slot === undefined || (expr.op === '=' && this.isFree(expr.target.name))) {
      this.assign(expr);
      this.asm.emit(Op.POP);
      return;
    }
    this.expr(expr.value);
    this.asm.mark(expr.start);
    if (expr.op === '=') this.asm.emit(Op.STORE_POP, slot);
    else this.asm.emit(Op.COMPOUND_POP, slot, assignCode(expr.op));
  }

  constant(value: Value): void {
    if (value === null) this.asm.emit(Op.NIL);
    else if (value === true) this.asm.emit(Op.TRUE);
    else if (value === false) this.asm.emit(Op.FALSE);
    else if (typeof value === 'number' && fitsOperand(value)) this.asm.emit(Op.INT, value);
    else this.asm.emit(Op.CONST, this.tables.constant(value));
  }

  expr(expr: Expr): void {
    const value = constantValue(expr);
    if (value !== undefined) {
      this.constant(value);
      return;
    }
    switch (expr.kind) {
      case 'Name':
        this.load(expr.name, expr.start);
        break;
      case 'AssignExpr':
        this.assign(expr);
        break;
      case 'BinaryExpr':
        emitBinary(this, expr);
        break;
      case 'ChainExpr':
        emitChain(this, expr);
        break;
      case 'CallExpr':
        emitCall(this, expr);
        break;
      case 'ClosureLiteral':
        this.asm.emit(Op.CLOSURE, this.closure(expr), this.asm.newCache());
        break;
      case 'BlockExpr':
        this.statements(expr.body);
        break;
      case 'ParenExpr':
        this.expr(expr.expr);
        break;
      case 'IfExpr':
        emitIf(this, expr);
        break;
      case 'ForExpr':
        emitFor(this, expr);
        break;
      default:
        this.other(expr);
    }
  }

  private other(expr: Expr): void {
    const { asm } = this;
    switch (expr.kind) {
      case 'LogicalExpr':
        emitLogical(this, expr);
        break;
      case 'TernaryExpr':
        emitBranches(this, expr, expr.else);
        break;
      case 'UnaryExpr':
        emitUnary(this, expr);
        break;
      case 'ArrayLiteral':
        emitArray(this, expr.items);
        break;
      case 'ThingLiteral':
        emitThing(this, expr.fields);
        break;
      case 'TemplateLiteral':
        emitTemplate(this, expr);
        break;
      case 'RegexLiteral':
        asm.mark(expr.start);
        asm.emit(Op.REGEX, this.tables.constant(new Regex(expr.pattern, expr.flags)));
        break;
      case 'InstanceLiteral':
        emitInstance(this, expr);
        break;
      case 'AnoLiteral':
        emitAno(this, expr);
        break;
      case 'EnumMember':
        emitEnumMember(this, expr);
        break;
      case 'ReturnExpr':
        this.returnExpr(expr);
        break;
      case 'IntLiteral':
        // Too large for 64 bit: an error, but only when it is evaluated.
        asm.mark(expr.start);
        asm.emit(Op.CONST, this.tables.constant(2n ** 63n));
        asm.emit(Op.PLUS);
        break;
      default:
        emitLeave(this, expr);
    }
  }

  load(name: string, start: number): void {
    const slot = this.scope.slots.get(name);
    this.asm.mark(start);
    if (slot === undefined) this.asm.emit(Op.LOAD_NAME, this.tables.name(name), this.asm.newCache());
    else this.asm.emit(slot < this.params ? Op.LOAD_SET : Op.LOAD, slot);
  }

  /** The short form of a field takes a variable, never a constant. */
  loadVariable(name: string, start: number): void {
    if (this.scope.slots.has(name)) this.load(name, start);
    else {
      this.asm.mark(start);
      this.asm.emit(Op.LOAD_VARIABLE, this.tables.name(name));
    }
  }

  private assign(expr: AssignExpr): void {
    const { asm, tables } = this;
    const name = expr.target.name;
    const slot = this.scope.slots.get(name);
    this.expr(expr.value);
    asm.mark(expr.start);
    if (expr.op === '=') {
      asm.emit(this.isFree(name) ? Op.STORE_SEEN : Op.STORE, slot as number);
    } else if (slot !== undefined) asm.emit(Op.COMPOUND, slot, assignCode(expr.op));
    else {
      // The operator and the inline cache share the second operand.
      asm.emit(Op.COMPOUND_NAME, tables.name(name), (asm.newCache() << 8) | assignCode(expr.op));
    }
  }

  /** A closure that runs later, in a change of its own: its effects are none of the text around it. */
  deferred(literal: ClosureLiteral): void {
    this.asm.emit(Op.CLOSURE, this.closure(literal, true), this.asm.newCache());
  }

  /** An effect of this function, and of those around it. `suppressible`: not behind an `nse`. */
  note(rule: EffectRule, what: string, at: Span, suppressible: boolean): void {
    let fc: FunctionCompiler | null = this;
    for (; fc !== null; fc = fc.outer) {
      if (suppressible && fc.suppressed) continue;
      fc.effects |= rule.mask;
      if (fc.isWhole) this.tables.effect(rule, what, at);
    }
  }

  /** From here on, assignments and most methods are no effects, in this function and in those around it. */
  suppress(): void {
    let fc: FunctionCompiler | null = this;
    for (; fc !== null; fc = fc.outer) fc.suppressed = true;
  }

  closure(literal: ClosureLiteral, deferred = false): number {
    const index = this.tables.functions.push(null) - 1;
    const inner = new FunctionCompiler(this.tables, literal, deferred ? null : this, false);
    inner.body(literal.body);
    this.tables.functions[index] = inner.finish(literal, literal);
    return index;
  }

  finish(owner: Script | ClosureLiteral, at: { readonly start: number; readonly end: number }) {
    this.probe('leave', this.owner);
    this.asm.emit(Op.RETURN);
    const locals = this.scope.locals;
    const closure = owner.kind === 'ClosureLiteral' ? owner : null;
    return {
      ...this.asm.finish(),
      params: closure === null ? [] : closure.params.map((p) => p.name),
      locals,
      effects: this.effects,
      start: at.start,
      end: at.end,
      doc: closure === null ? '' : docOf(closure.body),
      seen: locals.some((name) => this.isFree(name)),
    };
  }

  private returnExpr(expr: ReturnExpr): void {
    const { asm } = this;
    if (expr.deep !== null) {
      this.expr(expr.deep);
      asm.mark(expr.deep.start);
      asm.emit(Op.SET_DEEP);
    }
    if (expr.flags !== null) {
      this.expr(expr.flags);
      asm.mark(expr.flags.start);
      asm.emit(Op.SET_FLAGS);
    }
    if (expr.value === null) asm.emit(Op.NIL);
    else this.expr(expr.value);
    this.probe('leave', this.owner);
    asm.emit(Op.RETURN);
    asm.adjust(1);
  }
}

/** The doc of a closure: the string that is the first statement of its block. */
function docOf(body: Expr): string {
  if (body.kind !== 'BlockExpr') return '';
  const first = body.body[0];
  return first !== undefined && first.kind === 'StringLiteral' ? first.value : '';
}
