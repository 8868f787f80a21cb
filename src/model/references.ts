/**
 * Counts of references: how many stored places hold a thing or room. What a stored place comes to hold gets an id; what no place holds any more when the
 * query ends leaves the collection.
 */
import { Room, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing, ThingFlag } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { type Change, ChangeOp } from './change.ts';
import { recordWhole } from './change-records.ts';
import type { Collection } from './collection.ts';
import type { GarbageSearch } from './garbage.ts';
import { type Linker, settle } from './relations.ts';
import type { TypeDef } from './types.ts';
import { refreshInstance } from './types-migrate.ts';

/** The values of a thing's properties. */
export function valuesOf(thing: Thing): Iterable<Value> {
  return thing.dict === null ? thing.slots : thing.dict.values();
}

/** What counting uses of a transaction. */
interface Recorder extends Linker {
  readonly collection: Collection | null;
  readonly change: Change | null;
}

export class References {
  private readonly tx: Recorder;
  private readonly orphans: Thing[] = [];
  /** Rooms that nothing stored held at some time. */
  private readonly emptyRooms: Room[] = [];

  constructor(tx: Recorder) {
    this.tx = tx;
  }

  hold(value: Value): void {
    if (value instanceof Thing) {
      // The count is stored with the thing.
      if (value.id !== 0) this.tx.collection?.touch(value.id);
      value.refs++;
      if (value.id === 0) this.attach(value);
      else this.search?.reach(value);
    } else if (value instanceof List) for (const item of value.items) this.hold(item);
    else if (value instanceof SetValue) for (const thing of value.things) this.hold(thing);
    else if (value instanceof Wrapped) this.hold(value.thing);
    else if (value instanceof Room) {
      value.refs++;
      if (value.id === 0) this.registerRoom(value);
      else this.tx.collection?.touchRoom(value.id);
    }
  }

  private get search(): GarbageSearch | null {
    return (this.tx.collection as Collection).search;
  }

  private registerRoom(room: Room): void {
    const collection = this.tx.collection as Collection;
    room.id = collection.nextId++;
    collection.rooms.set(room.id, room);
    collection.touchRoom(room.id);
  }

  release(value: Value): void {
    if (value instanceof Thing) {
      this.tx.collection?.touch(value.id);
      if (--value.refs > 0) (this.tx.collection as Collection).suspicious = true;
      else if ((value.flags & ThingFlag.ORPHAN) === 0) {
        value.flags |= ThingFlag.ORPHAN;
        this.orphans.push(value);
      }
    } else if (value instanceof List) for (const item of value.items) this.release(item);
    else if (value instanceof SetValue) for (const thing of value.things) this.release(thing);
    else if (value instanceof Wrapped) this.release(value.thing);
    else if (value instanceof Room) {
      this.tx.collection?.touchRoom(value.id);
      if (--value.refs === 0) this.emptyRooms.push(value);
    }
  }

  /** Gives ids to a thing and to all new things and rooms it leads to: a thing before those in it, and all of those before the next. */
  private attach(first: Thing): void {
    const collection = this.tx.collection as Collection;
    const fresh: Thing[] = [];
    const stack: (Thing | Room)[] = [first];
    const inside: (Thing | Room)[] = [];
    // A stack of our own: things may lead to one another over any number of steps.
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next.id !== 0) continue;
      if (next instanceof Room) {
        this.registerRoom(next);
        continue;
      }
      this.register(collection, next);
      fresh.push(next);
      for (const value of valuesOf(next)) this.holdFlat(value, inside);
      for (let found = inside.pop(); found !== undefined; found = inside.pop()) stack.push(found);
    }
    for (const thing of fresh) recordWhole(this.tx.change as Change, thing);
    for (const thing of fresh) if ((thing.shape.type as TypeDef | null)?.hasRelations) settle(this.tx, thing);
  }

  /** Counts references to things and adds those that have no id yet, and rooms that have none, to `fresh`. */
  private holdFlat(value: Value, fresh: (Thing | Room)[]): void {
    if (value instanceof Thing) {
      if (value.id !== 0) this.tx.collection?.touch(value.id);
      value.refs++;
      if (value.id === 0) fresh.push(value);
      else this.search?.reach(value);
    } else if (value instanceof List) for (const item of value.items) this.holdFlat(item, fresh);
    else if (value instanceof SetValue) for (const thing of value.things) this.holdFlat(thing, fresh);
    else if (value instanceof Wrapped) this.holdFlat(value.thing, fresh);
    else if (value instanceof Room) {
      if (value.id !== 0) this.tx.collection?.touchRoom(value.id);
      value.refs++;
      if (value.id === 0) fresh.push(value);
    }
  }

  private register(collection: Collection, thing: Thing): void {
    const type = thing.shape.type as TypeDef | null;
    if (type !== null) {
      // The type may have changed since the instance was made, where nobody saw the instance.
      if (type.shape !== thing.shape) refreshInstance(collection, thing);
      type.instances?.add(thing);
    }
    thing.id = collection.nextId++;
    collection.touch(thing.id);
    collection.admit(thing);
  }

  /**
   * At the end of the query: things and rooms that nothing stored holds any more leave the collection, and with them what only they held. Gives the rooms
   * that left.
   */
  finish(): readonly Room[] {
    if (this.orphans.length > 0) this.removeOrphans();
    const { collection } = this.tx;
    const gone = this.emptyRooms.filter((room) => room.refs === 0 && collection?.rooms.get(room.id) === room);
    for (const room of gone) collection?.removeRoom(room);
    return gone;
  }

  private removeOrphans(): void {
    const { orphans } = this;
    const collection = this.tx.collection as Collection;
    const gone: Thing[] = [];
    for (let i = 0; i < orphans.length; i++) {
      const thing = orphans[i] as Thing;
      thing.flags &= ~ThingFlag.ORPHAN;
      if (thing.refs > 0 || !collection.things.has(thing.id)) continue;
      this.takeOut(collection, thing);
      gone.push(thing);
      for (const value of valuesOf(thing)) this.release(value);
    }
    orphans.length = 0;
    this.recordRemoval(gone);
  }

  private takeOut(collection: Collection, thing: Thing): void {
    collection.touch(thing.id);
    collection.things.delete(thing.id);
    collection.attributes.drop(thing.id);
    (thing.shape.type as TypeDef | null)?.instances?.delete(thing);
  }

  private recordRemoval(things: readonly Thing[]): void {
    const { change } = this.tx;
    if (things.length === 0 || change === null) return;
    const { ops } = change;
    ops.int(ChangeOp.REMOVE);
    ops.arrayHeader(things.length);
    for (const { id } of things) ops.int(id);
    if (change.jobs !== null) for (const thing of things) change.jobs.push({ kind: 'gone', thing });
  }

  /** Takes things out of the collection that only hold one another. What they hold is released by those who call, in their own time. */
  removeGarbage(things: readonly Thing[]): void {
    const collection = this.tx.collection as Collection;
    for (const thing of things) this.takeOut(collection, thing);
    this.recordRemoval(things);
  }
}
