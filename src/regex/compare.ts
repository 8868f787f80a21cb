/** What a pattern asks of a place in the text. */
import { codePointAt, widthOf } from '../utf8.ts';
import { isAfterLineEnd, isWordAt, lineEndAt, previous } from './lines.ts';
import { Assert, type RegexProgram } from './program.ts';
import { caseVariants } from './sets.ts';

/** Whether an assertion holds at a position; the search began at `from`. */
export function holds(program: RegexProgram, text: string, assert: number, at: number, from: number): boolean {
  const { newline, utf } = program.options;
  switch (assert) {
    case Assert.start:
      return at === 0;
    case Assert['line-start']:
      return at === 0 || (at < text.length && isAfterLineEnd(text, at, newline, utf));
    case Assert.end: {
      if (at === text.length) return true;
      const length = lineEndAt(text, at, newline, utf);
      return length > 0 && at + length === text.length;
    }
    case Assert['line-end']:
      return at === text.length || lineEndAt(text, at, newline, utf) > 0;
    case Assert['very-end']:
      return at === text.length;
    case Assert['search-start']:
      return at === from;
    default: {
      const before = at > 0 && isWordAt(text, utf ? previous(text, at) : at - 1, program.options);
      return (before !== isWordAt(text, at, program.options)) === (assert === Assert.word);
    }
  }
}

/** The end of what equals a part of the text, regardless of case, from a position on; -1 when it does not. */
export function foldedEnd(text: string, start: number, end: number, position: number, utf: boolean): number {
  let at = position;
  for (let from = start; from < end; ) {
    if (at >= text.length) return -1;
    const wanted = utf ? codePointAt(text, from) : text.charCodeAt(from);
    const given = utf ? codePointAt(text, at) : text.charCodeAt(at);
    if (wanted !== given && !caseVariants(wanted, utf).includes(given)) return -1;
    from += utf ? widthOf(text.charCodeAt(from)) : 1;
    at += utf ? widthOf(text.charCodeAt(at)) : 1;
  }
  return at;
}
