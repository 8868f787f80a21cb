/** A collection: a graph of things from one root, with its types, enumerators and procedures. */

import { lookupErr } from '../errors.ts';
import type { Room } from '../values/handles.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import { Attributes } from './attributes.ts';
import type { EnumDef } from './enums.ts';
import type { GarbageSearch } from './garbage.ts';
import type { Commit } from './history.ts';
import type { Procedure } from './procedures.ts';
import type { Quotas } from './quotas.ts';
import { TaskList } from './tasks.ts';
import { type PageSource, pageOf, ThingIndex } from './thing-index.ts';
import type { TypeDef } from './types.ts';
import type { UncountedRefs } from './uncounted.ts';

let schemas = 0;

/** The id that the root of a new collection gets. */
export const FIRST_ID = 1;

export class Collection {
  readonly id: number;
  name: string;
  /** UNIX time in seconds. */
  readonly createdAt: number;
  readonly root: Thing;
  /** Under which users have their rights on it. */
  readonly accessKey: string;
  /** All stored things by id; the root too. */
  readonly things = new ThingIndex();
  /** The next id for a thing, room or task of this collection; never goes back. */
  nextId: number;
  /** Levels of things that an answer shows when the query does not say. */
  defaultDeep = 1;
  timeZone = 'UTC';
  readonly types = new Map<string, TypeDef>();
  readonly typesById = new Map<number, TypeDef>();
  readonly enums = new Map<string, EnumDef>();
  readonly enumsById = new Map<number, EnumDef>();
  readonly procedures = new Map<string, Procedure>();
  /** Stored rooms by id. */
  readonly rooms = new Map<number, Room>();
  readonly tasks = new TaskList();
  /** Commits of the collection; null while they are not kept. */
  history: Commit[] | null = null;
  readonly roomsByName = new Map<string, Room>();
  readonly attributes = new Attributes();
  /** How many clients watch things of it, each counted for each thing. */
  watched = 0;
  /** Null while there is no limit of any kind. */
  quotas: Quotas | null = null;
  /** Types that were removed, by the name they had: wraps in the collection may still name them. */
  readonly goneTypes = new Map<string, TypeDef>();
  nextTypeId = 1;
  nextEnumId = 1;
  /** The search for garbage that is going on. */
  search: GarbageSearch | null = null;
  /** Whether there may be garbage: something stopped being held in one place, but not in all. */
  suspicious = false;
  /** While a dump is loaded: counts of references to things that are not in memory. */
  uncounted: UncountedRefs | null = null;
  /** Another number, never used before, whenever a type or an enumerator is another one than before. */
  schema = 0;

  /** A new collection; with `stored` one whose things are there already, the root among them: it gives where they come from. */
  constructor(
    id: number,
    name: string,
    createdAt: number,
    rootId: number,
    stored: ((collection: Collection) => PageSource | null) | null = null,
  ) {
    this.id = id;
    this.name = name;
    this.accessKey = String(id);
    this.createdAt = createdAt;
    this.nextId = rootId + 1;
    if (stored !== null) {
      this.things.source = stored(this);
      this.root = this.things.refer(rootId);
      return;
    }
    this.root = new Thing(Shape.empty, []);
    this.root.id = rootId;
    // The collection itself holds its root.
    this.root.refs = 1;
    this.touch(rootId);
    this.things.set(rootId, this.root);
  }

  /** Throws lookup_err for a name that another room has, unless that one is about to leave: nothing stored holds it any more. */
  nameRoom(room: Room, name: string | null): void {
    if (room.name === name) return;
    const other = name === null ? undefined : this.roomsByName.get(name);
    if (other !== undefined && other.refs > 0) throw lookupErr(`there is a room with the name \`${name}\` already`);
    if (other !== undefined) other.name = null;
    if (room.name !== null) this.roomsByName.delete(room.name);
    room.name = name;
    if (name !== null) this.roomsByName.set(name, room);
    if (other !== undefined) this.touchRoom(other.id);
    this.touchRoom(room.id);
  }

  removeRoom(room: Room): void {
    this.touchRoom(room.id);
    this.rooms.delete(room.id);
    if (room.name !== null) this.roomsByName.delete(room.name);
  }

  /** Adds a stored thing, which has its id. */
  admit(thing: Thing): void {
    this.search?.admit(thing.id);
    this.things.set(thing.id, thing);
  }

  /** To be called when a type or enumerator came, went or changed: what was remembered of them no longer holds. */
  schemaChanged(): void {
    this.schema = ++schemas;
  }

  // --- what the next checkpoint must write ---

  /** Pages with things that changed since the last checkpoint began. */
  dirtyPages = new Set<number>();
  /** Pages that the running checkpoint has yet to write. */
  pendingPages = new Set<number>();
  /** Called before a page changes that is pending: the checkpoint takes it as it is now. */
  writePending: ((page: number) => void) | null = null;
  /** Pages that the running checkpoint has written, and that are not in the store before it is done. */
  writtenPages = new Set<number>();
  /** Ids of rooms that came, went or changed since the last checkpoint began. */
  dirtyRooms = new Set<number>();
  private lastTouched = -1;

  /** To be called before a stored thing is changed, added or removed. */
  touch(id: number): void {
    const page = pageOf(id);
    if (page === this.lastTouched) return;
    if (this.pendingPages.size > 0 && this.pendingPages.has(page)) this.writePending?.(page);
    this.dirtyPages.add(page);
    this.lastTouched = page;
  }

  /** To be called before a stored room comes, goes or changes. */
  touchRoom(id: number): void {
    this.dirtyRooms.add(id);
  }

  /** Whether a page is as the store has it. */
  isClean(page: number): boolean {
    return !this.dirtyPages.has(page) && !this.pendingPages.has(page) && !this.writtenPages.has(page);
  }

  /** Starts a checkpoint: all that is dirty becomes pending. */
  freeze(): void {
    this.things.storedBefore = Math.max(this.things.storedBefore, pageOf(this.nextId) + 1);
    this.pendingPages = this.dirtyPages;
    this.dirtyPages = new Set();
    this.writtenPages.clear();
    this.dirtyRooms.clear();
    this.lastTouched = -1;
  }

  /** Ends one that is in the store. */
  written(): void {
    for (const page of this.writtenPages) {
      this.things.logged?.drop(page);
      if (!this.dirtyPages.has(page)) this.things.drop(page);
    }
    this.writtenPages.clear();
  }

  /** Ends one that failed: all that it took is dirty again. */
  thaw(rooms: Iterable<number>): void {
    for (const page of this.pendingPages) this.dirtyPages.add(page);
    for (const page of this.writtenPages) this.dirtyPages.add(page);
    for (const room of rooms) this.dirtyRooms.add(room);
    this.pendingPages.clear();
    this.writtenPages.clear();
    this.writePending = null;
  }
}
