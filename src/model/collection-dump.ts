/**
 * A whole collection as operations of a change: what makes an empty collection equal to it. A dump is those operations behind a head; import and restore
 * read it into a collection that nobody sees, give all in it new ids, and record it as one change.
 *
 * A dump is a MessagePack array: the mark of the format, its version, the id of the root, and the operations as bytes.
 */
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Fault } from '../values/restriction.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { applyToCollection } from './apply.ts';
import type { Attributes } from './attributes.ts';
import { ChangeOp } from './change.ts';
import { Collection } from './collection.ts';
import { readInt, readStr } from './read.ts';
import { valuesOf } from './references.ts';
import { type ClosureLoader, encodeEnum, encodeProcedure, encodeType, encodeTypeInfo } from './schema-records.ts';
import { encodeStored } from './stored.ts';
import { encodeTask } from './tasks.ts';
import { encodeThingBody } from './thing-record.ts';
import type { Transaction } from './transaction.ts';
import type { TypeDef } from './types.ts';

const MARK = 'collection';
const FORMAT = 1;

/** Whether nothing is in a collection: no data, types, enumerators, procedures or tasks. */
export function isEmpty({ root, attributes, types, enums, procedures, tasks }: Collection): boolean {
  const hasData = root.size > 0 || attributes.size > 0;
  return !hasData && types.size === 0 && enums.size === 0 && procedures.size === 0 && tasks.items.length === 0;
}

export function writeDump(w: MsgpackWriter, collection: Collection): void {
  w.arrayHeader(4);
  w.str(MARK);
  w.int(FORMAT);
  w.int(collection.root.id);
  const ops = new MsgpackWriter(64 * 1024);
  writeCollection(ops, collection, collection.things.values());
  w.bin(Buffer.from(ops.bytes()).latin1Slice());
}

/** Whether bytes begin as a dump of ours does. */
export function isDump(data: Uint8Array): boolean {
  const r = new MsgpackReader(data);
  return r.next() === Tok.ARRAY && r.number === 4 && r.next() === Tok.STR && r.text() === MARK;
}

/** Reads a dump into a collection of its own. Throws for bytes that are none. */
export function readDump(data: Uint8Array, load: ClosureLoader): Collection {
  const r = new MsgpackReader(data);
  r.next();
  readStr(r);
  if (readInt(r) !== FORMAT) throw new Error('the dump is of another format');
  const made = new Collection(0, 'dump', 0, readInt(r));
  if (r.next() !== Tok.BIN) throw new Error('the dump has no operations');
  applyToCollection(made, r.bytes(), load);
  made.tasks.settle();
  return made;
}

/** Throws when a collection that was read names a thing that it does not have, or has an instance with a value that its type does not allow. */
export function checkRead(collection: Collection): void {
  for (const thing of collection.things.values()) {
    for (const value of valuesOf(thing)) checkPresent(value);
    checkInstance(thing);
  }
  for (const id of collection.attributes.ids()) {
    if (!collection.things.has(id)) throw new Error(`thing ${id} has attributes, but is not there`);
  }
  for (const enumeration of collection.enums.values()) for (const { value } of enumeration.members.values()) checkPresent(value);
  for (const task of collection.tasks.items) checkPresent(task.args);
}

function checkPresent(value: Value): void {
  if (value instanceof Thing && value.isAbsent) throw new Error(`thing ${value.id} is named, but is not there`);
  if (value instanceof List) value.items.forEach(checkPresent);
  else if (value instanceof SetValue) value.things.forEach(checkPresent);
  else if (value instanceof Wrapped) checkPresent(value.thing);
}

function checkInstance(thing: Thing): void {
  const type = thing.shape.type as TypeDef | null;
  type?.fields.forEach(({ name, rule }, slot) => {
    const value = thing.slots[slot];
    if (value !== undefined && rule.check(value) === Fault.NONE) return;
    throw new Error(`\`${name}\` of type \`${type.name}\` has a value that does not fit`);
  });
}

/** Gives things, rooms and tasks the next ids of a collection that they are to be put into, the root that of its root; gives the things. */
function renumber(made: Collection, target: Collection): Thing[] {
  const things = [...made.things.values()];
  const newIds = new Map<number, number>();
  for (const thing of things) {
    const id = thing === made.root ? target.root.id : target.nextId++;
    newIds.set(thing.id, id);
    thing.id = id;
  }
  made.attributes.renumber(newIds);
  for (const room of made.rooms.values()) room.id = target.nextId++;
  for (const task of made.tasks.items) task.id = target.nextId++;
  return things;
}

/** Moves all of a collection that was read into an empty one, and records that. The first is not to be used any more. */
export function moveInto(tx: Transaction, made: Collection, target: Collection, load: ClosureLoader): void {
  const { ops } = tx.need();
  const things = renumber(made, target);
  const from = ops.size;
  ops.int(ChangeOp.NO_TYPES);
  writeCollection(ops, made, things);
  applyToCollection(target, Uint8Array.prototype.slice.call(ops.bytes(), from), load);
}

/** Writes operations for an empty collection. */
export function writeCollection(w: MsgpackWriter, c: Collection, things: Iterable<Thing>): void {
  writeTypes(w, c);
  for (const thing of things) {
    w.int(ChangeOp.NEW);
    w.int(thing.id);
    encodeThingBody(w, thing);
  }
  writeAttributes(w, c.attributes);
  for (const procedure of c.procedures.values()) {
    w.int(ChangeOp.PROCEDURE);
    encodeProcedure(w, procedure);
  }
  for (const [name, room] of c.roomsByName) {
    w.int(ChangeOp.ROOM_NAME);
    w.int(room.id);
    w.str(name);
  }
  for (const task of c.tasks.items) {
    w.int(ChangeOp.TASK);
    encodeTask(w, task);
  }
  w.int(ChangeOp.NEXT_ID);
  w.int(c.nextId);
}

function writeAttributes(w: MsgpackWriter, attributes: Attributes): void {
  for (const id of attributes.ids()) {
    for (const [name, value] of attributes.of(id) ?? []) {
      w.int(ChangeOp.SET_ATTRIBUTE);
      w.int(id);
      w.str(name);
      encodeStored(w, value);
    }
  }
}

/** First the names of types, since definitions name any of them; then enumerators, which definitions name too. */
function writeTypes(w: MsgpackWriter, c: Collection): void {
  for (const type of c.typesById.values()) if (type.gone) writeGoneType(w, type);
  for (const type of c.types.values()) {
    w.int(ChangeOp.TYPE);
    writeTypeHead(w, type, type.name);
  }
  for (const enumeration of c.enumsById.values()) {
    w.int(ChangeOp.ENUM);
    encodeEnum(w, enumeration);
  }
  for (const type of c.types.values()) {
    w.int(ChangeOp.TYPE);
    encodeType(w, type);
  }
  for (const type of c.types.values()) writeRelations(w, type);
}

function writeTypeHead(w: MsgpackWriter, type: TypeDef, name: string): void {
  w.int(type.id);
  w.str(name);
  w.int(type.createdAt);
  encodeTypeInfo(w, type, name);
  w.int(0);
}

/** A wrap may still name a type that was removed. */
function writeGoneType(w: MsgpackWriter, type: TypeDef): void {
  w.int(ChangeOp.TYPE);
  writeTypeHead(w, type, type.goneName ?? type.name);
  w.int(ChangeOp.DEL_TYPE);
  w.int(type.id);
}

function writeRelations(w: MsgpackWriter, type: TypeDef): void {
  for (const { name, relation } of type.fields) {
    if (relation === null) continue;
    w.int(ChangeOp.RELATE);
    w.int(type.id);
    w.str(name);
    w.int(relation.type.id);
    w.str(relation.field.name);
  }
}
