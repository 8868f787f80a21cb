/**
 * Dumps that the reference server writes (`export({dump: true})` there), read into a collection that nobody sees. The format was learned from such dumps.
 *
 * A dump is a MessagePack array: a version of the format, the version of the server, then steps, each an array of a number and its operands. Operands that
 * are told as a map stand in a fixed order under keys that are empty.
 */
import { TiError } from '../errors.ts';
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { offsetAt, zoneNames } from '../time/zones.ts';
import { Closure } from '../values/closure.ts';
import { DateTime } from '../values/datetime.ts';
import { MpData, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { Collection } from './collection.ts';
import { EnumDef } from './enums.ts';
import { readBool, readCount, readInt, readStr } from './read.ts';
import { parseRestriction } from './restrictions.ts';
import type { FieldRule } from './rules.ts';
import { addType, type ClosureLoader, collectionContext, fieldOf, setAutoIndex, typeById } from './schema-records.ts';
import type { StoredContext } from './stored.ts';
import { argsFor } from './tasks.ts';
import { FieldDef, type TypeDef } from './types.ts';
import { entriesOf, makeAnoType, ruleOf } from './types-define.ts';

const Step = {
  RELATION: 25,
  PROCEDURE: 32,
  NEW_TYPE: 35,
  TYPE: 51,
  TASK: 59,
  TASK_ARGS: 63,
  NEW_ENUM: 75,
  ENUM: 76,
  ROOT: 77,
  ROOM_NAME: 79,
} as const;

const Ext = { MPDATA: 0, REGEX: 1, CLOSURE: 2, ROOM: 3, TASK: 4, THING: 5, ANO: 7 } as const;

/** What the values of a plain thing are restricted to, from 16384 on. */
const RESTRICTIONS: readonly string[] = [
  'any',
  'thing',
  'raw',
  'str',
  'utf8',
  'bytes',
  'int',
  'uint',
  'pint',
  'nint',
  'float',
  'number',
  'bool',
  '[]',
  '{}',
  'datetime',
  'timeval',
  'regex',
  'closure',
  'error',
  'room',
  'task',
  'email',
  'url',
  'tel',
  'enum',
];
const FIRST_RESTRICTION = 0x4000;
const FIRST_ENUM = 0x6000;
const NILLABLE = 0x8000;

/** Types and enumerators count from 0 there, and from 1 here. */
const idHere = (id: number): number => id + 1;

const damaged = (what: string): Error => new Error(`damaged dump: ${what}`);

/** Reads a dump of the reference server. Throws for bytes that are none; some of the errors are TiErrors of definitions and closures. */
export function readForeignDump(data: Uint8Array, load: ClosureLoader): Collection {
  return new ForeignDump(data, load).read();
}

class ForeignDump {
  private readonly r: MsgpackReader;
  private readonly load: ClosureLoader;
  private readonly made = new Collection(0, 'dump', 0, 0);
  private readonly cx: StoredContext;
  private hasRoot = false;

  constructor(data: Uint8Array, load: ClosureLoader) {
    this.r = new MsgpackReader(data);
    this.load = load;
    this.cx = collectionContext(this.made, load);
    // It gets the id that the root has in the dump.
    this.made.things.delete(0);
  }

  read(): Collection {
    const { r, made } = this;
    const steps = readCount(r) - 2;
    readInt(r);
    readStr(r);
    for (let left = steps; left > 0; left--) {
      readCount(r);
      this.step(readInt(r));
    }
    if (!this.hasRoot) throw damaged('it has no root');
    for (const task of made.tasks.items) if (task.closure === null) throw damaged('a task without closure');
    made.tasks.settle();
    return made;
  }

  private step(step: number): void {
    switch (step) {
      case Step.NEW_ENUM:
        this.newEnum();
        break;
      case Step.NEW_TYPE:
        this.newType();
        break;
      case Step.TYPE:
        this.defineType();
        break;
      case Step.TASK:
        this.task();
        break;
      case Step.ROOT:
        this.rootThing();
        break;
      case Step.ENUM:
        this.defineEnum();
        break;
      case Step.TASK_ARGS:
        this.taskArgs();
        break;
      case Step.RELATION:
        this.relation();
        break;
      case Step.PROCEDURE:
        this.procedure();
        break;
      case Step.ROOM_NAME:
        readCount(this.r);
        this.made.nameRoom(this.cx.room(readInt(this.r)), readStr(this.r));
        break;
      default:
        throw damaged(`there is no step ${step}`);
    }
  }

  // --- operands ---

  /** The head of a map with operands; they are read by `int` and the like. */
  private operands(): void {
    if (this.r.next() !== Tok.MAP) throw damaged('expected a map');
  }

  private key(): void {
    if (readStr(this.r) !== '') throw damaged('an operand with a name');
  }

  private int(): number {
    this.key();
    return readInt(this.r);
  }

  private str(): string {
    this.key();
    return readStr(this.r);
  }

  private bool(): boolean {
    this.key();
    return readBool(this.r);
  }

  private count(): number {
    this.key();
    return readCount(this.r);
  }

  private closure(): Closure {
    const value = this.value();
    if (!(value instanceof Closure)) throw damaged('expected a closure');
    return value;
  }

  // --- types and enumerators ---

  private newEnum(): void {
    this.operands();
    const id = idHere(this.int());
    const createdAt = this.int();
    const enumeration = new EnumDef(id, this.str(), createdAt);
    this.int();
    for (let left = this.count(); left > 0; left--) enumeration.add(readStr(this.r), null);
    this.made.enums.set(enumeration.name, enumeration);
    this.made.enumsById.set(id, enumeration);
    this.made.nextEnumId = Math.max(this.made.nextEnumId, id + 1);
  }

  private defineEnum(): void {
    this.operands();
    const enumeration = this.made.enumsById.get(idHere(this.int()));
    if (enumeration === undefined) throw damaged('no such enumerator');
    for (let left = this.count(); left > 0; left--) {
      readCount(this.r);
      const member = enumeration.members.get(readStr(this.r));
      if (member === undefined) throw damaged('no such member');
      member.value = this.value();
    }
    const methods: [string, Closure][] = [];
    for (let left = this.count(); left > 0; left--) {
      readCount(this.r);
      methods.push([readStr(this.r), this.closure()]);
    }
    enumeration.methods.assign(methods);
  }

  private newType(): void {
    this.operands();
    const id = idHere(this.int());
    const createdAt = this.int();
    addType(this.made, id, this.str(), createdAt);
    // What follows comes with the definition again.
    for (let left = 3; left > 0; left--) this.bool();
  }

  private defineType(): void {
    this.operands();
    const type = typeById(this.made, idHere(this.int()));
    type.modifiedAt = this.int() || null;
    type.wrapOnly = this.bool();
    type.hideId = this.bool();
    setAutoIndex(type, this.bool());
    const fields: FieldDef[] = [];
    for (let left = this.count(); left > 0; left--) {
      readCount(this.r);
      const name = readStr(this.r);
      const definition = this.definition();
      if (definition === '#') type.idName = name;
      else fields.push(new FieldDef(name, ruleOf(this.made, type, name, definition)));
    }
    type.setFields(fields);
    this.key();
    const methods: [string, Closure][] = [];
    if (this.r.next() !== Tok.MAP) throw damaged('expected methods');
    for (let left = this.r.number; left > 0; left--) methods.push([readStr(this.r), this.closure()]);
    type.methods.assign(methods);
  }

  /** A str, or bytes with a packed definition of a nested type. */
  private definition(): Value {
    const value = this.value();
    if (value instanceof Bytes) return nestedDefinition(value.bytes, this.load);
    if (typeof value !== 'string') throw damaged('expected a definition');
    return value;
  }

  private relation(): void {
    this.operands();
    this.int();
    const type = typeById(this.made, idHere(this.int()));
    const field = fieldOf(type, this.str());
    const other = typeById(this.made, idHere(this.int()));
    const opposite = fieldOf(other, this.str());
    field.relation = { type: other, field: opposite };
    opposite.relation = { type, field };
  }

  // --- tasks and procedures ---

  private procedure(): void {
    this.operands();
    const name = this.str();
    const createdAt = this.int();
    this.key();
    this.made.procedures.set(name, { name, closure: this.closure(), createdAt });
  }

  private task(): void {
    this.operands();
    const task = this.cx.task(this.int());
    task.runAt = this.int();
    task.ownerId = this.int();
    this.key();
    task.closure = this.closure();
    task.args = new List(argsFor(task.closure, []), true);
    for (let left = this.count(); left > 0; left--) this.value();
    this.made.tasks.add(task);
  }

  private taskArgs(): void {
    this.operands();
    const task = this.made.tasks.get(this.int());
    if (task === undefined || task.closure === null) throw damaged('no such task');
    const args: Value[] = [];
    for (let left = this.count(); left > 0; left--) args.push(this.value());
    // The first is the place of the task itself.
    task.args = new List(argsFor(task.closure, args.slice(1)), true);
  }

  // --- values ---

  /** The first thing is the root, under the id that it has in the dump. */
  private rootThing(): void {
    if (!(this.value() instanceof Thing) || !this.hasRoot) throw damaged('the root is no thing');
  }

  private value(): Value {
    const { r } = this;
    switch (r.next()) {
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
      case Tok.ARRAY:
        return new List(this.values(r.number), true);
      case Tok.MAP:
        if (r.number !== 1) throw damaged('a map that is no value');
        return this.marked(readStr(r));
      default:
        return this.ext();
    }
  }

  private values(count: number): Value[] {
    const items: Value[] = [];
    for (let left = count; left > 0; left--) items.push(this.value());
    return items;
  }

  private marked(mark: string): Value {
    const { r, made } = this;
    const count = readCount(r);
    switch (mark) {
      case ',':
        return this.plainThing(readInt(r), readInt(r));
      case '.':
        return this.instance(typeById(made, idHere(readInt(r))), readInt(r));
      case '$':
        return new SetValue(new Set(this.values(count).map(asThing)));
      case '%': {
        const enumeration = made.enumsById.get(idHere(readInt(r)));
        const member = [...(enumeration?.members.values() ?? [])][readInt(r)];
        if (member === undefined) throw damaged('no such member of an enumerator');
        return member;
      }
      case '!': {
        const message = readStr(r);
        return new TiError(readInt(r), message);
      }
      case "'":
      case '"':
        return this.date(mark === '"');
      case '&': {
        const type = typeById(made, idHere(readInt(r)));
        return new Wrapped(asThing(this.value()), type);
      }
      case ' ': {
        const type = this.value();
        if (!(type instanceof Bytes)) throw damaged('expected an anonymous type');
        return new Wrapped(asThing(this.value()), anoType(type.bytes, this.load).type);
      }
      default:
        throw damaged('a map that is no value');
    }
  }

  private plainThing(restriction: number, id: number): Thing {
    const thing = this.fresh(id);
    const definition = this.restriction(restriction);
    this.fill(thing, Shape.empty, [], definition === null ? null : parseRestriction(this.made, definition));
    if (this.r.next() !== Tok.MAP) throw damaged('expected properties');
    for (let left = this.r.number; left > 0; left--) {
      const key = readStr(this.r);
      thing.put(key, this.property());
    }
    return thing;
  }

  /** Arrays in properties are lists, those in lists are tuples. */
  private property(): Value {
    const value = this.value();
    return value instanceof List ? new List(value.items) : value;
  }

  private instance(type: TypeDef, id: number): Thing {
    const thing = this.fresh(id);
    const count = readCount(this.r);
    if (count !== type.fields.length) throw damaged(`an instance of \`${type.name}\` with ${count} values`);
    const slots: Value[] = [];
    for (let left = count; left > 0; left--) slots.push(this.property());
    this.fill(thing, type.shape, slots, null);
    return thing;
  }

  /** The object of a thing that follows; it may have been named before. */
  private fresh(id: number): Thing {
    if (id <= 0 || this.made.things.has(id)) throw damaged('a thing without an id of its own');
    if (this.hasRoot) return this.cx.thing(id);
    const { root } = this.made;
    root.id = id;
    this.hasRoot = true;
    return root;
  }

  private fill(thing: Thing, shape: Shape, slots: Value[], restriction: FieldRule | null): void {
    const { things } = this.made;
    if (things.has(thing.id)) throw damaged('a thing in itself');
    thing.fill(shape, slots, null, restriction);
    things.set(thing.id, thing);
  }

  private restriction(code: number): string | null {
    const suffix = (code & NILLABLE) === 0 ? '' : '?';
    const base = code & ~NILLABLE;
    if (base < FIRST_RESTRICTION) return typeById(this.made, idHere(base)).name + suffix;
    if (base >= FIRST_ENUM) {
      const enumeration = this.made.enumsById.get(idHere(base - FIRST_ENUM));
      if (enumeration === undefined) throw damaged('no such enumerator');
      return enumeration.name + suffix;
    }
    const name = RESTRICTIONS[base - FIRST_RESTRICTION];
    if (name === undefined) throw damaged(`there is no restriction ${code}`);
    return name === 'any' ? null : name;
  }

  /** UNIX time in seconds, offset in minutes, and the place of the zone in the list of all, or nil. */
  private date(isTimeval: boolean): DateTime {
    const { r } = this;
    if (r.next() !== Tok.INT) throw damaged('expected a time');
    const seconds = r.big ?? r.number;
    const offset = readInt(r) * 60;
    const place = this.value();
    if (typeof place !== 'number') return new DateTime(seconds, offset, null, isTimeval);
    const zone = zoneNames[place] ?? 'UTC';
    return new DateTime(seconds, offsetAt(zone, Number(seconds)), zone, isTimeval);
  }

  private ext(): Value {
    const { r } = this;
    switch (r.extType) {
      case Ext.MPDATA:
        return new MpData(Buffer.from(r.bytes()));
      case Ext.REGEX: {
        const text = r.text();
        const end = text.lastIndexOf('/');
        return new Regex(text.slice(1, end), text.slice(end + 1));
      }
      case Ext.CLOSURE: {
        const closure = new Closure(this.load(r.text()));
        closure.unbound = true;
        return closure;
      }
      case Ext.ROOM:
        return this.cx.room(idIn(r.bytes()));
      case Ext.TASK:
        return this.cx.task(idIn(r.bytes()));
      case Ext.THING:
        return this.cx.thing(idIn(r.bytes()));
      case Ext.ANO:
        return anoType(r.text(), this.load);
      default:
        throw damaged(`an extension ${r.extType}`);
    }
  }
}

function asThing(value: Value): Thing {
  if (value instanceof Thing) return value;
  throw damaged('expected a thing');
}

function idIn(bytes: Buffer): number {
  if (bytes.length !== 8) throw damaged('an id of another size');
  return Number(bytes.readBigUInt64BE(0));
}

const anoType = (packed: string, load: ClosureLoader) => makeAnoType(entriesOf(asThing(nestedDefinition(packed, load))));

/** The definition of a nested or anonymous type: maps and arrays of strs and closures. */
function nestedDefinition(packed: string, load: ClosureLoader): Value {
  const r = new MsgpackReader(Buffer.from(packed, 'latin1'));
  const read = (): Value => {
    const token = r.next();
    if (token === Tok.STR) return r.text();
    if (token === Tok.EXT && r.extType === Ext.CLOSURE) return new Closure(load(r.text()));
    if (token === Tok.ARRAY) return new List(Array.from({ length: r.number }, read), true);
    if (token !== Tok.MAP) throw damaged('expected a definition');
    const thing = new Thing(Shape.empty, []);
    for (let left = r.number; left > 0; left--) {
      const name = readStr(r);
      thing.put(name, read());
    }
    return thing;
  };
  return read();
}
