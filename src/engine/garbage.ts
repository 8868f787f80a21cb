/** Collects garbage in the background, in slices between queries: things that only hold one another (see `model/garbage.ts`). */
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { GarbageSearch } from '../model/garbage.ts';
import { valuesOf } from '../model/references.ts';
import type { Transaction } from '../model/transaction.ts';
import type { Thing } from '../values/thing.ts';

/** What collecting uses of an engine. */
export interface GarbageHost {
  readonly database: Database;
  /** Runs `work` in a change of its own. */
  change(collection: Collection, work: (tx: Transaction) => void): void;
  /** Notes that so many things were collected. */
  collected(count: number): void;
  /** Tells that nothing more is collected, since a change could not be stored, say. */
  failed(error: unknown): void;
}

/** Values that are looked at between two looks at the clock. */
const STEP = 500;
const SLICE_MS = 2;
const PAUSE_MS = 8;
/** Searching takes at most this part of all time, however large the collections are. */
const SHARE = 0.02;

export class GarbageCollector {
  private readonly host: GarbageHost;
  private readonly intervalMs: number;
  private timer: NodeJS.Timeout | null = null;
  private job: Iterator<void> | null = null;
  /** Milliseconds that the present job has worked. */
  private worked = 0;
  private isClosed = false;
  /** Whether things have left whose references are still counted. */
  isDropping = false;

  /** `interval`: seconds between the end of one search and the begin of the next, at least. */
  constructor(host: GarbageHost, interval: number) {
    this.host = host;
    this.intervalMs = interval * 1000;
  }

  /** To be called when there may be garbage; the search begins later. */
  wake(): void {
    if (this.timer === null) this.after(this.intervalMs);
  }

  private after(milliseconds: number): void {
    if (this.isClosed) return;
    // Nobody waits for garbage to be collected: a process may end before.
    this.timer = setTimeout(() => this.slice(), milliseconds).unref();
  }

  private slice(): void {
    this.job ??= this.collectAll();
    const start = performance.now();
    let isDone = false;
    try {
      while (!isDone && performance.now() - start < SLICE_MS) isDone = this.job.next().done === true;
    } catch (error) {
      // Nobody waits for it who could be told; what is left is found after the next start.
      this.close();
      this.host.failed(error);
      return;
    }
    this.worked += performance.now() - start;
    if (!isDone) {
      this.after(PAUSE_MS);
      return;
    }
    this.job = null;
    this.timer = null;
    const pause = Math.max(this.intervalMs, this.worked / SHARE);
    this.worked = 0;
    if (this.suspicious().length > 0) this.after(pause);
  }

  /** Collects now, to the end. */
  run(): void {
    for (const job of [this.job, this.collectAll()]) while (job !== null && job.next().done !== true);
    this.job = null;
  }

  /** Before a checkpoint, which has the counts of references: drops what is still to be dropped. */
  settle(): void {
    while (this.isDropping && this.job !== null && this.job.next().done !== true);
  }

  /** No more is begun. What was not collected is found after the next start. */
  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private suspicious(): Collection[] {
    return [...this.host.database.collections.values()].filter((collection) => collection.suspicious);
  }

  private *collectAll(): Generator<void> {
    for (const collection of this.suspicious()) yield* this.collect(collection);
  }

  private *collect(collection: Collection): Generator<void> {
    const isGone = (): boolean => this.host.database.collections.get(collection.id) !== collection;
    // The search would have it shown at once.
    yield* collection.things.show();
    if (isGone()) return;
    const search = new GarbageSearch(collection);
    while (!search.step(STEP)) {
      yield;
      if (isGone()) return;
    }
    const things = search.finish();
    if (things.length === 0) return;
    // All at once: nothing that stays may hold a thing that has left, not even garbage, which `thing(id)` can bring back.
    this.host.change(collection, (tx) => tx.removeGarbage(things));
    this.host.collected(things.length);
    this.isDropping = true;
    for (let at = 0; at < things.length; at += STEP) {
      yield;
      if (isGone()) break;
      this.host.change(collection, (tx) => drop(tx, things.slice(at, at + STEP)));
    }
    this.isDropping = false;
  }
}

/** Drops what things hold that have left. */
function drop(tx: Transaction, things: readonly Thing[]): void {
  for (const thing of things) for (const value of valuesOf(thing)) tx.drop(value);
}
