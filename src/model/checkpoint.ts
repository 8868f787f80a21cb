/** A database as checkpoint records: writing those that changed, and reading them all. */
import { MsgpackReader } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { Room, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { decodeThingBody, readProcedure } from './apply.ts';
import { Collection } from './collection.ts';
import type { Database } from './database.ts';
import { decodeCollectionInfo, decodeScopeInfo, encodeCollectionInfo, encodeScopeInfo } from './database-records.ts';
import { valuesBesideThings } from './garbage.ts';
import { encodeCommit, type Historian, readCommit } from './history.ts';
import { readInt, readStr } from './read.ts';
import { valuesOf } from './references.ts';
import {
  type ClosureLoader,
  collectionContext,
  decodeEnum,
  decodeRelations,
  decodeType,
  decodeTypeNames,
  encodeEnum,
  encodeProcedure,
  encodeRelations,
  encodeType,
  encodeTypeNames,
  globalContext,
} from './schema-records.ts';
import type { StoredContext } from './stored.ts';
import { decodeTask, encodeTask, type TaskScope } from './tasks.ts';
import { PAGE_SIZE, pageOf } from './thing-index.ts';
import { encodeThingBody } from './thing-record.ts';
import { decodeUser, encodeUser } from './users.ts';

/** Kinds of records, in the order in which they must be read: types before things, and what types name before types. */
const Kind = {
  DATABASE: 0,
  USER: 1,
  COLLECTION: 2,
  PROCEDURE: 3,
  TYPE_NAMES: 9,
  ENUM: 10,
  TYPE: 11,
  COLLECTION_PROCEDURE: 12,
  PAGE: 13,
  RELATIONS: 14,
  ROOM: 15,
  HISTORY: 16,
  COMMIT: 17,
  TASKS: 18,
} as const;

type CheckpointRecord = readonly [Buffer, Uint8Array | null];

/** Scope (0 or a collection's id), kind, and the id or name in it. */
function key(scope: number, kind: number, id: number | string): Buffer {
  const tail = typeof id === 'string' ? Buffer.from(id, 'latin1') : Buffer.alloc(6);
  if (typeof id === 'number') tail.writeUIntBE(id, 0, 6);
  const head = Buffer.alloc(7);
  head.writeUIntBE(scope, 0, 6);
  head[6] = kind;
  return Buffer.concat([head, tail]);
}

/** What a database must write at its next checkpoint; a snapshot of the moment at which `begin` was called. */
export class CheckpointSource {
  private readonly database: Database;
  private readonly writer = new MsgpackWriter(64 * 1024);
  /** The keys that the store has, but for pages, by their text. */
  private stored = new Map<string, Buffer>();
  /** What `stored` was before the checkpoint that is being written. */
  private before = this.stored;
  /** The last page that the store may have of each collection. */
  private readonly lastPages = new Map<number, number>();
  /** Collections that are gone, with their last pages, whose pages the checkpoint that is being written takes out. */
  private gone: (readonly [number, number])[] = [];
  private early: CheckpointRecord[] = [];
  private frozen: Collection[] = [];

  constructor(database: Database) {
    this.database = database;
  }

  /** To be called with each key that the store has when it is opened. */
  found(k: Uint8Array): void {
    const bytes = Buffer.from(k);
    const scope = bytes.readUIntBE(0, 6);
    if (bytes[6] !== Kind.PAGE) this.stored.set(bytes.latin1Slice(), bytes);
    else this.lastPages.set(scope, Math.max(this.lastPages.get(scope) ?? 0, bytes.readUIntBE(7, 6)));
  }

  /** Takes the snapshot: small records now, pages of things when the store asks for them or when they are about to change. */
  begin(): Iterator<CheckpointRecord> {
    this.frozen = [...this.database.collections.values()];
    this.writeSmall();
    this.dropGone();
    for (const collection of this.frozen) {
      collection.freeze();
      collection.writePending = (page) => {
        this.early.push(this.page(collection, page));
      };
    }
    return this.records();
  }

  /** Has the records taken out that the store has and the database has no more. */
  private dropGone(): void {
    this.before = this.stored;
    this.stored = new Map(this.early.map(([k]) => [k.latin1Slice(), k]));
    for (const [text, k] of this.before) if (!this.stored.has(text)) this.early.push([k, null]);
    this.gone = [...this.lastPages].filter(([id]) => !this.database.collections.has(id));
    for (const [id, last] of this.gone) {
      for (let page = 0; page <= last; page++) this.early.push([key(id, Kind.PAGE, page), null]);
      this.lastPages.delete(id);
    }
    for (const collection of this.frozen) this.lastPages.set(collection.id, pageOf(collection.nextId));
  }

  /** After a checkpoint that failed: what it should have written is dirty again, and any part of it may be in the store. */
  abort(): void {
    for (const [text, k] of this.before) this.stored.set(text, k);
    for (const [id, last] of this.gone) this.lastPages.set(id, last);
    for (const collection of this.frozen) {
      for (const page of collection.pendingPages) collection.dirtyPages.add(page);
      collection.pendingPages.clear();
      collection.writePending = null;
    }
    // Pages that were taken early are told by their keys only; all of them count as dirty.
    for (const collection of this.frozen) {
      for (const id of collection.things.keys()) collection.dirtyPages.add(pageOf(id));
    }
    this.early = [];
  }

  private record(k: Buffer, write: (w: MsgpackWriter) => void): CheckpointRecord {
    this.writer.reset();
    write(this.writer);
    return [k, this.writer.take()];
  }

  private writeSmall(): void {
    const { database, early } = this;
    early.push(
      this.record(key(0, Kind.DATABASE, 0), (w) => {
        w.int(database.nextId);
        encodeScopeInfo(w, database);
        w.int(database.changeId);
      }),
    );
    for (const user of database.users.values()) early.push(this.record(key(0, Kind.USER, user.id), (w) => encodeUser(w, user)));
    for (const procedure of database.procedures.values()) {
      early.push(this.record(key(0, Kind.PROCEDURE, procedure.name), (w) => encodeProcedure(w, procedure)));
    }
    this.writeHistory(0, database);
    this.writeTasks(0, database);
    for (const collection of database.collections.values()) this.writeCollection(collection);
  }

  private writeHistory(scope: number, { history }: Historian): void {
    if (history === null) return;
    this.early.push(this.record(key(scope, Kind.HISTORY, 0), (w) => w.int(history.length)));
    for (const commit of history) this.early.push(this.record(key(scope, Kind.COMMIT, commit.id), (w) => encodeCommit(w, commit)));
  }

  /** In one record, since they have an order. */
  private writeTasks(scope: number, { tasks }: TaskScope): void {
    if (tasks.items.length === 0) return;
    this.early.push(
      this.record(key(scope, Kind.TASKS, 0), (w) => {
        for (const task of tasks.items) encodeTask(w, task);
      }),
    );
  }

  private writeCollection(c: Collection): void {
    const { early } = this;
    early.push(
      this.record(key(0, Kind.COLLECTION, c.id), (w) => {
        w.int(c.id);
        w.str(c.name);
        w.int(c.createdAt);
        w.int(c.root.id);
        w.int(c.nextId);
        encodeCollectionInfo(w, c);
      }),
    );
    early.push(this.record(key(c.id, Kind.TYPE_NAMES, 0), (w) => encodeTypeNames(w, c)));
    for (const type of c.types.values()) early.push(this.record(key(c.id, Kind.TYPE, type.id), (w) => encodeType(w, type)));
    early.push(this.record(key(c.id, Kind.RELATIONS, 0), (w) => encodeRelations(w, c)));
    for (const e of c.enumsById.values()) early.push(this.record(key(c.id, Kind.ENUM, e.id), (w) => encodeEnum(w, e)));
    this.writeHistory(c.id, c);
    this.writeTasks(c.id, c);
    for (const [name, room] of c.roomsByName) {
      early.push(
        this.record(key(c.id, Kind.ROOM, room.id), (w) => {
          w.int(room.id);
          w.str(name);
        }),
      );
    }
    for (const p of c.procedures.values()) {
      early.push(this.record(key(c.id, Kind.COLLECTION_PROCEDURE, p.name), (w) => encodeProcedure(w, p)));
    }
  }

  private page(collection: Collection, page: number): CheckpointRecord {
    collection.pendingPages.delete(page);
    const k = key(collection.id, Kind.PAGE, page);
    const w = this.writer;
    w.reset();
    const first = page * PAGE_SIZE;
    for (let id = first; id < first + PAGE_SIZE; id++) {
      const thing = collection.things.get(id);
      if (thing !== undefined) encodeThing(w, thing);
    }
    return [k, w.size === 0 ? null : w.take()];
  }

  private *records(): Iterator<CheckpointRecord> {
    yield* this.takeEarly();
    for (const collection of this.frozen) {
      while (collection.pendingPages.size > 0) {
        const page = collection.pendingPages.values().next().value as number;
        yield this.page(collection, page);
        yield* this.takeEarly();
      }
      collection.writePending = null;
    }
    yield* this.takeEarly();
  }

  private *takeEarly(): Iterable<CheckpointRecord> {
    for (let i = 0; i < this.early.length; i++) yield this.early[i] as CheckpointRecord;
    this.early = [];
  }
}

function encodeThing(w: MsgpackWriter, thing: Thing): void {
  w.int(thing.id);
  encodeThingBody(w, thing);
}

/** Reads checkpoint records, in key order, into an empty database. */
export class CheckpointReader {
  private readonly database: Database;
  private readonly load: ClosureLoader;
  private readonly contexts = new Map<number, StoredContext>();

  constructor(database: Database, load: ClosureLoader) {
    this.database = database;
    this.load = load;
  }

  read(k: Uint8Array, value: Uint8Array): void {
    const bytes = Buffer.from(k.buffer, k.byteOffset, k.byteLength);
    const scope = bytes.readUIntBE(0, 6);
    const r = new MsgpackReader(value);
    const kind = bytes[6] as number;
    if (scope === 0) this.readGlobal(kind, r);
    else this.readCollection(scope, kind, r);
  }

  private readGlobal(kind: number, r: MsgpackReader): void {
    const { database } = this;
    if (kind === Kind.DATABASE) {
      database.nextId = readInt(r);
      decodeScopeInfo(r, database);
      database.changeId = readInt(r);
    } else if (kind === Kind.USER) decodeUser(r, database);
    else if (kind === Kind.HISTORY) database.history = [];
    else if (kind === Kind.COMMIT) readCommit(r, database);
    else if (kind === Kind.TASKS) while (!r.atEnd) decodeTask(r, database, globalContext(database, this.load), this.load);
    else if (kind === Kind.PROCEDURE) {
      const procedure = readProcedure(r, this.load);
      database.procedures.set(procedure.name, procedure);
    } else {
      const id = readInt(r);
      const collection = new Collection(id, readStr(r), readInt(r), readInt(r));
      collection.clean();
      collection.nextId = readInt(r);
      database.addCollection(collection);
      decodeCollectionInfo(r, database);
    }
  }

  private readCollection(scope: number, kind: number, r: MsgpackReader): void {
    const collection = this.database.collections.get(scope);
    if (collection === undefined) throw new Error(`a record of collection ${scope}, which does not exist`);
    let cx = this.contexts.get(scope);
    if (cx === undefined) {
      cx = collectionContext(collection, this.load);
      this.contexts.set(scope, cx);
    }
    if (kind === Kind.TYPE_NAMES) decodeTypeNames(r, collection);
    else if (kind === Kind.TYPE) decodeType(r, collection, cx);
    else if (kind === Kind.RELATIONS) decodeRelations(r, collection);
    else if (kind === Kind.ENUM) decodeEnum(r, collection, cx);
    else if (kind === Kind.HISTORY) collection.history = [];
    else if (kind === Kind.COMMIT) readCommit(r, collection);
    else if (kind === Kind.TASKS) while (!r.atEnd) decodeTask(r, collection, cx, this.load);
    else if (kind === Kind.COLLECTION_PROCEDURE) {
      const procedure = readProcedure(r, this.load);
      collection.procedures.set(procedure.name, procedure);
    } else if (kind === Kind.ROOM) collection.nameRoom(cx.room(readInt(r)), readStr(r));
    else while (!r.atEnd) decodeThingBody(r, cx.thing(readInt(r)), collection, cx);
  }
}

/** Counts the references of all stored things and rooms anew; to be called once after a database was read. Rooms that have none leave, and references to tasks that are gone become empty. */
export function countReferences(database: Database): void {
  for (const collection of database.collections.values()) {
    for (const thing of collection.things.values()) for (const value of valuesOf(thing)) count(value);
    collection.tasks.settle();
    for (const value of valuesBesideThings(collection)) count(value);
    for (const room of collection.rooms.values()) if (room.refs === 0) collection.removeRoom(room);
  }
}

function count(value: Value): void {
  if (value instanceof Thing) value.refs++;
  else if (value instanceof List) for (const item of value.items) count(item);
  else if (value instanceof SetValue) for (const thing of value.things) thing.refs++;
  else if (value instanceof Wrapped) value.thing.refs++;
  else if (value instanceof Room) value.refs++;
}
