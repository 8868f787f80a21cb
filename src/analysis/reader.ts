/** How scripts of today are read in parts. */

import type { TokenType } from 'chevrotain';
import { tokenize } from '../../grammar/v1/lexer.ts';
import { parseSplit } from '../../grammar/v1/parser.ts';
import { LBrace, OpenString, RBrace, StringText, TemplateEnd, TemplateOpen, TemplateStart, TemplateText } from '../../grammar/v1/tokens.ts';
import type { Reader } from './parts.ts';

/** Braces and templates lead the lexer to other tokens, and back. */
const DEPTHS = new Map([
  [LBrace, 1],
  [TemplateStart, 1],
  [TemplateOpen, 1],
  [RBrace, -1],
  [TemplateEnd, -1],
]);

const TEXTS: ReadonlySet<TokenType> = new Set([StringText, OpenString, TemplateText]);
const OPEN_TEXTS: ReadonlySet<TokenType> = new Set([OpenString, TemplateText, TemplateStart]);

export const reader: Reader = {
  tokenize,
  parse: parseSplit,
  depth: (type) => DEPTHS.get(type) ?? 0,
  isText: (type) => TEXTS.has(type),
  isOpenText: (type) => OPEN_TEXTS.has(type),
};
