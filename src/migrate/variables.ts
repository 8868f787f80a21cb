/** Names of variables in the migrated text. */
import type { Expr, Node, Script } from '../ast/nodes.ts';
import { children } from '../ast/visitor.ts';
import { RESERVED } from './names.ts';

export interface Variables {
  /** The name for a parameter of an arrow function. */
  parameter(name: string): string;
  /** How a temporary is written: a variable, or a property of the thing `temps` where an arrow function assigns it, since it must be seen outside. */
  temporary(name: string): string;
  /** The variable that holds temporaries which arrow functions assign; null when there are none. */
  readonly holder: string | null;
  /** The variable that a query takes its blobs from. */
  readonly blobs: string;
  /** The variable that takes what `try` gives. */
  readonly tried: string;
}

interface Found {
  readonly params: Set<string>;
  readonly temps: Set<string>;
  readonly shared: Set<string>;
}

function collect(node: Node, inArrow: boolean, found: Found): void {
  if (node.kind === 'ArrowLiteral') for (const { name } of node.params) found.params.add(name);
  if (node.kind === 'TempName') found.temps.add(node.name);
  if (node.kind === 'TempAssign') {
    found.temps.add(node.target.name);
    if (inArrow) found.shared.add(node.target.name);
  }
  for (const child of children(node)) collect(child, inArrow || node.kind === 'ArrowLiteral', found);
}

/** Chooses names that neither clash nor mean something else. */
export function chooseNames({ body }: Script): Variables {
  const found: Found = { params: new Set(), temps: new Set(), shared: new Set() };
  for (const statement of body as readonly Expr[]) collect(statement, false, found);
  const taken = new Set(RESERVED);
  const fresh = (name: string): string => {
    let free = name;
    while (taken.has(free)) free += '_';
    taken.add(free);
    return free;
  };
  const params = new Map([...found.params].map((name) => [name, fresh(name)]));
  const temps = new Map<string, string>();
  for (const name of found.temps) if (!found.shared.has(name)) temps.set(name, fresh(name));
  const holder = found.shared.size === 0 ? null : fresh('temps');
  for (const name of found.shared) temps.set(name, `${holder}.${name}`);
  return {
    parameter: (name) => params.get(name) ?? name,
    temporary: (name) => temps.get(name) ?? name,
    holder,
    blobs: fresh('blobs'),
    tried: fresh('tried'),
  };
}
