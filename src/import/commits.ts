/** Histories of commits. */
import type { Commit } from '../model/history.ts';
import { readInt, readStr } from '../model/read.ts';
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import { readRows, strOrNull } from './files.ts';

/** The commits of a scope; null when it keeps none. */
export function readCommits(r: MsgpackReader): Commit[] | null {
  if (r.next() !== Tok.MAP) throw new Error('expected a map');
  if (r.number === 0) return null;
  if (readStr(r) !== 'commits') throw new Error('expected `commits`');
  const commits: Commit[] = [];
  readRows(r, 6, () => {
    const id = readInt(r);
    const createdAt = readInt(r);
    const code = readStr(r);
    const message = readStr(r);
    const by = readStr(r);
    commits.push({ id, createdAt, by, message, code, error: strOrNull(r) ?? '' });
  });
  return commits;
}
