/** Places in a source text, and pictures of them. */
import type { Span } from './nodes.ts';

export interface LineColumn {
  /** From 1. */
  readonly line: number;
  /** In bytes, from 1. */
  readonly column: number;
}

/** The line and column of a byte offset. Lines end with a line feed. */
export function lineColumn(source: string, offset: number): LineColumn {
  const place = Math.min(offset, source.length);
  let line = 1;
  let start = 0;
  for (;;) {
    const newline = source.indexOf('\n', start);
    if (newline < 0 || newline >= place) return { line, column: place - start + 1 };
    line++;
    start = newline + 1;
  }
}

export interface RenderOptions {
  /** Whether to use the colours of a terminal. */
  readonly colour: boolean;
  /** The name of the source, shown with the place. */
  readonly name?: string;
}

/** A span of more lines than this has its middle left out. */
const MAX_LINES = 4;
const TAB = '    ';

/** What is human-readable of a byte string: its UTF-8. */
const decode = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

/** The columns that a text takes on a terminal. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += wide.test(char) ? 2 : 1;
  return width;
}

const shown = (bytes: string): string => decode(bytes).replaceAll('\t', TAB).replace(/\r$/, '');

type Paint = (text: string) => string;

/** What is shown below a line: `message` and `notes` are byte strings. */
export interface Remark extends Span {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** Shown behind the severity, such as the code of a finding. */
  readonly label?: string;
  /** Lines below the picture. */
  readonly notes?: readonly string[];
}

const COLOURS = { error: '1;31', warning: '1;33', info: '1;36' } as const;

interface Paints {
  readonly error: Paint;
  readonly margin: Paint;
  readonly bold: Paint;
}

function paints(colour: boolean, severity: Remark['severity']): Paints {
  const paint =
    (code: string): Paint =>
    (text) =>
      colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { error: paint(COLOURS[severity]), margin: paint('34'), bold: paint('1') };
}

/**
 * A remark for people: message, place and the source with the span underlined.
 *
 * ```
 * error: found `)`, expected a value
 *  --> query:1:6
 *   |
 * 1 | f(1, );
 *   |      ^
 * ```
 *
 * @param source the byte string that the remark is about
 * @returns text for people (not a byte string), without a line break at its end; the column in it counts characters, not bytes
 */
export function renderDiagnostic(source: string, diagnostic: Remark, options: RenderOptions): string {
  const paint = paints(options.colour, diagnostic.severity);
  const start = Math.min(diagnostic.start, source.length);
  const end = characterEnd(source, Math.max(start, Math.min(diagnostic.end, source.length)));
  const { line, column } = lineColumn(source, start);
  const lineStart = start - column + 1;
  const place = `${line}:${[...decode(source.slice(lineStart, start))].length + 1}`;
  const rows = rowsOf(source, line, lineStart, start, end);
  const margin = ' '.repeat(String(rows.at(-1)?.number ?? line).length);
  const label = diagnostic.label === undefined ? '' : `[${diagnostic.label}]`;
  const out = [`${paint.error(`${diagnostic.severity}${label}`)}${paint.bold(`: ${decode(diagnostic.message)}`)}`];
  out.push(`${margin}${paint.margin('-->')} ${options.name === undefined ? `line ${place}` : `${options.name}:${place}`}`);
  out.push(`${margin} ${paint.margin('|')}`);
  for (const row of rows) {
    if (row.number === null) {
      out.push(paint.margin('...'));
      continue;
    }
    out.push(`${paint.margin(`${String(row.number).padStart(margin.length)} |`)} ${row.text}`.trimEnd());
    out.push(`${margin} ${paint.margin('|')} ${' '.repeat(row.from)}${paint.error('^'.repeat(row.length))}`);
  }
  for (const note of diagnostic.notes ?? []) out.push(`${margin} ${paint.margin('=')} ${decode(note)}`);
  return out.join('\n');
}

/** Moves an offset inside of a character of several bytes to its end. */
function characterEnd(source: string, offset: number): number {
  let end = offset;
  while ((source.charCodeAt(end) & 0xc0) === 0x80) end++;
  return end;
}

interface Row {
  /** Null for lines that were left out. */
  readonly number: number | null;
  readonly text: string;
  /** Where the carets start, and how many they are, in columns of the terminal. */
  readonly from: number;
  readonly length: number;
}

function rowsOf(source: string, firstLine: number, firstStart: number, start: number, end: number): Row[] {
  const rows: Row[] = [];
  let number = firstLine;
  let from = firstStart;
  for (;;) {
    const newline = source.indexOf('\n', from);
    const stop = newline < 0 ? source.length : newline;
    const text = shown(source.slice(from, stop));
    const left = widthOf(shown(source.slice(from, Math.max(from, start))));
    const right = widthOf(shown(source.slice(from, Math.min(stop, Math.max(from, end)))));
    const indent = start > from ? left : text.length - text.trimStart().length;
    rows.push({ number, text, from: indent, length: Math.max(1, right - indent) });
    if (stop >= end || newline < 0) break;
    number++;
    from = newline + 1;
  }
  if (rows.length <= MAX_LINES) return rows;
  return [...rows.slice(0, MAX_LINES - 2), { number: null, text: '', from: 0, length: 0 }, rows.at(-1) as Row];
}
