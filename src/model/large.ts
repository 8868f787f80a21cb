/**
 * Large lists and sets in checkpoints. One that is a property of a thing does not lie in the record of the thing: its items are in records of their own, of which a
 * checkpoint writes those that changed, so that a `push` to a list of a million writes a few kilobytes, in no one piece that would hold up the server.
 *
 *     the property   extension LARGE: 0 (list) or 1 (set), how many items, start of the keys
 *     a chunk        key: the start of the keys, number of the chunk; value: its items one after another
 */
import { MsgpackReader } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { decodeStored, Ext, encodeStored, type StoredContext } from './stored.ts';

/** Lists and sets with more items are large. */
export const LARGE = 4096;
const CHUNK = 1024;

/** The first byte of the keys of chunks: behind all records that are read when a store is opened, and before those of pages. */
const CHUNK_KEYS = 0xfe;
/** All keys of small records are before this one. */
export const CHUNKS_START = Uint8Array.of(CHUNK_KEYS);
/** Behind the first byte, the collection, the thing, and the length of the property's name. */
const NAME_AT = 14;
const MAX_NAME = 255;
const HEADER = 5;

/** What the keys of the chunks of a property start with; null for a name that is too long for a key. */
function startOfKeys(collection: number, thing: number, name: string): Buffer | null {
  if (name.length > MAX_NAME) return null;
  const start = Buffer.alloc(NAME_AT + name.length);
  start[0] = CHUNK_KEYS;
  start.writeUIntBE(collection, 1, 6);
  start.writeUIntBE(thing, 7, 6);
  start[13] = name.length;
  start.write(name, NAME_AT, 'latin1');
  return start;
}

function chunkKey(start: Uint8Array, chunk: number): Buffer {
  const key = Buffer.alloc(start.length + 4);
  key.set(start);
  key.writeUInt32BE(chunk, start.length);
  return key;
}

/** Of the key of a chunk: the collection, the thing, the start of the keys as text, and the number of the chunk. */
export function readChunkKey(bytes: Uint8Array) {
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = key.length - 4;
  return { collection: key.readUIntBE(1, 6), thing: key.readUIntBE(7, 6), start: key.latin1Slice(0, end), chunk: key.readUInt32BE(end) };
}

export type ChunkRecord = readonly [Buffer, Uint8Array | null];

/** How many chunks the store has, by the start of their keys. */
export type ChunkCounts = Map<string, number>;

/** Writes the large lists and sets of one page. */
export class LargeWriter {
  private readonly collection: number;
  private readonly before: ChunkCounts;
  /** What the store has when all is written. */
  readonly counts: ChunkCounts = new Map();
  private readonly jobs: Iterable<ChunkRecord>[] = [];
  /** The lists and sets that count as kept from now on. */
  readonly kept: (List | SetValue)[] = [];
  /** How many items they have. */
  items = 0;

  /** `before`: what the store has of the page. */
  constructor(collection: number, before: ChunkCounts) {
    this.collection = collection;
    this.before = before;
  }

  /** Writes a property that is large, but for its items; false when it must be written as a whole. */
  write(w: MsgpackWriter, thing: Thing, name: string, value: Value): boolean {
    const size = value instanceof List ? value.items.length : value instanceof SetValue ? value.things.size : 0;
    if (size <= LARGE) return false;
    const start = startOfKeys(this.collection, thing.id, name);
    if (start === null) return false;
    const large = value as List | SetValue;
    w.extHeader(Ext.LARGE, HEADER + start.length);
    const header = Buffer.alloc(HEADER);
    header[0] = large instanceof List ? 0 : 1;
    header.writeUInt32BE(size, 1);
    w.copy(header);
    w.copy(start);
    const text = start.latin1Slice();
    const first = this.before.has(text) ? Math.floor(large.kept / CHUNK) : 0;
    const items = large instanceof List ? large.items.slice(first * CHUNK) : [...large.things].slice(first * CHUNK);
    this.jobs.push(chunksOf(start, first, items));
    this.counts.set(text, Math.ceil(size / CHUNK));
    large.kept = size;
    this.kept.push(large);
    this.items += size;
    return true;
  }

  /** The records of the items, and those to be taken out; what they say was fixed when the page was written. */
  *records(): Iterable<ChunkRecord> {
    for (const [text, count] of this.before) {
      const start = Buffer.from(text, 'latin1');
      for (let chunk = this.counts.get(text) ?? 0; chunk < count; chunk++) yield [chunkKey(start, chunk), null];
    }
    for (const job of this.jobs) yield* job;
  }
}

function* chunksOf(start: Buffer, first: number, items: readonly Value[]): Iterable<ChunkRecord> {
  const w = new MsgpackWriter(16 * 1024);
  for (let at = 0; at < items.length; at += CHUNK) {
    w.reset();
    for (let i = at; i < Math.min(at + CHUNK, items.length); i++) encodeStored(w, items[i] as Value);
    yield [chunkKey(start, first + at / CHUNK), w.take()];
  }
}

/** The records that take out chunks, all of them. */
export function* withoutChunks(counts: ChunkCounts): Iterable<ChunkRecord> {
  for (const [text, count] of counts) {
    const start = Buffer.from(text, 'latin1');
    for (let chunk = 0; chunk < count; chunk++) yield [chunkKey(start, chunk), null];
  }
}

/** Reads what `LargeWriter` wrote; `bytes` are those of the extension. Gives a tuple in place of a list. */
export function decodeLarge(bytes: Buffer, cx: StoredContext): List | SetValue {
  const size = bytes.readUInt32BE(1);
  const start = Buffer.from(bytes.subarray(HEADER));
  const items: Value[] = [];
  for (let chunk = 0; chunk * CHUNK < size; chunk++) {
    const record = cx.chunk?.(chunkKey(start, chunk));
    if (record === undefined) throw new Error('damaged record: a list or set without a part of its items');
    const r = new MsgpackReader(record);
    while (!r.atEnd) items.push(decodeStored(r, cx));
  }
  if (items.length !== size) throw new Error(`damaged record: a list or set of ${size} items with ${items.length}`);
  const large = bytes[0] === 0 ? new List(items, true) : new SetValue(new Set(items.filter((item) => item instanceof Thing)));
  large.kept = size;
  return large;
}
