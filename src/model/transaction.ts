/**
 * The operations that change things. Whatever a query does to data goes through these: on a thing that is not stored they just do it; on a stored
 * one they need a change, record what they do, and keep the counts of references.
 */
import { lookupErr, operationErr, typeErr } from '../errors.ts';
import { listTooLong, MAX_ITEMS } from '../limits.ts';
import type { Room } from '../values/handles.ts';
import { List } from '../values/list.ts';
import type { Restriction } from '../values/restriction.ts';
import { SetValue } from '../values/set.ts';
import { isName, Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { type Change, ChangeOp } from './change.ts';
import { recordProperty, recordRemoval, recordSet, recordSplice } from './change-records.ts';
import type { Collection } from './collection.ts';
import { asItem, detach, owned } from './owned.ts';
import { checkFree, checkItems, checkKey, checkProperty, checkSlot, flatSlot, noProperty } from './property-checks.ts';
import { checkArraySize, checkPropertyCount, checkStoring } from './quotas.ts';
import { References, valuesOf } from './references.ts';
import { checkStored, type Linker, link, relationOf, unlink } from './relations.ts';
import { RuleKind } from './rules.ts';
import { compact, runsOf, spliceInto } from './splice.ts';
import { encodeStored } from './stored.ts';
import type { FieldDef, RelationEnd, TypeDef } from './types.ts';

export class Transaction implements Linker {
  readonly collection: Collection | null;
  /** Null while the query may not change what is stored; set to null while a computed field runs, and when the query is over. */
  change: Change | null;
  /** Whether `nse` is why there is no change; only for the message. */
  suppressed = false;
  private readonly references: References;

  constructor(collection: Collection | null, change: Change | null) {
    this.collection = collection;
    this.change = change;
    this.references = new References(this);
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
    const kept = owned(owner, key, value, fresh);
    const type = owner.shape.type as TypeDef | null;
    if (type !== null && typeof kept === 'object') this.adopt(type.field(key) as FieldDef, kept);
    return kept;
  }

  /** Gives a list, set or thing the restriction of the field that holds it from now on. */
  adopt({ rule }: FieldDef, value: Value): void {
    if (value instanceof List || value instanceof SetValue) value.restriction = rule.restriction;
    else if (rule.kind === RuleKind.RESTRICTED && value instanceof Thing && value.restriction === null && rule.restriction !== null) {
      this.restrict(value, rule.restriction);
    }
  }

  /** What is kept when `value` is put into a list: lists and sets become tuples. */
  item(value: Value): Value {
    return asItem(value);
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
    const slot = flatSlot(thing, key, value);
    if (slot >= 0) {
      checkSlot(thing, slot, key, value);
      return this.setFlat(thing, slot, key, value);
    }
    checkProperty(thing, key, value);
    return this.setOther(thing, key, value, fresh);
  }

  /** As `setProperty`, for a value that is known to fit, or need not. */
  setChecked(thing: Thing, key: string, value: Value, fresh = false): Value {
    const slot = flatSlot(thing, key, value);
    return slot < 0 ? this.setOther(thing, key, value, fresh) : this.setFlat(thing, slot, key, value);
  }

  /** Sets a property of which `flatSlot` gives the slot; no quota is about those. */
  private setFlat(thing: Thing, slot: number, key: string, value: Value): Value {
    const change = thing.id === 0 ? null : this.touch(thing);
    thing.slots[slot] = value;
    if (change !== null) recordProperty(change, thing, key, value);
    return value;
  }

  private setOther(thing: Thing, key: string, value: Value, fresh: boolean): Value {
    if ((this.collection?.quotas ?? null) !== null) this.checkQuotas(thing, key, value);
    return this.setUnlimited(thing, key, value, fresh);
  }

  /** As `setChecked`, whatever the quotas are: for what a type says that must be there. */
  setUnlimited(thing: Thing, key: string, value: Value, fresh = false): Value {
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

  /** Throws max_quota_err for a property, a list or things too many. */
  private checkQuotas(thing: Thing, key: string, value: Value): void {
    if (!thing.has(key)) checkPropertyCount(this.collection, thing.size + 1);
    if (value instanceof List) checkArraySize(this.collection, value.items.length);
    if (thing.id !== 0) this.checkStoring([value]);
  }

  /** Throws max_quota_err for what may not come to be stored. */
  private checkStoring(values: Iterable<Value>): void {
    const { collection } = this;
    if (collection !== null && collection.quotas !== null) checkStoring({ quotas: collection.quotas, things: collection.things }, values);
  }

  /** Puts a value that `property` gave into a stored thing. */
  private store(change: Change, thing: Thing, key: string, kept: Value, old: Value | undefined): void {
    this.references.hold(kept);
    thing.put(key, kept);
    if (old !== undefined) this.references.release(old);
    recordProperty(change, thing, key, kept);
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
    this.references.hold(thing);
    recordSet(change, ChangeOp.SET_ADD, set, [thing]);
  }

  exclude(set: SetValue, thing: Thing): void {
    const change = this.touch(set.parent as Thing);
    set.things.delete(thing);
    set.kept = 0;
    this.references.release(thing);
    recordSet(change, ChangeOp.SET_REMOVE, set, [thing]);
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
    this.references.release(old);
    const { ops, jobs } = change;
    ops.int(ChangeOp.DEL);
    ops.int(thing.id);
    ops.str(key);
    jobs?.push({ kind: 'del', thing, key });
    return old;
  }

  /** Removes all properties of a plain thing, lists that are in use too: what uses them goes on with them. */
  clear(thing: Thing): void {
    const change = thing.id === 0 ? null : this.touch(thing);
    const values = [...valuesOf(thing)];
    for (const value of values) detach(value);
    if (change?.jobs) for (const key of thing.keys()) change.jobs.push({ kind: 'del', thing, key });
    thing.clear();
    if (change === null) return;
    for (const value of values) this.references.release(value);
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
    if (value instanceof List || value instanceof SetValue) {
      value.key = to;
      value.kept = 0;
    }
    if (change === null) return;
    change.jobs?.push({ kind: 'rename', thing, key: from, to });
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
    if (list.items.length - count + items.length > MAX_ITEMS) throw listTooLong();
    if (items.length > 0) checkArraySize(this.collection, list.items.length - count + items.length);
    const owner = list.parent;
    if (owner !== null && owner.id !== 0) this.checkStoring(items);
    const change = owner === null || owner.id === 0 ? null : this.touch(owner);
    if (change !== null) for (const item of items) this.references.hold(item);
    list.kept = Math.min(list.kept, start);
    const taken = spliceInto(list.items, start, count, items);
    if (change === null) return taken;
    for (const item of taken) this.references.release(item);
    recordSplice(change, list, start, count, items);
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
    list.kept = Math.min(list.kept, places[0] as number);
    compact(items, places);
    if (change === null) return taken;
    for (const item of taken) this.references.release(item);
    recordRemoval(change, list, runs);
    return taken;
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
    if (owner !== null && owner.id !== 0) this.checkStoring(added);
    const change = owner === null || owner.id === 0 ? null : this.touch(owner);
    for (const thing of added) {
      set.things.add(thing);
      if (change !== null) this.references.hold(thing);
    }
    if (change === null) return added.size;
    recordSet(change, ChangeOp.SET_ADD, set, [...added]);
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
    set.kept = 0;
    for (const thing of gone) {
      if (set.things.delete(thing) && change !== null) this.references.release(thing);
    }
    if (change === null) return gone;
    recordSet(change, ChangeOp.SET_REMOVE, set, gone);
    if (end !== null) for (const thing of gone) unlink(this, end, owner as Thing, thing);
    return gone;
  }

  /** Something that is stored in no thing's property keeps or drops a value: an enumerator's member, say. Needs a change. */
  keep(value: Value): void {
    this.need();
    this.references.hold(value);
  }

  drop(value: Value): void {
    this.need();
    this.references.release(value);
  }

  /** Sets an attribute of a stored thing. */
  setAttribute(thing: Thing, name: string, value: Value): void {
    const { ops, jobs } = this.need();
    jobs?.push({ kind: 'set', thing, key: name, value });
    (this.collection as Collection).attributes.set(thing.id, name, value);
    ops.int(ChangeOp.SET_ATTRIBUTE);
    ops.int(thing.id);
    ops.str(name);
    encodeStored(ops, value);
  }

  unsetAttribute(thing: Thing, name: string): void {
    const { ops, jobs } = this.need();
    jobs?.push({ kind: 'unset', thing, key: name });
    (this.collection as Collection).attributes.unset(thing.id, name);
    ops.int(ChangeOp.UNSET_ATTRIBUTE);
    ops.int(thing.id);
    ops.str(name);
  }

  /** Gives a stored room a name, or takes it away. Throws lookup_err for a name that another room has. */
  nameRoom(room: Room, name: string | null): void {
    const { ops } = this.need();
    (this.collection as Collection).nameRoom(room, name);
    ops.int(ChangeOp.ROOM_NAME);
    ops.int(room.id);
    ops.str(name ?? '');
  }

  /** Takes out things that only hold one another; what they hold is to be dropped afterwards, in this transaction or in later ones. */
  removeGarbage(things: readonly Thing[]): void {
    this.need();
    this.references.removeGarbage(things);
  }

  /** At the end of the query: what nothing stored holds any more leaves the collection. Gives the rooms that left. */
  finish(): readonly Room[] {
    return this.references.finish();
  }
}

const NO_THINGS: ReadonlySet<Thing> = new Set();

/** The things in one side of a relation. */
const thingsIn = (side: Value): ReadonlySet<Thing> =>
  side instanceof SetValue ? side.things : side instanceof Thing ? new Set([side]) : NO_THINGS;

/** The field of a type that a set is the value of. */
const ownField = (set: SetValue): FieldDef => ((set.parent as Thing).shape.type as TypeDef).field(set.key) as FieldDef;
