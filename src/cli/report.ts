/** Errors in scripts, as they are shown: pictures for people, objects for tools. */
import type { Span } from '../ast/nodes.ts';
import { lineColumn, type Remark, renderDiagnostic } from '../ast/position.ts';
import { ErrorCode, type TiError } from '../errors.ts';
import { codeOf2019, errorName2019 } from '../wire/errors-2019.ts';
import type { Dialect } from './dialect.ts';
import { fromBytes, type Io, type Output, toBytes } from './io.ts';
import type { Source } from './source.ts';

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(ErrorCode).map(([name, code]) => [
    code,
    code === ErrorCode.CUSTOM ? 'error' : code > ErrorCode.ASSERT ? name.toLowerCase() : `${name.toLowerCase()}_err`,
  ]),
);

/** The code and the name of an error in a dialect. */
export function toldError({ code }: TiError, dialect: Dialect): { readonly code: number; readonly name: string } {
  if (dialect === 'v1') return { code, name: errorName(code) };
  const own = codeOf2019(code);
  return { code: own, name: errorName2019(own) ?? '' };
}

/** The name of an error's type, such as `lookup_err`. */
const errorName = (code: number): string => NAMES.get(code) ?? 'error';

/** The place of a span for a tool: lines and columns count from 1, columns and offsets in bytes. */
export function placeOf(source: Source, span: Span): object {
  return { ...lineColumn(source.text, span.start), start: span.start, end: span.end };
}

/** Control characters could make a terminal do things: they are told as `?`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass.
const visible = (text: string): string => text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '?');

/** Draws each error of a text below its line. */
export function reportDiagnostics(source: Source, remarks: readonly Remark[], err: Output): void {
  const text = visible(source.text);
  for (const remark of remarks) {
    const message = visible(remark.message);
    const notes = (remark.notes ?? []).map(visible);
    err.write(toBytes(`${renderDiagnostic(text, { ...remark, message, notes }, { name: source.name, colour: err.colored })}\n`));
  }
}

/** Tells the error with which a script ended: with its line, when it is known. */
export function reportFailure(source: Source, error: TiError, asJson: boolean, io: Io, dialect: Dialect = 'v1'): void {
  const { start } = error;
  const { code, name } = toldError(error, dialect);
  const isPlaced = start >= 0 && start <= source.text.length;
  if (asJson) {
    const place = isPlaced ? lineColumn(source.text, start) : {};
    io.out.write(toBytes(`${JSON.stringify({ error: { code, name, message: fromBytes(error.message), ...place } })}\n`));
    return;
  }
  const message = `${error.message} (${name}, ${code})`;
  if (isPlaced) reportDiagnostics(source, [{ severity: 'error', message, start, end: start }], io.err);
  else io.err.write(`error: ${visible(message)}\n`);
}
