/** Scripts that run in the root: literals, operations, and its own functions as statements. */
import type { CallExpr, Expr, Span } from '../../ast/nodes.ts';
import { Op } from '../../bytecode/opcodes.ts';
import { PREFIX_2019 } from '../../values/dialect-2019.ts';
import { Emitter2019 } from './emitter.ts';

export class RootCompiler extends Emitter2019 {
  protected override statement(expr: Expr): void {
    if (expr.kind === 'CallExpr') this.call(expr);
    else this.operand(expr);
  }

  protected override operand(expr: Expr): void {
    switch (expr.kind) {
      case 'ParenExpr':
        this.operand(expr.expr);
        break;
      case 'Name':
        this.constant(expr.name);
        this.asm.mark(expr.start);
        this.row('.constant', 1);
        break;
      case 'CallExpr':
        this.noteCall(expr);
        this.refuse(`\`${expr.callee.name}\` cannot be a part of something else: the root knows functions as statements only`, expr);
        break;
      case 'ArrayLiteral':
      case 'ThingLiteral':
      case 'ArrowLiteral':
      case 'AssignExpr':
      case 'ChainExpr':
      case 'TempName':
      case 'TempAssign':
        this.refuse('the root knows literals, operations and functions; things, arrays, properties and variables are in collections', expr);
        break;
      default:
        this.simple(expr);
    }
  }

  /** An error when it is reached: what statements before it did stays. */
  private refuse(why: string, at: Span): void {
    this.constant(why);
    this.asm.mark(at.start);
    this.row('.refuse', 1);
  }

  private noteCall(expr: CallExpr): void {
    const { name } = expr.callee;
    const effect = this.tables.catalog.functionInfo(PREFIX_2019 + name)?.effect ?? null;
    if (effect !== null) this.note(effect.mask, `\`${name}\``, expr);
  }

  private call(expr: CallExpr): void {
    const { asm, tables } = this;
    const { name } = expr.callee;
    const info = tables.catalog.functionInfo(PREFIX_2019 + name);
    asm.mark(expr.start);
    if (info === undefined || (info.scopes & 2) === 0) {
      this.constant(name);
      this.row('.no_function', 1);
      return;
    }
    this.noteCall(expr);
    asm.emit(Op.SCOPE_TEST, tables.row(PREFIX_2019 + name));
    if (!this.counted(expr, name)) return;
    for (const arg of expr.args) this.operand(arg);
    asm.mark(expr.start);
    this.probe('call', expr, name);
    this.row(name, expr.args.length);
    this.probe('done', expr, name);
  }
}
