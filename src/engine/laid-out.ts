/** Stored closures for those who watch programs run: in lines, not in the one line in which they are stored. */
import { compactClosure } from '../../grammar/v1/compact.ts';
import { closureDefinition } from '../../grammar/v1/definition.ts';
import { parseClosure } from '../../grammar/v1/parser.ts';
import type { ClosureLiteral } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import type { ClosureTexts } from '../compiler/compile.ts';

export interface LaidOut {
  readonly text: string;
  /** Other forms of the closure and of those inside of it: as they would be without the layout. */
  readonly texts: ClosureTexts;
}

/**
 * A closure in the layout of definitions, from its compact text. It compiles to the same, but for places in the text. Null when a closure inside of it would be stored by another
 * text: the layout puts commas behind the last item of an array, say.
 */
export function laidOut(compact: string): LaidOut | null {
  const text = closureDefinition(compact);
  const before = compactsIn(compact);
  const after = compactsIn(text);
  if (after.length !== before.length || after.some((one, i) => one !== before[i])) return null;
  return {
    text,
    texts: {
      compact: (part) => (part === text ? compact : compactClosure(part)),
      definition: (part) => (part === text ? text : closureDefinition(part)),
    },
  };
}

/** The compact texts of all closures inside of one, in order. */
function compactsIn(text: string): string[] {
  const whole: ClosureLiteral = parseClosure(text);
  const found: string[] = [];
  walk(whole, {
    enter(node) {
      if (node.kind === 'ClosureLiteral' && node !== whole) found.push(compactClosure(text.slice(node.start, node.end)));
      return undefined;
    },
  });
  return found;
}
