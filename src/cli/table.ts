/** Answers as a table for people: a list of things has a row each, a thing a row for each property. */
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { msgpackToJson } from '../wire/json.ts';
import { fromBytes } from './io.ts';

/** A cell is text for people, of which numbers stand at the right. */
interface Cell {
  readonly text: string;
  readonly isNumber: boolean;
}

const EMPTY: Cell = { text: '', isNumber: false };

type Row = ReadonlyMap<string, Cell>;

/** The table of one packed value, as a byte string with a line end; a value that is no list and no map is a table of one cell without head. */
export function tableOf(bytes: Buffer): string {
  const reader = new MsgpackReader(bytes);
  const kind = reader.next();
  if (kind === Tok.ARRAY) return layOut(Array.from({ length: reader.number }, () => rowOf(bytes, reader)));
  if (kind === Tok.MAP) {
    const rows: Row[] = [];
    for (let left = reader.number; left > 0; left--) {
      const key = cellOf(bytes, reader);
      rows.push(new Map().set('key', key).set('value', cellOf(bytes, reader)));
    }
    return layOut(rows);
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
  const json = fromBytes(msgpackToJson(bytes.subarray(start, reader.offset), { unsupported: 'text', indent: 0 }));
  // Strings go without quotes, but with their escapes: a line end must not break the table, nor an escape sequence the terminal.
  if (kind === Tok.STR) return { text: json.slice(1, -1).replaceAll('\\"', '"'), isNumber };
  return { text: kind === Tok.NIL ? '' : json, isNumber };
}

const encode = (text: string): string => Buffer.from(text, 'utf8').latin1Slice();

function layOut(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  if (names.length === 0) return `(${rows.length === 0 ? 'nothing' : `${rows.length} empty rows`})\n`;
  const columns = names.map((name) => {
    const cells = rows.map((row) => row.get(name) ?? EMPTY);
    const width = cells.reduce((most, { text }) => Math.max(most, columnsOf(text)), columnsOf(name));
    return { name, cells, width };
  });
  const lines = [
    columns.map(({ name, width }) => pad(name, width, false)),
    columns.map(({ width }) => '-'.repeat(width)),
    ...rows.map((_, i) =>
      columns.map(({ cells, width }) => {
        const { text, isNumber } = cells[i] ?? EMPTY;
        return pad(text, width, isNumber);
      }),
    ),
  ];
  return encode(lines.map((line) => `${line.join('  ').trimEnd()}\n`).join(''));
}

/** How many columns a text takes on a terminal, in which most characters take one. */
function columnsOf(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return right ? space + text : text + space;
}
