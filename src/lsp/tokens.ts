/** Colours by meaning, as editors ask for them. */
import { type SemanticTokens, SemanticTokensBuilder, type SemanticTokensLegend } from 'vscode-languageserver';
import type { Document } from './document.ts';
import { type NameKind, namePlaces } from './meanings.ts';

const TYPES: readonly NameKind[] = ['variable', 'parameter', 'property', 'method', 'function', 'class', 'enum', 'enumMember'];
const MODIFIERS = ['readonly', 'defaultLibrary'] as const;

export const LEGEND: SemanticTokensLegend = { tokenTypes: [...TYPES], tokenModifiers: [...MODIFIERS] };

const bit = (name: (typeof MODIFIERS)[number]): number => 1 << MODIFIERS.indexOf(name);

export function semanticTokens(document: Document): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  for (const { span, kind, isBuiltin, isConstant } of namePlaces(document.analysis)) {
    const start = document.positionAt(span.start);
    const stop = document.positionAt(span.end);
    if (stop.line !== start.line) continue;
    const modifiers = (isBuiltin ? bit('defaultLibrary') : 0) | (isConstant ? bit('readonly') : 0);
    builder.push(start.line, start.character, stop.character - start.character, TYPES.indexOf(kind), modifiers);
  }
  return builder.build();
}
