/** Replacing in texts: of a text or the matches of a regular expression, by a text or what a closure gives. */
import { overflowErr, typeErr, valueErr } from '../errors.ts';
import { listTooLong, MAX_ITEMS, MAX_TEXT, textTooLong } from '../limits.ts';
import { attempt } from '../regex/matcher.ts';
import type { Closure } from '../values/closure.ts';
import { INT_MIN } from '../values/operators.ts';
import { Regex } from '../values/regex.ts';
import { typeName, type Value } from '../values/value.ts';
import { type Context, Loop, type MethodRow } from './row.ts';

const PAGE = 'data-types/str/replace';
const SEE = `see https://docs.thingsdb.io/v1/${PAGE}`;

/** A place in the original that is replaced. */
interface Span {
  readonly start: number;
  readonly end: number;
  /** Of a regular expression: the match and its groups. */
  readonly groups: readonly string[] | null;
}

/** The places of `old`, in order; of `-limit` from the end when `limit` is negative. */
function findText(text: string, old: string, limit: number): Span[] {
  if (limit !== 0 && old === '') throw valueErr(`function \`replace\` cannot replace an empty text; ${SEE}`);
  const spans: Span[] = [];
  if (limit < 0) {
    let end = text.length;
    while (spans.length < -limit && end >= old.length) {
      const at = text.lastIndexOf(old, end - old.length);
      if (at < 0) break;
      spans.push({ start: at, end: at + old.length, groups: null });
      end = at;
    }
    return spans.reverse();
  }
  let start = 0;
  while (spans.length < limit) {
    const at = text.indexOf(old, start);
    if (at < 0) break;
    start = at + old.length;
    spans.push({ start: at, end: start, groups: null });
  }
  return spans;
}

/** The matches, in order. A match that is empty where the last one ended is the last. */
function findMatches(cx: Context, text: string, regex: Regex, limit: number, withGroups: boolean): Span[] {
  if (limit < 0) {
    throw valueErr(`function \`replace\` does not support backward (negative) replacements when used with a regular expression; ${SEE}`);
  }
  const matcher = regex.matcher;
  const spans: Span[] = [];
  let start = 0;
  while (spans.length < limit) {
    const match = withGroups ? matcher.exec(text, start, cx) : matcher.find(text, start, cx);
    if (match === null) break;
    if (spans.push(match) > MAX_ITEMS) throw listTooLong();
    if (match.end === start) break;
    start = match.end;
  }
  return spans;
}

/** The text with all spans replaced by one text. */
function substitute(text: string, spans: readonly Span[], by: string): string {
  if (spans.length === 0) return text;
  let size = text.length;
  for (const { start, end } of spans) size += by.length - (end - start);
  if (size > MAX_TEXT) throw textTooLong();
  let result = '';
  let at = 0;
  for (const { start, end } of spans) {
    result += text.slice(at, start) + by;
    at = end;
  }
  return result + text.slice(at);
}

function replacement(value: Value): string {
  if (typeof value === 'string') return value;
  throw typeErr(`replace callback is expecting a return value of type \`str\` but got type \`${typeName(value)}\` instead; ${SEE}`);
}

/** Collects the result of a replacement by a closure. */
class Pieces {
  private readonly text: string;
  private at = 0;
  private result = '';

  constructor(text: string) {
    this.text = text;
  }

  add(span: Span, by: string): void {
    if (this.result.length + (span.start - this.at) + by.length > MAX_TEXT) throw textTooLong();
    this.result += this.text.slice(this.at, span.start) + by;
    this.at = span.end;
  }

  end(): string {
    if (this.result.length + this.text.length - this.at > MAX_TEXT) throw textTooLong();
    return this.result + this.text.slice(this.at);
  }
}

/** The arguments of the closure for one place: the groups and the whole match of a regular expression, start, end, and the original. */
function argumentsOf(text: string, span: Span): Value[] {
  const { groups, start, end } = span;
  return groups === null ? [start, end, text] : [...groups.slice(1), groups[0] as string, start, end, text];
}

/** Replaces by a closure that looks at no more than three arguments. */
class ReplaceLoop extends Loop {
  private readonly text: string;
  private readonly spans: readonly Span[];
  private readonly pieces: Pieces;
  private at = 0;

  constructor(closure: Closure, text: string, spans: readonly Span[]) {
    super(closure, null);
    this.text = text;
    this.spans = spans;
    this.pieces = new Pieces(text);
  }

  next(previous: Value | undefined): boolean {
    if (previous !== undefined) this.pieces.add(this.spans[this.at++] as Span, replacement(previous));
    const span = this.spans[this.at];
    if (span === undefined) {
      this.result = this.pieces.end();
      return false;
    }
    const args = argumentsOf(this.text, span);
    this.a = args[0] as Value;
    this.b = args[1] as Value;
    this.c = args[2] as Value;
    return true;
  }
}

function replaceByClosure(cx: Context, text: string, spans: readonly Span[], closure: Closure): Value | Loop {
  if (spans.length === 0) return text;
  if (closure.code.params.length <= 3) return new ReplaceLoop(closure, text, spans);
  const pieces = new Pieces(text);
  for (const span of spans) pieces.add(span, replacement(cx.call(closure, ...argumentsOf(text, span))));
  return pieces.end();
}

function replaceAll(cx: Context, text: string, old: string, by: string): string {
  let at = text.indexOf(old);
  if (at < 0) return text;
  const growth = by.length - old.length;
  let size = text.length;
  let result = '';
  let done = 0;
  for (let count = 1; at >= 0; count++) {
    size += growth;
    if (size > MAX_TEXT) throw textTooLong();
    if ((count & 0xff) === 0) cx.spend(0xff);
    result += text.slice(done, at) + by;
    done = at + old.length;
    at = text.indexOf(old, done);
  }
  return result + text.slice(done);
}

function replace(cx: Context, text: string, old: string | Regex, by: string | Closure, count: number | bigint | undefined): Value | Loop {
  if (count === INT_MIN) throw overflowErr();
  const limit = count === undefined ? Number.POSITIVE_INFINITY : Number(count);
  cx.spend(text.length >> 3);
  if (typeof old === 'string' && typeof by === 'string' && count === undefined && old !== '') return replaceAll(cx, text, old, by);
  if (old instanceof Regex && typeof by === 'string' && count === undefined) {
    const all = old.matcher.forAll(text, cx);
    const replaced = all === null ? undefined : attempt(() => text.replace(all, by.includes('$') ? by.replaceAll('$', '$$$$') : by));
    if (replaced !== undefined && replaced.length > MAX_TEXT) throw textTooLong();
    if (replaced !== undefined) return replaced;
  }
  const spans = old instanceof Regex ? findMatches(cx, text, old, limit, typeof by !== 'string') : findText(text, old, limit);
  cx.spend(spans.length);
  return typeof by === 'string' ? substitute(text, spans, by) : replaceByClosure(cx, text, spans, by);
}

export const replaceRow: MethodRow = {
  name: 'replace',
  receiver: 'str',
  params: [
    { name: 'old', type: 'str|regex' },
    { name: 'new', type: 'str|closure' },
    { name: 'count', type: 'int', optional: true },
  ],
  returns: 'str',
  doc:
    'The text with all places of another text, or all matches, replaced by a text or what a closure gives; `count` limits how many, from the end ' +
    'when it is negative. The closure gets the groups and the match (of a regular expression), start, end, and the original.',
  example: "['blue sky'.replace('blue', 'black'), 'a1b22'.replace(/[0-9]+/, |m| `<{m}>`)];  // => [\"black sky\",\"a<1>b<22>\"]",
  page: PAGE,
  run: (cx, self: string, old: string | Regex, by: string | Closure, count?: number | bigint) => replace(cx, self, old, by, count),
};
