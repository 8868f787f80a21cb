import { definition } from '../../src/ast/definition.ts';
import { parseClosure } from './parser.ts';

/** The text of a closure in the fixed layout of definitions, `depth` tabs deep. Throws TiError (-52) for what is no closure. */
export const closureDefinition = (text: string, depth = 0): string => {
  const closure = parseClosure(text);
  return definition(closure, text, depth);
};
