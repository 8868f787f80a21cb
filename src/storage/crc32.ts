// biome-ignore-all lint/style/noNonNullAssertion: the loop is half as fast with checks for indexes that cannot be out of bounds.
/** CRC-32 (the polynomial of zip and PNG) over a part of a byte array. */
import * as zlib from 'node:zlib';

/**
 * Up to this length the loop below beats the native function, whose call and the view that it needs cost some 200 ns; with eight tables the
 * loop takes about 1.5 ns a byte.
 */
const NATIVE_FROM = 256;

/** `zlib.crc32` came in the course of Node 20; an older one takes the loop for every length. */
const native: ((data: Uint8Array, value: number) => number) | undefined = zlib.crc32;

const tables = makeTables();

/** The checksum of `bytes[start..end)`, continuing from `seed` (0, or the checksum of the bytes before). An unsigned 32-bit number. */
export function crc32(bytes: Uint8Array, start: number, end: number, seed: number): number {
  if (end - start >= NATIVE_FROM && native !== undefined) return native(bytes.subarray(start, end), seed);
  return crc32Loop(bytes, start, end, seed);
}

/** The same in plain JavaScript, eight bytes a turn. */
export function crc32Loop(bytes: Uint8Array, start: number, end: number, seed: number): number {
  const t = tables;
  let c = ~seed;
  let i = start;
  for (const last = end - 7; i < last; i += 8) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    c =
      t[1792 + (c & 255)]! ^
      t[1536 + ((c >>> 8) & 255)]! ^
      t[1280 + ((c >>> 16) & 255)]! ^
      t[1024 + (c >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < end; i++) c = t[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}

function makeTables(): Int32Array {
  const t = new Int32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    t[i] = c;
  }
  for (let i = 256; i < t.length; i++) {
    const before = t[i - 256] ?? 0;
    t[i] = (before >>> 8) ^ (t[before & 255] ?? 0);
  }
  return t;
}
