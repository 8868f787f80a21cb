/**
 * Scanners of the tokens that a regular expression matches badly: long strings and templates would fill its backtracking stack, an
 * unclosed comment would be searched for again and again, and a `/` needs to know what stands before it.
 */
import type { CustomPatternMatcherFunc, CustomPatternMatcherReturn } from 'chevrotain';
import { operandExpected } from './slash.ts';

type Match = CustomPatternMatcherReturn | null;

const match = (text: string, start: number, end: number): Match => [text.slice(start, end)] as CustomPatternMatcherReturn;

const QUOTE = 0x27;
const SLASH = 0x2f;
const STAR = 0x2a;
const BACKSLASH = 0x5c;
const BACKTICK = 0x60;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const NEWLINE = 0x0a;

/** A string with its quotes; a doubled quote stands for one and does not end it. */
export const matchString: CustomPatternMatcherFunc = (text, offset): Match => {
  const code = text.charCodeAt(offset);
  const quote = code === QUOTE ? "'" : '"';
  let end = offset;
  do {
    const close = text.indexOf(quote, end + 1);
    if (close < 0) return null;
    end = close + 1;
  } while (text.charCodeAt(end) === code);
  return match(text, offset, end);
};

/** The offset behind a block comment that starts at `offset`, or -1. */
function blockCommentEnd(text: string, offset: number): number {
  if (unclosed.text === text && offset >= unclosed.from) return -1;
  const close = text.indexOf('*/', offset + 2);
  if (close >= 0) return close + 2;
  unclosed = { text, from: offset };
  return -1;
}

/** Where the last search for the end of a comment failed: none that starts later has one either. */
let unclosed = { text: '', from: 0 };

export const matchBlockComment: CustomPatternMatcherFunc = (text, offset): Match => {
  if (text.charCodeAt(offset + 1) !== STAR) return null;
  const end = blockCommentEnd(text, offset);
  return end < 0 ? null : match(text, offset, end);
};

const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a;

/**
 * `/pattern/flags` on one line, where an operand may stand. The pattern ends at the first slash without a backslash before it, or, when the line has
 * none, at its last slash.
 */
export const matchRegex: CustomPatternMatcherFunc = (text, offset, tokens): Match => {
  if (!operandExpected(tokens)) return null;
  let escaped = -1;
  for (let i = offset + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === NEWLINE) break;
    if (code !== SLASH) continue;
    if (text.charCodeAt(i - 1) !== BACKSLASH || i === offset + 1) return match(text, offset, flagsEnd(text, i + 1));
    escaped = i;
  }
  return escaped < 0 ? null : match(text, offset, flagsEnd(text, escaped + 1));
};

function flagsEnd(text: string, start: number): number {
  let end = start;
  while (isLower(text.charCodeAt(end))) end++;
  return end;
}

const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/**
 * Text between the expressions of a template. What looks like white space or a comment at its start belongs to the text, but a comment there also hides
 * the back-ticks and braces in it: the language skips both before every element of its grammar, this one too.
 */
export const matchTemplateText: CustomPatternMatcherFunc = (text, offset): Match => {
  let end = skipComments(text, offset);
  for (;;) {
    const code = text.charCodeAt(end);
    if (code === BACKTICK || code === OPEN || code === CLOSE) {
      if (text.charCodeAt(end + 1) !== code) break;
      end += 2;
    } else if (end < text.length) end++;
    else break;
  }
  return end === offset ? null : match(text, offset, end);
};

function skipComments(text: string, offset: number): number {
  let end = offset;
  for (;;) {
    while (isSpace(text.charCodeAt(end))) end++;
    if (text.charCodeAt(end) !== SLASH) return end;
    const next = text.charCodeAt(end + 1);
    if (next === SLASH) {
      const newline = text.indexOf('\n', end);
      end = newline < 0 ? text.length : newline + 1;
    } else if (next === STAR) {
      const close = blockCommentEnd(text, end);
      if (close < 0) return end;
      end = close;
    } else return end;
  }
}
