/** Colours of a text: from its tokens, and from what its names mean. */
import type { IToken } from 'chevrotain';
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

/** In the order of the text; where a name has a meaning, that counts. */
export function colours(source: Source): Coloured[] {
  const { places, given, document, script } = source;
  const found = new Map<number, Coloured>();
  const { tokens } = source.tokens();
  for (const [i, token] of tokens.entries()) {
    const colour =
      colourOf(token) ?? (given.dialect === '2019' && tokens[i + 1]?.image === '(' && hasCategory(token, 'Identifier') ? 'function' : null);
    const { startOffset: start, image } = token;
    if (colour !== null && image !== '') found.set(start, { ...places.mark({ start, end: start + image.length }), colour });
  }
  for (const comment of script.comments) found.set(comment.start, { ...places.mark(comment), colour: 'comment' });
  if (given.dialect === 'v1') {
    for (const { span, kind, isBuiltin, isConstant } of namePlaces(document.analysis)) {
      // Names in strings, such as that of a type in its definition, are strings first.
      if (found.get(span.start - 1)?.colour === 'string') continue;
      const colour = isConstant ? 'constant' : isBuiltin ? 'builtin' : kind;
      found.set(span.start, { ...places.mark(span), colour });
    }
  }
  return [...found.values()].sort((a, b) => a.from - b.from);
}
