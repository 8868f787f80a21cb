/** How scripts of today are read in parts. */
import { tokenize } from '../../grammar/v1/lexer.ts';
import { parseSplit } from '../../grammar/v1/parser.ts';
import { LBrace, RBrace, TemplateEnd, TemplateOpen, TemplateStart } from '../../grammar/v1/tokens.ts';
import type { Reader } from './parts.ts';

/** Braces and templates lead the lexer to other tokens, and back. */
const DEPTHS = new Map([
  [LBrace, 1],
  [TemplateStart, 1],
  [TemplateOpen, 1],
  [RBrace, -1],
  [TemplateEnd, -1],
]);

export const reader: Reader = { tokenize, parse: parseSplit, depth: (type) => DEPTHS.get(type) ?? 0 };
