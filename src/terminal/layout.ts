/** Where each character of a text goes on a terminal of so many columns. Pure: from a text to rows. */
import { columnsOf, graphemes, harmless } from './columns.ts';

/** A part of a text with the parameters of the escape sequence that sets its colour, such as `1;34`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly style: string;
}

/** A text in one style; empty for that of the terminal. */
export interface Styled {
  readonly text: string;
  readonly style: string;
}

export interface Picture {
  /** What stands before the first line. */
  readonly prompt: Styled;
  /** What stands before the other lines. */
  readonly continuation: Styled;
  readonly text: string;
  readonly cursor: number;
  /** In the order of the text, none over another. */
  readonly spans: readonly Span[];
  /** Rows below the text, which must fit into the columns; they may have escape sequences, and `width` says what they take. */
  readonly below: readonly Row[];
  readonly columns: number;
}

export interface Row {
  readonly text: string;
  readonly width: number;
}

export interface Layout {
  readonly rows: readonly Row[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

/** A text in a style, or as it is. */
export const paint = ({ text, style }: Styled): string => (style === '' || text === '' ? text : `\x1b[${style}m${text}\x1b[0m`);

const TAB = '    ';

class Writer {
  readonly rows: Row[] = [];
  cursorRow = 0;
  cursorColumn = 0;
  private width = 0;
  private text = '';
  private style = '';
  private readonly columns: number;

  constructor(columns: number) {
    this.columns = Math.max(1, columns);
  }

  /** Ends the row. */
  end(): void {
    this.setStyle('');
    this.rows.push({ text: this.text, width: this.width });
    this.text = '';
    this.width = 0;
  }

  /** Writes one character; a row that has no room for it ends before. */
  put(char: string, style: string): void {
    const width = columnsOf(char);
    if (this.width + width > this.columns && this.width > 0) this.end();
    this.setStyle(style);
    this.text += char;
    this.width += width;
  }

  putAll(text: string, style: string): void {
    for (const char of graphemes(text)) this.put(char, style);
  }

  private setStyle(style: string): void {
    if (style === this.style) return;
    if (this.style !== '') this.text += '\x1b[0m';
    if (style !== '') this.text += `\x1b[${style}m`;
    this.style = style;
  }

  /** Puts the cursor here. Behind the last column there is no place: it goes where the next character will. */
  mark(): void {
    if (this.width >= this.columns) this.end();
    this.cursorRow = this.rows.length;
    this.cursorColumn = this.width;
  }
}

const shown = (char: string): string => (char === '\t' ? TAB : harmless(char));

/** Lays out a prompt, a text and what stands below. */
export function layOut({ prompt, continuation, text, cursor, spans, below, columns }: Picture): Layout {
  const writer = new Writer(columns);
  writer.putAll(prompt.text, prompt.style);
  let at = 0;
  let nextSpan = 0;
  for (const char of graphemes(text)) {
    if (at === cursor) writer.mark();
    while ((spans[nextSpan]?.end ?? Number.POSITIVE_INFINITY) <= at) nextSpan++;
    const span = spans[nextSpan];
    if (char === '\n' || char === '\r\n') {
      writer.end();
      writer.putAll(continuation.text, continuation.style);
    } else writer.putAll(shown(char), span !== undefined && span.start <= at ? span.style : '');
    at += char.length;
  }
  if (at <= cursor) writer.mark();
  writer.end();
  return { rows: [...writer.rows, ...below], cursorRow: writer.cursorRow, cursorColumn: writer.cursorColumn };
}
