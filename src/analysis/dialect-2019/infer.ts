/** Walks a script for a collection in the 2019 dialect in the order in which it is evaluated, with what is known of each value. */
import type {
  ArrayLiteral,
  ArrowLiteral,
  AssignOp,
  Expr,
  Ident,
  Link,
  RegexLiteral,
  Span,
  TempName,
  ThingLiteral,
} from '../../ast/nodes.ts';
import { Kind } from '../../builtins/row.ts';
import { TiError } from '../../errors.ts';
import { Regex } from '../../values/regex.ts';
import type { TypesOf } from '../context.ts';
import type { NameSet } from '../names.ts';
import {
  ANY,
  BOOL,
  can,
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
  shallow,
  type Type,
  thingWith,
  widened,
} from '../types.ts';
import { ARRAY, describe2019, RAW, THING } from './calls.ts';
import type { Env2019 } from './env.ts';
import type { Findings } from './findings.ts';
import { methodCall, plainCall } from './infer-calls.ts';
import { operationType } from './operate.ts';
import { changes, tempsSetIn } from './scan.ts';

/** What an index or a property may be looked for on. */
const INDEXED = ARRAY | RAW;

function checkRegex(findings: Findings, expr: RegexLiteral): void {
  try {
    // The matcher is made when it is first asked for.
    new Regex(expr.pattern, expr.flags).matcher.toString();
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    findings.fails('invalid-regex', expr, error.message);
  }
}

export class Inference2019 {
  readonly findings: Findings;
  /** The type of each expression, link and parameter that was met. */
  readonly types: TypesOf;
  env: Env2019;
  /** Variables that are set somewhere in the script. */
  private readonly set: Pick<NameSet, 'has'>;
  /** Parameters of the arrow functions around, the innermost last. */
  private readonly params: ReadonlyMap<string, Type>[] = [];

  constructor(findings: Findings, types: TypesOf, set: Pick<NameSet, 'has'>, env: Env2019) {
    this.findings = findings;
    this.types = types;
    this.set = set;
    this.env = env;
  }

  statement(expr: Expr): void {
    this.expr(expr);
  }

  expr(expr: Expr): Type {
    const type = this.typeOf(expr);
    this.types.set(expr, type);
    return type;
  }

  private typeOf(expr: Expr): Type {
    switch (expr.kind) {
      case 'ParenExpr':
        return this.expr(expr.expr);
      case 'Name':
        return this.param(expr.name) ?? this.env.properties.get(expr.name);
      case 'TempName':
        return this.temp(expr);
      case 'TempAssign':
        this.tempAssign(expr.target, expr.op, expr.value);
        return NIL;
      case 'AssignExpr':
        this.assign(expr.target, expr.op, expr.value);
        return NIL;
      case 'ArrayLiteral':
        return this.array(expr);
      case 'ThingLiteral':
        return this.thing(expr);
      case 'ArrowLiteral':
        // Who calls it, and when, is not known.
        this.arrow(expr, []);
        return ofMask(Kind.closure);
      case 'CallExpr':
        return plainCall(this, expr);
      case 'ChainExpr':
        return this.chain(expr.base as Expr, expr.links);
      case 'TernaryExpr':
        this.expr(expr.test);
        return this.either(
          () => this.expr(expr.then),
          () => this.expr(expr.else),
        );
      default:
        return this.simple(expr);
    }
  }

  private simple(expr: Expr): Type {
    switch (expr.kind) {
      case 'NilLiteral':
        return NIL;
      case 'BoolLiteral':
      case 'StringLiteral':
        return literal(expr.value);
      case 'IntLiteral':
        return expr.value === null ? INT : literal(expr.value);
      case 'FloatLiteral':
        return FLOAT;
      case 'RegexLiteral':
        checkRegex(this.findings, expr);
        return REGEX;
      case 'UnaryExpr':
        this.expr(expr.operand);
        return BOOL;
      case 'BinaryExpr':
      case 'IntDivExpr': {
        const left = this.expr(expr.left);
        const op = expr.kind === 'IntDivExpr' ? '//' : expr.op;
        return this.operation(op, left, this.expr(expr.right), expr.right, expr);
      }
      case 'LogicalExpr': {
        const left = this.expr(expr.left);
        return join(
          widened(left),
          this.either(
            () => this.expr(expr.right),
            () => NEVER,
          ),
        );
      }
      default:
        return ANY;
    }
  }

  /** What one of two ways gives. */
  either(one: () => Type, other: () => Type): Type {
    const { env } = this;
    const first = env.fork();
    const second = env.fork();
    this.findings.uncertain++;
    this.env = first;
    const a = one();
    this.env = second;
    const b = other();
    this.findings.uncertain--;
    env.merge(first, second);
    this.env = env;
    return join(widened(a), widened(b));
  }

  operation(op: string, left: Type, right: Type, divisor: Expr, at: Span): Type {
    const type = operationType(op, left, right);
    if (type === null) {
      this.findings.fails('operand-type', at, `\`${op}\` does not go with \`${describe2019(left)}\` and \`${describe2019(right)}\``);
      return NEVER;
    }
    const isZero = right.value === 0 || (divisor.kind === 'FloatLiteral' && divisor.value === 0);
    if (isZero && (op === '/' || op === '//' || op === '%')) this.findings.fails('zero-division', at, 'a division by zero');
    return type;
  }

  // --- names ---

  param(name: string): Type | null {
    for (let i = this.params.length - 1; i >= 0; i--) {
      const type = (this.params[i] as ReadonlyMap<string, Type>).get(name);
      if (type !== undefined) return type;
    }
    return null;
  }

  private temp(node: TempName): Type {
    const { name } = node;
    const type = this.env.temps.get(name);
    if (type !== undefined) return type;
    if (!this.set.has(name)) this.findings.fails('unknown-variable', node, `\`$${name}\` is never set`, { severity: 'error' });
    // An arrow function may run when more has happened.
    else if (this.params.length === 0) this.findings.fails('read-before-set', node, `\`$${name}\` is read before it is set`);
    return ANY;
  }

  private tempAssign(target: Ident, op: AssignOp, value: Expr): void {
    const { name } = target;
    const before = op === '=' ? NIL : this.temp({ kind: 'TempName', name, start: target.start, end: target.end });
    const type = this.assigned(op, before, value, target);
    this.env.temps.set(name, type);
    this.types.set(target, type);
  }

  private assign(target: Ident, op: AssignOp, value: Expr): void {
    const before = this.env.properties.get(target.name);
    const type = this.assigned(op, before, value, target);
    if (this.param(target.name) === null) this.env.properties.set(target.name, type);
    else this.findings.fails('argument-type', target, `\`${target.name}\` is an argument here, and cannot be assigned to`);
    this.types.set(target, type);
  }

  /** What is kept of a value that is assigned. */
  private assigned(op: AssignOp, before: Type, value: Expr, at: Span): Type {
    const type = this.expr(value);
    this.kept(value, type);
    if (op !== '=') return this.operation(op.slice(0, -1), before, type, value, { start: at.start, end: value.end });
    const { mask } = type;
    // A tuple becomes a list again; what it holds may change meanwhile.
    return shallow(mask !== ANY.mask && (mask & Kind.tuple) !== 0 ? ofMask((mask & ~Kind.tuple) | Kind.list) : widened(type));
  }

  /** Tells of what can only be returned, or called. */
  kept(value: Expr, type: Type): void {
    if (only(type, Kind.attribute))
      this.findings.fails('argument-type', value, 'the value of an attribute can be returned, and nothing else');
    if (value.kind === 'ArrowLiteral' && changes(value))
      this.findings.fails('argument-type', value, 'an arrow function that changes something cannot be stored');
  }

  // --- literals ---

  private array({ items }: ArrayLiteral): Type {
    let item: Type | null = null;
    let things: boolean | null = null;
    for (const each of items) {
      const type = this.expr(each);
      this.kept(each, type);
      const isThing = only(type, Kind.thing) ? true : can(type, THING) ? null : false;
      if (things !== null && isThing !== null && isThing !== things)
        this.findings.fails('argument-type', each, 'an array holds things or other values, never both');
      things ??= isThing;
      item = item === null ? type : join(item, type);
    }
    return listOf(item);
  }

  private thing({ fields }: ThingLiteral): Type {
    const types = new Map<string, Type>();
    for (const { name, value } of fields) {
      if (types.has(name.name)) this.findings.report('duplicate-key', name, `\`${name.name}\` comes twice; the last value counts`);
      const type = this.expr(value as Expr);
      this.kept(value as Expr, type);
      types.set(name.name, shallow(widened(type)));
    }
    return thingWith(types);
  }

  /** Goes through the body of an arrow function; gives what it gives. */
  arrow({ params, body }: ArrowLiteral, types: readonly Type[]): Type {
    const known = new Map(params.map(({ name }, i) => [name, types[i] ?? (types.length > 0 ? NIL : ANY)]));
    for (const param of params) this.types.set(param, known.get(param.name) as Type);
    const set = tempsSetIn(body);
    this.params.push(known);
    // It may run any number of times, also none.
    const type = this.either(
      () => {
        this.env.forget(set);
        const given = this.expr(body);
        this.env.forget(set);
        return given;
      },
      () => NEVER,
    );
    this.params.pop();
    return type;
  }

  // --- chains ---

  private chain(base: Expr, links: readonly Link[]): Type {
    let on = this.expr(base);
    let isLiteral = base.kind === 'ThingLiteral';
    for (const link of links) {
      on = this.link(link, on, isLiteral);
      isLiteral = false;
      this.types.set(link, on);
      if (link.kind === 'PropertyLink') this.types.set(link.name, on);
    }
    return on;
  }

  private link(link: Link, on: Type, isLiteral: boolean): Type {
    switch (link.kind) {
      case 'PropertyLink':
        if (on.mask !== 0 && !can(on, THING))
          this.findings.fails('no-property', link.name, `type \`${describe2019(on)}\` has no properties`);
        if (link.assign !== null) {
          this.assigned(link.assign.op, ANY, link.assign.value, link.name);
          // It may be the root.
          this.env.properties.set(link.name.name, ANY);
          return NIL;
        }
        return (isLiteral ? on.fields?.get(link.name.name) : undefined) ?? ANY;
      case 'MethodLink':
        return methodCall(this, link, link.name, on);
      case 'IndexLink':
        this.expr(link.index);
        if (on.mask !== 0 && !can(on, INDEXED)) {
          this.findings.fails('no-index', link, `type \`${describe2019(on)}\` has no items`);
          return ANY;
        }
        return only(on, RAW) ? INT : only(on, ARRAY) ? (on.item ?? ANY) : ANY;
      default:
        return ANY;
    }
  }

  /** Of what the root has under this name, nothing is known any more; of nothing that it has when the name is null. */
  forgetProperty(name: string | null): void {
    if (name === null) this.env.properties.clear();
    else this.env.properties.set(name, ANY);
  }
}
