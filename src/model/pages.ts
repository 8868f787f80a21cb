/** Pages of things as records: what `ThingIndex` reads when a thing is touched, and what checkpoints write. */
import { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import type { Collection } from './collection.ts';
import { readInt } from './read.ts';
import type { StoredContext } from './stored.ts';
import type { Page, PageSource } from './thing-index.ts';
import { decodeThingBody } from './thing-reader.ts';
import { encodeThingBody, type WriteLarge } from './thing-record.ts';

/** The first byte of the keys of pages: behind all records that are read when a store is opened. */
const PAGE_KEYS = 0xff;
const NUMBER_AT = 7;

/** All other keys are before this one. */
export const PAGES_START = Uint8Array.of(PAGE_KEYS);

/** The key of a page; keys of one collection are in the order of the pages. */
export function pageKey(collection: number, page: number): Buffer {
  const key = Buffer.allocUnsafe(13);
  key[0] = PAGE_KEYS;
  key.writeUIntBE(collection, 1, 6);
  key.writeUIntBE(page, NUMBER_AT, 6);
  return key;
}

/** What reads records by their keys. */
export interface RecordFinder {
  get(key: Uint8Array): Uint8Array | undefined;
  keys(start: Uint8Array, end: Uint8Array): Iterable<Uint8Array>;
}

/** Writes a page: of each thing the place in the page, the count of references, and what it holds. */
export function encodePage(w: MsgpackWriter, page: Page, large: WriteLarge): void {
  for (const [place, thing] of page.things.entries()) {
    if (thing === undefined || thing.isAbsent) continue;
    w.int(place);
    w.int(thing.refs);
    encodeThingBody(w, thing, large);
  }
}

export class StoredPages implements PageSource {
  private readonly collection: Collection;
  private readonly cx: StoredContext;
  private readonly store: RecordFinder;
  /** Of the large lists and sets of a page. */
  private chunkBytes = 0;
  private readonly reader = new MsgpackReader(new Uint8Array(0));

  constructor(collection: Collection, cx: StoredContext, store: RecordFinder) {
    this.collection = collection;
    this.cx = { ...cx, chunk: (key) => this.chunk(key) };
    this.store = store;
  }

  private chunk(key: Uint8Array): Uint8Array | undefined {
    const bytes = this.store.get(key);
    this.chunkBytes += bytes?.length ?? 0;
    return bytes;
  }

  load(page: Page): boolean {
    const bytes = this.store.get(pageKey(this.collection.id, page.number));
    if (bytes === undefined) return false;
    const { reader: r } = this;
    r.reset(bytes);
    this.chunkBytes = 0;
    while (!r.atEnd) {
      const thing = page.at(readInt(r));
      const refs = readInt(r);
      decodeThingBody(r, thing, this.collection, this.cx);
      thing.refs = refs;
      page.count++;
    }
    page.weigh(bytes.length + this.chunkBytes);
    return true;
  }

  has(number: number): boolean {
    return this.store.get(pageKey(this.collection.id, number)) !== undefined;
  }

  *numbers(): Iterable<number> {
    const { id } = this.collection;
    for (const key of this.store.keys(pageKey(id, 0), pageKey(id + 1, 0))) {
      yield Buffer.from(key.buffer, key.byteOffset, key.length).readUIntBE(NUMBER_AT, 6);
    }
  }
}
