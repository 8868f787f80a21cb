/** The tree and the program of a text, with the places in the text that they come from. */
import { nodeLabel } from '../../../ast/dump.ts';
import type { Node } from '../../../ast/nodes.ts';
import { children } from '../../../ast/visitor.ts';
import { disassembleJson, type FunctionListing } from '../../../bytecode/disassemble.ts';
import type { Program } from '../../../bytecode/program.ts';
import { fromBytes } from '../../../lsp/document.ts';
import type { CompiledFunction, Mark, TreeNode } from '../messages.ts';
import type { Source } from './source.ts';

export function treeOf(source: Source): TreeNode {
  const told = (node: Node): TreeNode => ({
    ...source.places.mark(node),
    kind: node.kind,
    label: nodeLabel(node),
    children: [...children(node)].map(told),
  });
  return told(source.script);
}

/** Finds the token that a place of an instruction begins; behind a dot, the name belongs to it. */
function tokenMarks(source: Source): (offset: number) => Mark {
  const { tokens } = source.tokens();
  const ends = new Map(
    tokens.map((token, i) => {
      const { startOffset, image } = /^\.+$/.test(token.image) ? (tokens[i + 1] ?? token) : token;
      return [token.startOffset, startOffset + image.length];
    }),
  );
  return (start) => (start < 0 ? { from: -1, to: -1 } : source.places.mark({ start, end: ends.get(start) ?? start + 1 }));
}

function factsOf({ locals, maxStack, changes }: FunctionListing): string[] {
  const facts = [`stack ${maxStack}`];
  if (locals.length > 0) facts.unshift(`locals ${locals.map(fromBytes).join(' ')}`);
  if (changes.length > 0) facts.push(`changes ${changes.join(', ')}`);
  return facts;
}

/** Instructions without a place have -1 in it. */
export function functionsOf(source: Source, program: Program): CompiledFunction[] {
  const markOf = tokenMarks(source);
  return disassembleJson(program).functions.map((listing) => ({
    title: fromBytes(listing.index === 0 ? listing.title : `function ${listing.index} ${listing.title}`),
    facts: factsOf(listing),
    instructions: listing.instructions.map(({ at, op, operands, label, height }) => ({
      ...markOf(program.functions[listing.index]?.offsetAt(at) ?? -1),
      at,
      op,
      operands: fromBytes(operands),
      label,
      height,
    })),
  }));
}
