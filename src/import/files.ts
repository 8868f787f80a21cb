/** The files of a store of the reference server, from its folder or from a backup, and reading them with errors that say where. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { TiError } from '../errors.ts';
import { MsgpackError, MsgpackReader, Tok } from '../msgpack/reader.ts';

/** A store that cannot be imported; the message is text for people and names file and place. */
export class ImportError extends Error {}

/** The files by their path in the folder of the store, such as `store/users.mp`. */
export type StoreFiles = ReadonlyMap<string, Buffer>;

/** Whether a folder holds a store of the reference server. */
export const isForeignStore = (dir: string): boolean => existsSync(join(dir, 'ti.mp'));

/** Reads the folder of a store, which no server may have open. Throws ImportError. */
export function readFolder(dir: string): StoreFiles {
  const files = new Map<string, Buffer>();
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) visit(path);
      else if (name !== '.lock') files.set(relative(dir, path).replaceAll('\\', '/'), readFileSync(path));
    }
  };
  try {
    visit(dir);
  } catch (error) {
    throw new ImportError((error as Error).message);
  }
  return files;
}

/** Has `read` read a file, all of it. Throws ImportError with the place where it went wrong. */
export function readFile(files: StoreFiles, path: string, read: (r: MsgpackReader) => void): void {
  const bytes = files.get(path);
  if (bytes === undefined) throw new ImportError(`${path}: the file is missing`);
  const r = new MsgpackReader(bytes);
  try {
    read(r);
    if (!r.atEnd) throw new Error('there is something behind the end');
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError(`${path}, at byte ${r.offset} of ${bytes.length}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof TiError) return Buffer.from(error.message, 'latin1').toString();
  if (error instanceof MsgpackError) return error.reason === 'incomplete' ? 'the file is cut off' : 'a byte that starts no value';
  return (error as Error).message;
}

/** Reads the head of a map whose one key is `name`, as nearly all files are. */
export function readOnly(r: MsgpackReader, name: string): void {
  if (r.next() !== Tok.MAP || r.number !== 1 || r.next() !== Tok.STR || r.text() !== name)
    throw new Error(`expected a map with \`${name}\``);
}

/** Reads the head of an array, and calls `row` for each of its items, all arrays of `width` members at least; what they have beyond is passed over. */
export function readRows(r: MsgpackReader, width: number, row: () => void): void {
  if (r.next() !== Tok.ARRAY) throw new Error('expected an array');
  for (let left = r.number; left > 0; left--) {
    if (r.next() !== Tok.ARRAY || r.number < width) throw new Error(`expected an array of ${width}`);
    const more = r.number - width;
    row();
    for (let i = 0; i < more; i++) r.skip();
  }
}

/** An int, or the default for nil. */
export function intOr(r: MsgpackReader, absent: number): number {
  const token = r.next();
  if (token === Tok.NIL) return absent;
  if (token !== Tok.INT) throw new Error('expected an int or nil');
  return r.number;
}

/** A str, or null for nil. */
export function strOrNull(r: MsgpackReader): string | null {
  const token = r.next();
  if (token === Tok.NIL) return null;
  if (token !== Tok.STR) throw new Error('expected a str or nil');
  return r.text();
}
