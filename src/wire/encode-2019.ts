/** Packs the results of a query in the 2019 dialect: in MessagePack, QPack or anything else that writes the same kinds of values. */
import { ErrorCode, TiError } from '../errors.ts';
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { Closure } from '../values/closure.ts';
import { DateTime, isoText } from '../values/datetime.ts';
import { Attribute, EnumMember, MpData, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';

/** What packing needs of a format; texts are byte strings. */
export interface Writer2019 {
  nil(): void;
  bool(value: boolean): void;
  int(value: number): void;
  bigint(value: bigint): void;
  float(value: number): void;
  str(value: string): void;
  arrayHeader(count: number): void;
  mapHeader(count: number): void;
}

const MAX_NESTING = 1000;

export class Encoder2019 {
  private readonly w: Writer2019;
  private readonly fetched: { has(value: object): boolean };
  private depth = 0;

  constructor(w: Writer2019, fetched: { has(value: object): boolean } = new Set()) {
    this.w = w;
    this.fetched = fetched;
  }

  /** A value as those who watch get it: a thing that `isNew` says is new to them with all that it has, any other by its id. */
  told(value: Value, isNew: (thing: Thing) => boolean): void {
    if (value instanceof Thing && isNew(value)) this.whole(value, isNew, undefined);
    else if (value instanceof Wrapped) this.told(value.thing, isNew);
    else if (value instanceof List || value instanceof SetValue) {
      const items = value instanceof List ? value.items : [...value.things];
      this.enter();
      this.w.arrayHeader(items.length);
      for (const item of items) this.told(item, isNew);
      this.depth--;
    } else this.value(value);
  }

  /** A thing with its properties, and its attributes under `.` if it has some. */
  whole(thing: Thing, isNew: (thing: Thing) => boolean, attributes: ReadonlyMap<string, Value> | undefined): void {
    const { w } = this;
    const keys = thing.keys();
    this.enter();
    w.mapHeader(keys.length + 1 + (attributes === undefined ? 0 : 1));
    w.str('#');
    w.int(thing.id);
    for (const key of keys) {
      w.str(key);
      this.told(thing.get(key) as Value, isNew);
    }
    if (attributes !== undefined) {
      w.str('.');
      w.mapHeader(attributes.size);
      for (const [name, value] of attributes) {
        w.str(name);
        this.value(value);
      }
    }
    this.depth--;
  }

  private enter(): void {
    if (++this.depth > MAX_NESTING) throw new TiError(ErrorCode.OPERATION, `an answer may nest ${MAX_NESTING} levels deep`);
  }

  /** The value of a statement: a thing is told with its properties, and so are the things of an array that was fetched. */
  result(value: Value): void {
    if (value instanceof Thing) this.thing(value);
    else if (value instanceof Wrapped) this.thing(value.thing);
    else if (value instanceof List && this.fetched.has(value)) {
      this.w.arrayHeader(value.items.length);
      for (const item of value.items) this.result(item);
    } else this.value(value);
  }

  private thing(thing: Thing): void {
    const { w } = this;
    const keys = thing.keys();
    w.mapHeader(keys.length + 1);
    w.str('#');
    w.int(thing.id);
    for (const key of keys) {
      w.str(key);
      this.value(thing.get(key) as Value);
    }
  }

  private value(value: Value): void {
    const { w } = this;
    switch (typeof value) {
      case 'string':
        w.str(value);
        break;
      case 'number':
        w.int(value);
        break;
      case 'bigint':
        w.bigint(value);
        break;
      case 'boolean':
        w.bool(value);
        break;
      default:
        if (value === null) w.nil();
        else this.object(value);
    }
  }

  private object(value: Exclude<Value, string | number | bigint | boolean | null>): void {
    const { w } = this;
    if (value instanceof Thing) this.reference(value);
    else if (value instanceof Wrapped) this.reference(value.thing);
    else if (value instanceof List) this.array(value.items);
    else if (value instanceof SetValue) this.array([...value.things]);
    else if (value instanceof Float) w.float(value.value);
    else if (value instanceof Bytes) w.str(value.bytes);
    else if (value instanceof Attribute || value instanceof EnumMember) this.value(value.value);
    else if (value instanceof Regex) this.marked('*', value.text);
    else if (value instanceof Closure) this.marked('$', value.code.compactText);
    else if (value instanceof DateTime) w.str(isoText(value));
    else if (value instanceof MpData) transcode(new MsgpackReader(value.data), w, 0);
    // What the dialect has no word for.
    else w.str('<object>');
  }

  private reference(thing: Thing): void {
    this.w.mapHeader(1);
    this.w.str('#');
    this.w.int(thing.id);
  }

  private marked(key: string, text: string): void {
    this.w.mapHeader(1);
    this.w.str(key);
    this.w.str(text);
  }

  private array(items: readonly Value[]): void {
    this.enter();
    this.w.arrayHeader(items.length);
    for (const item of items) this.value(item);
    this.depth--;
  }
}

/** Writes one packed value in another format; MessagePack here is the server's own. */
function transcode(r: MsgpackReader, w: Writer2019, depth: number): void {
  const kind = r.next();
  switch (kind) {
    case Tok.NIL:
      w.nil();
      break;
    case Tok.BOOL:
      w.bool(r.number === 1);
      break;
    case Tok.INT:
      w.int(r.number);
      break;
    case Tok.FLOAT:
      w.float(r.number);
      break;
    case Tok.STR:
      w.str(r.text());
      break;
    case Tok.ARRAY: {
      const count = r.number;
      w.arrayHeader(count);
      for (let i = 0; i < count; i++) transcode(r, w, depth + 1);
      break;
    }
    case Tok.MAP: {
      const count = r.number;
      w.mapHeader(count);
      for (let i = 0; i < 2 * count; i++) transcode(r, w, depth + 1);
      break;
    }
    default:
      throw new TiError(ErrorCode.INTERNAL, 'a value that cannot be told');
  }
}

/** Packs results as an array, one item a statement; `unwrapped` gives the value alone when there is just one. */
export function encodeResults2019(
  w: Writer2019,
  results: readonly Value[],
  fetched: { has(value: object): boolean },
  unwrapped = false,
): void {
  const encoder = new Encoder2019(w, fetched);
  if (!unwrapped || results.length !== 1) w.arrayHeader(results.length);
  for (const value of results) encoder.result(value);
}
