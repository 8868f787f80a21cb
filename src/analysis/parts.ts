/**
 * A text in parts, so that an edit only needs its own part read again. A part ends where a statement of the text ends with its line: there lexer and
 * parser are as they are at the start of a text, whatever stood before. What a part holds is placed as if it started at `base`, so that an edit
 * before it moves nothing until someone looks.
 */
import { MAX_ERRORS } from '../../grammar/v1/error-limit.ts';
import type { Tokens } from '../../grammar/v1/lexer.ts';
import type { Outcome } from '../../grammar/v1/tolerant.ts';
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { Comment, Expr, Span } from '../ast/nodes.ts';
import { move, shift } from '../ast/shift.ts';
import { endsInText, MOST_RESTARTS, restartIn, restartsAre, type TextTokens } from './restarts.ts';
import { type Depth, diagnosticsIn, type Section, sectionsOf } from './sections.ts';

/** How texts of a dialect are read. Both dialects end statements with a semicolon, and a text at a NUL. */
export interface Reader extends TextTokens {
  readonly parse: (split: Tokens) => Outcome;
  readonly depth: Depth;
}

/** What is out of order in a part. */
interface Balance {
  /** A brace that is opened and not closed, or closed and not opened. */
  readonly opens: boolean;
  readonly closes: boolean;
  /** Whether it ends within a string or a template, and whether the text is read anew behind it. */
  readonly endsInText: boolean;
  readonly isRestart: boolean;
}

export class Part {
  /** How many bytes of the text are its own. */
  readonly length: number;
  readonly body: readonly Expr[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
  readonly balance: Balance;
  private base: number;

  constructor(
    base: number,
    length: number,
    { body, comments, diagnostics, balance }: Pick<Part, 'body' | 'comments' | 'diagnostics' | 'balance'>,
  ) {
    this.base = base;
    this.balance = balance;
    this.length = length;
    this.body = body;
    this.comments = comments;
    this.diagnostics = diagnostics;
  }

  /** Its statements, where they stand in a text in which it starts there. */
  bodyAt(start: number): readonly Expr[] {
    const by = start - this.base;
    if (by !== 0) {
      for (const each of this.body) shift(each, by);
      for (const each of this.comments) move(each, by);
      for (const each of this.diagnostics) move(each, by);
      this.base = start;
    }
    return this.body;
  }

  commentsAt(start: number): readonly Comment[] {
    if (this.comments.length > 0) this.bodyAt(start);
    return this.comments;
  }

  diagnosticsAt(start: number): readonly Diagnostic[] {
    if (this.diagnostics.length > 0) this.bodyAt(start);
    return this.diagnostics;
  }
}

/** A text in its parts; `starts[i]` is where `parts[i]` starts. The last part is what stands behind the last end of a part, and may be empty. */
export interface Layout {
  readonly reader: Reader;
  readonly text: string;
  readonly parts: readonly Part[];
  readonly starts: readonly number[];
}

/** What stands behind the last statement of a line. */
const LINE_END = /;[ \t]*\r?\n/y;

/** Where parts end: behind lines that a semicolon of the script ends, outside of what the lexer takes for a template or braces. */
function ends(depthOf: Depth, { tokens, text }: Tokens, { separators }: Outcome): number[] {
  const found: number[] = [];
  let depth = 0;
  let next = 0;
  for (const { tokenType, startOffset } of tokens) {
    depth = Math.max(0, depth + depthOf(tokenType));
    if (startOffset !== separators[next]) continue;
    next++;
    LINE_END.lastIndex = startOffset;
    if (depth === 0 && LINE_END.test(text)) found.push(LINE_END.lastIndex);
  }
  return found;
}

/** Those of a list, in the order of the text, that start before an offset; takes them from the front. */
function taker<T extends Span>(list: readonly T[]): (end: number) => T[] {
  let next = 0;
  return (end) => {
    const from = next;
    while (next < list.length && (list[next] as T).start < end) next++;
    return list.slice(from, next);
  };
}

interface Cut {
  readonly parts: Part[];
  readonly starts: number[];
}

/** Parses a text, and cuts it. */
function cut(reader: Reader, source: string): Cut {
  const parts: Part[] = [];
  const starts: number[] = [];
  const add = (from: number, own: Cut): void => {
    for (const part of own.parts) parts.push(part);
    for (const start of own.starts) starts.push(start + from);
  };
  let from = 0;
  for (let count = 0; ; count++) {
    const rest = source.slice(from);
    const split = reader.tokenize(rest);
    const next = count < MOST_RESTARTS ? restartIn(reader, split) : null;
    add(from, next === null ? cutPiece(reader, split, false) : cutPiece(reader, reader.tokenize(rest.slice(0, next)), true));
    if (next === null) return { parts, starts };
    from += next;
  }
}

/** As `cut`, of a text that is read from its start to its end; `isCut`: something follows that is read anew. */
function cutPiece(reader: Reader, split: Tokens, isCut: boolean): Cut {
  const isOpen = endsInText(reader, split);
  const comments = taker(split.comments);
  const parts: Part[] = [];
  const starts: number[] = [];
  let start = 0;
  const addSection = (section: Section): void => {
    const { length } = section.split.text;
    const outcome = reader.parse(section.split);
    const body = taker(outcome.body);
    const diagnostics = taker(diagnosticsIn(section, outcome.diagnostics));
    const add = (end: number, upTo: number): void => {
      const closes = section.strays.some((at) => at >= start && at < end);
      const isLast = section.isLast && end === length;
      const balance = { opens: section.open !== null && end === length, closes, endsInText: isLast && isOpen, isRestart: isLast && isCut };
      parts.push(new Part(start, end - start, { body: body(upTo), comments: comments(upTo), diagnostics: diagnostics(upTo), balance }));
      starts.push(start);
      start = end;
    };
    for (const end of ends(reader.depth, section.split, outcome)) add(end, end);
    add(length, section.isCut ? length : Number.POSITIVE_INFINITY);
  };
  for (const section of sectionsOf(split, reader.depth, isCut)) addSection(section);
  return { parts, starts };
}

/** What the language takes for the text: nothing behind a NUL. */
function ended(source: string): string {
  const nul = source.indexOf('\0');
  return nul < 0 ? source : source.slice(0, nul);
}

export function layOut(reader: Reader, source: string): Layout {
  const text = ended(source);
  return { reader, text, ...cut(reader, text) };
}

function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let n = 0;
  while (n < most && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return n;
}

function commonEnd(a: string, b: string, most: number): number {
  let n = 0;
  while (n < most && a.charCodeAt(a.length - 1 - n) === b.charCodeAt(b.length - 1 - n)) n++;
  return n;
}

/** The same of a text that has changed: takes over the parts that the change leaves as they are. */
export function edit(old: Layout, source: string): Layout {
  const text = ended(source);
  const same = commonStart(old.text, text);
  const sameEnd = commonEnd(old.text, text, Math.min(old.text.length, text.length) - same);
  // The last part ends with the text and with no line of its own.
  let kept = 0;
  while (kept < old.parts.length - 1 && (old.starts[kept] as number) + (old.parts[kept] as Part).length <= same) kept++;
  let last = old.parts.length;
  // The end of the line before a part must be there still.
  while (last > kept && (old.starts[last - 1] as number) > old.text.length - sameEnd) last--;
  return reread(old, text, kept, last) ?? matched(old, layOut(old.reader, text));
}

/** Reads the parts of the change again, with their neighbours; null when those come out otherwise than they were. */
function reread(old: Layout, text: string, kept: number, last: number): Layout | null {
  const { reader, parts, starts } = old;
  const delta = text.length - old.text.length;
  // An error may tell what stood before it, and where the parser goes on behind one is seen by what follows.
  const first = Math.max(0, kept - 1);
  let guard = last;
  while (guard < parts.length && (parts[guard] as Part).diagnostics.length > 0) guard++;
  const from = starts[first] ?? 0;
  const hasGuard = guard < parts.length - 1;
  const to = hasGuard ? (starts[guard + 1] as number) + delta : text.length;
  const own = text.slice(from, to);
  // A comment that ends elsewhere, if it is one.
  if (own.indexOf('*/', own.lastIndexOf('/*') + 2) < 0 && own.includes('/*')) return null;
  const middle = cut(reader, own);
  if (kept > 0) {
    if (middle.parts[0]?.length !== parts[first]?.length || middle.parts.length < 2) return null;
    middle.parts.shift();
    middle.starts.shift();
  }
  if (hasGuard) {
    // Behind the last line of the guard, nothing is left.
    if (middle.parts.pop()?.length !== 0) return null;
    middle.starts.pop();
    const end = middle.parts.pop();
    middle.starts.pop();
    if (end === undefined || end.length !== parts[guard]?.length || end.diagnostics.length > 0) return null;
  } else guard = parts.length;
  const all = [...parts.slice(0, kept), ...middle.parts, ...parts.slice(guard)];
  // What is opened in one part would be closed in another.
  const opening = all.findIndex(({ balance }) => balance.opens);
  if (opening >= 0 && all.some(({ balance }, i) => i > opening && balance.closes)) return null;
  const allStarts = [
    ...starts.slice(0, kept),
    ...middle.starts.map((start) => start + from),
    ...starts.slice(guard).map((start) => start + delta),
  ];
  if (!readsAnew(reader, text, all, allStarts)) return null;
  const errors = all.reduce((sum, { diagnostics }) => sum + diagnostics.length, 0);
  // The parser gives up behind too many.
  if (errors * 2 >= MAX_ERRORS) return null;
  return { reader, text, parts: all, starts: allStarts };
}

/** Whether the whole of a text is read anew where its parts say so. */
function readsAnew(reader: Reader, text: string, parts: readonly Part[], starts: readonly number[]): boolean {
  if (!parts.some(({ balance }) => balance.endsInText)) return true;
  const places = parts.flatMap(({ balance, length }, i) => (balance.isRestart ? [(starts[i] as number) + length] : []));
  return restartsAre(reader, text, places, parts.at(-1)?.balance.endsInText === false);
}

/** Takes over the parts at both ends that a text has in common with the one before. */
function matched(old: Layout, made: Layout): Layout {
  const count = Math.min(old.parts.length, made.parts.length) - 1;
  const isSame = (i: number, j: number): boolean => {
    const a = old.parts[i] as Part;
    const b = made.parts[j] as Part;
    if (a.length !== b.length || a.diagnostics.length > 0 || b.diagnostics.length > 0 || a.body.length !== b.body.length) return false;
    const start = old.starts[i] as number;
    return made.text.startsWith(old.text.slice(start, start + a.length), made.starts[j] as number);
  };
  let kept = 0;
  while (kept < count && isSame(kept, kept)) kept++;
  let resumed = made.parts.length - 1;
  const by = old.parts.length - made.parts.length;
  while (resumed > kept && resumed + by > kept && isSame(resumed - 1 + by, resumed - 1)) resumed--;
  // The last part of a text is never one of before: it has no end of its own.
  const parts = made.parts.map((part, i) => {
    if (i < kept) return old.parts[i] as Part;
    return i >= resumed && i < made.parts.length - 1 ? (old.parts[i + by] as Part) : part;
  });
  return { ...made, parts };
}

/**
 * The parts of a text around an offset that are none of another text, which it differs from around that offset: from `kept` to `last`; those before it are
 * the same.
 */
export function changedAround(before: Layout, { parts, starts }: Layout, offset: number): { readonly kept: number; readonly last: number } {
  let kept = 0;
  while (kept < parts.length - 1 && parts[kept] === before.parts[kept]) kept++;
  let last = kept;
  while (last < parts.length - 1 && (starts[last + 1] as number) <= offset && parts[last + 1] !== before.parts.at(last + 1 - parts.length))
    last++;
  return { kept, last };
}
