/** Variables that are set and never read. */
import type { AssignExpr, Expr, Node } from '../ast/nodes.ts';
import type { Context } from './context.ts';
import type { Names } from './names.ts';

/** The expression whose value the last statement gives, through blocks, parentheses and branches. */
export function lastValues(expr: Expr | undefined, found: Set<Node>): void {
  if (expr === undefined) return;
  found.add(expr);
  if (expr.kind === 'BlockExpr') lastValues(expr.body.at(-1), found);
  else if (expr.kind === 'ParenExpr') lastValues(expr.expr, found);
  else if (expr.kind === 'IfExpr' || expr.kind === 'TernaryExpr') {
    lastValues(expr.then, found);
    lastValues(expr.else ?? undefined, found);
  }
}

/** Whether nothing is done with the value of an assignment. */
function isStatementOf(node: AssignExpr, parent: Node): boolean {
  switch (parent.kind) {
    case 'Script':
    case 'BlockExpr':
      return true;
    case 'IfExpr':
      return parent.test !== node;
    case 'ForExpr':
      return parent.body === node;
    default:
      return false;
  }
}

/** Assignments, and the expressions whose values are what closures give; found node by node. */
export class Assignments {
  readonly found: AssignExpr[] = [];
  readonly results = new Set<Node>();

  enter(node: Node, parent: Node | null): void {
    if (node.kind === 'ClosureLiteral') lastValues(node.body, this.results);
    else if (node.kind === 'AssignExpr' && node.op === '=' && parent !== null && isStatementOf(node, parent)) this.found.push(node);
  }
}

/** An assignment to a variable that is never read, of which nobody wants the value. */
export const isIdle = ({ target }: AssignExpr, { read }: Names): boolean => !read.has(target.name) && !target.name.startsWith('_');

export function tellUnused(cx: Context, { target, value }: AssignExpr): void {
  cx.report('unused-variable', target, `\`${target.name}\` is set but never read`, {
    reason: 'a name that starts with `_` is taken as meant so',
    fix: { title: 'keep the value, without the variable', edits: [{ start: target.start, end: value.start, text: '' }], safe: true },
  });
}
