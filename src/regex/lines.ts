/** Line ends, by the convention of a pattern, and words. */

import { codePointAt } from '../utf8.ts';
import type { Newline, RegexOptions } from './ast.ts';
import { inSet, namedSet } from './sets.ts';

/** Length of the line end that begins at a position; 0 when there is none. */
export function lineEndAt(text: string, at: number, newline: Newline, utf: boolean): number {
  const code = text.charCodeAt(at);
  switch (newline) {
    case 'lf':
      return code === 10 ? 1 : 0;
    case 'cr':
      return code === 13 ? 1 : 0;
    case 'nul':
      return code === 0 ? 1 : 0;
    case 'crlf':
      return code === 13 && text.charCodeAt(at + 1) === 10 ? 2 : 0;
    default:
      if (code === 13) return text.charCodeAt(at + 1) === 10 ? 2 : 1;
      if (code === 10) return 1;
      return newline === 'any' ? otherLineEnd(text, at, code, utf) : 0;
  }
}

function otherLineEnd(text: string, at: number, code: number, utf: boolean): number {
  if (code === 11 || code === 12) return 1;
  if (!utf) return code === 0x85 ? 1 : 0;
  if (code === 0xc2) return text.charCodeAt(at + 1) === 0x85 ? 2 : 0;
  if (code !== 0xe2 || text.charCodeAt(at + 1) !== 0x80) return 0;
  const third = text.charCodeAt(at + 2);
  return third === 0xa8 || third === 0xa9 ? 3 : 0;
}

/** Whether a line end stops right before a position. */
export function isAfterLineEnd(text: string, at: number, newline: Newline, utf: boolean): boolean {
  for (let length = 1; length <= 3 && length <= at; length++) {
    if (lineEndAt(text, at - length, newline, utf) === length) return true;
  }
  return false;
}

/** The position of the character before one. */
export function previous(text: string, at: number): number {
  let before = at - 1;
  while (before > 0 && (text.charCodeAt(before) & 0xc0) === 0x80) before--;
  return before;
}

/** Whether the character at a position belongs to a word. */
export function isWordAt(text: string, at: number, { utf, ucp }: RegexOptions): boolean {
  if (at < 0 || at >= text.length) return false;
  const set = namedSet('word', ucp);
  return set !== undefined && inSet(set, utf ? codePointAt(text, at) : text.charCodeAt(at));
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** In bytes; a grapheme may be longer, and is cut then. */
const MAX_GRAPHEME = 256;

/** Length in bytes of the grapheme at a position. */
export function graphemeLength(text: string, at: number, utf: boolean): number {
  const part = text.slice(at, at + MAX_GRAPHEME);
  const decoded = utf ? Buffer.from(part, 'latin1').toString('utf8') : part;
  for (const { segment } of segmenter.segment(decoded)) return Math.min(part.length, utf ? Buffer.byteLength(segment) : segment.length);
  return 0;
}
