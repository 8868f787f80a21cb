/** Colours by meaning: what a grammar for colours alone cannot tell, such as a parameter from a variable. */
import { type SemanticTokens, SemanticTokensBuilder, type SemanticTokensLegend } from 'vscode-languageserver';
import type { Analysis } from '../analysis/analyze.ts';
import { constant } from '../builtins/library.ts';
import type { Document } from './document.ts';
import { type Occurrence, occurrences } from './symbols.ts';

const TYPES = ['variable', 'parameter', 'property', 'method', 'function', 'class', 'enum', 'enumMember'] as const;
const MODIFIERS = ['readonly', 'defaultLibrary'] as const;

export const LEGEND: SemanticTokensLegend = { tokenTypes: [...TYPES], tokenModifiers: [...MODIFIERS] };

const bit = (name: (typeof MODIFIERS)[number]): number => 1 << MODIFIERS.indexOf(name);

function typeOf({ schema }: Analysis, { meaning }: Occurrence): (typeof TYPES)[number] {
  switch (meaning.kind) {
    case 'variable': {
      const { owner } = meaning;
      return owner?.kind === 'ClosureLiteral' && owner.params.some(({ name }) => name === meaning.name) ? 'parameter' : 'variable';
    }
    case 'function':
    case 'procedure':
      return 'function';
    case 'schema':
      return schema.enums.has(meaning.name) ? 'enum' : 'class';
    case 'part':
      if (schema.enums.get(meaning.of)?.members.has(meaning.name) === true) return 'enumMember';
      return schema.types.get(meaning.of)?.methods.has(meaning.name) === true ? 'method' : 'property';
    default:
      return meaning.kind;
  }
}

function modifiersOf({ meaning }: Occurrence): number {
  if (meaning.kind === 'function') return bit('defaultLibrary');
  return meaning.kind === 'variable' && meaning.owner === null && constant(meaning.name) !== undefined
    ? bit('readonly') | bit('defaultLibrary')
    : 0;
}

export function semanticTokens(document: Document): SemanticTokens {
  const { analysis } = document;
  const builder = new SemanticTokensBuilder();
  let end = -1;
  for (const occurrence of occurrences(analysis).toSorted((a, b) => a.span.start - b.span.start)) {
    const { span } = occurrence;
    if (span.start < end || span.end <= span.start) continue;
    end = span.end;
    const start = document.positionAt(span.start);
    const stop = document.positionAt(span.end);
    if (stop.line !== start.line) continue;
    const type = TYPES.indexOf(typeOf(analysis, occurrence));
    builder.push(start.line, start.character, stop.character - start.character, type, modifiersOf(occurrence));
  }
  return builder.build();
}
