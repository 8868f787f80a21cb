/** How a flat run of operands and binary operators becomes a tree. */
import type { BinaryOp, Expr } from '../../src/ast/nodes.ts';
import { bindingPower } from '../../src/ast/precedence.ts';

/**
 * The operands and operators that are not yet part of a tree, of all statements that are being parsed: each works above the level at which it
 * started.
 */
export class OperatorStack {
  private readonly values: Expr[] = [];
  private readonly ops: string[] = [];
  private readonly powers: number[] = [];

  /** The number of pending operators: what to hand to `finish`. */
  get level(): number {
    return this.ops.length;
  }

  operand(value: Expr): void {
    this.values.push(value);
  }

  /** Adds an operator, after joining what binds at least as tightly before it. */
  operator(op: string, level: number): void {
    const power = bindingPower(op);
    while (this.ops.length > level && (this.powers[this.powers.length - 1] as number) >= power) this.join();
    this.ops.push(op);
    this.powers.push(power);
  }

  /** Joins all operators above `level` and takes the resulting operand. */
  finish(level: number): Expr {
    while (this.ops.length > level) this.join();
    return this.values.pop() as Expr;
  }

  /** The number of pending operands. */
  get size(): number {
    return this.values.length;
  }

  /** Drops what an error left above `level` operators and `size` operands. */
  cut(level: number, size: number): void {
    if (this.values.length > size) this.values.length = size;
    if (this.ops.length > level) {
      this.ops.length = level;
      this.powers.length = level;
    }
  }

  private join(): void {
    const op = this.ops.pop() as string;
    this.powers.pop();
    const right = this.values.pop() as Expr;
    const left = this.values.pop() as Expr;
    const { start } = left;
    const { end } = right;
    if (op === '&&' || op === '||') this.values.push({ kind: 'LogicalExpr', op, left, right, start, end });
    else if (op === '//') this.values.push({ kind: 'IntDivExpr', left, right, start, end });
    else this.values.push({ kind: 'BinaryExpr', op: op as BinaryOp, left, right, start, end });
  }
}
