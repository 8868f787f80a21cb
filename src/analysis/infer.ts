/**
 * Infers types along the flow of a script, and tells what cannot be right. One walk in the order of evaluation; loops and closures that a built-in
 * calls again and again are walked twice before, without telling, to learn what they make of variables.
 */
import type { AssignExpr, ClosureLiteral, Expr, Node, Script } from '../ast/nodes.ts';
import { constant } from '../builtins/library.ts';
import { Kind, kindOf, type Row } from '../builtins/row.ts';
import type { Value } from '../values/value.ts';
import { conditional, logical } from './branches.ts';
import { inferCall } from './call.ts';
import { inferChain } from './chain.ts';
import type { Context } from './context.ts';
import { Env } from './env.ts';
import { inferAnonymous, inferInstance, inferMember } from './instance.ts';
import { checkRegex, integer, template, thing } from './literals.ts';
import { loop } from './loops.ts';
import { type Names, type Owner, ownerOf } from './names.ts';
import { narrow } from './narrow.ts';
import { nearName } from './near.ts';
import { binary, operation, unary } from './operations.ts';
import type { Callable } from './schema.ts';
import {
  ANY,
  closureOf,
  FLOAT,
  join,
  listOf,
  literal,
  NEVER,
  NIL,
  ofMask,
  REGEX,
  restrict,
  type Scalar,
  shallow,
  type Type,
  widened,
} from './types.ts';

/** What a constant of the language is. */
const constantType = (value: Value): Type => {
  const mask = kindOf(value);
  return (mask & (Kind.int | Kind.str | Kind.bool)) !== 0 ? literal(value as Scalar) : ofMask(mask);
};

/** What a part of a script begins with, beside its variables. */
export interface Reached {
  /** Whether an `nse` stands before. */
  readonly promised: boolean;
  /** Whether it is not certain that the place is reached; a count. */
  readonly uncertain: number;
  /** Whether it is never reached. */
  readonly dead: boolean;
}

/** A loop that is being walked. */
export interface LoopState {
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
  loops: LoopState[] = [];
  /** Whether an `nse` stands before. */
  private promised = false;
  /** How many loops are being walked only to learn. */
  learning = 0;

  constructor(cx: Context, script: Script, from: Reached) {
    this.cx = cx;
    this.names = cx.names;
    this.owner = script;
    this.promised = from.promised;
    cx.uncertain = from.uncertain;
  }

  /**
   * Walks statements of the script. Of what is never reached, the types are found as if it were, but nothing is told.
   *
   * @returns the index of the first statement that is never reached, or null
   */
  part(body: readonly Expr[]): number | null {
    const end = body.findIndex((statement) => {
      if (this.env.dead) return true;
      this.expr(statement);
      this.statementEffects(statement);
      return false;
    });
    if (end < 0) return null;
    const { late, scoped } = this.cx;
    const counts = [late.length, scoped.length] as const;
    this.cx.silent++;
    for (const statement of body.slice(end)) {
      this.env.dead = false;
      this.expr(statement);
    }
    this.cx.silent--;
    [late.length, scoped.length] = counts;
    return end;
  }

  /** How far the script has come. */
  get reached(): Reached {
    return { promised: this.promised, uncertain: this.cx.uncertain, dead: this.env.dead };
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
        return conditional(this, expr);
      case 'ForExpr':
        return loop(this, expr);
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
        return logical(this, expr);
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
    if (constants && cx.schema.procedures.get(name) !== undefined) return ofMask(Kind.closure);
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

  /** A call of a closure; tells when that does not stand here and needs a change. */
  calledWithEffects(callee: Callable, at: Node): void {
    if (callee.at === null && callee.effects === true) this.cx.late.push({ kind: 'effects', at, owner: this.owner, what: callee.name });
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
