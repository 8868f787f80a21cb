/**
 * A change: the record of everything one query did to what is stored, as small operations one after another. Applying them in order to
 * a store that was equal gives a store that is equal again; recovery, export and watching all read the same operations.
 *
 * An operation is an int code followed by its operands, all MessagePack; values as `encodeStored` writes them.
 */
import type { MsgpackWriter } from '../msgpack/writer.ts';
import type { List } from '../values/list.ts';
import type { Shape } from '../values/shape.ts';
import type { Thing } from '../values/thing.ts';
import type { Job } from './jobs.ts';
import { encodeRun } from './stored.ts';

export const ChangeOp = {
  /** thing, key, value */
  SET: 1,
  /** thing, key */
  DEL: 2,
  /** thing, type (0: none), count, key and value each: a thing gets its id */
  NEW: 3,
  /** thing, key, start, delete count, array of values: in the list of that property */
  SPLICE: 4,
  /** thing, key, array of things */
  SET_ADD: 5,
  /** thing, key, array of things */
  SET_REMOVE: 6,
  /** thing: all properties leave */
  CLEAR: 7,
  /** thing, old key, new key */
  RENAME: 8,
  /** array of things that nothing holds any more */
  REMOVE: 9,
  /** thing, definition; an empty one takes the restriction away */
  RESTRICT: 10,
  /** thing, name, value: an attribute of the 2019 dialect */
  SET_ATTRIBUTE: 11,
  /** thing, name */
  UNSET_ATTRIBUTE: 12,
  /** count (always as an int of 32 bits), then the values of each: things of the next ids, with the keys or the type of the thing made before */
  MORE: 13,
  /** first id, count: things with consecutive ids that nothing holds any more */
  REMOVE_RUN: 14,
  /** type, whole, as `encodeType` writes it: new, or one without fields that got some */
  TYPE: 20,
  /** type id: its instances become plain things */
  DEL_TYPE: 21,
  /** what of a type changes without its instances, as `encodeTypeInfo` writes it */
  TYPE_INFO: 22,
  /** type id, name, definition, value: a new last field, with that value in all instances */
  ADD_FIELD: 23,
  /** type id, name: the field leaves, and the last takes its place */
  DEL_FIELD: 24,
  /** type id, old name, new name */
  RENAME_FIELD: 25,
  /** type id, name, definition: values stay as they are */
  FIELD_RULE: 26,
  /** type id, name, other type id, other name: both fields are a relation; the values follow as changes of their own */
  RELATE: 27,
  /** type id, name: the relation of the field ends */
  UNRELATE: 28,
  /** enumerator, whole, as `encodeEnum` writes it: new or replaced */
  ENUM: 30,
  /** enumerator id */
  DEL_ENUM: 31,
  /** name, closure text, created at, */
  PROCEDURE: 40,
  /** name */
  DEL_PROCEDURE: 41,
  /** room, name; an empty one takes the name away */
  ROOM_NAME: 45,
  /** next free id of the collection */
  NEXT_ID: 50,
  /** id, name, created at, root id: a collection */
  COLLECTION: 60,
  /** id */
  DEL_COLLECTION: 61,
  /** id, name, default deep, time zone: what of a collection can be set */
  COLLECTION_INFO: 62,
  /** the zone of the node */
  ZONE: 84,
  /** id, then the four quotas in the order of `QUOTAS`, nil for none */
  QUOTAS: 63,
  /** user, whole, as `encodeUser` writes it: new or replaced */
  USER: 70,
  /** id */
  DEL_USER: 71,
  /** collection id or 0, on (1) or off (0): whether a scope keeps commits */
  HISTORY: 90,
  /** a commit, as `encodeCommit` writes it, in the scope of the change */
  COMMIT: 91,
  /** collection id or 0, count, ids */
  DEL_COMMITS: 92,
  /** task, whole, as `encodeTask` writes it: new or replaced */
  TASK: 95,
  /** task id */
  DEL_TASK: 96,
  /** collection id, bytes: operations that a change of the scope of users and collections does in a collection */
  WITHIN: 97,
  /** the types of an empty collection that were removed are forgotten, so that their ids can be given anew */
  NO_TYPES: 98,
  /** default deep and time zones of the scopes without collection, as `encodeScopeInfo` writes them */
  SCOPE_INFO: 80,
  /** module, whole, as `encodeModule` writes it: new or replaced */
  MODULE: 100,
  /** name */
  DEL_MODULE: 101,
  /** old name, new name */
  RENAME_MODULE: 102,
  /** name, code: goes into the file of the module */
  DEPLOY_MODULE: 103,
} as const;

/** Writes `SPLICE` up to its items. */
export function spliceHead(ops: MsgpackWriter, owner: number, key: string, start: number, count: number): void {
  ops.int(ChangeOp.SPLICE);
  ops.int(owner);
  ops.str(key);
  ops.int(start);
  ops.int(count);
}

/** New things that were recorded last, as long as nothing was recorded behind them. */
export interface Made {
  readonly shape: Shape;
  nextId: number;
  /** Where the operations end. */
  end: number;
  /** Where the count of `MORE` is; -1 while there is none. */
  countAt: number;
  count: number;
}

/** Things that were made one after another and put behind one another at the end of a list. */
interface Pushed {
  readonly list: List;
  /** Whose property the list was then. */
  readonly owner: number;
  readonly key: string;
  readonly start: number;
  readonly first: number;
  count: number;
}

export class Change {
  readonly id: number;
  private readonly writer: MsgpackWriter;
  made: Made | null = null;
  /** Recorded when anything else is, but for more of them: so many things take one operation that makes them, and one for the list. */
  private pushed: Pushed | null = null;
  /** The same for those who watch things of the collection; null while nobody does. */
  readonly jobs: Job[] | null;
  private isDropped = false;
  private isTold = false;

  constructor(id: number, ops: MsgpackWriter, isWatched = false) {
    this.id = id;
    this.jobs = isWatched ? [] : null;
    this.writer = ops;
    ops.reset();
  }

  /** The operations. To be asked for anew behind whatever may record others. */
  get ops(): MsgpackWriter {
    if (this.pushed !== null) this.recordPushed(this.pushed);
    return this.writer;
  }

  private recordPushed({ owner, key, start, first, count }: Pushed): void {
    this.pushed = null;
    const { writer } = this;
    spliceHead(writer, owner, key, start, 0);
    writer.arrayHeader(1);
    encodeRun(writer, first, count);
  }

  /** The operations, if another thing of this shape and id can be told behind the one that was made last; else null. */
  opsForMore(shape: Shape, id: number): MsgpackWriter | null {
    const { made, writer } = this;
    return made !== null && made.end === writer.size && made.nextId === id && made.shape === shape ? writer : null;
  }

  /** Takes note that a thing was put at the end of a list, at this place; false when it is not the one that was made last. */
  push(list: List, at: number, thing: Thing): boolean {
    const { made, writer, pushed } = this;
    if (made === null || made.end !== writer.size || thing.id !== made.nextId - 1) return false;
    if (pushed === null) this.pushed = { list, owner: (list.parent as Thing).id, key: list.key, start: at, first: thing.id, count: 1 };
    else if (pushed.list === list && pushed.start + pushed.count === at && pushed.first + pushed.count === thing.id) pushed.count++;
    else return false;
    return true;
  }

  /** Whether there is nothing to keep: no operations, and an id that nobody knows, so that the next change can have it. */
  get isEmpty(): boolean {
    return this.isDropped || (this.writer.size === 0 && !this.isTold);
  }

  /** The id, for those whom a query tells it: it is kept in the log then, even without operations, so that it is not given out twice. */
  tell(): number {
    this.isTold = true;
    return this.id;
  }

  /** Has nothing of it kept. What is in memory is then not what the store has: to be called only by who closes the database next. */
  drop(): void {
    this.isDropped = true;
  }
}
