/** Emits the code of one function. Chains and calls are in `chain.ts` and `call.ts`. */
import type {
  AssignExpr,
  AssignOp,
  ClosureLiteral,
  EnumMember,
  Expr,
  Field,
  ForExpr,
  IfExpr,
  InstanceLiteral,
  ReturnExpr,
  Script,
  Span,
  TemplateLiteral,
  TernaryExpr,
} from '../ast/nodes.ts';
import { BINARY_OPS, Op } from '../bytecode/opcodes.ts';
import type { ArmName, ProbeKind } from '../bytecode/probes.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { Regex } from '../values/regex.ts';
import type { Value } from '../values/value.ts';
import { Assembler, fitsOperand, type Label, newLabel } from './assembler.ts';
import { emitCall } from './call.ts';
import type { EffectRule } from './catalog.ts';
import { emitChain } from './chain.ts';
import { constantValue } from './fold.ts';
import type { FunctionScope } from './resolve.ts';
import type { Tables } from './tables.ts';

/** More locals than fit in the operand of a loop are refused. */
const MAX_LOCALS = 4096;

/** A loop that encloses the code being emitted. */
interface Loop {
  readonly next: Label;
  readonly end: Label;
  /** Operands under the loop's own. */
  readonly height: number;
  readonly handlers: number;
}

const FUSED: Partial<Record<string, number>> = {
  '+': Op.ADD_INT,
  '-': Op.SUB_INT,
  '*': Op.MUL_INT,
  '%': Op.MOD_INT,
  '<': Op.LT_INT,
  '>': Op.GT_INT,
  '==': Op.EQ_INT,
};

const DIRECT: Partial<Record<string, number>> = {
  '+': Op.ADD,
  '-': Op.SUB,
  '*': Op.MUL,
  '<': Op.LT,
  '>': Op.GT,
  '<=': Op.LE,
  '>=': Op.GE,
  '==': Op.EQ,
  '!=': Op.NE,
};

const PREFIX = { '!': Op.NOT, '-': Op.NEG, '+': Op.PLUS, '~': Op.BIT_NOT } as const;

const opCode = (op: string): number => (BINARY_OPS as readonly string[]).indexOf(op);

/** The code of an assignment operator: that of `+` for `+=`; 0 for `=`. */
export const assignCode = (op: AssignOp): number => (op === '=' ? 0 : opCode(op.slice(0, -1)));

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
  private loop: Loop | null = null;
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

  private get isWatched(): boolean {
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
  private arm(name: ArmName, body: Expr, whole: Span): void {
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

  private droppedStatement(statement: Expr): void {
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
        this.droppedBranches(expr);
        break;
      case 'AssignExpr':
        this.droppedAssign(expr);
        break;
      default:
        this.expr(expr);
        this.asm.emit(Op.POP);
    }
  }

  private droppedBranches(expr: IfExpr | TernaryExpr): void {
    const { asm } = this;
    const end = newLabel();
    const hasElse = expr.else !== null || this.isWatched;
    const otherwise = hasElse ? newLabel() : end;
    this.expr(expr.test);
    asm.jumpFalse(otherwise);
    this.arm('then', expr.then, expr);
    this.droppedStatement(expr.then);
    if (hasElse) {
      asm.jump(Op.JUMP, end);
      asm.place(otherwise);
      this.arm(expr.else === null ? 'no else' : 'else', expr.else ?? expr, expr);
      if (expr.else !== null) this.droppedStatement(expr.else);
    }
    asm.place(end);
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
        this.binary(expr.op, expr.left, expr.right, expr.start);
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
        this.ifExpr(expr);
        break;
      case 'ForExpr':
        this.forExpr(expr);
        break;
      default:
        this.other(expr);
    }
  }

  private other(expr: Expr): void {
    const { asm } = this;
    switch (expr.kind) {
      case 'LogicalExpr': {
        this.orJump(
          expr.left,
          expr.op === '&&' ? Op.AND : Op.OR,
          () => {
            this.arm('right', expr.right, expr);
            this.expr(expr.right);
          },
          () => this.arm('left', expr.left, expr),
        );
        break;
      }
      case 'TernaryExpr':
        this.branches(expr.test, expr.then, expr.else, expr);
        break;
      case 'UnaryExpr':
        this.expr(expr.operand);
        asm.mark(expr.start);
        for (let i = expr.ops.length - 1; i >= 0; i--) asm.emit(PREFIX[expr.ops[i] as keyof typeof PREFIX]);
        break;
      case 'ArrayLiteral':
        this.items(expr.items);
        asm.emit(Op.ARRAY, expr.items.length, undefined, 1 - expr.items.length);
        break;
      case 'ThingLiteral':
        this.thing(expr.fields);
        break;
      case 'TemplateLiteral':
        this.template(expr);
        break;
      case 'RegexLiteral':
        asm.mark(expr.start);
        asm.emit(Op.REGEX, this.tables.constant(new Regex(expr.pattern, expr.flags)));
        break;
      case 'InstanceLiteral':
        this.instance(expr);
        break;
      case 'AnoLiteral':
        this.fields(expr.fields);
        asm.mark(expr.start);
        asm.emit(Op.ANO, this.tables.ownKeys(expr.fields.map((f) => f.name.name)), undefined, 1 - expr.fields.length);
        break;
      case 'EnumMember':
        this.enumMember(expr);
        break;
      case 'ReturnExpr':
        this.returnExpr(expr);
        break;
      default:
        this.leaveLoop(expr);
    }
  }

  private leaveLoop(expr: Expr): void {
    const { asm, loop } = this;
    if (expr.kind === 'IntLiteral') {
      // Too large for 64 bit: an error, but only when it is evaluated.
      asm.mark(expr.start);
      asm.emit(Op.CONST, this.tables.constant(2n ** 63n));
      asm.emit(Op.PLUS);
      return;
    }
    if ((expr.kind !== 'BreakExpr' && expr.kind !== 'ContinueExpr') || loop === null) {
      throw new TiError(ErrorCode.SYNTAX, `\`${expr.kind === 'BreakExpr' ? 'break' : 'continue'}\` stands outside of a loop`);
    }
    if (this.handlers > loop.handlers) asm.emit(Op.DROP_TRY, this.handlers - loop.handlers);
    asm.emit(expr.kind === 'BreakExpr' ? Op.FOR_BREAK : Op.FOR_TRIM, loop.height);
    asm.jump(Op.JUMP, expr.kind === 'BreakExpr' ? loop.end : loop.next);
    // Nothing behind a jump runs; but the value of the expression is counted.
    asm.adjust(1);
  }

  load(name: string, start: number): void {
    const slot = this.scope.slots.get(name);
    this.asm.mark(start);
    if (slot === undefined) this.asm.emit(Op.LOAD_NAME, this.tables.name(name), this.asm.newCache());
    else this.asm.emit(slot < this.params ? Op.LOAD_SET : Op.LOAD, slot);
  }

  /** The short form of a field takes a variable, never a constant. */
  private loadVariable(name: string, start: number): void {
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

  private binary(op: string, left: Expr, right: Expr, start: number): void {
    const { asm } = this;
    this.expr(left);
    const value = constantValue(right);
    const fused = FUSED[op];
    if (fused !== undefined && typeof value === 'number' && fitsOperand(value)) {
      asm.mark(start);
      asm.emit(fused, value);
      return;
    }
    this.expr(right);
    asm.mark(start);
    const direct = DIRECT[op];
    if (direct !== undefined) asm.emit(direct);
    else asm.emit(Op.BINARY, opCode(op));
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

  private ifExpr(expr: IfExpr): void {
    if (expr.else !== null) {
      this.branches(expr.test, expr.then, expr.else, expr);
      return;
    }
    // Without else, the value of a condition that does not hold is the value of the whole.
    this.orJump(
      expr.test,
      Op.AND,
      () => this.way('then', expr.then as Expr, expr),
      () => this.arm('no else', expr, expr),
    );
  }

  /** A way of a condition that gives the value of the whole. */
  private way(name: ArmName, body: Expr, whole: Span): void {
    this.arm(name, body, whole);
    if (this.isWatched) this.body(body);
    else this.expr(body);
  }

  /** Evaluates `test`, whose value is that of the whole when `op` jumps; `other` emits a probe for that case. */
  private orJump(test: Expr, op: number, go: () => void, other: () => void): void {
    const { asm } = this;
    const jumped = newLabel();
    this.expr(test);
    asm.jump(op, jumped);
    go();
    if (!this.isWatched) {
      asm.place(jumped);
      return;
    }
    const end = newLabel();
    asm.jump(Op.JUMP, end);
    asm.place(jumped);
    other();
    asm.place(end);
  }

  private branches(test: Expr, then: Expr, otherwise: Expr, whole: Span): void {
    const { asm } = this;
    const elseLabel = newLabel();
    const end = newLabel();
    this.expr(test);
    asm.jumpFalse(elseLabel);
    this.way('then', then, whole);
    asm.jump(Op.JUMP, end);
    asm.adjust(-1);
    asm.place(elseLabel);
    this.way('else', otherwise, whole);
    asm.place(end);
  }

  private forExpr(expr: ForExpr): void {
    const { asm } = this;
    const slots = expr.vars.map((v) => this.scope.slots.get(v.name) as number);
    const vars = (Math.min(slots.length, 2) << 24) | ((slots[1] ?? 0) << 12) | (slots[0] as number);
    const body = newLabel();
    const loop: Loop = { next: newLabel(), end: newLabel(), height: asm.height, handlers: this.handlers };
    this.expr(expr.iterable);
    asm.mark(expr.iterable.start);
    const empty = this.isWatched ? newLabel() : loop.end;
    asm.jump(Op.FOR, empty, vars);
    for (const slot of slots.slice(2)) {
      asm.emit(Op.NIL);
      asm.emit(Op.STORE_POP, slot);
    }
    asm.jump(Op.JUMP, loop.next);
    asm.place(body);
    const outer = this.loop;
    this.loop = loop;
    this.arm('turn', expr.body, expr);
    this.droppedStatement(expr.body);
    this.loop = outer;
    asm.place(loop.next);
    asm.mark(expr.start);
    asm.jump(Op.FOR_NEXT, body, vars);
    if (this.isWatched) {
      asm.jump(Op.JUMP, loop.end);
      asm.place(empty);
      this.arm('empty', expr, expr);
    }
    asm.place(loop.end);
  }

  /** The items of an array. What comes later may change a list that stands before it: that is taken as it is. */
  private items(items: readonly Expr[]): void {
    const last = items.findLastIndex(mayChange);
    items.forEach((item, i) => {
      this.expr(item);
      if (i < last && !isScalar(item)) this.asm.emit(Op.ITEM);
    });
  }

  fields(fields: readonly Field[]): void {
    const last = fields.findLastIndex((f) => f.value !== null && mayChange(f.value));
    fields.forEach((field, i) => {
      if (field.value === null) this.loadVariable(field.name.name, field.start);
      else this.expr(field.value);
      if (i < last && (field.value === null || !isScalar(field.value))) this.asm.emit(Op.OWN);
    });
  }

  private thing(fields: readonly Field[]): void {
    this.fields(fields);
    const keys = fields.map((f) => f.name.name);
    this.asm.emit(Op.THING, this.tables.keys(keys), keys.length, 1 - keys.length);
  }

  private instance(expr: InstanceLiteral): void {
    const name = this.tables.name(expr.type.name);
    this.asm.mark(expr.start);
    this.asm.emit(Op.TYPE_TEST, name);
    this.fields(expr.fields);
    const keys = expr.fields.map((f) => f.name.name);
    this.asm.mark(expr.start);
    this.asm.emit(Op.INSTANCE, name, this.tables.ownKeys(keys), -keys.length);
  }

  private enumMember(expr: EnumMember): void {
    const { asm, tables } = this;
    asm.mark(expr.start);
    if (expr.member.kind === 'Ident') {
      asm.emit(Op.ENUM, tables.name(expr.type.name), tables.name(expr.member.name));
      return;
    }
    asm.emit(Op.CLOSURE, this.closure(expr.member), asm.newCache());
    asm.emit(Op.CALL, 0, undefined, 0);
    asm.emit(Op.ENUM_BY_NAME, tables.name(expr.type.name));
  }

  private template(expr: TemplateLiteral): void {
    const parts = expr.parts.filter((part) => part.kind !== 'TemplateText' || part.value !== '');
    for (const part of parts) {
      if (part.kind === 'TemplateText') this.constant(part.value);
      else this.expr(part);
    }
    this.asm.mark(expr.start);
    this.asm.emit(Op.TEMPLATE, parts.length, undefined, 1 - parts.length);
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

/** Whether an expression certainly gives no list, set or closure. */
function isScalar(expr: Expr): boolean {
  return constantValue(expr) !== undefined || expr.kind === 'TemplateLiteral' || expr.kind === 'UnaryExpr' || expr.kind === 'ThingLiteral';
}

/** Whether evaluating an expression may change a list that was evaluated before it: it calls or assigns. */
function mayChange(expr: Expr): boolean {
  switch (expr.kind) {
    case 'Name':
    case 'ClosureLiteral':
    case 'RegexLiteral':
    case 'EnumMember':
      return false;
    case 'BinaryExpr':
      return mayChange(expr.left) || mayChange(expr.right);
    case 'ArrayLiteral':
      return expr.items.some(mayChange);
    case 'ThingLiteral':
      return expr.fields.some((f) => f.value !== null && mayChange(f.value));
    case 'ParenExpr':
      return mayChange(expr.expr);
    case 'ChainExpr':
      return (
        expr.links.some((link) => link.kind !== 'PropertyLink' || link.assign !== null) || (expr.base !== null && mayChange(expr.base))
      );
    default:
      return constantValue(expr) === undefined;
  }
}

/** The doc of a closure: the string that is the first statement of its block. */
function docOf(body: Expr): string {
  if (body.kind !== 'BlockExpr') return '';
  const first = body.body[0];
  return first !== undefined && first.kind === 'StringLiteral' ? first.value : '';
}
