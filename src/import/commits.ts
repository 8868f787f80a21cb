/** Histories of commits. */
import type { Commit } from '../model/history.ts';
import { readCount, readInt, readStr } from '../model/read.ts';
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import { strOrNull } from './files.ts';

/** One commit: its number, time, text, message, user and error. */
export function readCommit(r: MsgpackReader): Commit {
  const count = readCount(r);
  const id = readInt(r);
  const createdAt = readInt(r);
  const code = readStr(r);
  const message = readStr(r);
  const by = readStr(r);
  const commit = { id, createdAt, by, message, code, error: strOrNull(r) ?? '' };
  for (let left = count - 6; left > 0; left--) r.skip();
  return commit;
}

/** The commits of a scope; null when it keeps none. */
export function readCommits(r: MsgpackReader): Commit[] | null {
  if (r.next() !== Tok.MAP) throw new Error('expected a map');
  if (r.number === 0) return null;
  if (readStr(r) !== 'commits') throw new Error('expected `commits`');
  const commits: Commit[] = [];
  for (let left = readCount(r); left > 0; left--) commits.push(readCommit(r));
  return commits;
}
