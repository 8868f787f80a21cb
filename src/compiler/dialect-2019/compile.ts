/**
 * The 2019 dialect: from its tree to a program for the same machine.
 *
 * What differs from the language of today is done by built-ins whose names begin with `2019:`, which no text of today's language can call: they are rows
 * like all others. The program hands the value of each statement to `2019:result`.
 */
import type {
  ArrowLiteral,
  AssignExpr,
  AssignOp,
  CallExpr,
  ChainExpr,
  Expr,
  Ident,
  Link,
  LogicalExpr,
  MethodLink,
  Script,
  Span,
  TempAssign,
  TernaryExpr,
} from '../ast/nodes.ts';
import { Op } from '../bytecode/opcodes.ts';
import { type FunctionFields, Program } from '../bytecode/program.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { Effect } from '../values/closure.ts';
import { Regex } from '../values/regex.ts';
import type { Value } from '../values/value.ts';
import { Assembler, fitsOperand, newLabel } from './assembler.ts';
import type { Catalog } from './catalog.ts';
import type { ClosureTexts } from './compile.ts';
import { Tables } from './tables.ts';

/** What a query asks: the root of everything, or a collection. */
export type Target2019 = 'root' | 'collection';

/** How names of built-ins of the dialect begin. */
export const PREFIX_2019 = '2019:';

/** Methods that make a query a changing one wherever they stand. */
const CHANGING = new Set(['del', 'push', 'rename', 'set', 'splice', 'unset']);

/**
 * Compiles a query; the values of its statements are what `2019:result` was given. Throws TiError (-52) for what only the compiler can see, and (-53) for
 * what the root does not know.
 */
export function compileScript2019(script: Script, source: string, target: Target2019, catalog: Catalog, texts: ClosureTexts): Program {
  const tables = new Tables(catalog, { scopes: new Map(), free: new Set() });
  tables.functions.push(null);
  const main = new ArrowCompiler(tables, [], null, target);
  main.script(script.body);
  tables.functions[0] = main.finish(script);
  return program(tables, source, texts);
}

/** Compiles an arrow function as a program of its own, whose main function takes its parameters. */
export function compileArrow2019(arrow: ArrowLiteral, source: string, catalog: Catalog, texts: ClosureTexts): Program {
  const tables = new Tables(catalog, { scopes: new Map(), free: new Set() });
  tables.functions.push(null);
  const main = new ArrowCompiler(tables, arrow.params, null, 'collection');
  main.expr(arrow.body);
  tables.functions[0] = main.finish(arrow);
  return program(tables, source, texts);
}

function program(tables: Tables, source: string, texts: ClosureTexts): Program {
  const { constants, names, sites, rows, collection, thingsdb } = tables;
  const functions = tables.functions as FunctionFields[];
  return new Program(
    { source, constants, names, sites, rows, functions, effects: { collection, thingsdb } },
    texts.compact,
    texts.definition,
  );
}

const badRequest = (what: string, at: Span): TiError => {
  const error = new TiError(ErrorCode.BAD_DATA, what);
  error.start = at.start;
  return error;
};

class ArrowCompiler {
  private readonly tables: Tables;
  private readonly outer: ArrowCompiler | null;
  private readonly target: Target2019;
  private readonly asm = new Assembler();
  /** Parameters, then places for values in between, whose names no text can have. */
  private readonly locals: string[];
  private readonly params: readonly Ident[];
  private readonly slots = new Map<string, number>();
  private effects = 0;
  /** Whether an arrow function inside reads a parameter of this one. */
  private seen = false;
  private spare = 0;

  constructor(tables: Tables, params: readonly Ident[], outer: ArrowCompiler | null, target: Target2019) {
    this.tables = tables;
    this.outer = outer;
    this.target = target;
    this.params = params;
    this.locals = params.map(({ name }) => name);
    params.forEach(({ name }, slot) => {
      this.slots.set(name, slot);
    });
  }

  script(body: readonly Expr[]): void {
    for (const statement of body) {
      this.asm.mark(statement.start);
      if (this.target === 'root') this.rootStatement(statement);
      else this.expr(statement);
      this.row('.result', 1);
      this.asm.emit(Op.POP);
    }
    this.asm.emit(Op.NIL);
  }

  finish(owner: Span): FunctionFields {
    this.asm.emit(Op.RETURN);
    return {
      ...this.asm.finish(),
      params: this.params.map(({ name }) => name),
      locals: this.locals,
      effects: this.effects,
      start: owner.start,
      end: owner.end,
      doc: '',
      seen: this.seen,
    };
  }

  /** A call of one of the dialect's own functions on what lies on the stack. */
  private row(name: string, count: number): void {
    this.asm.emit(Op.BUILTIN, this.tables.row(PREFIX_2019 + name), count, 1 - count);
  }

  private note(mask: number, what: string, at: Span): void {
    for (let fc: ArrowCompiler | null = this; fc !== null; fc = fc.outer) fc.effects |= mask;
    this.tables.effect({ mask, notOnVariable: false }, what, at);
  }

  /** A place for a value in between; `free` gives it back. */
  private reserve(): number {
    const slot = this.params.length + this.spare++;
    if (slot === this.locals.length) this.locals.push(` ${slot}`);
    return slot;
  }

  private release(): void {
    this.spare--;
  }

  private constant(value: Value): void {
    const { asm } = this;
    if (value === null) asm.emit(Op.NIL);
    else if (value === true) asm.emit(Op.TRUE);
    else if (value === false) asm.emit(Op.FALSE);
    else if (typeof value === 'number' && fitsOperand(value)) asm.emit(Op.INT, value);
    else asm.emit(Op.CONST, this.tables.constant(value));
  }

  // --- expressions ---

  expr(expr: Expr): void {
    switch (expr.kind) {
      case 'ParenExpr':
        this.expr(expr.expr);
        break;
      case 'Name':
        this.name(expr.name, expr);
        break;
      case 'ChainExpr':
        this.chain(expr);
        break;
      case 'CallExpr':
        this.call(expr);
        break;
      case 'AssignExpr':
        this.assign(expr);
        break;
      case 'TempName':
        this.constant(expr.name);
        this.asm.mark(expr.start);
        this.row('.temp', 1);
        break;
      case 'TempAssign':
        this.tempAssign(expr);
        break;
      case 'ArrowLiteral':
        this.arrow(expr);
        break;
      case 'ArrayLiteral':
        for (const item of expr.items) this.expr(item);
        this.asm.mark(expr.start);
        this.row('.array', expr.items.length);
        break;
      case 'ThingLiteral':
        for (const { value } of expr.fields) {
          this.expr(value as Expr);
          this.row('.own', 1);
        }
        this.asm.mark(expr.start);
        this.asm.emit(Op.THING, this.tables.keys(expr.fields.map((f) => f.name.name)), expr.fields.length, 1 - expr.fields.length);
        this.row('.made', 1);
        break;
      default:
        this.simple(expr);
    }
  }

  /** What the root knows too. */
  private simple(expr: Expr): void {
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

  /** A part of an operation. */
  private operand(expr: Expr): void {
    if (this.target === 'root') this.rootOperand(expr);
    else this.expr(expr);
  }

  private binary(op: string, left: Expr, right: Expr, start: number): void {
    this.operand(left);
    this.operand(right);
    this.asm.mark(start);
    this.row(op, 2);
  }

  /** The value is the operand that decides. */
  private logical({ op, left, right }: LogicalExpr): void {
    const { asm } = this;
    const other = newLabel();
    const end = newLabel();
    const slot = this.reserve();
    this.operand(left);
    asm.emit(Op.STORE, slot);
    this.row('.truth', 1);
    if (op === '||') asm.emit(Op.NOT);
    asm.jumpFalse(other);
    this.operand(right);
    asm.jump(Op.JUMP, end);
    asm.adjust(-1);
    asm.place(other);
    asm.emit(Op.LOAD, slot);
    asm.place(end);
    this.release();
  }

  private ternary({ test, then, else: otherwise }: TernaryExpr): void {
    const { asm } = this;
    const no = newLabel();
    const end = newLabel();
    this.operand(test);
    this.row('.truth', 1);
    asm.jumpFalse(no);
    this.operand(then);
    asm.jump(Op.JUMP, end);
    asm.adjust(-1);
    asm.place(no);
    this.operand(otherwise);
    asm.place(end);
  }

  /** An argument of the nearest arrow function that has it, else a property of the collection's root. */
  private name(name: string, at: Span): void {
    const { asm, tables } = this;
    const owner = this.ownerOf(name);
    asm.mark(at.start);
    if (owner === this) asm.emit(Op.LOAD_SET, this.slots.get(name) as number);
    else if (owner !== null) {
      owner.seen = true;
      asm.emit(Op.LOAD_NAME, tables.name(name), asm.newCache());
    } else {
      asm.emit(Op.ROOT);
      asm.emit(Op.GET_PROP, tables.name(name), asm.newCache());
    }
  }

  private ownerOf(name: string): ArrowCompiler | null {
    let fc: ArrowCompiler | null = this;
    while (fc !== null && !fc.slots.has(name)) fc = fc.outer;
    return fc;
  }

  private arrow(expr: ArrowLiteral): void {
    const index = this.tables.functions.push(null) - 1;
    const inner = new ArrowCompiler(this.tables, expr.params, this, this.target);
    inner.expr(expr.body);
    this.tables.functions[index] = inner.finish(expr);
    this.asm.emit(Op.CLOSURE, index, this.asm.newCache());
  }

  // --- assignments: their value is nil ---

  private assign({ target, op, value, start }: AssignExpr): void {
    const { asm } = this;
    if (this.ownerOf(target.name) !== null) {
      // An argument is what is being gone through, which nothing may change.
      asm.mark(start);
      this.constant(target.name);
      this.note(Effect.COLLECTION, `assignment to \`${target.name}\``, target);
      this.row('.assign_argument', 1);
      return;
    }
    asm.mark(start);
    asm.emit(Op.ROOT);
    this.property(target, op, value);
  }

  /** Assigns to a property of what lies on the stack. */
  private property(name: Ident, op: AssignOp, value: Expr): void {
    const { asm } = this;
    this.note(Effect.COLLECTION, `assignment to the property \`${name.name}\``, name);
    if (op === '=') {
      this.constant(name.name);
      this.expr(value);
    } else {
      const slot = this.reserve();
      asm.emit(Op.STORE, slot);
      this.constant(name.name);
      asm.emit(Op.LOAD, slot);
      this.read(name, name.start);
      this.expr(value);
      asm.mark(name.start);
      this.row(op.slice(0, -1), 2);
      this.release();
    }
    asm.mark(name.start);
    this.row('.assign', 3);
  }

  /** Reads a property of what lies on the stack. */
  private read(name: Ident, start: number): void {
    this.asm.mark(start);
    this.row('.owner', 1);
    this.asm.emit(Op.GET_PROP, this.tables.name(name.name), this.asm.newCache());
  }

  private tempAssign({ target, op, value, start }: TempAssign): void {
    const { asm } = this;
    this.constant(target.name);
    if (op !== '=') {
      this.constant(target.name);
      asm.mark(start);
      this.row('.temp', 1);
    }
    this.expr(value);
    asm.mark(start);
    if (op !== '=') this.row(op.slice(0, -1), 2);
    this.row('.set_temp', 2);
  }

  // --- chains and calls ---

  private chain({ base, links }: ChainExpr): void {
    this.expr(base as Expr);
    for (const link of links) this.link(link);
  }

  private link(link: Link): void {
    const { asm } = this;
    switch (link.kind) {
      case 'PropertyLink':
        if (link.assign !== null) this.property(link.name, link.assign.op, link.assign.value);
        else this.read(link.name, link.start);
        break;
      case 'MethodLink':
        this.method(link.name, link, link.start);
        break;
      case 'IndexLink':
        this.expr(link.index);
        asm.mark(link.start);
        this.row('.index', 2);
        break;
      case 'SliceLink':
        throw badRequest('the dialect has no slices', link);
    }
  }

  private method(ident: Ident, { args, trailing }: Pick<MethodLink, 'args' | 'trailing'>, start: number): void {
    const { asm, tables } = this;
    // `get` tells by the comma whether it is asked for an array.
    const name = ident.name === 'get' && (args.length > 1 || trailing === true) ? 'get_all' : ident.name;
    if (CHANGING.has(ident.name)) this.note(Effect.COLLECTION, `\`${ident.name}\``, ident);
    asm.mark(start);
    asm.emit(Op.METHOD, tables.sites.push(PREFIX_2019 + name) - 1, args.length);
    for (const arg of args) this.expr(arg);
    asm.mark(start);
    asm.emit(Op.CALL_METHOD, args.length, undefined, -1 - args.length);
  }

  private call(expr: CallExpr): void {
    const { asm } = this;
    const { callee, args } = expr;
    // Several ids, or a comma behind one, ask for an array of things.
    const name = callee.name === 'thing' && (args.length > 1 || expr.trailing === true) ? 'things' : callee.name;
    const info = this.tables.catalog.functionInfo(PREFIX_2019 + name);
    if (info === undefined || (info.scopes & 1) === 0) {
      asm.mark(expr.start);
      asm.emit(Op.ROOT);
      this.method(callee, expr, expr.start);
      return;
    }
    asm.emit(Op.SCOPE_TEST, this.tables.row(PREFIX_2019 + name));
    if (!this.counted(expr, name)) return;
    if (name === 'try') {
      this.tried(expr);
      return;
    }
    for (const arg of args) this.expr(arg);
    asm.mark(expr.start);
    this.row(name, args.length);
  }

  /** Whether the number of arguments is right; where it is not, the call is an error when it is reached. */
  private counted({ args, start }: CallExpr, name: string): boolean {
    const info = this.tables.catalog.functionInfo(PREFIX_2019 + name);
    if (info === undefined || (args.length >= info.min && (info.max < 0 || args.length <= info.max))) return true;
    this.asm.mark(start);
    this.asm.emit(Op.THROW_ARGC, this.tables.row(PREFIX_2019 + name), args.length);
    return false;
  }

  /** What follows the first argument is only evaluated when that fails, in the order in which it is written. */
  private tried({ args, start }: CallExpr): void {
    const { asm } = this;
    const [tried, ...rest] = args as [Expr, ...Expr[]];
    const handler = newLabel();
    const end = newLabel();
    asm.jump(Op.TRY, handler);
    this.expr(tried);
    asm.emit(Op.END_TRY);
    asm.jump(Op.JUMP, end);
    asm.place(handler);
    for (const arg of rest) this.expr(arg);
    asm.mark(start);
    this.row('try', args.length);
    asm.place(end);
  }

  // --- the root: literals, operations and its own functions ---

  private rootStatement(expr: Expr): void {
    if (expr.kind === 'CallExpr') this.rootCall(expr);
    else this.rootOperand(expr);
  }

  private rootOperand(expr: Expr): void {
    switch (expr.kind) {
      case 'ParenExpr':
        this.rootOperand(expr.expr);
        break;
      case 'Name':
        this.constant(expr.name);
        this.asm.mark(expr.start);
        this.row('.constant', 1);
        break;
      case 'CallExpr':
        throw badRequest(`\`${expr.callee.name}\` cannot be a part of something else: the root knows functions as statements only`, expr);
      case 'ArrayLiteral':
      case 'ThingLiteral':
      case 'ArrowLiteral':
      case 'AssignExpr':
      case 'ChainExpr':
      case 'TempName':
      case 'TempAssign':
        throw badRequest(
          'the root knows literals, operations and functions; things, arrays, properties and variables are in collections',
          expr,
        );
      default:
        this.simple(expr);
    }
  }

  private rootCall(expr: CallExpr): void {
    const { asm, tables } = this;
    const { name } = expr.callee;
    const info = tables.catalog.functionInfo(PREFIX_2019 + name);
    asm.mark(expr.start);
    if (info === undefined || (info.scopes & 2) === 0) {
      this.constant(name);
      this.row('.no_function', 1);
      return;
    }
    if (info.effect !== null) this.note(info.effect.mask, `\`${name}\``, expr);
    asm.emit(Op.SCOPE_TEST, tables.row(PREFIX_2019 + name));
    if (!this.counted(expr, name)) return;
    for (const arg of expr.args) this.rootOperand(arg);
    asm.mark(expr.start);
    this.row(name, expr.args.length);
  }
}
