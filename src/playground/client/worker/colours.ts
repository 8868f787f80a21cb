/** Colours of a text: from its tokens, and from what its names mean. */
import type { IToken } from 'chevrotain';
import type { Span } from '../../../ast/nodes.ts';
import { Document2019 } from '../../../lsp/dialect-2019/document.ts';
import { occurrences2019 } from '../../../lsp/dialect-2019/names.ts';
import type { Document } from '../../../lsp/document.ts';
import { namePlaces } from '../../../lsp/meanings.ts';
import type { Coloured } from '../messages.ts';
import type { Source } from './source.ts';

const KEYWORDS = new Set(['If', 'Else', 'For', 'In', 'Return', 'Break', 'Continue']);

const hasCategory = ({ tokenType }: IToken, name: string): boolean =>
  tokenType.CATEGORIES?.some((category) => category.name === name) === true;

/** Null for what has the colour of the text. */
function colourOf(token: IToken): string | null {
  const { name } = token.tokenType;
  if (KEYWORDS.has(name)) return 'keyword';
  if (hasCategory(token, 'Constant')) return 'constant';
  if (hasCategory(token, 'Numeric') || name === 'Int' || name === 'Float') return 'number';
  if (name === 'String' || name === 'OpenString' || name.startsWith('Template')) return 'string';
  if (name === 'Regex') return 'regex';
  if (name === 'Temp') return 'variable';
  if (name === 'OpenComment') return 'comment';
  if (hasCategory(token, 'BinaryOperator') || hasCategory(token, 'AssignOperator') || name === 'Bang' || name === 'Arrow')
    return 'operator';
  return null;
}

interface ColouredName {
  readonly span: Span;
  readonly colour: string;
}

const namesOfToday = (document: Document): ColouredName[] =>
  namePlaces(document.analysis).map(({ span, kind, isBuiltin, isConstant }) => ({
    span,
    colour: isConstant ? 'constant' : isBuiltin ? 'builtin' : kind,
  }));

const COLOURS_2019 = { temp: 'variable', param: 'parameter', global: 'property', property: 'property', constant: 'constant' } as const;

const names2019 = (document: Document2019): ColouredName[] =>
  occurrences2019(document.analysis2019).map(({ span, meaning }) => ({
    span,
    colour: meaning.kind !== 'function' ? COLOURS_2019[meaning.kind] : meaning.isMethod ? 'method' : 'builtin',
  }));

/** In the order of the text; where a name has a meaning, that counts. */
export function colours(source: Source): Coloured[] {
  const { places, document, script } = source;
  const found = new Map<number, Coloured>();
  const { tokens } = source.tokens();
  for (const token of tokens) {
    const colour = colourOf(token);
    const { startOffset: start, image } = token;
    if (colour !== null && image !== '') found.set(start, { ...places.mark({ start, end: start + image.length }), colour });
  }
  for (const comment of script.comments) found.set(comment.start, { ...places.mark(comment), colour: 'comment' });
  const names = document instanceof Document2019 ? names2019(document) : namesOfToday(document);
  for (const { span, colour } of names) {
    // Names in strings, such as that of a type in its definition, are strings first.
    if (found.get(span.start - 1)?.colour !== 'string') found.set(span.start, { ...places.mark(span), colour });
  }
  return [...found.values()].sort((a, b) => a.from - b.from);
}
