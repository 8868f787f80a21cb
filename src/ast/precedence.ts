/** The precedence of binary operators. */
import type { BinaryOp, LogicalExpr } from './nodes.ts';

/** Groups of operators of equal precedence, the tightest first. All associate to the left. The ternary stands below them. */
export const PRECEDENCE: readonly (readonly (BinaryOp | LogicalExpr['op'])[])[] = [
  ['*', '/', '%'],
  ['+', '-'],
  ['<<', '>>'],
  ['&'],
  ['^'],
  ['|'],
  ['<', '>', '==', '!=', '<=', '>='],
  ['&&'],
  ['||'],
];

const powers = new Map<string, number>(PRECEDENCE.flatMap((group, level) => group.map((op) => [op, PRECEDENCE.length - level])));
// The whole division of the 2019 dialect stands with the other one.
powers.set('//', PRECEDENCE.length);

/** How tightly an operator binds: 1 for `||` up to 9 for `*`; 0 for what is no binary operator. */
export const bindingPower = (op: string): number => powers.get(op) ?? 0;
