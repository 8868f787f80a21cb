/** What a query answered, or that it failed, as it is shown. */
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { msgpackToJson } from '../wire/json.ts';
import { tableOf } from './table.ts';

/** `pretty`: indented JSON; `json`: JSON in one line; `table`: rows and columns; `raw`: a str or bytes as it is, all else as `pretty`. */
export type AnswerFormat = 'pretty' | 'json' | 'table' | 'raw';

export interface FormatOptions {
  readonly json?: boolean | undefined;
  readonly table?: boolean | undefined;
  readonly raw?: boolean | undefined;
}

export function answerFormat({ json, table, raw }: FormatOptions): AnswerFormat {
  return json === true ? 'json' : table === true ? 'table' : raw === true ? 'raw' : 'pretty';
}

/** A packed answer as a byte string. Throws TiError for what no JSON can be made of. */
export function answerText(bytes: Buffer, format: AnswerFormat): string {
  if (format === 'table') return tableOf(bytes);
  const raw = format === 'raw' ? rawText(bytes) : null;
  return raw ?? `${msgpackToJson(bytes, { unsupported: 'text', indent: format === 'json' ? 0 : 2 })}\n`;
}

function rawText(bytes: Buffer): string | null {
  const reader = new MsgpackReader(bytes);
  const kind = reader.next();
  if (kind === Tok.STR) return `${reader.text()}\n`;
  return kind === Tok.BIN ? reader.text() : null;
}
