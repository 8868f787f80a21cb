/** Values as the reference server writes them into its dumps and files; the form was learned from such bytes. */
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
import type { Collection } from './collection.ts';
import { readCount, readInt, readStr } from './read.ts';
import { type ClosureLoader, typeById } from './schema-records.ts';
import type { StoredContext } from './stored.ts';
import { entriesOf, makeAnoType } from './types-define.ts';

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
export const idHere = (id: number): number => id + 1;

export const damaged = (what: string): Error => new Error(`damaged data: ${what}`);

/** Reads values that belong to a collection. */
export class ForeignValues {
  r: MsgpackReader;
  protected readonly load: ClosureLoader;
  protected readonly made: Collection;
  protected readonly cx: StoredContext;

  constructor(r: MsgpackReader, made: Collection, cx: StoredContext, load: ClosureLoader) {
    this.r = r;
    this.made = made;
    this.cx = cx;
    this.load = load;
  }

  /** A thing that stands where a value stands, behind its mark. */
  protected inline(_isInstance: boolean): Thing {
    throw damaged('a thing within a value');
  }

  closure(): Closure {
    const value = this.value();
    if (!(value instanceof Closure)) throw damaged('expected a closure');
    return value;
  }

  /** A str, or bytes with a packed definition of a nested type. */
  definition(): Value {
    const value = this.value();
    if (value instanceof Bytes) return nestedDefinition(value.bytes, this.load);
    if (typeof value !== 'string') throw damaged('expected a definition');
    return value;
  }

  value(): Value {
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
      case '.':
        return this.inline(mark === '.');
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
        const thing = this.value();
        return thing === null ? null : new Wrapped(asThing(thing), anoType(type.bytes, this.load).type);
      }
      default:
        throw damaged('a map that is no value');
    }
  }

  /** Arrays in properties are lists, those in lists are tuples. */
  property(): Value {
    const value = this.value();
    return value instanceof List ? new List(value.items) : value;
  }

  restriction(code: number): string | null {
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

  /** Things that only a wrap by an anonymous type held got no id there, and are lost. */
  private thingOf(id: number): Thing | null {
    return id === 0 ? null : this.cx.thing(id);
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
        return this.thingOf(idIn(r.bytes()));
      case Ext.ANO:
        return anoType(r.text(), this.load);
      default:
        throw damaged(`an extension ${r.extType}`);
    }
  }
}

export function asThing(value: Value): Thing {
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
