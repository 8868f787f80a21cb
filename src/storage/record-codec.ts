/**
 * How records of the checkpoint lie in LMDB: the key as it is, the value behind a CRC-32 of key and value. Made for speed: lmdb calls these
 * functions with its own buffers, and reading allocates no more than the two views that it hands out.
 */
import { crc32 } from './crc32.ts';

const CRC_SIZE = 4;
const SLAB_SIZE = 1 << 18;
const SCRATCH_SIZE = 1 << 18;

export interface RecordReader {
  /** Copies the key out of lmdb's buffer. Called before `decodeValue` of the same record. */
  readonly decodeKey: (bytes: Buffer, start: number, end: number) => Uint8Array;
  /** Copies the value out of the first `length` bytes of lmdb's buffer. */
  readonly decodeValue: (bytes: Buffer, length: number) => Uint8Array;
  /** To be called before `decodeValue` of a record that is looked up by its key. */
  expectKey(key: Uint8Array): void;
  /** Whether the last record had the right checksum. */
  isGood(): boolean;
}

/** Keys and values are cut from slabs: a view costs a quarter of what an array of its own does. */
export function newRecordReader(): RecordReader {
  let slab = new Uint8Array(0);
  let used = 0;
  let keyCrc = 0;
  let good = true;

  const copy = (bytes: Buffer, start: number, end: number): Uint8Array => {
    const length = end - start;
    if (used + length > slab.length) {
      if (length > SLAB_SIZE / 4) return Uint8Array.prototype.slice.call(bytes, start, end);
      slab = new Uint8Array(SLAB_SIZE);
      used = 0;
    }
    const at = used;
    used = at + length;
    // From some length on the native copy is faster; unlike `set` it needs no view of the source.
    if (length > 24) bytes.copy(slab, at, start, end);
    else for (let i = 0; i < length; i++) slab[at + i] = bytes[start + i] ?? 0;
    return new Uint8Array(slab.buffer, at, length);
  };

  return {
    decodeKey(bytes, start, end) {
      keyCrc = crc32(bytes, start, end, 0);
      return copy(bytes, start, end);
    },
    decodeValue(bytes, length) {
      if (length < CRC_SIZE) {
        good = false;
        return new Uint8Array(0);
      }
      const stored = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24);
      const value = copy(bytes, CRC_SIZE, length);
      good = crc32(value, 0, value.length, keyCrc) === stored >>> 0;
      return value;
    },
    expectKey(key) {
      keyCrc = crc32(key, 0, key.length, 0);
    },
    isGood: () => good,
  };
}

/** Returns a function that gives the stored form of a record, valid until it is called again. */
export function newRecordWriter(): (key: Uint8Array, value: Uint8Array) => Uint8Array {
  const scratch = new Uint8Array(SCRATCH_SIZE);
  return (key, value) => {
    const length = CRC_SIZE + value.length;
    const stored = length > SCRATCH_SIZE ? new Uint8Array(length) : scratch.subarray(0, length);
    const crc = crc32(value, 0, value.length, crc32(key, 0, key.length, 0));
    stored[0] = crc;
    stored[1] = crc >>> 8;
    stored[2] = crc >>> 16;
    stored[3] = crc >>> 24;
    stored.set(value, CRC_SIZE);
    return stored;
  };
}

export function writeKey(key: Uint8Array, target: Uint8Array, start: number): number {
  target.set(key, start);
  return start + key.length;
}
