/** Strings and comments that are open at a place. */
import type { Reader } from './parts.ts';

/** Tokens of both dialects that reach to the end of the text, as nothing closes them. */
const STRING = 'OpenString';
const COMMENT = 'OpenComment';

/**
 * What opens the string or the block comment that a place lies in: a quote, or `/*`; empty for a place in neither. What stands behind the place does not count.
 *
 * @param from a place before it at which the lexer is as at the start of a text
 */
export function openedBefore({ tokenize }: Pick<Reader, 'tokenize'>, source: string, from: number, offset: number): string {
  const last = tokenize(source.slice(from, offset)).tokens.at(-2);
  if (last?.tokenType.name === STRING) return last.image.charAt(0);
  return last?.tokenType.name === COMMENT ? '/*' : '';
}
