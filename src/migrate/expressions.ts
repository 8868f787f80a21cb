/** Expressions of the 2019 dialect in today's language. */
import type { ArrowLiteral, AssignOp, BinaryExpr, CallExpr, ChainExpr, Expr, LogicalExpr, MethodLink, Script, Span } from '../ast/nodes.ts';
import { Comments } from './comments.ts';
import type { Note } from './migrate.ts';
import { CONSTANTS, SCALAR } from './names.ts';
import type { Variables } from './variables.ts';

/** What is done with a value: kept, or dropped, as that of a statement before the last. */
export type Use = 'kept' | 'dropped';

export abstract class Expressions {
  readonly comments: Comments;
  readonly notes: Note[] = [];
  protected readonly names: Variables;
  /** Parameters of the arrow functions around. */
  protected readonly params: string[] = [];

  constructor(script: Script, names: Variables) {
    this.comments = new Comments(script.comments);
    this.names = names;
  }

  protected abstract call(expr: CallExpr, use: Use): string;
  /** A method on a receiver that was written already; null stands for the collection's root. */
  protected abstract method(receiver: Expr | null, text: string, link: MethodLink, use: Use): string;

  note({ start, end }: Span, message: string): void {
    this.notes.push({ start, end, message });
  }

  /** As `note`, and gives the comment that marks the place. */
  protected mark(at: Span, message: string): string {
    this.note(at, message);
    return `/* 2019: ${message}. */ `;
  }

  /** A statement; the value of the last is the answer. */
  statement(expr: Expr, isLast: boolean): string {
    if (!isLast || givesNil(expr)) return this.value(expr, 'dropped') + (isLast ? '; nil' : '');
    return this.value(expr, 'kept');
  }

  /** An expression that may stand anywhere but beside an operator. */
  value(expr: Expr, use: Use = 'kept'): string {
    return this.comments.before(expr.start) + this.bare(expr, use);
  }

  /** An expression beside an operator, or with something chained to it. */
  protected operand(expr: Expr): string {
    const text = this.value(expr);
    const loose = expr.kind === 'TernaryExpr' || expr.kind === 'ArrowLiteral' || text.startsWith('{');
    return loose ? `(${text})` : text;
  }

  private bare(expr: Expr, use: Use): string {
    switch (expr.kind) {
      case 'NilLiteral':
        return 'nil';
      case 'BoolLiteral':
        return String(expr.value);
      case 'IntLiteral':
      case 'FloatLiteral':
      case 'StringLiteral':
      case 'RegexLiteral':
        return expr.raw;
      case 'Name':
        return this.name(expr.name);
      case 'TempName':
        return this.names.temporary(expr.name);
      case 'ArrayLiteral':
        return `[${expr.items.map((item) => this.value(item)).join(', ')}]`;
      case 'ThingLiteral':
        return `{${expr.fields.map(({ name, value }) => `${name.name}: ${this.value(value as Expr)}`).join(', ')}}`;
      case 'ParenExpr':
        return `(${this.value(expr.expr)})`;
      case 'AssignExpr':
        return this.assigned(this.name(expr.target.name), expr.op, expr.value, use);
      case 'TempAssign':
        return this.assigned(this.names.temporary(expr.target.name), expr.op, expr.value, use);
      case 'CallExpr':
        return this.call(expr, use);
      case 'ChainExpr':
        return this.chain(expr, use);
      case 'ArrowLiteral':
        return this.arrow(expr);
      case 'TernaryExpr':
        return `${this.truth(expr.test)} ? ${this.branch(expr.then)} : ${this.branch(expr.else)}`;
      default:
        return this.operation(expr);
    }
  }

  private branch(expr: Expr): string {
    const text = this.value(expr);
    return expr.kind === 'TernaryExpr' ? `(${text})` : text;
  }

  private operation(expr: Expr): string {
    switch (expr.kind) {
      case 'UnaryExpr':
        return '!'.repeat(expr.ops.length) + this.truth(expr.operand);
      case 'BinaryExpr':
        return this.binary(expr);
      case 'IntDivExpr':
        return `int(${this.operand(expr.left)} / ${this.operand(expr.right)})`;
      case 'LogicalExpr':
        return this.logical(expr);
      default:
        throw new Error(`no node of the dialect: ${expr.kind}`);
    }
  }

  protected name(name: string): string {
    return this.params.includes(name) ? this.names.parameter(name) : (this.constant(name) ?? `.${name}`);
  }

  /** A name of the root's language; undefined in a script for a collection. */
  protected abstract constant(name: string): string | undefined;

  protected knownConstant(name: string): string | undefined {
    return CONSTANTS.get(name);
  }

  private binary({ op, left, right, start, end }: BinaryExpr): string {
    if (op === '/') return this.quotient(left, right);
    const isArray = left.kind === 'ArrayLiteral' || right.kind === 'ArrayLiteral';
    const mark = (op === '==' || op === '!=') && isArray ? this.mark({ start, end }, 'arrays are compared by what is in them') : '';
    return `${mark}${this.operand(left)} ${op} ${this.operand(right)}`;
  }

  /** A quotient that is a float for ints, too. */
  private quotient(left: Expr, right: Expr): string {
    const first = this.operand(left);
    if (left.kind === 'FloatLiteral') return `${first} / ${this.operand(right)}`;
    if (isPlainInt(left)) return `${first}.0 / ${this.operand(right)}`;
    if (right.kind === 'FloatLiteral') return `${first} / ${this.operand(right)}`;
    if (isPlainInt(right)) return `${first} / ${this.operand(right)}.0`;
    return `${first} * 1.0 / ${this.operand(right)}`;
  }

  /** The value is the operand that decides, and a thing counts as true when it is empty, too. */
  private logical({ op, left, right }: LogicalExpr): string {
    if (isNoThing(left)) return `${this.operand(left)} ${op} ${this.operand(right)}`;
    const first = this.truth(left);
    if (!isSimple(left)) return `${first} ${op} ${this.operand(right)}`;
    const value = this.operand(left);
    const second = this.operand(right);
    return op === '&&' ? `(${first} ? ${second} : ${value})` : `(${first} ? ${value} : ${second})`;
  }

  /** A condition. */
  protected truth(expr: Expr): string {
    if (expr.kind === 'ParenExpr') {
      const text = this.comments.before(expr.start) + this.truth(expr.expr);
      return text.startsWith('(') && text.endsWith(')') && !isLoose(expr.expr) ? text : `(${text})`;
    }
    if (expr.kind === 'LogicalExpr') return `${this.truth(expr.left)} ${expr.op} ${this.truth(expr.right)}`;
    const text = this.operand(expr);
    if (isNoThing(expr)) return text;
    if (expr.kind === 'ThingLiteral') return `is_thing${text}`;
    if (isSimple(expr)) return `(is_thing(${text}) || ${text})`;
    return `${this.mark(expr, 'an empty thing counted as true here')}${text}`;
  }

  private arrow({ params, body }: ArrowLiteral): string {
    return this.within(params, () => this.value(body));
  }

  /** A closure whose value is a condition. */
  protected condition(expr: Expr): string {
    if (expr.kind !== 'ArrowLiteral') return this.value(expr);
    return this.comments.before(expr.start) + this.within(expr.params, () => this.truth(expr.body));
  }

  private within(params: ArrowLiteral['params'], body: () => string): string {
    const { length } = this.params;
    this.params.push(...params.map(({ name }) => name));
    const text = `|${params.map(({ name }) => this.names.parameter(name)).join(', ')}| ${body()}`;
    this.params.length = length;
    return text;
  }

  /** An assignment, whose value is nil. */
  private assigned(target: string, op: AssignOp, value: Expr, use: Use): string {
    return valued(this.assignment(target, op, value), use);
  }

  private assignment(target: string, op: AssignOp, value: Expr): string {
    const text = this.value(value);
    if (op === '//=') return `${target} = int(${target} / ${grouped(value, text)})`;
    if (op !== '/=' || value.kind === 'FloatLiteral') return `${target} ${op} ${text}`;
    if (isPlainInt(value)) return `${target} /= ${text}.0`;
    return `${target} = ${target} * 1.0 / ${grouped(value, text)}`;
  }

  // --- chains ---

  private chain({ base, links }: ChainExpr, use: Use): string {
    let receiver = base as Expr;
    let text = this.operand(receiver);
    links.forEach((link, i) => {
      const isLast = i === links.length - 1;
      const before = text;
      // A point would be a part of the number.
      const space = receiver.kind === 'IntLiteral' || receiver.kind === 'FloatLiteral' ? ' ' : '';
      if (link.kind === 'PropertyLink') text = `${before}${space}.${link.name.name}`;
      else if (link.kind === 'IndexLink') text = this.indexed(receiver, before, link.index);
      else if (link.kind === 'MethodLink') text = this.method(receiver, before + space, link, isLast ? use : this.useBefore(links[i + 1]));
      if (link.kind === 'PropertyLink' && link.assign !== null) {
        const { op, value } = link.assign;
        const mark = (op === '/=' || op === '//=') && !isSimple(receiver) ? this.mark(link, 'what is assigned to is evaluated twice') : '';
        text = mark + this.assigned(text, op, value, use);
      }
      if (!isLast && text.startsWith('{')) text = `(${text})`;
      receiver = { kind: 'ChainExpr', base, links: links.slice(0, i + 1), start: (base as Expr).start, end: link.end };
    });
    return text;
  }

  private useBefore(next: ChainExpr['links'][number] | undefined): Use {
    return next?.kind === 'MethodLink' && next.name.name === 'ret' ? 'dropped' : 'kept';
  }

  /** An index of a string gives the byte's value, which only that of a literal can be told from here. */
  private indexed(receiver: Expr, text: string, index: Expr): string {
    const at = index.kind === 'IntLiteral' ? Number(index.value) : 0;
    if (receiver.kind === 'StringLiteral') {
      const code = receiver.value.charCodeAt(at < 0 ? at + receiver.value.length : at);
      if (!Number.isNaN(code)) return String(code);
    }
    return `${text}[${this.value(index)}]`;
  }
}

/** An expression that evaluates to nil when `use` keeps its value. */
export const valued = (text: string, use: Use): string => (use === 'dropped' ? text : `{ ${text}; nil }`);

const grouped = (value: Expr, text: string): string =>
  value.kind === 'TernaryExpr' || value.kind === 'ArrowLiteral' || text.startsWith('{') ? `(${text})` : text;

const isPlainInt = (expr: Expr): boolean => expr.kind === 'IntLiteral' && /^[-+]?\d+$/.test(expr.raw);

const isLoose = (expr: Expr): boolean => expr.kind === 'BinaryExpr' || expr.kind === 'LogicalExpr' || expr.kind === 'IntDivExpr';

/** Whether evaluating twice is the same as once. */
export function isSimple(expr: Expr): boolean {
  if (expr.kind === 'Name' || expr.kind === 'TempName') return true;
  if (expr.kind === 'ParenExpr') return isSimple(expr.expr);
  if (expr.kind !== 'ChainExpr') return false;
  return isSimple(expr.base as Expr) && expr.links.every((l) => l.kind === 'IndexLink' || (l.kind === 'PropertyLink' && l.assign === null));
}

/** Functions that give nil, and may give something else today. */
const GIVES_NIL = new Set(['del', 'rename', 'ret', 'set', 'unset']);

/** Whether nil must be said behind it where its value counts. */
function givesNil(expr: Expr): boolean {
  if (expr.kind === 'AssignExpr' || expr.kind === 'TempAssign') return true;
  if (expr.kind === 'CallExpr') return GIVES_NIL.has(expr.callee.name);
  const last = expr.kind === 'ChainExpr' ? expr.links.at(-1) : undefined;
  return last?.kind === 'PropertyLink' ? last.assign !== null : last?.kind === 'MethodLink' && GIVES_NIL.has(last.name.name);
}

/** Whether the value is surely no thing. */
function isNoThing(expr: Expr): boolean {
  switch (expr.kind) {
    case 'ParenExpr':
      return isNoThing(expr.expr);
    case 'LogicalExpr':
      return isNoThing(expr.left) && isNoThing(expr.right);
    case 'TernaryExpr':
      return isNoThing(expr.then) && isNoThing(expr.else);
    case 'CallExpr':
      return SCALAR.has(expr.callee.name);
    case 'ChainExpr': {
      const last = expr.links.at(-1);
      return last?.kind === 'MethodLink' && SCALAR.has(last.name.name);
    }
    case 'Name':
    case 'TempName':
    case 'ThingLiteral':
      return false;
    default:
      return true;
  }
}
