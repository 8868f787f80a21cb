/**
 * The pass that gives names their places: which names are locals of which function, and which are free somewhere in the program.
 *
 * A closure captures nothing. A name is a local of a function when it is a parameter, a variable of a `for`, or the target of a plain
 * assignment there; any other name is looked up in the callers' frames when it is met.
 */
import type { ClosureLiteral, Expr, Field, Link, Script } from '../ast/nodes.ts';

export interface FunctionScope {
  /** Local to slot, parameters first. */
  readonly slots: Map<string, number>;
  readonly locals: string[];
}

export interface Resolution {
  readonly scopes: ReadonlyMap<Script | ClosureLiteral, FunctionScope>;
  /** Names that some function of the program reads without having them as a local. */
  readonly free: ReadonlySet<string>;
}

class Resolver {
  readonly scopes = new Map<Script | ClosureLiteral, FunctionScope>();
  readonly free = new Set<string>();
  private scope: FunctionScope = { slots: new Map(), locals: [] };
  private reads: Set<string> = new Set();

  function(owner: Script | ClosureLiteral): void {
    const { scope: outerScope, reads: outerReads } = this;
    this.scope = { slots: new Map(), locals: [] };
    this.reads = new Set();
    if (owner.kind === 'Script') this.all(owner.body);
    else {
      for (const param of owner.params) {
        this.scope.slots.set(param.name, this.scope.locals.length);
        this.scope.locals.push(param.name);
      }
      this.expr(owner.body);
    }
    for (const name of this.reads) if (!this.scope.slots.has(name)) this.free.add(name);
    this.scopes.set(owner, this.scope);
    this.scope = outerScope;
    this.reads = outerReads;
  }

  private addLocal(name: string): void {
    if (this.scope.slots.has(name)) return;
    this.scope.slots.set(name, this.scope.locals.length);
    this.scope.locals.push(name);
  }

  private all(exprs: readonly Expr[]): void {
    for (const expr of exprs) this.expr(expr);
  }

  private fields(fields: readonly Field[]): void {
    for (const field of fields) {
      if (field.value === null) this.reads.add(field.name.name);
      else this.expr(field.value);
    }
  }

  private optional(expr: Expr | null): void {
    if (expr !== null) this.expr(expr);
  }

  private link(link: Link): void {
    switch (link.kind) {
      case 'PropertyLink':
        this.optional(link.assign === null ? null : link.assign.value);
        break;
      case 'MethodLink':
        this.all(link.args);
        break;
      case 'IndexLink':
        this.expr(link.index);
        this.optional(link.assign === null ? null : link.assign.value);
        break;
      case 'SliceLink':
        this.optional(link.from);
        this.optional(link.to);
        this.optional(link.step);
        this.optional(link.assign === null ? null : link.assign.value);
        break;
    }
  }

  private expr(expr: Expr): void {
    switch (expr.kind) {
      case 'Name':
        this.reads.add(expr.name);
        break;
      case 'AssignExpr':
        if (expr.op === '=') this.addLocal(expr.target.name);
        else this.reads.add(expr.target.name);
        this.expr(expr.value);
        break;
      case 'ClosureLiteral':
        this.function(expr);
        break;
      case 'ForExpr':
        for (const variable of expr.vars) this.addLocal(variable.name);
        this.expr(expr.iterable);
        this.expr(expr.body);
        break;
      case 'CallExpr':
        this.reads.add(expr.callee.name);
        this.all(expr.args);
        break;
      case 'ChainExpr':
        this.optional(expr.base);
        for (const link of expr.links) this.link(link);
        break;
      default:
        this.plain(expr);
    }
  }

  private plain(expr: Expr): void {
    switch (expr.kind) {
      case 'ThingLiteral':
      case 'AnoLiteral':
      case 'InstanceLiteral':
        this.fields(expr.fields);
        break;
      case 'EnumMember':
        if (expr.member.kind === 'ClosureLiteral') this.function(expr.member);
        break;
      case 'ArrayLiteral':
        this.all(expr.items);
        break;
      case 'BlockExpr':
        this.all(expr.body);
        break;
      case 'TemplateLiteral':
        for (const part of expr.parts) if (part.kind !== 'TemplateText') this.expr(part);
        break;
      case 'BinaryExpr':
      case 'LogicalExpr':
        this.expr(expr.left);
        this.expr(expr.right);
        break;
      case 'TernaryExpr':
      case 'IfExpr':
        this.expr(expr.test);
        this.expr(expr.then);
        this.optional(expr.else);
        break;
      case 'UnaryExpr':
        this.expr(expr.operand);
        break;
      case 'ParenExpr':
        this.expr(expr.expr);
        break;
      case 'ReturnExpr':
        this.optional(expr.value);
        this.optional(expr.deep);
        this.optional(expr.flags);
        break;
    }
  }
}

export function resolve(root: Script | ClosureLiteral): Resolution {
  const resolver = new Resolver();
  resolver.function(root);
  return resolver;
}
