/**
 * A text in sections. There is one as a rule. Where a brace is never closed, what stands behind it would all be read as its content: it ends its section, and
 * the next begins with the first statement behind it at the start of a line, so that one brace that is missing makes one error, and not another script.
 */
import { EOF, type IToken, type TokenType } from 'chevrotain';
import type { Tokens } from '../../grammar/v1/lexer.ts';
import type { Diagnostic } from '../ast/diagnostic.ts';
import { ErrorCode } from '../errors.ts';

/** How many levels a token leads the lexer into what it must come out of before it is as at the start of a text; negative for one that leads out. */
export type Depth = (type: TokenType) => number;

export interface Section {
  /** The text up to its end; the tokens are its own. */
  readonly split: Tokens;
  /** Something that is opened in it and never closed, the innermost; null when all is. */
  readonly open: IToken | null;
  /** Whether the section ends before the text does. */
  readonly isCut: boolean;
  readonly isLast: boolean;
  /** Where something is closed that nothing opens. */
  readonly strays: readonly number[];
}

interface Opening {
  readonly token: IToken;
  /** The index of the first token behind it, with nothing open that is closed later, that a section may begin with. */
  restart: number;
}

const CLOSING = new Set([')', ']', '}']);

/** Whether a statement begins there at the start of a line. */
function restarts(text: string, before: IToken | undefined, { startOffset, image }: IToken): boolean {
  return before?.image === ';' && text.charCodeAt(startOffset - 1) === 0x0a && !CLOSING.has(image);
}

/** What is never closed, and where something is closed that nothing opens. */
function unmatched({ tokens, text }: Tokens, depth: Depth): { readonly openings: readonly Opening[]; readonly strays: readonly number[] } {
  const open: Opening[] = [];
  const strays: number[] = [];
  for (const [i, token] of tokens.entries()) {
    const innermost = open.at(-1);
    if (innermost !== undefined && innermost.restart < 0 && token.tokenType !== EOF && restarts(text, tokens[i - 1], token))
      innermost.restart = i;
    const by = depth(token.tokenType);
    if (by > 0) open.push({ token, restart: -1 });
    else if (by < 0 && open.pop() === undefined) strays.push(token.startOffset);
  }
  return { openings: open, strays };
}

/** `isCut`: it is the beginning of a text only. */
export function sectionsOf(split: Tokens, depth: Depth, isCut: boolean): Section[] {
  const { tokens, comments, text } = split;
  const { openings, strays } = unmatched(split, depth);
  const sections: Section[] = [];
  let from = 0;
  let next = 0;
  const add = (to: number, open: IToken | null): void => {
    const end = tokens[to] as IToken;
    const isWhole = from === 0 && end.tokenType === EOF;
    const last: IToken = { image: '', startOffset: end.startOffset, tokenType: EOF, tokenTypeIdx: EOF.tokenTypeIdx as number };
    const own = isWhole ? tokens : [...tokens.slice(from, to), last];
    const start = (tokens[from] as IToken).startOffset;
    sections.push({
      split: { tokens: own, comments, text: text.slice(0, end.startOffset) },
      open,
      isCut: isCut || end.tokenType !== EOF,
      isLast: end.tokenType === EOF,
      strays: strays.filter((at) => at >= start && at < end.startOffset),
    });
    from = to;
  };
  while (next < openings.length) {
    let to = Number.POSITIVE_INFINITY;
    let end = next;
    for (; end < openings.length && (openings[end] as Opening).token.startOffset < offsetOf(tokens, to); end++) {
      const { restart } = openings[end] as Opening;
      if (restart >= 0) to = Math.min(to, restart);
    }
    add(Number.isFinite(to) ? to : tokens.length - 1, (openings[end - 1] as Opening).token);
    next = end;
  }
  if (openings.length === 0 || sections.at(-1)?.isLast === false) add(tokens.length - 1, null);
  return sections;
}

const offsetOf = (tokens: readonly IToken[], index: number): number => tokens[index]?.startOffset ?? Number.POSITIVE_INFINITY;

const noted = (start: number, length: number, message: string): Diagnostic => {
  return { code: ErrorCode.SYNTAX, severity: 'error', message, start, end: start + length };
};

/** What is told of what is not closed, in place of an end of the text that is none. */
export function diagnosticsIn(
  { split: { tokens, text }, open, isCut }: Section,
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  if (!isCut) return diagnostics;
  const before = diagnostics.filter(({ start }) => start < text.length);
  const last = tokens.at(-2);
  // Of a string that is open, the parser tells.
  const isTold = open === null || (last?.tokenType.name === 'OpenString' && before.length > 0);
  if (isTold && before.length > 0) return before;
  const { startOffset, image } = open ?? (last as IToken);
  const own = noted(
    startOffset,
    1,
    open === null ? 'a string is not closed' : image === '`' ? 'the template is not closed' : `\`${image}\` is not closed`,
  );
  return [...before.filter(({ start }) => start !== startOffset), own].sort((a, b) => a.start - b.start);
}
