/**
 * The operations that change things. Whatever a query does to data goes through these: on a thing that is not stored they just do it; on a stored
 * one they need a change, record what they do, and keep the counts of references.
 */
import { ErrorCode, lookupErr, operationErr, TiError, typeErr, valueErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { Future, Room, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Fault, type Restriction } from '../values/restriction.ts';
import { SetValue } from '../values/set.ts';
import { isName, Thing, ThingFlag } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { type Change, ChangeOp } from './change.ts';
import type { Collection } from './collection.ts';
import { checkStored, type Linker, link, relationOf, settle, unlink } from './relations.ts';
import { RuleKind } from './rules.ts';
import { compact, type Run, runsOf, spliceInto } from './splice.ts';
import { encodeStored } from './stored.ts';
import { encodeThingBody } from './thing-record.ts';
import { checkField, type FieldDef, type RelationEnd, type TypeDef } from './types.ts';
import { refreshInstance } from './types-migrate.ts';

/** Values are packed and stored by recursion, which this keeps within the native stack. */
const MAX_NESTING = 500;

export type Container = List | SetValue | Thing;

/** A list in a runaway loop ends with an error long before the memory does. */
const MAX_ITEMS = 2 ** 24;

/** From so many runs on, a removal is recorded as one operation. */
const MANY_RUNS = 16;

export class Transaction implements Linker {
  readonly collection: Collection | null;
  /** Null while the query may not change what is stored; set to null while a computed field runs, and when the query is over. */
  change: Change | null;
  /** Whether `nse` is why there is no change; only for the message. */
  suppressed = false;
  private readonly orphans: Thing[] = [];
  /** Rooms that nothing stored held at some time. */
  private readonly emptyRooms: Room[] = [];

  constructor(collection: Collection | null, change: Change | null) {
    this.collection = collection;
    this.change = change;
  }

  /** The change to record in. Throws operation_err when the query may not change anything. */
  need(): Change {
    if (this.change !== null) return this.change;
    throw operationErr(
      this.suppressed
        ? 'operation on a stored thing; remove `nse(...)` to enforce a change'
        : 'operation on a stored thing; use `wse(...)` to enforce a change',
    );
  }

  // --- values on their way into a thing, a list or a set ---

  /**
   * What is kept when `value` is put into a property: lists and sets are copied, since a property owns its own; closures show their compact text
   * from now on. `fresh` says that nobody else holds the list or set, so that it need not be copied.
   */
  property(owner: Thing, key: string, value: Value, fresh: boolean): Value {
    const kept = this.owned(owner, key, value, fresh);
    const type = owner.shape.type as TypeDef | null;
    if (type !== null && typeof kept === 'object' && kept !== null) this.adopt(type.field(key) as FieldDef, kept);
    return kept;
  }

  /** Gives a list, set or thing the restriction of the field that it is put into. */
  private adopt({ rule }: FieldDef, value: object): void {
    if (value instanceof List || value instanceof SetValue) value.restriction = rule.restriction;
    else if (rule.kind === RuleKind.RESTRICTED && value instanceof Thing && value.restriction === null && rule.restriction !== null) {
      this.restrict(value, rule.restriction);
    }
  }

  private owned(owner: Thing, key: string, value: Value, fresh: boolean): Value {
    if (value instanceof List) {
      const list = fresh && value.parent === null && !value.isTuple ? value : new List(value.items.slice());
      this.nest(list.items);
      list.parent = owner;
      list.key = key;
      return list;
    }
    if (value instanceof SetValue) {
      const set = fresh && value.parent === null ? value : new SetValue(new Set(value.things));
      set.parent = owner;
      set.key = key;
      return set;
    }
    return this.item(value);
  }

  /**
   * Gives how deep the tuples in an array are nested, and makes tuples of the lists and sets in it: `values()` gives lists that hold the lists of a
   * thing themselves.
   */
  private nest(items: Value[]): number {
    let nesting = 0;
    for (let i = 0; i < items.length; i++) {
      let item = items[i] as Value;
      if (typeof item !== 'object' || item === null) continue;
      if ((item instanceof List && !item.isTuple) || item instanceof SetValue) {
        item = this.item(item);
        items[i] = item;
      }
      if (item instanceof List && item.nesting >= nesting) nesting = item.nesting + 1;
    }
    return nesting;
  }

  /** What is kept when `value` is put into a list: lists and sets become tuples. */
  item(value: Value): Value {
    if (value instanceof Closure) value.unbound = true;
    else if (value instanceof List) {
      if (value.isTuple) return value;
      const items = value.items.slice();
      const tuple = new List(items, true);
      tuple.nesting = this.nest(items);
      if (tuple.nesting >= MAX_NESTING) throw operationErr(`lists may be nested ${MAX_NESTING} levels deep, and not deeper`);
      return tuple;
    } else if (value instanceof SetValue) return new List([...value.things], true);
    else if (value instanceof Future) return null;
    return value;
  }

  // --- references ---

  private hold(value: Value): void {
    if (value instanceof Thing) {
      value.refs++;
      if (value.id === 0) this.attach(value);
    } else if (value instanceof List) for (const item of value.items) this.hold(item);
    else if (value instanceof SetValue) for (const thing of value.things) this.hold(thing);
    else if (value instanceof Wrapped) this.hold(value.thing);
    else if (value instanceof Room) {
      value.refs++;
      if (value.id === 0) this.registerRoom(value);
    }
  }

  private registerRoom(room: Room): void {
    const collection = this.collection as Collection;
    room.id = collection.nextId++;
    collection.rooms.set(room.id, room);
  }

  private release(value: Value): void {
    if (value instanceof Thing) {
      if (--value.refs === 0 && (value.flags & ThingFlag.ORPHAN) === 0) {
        value.flags |= ThingFlag.ORPHAN;
        this.orphans.push(value);
      }
    } else if (value instanceof List) for (const item of value.items) this.release(item);
    else if (value instanceof SetValue) for (const thing of value.things) this.release(thing);
    else if (value instanceof Wrapped) this.release(value.thing);
    else if (value instanceof Room && --value.refs === 0) this.emptyRooms.push(value);
  }

  /** Gives ids to a thing and to all new things and rooms it leads to: a thing before those in it, and all of those before the next. */
  private attach(first: Thing): void {
    const collection = this.collection as Collection;
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
    for (const thing of fresh) this.recordNew(thing);
    for (const thing of fresh) if ((thing.shape.type as TypeDef | null)?.hasRelations) settle(this, thing);
  }

  /** Counts references to things and adds those that have no id yet, and rooms that have none, to `fresh`. */
  private holdFlat(value: Value, fresh: (Thing | Room)[]): void {
    if (value instanceof Thing) {
      value.refs++;
      if (value.id === 0) fresh.push(value);
    } else if (value instanceof List) for (const item of value.items) this.holdFlat(item, fresh);
    else if (value instanceof SetValue) for (const thing of value.things) this.holdFlat(thing, fresh);
    else if (value instanceof Wrapped) this.holdFlat(value.thing, fresh);
    else if (value instanceof Room) {
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
    collection.things.set(thing.id, thing);
  }

  private recordNew(thing: Thing): void {
    const w = (this.change as Change).ops;
    w.int(ChangeOp.NEW);
    w.int(thing.id);
    encodeThingBody(w, thing);
  }

  /** Before a stored thing changes; throws when it may not. */
  private touch(thing: Thing): Change {
    const change = this.need();
    (this.collection as Collection).touch(thing.id);
    return change;
  }

  // --- things ---

  /** Sets or adds a property and gives the value that the property now has. */
  setProperty(thing: Thing, key: string, value: Value, fresh = false): Value {
    this.checkProperty(thing, key, value);
    return this.setChecked(thing, key, value, fresh);
  }

  /** As `setProperty`, for a value that is known to fit, or need not. */
  setChecked(thing: Thing, key: string, value: Value, fresh = false): Value {
    const old = thing.get(key);
    checkFree(old);
    const end = relationOf(thing, key);
    if (end !== null) return this.setRelated(thing, key, end, value);
    // Nothing is done before it is known that it may be done.
    const change = thing.id === 0 ? null : this.touch(thing);
    detach(old);
    const kept = this.property(thing, key, value, fresh);
    if (change === null) thing.put(key, kept);
    else this.store(change, thing, key, kept, old);
    return kept;
  }

  /** Puts a value that `property` gave into a stored thing. */
  private store({ ops }: Change, thing: Thing, key: string, kept: Value, old: Value | undefined): void {
    this.hold(kept);
    thing.put(key, kept);
    if (old !== undefined) this.release(old);
    ops.int(ChangeOp.SET);
    ops.int(thing.id);
    ops.str(key);
    encodeStored(ops, kept);
  }

  /** Throws when `setProperty` would not take the key or the value. */
  checkProperty(thing: Thing, key: string, value: Value): void {
    const type = thing.shape.type as TypeDef | null;
    if (type !== null) {
      const slot = thing.shape.slotOf.get(key);
      if (slot === undefined && !isName(key)) throw badName(type, key);
      if (slot === undefined) throw lookupErr(`type \`${type.name}\` has no property \`${key}\``);
      checkField(type, key, type.rule(slot), value);
    } else if (thing.restriction !== null && !thing.restriction.accepts(value)) {
      throw typeErr(`restriction mismatch; type \`${typeName(value)}\` is not allowed as \`${thing.restriction.definition}\``);
    }
    if (!thing.has(key) && !isName(key)) checkKey(key);
  }

  // --- relations ---

  /** Sets one side of a relation; the other follows. */
  private setRelated(thing: Thing, key: string, end: RelationEnd, value: Value): Value {
    const field = (thing.shape.type as TypeDef).field(key) as FieldDef;
    const old = thing.get(key) as Value;
    const before = thingsIn(old);
    const after = thingsIn(value);
    if (thing.id === 0) {
      if (after.size > 0) checkStored(thing, key);
      const kept = this.property(thing, key, value, false);
      detach(old);
      thing.put(key, kept);
      return kept;
    }
    const change = this.touch(thing);
    const left = [...before].filter((other) => !after.has(other));
    const joined = [...after].filter((other) => !before.has(other));
    detach(old);
    const kept = this.property(thing, key, value, false);
    this.store(change, thing, key, kept, old);
    for (const other of left) unlink(this, end, thing, other);
    for (const other of joined) link(this, field, end, thing, other);
    return kept;
  }

  put(thing: Thing, key: string, value: Value): void {
    this.store(this.touch(thing), thing, key, value, thing.get(key));
  }

  include(set: SetValue, thing: Thing): void {
    const change = this.touch(set.parent as Thing);
    set.things.add(thing);
    this.hold(thing);
    this.recordSet(change, ChangeOp.SET_ADD, set, [thing]);
  }

  exclude(set: SetValue, thing: Thing): void {
    const change = this.touch(set.parent as Thing);
    set.things.delete(thing);
    this.release(thing);
    this.recordSet(change, ChangeOp.SET_REMOVE, set, [thing]);
  }

  /** The relation of the property that a set is; null when it is none. */
  private setRelation(set: SetValue): RelationEnd | null {
    return set.parent === null ? null : relationOf(set.parent, set.key);
  }

  // --- things again ---

  /** Removes a property and gives its value. Throws lookup_err when there is none. */
  deleteProperty(thing: Thing, key: string): Value {
    if (thing.shape.type !== null) throw typeErr(`cannot delete properties from an instance of type \`${thing.shape.type.name}\``);
    const old = thing.get(key);
    if (old === undefined) throw noProperty(thing, key);
    checkFree(old);
    const change = thing.id === 0 ? null : this.touch(thing);
    detach(old);
    thing.remove(key);
    if (change === null) return old;
    this.release(old);
    const { ops } = change;
    ops.int(ChangeOp.DEL);
    ops.int(thing.id);
    ops.str(key);
    return old;
  }

  /** Removes all properties of a plain thing, lists that are in use too: what uses them goes on with them. */
  clear(thing: Thing): void {
    const change = thing.id === 0 ? null : this.touch(thing);
    const values = [...valuesOf(thing)];
    for (const value of values) detach(value);
    thing.clear();
    if (change === null) return;
    for (const value of values) this.release(value);
    change.ops.int(ChangeOp.CLEAR);
    change.ops.int(thing.id);
  }

  /** Gives a property another name; its place in the order becomes the last. Throws lookup_err. */
  renameProperty(thing: Thing, from: string, to: string): void {
    if (thing.shape.type !== null) throw typeErr(`cannot rename properties of an instance of type \`${thing.shape.type.name}\``);
    const value = thing.get(from);
    if (value === undefined) throw noProperty(thing, from);
    if (!isName(to)) checkKey(to);
    if (thing.has(to)) throw lookupErr(`property \`${to}\` already exists on thing \`#${thing.id}\``);
    const change = thing.id === 0 ? null : this.touch(thing);
    thing.remove(from);
    thing.put(to, value);
    if (value instanceof List || value instanceof SetValue) value.key = to;
    if (change === null) return;
    change.ops.int(ChangeOp.RENAME);
    change.ops.int(thing.id);
    change.ops.str(from);
    change.ops.str(to);
  }

  /** Sets what the values of a plain thing must be, null for anything. The values that it has are not looked at. */
  restrict(thing: Thing, rule: Restriction | null): void {
    const change = thing.id === 0 ? null : this.touch(thing);
    thing.restriction = rule;
    if (change === null) return;
    change.ops.int(ChangeOp.RESTRICT);
    change.ops.int(thing.id);
    change.ops.str(rule?.definition ?? '');
  }

  // --- lists and sets ---

  /**
   * Takes `count` items out of a list at `start` and puts others there; gives those taken out. `items` are kept as they are: callers hand them
   * through `item` first. The list must not be locked by others. `unchecked`: whatever its restriction is.
   */
  splice(list: List, start: number, count: number, items: readonly Value[], unchecked = false): Value[] {
    if (list.restriction !== null && !unchecked) checkItems(list, items);
    if (list.items.length - count + items.length > MAX_ITEMS)
      throw new TiError(ErrorCode.MEMORY, `a list may have ${MAX_ITEMS} items, no more`);
    const owner = list.parent;
    const change = owner === null || owner.id === 0 ? null : this.touch(owner);
    if (change !== null) for (const item of items) this.hold(item);
    const taken = spliceInto(list.items, start, count, items);
    if (change === null) return taken;
    for (const item of taken) this.release(item);
    this.recordSplice(change, list, start, count, items);
    return taken;
  }

  /** Takes items out of a list, at places in ascending order, and gives them. What stays is not looked at. */
  removeItems(list: List, places: readonly number[]): Value[] {
    if (places.length === 0) return [];
    const owner = list.parent;
    const change = owner === null || owner.id === 0 ? null : this.touch(owner);
    const { items } = list;
    const taken = places.map((place) => items[place] as Value);
    const runs = runsOf(places);
    compact(items, places);
    if (change === null) return taken;
    for (const item of taken) this.release(item);
    this.recordRemoval(change, list, runs);
    return taken;
  }

  private recordRemoval(change: Change, list: List, runs: readonly Run[]): void {
    if (runs.length <= MANY_RUNS) {
      // From the last run to the first, so that each place still means what it meant.
      for (const run of runs.toReversed()) this.recordSplice(change, list, run.start, run.count, []);
      return;
    }
    // One operation for all, so that applying it goes over the list once: what stays between the first and the last run is put there again.
    const { start } = runs[0] as Run;
    const last = runs[runs.length - 1] as Run;
    const span = last.start + last.count - start;
    const removed = runs.reduce((sum, run) => sum + run.count, 0);
    this.recordSplice(change, list, start, span, list.items.slice(start, start + span - removed));
  }

  private recordSplice({ ops }: Change, list: List, start: number, count: number, items: readonly Value[]): void {
    ops.int(ChangeOp.SPLICE);
    ops.int((list.parent as Thing).id);
    ops.str(list.key);
    ops.int(start);
    ops.int(count);
    ops.arrayHeader(items.length);
    for (const item of items) encodeStored(ops, item);
  }

  /** Adds things to a set; gives how many were new. */
  addToSet(set: SetValue, things: Iterable<Thing>): number {
    const added = new Set<Thing>();
    for (const thing of things) {
      if (set.restriction !== null && !set.restriction.accepts(thing)) {
        throw typeErr(`type \`${typeName(thing)}\` is not allowed in a set of \`${set.restriction.definition}\``);
      }
      if (!set.things.has(thing)) added.add(thing);
    }
    if (added.size === 0) return 0;
    const owner = set.parent;
    const end = this.setRelation(set);
    if (end !== null) checkStored(owner as Thing, set.key);
    const change = owner === null || owner.id === 0 ? null : this.touch(owner);
    for (const thing of added) {
      set.things.add(thing);
      if (change !== null) this.hold(thing);
    }
    if (change === null) return added.size;
    this.recordSet(change, ChangeOp.SET_ADD, set, [...added]);
    if (end !== null) for (const thing of added) link(this, ownField(set), end, owner as Thing, thing);
    return added.size;
  }

  /** Removes things from a set; gives those that were in it. */
  removeFromSet(set: SetValue, things: Iterable<Thing>): Thing[] {
    const gone = [...new Set(things)].filter((thing) => set.things.has(thing));
    if (gone.length === 0) return gone;
    const owner = set.parent;
    const end = owner === null || owner.id === 0 ? null : this.setRelation(set);
    const change = owner === null || owner.id === 0 ? null : this.touch(owner);
    for (const thing of gone) {
      if (set.things.delete(thing) && change !== null) this.release(thing);
    }
    if (change === null) return gone;
    this.recordSet(change, ChangeOp.SET_REMOVE, set, gone);
    if (end !== null) for (const thing of gone) unlink(this, end, owner as Thing, thing);
    return gone;
  }

  private recordSet(change: Change, op: number, set: SetValue, things: readonly Thing[]): void {
    const { ops } = change;
    ops.int(op);
    ops.int((set.parent as Thing).id);
    ops.str(set.key);
    ops.arrayHeader(things.length);
    for (const thing of things) ops.int(thing.id);
  }

  /** Something that is stored in no thing's property keeps or drops a value: an enumerator's member, say. Needs a change. */
  keep(value: Value): void {
    this.need();
    this.hold(value);
  }

  drop(value: Value): void {
    this.need();
    this.release(value);
  }

  /** Gives a stored room a name, or takes it away. Throws lookup_err for a name that another room has. */
  nameRoom(room: Room, name: string | null): void {
    const { ops } = this.need();
    (this.collection as Collection).nameRoom(room, name);
    ops.int(ChangeOp.ROOM_NAME);
    ops.int(room.id);
    ops.str(name ?? '');
  }

  /**
   * At the end of the query: things and rooms that nothing stored holds any more leave the collection, and with them what only they held. Gives the rooms
   * that left.
   */
  finish(): readonly Room[] {
    if (this.orphans.length > 0) this.removeOrphans();
    const gone = this.emptyRooms.filter((room) => room.refs === 0 && this.collection?.rooms.get(room.id) === room);
    for (const room of gone) this.collection?.removeRoom(room);
    return gone;
  }

  private removeOrphans(): void {
    const { orphans } = this;
    const collection = this.collection as Collection;
    const gone: number[] = [];
    for (let i = 0; i < orphans.length; i++) {
      const thing = orphans[i] as Thing;
      thing.flags &= ~ThingFlag.ORPHAN;
      if (thing.refs > 0 || !collection.things.has(thing.id)) continue;
      collection.touch(thing.id);
      collection.things.delete(thing.id);
      (thing.shape.type as TypeDef | null)?.instances?.delete(thing);
      gone.push(thing.id);
      for (const value of valuesOf(thing)) this.release(value);
    }
    orphans.length = 0;
    if (gone.length === 0 || this.change === null) return;
    const { ops } = this.change;
    ops.int(ChangeOp.REMOVE);
    ops.arrayHeader(gone.length);
    for (const id of gone) ops.int(id);
  }
}

/** The values of a thing's properties. */
export function valuesOf(thing: Thing): Iterable<Value> {
  return thing.dict === null ? thing.slots : thing.dict.values();
}

/** Throws when a value is a list or set that is in use. */
function checkFree(value: Value | undefined): void {
  if ((value instanceof List || value instanceof SetValue) && value.locks > 0) throw inUse(value);
}

/** A list or set that leaves its property stays usable in variables, as one that nobody stores. */
function detach(value: Value | undefined): void {
  if (value instanceof List || value instanceof SetValue) value.parent = null;
}

function checkItems(list: List, items: readonly Value[]): void {
  const rule = list.restriction;
  if (rule === null) return;
  for (const item of items) {
    const fault = rule.check(item);
    if (fault === Fault.TYPE) throw typeErr(`type \`${typeName(item)}\` is not allowed in an array of \`${rule.definition}\``);
    if (fault !== Fault.NONE) throw valueErr(`a value does not fit the items of an array of \`${rule.definition}\``);
  }
}

const NO_THINGS: ReadonlySet<Thing> = new Set();

/** The things in one side of a relation. */
const thingsIn = (side: Value): ReadonlySet<Thing> =>
  side instanceof SetValue ? side.things : side instanceof Thing ? new Set([side]) : NO_THINGS;

/** The field of a type that a set is the value of. */
const ownField = (set: SetValue): FieldDef => ((set.parent as Thing).shape.type as TypeDef).field(set.key) as FieldDef;

/** The error for a key that no instance of a type can have. */
export const badName = (type: { readonly name: string }, key: string): TiError =>
  valueErr(`\`${key}\` cannot be a property of type \`${type.name}\`: it does not follow the naming rules`);

/** Throws value_err for a key that no thing can have: one that is no UTF-8, or a single character that answers use for marks. */
export function checkKey(key: string): void {
  if (key.length === 1 && key >= ' ' && key <= '/') {
    throw valueErr(`property \`${key}\` is reserved; see https://docs.thingsdb.io/v1/overview/properties`);
  }
  if (!/^[\x20-\x7e]*$/.test(key) && !Buffer.from(key, 'latin1').equals(Buffer.from(Buffer.from(key, 'latin1').toString('utf8'), 'utf8'))) {
    throw valueErr('properties must be valid UTF-8');
  }
}

export function noProperty(thing: Thing, key: string): TiError {
  return lookupErr(`thing \`#${thing.id}\` has no property \`${key}\``);
}

export function inUse(value: Container): TiError {
  return new TiError(ErrorCode.OPERATION, `cannot change type \`${typeName(value)}\` while the value is in use`);
}
