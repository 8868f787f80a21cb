/**
 * Writes MessagePack into a growing buffer, always in the shortest form. Strings are byte strings (one char a byte). Used for results,
 * changes and checkpoint records alike.
 */
export class MsgpackWriter {
  private buffer: Buffer;
  private view: DataView;
  private length: number;

  constructor(initialSize = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(initialSize);
    this.view = new DataView(this.buffer.buffer);
    this.length = 0;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.length;
  }

  reset(): void {
    this.length = 0;
  }

  /** A view on what was written; it is valid until the next write or reset. */
  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** A copy of what was written. */
  take(): Buffer {
    return Buffer.from(this.bytes());
  }

  /** Drops what was written behind the first `size` bytes. */
  truncate(size: number): void {
    this.length = size;
  }

  /** Gives what was written to the caller for good, and goes on empty with a new buffer of `nextSize` bytes. */
  detach(nextSize = 1024): Buffer {
    const bytes = this.bytes();
    this.buffer = Buffer.allocUnsafeSlow(nextSize);
    this.view = new DataView(this.buffer.buffer);
    this.length = 0;
    return bytes;
  }

  /** How many bytes fit before the buffer must grow. */
  get capacity(): number {
    return this.buffer.length;
  }

  /** Leaves `count` bytes, to be filled by way of `raw()`, and gives their position. */
  skip(count: number): number {
    this.need(count);
    const at = this.length;
    this.length += count;
    return at;
  }

  /** The buffer itself, for patching what was skipped; not to be kept. */
  raw(): Buffer {
    return this.buffer;
  }

  private need(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.length + count));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }

  private byte(value: number): void {
    if (this.length === this.buffer.length) this.need(1);
    this.buffer[this.length++] = value;
  }

  nil(): void {
    this.byte(0xc0);
  }

  bool(value: boolean): void {
    this.byte(value ? 0xc3 : 0xc2);
  }

  /** A safe integer. */
  int(value: number): void {
    if (value >= 0) {
      if (value < 0x80) this.byte(value);
      else this.uintLong(value);
    } else if (value >= -32) this.byte(value & 0xff);
    else this.negative(value);
  }

  private uintLong(value: number): void {
    this.need(9);
    const at = this.length;
    if (value < 0x100) {
      this.buffer[at] = 0xcc;
      this.buffer[at + 1] = value;
      this.length += 2;
    } else if (value < 0x10000) {
      this.buffer[at] = 0xcd;
      this.view.setUint16(at + 1, value);
      this.length += 3;
    } else if (value < 0x1_0000_0000) {
      this.buffer[at] = 0xce;
      this.view.setUint32(at + 1, value);
      this.length += 5;
    } else {
      this.buffer[at] = 0xcf;
      this.view.setUint32(at + 1, Math.floor(value / 0x1_0000_0000));
      this.view.setUint32(at + 5, value % 0x1_0000_0000);
      this.length += 9;
    }
  }

  private negative(value: number): void {
    this.need(9);
    const at = this.length;
    if (value >= -0x80) {
      this.buffer[at] = 0xd0;
      this.view.setInt8(at + 1, value);
      this.length += 2;
    } else if (value >= -0x8000) {
      this.buffer[at] = 0xd1;
      this.view.setInt16(at + 1, value);
      this.length += 3;
    } else if (value >= -0x8000_0000) {
      this.buffer[at] = 0xd2;
      this.view.setInt32(at + 1, value);
      this.length += 5;
    } else {
      this.buffer[at] = 0xd3;
      this.view.setBigInt64(at + 1, BigInt(value));
      this.length += 9;
    }
  }

  /** An integer that fits in 64 bit signed. */
  bigint(value: bigint): void {
    this.need(9);
    this.buffer[this.length] = value >= 0n ? 0xcf : 0xd3;
    this.view.setBigInt64(this.length + 1, value);
    this.length += 9;
  }

  float(value: number): void {
    this.need(9);
    this.buffer[this.length] = 0xcb;
    // -0.0 is told as 0.0. There are many nan, with different bits, and one is told for all.
    if (Number.isNaN(value)) this.view.setBigUint64(this.length + 1, 0x7ff8_0000_0000_0000n);
    else this.view.setFloat64(this.length + 1, value === 0 ? 0 : value);
    this.length += 9;
  }

  /** A byte string as MessagePack str. */
  str(value: string): void {
    const count = value.length;
    this.need(count + 5);
    const buffer = this.buffer;
    let at = this.length;
    if (count < 32) {
      buffer[at++] = 0xa0 | count;
      // A short string is copied faster here than by a call into the runtime.
      for (let i = 0; i < count; i++) buffer[at++] = value.charCodeAt(i);
      this.length = at;
      return;
    }
    if (count < 0x100) {
      buffer[at] = 0xd9;
      buffer[at + 1] = count;
      at += 2;
    } else at = this.longHeader(at, count, 0xda);
    buffer.latin1Write(value, at, count);
    this.length = at + count;
  }

  /** A byte string as MessagePack bin. */
  bin(value: string): void {
    this.binHeader(value.length);
    this.need(value.length);
    this.buffer.latin1Write(value, this.length, value.length);
    this.length += value.length;
  }

  /** The header of a bin value whose bytes the caller writes next. */
  binHeader(count: number): void {
    this.need(5);
    if (count < 0x100) {
      this.buffer[this.length] = 0xc4;
      this.buffer[this.length + 1] = count;
      this.length += 2;
    } else this.length = this.longHeader(this.length, count, 0xc5);
  }

  private longHeader(at: number, count: number, code16: number): number {
    if (count < 0x10000) {
      this.buffer[at] = code16;
      this.view.setUint16(at + 1, count);
      return at + 3;
    }
    this.buffer[at] = code16 + 1;
    this.view.setUint32(at + 1, count);
    return at + 5;
  }

  arrayHeader(count: number): void {
    if (count < 16) this.byte(0x90 | count);
    else {
      this.need(5);
      this.length = this.longHeader(this.length, count, 0xdc);
    }
  }

  mapHeader(count: number): void {
    if (count < 16) this.byte(0x80 | count);
    else {
      this.need(5);
      this.length = this.longHeader(this.length, count, 0xde);
    }
  }

  /** The header of an extension whose `count` bytes the caller writes next. */
  extHeader(type: number, count: number): void {
    this.need(6);
    const fixed = count === 1 ? 0xd4 : count === 2 ? 0xd5 : count === 4 ? 0xd6 : count === 8 ? 0xd7 : count === 16 ? 0xd8 : 0;
    if (fixed !== 0) this.buffer[this.length++] = fixed;
    else if (count < 0x100) {
      this.buffer[this.length] = 0xc7;
      this.buffer[this.length + 1] = count;
      this.length += 2;
    } else this.length = this.longHeader(this.length, count, 0xc8);
    this.byte(type & 0xff);
  }

  /** Bytes as they are. */
  copy(bytes: Uint8Array): void {
    const count = bytes.length;
    this.need(count);
    // A few bytes are copied faster here than by a call into the runtime.
    if (count < 24) for (let i = 0, at = this.length; i < count; i++, at++) this.buffer[at] = bytes[i] as number;
    else this.buffer.set(bytes, this.length);
    this.length += count;
  }

  u8(value: number): void {
    this.byte(value);
  }

  /** Unsigned, big endian. */
  u32(value: number): void {
    this.need(4);
    this.view.setUint32(this.length, value);
    this.length += 4;
  }

  /** Writes an unsigned int of 4 bytes over what was written at a position. */
  putU32(at: number, value: number): void {
    this.view.setUint32(at, value);
  }

  /** Unsigned, big endian. */
  u64(value: number): void {
    this.need(8);
    this.view.setUint32(this.length, Math.floor(value / 0x1_0000_0000));
    this.view.setUint32(this.length + 4, value % 0x1_0000_0000);
    this.length += 8;
  }
}
