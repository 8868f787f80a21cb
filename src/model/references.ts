/**
 * Counts of references: how many stored places hold a thing or room. What a stored place comes to hold gets an id; what no place holds any more when the
 * query ends leaves the collection.
 */
import { Room, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Change } from './change.ts';
import { recordGone, recordWhole } from './change-records.ts';
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
  /** Empty but while the values of one thing are counted. */
  private readonly inside: (Thing | Room)[] = [];

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
    } else if (value instanceof List) {
      for (const item of value.items) if (typeof item === 'object' && item !== null) this.hold(item);
    } else if (value instanceof SetValue) for (const thing of value.things) this.hold(thing);
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
      else if (!value.isOrphan) {
        value.isOrphan = true;
        this.orphans.push(value);
      }
    } else if (value instanceof List) {
      for (const item of value.items) if (typeof item === 'object' && item !== null) this.release(item);
    } else if (value instanceof SetValue) for (const thing of value.things) this.release(thing);
    else if (value instanceof Wrapped) this.release(value.thing);
    else if (value instanceof Room) {
      this.tx.collection?.touchRoom(value.id);
      if (--value.refs === 0) this.emptyRooms.push(value);
    }
  }

  /** Gives ids to a thing and to all new things and rooms it leads to: a thing before those in it, and all of those before the next. */
  private attach(first: Thing): void {
    this.register(first);
    if (this.inside.length > 0) this.attachAll(first, this.inside.splice(0).reverse());
    else {
      recordWhole(this.tx.change as Change, first);
      if ((first.shape.type as TypeDef | null)?.hasRelations) settle(this.tx, first);
    }
  }

  /** The rest of `attach` for a thing that leads to others, which lie on `stack`, the first on top. */
  private attachAll(first: Thing, stack: (Thing | Room)[]): void {
    const fresh = [first];
    // A stack of our own: things may lead to one another over any number of steps.
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next.id !== 0) continue;
      if (next instanceof Room) {
        this.registerRoom(next);
        continue;
      }
      this.register(next);
      fresh.push(next);
      for (let found = this.inside.pop(); found !== undefined; found = this.inside.pop()) stack.push(found);
    }
    for (const thing of fresh) recordWhole(this.tx.change as Change, thing);
    for (const thing of fresh) if ((thing.shape.type as TypeDef | null)?.hasRelations) settle(this.tx, thing);
  }

  /** Counts references to things and adds those that have no id yet, and rooms that have none, to `inside`. */
  private holdFlat(value: object): void {
    if (value instanceof Thing) {
      if (value.id !== 0) this.tx.collection?.touch(value.id);
      value.refs++;
      if (value.id === 0) this.inside.push(value);
      else this.search?.reach(value);
    } else if (value instanceof List) {
      for (const item of value.items) if (typeof item === 'object' && item !== null) this.holdFlat(item);
    } else if (value instanceof SetValue) for (const thing of value.things) this.holdFlat(thing);
    else if (value instanceof Wrapped) this.holdFlat(value.thing);
    else if (value instanceof Room) {
      if (value.id !== 0) this.tx.collection?.touchRoom(value.id);
      value.refs++;
      if (value.id === 0) this.inside.push(value);
    }
  }

  /** Gives a new thing its id, and counts what it holds; what of that is new comes into `inside`. */
  private register(thing: Thing): void {
    const collection = this.tx.collection as Collection;
    const type = thing.shape.type as TypeDef | null;
    if (type !== null) {
      // The type may have changed since the instance was made, where nobody saw the instance.
      if (type.shape !== thing.shape) refreshInstance(collection, thing);
      type.instances?.add(thing);
    }
    thing.id = collection.nextId++;
    collection.touch(thing.id);
    collection.admit(thing);
    for (const value of valuesOf(thing)) if (typeof value === 'object' && value !== null) this.holdFlat(value);
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
    let gone = 0;
    for (let i = 0; i < orphans.length; i++) {
      const thing = orphans[i] as Thing;
      thing.isOrphan = false;
      if (thing.refs > 0 || !collection.things.has(thing.id)) continue;
      this.takeOut(collection, thing);
      // Those that leave come to the front: there may be very many, and another array would have to grow for them.
      orphans[gone++] = thing;
      for (const value of valuesOf(thing)) if (typeof value === 'object' && value !== null) this.release(value);
    }
    orphans.length = gone;
    this.recordRemoval(orphans);
    orphans.length = 0;
  }

  private takeOut(collection: Collection, thing: Thing): void {
    collection.touch(thing.id);
    collection.things.delete(thing.id);
    collection.attributes.drop(thing.id);
    (thing.shape.type as TypeDef | null)?.instances?.delete(thing);
  }

  private recordRemoval(things: readonly Thing[]): void {
    if (this.tx.change !== null) recordGone(this.tx.change, things);
  }

  /** Takes things out of the collection that only hold one another. What they hold is released by those who call, in their own time. */
  removeGarbage(things: readonly Thing[]): void {
    const collection = this.tx.collection as Collection;
    for (const thing of things) this.takeOut(collection, thing);
    this.recordRemoval(things);
  }
}
