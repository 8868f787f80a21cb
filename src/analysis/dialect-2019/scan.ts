/** What can be seen of an expression in the 2019 dialect without following it. */
import type { ArrowLiteral, Expr } from '../../ast/nodes.ts';
import { walk } from '../../ast/visitor.ts';
import { CHANGING } from './calls.ts';

/** Whether running an arrow function may change something that is stored, as its text tells. */
export function changes(arrow: ArrowLiteral): boolean {
  let found = false;
  walk(arrow.body, {
    enter: (node) => {
      if (node.kind === 'AssignExpr' || (node.kind === 'PropertyLink' && node.assign !== null)) found = true;
      else if (node.kind === 'MethodLink') found ||= CHANGING.has(node.name.name);
      else if (node.kind === 'CallExpr') found ||= CHANGING.has(node.callee.name);
      return !found;
    },
  });
  return found;
}

/** The variables that are set somewhere in an expression. */
export function tempsSetIn(expr: Expr): Set<string> {
  const names = new Set<string>();
  walk(expr, {
    enter: (node) => {
      if (node.kind === 'TempAssign') names.add(node.target.name);
      return undefined;
    },
  });
  return names;
}
