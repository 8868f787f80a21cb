/**
 * Reads values that clients send (arguments of queries and procedures, events, answers of modules). The bytes are trusted in nothing: every length is
 * held against what is left, nesting has a limit, and every fault is a TiError that names the argument.
 */
import { isUtf8 } from 'node:buffer';
import { ErrorCode, overflowErr, TiError, typeErr, valueErr } from '../errors.ts';
import { MsgpackError, MsgpackReader, Tok, type TokenKind } from '../msgpack/reader.ts';
import type { Closure } from '../values/closure.ts';
import { type AnoType, MpData, type Room, Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { Shape } from '../values/shape.ts';
import { isName, Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { packedKeys } from './keys.ts';

/** What the bytes may refer to by number or source text; each throws TiError for what is not there or not allowed. */
export interface DecodeContext {
  thing(id: number): Thing;
  room(id: number): Room;
  /** A task that is unknown is no error: it reads as an empty one. */
  task(id: number): Task;
  closure(text: string): Closure;
  /** `text` has its slashes and flags. Refuses what is no regular expression. */
  regex(text: string): Regex;
  anoType(definition: Value): AnoType;
}

const noCollection = (what: string): TiError => badData(`a ${what} can only be sent to a collection`);

/** For where there is no collection; a caller that can compile closures overrides that member. */
export const detachedContext: DecodeContext = {
  thing: () => {
    throw noCollection('thing');
  },
  room: () => {
    throw noCollection('room');
  },
  task: () => new Task(),
  closure: () => {
    throw badData('a closure cannot be read here');
  },
  regex: readRegex,
  anoType: () => {
    throw noCollection('anonymous type');
  },
};

/** Extensions of MessagePack by which clients send what it has no type for. */
const Ext = { MPDATA: 0, REGEX: 1, CLOSURE: 2, ROOM: 3, TASK: 4, THING: 5, NAME: 6, ANO_TYPE: 7 } as const;

const MAX_NESTING = 500;
const INT64_MAX = 0x7fff_ffff_ffff_ffffn;

function badData(message: string): TiError {
  return new TiError(ErrorCode.BAD_DATA, message);
}

/** Splits `/pattern/flags`. Throws TiError (-60) when the text is no regular expression. */
function readRegex(text: string): Regex {
  const end = text.lastIndexOf('/');
  if (text.charCodeAt(0) !== 0x2f || end < 2) throw valueErr('a regular expression is written between slashes, such as `/[a-z]+/i`');
  const regex = new Regex(text.slice(1, end), text.slice(end + 1));
  void regex.matcher;
  return regex;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** A list belongs to the property that holds it. */
function own(thing: Thing, key: string, list: List): void {
  list.parent = thing;
  list.key = key;
}

function adopt(thing: Thing): Thing {
  thing.slots.forEach((value, slot) => {
    if (value instanceof List) own(thing, thing.shape.keys[slot] as string, value);
  });
  return thing;
}

class Decoder {
  readonly reader: MsgpackReader;
  private readonly context: DecodeContext;
  private nesting = 0;
  /** By level of nesting, the shape of the last map. */
  private readonly lastShapes: Shape[] = [];

  constructor(reader: MsgpackReader, context: DecodeContext) {
    this.reader = reader;
    this.context = context;
  }

  value(inList = false): Value {
    const reader = this.reader;
    if (reader.atEnd) throw missing();
    const kind = reader.next();
    switch (kind) {
      case Tok.NIL:
        return null;
      case Tok.BOOL:
        return reader.number === 1;
      case Tok.INT:
        return this.int();
      case Tok.FLOAT:
        return new Float(reader.number);
      case Tok.STR:
        return reader.text();
      case Tok.BIN:
        return new Bytes(reader.text());
      case Tok.EXT:
        return this.extension();
      default:
        return this.nested(kind, inList);
    }
  }

  private int(): Value {
    const { big, number } = this.reader;
    if (big === null) return number;
    if (big > INT64_MAX) throw overflowErr();
    return big;
  }

  private nested(kind: TokenKind, inList: boolean): Value {
    this.nesting += 1;
    if (this.nesting > MAX_NESTING) throw badData(`values may be nested ${MAX_NESTING} levels deep, no deeper`);
    const value = kind === Tok.ARRAY ? this.list(this.reader.number, inList) : this.map(this.reader.number);
    this.nesting -= 1;
    return value;
  }

  /** A list, or inside another list a tuple. */
  private list(count: number, isTuple: boolean): List {
    // The count is not to be believed: the items grow as they are read.
    const items: Value[] = [];
    for (let i = 0; i < count; i++) items.push(this.value(true));
    return new List(items, isTuple);
  }

  private map(count: number): Thing {
    const shape = this.lastShapes[this.nesting];
    if (shape !== undefined && count === shape.keys.length) return this.mapLike(shape);
    const thing = new Thing(Shape.empty, []);
    this.properties(thing, count);
    return thing;
  }

  /** Maps in a list mostly have the same keys: as long as they are those of the last map at this level, the thing can take its shape. */
  private mapLike(shape: Shape): Thing {
    const keys = packedKeys(shape);
    const slots: Value[] = [];
    for (let i = 0; i < keys.length; i++) {
      if (!this.reader.skipIfNext(keys[i] as Uint8Array)) {
        const thing = adopt(new Thing(Shape.of(shape.keys.slice(0, i)), slots));
        this.properties(thing, keys.length - i);
        return thing;
      }
      slots.push(this.value());
    }
    return adopt(new Thing(shape, slots));
  }

  private properties(thing: Thing, count: number): void {
    for (let i = 0; i < count; i++) {
      const key = this.key();
      const value = this.value();
      if (value instanceof List) own(thing, key, value);
      thing.put(key, value);
    }
    if (thing.dict === null) this.lastShapes[this.nesting] = thing.shape;
  }

  private key(): string {
    const reader = this.reader;
    if (nextKind(reader) !== Tok.STR) throw typeErr('the names of properties must be of type `str`');
    const key = reader.text();
    if (!isAscii(key) && !isUtf8(reader.bytes())) throw valueErr('the names of properties must be valid UTF-8');
    if (key.length === 1 && key >= ' ' && key <= '/') throw valueErr(`the property name \`${key}\` is reserved`);
    return key;
  }

  private extension(): Value {
    const reader = this.reader;
    switch (reader.extType) {
      case Ext.MPDATA:
        return this.mpdata();
      case Ext.REGEX:
        return this.context.regex(reader.text());
      case Ext.CLOSURE:
        return this.context.closure(reader.text());
      case Ext.ROOM:
        return this.context.room(this.id('room'));
      case Ext.TASK:
        return this.context.task(this.id('task'));
      case Ext.THING:
        return this.context.thing(this.id('thing'));
      case Ext.NAME:
        return reader.text();
      case Ext.ANO_TYPE:
        return this.anoType();
      default:
        throw badData(`MessagePack extension ${reader.extType} is none that a value can be read from`);
    }
  }

  /** An id: 8 bytes, big endian. One that is no safe integer is none that was ever given out, and is told as the nearest number. */
  private id(what: string): number {
    if (this.reader.number !== 8) throw badData(`the id of a ${what} takes 8 bytes, not ${this.reader.number}`);
    return Number(this.reader.bytes().readBigUInt64BE());
  }

  /** The bytes are kept as they are and sent again as they are: they must be one whole value. */
  private mpdata(): MpData {
    const bytes = Buffer.from(this.reader.bytes());
    const inner = new MsgpackReader(bytes);
    inner.skip();
    if (!inner.atEnd) throw badData('a MessagePack extension 0 must hold exactly one value');
    return new MpData(bytes);
  }

  private anoType(): AnoType {
    const inner = new Decoder(new MsgpackReader(this.reader.bytes()), this.context);
    inner.nesting = this.nesting + 1;
    if (inner.nesting > MAX_NESTING) throw badData(`values may be nested ${MAX_NESTING} levels deep, no deeper`);
    return this.context.anoType(inner.value());
  }
}

const missing = (): TiError => new TiError(ErrorCode.NUM_ARGUMENTS, 'a value is missing');

/** Turns what the reader throws into an error for the client. */
function readable(error: unknown): TiError {
  if (error instanceof TiError) return error;
  if (!(error instanceof MsgpackError)) throw error;
  return badData(
    error.reason === 'incomplete' ? 'the MessagePack data is incomplete' : 'the MessagePack data has a byte (0xc1) that starts no value',
  );
}

/** Reads one value. Throws TiError: -53 for faulty bytes, -59 for an integer beyond 64 bit, -60 and -61 for property names. */
export function decodeAny(bytes: Uint8Array, context: DecodeContext = detachedContext): Value {
  return decodeNext(new MsgpackReader(bytes), context);
}

/** Reads one value where the reader stands and leaves it behind. Throws as `decodeAny`. */
export function decodeNext(reader: MsgpackReader, context: DecodeContext = detachedContext): Value {
  try {
    return new Decoder(reader, context).value();
  } catch (error) {
    throw readable(error);
  }
}

/**
 * Reads a map of variables: name to value. Bytes that hold no map mean no variables. Of two variables of one name the later counts. Throws as
 * `decodeAny`, with the name of the variable in the message, and -60 for a name that is none.
 */
export function decodeArguments(bytes: Uint8Array, context: DecodeContext = detachedContext): Map<string, Value> {
  const variables = new Map<string, Value>();
  const reader = new MsgpackReader(bytes);
  if (nextKind(reader) !== Tok.MAP) return variables;
  const count = reader.number;
  for (let i = 0; i < count; i++) {
    const name = variableName(reader);
    try {
      variables.set(name, decodeNext(reader, context));
    } catch (error) {
      if (!(error instanceof TiError)) throw error;
      throw new TiError(error.code, `${error.message} (in argument \`${name}\`)`);
    }
  }
  return variables;
}

/** Leaves one value behind unread. Throws TiError (-53) for faulty bytes. */
export function skipNext(reader: MsgpackReader): void {
  try {
    reader.skip();
  } catch (error) {
    throw readable(error);
  }
}

/** The kind of what comes next; null for the end, and for bytes that are cut off or no MessagePack. */
export function nextKind(reader: MsgpackReader): TokenKind | null {
  try {
    return reader.atEnd ? null : reader.next();
  } catch (error) {
    if (error instanceof MsgpackError) return null;
    throw error;
  }
}

function variableName(reader: MsgpackReader): string {
  if (nextKind(reader) === Tok.STR) {
    const name = reader.text();
    if (isName(name)) return name;
  }
  throw valueErr('the name of each variable must follow the naming rules: letters, digits and underscores, no digit first, at most 255');
}
