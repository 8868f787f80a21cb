/** How types, enumerators and procedures are written, and the context in which a collection's values are read. */
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure, type ClosureCode } from '../values/closure.ts';
import { EnumMember, Room, Wrapped } from '../values/handles.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import type { Database } from './database.ts';
import { EnumDef } from './enums.ts';
import type { Procedure } from './procedures.ts';
import { readBool, readInt, readStr } from './read.ts';
import { decodeMember, decodeStored, encodeMember, encodeStored, type StoredContext } from './stored.ts';
import { FieldDef, type MethodMap, TypeDef } from './types.ts';
import { definitionOf, makeAnoType, ruleOf } from './types-define.ts';

/** Makes the code of a closure from its text; it may wait with compiling until the first call. */
export type ClosureLoader = (text: string) => ClosureCode;

export function collectionContext(collection: Collection, load: ClosureLoader): StoredContext {
  return {
    thing: (id: number): Thing => collection.things.refer(id),
    things: (first: number, count: number, items: Value[]): void => collection.things.referAll(first, count, items),
    closure: load,
    enumMember(enumId: number, memberId: number): Value {
      const member = collection.enumsById.get(enumId)?.memberById(memberId);
      if (member === undefined) throw new Error('a member of an enumerator that does not exist');
      return member;
    },
    room(id: number): Room {
      let room = collection.rooms.get(id);
      if (room === undefined) {
        room = new Room();
        room.id = id;
        collection.rooms.set(id, room);
        collection.nextId = Math.max(collection.nextId, id + 1);
      }
      return room;
    },
    task: (id: number) => collection.tasks.reference(id),
    wrap(thing: Thing, typeId: number): Value {
      const type = collection.typesById.get(typeId);
      if (type === undefined) throw new Error('a wrap by a type that does not exist');
      return new Wrapped(thing, type);
    },
    ano: (fields: ReadonlyMap<string, Value>) => makeAnoType(fields),
  };
}

/** For what is stored in the scope of users and collections, where there are no things. */
export function globalContext(database: Database, load: ClosureLoader): StoredContext {
  const nothing = (): never => {
    throw new Error('damaged record: there are no things in the scope of users and collections');
  };
  return {
    thing: nothing,
    things: nothing,
    closure: load,
    enumMember: nothing,
    room: nothing,
    task: (id: number) => database.tasks.reference(id),
    wrap: nothing,
    ano: nothing,
  };
}

const FLAG_WRAP_ONLY = 1;
const FLAG_HIDE_ID = 2;
const FLAG_INDEX = 4;

/** Name, time of the last change, flags, name of the id and methods: what changes without the instances. */
export function encodeTypeInfo(w: MsgpackWriter, type: TypeDef, name = type.name): void {
  w.int(type.id);
  w.str(name);
  w.int(type.modifiedAt ?? 0);
  w.int((type.wrapOnly ? FLAG_WRAP_ONLY : 0) | (type.hideId ? FLAG_HIDE_ID : 0) | (type.autoIndex ? FLAG_INDEX : 0));
  w.str(type.idName ?? '');
  encodeMethods(w, type.methods);
}

/** Reads what `encodeTypeInfo` wrote into the type with its id, which must be there. */
export function decodeTypeInfo(r: MsgpackReader, collection: Collection, cx: StoredContext): TypeDef {
  const type = typeById(collection, readInt(r));
  renameType(collection, type, readStr(r));
  type.modifiedAt = readInt(r) || null;
  const flags = readInt(r);
  type.wrapOnly = (flags & FLAG_WRAP_ONLY) !== 0;
  type.hideId = (flags & FLAG_HIDE_ID) !== 0;
  setAutoIndex(type, (flags & FLAG_INDEX) !== 0);
  type.idName = readStr(r) || null;
  decodeMethods(r, cx, type.methods);
  collection.schemaChanged();
  return type;
}

/** Without an index, the instances are no longer kept at hand. */
export function setAutoIndex(type: TypeDef, on: boolean): void {
  type.autoIndex = on;
  if (!on) type.instances = null;
}

export function encodeMethods(w: MsgpackWriter, methods: MethodMap): void {
  w.int(methods.size);
  for (const [name, method] of methods) {
    w.str(name);
    w.str(method.code.compactText);
  }
}

function decodeMethods(r: MsgpackReader, cx: StoredContext, methods: MethodMap): void {
  const entries: [string, Closure][] = [];
  for (let left = readInt(r); left > 0; left--) entries.push([readStr(r), new Closure(cx.closure(readStr(r)))]);
  methods.assign(entries);
}

/** The type with that id. Throws for a record that names one that is not there. */
export function typeById(collection: Collection, id: number): TypeDef {
  const type = collection.typesById.get(id);
  if (type === undefined) throw new Error(`damaged record: there is no type ${id}`);
  return type;
}

export function renameType(collection: Collection, type: TypeDef, name: string): void {
  collection.types.delete(type.name);
  type.name = name;
  collection.types.set(name, type);
}

/** Adds a type without fields: a new one, or one of that name that was removed, with the id that it had. */
export function addType(collection: Collection, id: number, name: string, createdAt: number): TypeDef {
  let type = collection.goneTypes.get(name);
  if (type === undefined || type.id !== id) {
    type = new TypeDef(id, name, createdAt);
    collection.typesById.set(id, type);
    collection.nextTypeId = Math.max(collection.nextTypeId, id + 1);
  } else {
    collection.goneTypes.delete(name);
    type.goneName = null;
    type.name = name;
    type.createdAt = createdAt;
  }
  collection.types.set(name, type);
  collection.schemaChanged();
  return type;
}

/** Takes a type out. Wraps that name it show things as they are from now on. */
export function removeType(collection: Collection, type: TypeDef): void {
  collection.types.delete(type.name);
  collection.goneTypes.set(type.name, type);
  endType(type);
  collection.schemaChanged();
}

/** Makes a type one that was removed. */
function endType(type: TypeDef): void {
  type.goneName = type.name;
  type.name = 'thing';
  type.createdAt = 0;
  type.modifiedAt = null;
  type.wrapOnly = false;
  type.idName = null;
  type.hideId = false;
  setAutoIndex(type, false);
  type.methods.assign([]);
  type.setFields([]);
}

/** A type as a whole: creation time, info, fields with their definitions; no relations. */
export function encodeType(w: MsgpackWriter, type: TypeDef): void {
  w.int(type.id);
  w.str(type.name);
  w.int(type.createdAt);
  encodeTypeInfo(w, type);
  w.int(type.fields.length);
  for (const field of type.fields) {
    w.str(field.name);
    encodeMember(w, definitionOf(field.rule));
  }
}

/** Reads a type: a new one, or one without fields to which fields came. All types that it names must be there. */
export function decodeType(r: MsgpackReader, collection: Collection, cx: StoredContext): void {
  const id = readInt(r);
  const name = readStr(r);
  const createdAt = readInt(r);
  if (collection.typesById.get(id)?.goneName !== null) addType(collection, id, name, createdAt);
  const type = decodeTypeInfo(r, collection, cx);
  type.createdAt = createdAt;
  const fields: FieldDef[] = [];
  for (let left = readInt(r); left > 0; left--) {
    const field = readStr(r);
    fields.push(new FieldDef(field, ruleOf(collection, type, field, decodeMember(r, cx))));
  }
  type.setFields(fields);
  collection.schemaChanged();
}

/** The names of all types, those that were removed too, so that definitions can be read in any order. */
export function encodeTypeNames(w: MsgpackWriter, collection: Collection): void {
  w.int(collection.nextTypeId);
  w.int(collection.nextEnumId);
  w.int(collection.typesById.size);
  for (const type of collection.typesById.values()) {
    w.int(type.id);
    w.str(type.goneName ?? type.name);
    w.bool(type.gone);
    // Several that were removed may have had the same name.
    if (type.goneName !== null) w.bool(collection.goneTypes.get(type.goneName) === type);
  }
}

export function decodeTypeNames(r: MsgpackReader, collection: Collection): void {
  const nextTypeId = readInt(r);
  collection.nextEnumId = readInt(r);
  for (let left = readInt(r); left > 0; left--) {
    const id = readInt(r);
    const name = readStr(r);
    if (readBool(r)) {
      const type = new TypeDef(id, name, 0);
      collection.typesById.set(id, type);
      endType(type);
      if (readBool(r)) collection.goneTypes.set(name, type);
    } else addType(collection, id, name, 0);
  }
  collection.nextTypeId = nextTypeId;
}

/** Type and field of both sides of each relation. */
export function encodeRelations(w: MsgpackWriter, collection: Collection): void {
  for (const type of collection.types.values()) {
    for (const { name, relation } of type.fields) {
      if (relation === null) continue;
      w.int(type.id);
      w.str(name);
      w.int(relation.type.id);
      w.str(relation.field.name);
    }
  }
}

export function decodeRelations(r: MsgpackReader, collection: Collection): void {
  while (!r.atEnd) {
    const field = fieldOf(typeById(collection, readInt(r)), readStr(r));
    const type = typeById(collection, readInt(r));
    field.relation = { type, field: fieldOf(type, readStr(r)) };
  }
}

export function fieldOf(type: TypeDef, name: string): FieldDef {
  const field = type.field(name);
  if (field === undefined) throw new Error(`damaged record: type ${type.id} has no field ${name}`);
  return field;
}

export function encodeEnum(w: MsgpackWriter, enumeration: EnumDef): void {
  w.int(enumeration.id);
  w.str(enumeration.name);
  w.int(enumeration.createdAt);
  w.int(enumeration.modifiedAt ?? 0);
  w.int(enumeration.nextMemberId);
  w.int(enumeration.members.size);
  for (const member of enumeration.members.values()) {
    w.int(member.id);
    w.str(member.name);
    encodeStored(w, member.value);
  }
  encodeMethods(w, enumeration.methods);
}

/** Reads an enumerator and puts it in place of the one with its id, or adds it. Members keep their objects. */
export function decodeEnum(r: MsgpackReader, collection: Collection, cx: StoredContext): void {
  const id = readInt(r);
  const name = readStr(r);
  const createdAt = readInt(r);
  let enumeration = collection.enumsById.get(id);
  if (enumeration === undefined) {
    enumeration = new EnumDef(id, name, createdAt);
    collection.enumsById.set(id, enumeration);
  } else collection.enums.delete(enumeration.name);
  enumeration.name = name;
  collection.enums.set(name, enumeration);
  collection.nextEnumId = Math.max(collection.nextEnumId, id + 1);
  enumeration.modifiedAt = readInt(r) || null;
  enumeration.nextMemberId = readInt(r);
  const members: EnumMember[] = [];
  for (let left = readInt(r); left > 0; left--) {
    const memberId = readInt(r);
    const memberName = readStr(r);
    const value = decodeStored(r, cx);
    const member = enumeration.memberById(memberId) ?? new EnumMember(enumeration, memberName, value, memberId);
    member.name = memberName;
    member.value = value;
    members.push(member);
  }
  enumeration.setMembers(members);
  decodeMethods(r, cx, enumeration.methods);
  collection.schemaChanged();
}

/** Takes an enumerator out; nothing may name it any more but restrictions, which end. */
export function removeEnum(collection: Collection, enumeration: EnumDef): void {
  collection.enums.delete(enumeration.name);
  collection.enumsById.delete(enumeration.id);
  collection.schemaChanged();
}

export function encodeProcedure(w: MsgpackWriter, procedure: Procedure): void {
  w.str(procedure.name);
  w.str(procedure.closure.code.compactText);
  w.int(procedure.createdAt);
}
