/** From source text to tokens. */
import { EOF, type IToken, Lexer } from 'chevrotain';
import type { Comment } from '../../src/ast/nodes.ts';
import { resetSlash } from './slash.ts';
import { modes } from './tokens.ts';

const lexer = new Lexer({ modes, defaultMode: 'code' }, { positionTracking: 'onlyOffset', ensureOptimizations: true });

export interface Tokens {
  /** Ends with a token of type `EOF`. */
  readonly tokens: IToken[];
  readonly comments: readonly Comment[];
  /** The source up to its first NUL byte, where the text ends. */
  readonly text: string;
}

const noComments: readonly Comment[] = [];

/** Splits a source text (a byte string) into tokens. Never fails: bytes that start no token become tokens that no rule accepts. */
export function tokenize(source: string): Tokens {
  const nul = source.indexOf('\0');
  const text = nul < 0 ? source : source.slice(0, nul);
  const { tokens, groups } = lexer.tokenize(text);
  resetSlash();
  tokens.push({ image: '', startOffset: text.length, tokenType: EOF, tokenTypeIdx: EOF.tokenTypeIdx as number });
  const comments = groups.comments as IToken[];
  return { tokens, comments: comments.length === 0 ? noComments : comments.map(toComment), text };
}

function toComment({ image, startOffset }: IToken): Comment {
  return { style: image.charCodeAt(1) === 0x2f ? 'line' : 'block', text: image, start: startOffset, end: startOffset + image.length };
}
