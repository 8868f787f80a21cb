/** Checkpoints of a database: reads the last one and the log behind it at the start, and writes the next when it is due. */
import { applyChange } from '../model/apply.ts';
import { CheckpointSource } from '../model/checkpoint.ts';
import { CheckpointReader, settleDatabase } from '../model/checkpoint-reader.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { CHUNKS_START } from '../model/large.ts';
import { PAGES_START } from '../model/pages.ts';
import type { Store } from '../storage/store.ts';
import type { GarbageCollector } from './garbage.ts';
import type { StoreHealth } from './health.ts';
import type { PageCache } from './page-cache.ts';
import { QuietMoment } from './quiet.ts';
import { lazyCode } from './toolchain.ts';

/** What checkpoints use of an engine. */
export interface CheckpointHost {
  readonly database: Database;
  readonly store: Store;
  readonly health: StoreHealth;
  readonly cache: PageCache;
  readonly garbage: GarbageCollector;
}

export interface CheckpointOptions {
  /** Changes in the log that start a checkpoint. */
  readonly checkpointChanges?: number;
  /** How long changes must have taken to start one, in ms; 400 when not said. */
  readonly checkpointWork?: number;
}

/** How long the event loop is kept busy at a stretch with what was left for later when the log was read, in ms. */
const SHOW_MS = 1;

/** Bytes in the log from which on a checkpoint is made at once. */
const MOST_LOG_BYTES = 32 * 1024 * 1024;
/** Changes that count as much as so many bytes, unless the options say another number. */
const MOST_CHANGES = 400_000;
/**
 * So do changes that took so long to make, in ms: to apply them after a crash takes about half of that. For changes of many small things this comes
 * long before the bytes.
 */
const MOST_WORK = 400;
/** From so large a part of these on, one is made at the next quiet moment. */
const SOON = { bytes: 1 / 4, changes: 1 / 4, work: 1 / 2 };

export class Checkpoints {
  readonly source: CheckpointSource;
  private readonly host: CheckpointHost;
  private readonly mostChanges: number;
  private readonly mostWork: number;
  /** How long the changes took that no checkpoint has, in ms. */
  private unsavedWork = 0;
  private writing: Promise<void> | null = null;
  private readonly quiet = new QuietMoment(() => this.writeNow());

  constructor(host: CheckpointHost, options: CheckpointOptions) {
    this.host = host;
    this.source = new CheckpointSource(host.database);
    this.mostChanges = options.checkpointChanges ?? MOST_CHANGES;
    this.mostWork = options.checkpointWork ?? MOST_WORK;
  }

  /** Fills the empty database with what the store holds. Throws TiError when it is damaged. */
  recover(): void {
    const { store, database } = this.host;
    const reader = new CheckpointReader(database, lazyCode, store, store.format);
    for (const [key, value] of store.records(undefined, CHUNKS_START)) {
      this.source.found(key);
      reader.read(key, value);
    }
    for (const key of store.keys(CHUNKS_START, PAGES_START)) this.source.foundChunk(key);
    reader.end();
    this.source.opened();
    const started = performance.now();
    for (const entry of store.log()) {
      applyChange(database, entry.scope, entry.data, lazyCode, undefined, store);
      database.changeId = entry.id;
    }
    this.unsavedWork = 2 * (performance.now() - started);
    database.changeId = Math.max(database.changeId, store.checkpointId);
    settleDatabase(database);
    // Garbage that was not collected before is nowhere noted. The first change has it searched for: a store that is only read is not gone through.
    for (const collection of database.collections.values()) collection.suspicious = true;
  }

  /** To be called when a query has made a change, with how long it took, in ms. */
  changed(ms: number): void {
    this.unsavedWork += ms;
  }

  /** To be called when a change was appended to the log. */
  writeWhenDue(): void {
    if (!this.mayWrite) return;
    const { store, cache } = this.host;
    const { appendedId, checkpointId, logBytes } = store.status();
    // Things that no checkpoint has yet must stay in memory.
    const changes = appendedId - checkpointId;
    const { unsavedWork: work, mostWork, mostChanges } = this;
    if (changes >= mostChanges || logBytes > MOST_LOG_BYTES || work > mostWork || cache.isOver) this.writeNow();
    else if (changes >= mostChanges * SOON.changes || logBytes > MOST_LOG_BYTES * SOON.bytes || work > mostWork * SOON.work)
      this.quiet.wait();
  }

  private get mayWrite(): boolean {
    return this.writing === null && !this.host.garbage.isDropping && this.host.health.mayCheckpoint;
  }

  private writeNow(): void {
    if (!this.mayWrite) return;
    this.write().catch((error: unknown) => this.host.health.checkpointFailed(error));
  }

  /** Writes a checkpoint of all changes so far, in the background. Rejects when it could not be written; the log keeps everything then. */
  write(): Promise<void> {
    if (this.writing !== null) return this.writing;
    const hidden = [...this.host.database.collections.values()].filter(({ things }) => things.hidden.size > 0);
    const written = hidden.length === 0 ? this.writeShown() : this.show(hidden).then(() => this.writeShown());
    this.writing = written.finally(() => {
      this.writing = null;
    });
    return this.writing;
  }

  /** Shows what is hidden in collections, in slices: a checkpoint would have to do it at once. */
  private async show(collections: readonly Collection[]): Promise<void> {
    for (const { things } of collections) {
      let end = performance.now() + SHOW_MS;
      for (const _ of things.show()) {
        if (performance.now() < end) continue;
        await new Promise((resolve) => setImmediate(resolve));
        end = performance.now() + SHOW_MS;
      }
    }
  }

  private writeShown(): Promise<void> {
    const { store, cache, garbage } = this.host;
    garbage.settle();
    const work = this.unsavedWork;
    return store
      .checkpoint(store.appendedId, this.source.begin())
      .then(() => {
        this.source.finish();
        this.unsavedWork -= work;
        cache.check();
      })
      .catch((error: unknown) => {
        this.source.abort();
        throw error;
      });
  }

  /** No quiet moment is waited for any more. */
  stop(): void {
    this.quiet.stop();
  }

  /** Resolves when none is being written, whether it could be or not. */
  async settled(): Promise<void> {
    await this.writing?.catch(() => undefined);
  }
}
