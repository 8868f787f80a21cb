/** How collections and the settings of scopes are written. */
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import type { Collection } from './collection.ts';
import type { Database } from './database.ts';
import { readInt, readStr } from './read.ts';

/** What can be set of the scopes without collection. */
export function encodeScopeInfo(w: MsgpackWriter, database: Database): void {
  w.int(database.thingsdbDeep);
  w.int(database.nodeDeep);
  w.str(database.thingsdbZone);
  w.str(database.nodeZone);
}

export function decodeScopeInfo(r: MsgpackReader, database: Database): void {
  database.thingsdbDeep = readInt(r);
  database.nodeDeep = readInt(r);
  database.thingsdbZone = readStr(r);
  database.nodeZone = readStr(r);
}

/** Id, name, default deep, time zone: what can be set. */
export function encodeCollectionInfo(w: MsgpackWriter, collection: Collection, id = collection.id): void {
  w.int(id);
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
