/**
 * Packs values as MessagePack for those who are outside: answers, events of rooms, requests to modules. The form is fixed to the byte: the
 * shortest form of everything, the id of a thing first, then its properties in the order in which the thing tells them.
 */
import { ErrorCode, operationErr, TiError } from '../errors.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure } from '../values/closure.ts';
import { DateTime, isoText } from '../values/datetime.ts';
import { AnoType, EnumMember, Future, MpData, Room, Task, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import type { Shape, TypeInfo } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { packedKeys } from './keys.ts';

/** The bit of the return flags that leaves ids out. */
export const NO_IDS = 32;

/** The most that may be in the buffer when a thing's properties are about to be packed, in bytes. */
export const DEFAULT_SIZE_LIMIT = 20_971_520;

/** Lists and texts outside of things have no limit but this one, without which a small script could fill the memory. */
const MAX_BYTES = 2 ** 28;

/** Texts of this length are looked at before they are packed. */
const LONG = 4096;

/** The key under which a thing tells its id, unless its type names another. */
const ID_KEY = '#';

/** Lists and things may be nested this deep in an answer; it keeps the recursion here within the stack. */
const MAX_NESTING = 1000;

/** How things of a type tell their id. */
export interface IdView {
  readonly idName: string;
  /** Without id, unless the id is all that is packed. */
  readonly hideId: boolean;
}

/** One property of a thing that is seen through a type. */
export interface WrapField {
  readonly name: string;
  readonly value: Value;
  /** The type through which the things in the value are seen in turn; null for as they are. */
  readonly through: TypeInfo | null;
  /** Levels of things to pack in the value, and the flags for it. */
  readonly deep: number;
  readonly flags: number;
}

export interface WrapView extends IdView {
  readonly fields: readonly WrapField[];
}

/** What packing must ask of the model. */
export interface EncodeHooks {
  idView(type: TypeInfo): IdView;
  /**
   * What `thing` shows through `type`: the fields of the type that fit and its computed ones, in order; null when the type is gone, and the thing is
   * packed as it is. `deep` and `flags` are those for a field without prefix. Throws TiError when computing fails.
   */
  wrapView(thing: Thing, type: TypeInfo, deep: number, flags: number): WrapView | null;
  taskText(task: Task): string;
}

const PLAIN_ID: IdView = { idName: ID_KEY, hideId: false };

/** For where there are no types and no tasks. */
export const plainHooks: EncodeHooks = {
  idView: () => PLAIN_ID,
  wrapView: () => null,
  taskText: (task) => (task.id === 0 ? 'task:nil' : `task:${task.id}`),
};

export interface EncodeOptions {
  /** Levels of things to pack, 0 to 127; lists and sets do not count. */
  readonly deep: number;
  /** Only the bit NO_IDS counts. */
  readonly flags: number;
  readonly hooks?: EncodeHooks;
  /** In bytes; see `start`. */
  readonly sizeLimit?: number;
  /** Where in the writer the counting for `sizeLimit` starts; the bytes of a package's header belong to it. 0 when left out. */
  readonly start?: number;
}

/** Packs values into one writer, one after another; see `encodeValue` for a single one. */
export class Encoder {
  private readonly writer: MsgpackWriter;
  private readonly hooks: EncodeHooks;
  private readonly sizeLimit: number;
  /** The position behind which a thing's properties must not begin any more. */
  private limit = 0;
  /** The things that are being packed around the present place. */
  private readonly path: Thing[] = [];
  private nesting = 0;
  private lastShape: Shape | null = null;
  private lastKeys: readonly Uint8Array[] = [];

  constructor(writer: MsgpackWriter, hooks: EncodeHooks = plainHooks, sizeLimit: number = DEFAULT_SIZE_LIMIT) {
    this.writer = writer;
    this.hooks = hooks;
    this.sizeLimit = sizeLimit;
  }

  /**
   * Packs one value behind what is in the writer. Throws TiError (-6) when the bytes from `start` on are over the limit, -63 when lists are nested too
   * deep, and what computed fields throw; what was written by then stays in the writer.
   */
  encode(value: Value, deep: number, flags: number, start = this.writer.size): void {
    this.limit = start + this.sizeLimit;
    this.path.length = 0;
    this.nesting = 0;
    this.value(value, deep, flags);
  }

  private value(value: Value, deep: number, flags: number): void {
    const writer = this.writer;
    switch (typeof value) {
      case 'number':
        writer.int(value);
        return;
      case 'string':
        if (value.length > LONG) this.checkRoom(value.length);
        writer.str(value);
        return;
      case 'boolean':
        writer.bool(value);
        return;
      case 'bigint':
        bigint(writer, value);
        return;
      default:
        if (value === null) writer.nil();
        else if (value instanceof Thing) this.thing(value, deep, flags);
        else if (value instanceof Float) writer.float(value.value);
        else if (value instanceof List) this.list(value.items, null, deep, flags);
        else this.object(value, deep, flags);
    }
  }

  /** The kinds of values that are rare in answers. */
  private object(
    value: Exclude<Value, null | boolean | number | bigint | string | Thing | Float | List>,
    deep: number,
    flags: number,
  ): void {
    const writer = this.writer;
    if (value instanceof SetValue) this.set(value, null, deep, flags);
    else if (value instanceof Wrapped) this.wrapped(value.thing, value.type, deep, flags);
    else if (value instanceof DateTime) this.datetime(value);
    else if (value instanceof EnumMember) this.value(value.value, deep, flags);
    else if (value instanceof Bytes) {
      this.checkRoom(value.bytes.length);
      writer.bin(value.bytes);
    } else if (value instanceof MpData) writer.copy(value.data);
    else if (value instanceof Closure || value instanceof Regex) writer.str(value.text);
    else if (value instanceof TiError) writer.str(value.message);
    else if (value instanceof Room) writer.str(value.id === 0 ? 'room:nil' : `room:${value.id}`);
    else if (value instanceof Task) writer.str(this.hooks.taskText(value));
    else if (value instanceof AnoType) this.anoType(value);
    else if (value instanceof Future) this.value(value.value, deep, flags);
    else writer.nil(); // a module
  }

  private datetime(value: DateTime): void {
    if (value.isTimeval) this.value(value.seconds, 0, 0);
    else this.writer.str(isoText(value));
  }

  /** Throws TiError (-2) when as many bytes more would be too many. */
  private checkRoom(bytes: number): void {
    if (this.writer.size + bytes > MAX_BYTES) throw new TiError(ErrorCode.MEMORY, `an answer may be ${MAX_BYTES} bytes long, no longer`);
  }

  private enter(): void {
    this.nesting += 1;
    if (this.nesting > MAX_NESTING) throw operationErr(`the answer is nested more than ${MAX_NESTING} levels deep`);
  }

  private list(items: readonly Value[], through: TypeInfo | null, deep: number, flags: number): void {
    this.enter();
    this.checkRoom(items.length);
    this.writer.arrayHeader(items.length);
    if (through === null) for (const item of items) this.value(item, deep, flags);
    else for (const item of items) this.seen(item, through, deep, flags);
    this.nesting -= 1;
  }

  private set(set: SetValue, through: TypeInfo | null, deep: number, flags: number): void {
    this.writer.arrayHeader(set.things.size);
    if (through === null) for (const thing of set.things) this.thing(thing, deep, flags);
    else for (const thing of set.things) this.wrapped(thing, through, deep, flags);
  }

  private anoType(value: AnoType): void {
    this.enter();
    this.writer.mapHeader(value.fields.size);
    for (const [name, definition] of value.fields) {
      this.writer.str(name);
      this.value(definition, 127, NO_IDS);
    }
    this.nesting -= 1;
  }

  private isOnPath(thing: Thing): boolean {
    const path = this.path;
    for (let i = path.length - 1; i >= 0; i--) if (path[i] === thing) return true;
    return false;
  }

  /** Opens a thing whose properties follow. */
  private open(thing: Thing): void {
    if (this.writer.size > this.limit) throw tooLarge();
    this.enter();
    this.path.push(thing);
  }

  private close(): void {
    this.path.pop();
    this.nesting -= 1;
  }

  private thing(thing: Thing, deep: number, flags: number): void {
    if (deep <= 0 || this.isOnPath(thing)) {
      this.idOnly(thing, flags);
      return;
    }
    this.open(thing);
    const shape = thing.shape;
    this.header(thing, shape.type === null ? PLAIN_ID : this.hooks.idView(shape.type), thing.size, flags);
    if (thing.dict === null) this.slots(shape, thing.slots, deep - 1, flags);
    else this.dictionary(thing, deep - 1, flags);
    this.close();
  }

  private slots(shape: Shape, slots: readonly Value[], deep: number, flags: number): void {
    if (shape !== this.lastShape) {
      this.lastShape = shape;
      this.lastKeys = packedKeys(shape);
    }
    const writer = this.writer;
    const keys = this.lastKeys;
    for (let i = 0; i < keys.length; i++) {
      writer.copy(keys[i] as Uint8Array);
      this.value(slots[i] as Value, deep, flags);
    }
  }

  private dictionary(thing: Thing, deep: number, flags: number): void {
    for (const key of thing.keys()) {
      this.writer.str(key);
      this.value(thing.get(key) as Value, deep, flags);
    }
  }

  /** The header of a map of `count` properties, and the id before them when it is to be shown. */
  private header(thing: Thing, view: IdView, count: number, flags: number): void {
    if (thing.id === 0 || view.hideId || (flags & NO_IDS) !== 0) {
      this.writer.mapHeader(count);
      return;
    }
    this.writer.mapHeader(count + 1);
    this.writer.str(view.idName);
    this.writer.int(thing.id);
  }

  private idOnly(thing: Thing, flags: number): void {
    const type = thing.shape.type;
    const writer = this.writer;
    if (thing.id === 0 || (flags & NO_IDS) !== 0) {
      writer.mapHeader(0);
      return;
    }
    writer.mapHeader(1);
    writer.str(type === null ? ID_KEY : this.hooks.idView(type).idName);
    writer.int(thing.id);
  }

  /** A value whose things are seen through a type. */
  private seen(value: Value, through: TypeInfo, deep: number, flags: number): void {
    if (value instanceof Thing) this.wrapped(value, through, deep, flags);
    else if (value instanceof List) this.list(value.items, through, deep, flags);
    else if (value instanceof SetValue) this.set(value, through, deep, flags);
    else this.value(value, deep, flags);
  }

  private wrapped(thing: Thing, type: TypeInfo, deep: number, flags: number): void {
    if (deep <= 0 || this.isOnPath(thing)) {
      this.idOnly(thing, flags);
      return;
    }
    const view = this.hooks.wrapView(thing, type, deep - 1, flags);
    if (view === null) {
      this.thing(thing, deep, flags);
      return;
    }
    this.open(thing);
    this.header(thing, view, view.fields.length, flags);
    for (const field of view.fields) {
      this.writer.str(field.name);
      if (field.through === null) this.value(field.value, field.deep, field.flags);
      else this.seen(field.value, field.through, field.deep, field.flags);
    }
    this.close();
  }
}

function bigint(writer: MsgpackWriter, value: bigint): void {
  const n = Number(value);
  if (Number.isSafeInteger(n)) writer.int(n);
  else writer.bigint(value);
}

const tooLarge = (): TiError =>
  new TiError(
    ErrorCode.RESULT_TOO_LARGE,
    'the result is too large; return less, use a lower `deep` value, or `wrap` things to leave properties out',
  );

/** Packs one value behind what is in the writer. Throws as `Encoder.encode`. */
export function encodeValue(writer: MsgpackWriter, value: Value, options: EncodeOptions): void {
  new Encoder(writer, options.hooks, options.sizeLimit).encode(value, options.deep, options.flags, options.start ?? 0);
}
