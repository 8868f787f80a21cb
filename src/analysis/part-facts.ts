/** What is known of a part of a script by itself. */
import type { AssignExpr, CallExpr, Expr, Node, Script } from '../ast/nodes.ts';
import { collectNames, type PartNames, type Places } from './names.ts';
import { type OrderEvent, orderOf } from './order.ts';
import { DefiningNodes } from './schema-script.ts';
import { Assignments } from './variables.ts';

export interface PartFacts {
  /** Where the part started when its names were found. */
  readonly start: number;
  readonly names: PartNames;
  /** Calls that define something, or change what is defined. */
  readonly definitions: readonly CallExpr[];
  /** Whether something is turned into a plain thing. */
  readonly converts: boolean;
  /** Names of properties, and strings that may be such. */
  readonly properties: ReadonlySet<string>;
  /** Assignments with whose values nothing is done. */
  readonly assignments: readonly AssignExpr[];
  /** The expressions whose values closures give. */
  readonly results: ReadonlySet<Node>;
  /** What it uses and defines. */
  readonly order: readonly OrderEvent[];
}

export function factsOf(whole: Script, body: readonly Expr[], start: number, places: Places): PartFacts {
  const defining = new DefiningNodes();
  const assignments = new Assignments();
  const properties = new Set<string>();
  const names = collectNames(whole, body, places, (node, parent) => {
    defining.enter(node);
    assignments.enter(node, parent);
    if (node.kind === 'Field' || node.kind === 'PropertyLink') properties.add(node.name.name);
    else if (node.kind === 'StringLiteral') properties.add(node.value);
  });
  const { calls: definitions, converts } = defining;
  return {
    start,
    names,
    definitions,
    converts,
    properties,
    assignments: assignments.found,
    results: assignments.results,
    order: orderOf(body),
  };
}
