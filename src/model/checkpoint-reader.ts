/** Reads checkpoint records into an empty database, those of earlier formats too. Things come later, page by page; see `ThingIndex`. */
import { MsgpackReader } from '../msgpack/reader.ts';
import { readProcedure } from './apply.ts';
import { decodeAttributes } from './attributes.ts';
import { Kind } from './checkpoint.ts';
import { Collection } from './collection.ts';
import { hold, holdAll } from './counts.ts';
import type { Database } from './database.ts';
import { decodeCollectionInfo, decodeScopeInfo } from './database-records.ts';
import { valuesBesideThings } from './garbage.ts';
import { readCommit } from './history.ts';
import { decodeModule } from './modules.ts';
import { type RecordFinder, StoredPages } from './pages.ts';
import { readQuotas } from './quotas.ts';
import { readInt, readStr } from './read.ts';
import { valuesOf } from './references.ts';
import {
  type ClosureLoader,
  collectionContext,
  decodeEnum,
  decodeRelations,
  decodeType,
  decodeTypeNames,
  globalContext,
} from './schema-records.ts';
import type { StoredContext } from './stored.ts';
import { decodeTask } from './tasks.ts';
import { decodeThingBody } from './thing-reader.ts';
import { decodeUser } from './users.ts';

/** The first format, in which references were not counted and things had no records of their own kind: such a store is read as a whole. */
const FIRST_FORMAT = 1;

export class CheckpointReader {
  private readonly database: Database;
  private readonly load: ClosureLoader;
  private readonly store: RecordFinder;
  private readonly isFirstFormat: boolean;
  private readonly contexts = new Map<number, StoredContext>();

  /** `format`: of the store that the records are from. */
  constructor(database: Database, load: ClosureLoader, store: RecordFinder, format: number) {
    this.database = database;
    this.load = load;
    this.store = store;
    this.isFirstFormat = format === FIRST_FORMAT;
  }

  /** Reads one record; they come in the order of their keys. */
  read(k: Uint8Array, value: Uint8Array): void {
    const bytes = Buffer.from(k.buffer, k.byteOffset, k.byteLength);
    const scope = bytes.readUIntBE(0, 6);
    const r = new MsgpackReader(value);
    const kind = bytes[6] as number;
    if (scope === 0) this.readGlobal(kind, r);
    else this.readCollection(scope, kind, r);
  }

  /** To be called behind the last record. */
  end(): void {
    for (const collection of this.database.collections.values()) {
      if (this.isFirstFormat) migrate(collection);
      else collection.dirtyRooms.clear();
    }
  }

  private readGlobal(kind: number, r: MsgpackReader): void {
    const { database } = this;
    if (kind === Kind.DATABASE) {
      database.nextId = readInt(r);
      decodeScopeInfo(r, database);
      database.changeId = readInt(r);
    } else if (kind === Kind.USER) decodeUser(r, database);
    else if (kind === Kind.ZONE) database.zone = readInt(r);
    else if (kind === Kind.MODULE) decodeModule(r, database);
    else if (kind === Kind.HISTORY) database.history = [];
    else if (kind === Kind.COMMIT) readCommit(r, database);
    else if (kind === Kind.TASKS) while (!r.atEnd) decodeTask(r, database, globalContext(database, this.load), this.load);
    else if (kind === Kind.PROCEDURE) {
      const procedure = readProcedure(r, this.load);
      database.procedures.set(procedure.name, procedure);
    } else this.readCollectionInfo(r);
  }

  private readCollectionInfo(r: MsgpackReader): void {
    const { database } = this;
    const id = readInt(r);
    const stored = (self: Collection) => (this.isFirstFormat ? null : new StoredPages(self, this.context(self), this.store));
    const collection = new Collection(id, readStr(r), readInt(r), readInt(r), stored);
    collection.nextId = readInt(r);
    database.addCollection(collection);
    decodeCollectionInfo(r, database);
    if (!this.isFirstFormat) collection.things.size = readInt(r);
  }

  private context(collection: Collection): StoredContext {
    let cx = this.contexts.get(collection.id);
    if (cx === undefined) {
      cx = collectionContext(collection, this.load);
      this.contexts.set(collection.id, cx);
    }
    return cx;
  }

  private readCollection(scope: number, kind: number, r: MsgpackReader): void {
    const collection = this.database.collections.get(scope);
    if (collection === undefined) throw new Error(`a record of collection ${scope}, which does not exist`);
    const cx = this.context(collection);
    if (kind === Kind.TYPE_NAMES) decodeTypeNames(r, collection);
    else if (kind === Kind.TYPE) decodeType(r, collection, cx);
    else if (kind === Kind.RELATIONS) decodeRelations(r, collection);
    else if (kind === Kind.ENUM) decodeEnum(r, collection, cx);
    else if (kind === Kind.QUOTAS) collection.quotas = readQuotas(r);
    else if (kind === Kind.ATTRIBUTES) decodeAttributes(r, collection.attributes, cx);
    else if (kind === Kind.HISTORY) collection.history = [];
    else if (kind === Kind.COMMIT) readCommit(r, collection);
    else if (kind === Kind.TASKS) while (!r.atEnd) decodeTask(r, collection, cx, this.load);
    else if (kind === Kind.COLLECTION_PROCEDURE) {
      const procedure = readProcedure(r, this.load);
      collection.procedures.set(procedure.name, procedure);
    } else if (kind === Kind.ROOM) {
      const room = cx.room(readInt(r));
      if (!this.isFirstFormat) room.refs = readInt(r);
      collection.nameRoom(room, readStr(r) || null);
    } else while (!r.atEnd) readOldThing(r, collection, cx);
  }
}

function readOldThing(r: MsgpackReader, collection: Collection, cx: StoredContext): void {
  const thing = cx.thing(readInt(r));
  decodeThingBody(r, thing, collection, cx);
  collection.things.set(thing.id, thing);
}

/** Counts all references, which the first format did not tell, and has all things and rooms written by the next checkpoint. */
function migrate(collection: Collection): void {
  collection.root.refs = 1;
  for (const thing of collection.things.values()) {
    collection.touch(thing.id);
    holdAll(collection, valuesOf(thing));
  }
  for (const value of valuesBesideThings(collection)) hold(collection, value);
  for (const id of collection.rooms.keys()) collection.touchRoom(id);
}

/** To be called when all changes behind the records were applied: rooms that nothing stored holds leave, and references to tasks that are gone become empty. */
export function settleDatabase(database: Database): void {
  database.tasks.settle();
  for (const collection of database.collections.values()) {
    collection.tasks.settle();
    for (const room of collection.rooms.values()) if (room.refs === 0) collection.removeRoom(room);
  }
}
