/**
 * Infers types along the flow of a script, and tells what cannot be right. One walk in the order of evaluation; loops and closures that a built-in
 * calls again and again are walked twice before, without telling, to learn what they make of variables.
 */
import type { AssignExpr, ClosureLiteral, Expr, ForExpr, IfExpr, LogicalExpr, Node, Script, TernaryExpr } from '../ast/nodes.ts';
import { constant } from '../builtins/library.ts';
import { Kind, kindOf, type Row } from '../builtins/row.ts';
import type { Value } from '../values/value.ts';
import { inferCall } from './call.ts';
import { inferChain } from './chain.ts';
import type { Context } from './context.ts';
import { Env } from './env.ts';
import { inferAnonymous, inferInstance, inferMember } from './instance.ts';
import { checkRegex, integer, isLiteral, template, thing } from './literals.ts';
import { type Names, type Owner, ownerOf } from './names.ts';
import { narrow } from './narrow.ts';
import { nearName } from './near.ts';
import { truthOf } from './operate.ts';
import { binary, operation, unary } from './operations.ts';
import type { Callable } from './schema.ts';
import {
  ANY,
  can,
  closureOf,
  describe,
  FLOAT,
  INT,
  join,
  listOf,
  literal,
  NEVER,
  NIL,
  ofMask,
  only,
  REGEX,
  restrict,
  type Scalar,
  STR,
  shallow,
  THING,
  type Type,
  widened,
  without,
} from './types.ts';

/** What a constant of the language is. */
const constantType = (value: Value): Type => {
  const mask = kindOf(value);
  return (mask & (Kind.int | Kind.str | Kind.bool)) !== 0 ? literal(value as Scalar) : ofMask(mask);
};

/** Loops nested deeper than this are not walked to learn. */
const MAX_LEARNED = 6;

interface LoopState {
  /** What was put into variables in the loop. */
  readonly assigned: Map<string, Type>;
}

export class Inference {
  readonly cx: Context;
  readonly names: Names;
  env = new Env();
  owner: Owner;
  /** What the function that is being walked returns so far. */
  private returns: Type = NEVER;
  private loops: LoopState[] = [];
  /** Whether an `nse` stands before. */
  private promised = false;
  /** How many loops are being walked only to learn. */
  private learning = 0;

  constructor(cx: Context, script: Script) {
    this.cx = cx;
    this.names = cx.names;
    this.owner = script;
  }

  script(script: Script): void {
    this.statements(script.body);
  }

  // --- statements ---

  private statements(body: readonly Expr[]): Type {
    let type: Type = NIL;
    for (const [i, statement] of body.entries()) {
      if (this.env.dead) {
        const end = (body.at(-1) as Expr).end;
        this.cx.report('unreachable-code', { start: statement.start, end }, 'this is never reached: what stands before it always leaves');
        return NEVER;
      }
      type = this.expr(statement);
      if (i < body.length - 1) this.statementEffects(statement);
    }
    return this.env.dead ? NEVER : type;
  }

  /** What is known behind a statement because it did not fail. */
  private statementEffects(statement: Expr): void {
    if (statement.kind !== 'CallExpr') return;
    const { callee, args } = statement;
    const [first, second] = args;
    if (callee.name === 'assert' && first !== undefined) narrow(this.env, first, true);
    if (callee.name !== 'type_assert' || first?.kind !== 'Name' || second?.kind !== 'StringLiteral') return;
    const mask = (Kind as Readonly<Record<string, number>>)[second.value];
    const type = this.env.get(first.name);
    if (mask !== undefined && type !== undefined && mask !== Kind.enum) this.env.set(first.name, restrict(type, mask));
  }

  // --- expressions ---

  expr(expr: Expr): Type {
    const type = this.infer(expr);
    this.cx.types.set(expr, type);
    return type;
  }

  /** Walks what may never be reached. */
  maybe<T>(walk: () => T): T {
    this.cx.uncertain++;
    const result = walk();
    this.cx.uncertain--;
    return result;
  }

  all(exprs: readonly Expr[]): Type[] {
    return exprs.map((expr) => this.expr(expr));
  }

  private infer(expr: Expr): Type {
    switch (expr.kind) {
      case 'Name':
        return this.name(expr);
      case 'ChainExpr':
        return inferChain(this, expr);
      case 'CallExpr':
        return inferCall(this, expr);
      case 'AssignExpr':
        return this.assign(expr);
      case 'StringLiteral':
        return literal(expr.value);
      case 'IntLiteral':
        return integer(this, expr);
      case 'NilLiteral':
        return NIL;
      case 'BoolLiteral':
        return literal(expr.value);
      case 'FloatLiteral':
        return FLOAT;
      case 'ParenExpr':
        return this.expr(expr.expr);
      case 'BlockExpr':
        return this.statements(expr.body);
      case 'IfExpr':
      case 'TernaryExpr':
        return this.conditional(expr);
      case 'ForExpr':
        return this.loop(expr);
      default:
        return this.other(expr);
    }
  }

  private other(expr: Expr): Type {
    switch (expr.kind) {
      case 'RegexLiteral':
        checkRegex(this, expr, expr.pattern, expr.flags);
        return REGEX;
      case 'TemplateLiteral':
        return template(this, expr);
      case 'ArrayLiteral': {
        const items = this.all(expr.items);
        return listOf(items.length === 0 ? null : items.reduce((a, b) => join(a, widened(b)), NEVER));
      }
      case 'ThingLiteral':
        return thing(this, expr);
      case 'AnoLiteral':
        return inferAnonymous(this, expr);
      case 'InstanceLiteral':
        return inferInstance(this, expr);
      case 'EnumMember':
        return inferMember(this, expr);
      case 'ClosureLiteral':
        this.closure(expr, null);
        return closureOf(expr);
      case 'UnaryExpr':
        return unary(this, expr);
      case 'BinaryExpr':
        return binary(this, expr);
      case 'LogicalExpr':
        return this.logical(expr);
      default:
        return this.leave(expr);
    }
  }

  private leave(expr: Expr): Type {
    if (expr.kind === 'ErrorExpr') return ANY;
    if ((expr.kind === 'BreakExpr' || expr.kind === 'ContinueExpr') && this.loops.length === 0) {
      this.cx.report('syntax', expr, `\`${expr.kind === 'BreakExpr' ? 'break' : 'continue'}\` stands outside of a loop`);
    }
    if (expr.kind === 'ReturnExpr') {
      const type = expr.value === null ? NIL : this.expr(expr.value);
      for (const each of [expr.deep, expr.flags]) if (each !== null) this.expr(each);
      this.returns = join(this.returns, type);
      // Whatever comes later is reached only if this is not.
      if (this.cx.uncertain > 0 && this.owner.kind === 'Script') this.cx.uncertain++;
    }
    this.env.dead = true;
    return NEVER;
  }

  // --- variables ---

  private name(expr: Extract<Expr, { kind: 'Name' }>): Type {
    return this.variable(expr.name, expr, true);
  }

  /** The type of the variable that a name means; `constants`: or the constant. */
  variable(name: string, at: Node, constants: boolean): Type {
    const { cx, names } = this;
    if (names.changedFromWithin.has(name)) return ANY;
    const known = this.env.get(name);
    if (known !== undefined) return known;
    const declared = cx.vars.get(name);
    if (declared !== undefined) return declared;
    const value = constants ? constant(name) : undefined;
    if (value !== undefined) return constantType(value);
    if (constants && cx.schema.procedures.has(name)) return ofMask(Kind.closure);
    this.unknownVariable(name, at);
    return ANY;
  }

  private unknownVariable(name: string, at: Node): void {
    const { cx, names, owner } = this;
    const isWhole = owner.kind === 'Script';
    if (names.set.has(name)) {
      // In a closure, it may be the variable of a caller.
      if (!isWhole) return;
      if (ownerOf(names, name, owner) === owner) {
        cx.fails('read-before-set', at, `\`${name}\` is read before it is set`, {
          severity: cx.varsKnown && cx.schema.complete ? 'error' : 'warning',
        });
        return;
      }
    }
    const near = nearName(name, cx.variableNames());
    const where = names.set.has(name) ? 'is only set in closures, which keep their variables to themselves' : 'is set nowhere';
    cx.fails('unknown-variable', at, `the variable \`${name}\` ${where}`, {
      severity: isWhole && cx.varsKnown && cx.schema.complete ? 'error' : 'warning',
      near,
      reason: cx.varsKnown ? 'a caller would have to have it' : 'if it comes with the query, name it in a comment: // thingsc: vars NAME',
    });
  }

  set(name: string, type: Type): void {
    const kept = this.names.changedFromWithin.has(name) ? ANY : this.names.shared.has(name) ? shallow(type) : type;
    this.env.set(name, kept);
    for (const { assigned } of this.loops) {
      const before = assigned.get(name);
      assigned.set(name, before === undefined ? kept : join(before, kept));
    }
  }

  private assign(expr: AssignExpr): Type {
    const { target, op, value } = expr;
    const type = this.expr(value);
    if (op === '=') {
      this.set(target.name, type);
      this.cx.types.set(target, type);
      return type;
    }
    const before = this.variable(target.name, target, false);
    const after = operation(this, op.slice(0, -1) as '+', before, type, expr);
    if (this.env.get(target.name) !== undefined) this.set(target.name, after);
    this.cx.types.set(target, after);
    return after;
  }

  // --- conditions ---

  private logical(expr: LogicalExpr): Type {
    const left = this.test(expr.left, `the right side of \`${expr.op}\``, expr.op === '||');
    const isAnd = expr.op === '&&';
    const skipped = this.env.fork();
    narrow(skipped, expr.left, !isAnd);
    const taken = this.env.fork();
    narrow(taken, expr.left, isAnd);
    const outer = this.env;
    this.env = taken;
    const right = this.maybe(() => this.expr(expr.right));
    this.env = outer;
    outer.merge([skipped, taken]);
    // `a || b` is only a when that is true.
    return join(isAnd ? left : without(left, Kind.nil | Kind.error), right);
  }

  /** A condition; tells when what it decides is decided already. */
  private test(test: Expr, what: string, isOr = false): Type {
    const type = this.expr(test);
    const truth = truthOf(type);
    if (truth !== undefined && !isLiteral(test) && test.kind !== 'AssignExpr' && !this.isConstantName(test)) {
      const skipped = truth === isOr;
      this.cx.report('constant-test', test, `this is always ${truth}${skipped ? `: ${what} is never reached` : ''}`, {
        reason: `it is of type \`${describe(type)}\``,
      });
    }
    return type;
  }

  /** Switches such as `DEBUG = false; if (DEBUG) ...` are meant to be decided. */
  private isConstantName(test: Expr): boolean {
    if (test.kind === 'UnaryExpr') return this.isConstantName(test.operand);
    return test.kind === 'Name' && this.env.get(test.name)?.value !== undefined;
  }

  // --- control flow ---

  private conditional(expr: IfExpr | TernaryExpr): Type {
    const test = this.test(expr.test, 'a branch');
    const outer = this.env;
    const thenEnv = outer.fork();
    narrow(thenEnv, expr.test, true);
    const elseEnv = outer.fork();
    narrow(elseEnv, expr.test, false);
    this.env = thenEnv;
    const then = this.maybe(() => this.expr(expr.then));
    this.env = elseEnv;
    // Without else, a condition that does not hold is the value.
    const branch = expr.else;
    const otherwise = branch === null ? test : this.maybe(() => this.expr(branch));
    this.env = outer;
    outer.merge([thenEnv, elseEnv]);
    return join(then, otherwise);
  }

  private loop(expr: ForExpr): Type {
    const over = this.expr(expr.iterable);
    const vars = this.loopVars(over, expr);
    const body = (): void => {
      expr.vars.forEach((variable, i) => {
        const type = vars[i] ?? NIL;
        this.set(variable.name, type);
        this.cx.types.set(variable, type);
      });
      this.expr(expr.body);
    };
    this.repeat(expr, () => this.maybe(body));
    // What is empty is given back as it is.
    return join(NIL, restrict(over, Kind.list | Kind.tuple | Kind.set | Kind.thing));
  }

  /** The types of the variables of a loop. */
  private loopVars(over: Type, expr: ForExpr): Type[] {
    const iterable = Kind.list | Kind.tuple | Kind.set | Kind.thing;
    if (over.mask !== 0 && !can(over, iterable)) {
      this.cx.fails('argument-type', expr.iterable, `\`for\` goes over lists, sets and things, not over \`${describe(over)}\``);
      return expr.vars.map(() => ANY);
    }
    if (only(over, Kind.list | Kind.tuple)) return [over.item ?? ANY, INT];
    if (only(over, Kind.set)) return [over.item ?? THING, ofMask(Kind.int | Kind.nil)];
    if (only(over, Kind.thing)) return [STR, ANY];
    return expr.vars.map(() => ANY);
  }

  /**
   * Walks the body of a loop: first to learn what it puts into variables, then to tell. Loops in a loop that is walked to learn are walked once, with
   * nothing known of what they set: so the work does not double with each level.
   */
  private repeat(loop: ForExpr, body: () => void): void {
    const before = this.env;
    const state: LoopState = { assigned: new Map() };
    this.loops.push(state);
    const start = (): void => {
      this.env = before.fork();
      for (const [name, type] of state.assigned) this.env.set(name, joinWith(before.get(name), type));
    };
    if (this.learning > 0 || this.loops.length > MAX_LEARNED)
      for (const name of this.names.setIn.get(loop) ?? []) state.assigned.set(name, ANY);
    else this.learn(state, start, body);
    start();
    body();
    this.loops.pop();
    this.env = before;
    for (const [name, type] of state.assigned) before.set(name, joinWith(before.get(name), type));
  }

  private learn({ assigned }: LoopState, start: () => void, body: () => void): void {
    this.learning++;
    this.cx.silent++;
    start();
    body();
    const first = new Map(assigned);
    start();
    body();
    // What is still growing is not looked at any longer.
    for (const [name, type] of assigned) if (first.get(name)?.mask !== type.mask) assigned.set(name, ANY);
    this.cx.silent--;
    this.learning--;
  }

  // --- closures ---

  /**
   * Walks a closure.
   *
   * @param takes what a built-in calls it with, now; null when it is not known who calls it
   * @returns what it gives
   */
  closure(literal: ClosureLiteral, takes: readonly Type[] | null): Type {
    const { env, owner, returns, loops, promised } = this;
    let result: Type = NEVER;
    const body = (): void => {
      this.owner = literal;
      this.returns = NEVER;
      literal.params.forEach((param, i) => {
        const type = takes === null ? ANY : (takes[i] ?? NIL);
        this.env.set(param.name, this.names.changedFromWithin.has(param.name) ? ANY : shallowIf(this.names.shared.has(param.name), type));
        this.cx.types.set(param, type);
      });
      const last = this.maybe(() => this.expr(literal.body));
      result = join(this.returns, last);
      this.owner = owner;
      this.returns = returns;
      this.promised = promised;
    };
    this.loops = [];
    if (takes === null) {
      this.env = new Env();
      body();
    } else {
      // Its variables are its own: what it sets is gone behind it.
      this.env = env.fork();
      this.env.dead = false;
      body();
    }
    this.loops = loops;
    this.env = env;
    return result;
  }

  /** The value of an expression of which errors are expected. */
  tried(expr: Expr): Type {
    const before = this.env;
    const env = before.fork();
    this.env = env;
    this.cx.quiet++;
    const type = this.expr(expr);
    this.cx.quiet--;
    this.env = before;
    before.merge([env, before.fork()]);
    return type;
  }

  // --- effects ---

  get root(): Type {
    return this.cx.root;
  }

  /** A call of a closure that does not stand here and needs a change. */
  calledWithEffects(callee: Callable, at: Node): void {
    if (callee.at === null) this.cx.late.push({ kind: 'effects', at, owner: this.owner, what: callee.name });
  }

  /** A change of what is stored for sure. */
  changesStored(at: Node, what: string): void {
    if (this.promised) this.cx.late.push({ kind: 'stored', at, owner: this.owner, what });
  }

  /** `nse()`: the script says that it changes nothing. */
  promise(): void {
    this.promised = true;
  }

  /** A call of what only some scopes have. */
  scoped(row: Row, at: Node): void {
    if (this.cx.quiet === 0 && this.owner.kind === 'Script') this.cx.scoped.push({ row, at });
  }
}

const shallowIf = (yes: boolean, type: Type): Type => (yes ? shallow(type) : type);
const joinWith = (a: Type | undefined, b: Type): Type => (a === undefined ? b : join(a, b));
