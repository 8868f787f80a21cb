/** Places in a source text. */

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
