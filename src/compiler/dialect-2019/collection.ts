/** Scripts that run in a collection, and arrow functions. */
import type {
  ArrowLiteral,
  AssignExpr,
  AssignOp,
  CallExpr,
  ChainExpr,
  Expr,
  Ident,
  Link,
  MethodLink,
  Span,
  TempAssign,
} from '../../ast/nodes.ts';
import { Op } from '../../bytecode/opcodes.ts';
import type { FunctionFields } from '../../bytecode/program.ts';
import { Effect } from '../../values/closure.ts';
import { PREFIX_2019 } from '../../values/dialect-2019.ts';
import { newLabel } from '../assembler.ts';
import type { Tables } from '../tables.ts';
import { badRequest, Emitter2019 } from './emitter.ts';

/** Methods that make a query a changing one wherever they stand. */
const CHANGING = new Set(['del', 'push', 'rename', 'set', 'splice', 'unset']);

/** Methods during which nothing may be assigned to what they are called on. */
const GOES_THROUGH = new Set(['filter', 'find', 'map']);

export class CollectionCompiler extends Emitter2019 {
  private readonly within: CollectionCompiler | null;
  /** What is being gone through where the code is now, as its text: properties, items of properties, variables. */
  private readonly busy: string[];
  private readonly slots: ReadonlyMap<string, number>;

  constructor(tables: Tables, params: readonly Ident[], outer: CollectionCompiler | null) {
    super(tables, params, outer);
    this.within = outer;
    this.busy = outer === null ? [] : [...outer.busy];
    this.slots = new Map(params.map(({ name }, slot) => [name, slot]));
  }

  /** The code of an arrow function with these parameters. */
  body(arrow: ArrowLiteral): FunctionFields {
    this.probe('enter', arrow);
    this.asm.mark(arrow.body.start);
    this.probe('statement', arrow.body);
    this.expr(arrow.body);
    return this.finish(arrow);
  }

  protected override statement(expr: Expr): void {
    this.expr(expr);
  }

  protected override operand(expr: Expr): void {
    this.expr(expr);
  }

  private expr(expr: Expr): void {
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

  private ownerOf(name: string): CollectionCompiler | null {
    let fc: CollectionCompiler | null = this;
    while (fc !== null && !fc.slots.has(name)) fc = fc.within;
    return fc;
  }

  private arrow(expr: ArrowLiteral): void {
    const index = this.tables.functions.push(null) - 1;
    const inner = new CollectionCompiler(this.tables, expr.params, this);
    this.tables.functions[index] = inner.body(expr);
    this.asm.emit(Op.CLOSURE, index, this.asm.newCache());
  }

  // --- assignments: their value is nil ---

  private assign({ target, op, value, start }: AssignExpr): void {
    const { asm } = this;
    // An argument is a part of what is being gone through.
    if (this.ownerOf(target.name) !== null || this.busy.includes(target.name)) {
      this.refuseAssign(target.name, target);
      return;
    }
    asm.mark(start);
    asm.emit(Op.ROOT);
    this.property(target, op, value);
  }

  /** An assignment to what is being gone through. It is an error when it is reached, and makes the query a changing one. */
  private refuseAssign(path: string, at: Span): void {
    this.asm.mark(at.start);
    this.constant(path);
    if (!path.startsWith('$')) this.note(Effect.COLLECTION, `assignment to \`${path}\``, at);
    this.row('.refuse_assign', 1);
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
    const path = `$${target.name}`;
    if (this.busy.includes(path)) {
      this.refuseAssign(path, target);
      return;
    }
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
    let path = this.pathOf(base as Expr);
    this.expr(base as Expr);
    for (const link of links) {
      this.link(link, path);
      path = path !== null && link.kind === 'PropertyLink' ? `${path}.${link.name.name}` : null;
    }
  }

  /** The text of a property of the root or of a variable; null for anything else. */
  private pathOf(expr: Expr): string | null {
    if (expr.kind === 'Name') return this.ownerOf(expr.name) === null ? expr.name : null;
    return expr.kind === 'TempName' ? `$${expr.name}` : null;
  }

  /** What is chained to what lies on the stack; `path` is the text of that, if it is a property or a variable. */
  private link(link: Link, path: string | null): void {
    const { asm } = this;
    switch (link.kind) {
      case 'PropertyLink':
        if (link.assign === null) this.read(link.name, link.start);
        else if (path !== null && this.busy.includes(`${path}.${link.name.name}`)) {
          asm.emit(Op.POP);
          this.refuseAssign(`${path}.${link.name.name}`, link.name);
        } else this.property(link.name, link.assign.op, link.assign.value);
        break;
      case 'MethodLink':
        this.method(link.name, link, link.start, path);
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

  private method(ident: Ident, { args, trailing }: Pick<MethodLink, 'args' | 'trailing'>, start: number, path: string | null): void {
    const { asm, tables } = this;
    // `get` tells by the comma whether it is asked for an array.
    const name = ident.name === 'get' && (args.length > 1 || trailing === true) ? 'get_all' : ident.name;
    if (CHANGING.has(ident.name)) this.note(Effect.COLLECTION, `\`${ident.name}\``, ident);
    asm.mark(start);
    asm.emit(Op.METHOD, tables.sites.push(PREFIX_2019 + name) - 1, args.length);
    const isBusy = path !== null && GOES_THROUGH.has(ident.name);
    if (isBusy) this.busy.push(path);
    for (const arg of args) this.expr(arg);
    if (isBusy) this.busy.pop();
    asm.mark(start);
    const called = { start, end: args.at(-1)?.end ?? ident.end };
    this.probe('call', called, `.${ident.name}`);
    asm.emit(Op.CALL_METHOD, args.length, undefined, -1 - args.length);
    this.probe('done', called, `.${ident.name}`);
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
      this.method(callee, expr, expr.start, null);
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
    this.probe('call', expr, callee.name);
    this.row(name, args.length);
    this.probe('done', expr, callee.name);
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
}
