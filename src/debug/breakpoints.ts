/** Breakpoints: where they are, and whether a hit counts. */
import type { Span } from '../ast/nodes.ts';
import { TiError, valueErr } from '../errors.ts';
import { fromBytes, toBytes } from '../utf8.ts';
import type { Evaluator } from './evaluate.ts';
import type { BreakpointInfo, BreakpointSpec, FunctionBreakpointSpec } from './protocol.ts';
import type { Source } from './source.ts';

/** A piece of a log line: text, or an expression (a byte string). */
type LogPart = { readonly text: string } | { readonly expression: string };

const HITS = /^\s*(==|>=|<=|>|<|%)?\s*(\d+)\s*$/;

/** Whether a number of hits counts. Throws TiError for what is no such condition. */
function hitTest(text: string): (hits: number) => boolean {
  const match = HITS.exec(text);
  const wanted = Number(match?.[2]);
  if (match === null || (match[1] === '%' && wanted === 0)) {
    throw valueErr(`\`${text}\` is no count of hits: write 5, >= 5, > 5, <= 5, < 5 or % 5`);
  }
  switch (match[1]) {
    case '>=':
      return (hits) => hits >= wanted;
    case '>':
      return (hits) => hits > wanted;
    case '<=':
      return (hits) => hits <= wanted;
    case '<':
      return (hits) => hits < wanted;
    case '%':
      return (hits) => hits % wanted === 0;
    default:
      return (hits) => hits === wanted;
  }
}

/** Splits `x is {x}` at its braces; `{{` and `}}` are braces. Throws TiError. */
export function logParts(text: string): LogPart[] {
  const parts: LogPart[] = [];
  let plain = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if ((char === '{' || char === '}') && text.charAt(at + 1) === char) {
      plain += char;
      at++;
    } else if (char !== '{') plain += char;
    else {
      const end = closing(text, at);
      if (plain !== '') parts.push({ text: plain });
      plain = '';
      parts.push({ expression: toBytes(text.slice(at + 1, end)) });
      at = end;
    }
  }
  if (plain !== '') parts.push({ text: plain });
  return parts;
}

/** Where the brace that opens at `at` is closed: braces inside of it come in pairs. */
function closing(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text.charAt(i) === '{') depth++;
    else if (text.charAt(i) === '}' && --depth === 0) return i;
  }
  throw valueErr(`the brace before \`${text.slice(at + 1, at + 20)}\` is not closed`);
}

export class Breakpoint {
  readonly id: number;
  readonly spec: BreakpointSpec | FunctionBreakpointSpec;
  /** The statement; null when there is none, or when it is one for a function. */
  readonly span: Span | null;
  /** Condition as a byte string; empty for none. */
  readonly condition: string;
  readonly log: readonly LogPart[] | null;
  /** Why it never stops; empty when it does. */
  readonly fault: string;
  private readonly counts: ((hits: number) => boolean) | null = null;
  private hits = 0;

  /** `source` is null for one whose text is not known, or of a function. */
  constructor(id: number, spec: BreakpointSpec | FunctionBreakpointSpec, source: Source | null, span: Span | null, evaluator: Evaluator) {
    const is2019 = source?.is2019 === true;
    this.id = id;
    this.spec = spec;
    this.span = span;
    this.condition = toBytes(spec.condition?.trim() ?? '');
    let log: readonly LogPart[] | null = null;
    let fault = '';
    try {
      if (this.condition !== '') evaluator.check(this.condition, is2019);
      if (spec.hits !== undefined && spec.hits.trim() !== '') this.counts = hitTest(spec.hits);
      if ('log' in spec && spec.log !== undefined && spec.log !== '') {
        log = logParts(spec.log);
        for (const part of log) if ('expression' in part) evaluator.check(part.expression, is2019);
      }
    } catch (error) {
      if (!(error instanceof TiError)) throw error;
      fault = fromBytes(error.message);
    }
    this.log = log;
    this.fault = fault;
  }

  /** Counts a hit whose condition holds; whether it is one to stop at. */
  hit(): boolean {
    this.hits++;
    return this.counts === null || this.counts(this.hits);
  }

  info(source: Source | null): BreakpointInfo {
    const { id, span, fault } = this;
    if (fault !== '') return { id, place: null, message: fault };
    if (source === null) return { id, place: null, message: 'the text is not known yet' };
    if (span === null) return { id, place: null, message: 'there is no statement on this line or below it' };
    return { id, place: source.place(span), message: '' };
  }
}

/** The breakpoints of one text, by where their statements begin. */
export class SourceBreakpoints {
  private readonly byStart = new Map<number, Breakpoint[]>();

  constructor(breakpoints: readonly Breakpoint[]) {
    for (const breakpoint of breakpoints) {
      if (breakpoint.span === null || breakpoint.fault !== '') continue;
      const there = this.byStart.get(breakpoint.span.start);
      if (there === undefined) this.byStart.set(breakpoint.span.start, [breakpoint]);
      else there.push(breakpoint);
    }
  }

  at(start: number): readonly Breakpoint[] | undefined {
    return this.byStart.get(start);
  }

  remove(breakpoint: Breakpoint): void {
    const { span } = breakpoint;
    const there = span === null ? undefined : this.byStart.get(span.start);
    there?.splice(there.indexOf(breakpoint), 1);
  }
}
