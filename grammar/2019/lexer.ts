/** From source text in the 2019 dialect to tokens. */
import { EOF, type IToken, Lexer } from 'chevrotain';
import type { Comment } from '../../src/ast/nodes.ts';
import type { Tokens } from '../v1/lexer.ts';
import { vocabulary } from './tokens.ts';

const lexer = new Lexer(vocabulary, { positionTracking: 'onlyOffset', ensureOptimizations: true, skipValidations: true });

/** Splits a source text (a byte string) into tokens. Never fails: bytes that start no token become tokens that no rule accepts. */
export function tokenize(source: string): Tokens {
  const nul = source.indexOf('\0');
  const text = nul < 0 ? source : source.slice(0, nul);
  const { tokens, groups } = lexer.tokenize(text);
  tokens.push({ image: '', startOffset: text.length, tokenType: EOF, tokenTypeIdx: EOF.tokenTypeIdx as number });
  return { tokens, comments: (groups.comments as IToken[]).map(toComment), text };
}

function toComment({ image, startOffset }: IToken): Comment {
  return { style: 'block', text: image, start: startOffset, end: startOffset + image.length };
}
