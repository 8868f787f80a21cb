/** Calls of the 2019 dialect in today's language. */
import type { CallExpr, Expr, Ident, MethodLink, Script, Span } from '../ast/nodes.ts';
import { children } from '../ast/visitor.ts';
import { Expressions, isSimple, type Use, valued } from './expressions.ts';
import { errorsOf, FREE, FUNCTIONS, METHODS, ROOT_FUNCTIONS, ROOT_NOTES } from './names.ts';
import type { Variables } from './variables.ts';

/** What is called with what. */
interface Call {
  readonly name: Ident;
  readonly args: readonly Expr[];
  readonly trailing: boolean;
  readonly at: Span;
}

/** A receiver and how it is written; the collection's root is written as nothing. */
interface Receiver {
  readonly expr: Expr | null;
  readonly text: string;
}

export class Calls extends Expressions {
  /** A script for the root calls functions of the root, which collections do not have. */
  private readonly isRoot: boolean;

  constructor(script: Script, names: Variables) {
    super(script, names);
    this.isRoot = callsRoot(script);
  }

  protected override constant(name: string): string | undefined {
    return this.isRoot ? this.knownConstant(name) : undefined;
  }

  protected override call(expr: CallExpr, use: Use): string {
    const { callee, args, trailing } = expr;
    const call: Call = { name: callee, args, trailing: trailing === true, at: expr };
    if (this.isRoot) return this.rootCall(call, use);
    return FREE.has(callee.name) ? this.free(call) : this.methodCall({ expr: null, text: '' }, call, use);
  }

  protected override method(receiver: Expr | null, text: string, link: MethodLink, use: Use): string {
    return this.methodCall({ expr: receiver, text }, { name: link.name, args: link.args, trailing: link.trailing === true, at: link }, use);
  }

  private list(args: readonly Expr[]): string {
    return args.map((arg) => this.value(arg)).join(', ');
  }

  // --- functions without a receiver ---

  private free(call: Call): string {
    const { name, args, at } = call;
    switch (name.name) {
      case 'blob':
        if (args.length !== 1) return `${this.mark(at, 'takes one number')}blob(${this.list(args)})`;
        return `${this.mark(at, `blobs come as the variable \`${this.names.blobs}\`, a list`)}${this.names.blobs}[${this.list(args)}]`;
      case 'islist':
        return `${this.mark(at, 'an array of things is a list, too')}is_list(${this.list(args)})`;
      case 'str':
        return `${args.some(isContainer) ? this.mark(at, 'arrays and things gave <object>') : ''}str(${this.list(args)})`;
      case 'thing':
        return call.trailing || args.length > 1
          ? `[${args.map((arg) => `thing(${this.value(arg)})`).join(', ')}]`
          : `thing(${this.list(args)})`;
      case 'try':
        return this.tried(call);
      default:
        return `${FUNCTIONS.get(name.name) ?? name.name}(${this.list(args)})`;
    }
  }

  /** `try` gives the error today: the other value takes its place. */
  private tried({ args: [expr, other, ...errors], at }: Call): string {
    if (expr === undefined) return 'try()';
    const { tried } = this.names;
    const value = this.value(expr);
    const calls = errors.map((error) =>
      error.kind === 'StringLiteral' || error.kind === 'IntLiteral' ? errorsOf(plain(error)) : undefined,
    );
    const unknown = calls.includes(undefined) ? this.mark(at, 'an error that cannot be told from here is left out') : '';
    const caught = calls.flatMap((each) => each ?? []);
    const otherwise = other === undefined ? 'nil' : this.operand(other);
    return `${unknown}{ ${tried} = try(${[value, ...caught].join(', ')}); is_err(${tried}) ? ${otherwise} : ${tried} }`;
  }

  // --- methods ---

  private methodCall(receiver: Receiver, call: Call, use: Use): string {
    const { name, args, at } = call;
    const { text, expr } = receiver;
    switch (name.name) {
      case 'ret':
        return this.nothing(receiver, args, use);
      case 'id':
        return expr === null || args.length > 0 ? `${text}.id(${this.list(args)})` : `(${text}.id() || 0)`;
      case 'del':
        return valued(`${text}.del(${this.list(args)})`, use);
      case 'push':
        return this.pushed(receiver, call, use);
      case 'rename':
        return this.renamed(receiver, call, use);
      case 'test':
        return this.tested(receiver, call);
      case 'filter':
      case 'find':
        return this.searched(receiver, call);
      case 'get':
      case 'set':
      case 'hasattr':
      case 'unset':
        return this.attribute(receiver, call, use);
      default: {
        const isOwn = METHODS.has(name.name) || SAME.has(name.name);
        const mark = isOwn ? '' : this.mark(at, `there is no function ${name.name} in the dialect`);
        return `${mark}${text}.${METHODS.get(name.name) ?? name.name}(${this.list(args)})`;
      }
    }
  }

  private nothing({ text, expr }: Receiver, args: readonly Expr[], use: Use): string {
    if (args.length > 0) return `${text}.ret(${this.list(args)})`;
    return expr === null ? 'nil' : valued(text.trimEnd(), use);
  }

  /** Gave the whole array. */
  private pushed({ text, expr }: Receiver, { args, at }: Call, use: Use): string {
    const pushed = `${text}.push(${this.list(args)})`;
    if (use === 'dropped') return pushed;
    if (expr !== null && isSimple(expr)) return `{ ${pushed}; ${text} }`;
    return this.mark(at, '`push` gave the array, and gives its length') + pushed;
  }

  /** Replaced a property of the new name. */
  private renamed({ text, expr }: Receiver, { args, at }: Call, use: Use): string {
    const [from, to] = args;
    const renamed = `${text}.ren(${this.list(args)})`;
    if (args.length !== 2 || from?.kind !== 'StringLiteral' || to?.kind !== 'StringLiteral' || !(expr === null || isSimple(expr)))
      return this.mark(at, '`ren` does not replace a property that is there') + valued(renamed, use);
    if (from.value === to.value) return valued(renamed, use);
    const cleared = `if (${text}.has(${from.raw}) && ${text}.has(${to.raw})) ${text}.del(${to.raw});`;
    return use === 'dropped' ? `{ ${cleared} ${renamed} }` : `{ ${cleared} ${renamed}; nil }`;
  }

  /** The regular expression is the receiver today. */
  private tested({ text, expr }: Receiver, { args }: Call): string {
    const [pattern, ...more] = args;
    if (expr === null || pattern === undefined || more.length > 0) return `${text}.test(${this.list(args)})`;
    return `${this.operand(pattern)}.test(${text.trimEnd()})`;
  }

  private searched({ text, expr }: Receiver, { name, args, at }: Call): string {
    const isThing = expr === null || expr.kind === 'ThingLiteral' || (expr.kind === 'CallExpr' && expr.callee.name === 'thing');
    const mark = name.name === 'find' && isThing ? this.mark(at, 'things have no `find`') : '';
    return `${mark}${text}.${name.name}(${args.map((arg) => this.condition(arg)).join(', ')})`;
  }

  /** Things have no attributes today; properties are nearest. */
  private attribute({ text }: Receiver, { name, args, at }: Call, use: Use): string {
    const mark = this.mark(at, 'there are no attributes, this is a property');
    if (name.name === 'get' && args.length > 1) return `${mark}[${args.map((arg) => `${text}.get(${this.value(arg)})`).join(', ')}]`;
    if (name.name === 'get') return `${mark}${text}.get(${this.list(args)})`;
    if (name.name === 'hasattr') return `${mark}${text}.has(${this.list(args)})`;
    return mark + valued(`${text}.${name.name === 'set' ? 'set' : 'del'}(${this.list(args)})`, use);
  }

  // --- functions of the root ---

  private rootCall({ name, args, at }: Call, use: Use): string {
    const known = ROOT_FUNCTIONS.get(name.name);
    if (known === undefined) return `${this.mark(at, `the root has no function ${name.name}`)}${name.name}(${this.list(args)})`;
    const [today, scope] = known;
    const note = use === 'kept' || !DROPPABLE.has(name.name) ? ROOT_NOTES.get(name.name) : undefined;
    const place = scope === '@node' ? 'runs in the scope @node' : '';
    const remark = [place, note].filter(Boolean).join('; ');
    const mark = remark === '' ? '' : this.mark(at, remark);
    if (name.name === 'new_user' && args.length === 2) {
      const [user, password] = args.map((arg) => this.value(arg));
      return `${mark}{ new_user(${user}); set_password(${user}, ${password}) }`;
    }
    if (name.name === 'grant' || name.name === 'revoke') return mark + this.granted(today, args);
    return `${mark}${today}(${this.list(args)})`;
  }

  private granted(name: string, args: readonly Expr[]): string {
    const texts = args.map((arg, i) => {
      if (i === 0 && arg.kind === 'IntLiteral' && arg.value === 0) return "'@thingsdb'";
      if (i === 0 && arg.kind === 'StringLiteral') return `${arg.raw[0]}//${arg.raw.slice(1)}`;
      const mark = i === 2 && hasNumber(arg) ? this.mark(arg, 'masks have other numbers') : '';
      return mark + this.value(arg);
    });
    return `${name}(${texts.join(', ')})`;
  }
}

/** Methods that are as they were. */
const SAME = new Set(['len', 'lower', 'map', 'splice', 'upper']);
/** Functions whose note is about their answer. */
const DROPPABLE = new Set(['new_collection', 'new_user']);

const plain = (expr: Expr): string | number =>
  expr.kind === 'StringLiteral' ? expr.value : expr.kind === 'IntLiteral' ? Number(expr.value) : '';

const isContainer = (expr: Expr): boolean => expr.kind === 'ArrayLiteral' || expr.kind === 'ThingLiteral' || expr.kind === 'ArrowLiteral';

const hasNumber = (expr: Expr): boolean =>
  expr.kind === 'IntLiteral' || (expr.kind !== 'CallExpr' && children(expr).some((child) => hasNumber(child as Expr)));

function callsRoot({ body }: Script): boolean {
  return body.some((statement) => {
    const isOwn = statement.kind === 'CallExpr' && ROOT_FUNCTIONS.has(statement.callee.name);
    const isName = statement.kind === 'Name' && /^(READ|MODIFY|WATCH|GRANT|FULL)$/.test(statement.name);
    return isOwn || isName;
  });
}
