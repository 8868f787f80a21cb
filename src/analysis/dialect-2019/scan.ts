/** What can be seen of a script in the 2019 dialect without following it. */
import type { ArrowLiteral, CallExpr, Expr, Script, TempAssign, TempName } from '../../ast/nodes.ts';
import { walk } from '../../ast/visitor.ts';
import { CHANGING, called } from './calls.ts';

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

/** All places of the variables of a script, by their names. */
export interface Temps {
  readonly set: ReadonlyMap<string, readonly TempAssign[]>;
  readonly read: ReadonlyMap<string, readonly TempName[]>;
}

export function tempsOf(script: Script): Temps {
  const set = new Map<string, TempAssign[]>();
  const read = new Map<string, TempName[]>();
  const add = <T>(map: Map<string, T[]>, name: string, node: T): void => {
    const nodes = map.get(name);
    if (nodes === undefined) map.set(name, [node]);
    else nodes.push(node);
  };
  walk(script, {
    enter: (node) => {
      if (node.kind === 'TempAssign') add(set, node.target.name, node);
      else if (node.kind === 'TempName') add(read, node.name, node);
      return undefined;
    },
  });
  return { set, read };
}

const isRootCall = ({ callee }: CallExpr): boolean => called.get(callee.name)?.isOfRoot === true;

/** The first call of a function of the root, and whether there is something that only collections have. */
export function placesOf(script: Script): { readonly root: CallExpr | null; readonly collection: boolean } {
  let root: CallExpr | null = null;
  let collection = false;
  walk(script, {
    enter: (node) => {
      if (node.kind === 'CallExpr') {
        if (isRootCall(node)) root ??= node;
        else if (called.has(node.callee.name)) collection = true;
      } else if (/^(?:Temp|Array|Thing|Arrow|Assign|Chain)/.test(node.kind)) collection = true;
      return undefined;
    },
  });
  return { root, collection };
}
