/**
 * Writes a database as checkpoint records: what changed since the last checkpoint. `CheckpointReader` reads them.
 */
import { MsgpackWriter } from '../msgpack/writer.ts';
import { encodeAttributes } from './attributes.ts';
import type { Collection } from './collection.ts';
import type { Database } from './database.ts';
import { encodeCollectionInfo, encodeScopeInfo } from './database-records.ts';
import { type Commit, encodeCommit, type Historian } from './history.ts';
import { type ChunkCounts, LargeWriter, readChunkKey, withoutChunks } from './large.ts';
import { encodeModule } from './modules.ts';
import { encodePage, pageKey } from './pages.ts';
import { writeQuotas } from './quotas.ts';
import { encodeEnum, encodeProcedure, encodeRelations, encodeType, encodeTypeNames } from './schema-records.ts';
import { encodeTask, type TaskScope } from './tasks.ts';
import { pageOf } from './thing-index.ts';
import { encodeUser } from './users.ts';

/** Kinds of records, in the order in which they must be read: what types name before types. */
export const Kind = {
  DATABASE: 0,
  USER: 1,
  COLLECTION: 2,
  PROCEDURE: 3,
  MODULE: 4,
  TYPE_NAMES: 9,
  ENUM: 10,
  TYPE: 11,
  COLLECTION_PROCEDURE: 12,
  /** Only in stores of the first format; pages have keys of their own since. */
  OLD_PAGE: 13,
  RELATIONS: 14,
  ROOM: 15,
  HISTORY: 16,
  COMMIT: 17,
  TASKS: 18,
  ATTRIBUTES: 19,
  QUOTAS: 20,
  ZONE: 21,
} as const;

/** What an item of a large list takes in its record, about. */
const BYTES_AN_ITEM = 10;

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

/** The commits of a scope that the store has. */
interface KeptCommits {
  /** The array in which they were, which is another one when some were taken out. */
  readonly list: readonly Commit[];
  readonly ids: number[];
}

/** A collection in the checkpoint that is being written, and what that checkpoint took of it. */
interface Frozen {
  readonly collection: Collection;
  readonly rooms: readonly number[];
}

/** What a database must write at its next checkpoint; a snapshot of the moment at which `begin` was called. */
export class CheckpointSource {
  private readonly database: Database;
  private readonly writer = new MsgpackWriter(64 * 1024);
  /** The records that the store has, but for pages, rooms and commits, by the text of their keys; null where only the key is known. */
  private stored = new Map<string, Buffer | null>();
  /** What `stored` was before the checkpoint that is being written. */
  private before = this.stored;
  private commits = new Map<number, KeptCommits>();
  private commitsBefore = this.commits;
  /** The collections that the store has, and the last page that it may have of each. */
  private readonly known = new Map<Collection, number>();
  /** Collections that are gone, whose pages the checkpoint that is being written takes out. */
  private gone: (readonly [Collection, number])[] = [];
  private early: CheckpointRecord[] = [];
  /** The chunks of large lists and sets that the store has, by collection and page. */
  private readonly chunks = new Map<number, Map<number, ChunkCounts>>();
  /** Large lists and sets that are yet to be written. */
  private large: LargeWriter[] = [];
  /** Those that were written, and what the store had before of their pages. */
  private largeDone: { readonly writer: LargeWriter; readonly collection: number; readonly page: number; readonly before: ChunkCounts }[] =
    [];
  private frozen: Frozen[] = [];

  constructor(database: Database) {
    this.database = database;
  }

  /** To be called with each key that the store has when it is opened, but for those of pages. */
  found(k: Uint8Array): void {
    const kind = k[6];
    if (kind !== Kind.ROOM && kind !== Kind.COMMIT) this.stored.set(Buffer.from(k).latin1Slice(), null);
  }

  /** To be called with the keys of all chunks of large lists and sets that the store has when it is opened. */
  foundChunk(k: Uint8Array): void {
    const { collection, thing, start, chunk } = readChunkKey(k);
    const counts = this.chunksOf(collection, pageOf(thing));
    counts.set(start, Math.max(counts.get(start) ?? 0, chunk + 1));
    this.setChunks(collection, pageOf(thing), counts);
  }

  private chunksOf(collection: number, page: number): ChunkCounts {
    return this.chunks.get(collection)?.get(page) ?? new Map();
  }

  private setChunks(collection: number, page: number, counts: ChunkCounts): void {
    let pages = this.chunks.get(collection);
    if (pages === undefined) {
      pages = new Map();
      this.chunks.set(collection, pages);
    }
    if (counts.size > 0) pages.set(page, counts);
    else pages.delete(page);
  }

  /** To be called when all records were read, before changes behind them are applied. */
  opened(): void {
    for (const collection of this.database.collections.values()) {
      this.known.set(collection, pageOf(collection.nextId));
      collection.things.storedBefore = pageOf(collection.nextId) + 1;
      this.keepCommits(collection.id, collection);
    }
    this.keepCommits(0, this.database);
  }

  private keepCommits(scope: number, { history }: Historian): void {
    if (history !== null) this.commits.set(scope, { list: history, ids: history.map((commit) => commit.id) });
  }

  /** Takes the snapshot: small records now, pages of things when the store asks for them or when they are about to change. */
  begin(): Iterator<CheckpointRecord> {
    this.before = this.stored;
    this.stored = new Map();
    this.commitsBefore = this.commits;
    this.commits = new Map();
    this.frozen = [];
    this.large = [];
    this.largeDone = [];
    this.writeSmall();
    for (const collection of this.database.collections.values()) {
      this.frozen.push({ collection, rooms: this.writeRooms(collection) });
      collection.freeze();
      collection.writePending = (page) => {
        this.early.push(this.page(collection, page));
      };
    }
    this.dropGone();
    return this.records();
  }

  /** Has the records taken out that the store has and the database has no more. */
  private dropGone(): void {
    for (const text of this.before.keys()) if (!this.stored.has(text)) this.early.push([Buffer.from(text, 'latin1'), null]);
    for (const [scope, { ids }] of this.commitsBefore) {
      if (this.commits.has(scope)) continue;
      for (const id of ids) this.early.push([key(scope, Kind.COMMIT, id), null]);
    }
    this.gone = [...this.known].filter(([{ id }]) => !this.database.collections.has(id));
    for (const [collection] of this.gone) {
      this.known.delete(collection);
      const rooms = new Set([...collection.rooms.keys(), ...collection.dirtyRooms]);
      for (const id of rooms) this.early.push([key(collection.id, Kind.ROOM, id), null]);
    }
    for (const { collection } of this.frozen) this.known.set(collection, pageOf(collection.nextId));
  }

  /** To be called when the checkpoint is in the store. */
  finish(): void {
    for (const { collection } of this.frozen) collection.written();
  }

  /** After a checkpoint that failed: what it should have written is dirty again, and any part of it may be in the store. */
  abort(): void {
    for (const text of this.stored.keys()) this.before.set(text, null);
    for (const text of this.before.keys()) this.before.set(text, null);
    this.stored = this.before;
    this.commits = this.commitsBefore;
    for (const [collection, last] of this.gone) this.known.set(collection, last);
    for (const { collection, rooms } of this.frozen) collection.thaw(rooms);
    for (const { writer, collection, page, before } of this.largeDone) {
      for (const value of writer.kept) value.kept = 0;
      const counts = this.chunksOf(collection, page);
      for (const [start, count] of before) counts.set(start, Math.max(count, counts.get(start) ?? 0));
      this.setChunks(collection, page, counts);
    }
    this.early = [];
  }

  /** Writes a small record, unless the store has it as it is. */
  private record(k: Buffer, write: (w: MsgpackWriter) => void): void {
    const { writer } = this;
    writer.reset();
    write(writer);
    const text = k.latin1Slice();
    const old = this.before.get(text);
    if (old?.equals(writer.bytes())) {
      this.stored.set(text, old);
      return;
    }
    const bytes = Buffer.from(writer.bytes());
    this.stored.set(text, bytes);
    this.early.push([k, bytes]);
  }

  private writeSmall(): void {
    const { database } = this;
    this.record(key(0, Kind.DATABASE, 0), (w) => {
      w.int(database.nextId);
      encodeScopeInfo(w, database);
      w.int(database.changeId);
    });
    if (database.zone !== 0) this.record(key(0, Kind.ZONE, 0), (w) => w.int(database.zone));
    for (const user of database.users.values()) this.record(key(0, Kind.USER, user.id), (w) => encodeUser(w, user));
    for (const procedure of database.procedures.values()) {
      this.record(key(0, Kind.PROCEDURE, procedure.name), (w) => encodeProcedure(w, procedure));
    }
    for (const module of database.modules.values()) this.record(key(0, Kind.MODULE, module.name), (w) => encodeModule(w, module));
    this.writeHistory(0, database);
    this.writeTasks(0, database);
    for (const collection of database.collections.values()) this.writeCollection(collection);
  }

  /** Commits do not change, so only new ones are written. */
  private writeHistory(scope: number, { history }: Historian): void {
    if (history === null) return;
    this.record(key(scope, Kind.HISTORY, 0), (w) => w.int(1));
    const kept = this.commitsBefore.get(scope);
    let ids: number[] = [];
    if (kept?.list === history) ids = kept.ids.slice();
    else if (kept !== undefined) {
      const still = new Set(history.map((commit) => commit.id));
      for (const id of kept.ids) {
        if (still.has(id)) ids.push(id);
        else this.early.push([key(scope, Kind.COMMIT, id), null]);
      }
    }
    for (const commit of history.slice(ids.length)) {
      this.writer.reset();
      encodeCommit(this.writer, commit);
      this.early.push([key(scope, Kind.COMMIT, commit.id), this.writer.take()]);
      ids.push(commit.id);
    }
    this.commits.set(scope, { list: history, ids });
  }

  /** Rooms that came, went or changed. */
  private writeRooms(collection: Collection): number[] {
    const rooms = [...collection.dirtyRooms];
    for (const id of rooms) {
      const room = collection.rooms.get(id);
      const k = key(collection.id, Kind.ROOM, id);
      if (room === undefined) {
        this.early.push([k, null]);
        continue;
      }
      this.writer.reset();
      this.writer.int(id);
      this.writer.int(room.refs);
      this.writer.str(room.name ?? '');
      this.early.push([k, this.writer.take()]);
    }
    return rooms;
  }

  /** In one record, since they have an order. */
  private writeTasks(scope: number, { tasks }: TaskScope): void {
    if (tasks.items.length === 0) return;
    this.record(key(scope, Kind.TASKS, 0), (w) => {
      for (const task of tasks.items) encodeTask(w, task);
    });
  }

  private writeCollection(c: Collection): void {
    this.record(key(0, Kind.COLLECTION, c.id), (w) => {
      w.int(c.id);
      w.str(c.name);
      w.int(c.createdAt);
      w.int(c.root.id);
      w.int(c.nextId);
      encodeCollectionInfo(w, c);
      w.int(c.things.size);
    });
    this.record(key(c.id, Kind.TYPE_NAMES, 0), (w) => encodeTypeNames(w, c));
    for (const type of c.types.values()) this.record(key(c.id, Kind.TYPE, type.id), (w) => encodeType(w, type));
    this.record(key(c.id, Kind.RELATIONS, 0), (w) => encodeRelations(w, c));
    for (const e of c.enumsById.values()) this.record(key(c.id, Kind.ENUM, e.id), (w) => encodeEnum(w, e));
    this.writeHistory(c.id, c);
    this.writeTasks(c.id, c);
    if (c.quotas !== null) this.record(key(c.id, Kind.QUOTAS, 0), (w) => writeQuotas(w, c.quotas));
    for (const id of c.attributes.ids()) this.record(key(c.id, Kind.ATTRIBUTES, id), (w) => encodeAttributes(w, id, c.attributes));
    for (const p of c.procedures.values()) this.record(key(c.id, Kind.COLLECTION_PROCEDURE, p.name), (w) => encodeProcedure(w, p));
  }

  private page(collection: Collection, number: number): CheckpointRecord {
    collection.pendingPages.delete(number);
    collection.writtenPages.add(number);
    const k = pageKey(collection.id, number);
    const w = this.writer;
    w.reset();
    if (collection.things.logged?.write(w, number) === true) return [k, w.take()];
    const page = collection.things.loadedPage(number);
    const before = this.chunksOf(collection.id, number);
    const large = new LargeWriter(collection.id, before);
    w.reset();
    if (page !== undefined && page.count > 0) encodePage(w, page, (...property) => large.write(...property));
    if (before.size > 0 || large.counts.size > 0) {
      this.large.push(large);
      this.largeDone.push({ writer: large, collection: collection.id, page: number, before });
      this.setChunks(collection.id, number, large.counts);
    }
    if (page === undefined || page.count === 0) return [k, null];
    page.weigh(w.size + large.items * BYTES_AN_ITEM);
    return [k, w.take()];
  }

  private *records(): Iterator<CheckpointRecord> {
    yield* this.takeEarly();
    for (const { collection } of this.frozen) {
      // One iterator for all: a new one would go over the places of those that are done each time.
      for (const page of collection.pendingPages) {
        yield this.page(collection, page);
        yield* this.takeEarly();
      }
      collection.writePending = null;
    }
    yield* this.takeEarly();
    for (const [{ id }, last] of this.gone) {
      for (let page = 0; page <= last; page++) yield [pageKey(id, page), null];
      for (const counts of this.chunks.get(id)?.values() ?? []) yield* withoutChunks(counts);
    }
  }

  private *takeEarly(): Iterable<CheckpointRecord> {
    for (let i = 0; i < this.early.length; i++) yield this.early[i] as CheckpointRecord;
    this.early = [];
    for (let next = this.large.pop(); next !== undefined; next = this.large.pop()) yield* next.records();
  }
}
