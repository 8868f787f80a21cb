/**
 * How values are written into changes and checkpoint records: MessagePack, with extensions for what MessagePack has no type for. A thing is
 * written as its id; what it holds is its own record.
 */
import { TiError } from '../errors.ts';
import { type MsgpackReader, Tok, type TokenKind } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure, type ClosureCode } from '../values/closure.ts';
import { DateTime } from '../values/datetime.ts';
import { AnoType, EnumMember, Future, ModuleRef, MpData, Room, Task, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { intOf } from '../values/operators.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { decodeLarge } from './large.ts';
import { readStr } from './read.ts';

export const Ext = {
  THING: 1,
  SET: 2,
  REGEX: 3,
  CLOSURE: 4,
  ERROR: 5,
  DATETIME: 6,
  ENUM: 7,
  ROOM: 8,
  TASK: 9,
  WRAP: 10,
  ANO: 11,
  MPDATA: 12,
  MODULE: 13,
  /** A thing wrapped by an anonymous type, whose definition follows. */
  WRAP_ANO: 14,
  /** A large list or set, whose items are elsewhere; only in checkpoints. See `large.ts`. */
  LARGE: 15,
  /** An item of an array in a change: the first of so many things with consecutive ids, which are as many items of the list. */
  RUN: 16,
} as const;

/** Length of the data of `Ext.RUN`: an id and a count. */
const RUN_BYTES = 16;

function textExt(w: MsgpackWriter, type: number, text: string): void {
  w.extHeader(type, text.length);
  w.copy(Buffer.from(text, 'latin1'));
}

/** Writes a value that is stored, or is about to be: every thing in it has its id. */
export function encodeStored(w: MsgpackWriter, value: Value): void {
  switch (typeof value) {
    case 'number':
      w.int(value);
      break;
    case 'string':
      w.str(value);
      break;
    case 'boolean':
      w.bool(value);
      break;
    case 'bigint':
      w.bigint(value);
      break;
    default:
      if (value === null) w.nil();
      else encodeObject(w, value);
  }
}

function encodeObject(w: MsgpackWriter, value: object): void {
  if (value instanceof Thing) {
    w.extHeader(Ext.THING, 8);
    w.u64(value.id);
  } else if (value instanceof Float) w.float(value.value);
  else if (value instanceof List) {
    w.arrayHeader(value.items.length);
    for (const item of value.items) encodeStored(w, item);
  } else if (value instanceof Bytes) w.bin(value.bytes);
  else if (value instanceof SetValue) {
    w.extHeader(Ext.SET, 8 * value.things.size);
    for (const thing of value.things) w.u64(thing.id);
  } else if (value instanceof Closure) textExt(w, Ext.CLOSURE, value.code.compactText);
  else if (value instanceof Regex) textExt(w, Ext.REGEX, value.text);
  else if (value instanceof TiError) textExt(w, Ext.ERROR, `${value.code}:${value.message}`);
  else if (value instanceof DateTime) {
    textExt(w, Ext.DATETIME, `${value.isTimeval ? 't' : 'd'}${value.seconds}:${value.offset}:${value.zone ?? ''}`);
  } else encodeHandle(w, value);
}

function encodeHandle(w: MsgpackWriter, value: object): void {
  if (value instanceof EnumMember) textExt(w, Ext.ENUM, `${value.enumeration.id}:${value.id}`);
  else if (value instanceof Room) textExt(w, Ext.ROOM, `${value.id}:`);
  else if (value instanceof Task) textExt(w, Ext.TASK, String(value.id));
  else if (value instanceof Wrapped) encodeWrap(w, value);
  else if (value instanceof MpData) {
    w.extHeader(Ext.MPDATA, value.data.length);
    w.copy(value.data);
  } else if (value instanceof ModuleRef) textExt(w, Ext.MODULE, value.name);
  else if (value instanceof Future) w.nil();
  else if (value instanceof AnoType) {
    w.extHeader(Ext.ANO, 0);
    encodeDefinition(w, value.fields);
  } else throw new Error('a value that cannot be stored');
}

function encodeWrap(w: MsgpackWriter, { thing, type }: Wrapped): void {
  const told = (type as { readonly told?: ReadonlyMap<string, Value> | null }).told ?? null;
  if (told === null) {
    textExt(w, Ext.WRAP, `${thing.id}:${type.id}`);
    return;
  }
  w.extHeader(Ext.WRAP_ANO, 8);
  w.u64(thing.id);
  encodeDefinition(w, told);
}

/** Where the run of things with consecutive ids ends that begins at `at`; `at + 1` when there is none. */
function endOfRun(items: readonly Value[], at: number): number {
  let last = items[at];
  let end = at + 1;
  for (; last instanceof Thing; end++) {
    const next = items[end];
    if (!(next instanceof Thing) || next.id !== last.id + 1) break;
    last = next;
  }
  return end;
}

/** Writes the items of a list into a change. New things have ids one after another, so a list of those takes little. */
export function encodeItems(w: MsgpackWriter, items: readonly Value[]): void {
  let elements = 0;
  for (let at = 0; at < items.length; at = endOfRun(items, at)) elements++;
  w.arrayHeader(elements);
  for (let at = 0; at < items.length; ) {
    const end = endOfRun(items, at);
    if (end - at === 1) encodeStored(w, items[at] as Value);
    else encodeRun(w, (items[at] as Thing).id, end - at);
    at = end;
  }
}

/** Writes things with consecutive ids as an element of `encodeItems`. */
export function encodeRun(w: MsgpackWriter, first: number, count: number): void {
  w.extHeader(Ext.RUN, RUN_BYTES);
  w.u64(first);
  w.u64(count);
}

/** Things with consecutive ids, among the items of a list that is read. */
export class ThingRun {
  readonly first: number;
  readonly count: number;

  constructor(first: number, count: number) {
    this.first = first;
    this.count = count;
  }
}

export type Part = Value | ThingRun;

/** Reads what `encodeItems` wrote behind the header, which told `elements`. */
export function decodeParts(r: MsgpackReader, cx: StoredContext, elements: number): Part[] {
  const parts: Part[] = [];
  for (let left = elements; left > 0; left--) {
    const kind = r.next();
    if (kind !== Tok.EXT || r.extType !== Ext.RUN) parts.push(decodeToken(r, kind, cx));
    else parts.push(new ThingRun(r.wideInt(0), r.wideInt(RUN_BYTES - 8) % 0x1_0000_0000));
  }
  return parts;
}

/** Puts the items of which `decodeParts` gave the parts behind others, and gives all. */
export function addItems(items: Value[], parts: readonly Part[], cx: StoredContext): Value[] {
  for (const part of parts) {
    if (!(part instanceof ThingRun)) items.push(part);
    else cx.things(part.first, part.count, items);
  }
  return items;
}

/** Reads what `encodeItems` wrote behind the header, which told `elements`. */
export const decodeItems = (r: MsgpackReader, cx: StoredContext, elements: number): Value[] =>
  addItems([], decodeParts(r, cx, elements), cx);

/** Writes a definition of fields: a map of definitions, each a str, a closure, a map, or an array with one map. */
export function encodeDefinition(w: MsgpackWriter, fields: ReadonlyMap<string, Value>): void {
  w.mapHeader(fields.size);
  for (const [name, definition] of fields) {
    w.str(name);
    encodeMember(w, definition);
  }
}

/** Writes one of the definitions that `encodeDefinition` tells of. */
export function encodeMember(w: MsgpackWriter, definition: Value): void {
  if (definition instanceof Thing) encodeDefinition(w, new Map(definition.keys().map((key) => [key, definition.get(key) as Value])));
  else if (definition instanceof List) {
    w.arrayHeader(definition.items.length);
    for (const item of definition.items) encodeMember(w, item);
  } else encodeStored(w, definition);
}

function decodeDefinition(r: MsgpackReader, cx: StoredContext, count: number): Map<string, Value> {
  const fields = new Map<string, Value>();
  for (let left = count; left > 0; left--) {
    const name = readStr(r);
    fields.set(name, decodeMember(r, cx));
  }
  return fields;
}

/** Reads what `encodeMember` wrote. */
export function decodeMember(r: MsgpackReader, cx: StoredContext): Value {
  const kind = r.next();
  if (kind === Tok.STR) return r.text();
  if (kind === Tok.ARRAY) {
    const items: Value[] = [];
    for (let left = r.number; left > 0; left--) items.push(decodeMember(r, cx));
    return new List(items, true);
  }
  if (kind === Tok.EXT) return decodeExt(r, cx);
  if (kind !== Tok.MAP) throw new Error('a stored definition of an unknown kind');
  const thing = new Thing(Shape.empty, []);
  for (const [name, definition] of decodeDefinition(r, cx, r.number)) thing.put(name, definition);
  return thing;
}

function readDefinition(r: MsgpackReader, cx: StoredContext): Map<string, Value> {
  if (r.next() !== Tok.MAP) throw new Error('a stored anonymous type without its definition');
  return decodeDefinition(r, cx, r.number);
}

/** What decoding needs of the collection. `thing` makes the thing of an id when it is not there yet: records refer to one another in any order. */
export interface StoredContext {
  thing(id: number): Thing;
  /** Puts things with consecutive ids behind other items. */
  things(first: number, count: number, items: Value[]): void;
  closure(text: string): ClosureCode;
  enumMember(enumId: number, memberId: number): Value;
  room(id: number): Room;
  task(id: number): Task;
  wrap(thing: Thing, typeId: number): Value;
  ano(fields: ReadonlyMap<string, Value>): AnoType;
  /** The record of a part of a large list or set; only where checkpoints are read. */
  chunk?(key: Uint8Array): Uint8Array | undefined;
}

/** Reads one value; arrays become tuples, which the caller turns into a list where the property itself is one. */
export function decodeStored(r: MsgpackReader, cx: StoredContext): Value {
  return decodeToken(r, r.next(), cx);
}

/** Reads the value that begins with the token that was read last. */
export function decodeToken(r: MsgpackReader, kind: TokenKind, cx: StoredContext): Value {
  switch (kind) {
    case Tok.NIL:
      return null;
    case Tok.BOOL:
      return r.number === 1;
    case Tok.INT:
      return r.big ?? r.number;
    case Tok.FLOAT:
      return new Float(r.number);
    case Tok.STR:
      return r.text();
    case Tok.BIN:
      return new Bytes(r.text());
    case Tok.ARRAY: {
      const tuple = new List(decodeItems(r, cx, r.number), true);
      for (const item of tuple.items) if (item instanceof List && item.nesting >= tuple.nesting) tuple.nesting = item.nesting + 1;
      return tuple;
    }
    case Tok.EXT:
      return decodeExt(r, cx);
    default:
      throw new Error('a stored value of an unknown kind');
  }
}

/** Reads the value of a property: as `decodeStored`, with an array as a list. */
export function decodeProperty(r: MsgpackReader, cx: StoredContext): Value {
  const value = decodeStored(r, cx);
  if (!(value instanceof List)) return value;
  const list = new List(value.items);
  list.kept = value.kept;
  return list;
}

function decodeExt(r: MsgpackReader, cx: StoredContext): Value {
  switch (r.extType) {
    case Ext.THING:
      return cx.thing(r.wideInt(0));
    case Ext.SET: {
      const things = new Set<Thing>();
      const { number: length } = r;
      for (let at = 0; at < length; at += 8) things.add(cx.thing(r.wideInt(at)));
      return new SetValue(things);
    }
    case Ext.ANO:
      return cx.ano(readDefinition(r, cx));
    case Ext.WRAP_ANO: {
      const thing = cx.thing(r.wideInt(0));
      return new Wrapped(thing, cx.ano(readDefinition(r, cx)).type);
    }
    case Ext.LARGE:
      return decodeLarge(Buffer.from(r.bytes()), cx);
    case Ext.MPDATA:
      return new MpData(Buffer.from(r.bytes()));
    case Ext.CLOSURE: {
      const closure = new Closure(cx.closure(r.text()));
      closure.unbound = true;
      return closure;
    }
    default:
      return decodeTextExt(r.extType, r.text(), cx);
  }
}

/** Text up to the first colon, and behind it. */
function split(text: string): [string, string] {
  const at = text.indexOf(':');
  return [text.slice(0, at), text.slice(at + 1)];
}

function decodeTextExt(type: number, text: string, cx: StoredContext): Value {
  const [head, tail] = split(text);
  switch (type) {
    case Ext.REGEX: {
      const end = text.lastIndexOf('/');
      return new Regex(text.slice(1, end), text.slice(end + 1));
    }
    case Ext.ERROR:
      return new TiError(Number(head), tail);
    case Ext.DATETIME: {
      const [offset, zone] = split(tail);
      return new DateTime(intOf(BigInt(head.slice(1))), Number(offset), zone === '' ? null : zone, head[0] === 't');
    }
    case Ext.ENUM:
      return cx.enumMember(Number(head), Number(tail));
    case Ext.ROOM:
      return cx.room(Number(head));
    case Ext.TASK:
      return cx.task(Number(text));
    case Ext.WRAP:
      return cx.wrap(cx.thing(Number(head)), Number(tail));
    case Ext.MODULE:
      return new ModuleRef(text);
    default:
      throw new Error(`a stored value of unknown extension ${type}`);
  }
}
