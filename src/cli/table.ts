/** Answers as a table for people: a list of things has a row each, a thing a row for each property. */
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { clip, columnsOf, harmless, padded } from '../terminal/columns.ts';
import { msgpackToJson } from '../wire/json.ts';
import { fromBytes } from './io.ts';

/** A cell is text for people, of which numbers stand at the right. */
interface Cell {
  readonly text: string;
  readonly isNumber: boolean;
}

const EMPTY: Cell = { text: '', isNumber: false };

type Row = ReadonlyMap<string, Cell>;

/** For whom a table is laid out; without limits when left out. */
export interface TableLayout {
  /** The widest that a table may be: cells are cut for it. */
  readonly columns?: number;
  /** How many rows are shown; 0 for all. */
  readonly limit?: number;
  /** Whether the head stands out. */
  readonly colored?: boolean;
}

/** The table of one packed value, as a byte string with a line end; a value that is no list and no map is a table of one cell without head. */
export function tableOf(bytes: Buffer, layout: TableLayout = {}): string {
  const reader = new MsgpackReader(bytes);
  const kind = reader.next();
  if (kind === Tok.ARRAY) {
    const count = reader.number;
    const shown = Math.min(count, layout.limit || count);
    const table = layOut(
      Array.from({ length: shown }, () => rowOf(bytes, reader)),
      layout,
    );
    return shown === count ? table : `${table}... ${count - shown} more\n`;
  }
  if (kind === Tok.MAP) {
    const rows: Row[] = [];
    for (let left = reader.number; left > 0; left--) {
      const key = cellOf(bytes, reader);
      rows.push(new Map().set('key', key).set('value', cellOf(bytes, reader)));
    }
    return layOut(rows, layout);
  }
  const cell = cellOf(bytes, new MsgpackReader(bytes));
  return `${encode(cell.text)}\n`;
}

/** The next value as a row: a map has its keys for columns, a list its positions, anything else is a column of its own. */
function rowOf(bytes: Buffer, reader: MsgpackReader): Row {
  const start = reader.offset;
  const kind = reader.next();
  const row = new Map<string, Cell>();
  if (kind === Tok.MAP) {
    for (let left = reader.number; left > 0; left--) {
      const key = cellOf(bytes, reader).text;
      row.set(key, cellOf(bytes, reader));
    }
  } else if (kind === Tok.ARRAY) {
    const count = reader.number;
    for (let i = 0; i < count; i++) row.set(String(i), cellOf(bytes, reader));
  } else {
    reader.offset = start;
    row.set('value', cellOf(bytes, reader));
  }
  return row;
}

function cellOf(bytes: Buffer, reader: MsgpackReader): Cell {
  const start = reader.offset;
  const kind = reader.next();
  const isNumber = kind === Tok.INT || kind === Tok.FLOAT;
  reader.offset = start;
  reader.skip();
  const json = harmless(fromBytes(msgpackToJson(bytes.subarray(start, reader.offset), { unsupported: 'text', indent: 0 })));
  // Strings go without quotes, but with their escapes: a line end must not break the table, nor an escape sequence the terminal.
  if (kind === Tok.STR) return { text: json.slice(1, -1).replaceAll('\\"', '"'), isNumber };
  return { text: kind === Tok.NIL ? '' : json, isNumber };
}

const encode = (text: string): string => Buffer.from(text, 'utf8').latin1Slice();

/** No column is cut below this. */
const LEAST_WIDTH = 4;
const GAP = '  ';

function layOut(rows: readonly Row[], { columns: most = Number.POSITIVE_INFINITY, colored = false }: TableLayout): string {
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  if (names.length === 0) return `(${rows.length === 0 ? 'nothing' : `${rows.length} empty rows`})\n`;
  const columns = names.map((name) => {
    const cells = rows.map((row) => row.get(name) ?? EMPTY);
    const width = cells.reduce((most, { text }) => Math.max(most, columnsOf(text)), columnsOf(name));
    return { name, cells, width };
  });
  narrow(columns, most);
  const lineOf = (cells: readonly string[]): string => clip(cells.join(GAP).trimEnd(), most);
  const head = lineOf(columns.map(({ name, width }) => padded(clip(name, width), width)));
  const lines = [
    colored ? `\x1b[1m${head}\x1b[0m` : head,
    lineOf(columns.map(({ width }) => '-'.repeat(width))),
    ...rows.map((_, i) =>
      lineOf(
        columns.map(({ cells, width }) => {
          const { text, isNumber } = cells[i] ?? EMPTY;
          return padded(clip(text, width), width, isNumber);
        }),
      ),
    ),
  ];
  return encode(lines.map((line) => `${line}\n`).join(''));
}

/** Makes the widest columns narrower until all of them fit. */
function narrow(columns: readonly { width: number }[], most: number): void {
  const gaps = (columns.length - 1) * GAP.length;
  let over = columns.reduce((sum, { width }) => sum + width, gaps) - most;
  while (over > 0) {
    const widest = columns.reduce((a, b) => (b.width > a.width ? b : a));
    if (widest.width <= LEAST_WIDTH) return;
    widest.width--;
    over--;
  }
}
