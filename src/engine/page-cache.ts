/** Bounds the memory that things take: lets go of pages of things, between queries, when there are more than fit. */
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { type RecordFinder, StoredPages } from '../model/pages.ts';
import { collectionContext } from '../model/schema-records.ts';
import { lazyCode } from './toolchain.ts';

/** How long the event loop may be busy with letting go at a stretch, in milliseconds. */
const SLICE_MS = 2;

/** What things may take when nobody says: half of what this process may take, and a quarter of the machine. */
export const defaultCacheSize = (): number => Math.min(getHeapStatistics().heap_size_limit / 2, totalmem() / 4);

export class PageCache {
  private readonly database: Database;
  private readonly store: RecordFinder;
  private readonly limit: number;
  private scheduled = false;
  /** While above 0, lists and sets of things may be in the hands of what goes on behind a query, and all pages stay. */
  valuesInUse = 0;
  /** What `keepWithin` could not let go of. */
  private leftAtLast = 0;

  /** `limit`: about how much memory things may take, in bytes. What is not in the store yet stays in any case. */
  constructor(database: Database, store: RecordFinder, limit: number) {
    this.database = database;
    this.store = store;
    this.limit = limit;
  }

  /** About what things take in memory, in bytes. */
  get weight(): number {
    let weight = 0;
    for (const { things } of this.database.collections.values()) weight += things.weight;
    return weight;
  }

  get isOver(): boolean {
    return this.limit !== Number.POSITIVE_INFINITY && this.weight > this.limit;
  }

  /** To be called behind each query, and when a checkpoint is done: lets go of pages soon when there are too many. */
  check(): void {
    if (this.scheduled || !this.isOver) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      const before = this.weight;
      this.trim(performance.now() + SLICE_MS);
      if (this.weight < before) this.check();
    });
  }

  /** As `check`, at once, for what goes through all things; only while it has no list or set of a thing in its hands. */
  keepWithin(): void {
    // What cannot be let go of is not looked through each time.
    if (this.weight <= Math.max(this.limit, this.leftAtLast + this.limit / 16)) return;
    this.trim();
    this.leftAtLast = this.weight;
  }

  /** Lets go of pages until the rest fits or it is `deadline` (of `performance.now`); only while no query runs. */
  trim(deadline = Number.POSITIVE_INFINITY): void {
    if (this.valuesInUse > 0) return;
    for (const collection of this.database.collections.values()) {
      const { things } = collection;
      const others = this.weight - things.weight;
      this.findSource(collection);
      things.trim(Math.max(0, this.limit - others), deadline, (page) => collection.isClean(page));
    }
  }

  /** Collections that were made since the start have had all their things in memory so far. */
  private findSource(collection: Collection): void {
    if (collection.things.source !== null) return;
    collection.tasks.settle();
    this.attach(collection);
  }

  /** Has things of a collection come from the store from now on; for one whose tasks are not all known yet, as while it is loaded. */
  attach(collection: Collection): void {
    collection.things.source = new StoredPages(collection, collectionContext(collection, lazyCode), this.store);
  }
}
