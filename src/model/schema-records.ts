/** How types, enumerators and procedures are written, and the context in which a collection's values are read. */
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure, type ClosureCode } from '../values/closure.ts';
import { Room, Wrapped } from '../values/handles.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { EnumDef } from './enums.ts';
import type { Procedure } from './procedures.ts';
import { readInt, readStr } from './read.ts';
import { decodeStored, encodeStored, type StoredContext } from './stored.ts';
import { type FieldDef, makeAnoType, parseRule, TypeDef } from './types.ts';

/** Makes the code of a closure from its text; it may wait with compiling until the first call. */
export type ClosureLoader = (text: string) => ClosureCode;

export function collectionContext(collection: Collection, load: ClosureLoader): StoredContext {
  return {
    thing(id: number): Thing {
      let thing = collection.things.get(id);
      if (thing === undefined) {
        thing = new Thing(Shape.empty, []);
        thing.id = id;
        collection.things.set(id, thing);
      }
      return thing;
    },
    closure: load,
    enumMember(enumId: number, name: string): Value {
      const enumeration = collection.enumsById.get(enumId);
      if (enumeration === undefined) throw new Error('a member of an enumerator that does not exist');
      return enumeration.member(name);
    },
    room(id: number, name: string | null): Value {
      let room = collection.rooms.get(id);
      if (room === undefined) {
        room = new Room();
        room.id = id;
        collection.rooms.set(id, room);
        collection.nextId = Math.max(collection.nextId, id + 1);
      }
      room.name = name;
      return room;
    },
    wrap(thing: Thing, typeId: number): Value {
      const type = collection.typesById.get(typeId);
      if (type === undefined) throw new Error('a wrap by a type that does not exist');
      return new Wrapped(thing, type);
    },
    ano: (fields: ReadonlyMap<string, Value>) => makeAnoType(collection, fields),
  };
}

const FLAG_WRAP_ONLY = 1;
const FLAG_HIDE_ID = 2;

export function encodeType(w: MsgpackWriter, type: TypeDef): void {
  w.int(type.id);
  w.str(type.name);
  w.int(type.createdAt);
  w.int(type.modifiedAt ?? 0);
  w.int((type.wrapOnly ? FLAG_WRAP_ONLY : 0) | (type.hideId ? FLAG_HIDE_ID : 0));
  w.str(type.idName ?? '');
  w.int(type.fields.length);
  for (const field of type.fields) {
    w.str(field.name);
    w.str(field.rule.definition);
  }
  w.int(type.methods.size);
  for (const [name, method] of type.methods) {
    w.str(name);
    w.str(method.code.compactText);
  }
}

/** Reads a type and puts it in place of the one with its id, or adds it. */
export function decodeType(r: MsgpackReader, collection: Collection, cx: StoredContext): void {
  const id = readInt(r);
  const name = readStr(r);
  const createdAt = readInt(r);
  let type = collection.typesById.get(id);
  if (type === undefined) {
    type = new TypeDef(id, name, createdAt);
    collection.typesById.set(id, type);
  } else collection.types.delete(type.name);
  type.name = name;
  collection.types.set(name, type);
  collection.nextTypeId = Math.max(collection.nextTypeId, id + 1);
  type.modifiedAt = readInt(r) || null;
  const flags = readInt(r);
  type.wrapOnly = (flags & FLAG_WRAP_ONLY) !== 0;
  type.hideId = (flags & FLAG_HIDE_ID) !== 0;
  type.idName = readStr(r) || null;
  const fields: FieldDef[] = [];
  for (let left = readInt(r); left > 0; left--) {
    const field = readStr(r);
    fields.push({ name: field, rule: parseRule(collection, type, field, readStr(r)) });
  }
  type.setFields(fields);
  type.methods.clear();
  for (let left = readInt(r); left > 0; left--) {
    const method = readStr(r);
    const closure = new Closure(cx.closure(readStr(r)));
    closure.unbound = true;
    type.methods.set(method, closure);
  }
}

export function encodeEnum(w: MsgpackWriter, enumeration: EnumDef): void {
  w.int(enumeration.id);
  w.str(enumeration.name);
  w.int(enumeration.createdAt);
  w.int(enumeration.modifiedAt ?? 0);
  w.int(enumeration.members.size);
  for (const member of enumeration.members.values()) {
    w.str(member.name);
    encodeStored(w, member.value);
  }
}

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
  enumeration.members.clear();
  for (let left = readInt(r); left > 0; left--) enumeration.add(readStr(r), decodeStored(r, cx));
}

export function encodeProcedure(w: MsgpackWriter, procedure: Procedure): void {
  w.str(procedure.name);
  w.str(procedure.closure.code.compactText);
  w.int(procedure.createdAt);
}
