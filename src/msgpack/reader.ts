/**
 * Reads MessagePack, one token at a time, from bytes that nobody trusts: every read is within bounds, and a fault is a MsgpackError. Strings
 * come as byte strings (one char a byte).
 */

/** `incomplete`: the data ends too early; `invalid`: a byte that starts no value. */
export class MsgpackError {
  readonly reason: 'incomplete' | 'invalid';
  readonly offset: number;

  constructor(reason: 'incomplete' | 'invalid', offset: number) {
    this.reason = reason;
    this.offset = offset;
  }
}

export const Tok = { NIL: 0, BOOL: 1, INT: 2, FLOAT: 3, STR: 4, BIN: 5, ARRAY: 6, MAP: 7, EXT: 8 } as const;
export type TokenKind = (typeof Tok)[keyof typeof Tok];

/** Strings up to this length are put together from single chars. */
const SHORT = 4;
const CHARS: readonly string[] = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

export class MsgpackReader {
  private source: Uint8Array;
  private buffer: Buffer;
  private view: DataView;
  private end: number;
  offset: number;
  /** Of the last BOOL (0 or 1), INT (when safe), FLOAT; for ARRAY and MAP the count, for STR, BIN and EXT the length in bytes. */
  number = 0;
  /** Of the last INT, when it is not a safe integer; else null. It may be beyond int64 (an uint64). */
  big: bigint | null = null;
  /** Of the last EXT. */
  extType = 0;
  /** Where the bytes of the last STR, BIN or EXT start. */
  dataStart = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.source = bytes;
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = start;
    this.end = end;
  }

  /** Starts anew on these bytes; cheap when they are of the same array as before. */
  reset(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (bytes !== this.source) {
      this.source = bytes;
      this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.offset = start;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.offset >= this.end;
  }

  private take(count: number): number {
    const at = this.offset;
    if (count > this.end - at) throw new MsgpackError('incomplete', at);
    this.offset = at + count;
    return at;
  }

  private data(kind: TokenKind, count: number): TokenKind {
    this.number = count;
    this.dataStart = this.take(count);
    return kind;
  }

  private ext(count: number): TokenKind {
    this.extType = this.view.getInt8(this.take(1));
    return this.data(Tok.EXT, count);
  }

  private int(value: number): TokenKind {
    this.number = value;
    this.big = null;
    return Tok.INT;
  }

  private bigInt(value: bigint): TokenKind {
    const n = Number(value);
    if (Number.isSafeInteger(n)) return this.int(n);
    this.number = n;
    this.big = value;
    return Tok.INT;
  }

  private count(kind: TokenKind, count: number): TokenKind {
    this.number = count;
    return kind;
  }

  /** Reads the next token; an ARRAY or MAP is followed by its members, which the caller reads. */
  next(): TokenKind {
    const c = this.buffer[this.take(1)] as number;
    if (c < 0x80) return this.int(c);
    if (c < 0x90) return this.count(Tok.MAP, c & 15);
    if (c < 0xa0) return this.count(Tok.ARRAY, c & 15);
    if (c < 0xc0) return this.data(Tok.STR, c & 31);
    if (c >= 0xe0) return this.int(c - 0x100);
    return this.long(c);
  }

  private long(c: number): TokenKind {
    const view = this.view;
    switch (c) {
      // What ids and larger ints are, most often.
      case 0xcd:
        return this.int(view.getUint16(this.take(2)));
      case 0xce:
        return this.int(view.getUint32(this.take(4)));
      case 0xd7:
        return this.ext(8);
      case 0xc0:
        return Tok.NIL;
      case 0xc2:
      case 0xc3:
        return this.count(Tok.BOOL, c & 1);
      case 0xc4:
        return this.data(Tok.BIN, view.getUint8(this.take(1)));
      case 0xc5:
        return this.data(Tok.BIN, view.getUint16(this.take(2)));
      case 0xc6:
        return this.data(Tok.BIN, view.getUint32(this.take(4)));
      case 0xc7:
        return this.ext(view.getUint8(this.take(1)));
      case 0xc8:
        return this.ext(view.getUint16(this.take(2)));
      case 0xc9:
        return this.ext(view.getUint32(this.take(4)));
      case 0xca:
        return this.count(Tok.FLOAT, view.getFloat32(this.take(4)));
      case 0xcb:
        return this.count(Tok.FLOAT, view.getFloat64(this.take(8)));
      default:
        return this.rest(c);
    }
  }

  private rest(c: number): TokenKind {
    const view = this.view;
    switch (c) {
      case 0xcc:
        return this.int(view.getUint8(this.take(1)));
      case 0xcf:
        return this.bigInt(view.getBigUint64(this.take(8)));
      case 0xd0:
        return this.int(view.getInt8(this.take(1)));
      case 0xd1:
        return this.int(view.getInt16(this.take(2)));
      case 0xd2:
        return this.int(view.getInt32(this.take(4)));
      case 0xd3:
        return this.bigInt(view.getBigInt64(this.take(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd8:
        return this.ext(1 << (c - 0xd4));
      case 0xd9:
        return this.data(Tok.STR, view.getUint8(this.take(1)));
      case 0xda:
        return this.data(Tok.STR, view.getUint16(this.take(2)));
      case 0xdb:
        return this.data(Tok.STR, view.getUint32(this.take(4)));
      case 0xdc:
        return this.count(Tok.ARRAY, view.getUint16(this.take(2)));
      case 0xdd:
        return this.count(Tok.ARRAY, view.getUint32(this.take(4)));
      case 0xde:
        return this.count(Tok.MAP, view.getUint16(this.take(2)));
      case 0xdf:
        return this.count(Tok.MAP, view.getUint32(this.take(4)));
      default:
        throw new MsgpackError('invalid', this.offset - 1);
    }
  }

  /** The bytes of the last STR, BIN or EXT as a byte string. */
  text(): string {
    const { buffer, dataStart, number: count } = this;
    if (count > SHORT) return buffer.latin1Slice(dataStart, dataStart + count);
    // For a few bytes, a call into the runtime costs more than this.
    let text = '';
    for (let i = dataStart; i < dataStart + count; i++) text += CHARS[buffer[i] as number] as string;
    return text;
  }

  /** The bytes of the last STR, BIN or EXT; a view, valid as long as the source is. */
  bytes(): Buffer {
    return this.buffer.subarray(this.dataStart, this.dataStart + this.number);
  }

  /** A copy of the bytes between two offsets. */
  copy(start: number, end: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.source, start, end);
  }

  /** The unsigned int of 8 bytes at a place within the last STR, BIN or EXT; a safe one, or rounded. */
  wideInt(at: number): number {
    const { view } = this;
    const start = this.dataStart + at;
    return view.getUint32(start) * 0x1_0000_0000 + view.getUint32(start + 4);
  }

  /** Passes over these bytes when they come next; tells whether they did. */
  skipIfNext(bytes: Uint8Array): boolean {
    const at = this.offset;
    const count = bytes.length;
    if (count > this.end - at) return false;
    const buffer = this.buffer;
    for (let i = 0; i < count; i++) if (buffer[at + i] !== bytes[i]) return false;
    this.offset = at + count;
    return true;
  }

  /** Passes over one whole value. */
  skip(): void {
    for (let left = 1; left > 0; left--) {
      const kind = this.next();
      if (kind === Tok.ARRAY) left += this.number;
      else if (kind === Tok.MAP) left += 2 * this.number;
    }
  }
}
