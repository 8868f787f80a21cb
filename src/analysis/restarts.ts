/**
 * Where a text that ends within a string or a template is taken up again. A quote that is missing, or one too many, turns all code behind it into text and all
 * text into code. So what is taken for text ends before the first line in it that begins a statement, as far as can be told.
 */
import type { TokenType } from 'chevrotain';
import type { Tokens } from '../../grammar/v1/lexer.ts';

/** What the lexer of a dialect makes of strings and templates. */
export interface TextTokens {
  readonly tokenize: (source: string) => Tokens;
  /** Whether it is text, which may go over several lines. */
  readonly isText: (type: TokenType) => boolean;
  /** Whether a text is open behind it, when it is the last of all. */
  readonly isOpenText: (type: TokenType) => boolean;
}

/** The end of a statement with its line, and the start of another one. */
const BETWEEN = /;[ \t]*\r?\n(?=[A-Za-z_.$])/;
/** Beyond so many, a text is left as it is: each has it read again. */
export const MOST_RESTARTS = 8;

/** Whether a text ends within a string or a template. */
export function endsInText({ isOpenText }: TextTokens, { tokens }: Tokens): boolean {
  const last = tokens.at(-2);
  return last !== undefined && isOpenText(last.tokenType);
}

/** The first place from which a text is read anew; null for none. */
export function restartIn(reader: TextTokens, split: Tokens): number | null {
  if (!endsInText(reader, split)) return null;
  for (const { tokenType, image, startOffset } of split.tokens) {
    const found = reader.isText(tokenType) ? BETWEEN.exec(image) : null;
    if (found !== null) return startOffset + found.index + found[0].length;
  }
  return null;
}

/**
 * Whether a text is read anew from these places.
 *
 * @param isClosed whether it is known that no string or template is open at the end of what stands behind the last of them
 */
export function restartsAre(reader: TextTokens, source: string, places: readonly number[], isClosed: boolean): boolean {
  if (places.length > MOST_RESTARTS) return false;
  const next = (from: number): number | null => restartIn(reader, reader.tokenize(source.slice(from)));
  let from = 0;
  for (const place of places) {
    if (next(from) !== place - from) return false;
    from = place;
  }
  return isClosed || places.length === MOST_RESTARTS || next(from) === null;
}
