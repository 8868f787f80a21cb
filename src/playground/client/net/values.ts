/** Answers of the server as values: what the wire tells apart stays apart. */
import { MsgpackReader, Tok, type TokenKind } from '../../../msgpack/reader.ts';

/** A number that is no int, even when it is whole. */
export class FloatValue {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export class BytesValue {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A thing, or any other map. */
export class ThingValue {
  /** Null for one that is not stored, and for one that is told without. */
  readonly id: number | null;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(id: number | null, fields: ReadonlyMap<string, Value>) {
    this.id = id;
    this.fields = fields;
  }

  /** Whether only the id is told: there may be more of it. */
  get isReference(): boolean {
    return this.id !== null && this.fields.size === 0;
  }
}

export type Value = null | boolean | number | bigint | string | FloatValue | BytesValue | readonly Value[] | ThingValue;

const decoder = new TextDecoder();
/** Under which the id of a thing is told. */
const ID = '#';

const textOf = (reader: MsgpackReader): string => decoder.decode(reader.bytes());

function mapOf(reader: MsgpackReader, count: number): ThingValue {
  const fields = new Map<string, Value>();
  let id: number | null = null;
  for (let left = count; left > 0; left--) {
    reader.next();
    const key = textOf(reader);
    const value = read(reader, reader.next());
    if (key === ID && typeof value === 'number') id = value;
    else fields.set(key, value);
  }
  return new ThingValue(id, fields);
}

function read(reader: MsgpackReader, kind: TokenKind): Value {
  switch (kind) {
    case Tok.NIL:
      return null;
    case Tok.BOOL:
      return reader.number === 1;
    case Tok.INT:
      return reader.big ?? reader.number;
    case Tok.FLOAT:
      return new FloatValue(reader.number);
    case Tok.STR:
      return textOf(reader);
    case Tok.ARRAY: {
      const items: Value[] = [];
      for (let left = reader.number; left > 0; left--) items.push(read(reader, reader.next()));
      return items;
    }
    case Tok.MAP:
      return mapOf(reader, reader.number);
    default:
      return new BytesValue(reader.bytes().slice());
  }
}

/** Reads one packed value. Throws MsgpackError. */
export function readValue(bytes: Uint8Array): Value {
  const reader = new MsgpackReader(bytes);
  return read(reader, reader.next());
}

/** A value as JSON has it, for what reads JSON: bytes are told by their length, and floats as numbers. */
export function plain(value: Value): unknown {
  if (value instanceof FloatValue) return value.value;
  if (value instanceof BytesValue) return `<bytes ${value.bytes.length}>`;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return (value as readonly Value[]).map(plain);
  if (!(value instanceof ThingValue)) return value;
  const fields = [...value.fields].map(([name, field]): [string, unknown] => [name, plain(field)]);
  return Object.fromEntries(value.id === null ? fields : [[ID, value.id], ...fields]);
}

/** The field of a map; undefined when there is none, or when the value is something else. */
export const fieldOf = (value: Value | undefined, name: string): Value | undefined =>
  value instanceof ThingValue ? value.fields.get(name) : undefined;

export const listOf = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : []);

export const stringOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
