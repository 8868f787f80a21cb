/**
 * The writing end of the log: group commit, segments, failure.
 *
 * Appends gather in one batch. At the end of the turn of the event loop, or a few turns later while each brings many more, the batch is written
 * with one system call that returns when the disk has it; meanwhile further appends gather in a second batch, which follows at once, or when it is half as large.
 * The call is made by the thread pool, or by the event loop where that gets more done: see `sync-place.ts`.
 */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { type FileSystem, writeAll } from './file-system.ts';
import {
  addRecord,
  type Batch,
  clearBatch,
  HEADER_SIZE,
  LOG_VERSION,
  MAX_DATA,
  newBatch,
  putHeader,
  RECORD_SIZE,
  saltOf,
  sealBatch,
} from './log-format.ts';
import type { Recovered } from './log-reader.ts';
import { openStandby, type Segment, type Standby, segmentName } from './segments.ts';
import type { Durability } from './store.ts';
import { misuseErr, reasonOf, storeErr } from './store-error.ts';
import { SyncPlace } from './sync-place.ts';

/** Whether the event loop itself waits for a sync: as `SyncPlace` finds out, or by a rule that is told how many changes are written. */
export type Inline = 'auto' | 'always' | 'never' | ((changes: number) => boolean);

export interface LogWriterOptions {
  readonly fs: FileSystem;
  readonly dir: string;
  readonly storeId: bigint;
  readonly durability: Durability;
  /** The size at which a new segment begins, in bytes. */
  readonly segmentBytes: number;
  readonly inline: Inline;
  /** A process that has synced more often than this is worth a spare file. */
  readonly spareAfterSyncs: number;
  readonly onDurable: (id: number) => void;
  readonly onFailure: (reason: string) => void;
  readonly onWarning: (text: string) => void;
}

interface ActiveSegment extends Segment {
  readonly fd: number;
  readonly salt: number;
  /** Up to here the file is on the disk. */
  synced: number;
}

interface Waiter {
  readonly id: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** When this much waits for a disk that does not get done, the store fails rather than the process. Keeps offsets in a segment below 2^31. */
const MAX_PENDING = 0x6000_0000;
/** While a turn of the event loop brings more than so many changes, a write waits for the next, so many times. */
const FEW_CHANGES = 4;
const GATHER_TURNS = 4;
const MAX_WRITE = 1 << 30;
/** A larger write goes to the thread pool, as copying it to the system takes its time. */
const INLINE_BYTES = 1 << 18;

/** One call writes and syncs. Elsewhere it is missing, or (macOS) does not reach the disk itself; there a second call does. */
const WRITE_SYNCS = process.platform === 'linux';

export class LogWriter {
  appendedId: number;
  durableId: number;
  failure: string | null = null;
  readonly segments: Segment[];
  private readonly options: LogWriterOptions;
  private readonly syncing: boolean;
  private readonly standby: Standby;
  private readonly place = new SyncPlace();
  private readonly waiters: Waiter[] = [];
  private active: ActiveSegment | null = null;
  private nextSeq: number;
  private gathering: Batch = newBatch();
  private flying: Batch = newBatch();
  private scheduled = false;
  /** The changes that were gathered a turn ago, or that are enough, and how many turns more may be waited for others. */
  private countBefore = 0;
  private enough = 0;
  private turnsLeft = 0;
  private busy = false;
  private closed = false;
  private rollRequested = false;
  private inline = false;
  private syncs = 0;
  private startedAt = 0;
  /** The rest of the flying batch and where it goes. */
  private from = 0;
  private position = 0;

  constructor(options: LogWriterOptions, recovered: Recovered) {
    this.options = options;
    this.syncing = options.durability === 'sync';
    this.segments = recovered.segments;
    this.nextSeq = recovered.nextSeq;
    this.appendedId = recovered.lastId;
    this.durableId = recovered.lastId;
    this.standby = openStandby(options.fs, options.dir, options.segmentBytes, options.onWarning);
  }

  append(id: number, scope: number, data: Uint8Array): void {
    if (this.failure !== null) throw storeErr(`the store takes no more changes: ${this.failure}`);
    if (this.closed) throw storeErr('the store is closed');
    if (!(id > this.appendedId) || !Number.isSafeInteger(id)) throw misuseErr(`change ${id} cannot follow change ${this.appendedId}`);
    if (!(scope >= 0) || !Number.isSafeInteger(scope)) throw misuseErr(`${scope} is no scope of a change`);
    if (data.length > MAX_DATA) throw misuseErr(`a change of ${data.length} bytes is too large; up to ${MAX_DATA} are possible`);
    if (this.gathering.end + RECORD_SIZE + data.length > MAX_PENDING) {
      this.fail('the disk does not keep up with the changes');
      throw storeErr(`the store takes no more changes: ${this.failure}`);
    }
    addRecord(this.gathering, id, scope, data);
    this.appendedId = id;
    if (this.busy || this.scheduled) return;
    this.scheduled = true;
    this.countBefore = 0;
    this.turnsLeft = GATHER_TURNS;
    setImmediate(this.flushSoon);
  }

  /** Resolves when all changes up to `id` survive a crash; rejects when they never will. */
  whenDurable(id: number): Promise<void> {
    if (this.durableId >= id) return Promise.resolve();
    if (this.failure !== null) return Promise.reject(storeErr(this.failure));
    return new Promise((resolve, reject) => this.waiters.push({ id, resolve, reject }));
  }

  /** From the next write on a new segment is used. */
  requestRoll(): void {
    this.rollRequested = true;
  }

  /** Ends the segment in use, if it holds nothing behind `id`. */
  async retire(id: number): Promise<void> {
    const active = this.active;
    if (active === null || this.busy || this.failure !== null || active.lastId > id) return;
    this.busy = true;
    try {
      await this.endActive(active);
    } catch (error) {
      this.chainFailed(error);
      throw storeErr(reasonOf(error));
    }
    this.busy = false;
    this.flush();
  }

  /** The first segment that is needed when the changes up to `id` are in the checkpoint. */
  firstSeqBehind(id: number): number {
    for (const segment of this.segments) {
      if (segment.lastId > id || segment === this.active) return segment.seq;
    }
    return this.nextSeq;
  }

  /** Removes the segments before `seq`. */
  async dropBefore(seq: number): Promise<void> {
    const { fs, dir, onWarning } = this.options;
    let dropped = 0;
    for (let first = this.segments[0]; first !== undefined && first.seq < seq; first = this.segments[0]) {
      this.segments.shift();
      try {
        if (!(first.recyclable && (await this.standby.recycle(first.path)))) await fs.unlink(first.path);
        dropped++;
      } catch (error) {
        // The next open removes it.
        onWarning(`cannot remove the old log file \`${first.path}\`: ${reasonOf(error)}`);
      }
    }
    if (dropped > 0) await fs.syncDir(dir).catch((error: unknown) => onWarning(`cannot sync \`${dir}\`: ${reasonOf(error)}`));
  }

  /** Writes and syncs what is pending, and leaves the log such that damage at its end can be told from a torn tail. */
  async close(): Promise<void> {
    this.closed = true;
    await this.whenIdle();
    const { active } = this;
    const { fs, onWarning } = this.options;
    const warn = (error: unknown): void => onWarning(`cannot close the log: ${reasonOf(error)}`);
    if (active !== null) {
      if (this.failure === null) await this.writeEndMark(active).catch(warn);
      await fs.close(active.fd).catch(warn);
    }
    await this.standby.close();
  }

  private async whenIdle(): Promise<void> {
    while (this.busy || (this.gathering.count > 0 && this.failure === null)) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Changes of many clients come in over several turns; a sync for the first few would make the others wait for two. */
  private readonly flushSoon = (): void => {
    const { count } = this.gathering;
    if (count - this.countBefore <= FEW_CHANGES || this.turnsLeft === 0) {
      this.flush();
      return;
    }
    this.countBefore = count;
    this.turnsLeft--;
    setImmediate(this.flushSoon);
  };

  /** As `flushSoon`, behind a write of the thread pool, which costs so much that few changes are not worth one while many clients wait. */
  private readonly flushHalf = (): void => {
    if (this.gathering.count >= this.enough || this.turnsLeft-- === 0) this.flush();
    else setImmediate(this.flushHalf);
  };

  /** Begins the next write behind one of so many changes. */
  private flushAfter(changes: number): void {
    this.enough = changes / 2;
    const { count } = this.gathering;
    if (this.inline || count === 0 || changes <= FEW_CHANGES || count >= this.enough) {
      this.flush();
      return;
    }
    this.scheduled = true;
    this.turnsLeft = GATHER_TURNS;
    setImmediate(this.flushHalf);
  }

  private readonly flush = (): void => {
    this.scheduled = false;
    if (this.busy || this.failure !== null || this.gathering.count === 0) return;
    this.busy = true;
    const batch = this.gathering;
    this.gathering = this.flying;
    this.flying = batch;
    if (this.needsSegment(batch.end - HEADER_SIZE)) {
      this.nextSegment().then(this.writeFlying, this.chainFailed);
    } else this.writeFlying();
  };

  private needsSegment(length: number): boolean {
    const active = this.active;
    if (active === null) return true;
    if (active.end === 0) return false;
    if (this.rollRequested || active.end + length > this.options.segmentBytes) return true;
    return !active.recyclable && this.standby.ready;
  }

  private readonly writeFlying = (): void => {
    const active = this.active;
    if (active === null) return;
    const batch = this.flying;
    if (active.end === 0) {
      const last = this.segments.at(-2);
      const { storeId } = this.options;
      const prevId = last?.lastId ?? this.durableId;
      putHeader(batch.view, batch.bytes, {
        version: LOG_VERSION,
        seq: active.seq,
        storeId,
        prevSeq: last?.seq ?? 0,
        prevEnd: last?.end ?? 0,
        prevId,
      });
      sealBatch(batch, active.salt, HEADER_SIZE, 0);
      this.from = 0;
      this.position = 0;
    } else {
      sealBatch(batch, active.salt, active.end, active.synced);
      this.from = HEADER_SIZE;
      this.position = active.end;
    }
    this.inline = this.writesHere(batch);
    if (this.syncing) this.startedAt = performance.now();
    this.writeRest(active);
  };

  /** Whether the event loop itself makes the write. */
  private writesHere(batch: Batch): boolean {
    if (!this.syncing) return batch.end <= INLINE_BYTES;
    const { inline } = this.options;
    if (!WRITE_SYNCS || inline === 'never') return false;
    if (inline === 'always') return true;
    if (inline !== 'auto') return inline(batch.count);
    return batch.end <= INLINE_BYTES && this.place.isLoop(batch.count);
  }

  private writeRest(active: ActiveSegment): void {
    const { fs } = this.options;
    const { bytes, end } = this.flying;
    const length = Math.min(end - this.from, MAX_WRITE);
    if (!this.inline) {
      fs.write(active.fd, bytes, this.from, length, this.position, this.written);
      return;
    }
    let written = 0;
    try {
      written = fs.writeSync(active.fd, bytes, this.from, length, this.position);
    } catch (error) {
      this.chainFailed(error);
      return;
    }
    this.written(null, written);
  }

  private readonly written = (error: Error | null, length: number): void => {
    const active = this.active;
    if (error || length <= 0 || active === null) {
      this.chainFailed(error ?? new Error('nothing was written'));
      return;
    }
    this.from += length;
    this.position += length;
    if (this.from < this.flying.end) this.writeRest(active);
    else if (this.syncing && !WRITE_SYNCS) this.options.fs.datasync(active.fd).then(this.batchDone, this.chainFailed);
    else this.batchDone();
  };

  private readonly batchDone = (): void => {
    const active = this.active;
    if (active === null) return;
    const id = this.flying.lastId;
    active.end = this.position;
    active.size = Math.max(active.size, active.end);
    active.lastId = id;
    if (this.syncing) {
      active.synced = active.end;
      this.place.took(performance.now() - this.startedAt, this.inline);
      const { segmentBytes, spareAfterSyncs } = this.options;
      if (++this.syncs > spareAfterSyncs && (!active.recyclable || active.end > segmentBytes / 2)) this.standby.prepare();
    }
    const { count } = this.flying;
    clearBatch(this.flying);
    this.durableId = id;
    this.busy = false;
    // First, so that the disk works while the listener sends answers.
    this.flushAfter(count);
    // A write on the event loop is done by now, and was reported together with this one.
    if (this.durableId !== id) return;
    for (let first = this.waiters[0]; first !== undefined && first.id <= id; first = this.waiters[0]) {
      this.waiters.shift();
      first.resolve();
    }
    this.options.onDurable(id);
  };

  private async nextSegment(): Promise<void> {
    const { fs, dir, storeId } = this.options;
    if (this.active !== null) await this.endActive(this.active);
    this.rollRequested = false;
    const seq = this.nextSeq;
    const path = join(dir, segmentName(seq));
    const spare = this.standby.ready;
    if (spare) {
      await fs.rename(this.standby.path, path);
      this.standby.taken();
    }
    const flags = constants.O_RDWR | (spare ? 0 : constants.O_CREAT | constants.O_EXCL);
    const fd = await fs.open(path, this.syncing && WRITE_SYNCS ? flags | constants.O_DSYNC : flags);
    const size = spare ? this.standby.size : 0;
    const salt = saltOf(storeId, seq);
    const active: ActiveSegment = {
      seq,
      path,
      end: 0,
      lastId: this.durableId,
      size,
      recyclable: spare,
      fd,
      salt,
      synced: 0,
    };
    this.active = active;
    this.segments.push(active);
    this.nextSeq = seq + 1;
    await fs.syncDir(dir);
  }

  private async endActive(active: ActiveSegment): Promise<void> {
    const { fs } = this.options;
    // The next segment vouches for the end of this one, so all of it must be on the disk.
    if (!this.syncing) await fs.datasync(active.fd);
    this.active = null;
    await fs.close(active.fd);
  }

  private async writeEndMark(active: ActiveSegment): Promise<void> {
    if (active.end === 0) return;
    const { fs } = this.options;
    if (!this.syncing) await fs.datasync(active.fd);
    const batch = this.flying;
    addRecord(batch, 0, 0, new Uint8Array(0));
    sealBatch(batch, active.salt, active.end, active.end);
    await writeAll(fs, active.fd, batch.bytes.subarray(HEADER_SIZE, HEADER_SIZE + RECORD_SIZE), active.end);
    await fs.truncate(active.fd, active.end + RECORD_SIZE);
    await fs.datasync(active.fd);
  }

  private readonly chainFailed = (error: unknown): void => {
    this.busy = false;
    this.fail(reasonOf(error));
  };

  private fail(reason: string): void {
    if (this.failure !== null) return;
    this.failure = reason;
    clearBatch(this.gathering);
    for (const waiter of this.waiters.splice(0)) waiter.reject(storeErr(reason));
    this.options.onFailure(reason);
  }
}
