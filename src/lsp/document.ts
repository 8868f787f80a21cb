/**
 * A text as editors know it and as the language knows it: UTF-16 there, bytes here. Positions of editors are lines and UTF-16 code units; lines end with a
 * line feed, or with a carriage return and a line feed. (A carriage return alone, which editors also take for an end, is one here too.)
 */
import type { Position, Range, TextEdit } from 'vscode-languageserver';
import { type Analysis, type AnalyzeOptions, LiveScript, type Probe } from '../analysis/analyze.ts';
import type { Edit } from '../analysis/findings.ts';
import type { Span } from '../ast/nodes.ts';
import { fromBytes, toBytes } from '../utf8.ts';

export { fromBytes, toBytes };

const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** The bytes that a UTF-16 code unit adds; the two of a pair add four together. */
function bytesOf(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  const isPair = (isHigh(unit) && isLow(text.charCodeAt(at + 1))) || (isLow(unit) && isHigh(text.charCodeAt(at - 1)));
  return isPair ? 2 : 3;
}

export class Document {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
  /** The text as a byte string. */
  readonly bytes: string;
  private readonly isAscii: boolean;
  /** Where each line starts, in code units and in bytes. */
  private readonly starts: readonly number[];
  private readonly byteStarts: readonly number[];
  private analyzed: Analysis | null = null;
  private readonly options: () => AnalyzeOptions;
  private readonly script: LiveScript;

  /** `before`: the document as it was, which nobody may ask any more. */
  constructor(uri: string, version: number, text: string, options: () => AnalyzeOptions = () => ({}), before?: Document) {
    this.script = before?.script ?? new LiveScript();
    this.uri = uri;
    this.version = version;
    this.text = text;
    this.options = options;
    this.bytes = toBytes(text);
    this.isAscii = this.bytes.length === text.length;
    this.starts = lineStarts(text);
    this.byteStarts = this.isAscii ? this.starts : lineStarts(this.bytes);
  }

  /** What the checker knows of it; found out when it is first asked for. */
  get analysis(): Analysis {
    this.analyzed ??= this.script.check(this.bytes, this.options());
    return this.analyzed;
  }

  get lineCount(): number {
    return this.starts.length;
  }

  /** The byte offset of a position; positions beyond a line mean its end. */
  offsetAt({ line, character }: Position): number {
    if (line >= this.starts.length) return this.bytes.length;
    const start = this.starts[line] as number;
    const end = this.starts[line + 1] ?? this.text.length;
    const to = Math.min(start + character, end);
    if (this.isAscii) return to;
    let offset = this.byteStarts[line] as number;
    for (let at = start; at < to; at++) offset += bytesOf(this.text, at);
    return offset;
  }

  /** The position of a byte offset; an offset inside of a character means its start. */
  positionAt(offset: number): Position {
    const line = this.lineOf(offset);
    const byteStart = this.byteStarts[line] as number;
    if (this.isAscii) return { line, character: Math.min(offset, this.text.length) - byteStart };
    let at = this.starts[line] as number;
    for (let bytes = byteStart; at < this.text.length; at++) {
      bytes += bytesOf(this.text, at);
      if (bytes > offset) break;
    }
    // Between the two units of a pair there is no position.
    if (isLow(this.text.charCodeAt(at)) && isHigh(this.text.charCodeAt(at - 1))) at--;
    return { line, character: at - (this.starts[line] as number) };
  }

  range({ start, end }: Span): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  edits(edits: readonly Edit[]): TextEdit[] {
    return edits.map((edit) => ({ range: this.range(edit), newText: fromBytes(edit.text) }));
  }

  /** The line that a byte offset lies in. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.byteStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.byteStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The variables that come with the text, as far as they are told. */
  get vars(): Pick<AnalyzeOptions, 'vars'> {
    const { vars } = this.options();
    return vars === undefined ? {} : { vars };
  }

  /** The same text with something put in, for what has to be asked of a text that is being written. */
  probe(offset: number, inserted: string): Probe {
    // The script that the place is asked in is that of this text.
    if (this.analyzed === null) void this.analysis;
    return this.script.probe(this.bytes.slice(0, offset) + inserted + this.bytes.slice(offset), offset);
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x0a || (char === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) starts.push(at + 1);
  }
  return starts;
}
