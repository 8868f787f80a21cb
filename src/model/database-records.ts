/** How users, collections and the settings of scopes are written. */
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import type { Collection } from './collection.ts';
import type { Database, User } from './database.ts';
import { readInt, readStr } from './read.ts';

export function encodeUser(w: MsgpackWriter, user: User): void {
  w.int(user.id);
  w.str(user.name);
  w.int(user.createdAt);
  w.str(user.passwordHash ?? '');
  w.int(user.access.size);
  for (const [scope, rights] of user.access) {
    w.str(scope);
    w.int(rights);
  }
}

export function decodeUser(r: MsgpackReader, database: Database): void {
  const id = readInt(r);
  const name = readStr(r);
  const createdAt = readInt(r);
  const passwordHash = readStr(r) || null;
  const access = new Map<string, number>();
  for (let left = readInt(r); left > 0; left--) access.set(readStr(r), readInt(r));
  database.users.set(id, { id, name, createdAt, passwordHash, access });
  database.nextId = Math.max(database.nextId, id + 1);
}

/** Id, name, default deep, time zone: what can be set. */
export function encodeCollectionInfo(w: MsgpackWriter, collection: Collection): void {
  w.int(collection.id);
  w.str(collection.name);
  w.int(collection.defaultDeep);
  w.str(collection.timeZone);
}

export function decodeCollectionInfo(r: MsgpackReader, database: Database): void {
  const collection = database.collections.get(readInt(r));
  if (collection === undefined) throw new Error('damaged change: no such collection');
  database.renameCollection(collection, readStr(r));
  collection.defaultDeep = readInt(r);
  collection.timeZone = readStr(r);
}
