/** What people call the closures of a script: the variable, property, method or procedure that each is made for. */
import type { Node, Script } from './nodes.ts';
import { walk } from './visitor.ts';

/** The name that a node gives to a closure which is one of its parts. */
function givenBy(parent: Node): string | null {
  switch (parent.kind) {
    case 'AssignExpr':
      return parent.target.name;
    case 'TempAssign':
      return `$${parent.target.name}`;
    case 'PropertyLink':
    case 'MethodLink':
    case 'Field':
      return parent.name.name;
    case 'CallExpr': {
      const [first] = parent.args;
      return first?.kind === 'StringLiteral' ? first.value : parent.callee.name;
    }
    default:
      return null;
  }
}

/**
 * Names of closures by the byte offsets at which they start. A closure that is handed to a function or method has the name of that; a procedure its own.
 */
export function closureNames(script: Script): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  walk(script, {
    enter(node, parent) {
      const name = (node.kind === 'ClosureLiteral' || node.kind === 'ArrowLiteral') && parent !== null ? givenBy(parent) : null;
      if (name !== null) names.set(node.start, name);
      return undefined;
    },
  });
  return names;
}
