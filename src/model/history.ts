/** Commits: queries that changed a scope, with a message and their text, kept where a scope's history is on. */
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import type { Database } from './database.ts';
import { readInt, readStr } from './read.ts';

export interface Commit {
  /** Of the change that the query made. */
  readonly id: number;
  /** UNIX time in seconds. */
  readonly createdAt: number;
  /** The name that the user had then. */
  readonly by: string;
  readonly message: string;
  /** The text of the query. */
  readonly code: string;
  /** The error with which the query ended; empty when it ended well. */
  readonly error: string;
}

/** Whose commits are kept together: a collection, or the scope of users and collections. */
export interface Historian {
  /** In order; null while the history is off. */
  history: Commit[] | null;
}

export function encodeCommit(w: MsgpackWriter, commit: Commit): void {
  w.int(commit.id);
  w.int(commit.createdAt);
  w.str(commit.by);
  w.str(commit.message);
  w.str(commit.code);
  w.str(commit.error);
}

function decodeCommit(r: MsgpackReader): Commit {
  return { id: readInt(r), createdAt: readInt(r), by: readStr(r), message: readStr(r), code: readStr(r), error: readStr(r) };
}

/** Reads a commit into the history of a scope, which must be on. */
export function readCommit(r: MsgpackReader, historian: Historian): void {
  const commit = decodeCommit(r);
  if (historian.history === null) throw new Error('damaged change: a commit where there is no history');
  historian.history.push(commit);
}

/** The historian of a change's scope: 0, or the id of a collection. */
export function historianOf(database: Database, scope: number): Historian {
  const historian = scope === 0 ? database : database.collections.get(scope);
  if (historian === undefined) throw new Error('damaged change: no such collection');
  return historian;
}

/** Reads a scope, and the ids of the commits that leave its history. */
export function readDeletedCommits(r: MsgpackReader, database: Database): void {
  const historian = historianOf(database, readInt(r));
  const gone = new Set<number>();
  for (let left = readInt(r); left > 0; left--) gone.add(readInt(r));
  historian.history = (historian.history ?? []).filter((commit) => !gone.has(commit.id));
}
