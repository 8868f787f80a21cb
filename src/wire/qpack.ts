/**
 * QPack, the binary format of the 2019 protocol. Little endian throughout; the first byte of a value tells what it is:
 *
 * | bytes    | value                                                |
 * |----------|------------------------------------------------------|
 * | 0..63    | the int itself                                       |
 * | 64..123  | the ints -1 to -60                                   |
 * | 125..127 | the floats -1, 0 and 1                               |
 * | 128..227 | raw of 0 to 99 bytes                                 |
 * | 228..231 | raw with its length in 1, 2, 4 or 8 bytes            |
 * | 232..235 | int of 1, 2, 4 or 8 bytes                            |
 * | 236      | float of 8 bytes                                     |
 * | 237..242 | array of 0 to 5 items                                |
 * | 243..248 | map of 0 to 5 entries                                |
 * | 249..251 | true, false, nil                                     |
 * | 252, 254 | an array of any length opens, closes                 |
 * | 253, 255 | a map of any length opens, closes; the end of the text closes both |
 */
import { ErrorCode, TiError } from '../errors.ts';
import { Float } from '../values/scalars.ts';
import type { Writer2019 } from './encode-2019.ts';

const TRUE = 249;
const FALSE = 250;
const NIL = 251;
const ARRAY = 237;
const MAP = 243;
const ARRAY_OPEN = 252;
const MAP_OPEN = 253;
const ARRAY_CLOSE = 254;
const MAP_CLOSE = 255;
/** Arrays and maps up to this length have a byte of their own. */
const SHORT = 5;

/** Whether a first byte is that of a QPack array or map, which no MessagePack request begins with. */
export const opensQpack = (byte: number): boolean => (byte >= ARRAY && byte <= MAP + SHORT) || byte === ARRAY_OPEN || byte === MAP_OPEN;

/** How many values are yet to come before an open array or map is closed. */
interface Open {
  left: number;
  readonly close: number;
}

/** Writes QPack. What is opened closes by itself behind its last value. */
export class QpackWriter implements Writer2019 {
  private buffer = Buffer.allocUnsafe(256);
  private at = 0;
  private readonly open: Open[] = [];

  /** What was written, in a buffer of its own. */
  take(): Buffer {
    const bytes = Buffer.from(this.buffer.subarray(0, this.at));
    this.at = 0;
    return bytes;
  }

  private need(count: number): number {
    const { at } = this;
    if (at + count > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, at + count));
      this.buffer.copy(larger, 0, 0, at);
      this.buffer = larger;
    }
    this.at = at + count;
    return at;
  }

  private byte(value: number): void {
    // The place first: making room for it may replace the buffer.
    const at = this.need(1);
    this.buffer[at] = value;
  }

  private put(count: number, write: (at: number) => void): void {
    write(this.need(count));
  }

  /** To be called behind each value. */
  private written(): void {
    for (let top = this.open.at(-1); top !== undefined && --top.left === 0; top = this.open.at(-1)) {
      if (top.close !== 0) this.byte(top.close);
      this.open.pop();
    }
  }

  nil(): void {
    this.byte(NIL);
    this.written();
  }

  bool(value: boolean): void {
    this.byte(value ? TRUE : FALSE);
    this.written();
  }

  int(value: number): void {
    if (value >= 0 && value < 64) this.byte(value);
    else if (value < 0 && value >= -60) this.byte(63 - value);
    else if (value >= -0x80 && value < 0x80) {
      this.byte(232);
      this.put(1, (at) => this.buffer.writeInt8(value, at));
    } else if (value >= -0x8000 && value < 0x8000) {
      this.byte(233);
      this.put(2, (at) => this.buffer.writeInt16LE(value, at));
    } else if (value >= -0x8000_0000 && value < 0x8000_0000) {
      this.byte(234);
      this.put(4, (at) => this.buffer.writeInt32LE(value, at));
    } else {
      this.byte(235);
      this.put(8, (at) => this.buffer.writeBigInt64LE(BigInt(value), at));
    }
    this.written();
  }

  bigint(value: bigint): void {
    this.byte(235);
    this.put(8, (at) => this.buffer.writeBigInt64LE(value, at));
    this.written();
  }

  float(value: number): void {
    if (value === 0 && !Object.is(value, -0)) this.byte(126);
    else if (value === 1 || value === -1) this.byte(126 + value);
    else {
      this.byte(236);
      this.put(8, (at) => this.buffer.writeDoubleLE(value, at));
    }
    this.written();
  }

  str(value: string): void {
    const { length } = value;
    if (length < 100) this.byte(128 + length);
    else if (length < 0x100) {
      this.byte(228);
      this.byte(length);
    } else if (length < 0x1_0000) {
      this.byte(229);
      this.put(2, (at) => this.buffer.writeUInt16LE(length, at));
    } else {
      this.byte(230);
      this.put(4, (at) => this.buffer.writeUInt32LE(length, at));
    }
    const at = this.need(length);
    this.buffer.latin1Write(value, at, length);
    this.written();
  }

  arrayHeader(count: number): void {
    this.container(count, count, ARRAY, ARRAY_OPEN, ARRAY_CLOSE);
  }

  mapHeader(count: number): void {
    this.container(count, 2 * count, MAP, MAP_OPEN, MAP_CLOSE);
  }

  private container(count: number, values: number, short: number, open: number, close: number): void {
    const isShort = count <= SHORT;
    this.byte(isShort ? short + count : open);
    if (count === 0) this.written();
    else this.open.push({ left: values, close: isShort ? 0 : close });
  }
}

/** A value as it was read: raws are byte strings, maps keep their order. */
export type QpackValue = null | boolean | number | bigint | string | Float | QpackValue[] | Map<QpackValue, QpackValue>;

const MAX_NESTING = 100;

const damaged = (why: string): TiError => new TiError(ErrorCode.BAD_DATA, `the request is no QPack: ${why}`);

class QpackReader {
  private readonly bytes: Buffer;
  private at: number;
  private readonly end: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  private take(count: number): number {
    const { at } = this;
    if (count > this.end - at) throw damaged('it ends in the middle of a value');
    this.at = at + count;
    return at;
  }

  value(depth: number): QpackValue {
    if (depth > MAX_NESTING) throw damaged(`more than ${MAX_NESTING} levels of nesting`);
    const byte = this.bytes[this.take(1)] as number;
    if (byte < 64) return byte;
    if (byte < 124) return 63 - byte;
    if (byte >= 125 && byte <= 127) return new Float(byte - 126);
    if (byte >= 128 && byte <= 227) return this.raw(byte - 128);
    if (byte >= ARRAY && byte < MAP) return this.items(byte - ARRAY, depth);
    if (byte >= MAP && byte <= MAP + SHORT) return this.entries(byte - MAP, depth);
    return this.other(byte, depth);
  }

  private raw(length: number): string {
    const at = this.take(length);
    return this.bytes.latin1Slice(at, at + length);
  }

  private other(byte: number, depth: number): QpackValue {
    const { bytes } = this;
    switch (byte) {
      case 228:
        return this.raw(bytes.readUInt8(this.take(1)));
      case 229:
        return this.raw(bytes.readUInt16LE(this.take(2)));
      case 230:
        return this.raw(bytes.readUInt32LE(this.take(4)));
      case 231:
        return this.raw(Number(bytes.readBigUInt64LE(this.take(8))));
      case 232:
        return bytes.readInt8(this.take(1));
      case 233:
        return bytes.readInt16LE(this.take(2));
      case 234:
        return bytes.readInt32LE(this.take(4));
      case 235:
        return smallest(bytes.readBigInt64LE(this.take(8)));
      case 236:
        return new Float(bytes.readDoubleLE(this.take(8)));
      case TRUE:
        return true;
      case FALSE:
        return false;
      case NIL:
        return null;
      case ARRAY_OPEN:
        return this.items(Number.POSITIVE_INFINITY, depth);
      case MAP_OPEN:
        return this.entries(Number.POSITIVE_INFINITY, depth);
      default:
        throw damaged(`byte ${byte} begins no value`);
    }
  }

  /** Whether an open array or map ends here. */
  private closes(close: number): boolean {
    if (this.at === this.end) return true;
    if (this.bytes[this.at] !== close) return false;
    this.at++;
    return true;
  }

  private items(count: number, depth: number): QpackValue[] {
    const items: QpackValue[] = [];
    while (items.length < count) {
      if (count === Number.POSITIVE_INFINITY && this.closes(ARRAY_CLOSE)) break;
      items.push(this.value(depth + 1));
    }
    return items;
  }

  private entries(count: number, depth: number): Map<QpackValue, QpackValue> {
    const map = new Map<QpackValue, QpackValue>();
    for (let left = count; left > 0; left--) {
      if (count === Number.POSITIVE_INFINITY && this.closes(MAP_CLOSE)) break;
      map.set(this.value(depth + 1), this.value(depth + 1));
    }
    return map;
  }
}

function smallest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Reads the value that begins at `start`; what follows it is ignored. Throws TiError (-53). */
export function readQpack(bytes: Buffer, start = 0, end = bytes.length): QpackValue {
  return new QpackReader(bytes, start, end).value(0);
}
