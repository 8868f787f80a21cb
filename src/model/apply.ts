/** Applies recorded changes: what recovery does with the log, and what any copy of a store does with the changes of another. */
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import type { ClosureCode } from '../values/closure.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import { applyTypeOp, dropEnum } from './apply-types.ts';
import { ChangeOp } from './change.ts';
import { Collection } from './collection.ts';
import { hold, holdAll, release, releaseAll } from './counts.ts';
import type { Database } from './database.ts';
import { decodeCollectionInfo, decodeScopeInfo } from './database-records.ts';
import { historianOf, readCommit, readDeletedCommits } from './history.ts';
import { Later } from './later.ts';
import { decodeModule, readDeletedModule, readDeployedModule, readRenamedModule } from './modules.ts';
import type { RecordFinder } from './pages.ts';
import { readQuotas } from './quotas.ts';
import { readCount, readInt, readStr } from './read.ts';
import { valuesOf } from './references.ts';
import { readRestriction } from './restrictions.ts';
import { type ClosureLoader, collectionContext, decodeEnum, globalContext } from './schema-records.ts';
import { decodeItems, decodeProperty, decodeStored, type StoredContext } from './stored.ts';
import { decodeRemoval, decodeTask } from './tasks.ts';
import { decodeSlots, decodeThingBody, listOf, putInto, putOwned } from './thing-reader.ts';
import type { TypeDef } from './types.ts';
import { decodeUser } from './users.ts';

/** Where in the bytes of a change the operation begins that is being applied. */
export interface Progress {
  offset: number;
}

/**
 * Applies the operations of one change. Throws when they are damaged: the caller must not go on with the store. With `store`, from which the things of the database
 * come, many new things need not come into memory: see `Later`.
 */
export function applyChange(
  database: Database,
  scope: number,
  data: Uint8Array,
  load: ClosureLoader,
  progress: Progress = { offset: 0 },
  store: RecordFinder | null = null,
): void {
  if (scope === 0) {
    const r = new MsgpackReader(data);
    while (!r.atEnd) {
      progress.offset = r.offset;
      applyGlobal(database, r, readInt(r), load);
    }
    return;
  }
  const collection = database.collections.get(scope);
  if (collection === undefined) throw new Error(`a change of collection ${scope}, which does not exist`);
  applyToCollection(collection, data, load, progress, store);
}

/** Applies operations to one collection. Throws when they are damaged. */
export function applyToCollection(
  collection: Collection,
  data: Uint8Array,
  load: ClosureLoader,
  progress: Progress = { offset: 0 },
  store: RecordFinder | null = null,
): void {
  const r = new MsgpackReader(data);
  const applier = new CollectionApplier(collection, load, store);
  while (!r.atEnd) {
    progress.offset = r.offset;
    applier.apply(r, readInt(r));
  }
}

class CollectionApplier {
  private readonly collection: Collection;
  private readonly cx: StoredContext;
  private readonly load: ClosureLoader;
  private readonly later: Later | null;
  /** The thing of the last `NEW`. */
  private made: Thing | null = null;

  constructor(collection: Collection, load: ClosureLoader, store: RecordFinder | null) {
    this.collection = collection;
    this.cx = collectionContext(collection, load);
    this.load = load;
    this.later = store === null ? null : new Later(collection, this.cx, store);
  }

  private thing(r: MsgpackReader): Thing {
    const thing = this.collection.things.get(readInt(r));
    if (thing === undefined) throw new Error('damaged change: a thing that does not exist');
    this.collection.touch(thing.id);
    return thing;
  }

  apply(r: MsgpackReader, op: number): void {
    switch (op) {
      case ChangeOp.SET: {
        if (this.later?.set(r) === true) break;
        const thing = this.thing(r);
        const key = readStr(r);
        const value = decodeProperty(r, this.cx);
        hold(this.collection, value);
        release(this.collection, thing.get(key) ?? null);
        putOwned(thing, key, value);
        break;
      }
      case ChangeOp.DEL:
        release(this.collection, this.thing(r).remove(readStr(r)) ?? null);
        break;
      case ChangeOp.NEW:
        this.made = this.applyNew(readInt(r), (thing) => decodeThingBody(r, thing, this.collection, this.cx));
        break;
      case ChangeOp.MORE:
        this.applyMore(r);
        break;
      case ChangeOp.SPLICE:
        this.splice(r);
        break;
      case ChangeOp.SET_ADD:
      case ChangeOp.SET_REMOVE:
        this.changeSet(r, op);
        break;
      default:
        this.applyOther(r, op);
    }
  }

  private applyNew(id: number, decode: (thing: Thing) => void): Thing {
    const { collection } = this;
    collection.touch(id);
    collection.nextId = Math.max(collection.nextId, id + 1);
    const thing = this.cx.thing(id);
    const isNew = !collection.things.has(id);
    const old = isNew ? [] : [...valuesOf(thing)];
    if (!isNew) indexOf(thing)?.delete(thing);
    decode(thing);
    if (isNew) this.add(thing);
    indexOf(thing)?.add(thing);
    holdAll(collection, valuesOf(thing));
    releaseAll(collection, old);
    return thing;
  }

  private add(thing: Thing): void {
    const { things, uncounted } = this.collection;
    things.set(thing.id, thing);
    // Counted before it was there.
    if (uncounted !== null) thing.refs += uncounted.take(thing.id);
  }

  private applyMore(r: MsgpackReader): void {
    const count = readInt(r);
    const { made } = this;
    if (made === null) throw new Error('damaged change: things like one that is not there');
    const { shape } = made;
    const end = made.id + 1 + count;
    let pages = this.later?.pagesOf(made, end) ?? null;
    for (let id = made.id + 1; id < end; id++) {
      if (pages?.first === id && this.later?.keep(r, shape, pages) === true) {
        id = pages.end;
        pages = null;
        if (id === end) break;
      }
      this.applyNew(id, (thing) => decodeSlots(r, thing, shape, this.cx));
    }
  }

  private splice(r: MsgpackReader): void {
    if (this.later?.splice(r) === true) return;
    const { collection } = this;
    const id = readInt(r);
    const key = readStr(r);
    const start = readInt(r);
    const count = readInt(r);
    const items = decodeItems(r, this.cx, readCount(r));
    collection.touch(id);
    holdAll(collection, items);
    // To put something into a list that is not in memory, it need not come: it may be large.
    if (count === 0 && collection.things.defer(id, (thing) => putInto(listOf(thing, key), start, 0, items))) return;
    releaseAll(collection, putInto(listOf(collection.things.get(id), key), start, count, items));
  }

  private changeSet(r: MsgpackReader, op: number): void {
    const set = this.thing(r).get(readStr(r));
    if (!(set instanceof SetValue)) throw new Error('damaged change: no set there');
    for (let left = readCount(r); left > 0; left--) {
      const thing = this.cx.thing(readInt(r));
      if (op === ChangeOp.SET_ADD) {
        if (!set.things.has(thing)) hold(this.collection, thing);
        set.things.add(thing);
      } else if (set.things.delete(thing)) {
        set.kept = 0;
        release(this.collection, thing);
      }
    }
  }

  private applyTask(r: MsgpackReader): void {
    const { task, before } = decodeTask(r, this.collection, this.cx, this.load);
    hold(this.collection, task.args);
    release(this.collection, before);
  }

  private applyOther(r: MsgpackReader, op: number): void {
    const { collection } = this;
    switch (op) {
      case ChangeOp.CLEAR: {
        const thing = this.thing(r);
        const values = [...valuesOf(thing)];
        thing.clear();
        releaseAll(collection, values);
        break;
      }
      case ChangeOp.SET_ATTRIBUTE:
        collection.attributes.set(readInt(r), readStr(r), decodeStored(r, this.cx));
        break;
      case ChangeOp.UNSET_ATTRIBUTE:
        collection.attributes.unset(readInt(r), readStr(r));
        break;
      case ChangeOp.RESTRICT: {
        const thing = this.thing(r);
        const definition = readStr(r);
        thing.restriction = definition === '' ? null : readRestriction(collection, definition);
        break;
      }
      case ChangeOp.RENAME: {
        const thing = this.thing(r);
        const value = thing.remove(readStr(r));
        if (value === undefined) throw new Error('damaged change: no such property');
        if (value instanceof List || value instanceof SetValue) value.kept = 0;
        putOwned(thing, readStr(r), value);
        break;
      }
      case ChangeOp.REMOVE:
        for (let left = readCount(r); left > 0; left--) this.remove(readInt(r));
        break;
      case ChangeOp.REMOVE_RUN: {
        const first = readInt(r);
        for (let i = 0, count = readInt(r); i < count; i++) this.remove(first + i);
        break;
      }
      case ChangeOp.NEXT_ID:
        collection.nextId = Math.max(collection.nextId, readInt(r));
        break;
      default:
        this.applySchema(r, op);
    }
  }

  private remove(id: number): void {
    const { collection } = this;
    collection.touch(id);
    const thing = collection.things.get(id);
    if (thing === undefined) return;
    indexOf(thing)?.delete(thing);
    collection.things.delete(id);
    releaseAll(collection, valuesOf(thing));
    collection.attributes.drop(id);
  }

  private applySchema(r: MsgpackReader, op: number): void {
    const { collection } = this;
    switch (op) {
      case ChangeOp.ENUM: {
        const before = [...collection.enumsById].flatMap(([, e]) => [...e.members.values()].map((member) => member.value));
        decodeEnum(r, collection, this.cx);
        for (const [, e] of collection.enumsById) for (const member of e.members.values()) hold(collection, member.value);
        releaseAll(collection, before);
        break;
      }
      case ChangeOp.NO_TYPES:
        collection.typesById.clear();
        collection.goneTypes.clear();
        collection.nextTypeId = 1;
        break;
      case ChangeOp.DEL_ENUM: {
        const enumeration = collection.enumsById.get(readInt(r));
        if (enumeration === undefined) throw new Error('damaged change: no such enumerator');
        for (const member of enumeration.members.values()) release(collection, member.value);
        dropEnum(collection, enumeration);
        break;
      }
      case ChangeOp.PROCEDURE: {
        const procedure = readProcedure(r, this.load);
        collection.procedures.set(procedure.name, procedure);
        break;
      }
      case ChangeOp.COMMIT:
        readCommit(r, collection);
        break;
      case ChangeOp.ROOM_NAME:
        collection.nameRoom(this.cx.room(readInt(r)), readStr(r) || null);
        break;
      case ChangeOp.DEL_PROCEDURE:
        collection.procedures.delete(readStr(r));
        break;
      case ChangeOp.TASK:
        this.applyTask(r);
        break;
      case ChangeOp.DEL_TASK:
        release(collection, decodeRemoval(r, collection));
        break;
      default:
        applyTypeOp(r, op, collection, this.cx);
    }
  }
}

export function readProcedure(r: MsgpackReader, load: ClosureLoader) {
  const name = readStr(r);
  const closure = new Closure(load(readStr(r)));
  closure.unbound = true;
  return { name, closure, createdAt: readInt(r) };
}

/** Where its type keeps all instances at hand. */
const indexOf = (thing: Thing): Set<Thing> | null => (thing.shape.type as TypeDef | null)?.instances ?? null;

function applyWithin(database: Database, r: MsgpackReader, load: ClosureLoader): void {
  const scope = readInt(r);
  if (r.next() !== Tok.BIN) throw new Error('damaged change: expected operations');
  applyChange(database, scope, r.bytes(), load);
}

function applyGlobal(database: Database, r: MsgpackReader, op: number, load: (text: string) => ClosureCode): void {
  switch (op) {
    case ChangeOp.COLLECTION: {
      const id = readInt(r);
      database.addCollection(new Collection(id, readStr(r), readInt(r), readInt(r)));
      break;
    }
    case ChangeOp.DEL_COLLECTION: {
      const collection = database.collections.get(readInt(r));
      if (collection === undefined) throw new Error('damaged change: no such collection');
      database.removeCollection(collection);
      break;
    }
    case ChangeOp.COLLECTION_INFO:
      decodeCollectionInfo(r, database);
      break;
    case ChangeOp.USER:
      decodeUser(r, database);
      break;
    case ChangeOp.DEL_USER: {
      const user = database.users.get(readInt(r));
      if (user === undefined) throw new Error('damaged change: no such user');
      database.removeUser(user);
      break;
    }
    case ChangeOp.HISTORY: {
      const historian = historianOf(database, readInt(r));
      historian.history = readInt(r) === 1 ? [] : null;
      break;
    }
    case ChangeOp.COMMIT:
      readCommit(r, database);
      break;
    case ChangeOp.DEL_COMMITS:
      readDeletedCommits(r, database);
      break;
    case ChangeOp.ZONE:
      database.zone = readInt(r);
      break;
    case ChangeOp.QUOTAS: {
      const collection = database.collections.get(readInt(r));
      if (collection === undefined) throw new Error('damaged change: no such collection');
      collection.quotas = readQuotas(r);
      break;
    }
    case ChangeOp.SCOPE_INFO:
      decodeScopeInfo(r, database);
      break;
    case ChangeOp.PROCEDURE: {
      const procedure = readProcedure(r, load);
      database.procedures.set(procedure.name, procedure);
      break;
    }
    case ChangeOp.DEL_PROCEDURE:
      database.procedures.delete(readStr(r));
      break;
    case ChangeOp.TASK:
      decodeTask(r, database, globalContext(database, load), load);
      break;
    case ChangeOp.DEL_TASK:
      decodeRemoval(r, database);
      break;
    case ChangeOp.WITHIN:
      applyWithin(database, r, load);
      break;
    case ChangeOp.MODULE:
      decodeModule(r, database);
      break;
    case ChangeOp.DEL_MODULE:
      readDeletedModule(r, database);
      break;
    case ChangeOp.RENAME_MODULE:
      readRenamedModule(r, database);
      break;
    case ChangeOp.DEPLOY_MODULE:
      readDeployedModule(r, database);
      break;
    default:
      throw new Error(`damaged change: unknown operation ${op}`);
  }
}
