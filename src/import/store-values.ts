/** Forms that files and changes share. */
import { readBytes } from '../model/read.ts';
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';

/** Bytes before the value in a stored configuration, which is kept as the package that goes to the module. */
const PACKAGE_HEADER = 8;
/** Scopes of modules that are no collections. */
const SCOPES: readonly string[] = ['@thingsdb', '@node'];

/** The configuration of a module; null for nil. */
export function packageValue(r: MsgpackReader): Uint8Array | null {
  const before = r.offset;
  if (r.next() === Tok.NIL) return null;
  r.offset = before;
  return readBytes(r).subarray(PACKAGE_HEADER);
}

/** The scope of a module by its number; -1 is none. */
export const moduleScope = (scope: number): string | null => (scope < 0 ? null : (SCOPES[scope] ?? String(scope)));
