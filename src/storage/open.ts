/** The store on disk: `DIR/.lock`, the checkpoint in `DIR/store/`, the log in `DIR/log/`. */
import { constants } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type BackupInfo, writeBackup } from './backup.ts';
import { type Checkpoint, checkpointFile, openCheckpoint, type RecordSource } from './checkpoint.ts';
import { type FileSystem, hasCode, nodeFileSystem } from './file-system.ts';
import { type Lock, lockDir } from './lock.ts';
import { readLog, recoverLog } from './log-reader.ts';
import { type Inline, LogWriter } from './log-writer.ts';
import type { Key, LogEntry, Store, StoreOptions, StoreStatus } from './store.ts';
import { misuseErr, reasonOf, storeErr } from './store-error.ts';

/** What tests and benchmarks turn; the defaults are meant for everything else. */
export interface StoreTuning {
  readonly fileSystem?: FileSystem;
  /** The size at which a new log segment begins, in bytes. */
  readonly segmentBytes?: number;
  /** How long a checkpoint may keep the event loop busy at a stretch, in milliseconds. */
  readonly sliceMs?: number;
  readonly inline?: Inline;
  /** After how many syncs the next log segment is made ahead. */
  readonly spareAfterSyncs?: number;
  /** Is called at each step of a checkpoint, and may throw. */
  readonly onCheckpointStep?: (step: CheckpointStep) => void;
}

export type CheckpointStep = 'begin' | 'drained' | 'before commit' | 'committed' | 'dropped';

const SEGMENT_BYTES = 1 << 25;
const SPARE_AFTER_SYNCS = 64;
/** Long enough to pull some dozens of records, short enough that a client does not notice. */
const SLICE_MS = 0.5;

/**
 * Opens the store in `options.dir`, made when it is not there yet. Rejects with TiError: -51 when the folder is locked, cannot be used, or holds
 * a store of a newer format; -1 when a file is damaged or missing.
 */
export async function openStore(options: StoreOptions, tuning: StoreTuning = {}): Promise<Store> {
  const dir = resolve(options.dir);
  const fs = tuning.fileSystem ?? nodeFileSystem;
  const onWarning = options.onWarning ?? (() => undefined);
  let lock: Lock | null = null;
  let checkpoint: Checkpoint | null = null;
  try {
    await makeDir(fs, dir);
    lock = lockDir(dir, onWarning);
    const logDir = join(dir, 'log');
    const storeDir = join(dir, 'store');
    await makeDir(fs, storeDir);
    await makeDir(fs, logDir);
    const hasLog = (await fs.readdir(logDir)).some((name) => name.endsWith('.log'));
    checkpoint = await openCheckpoint(storeDir, hasLog, tuning.sliceMs ?? SLICE_MS);
    await settleCheckpoint(fs, storeDir);
    const recovered = await recoverLog(fs, logDir, checkpoint.meta);
    const { durability = 'sync' } = options;
    const { storeId } = checkpoint.meta;
    const { segmentBytes = SEGMENT_BYTES, inline = 'auto', spareAfterSyncs = SPARE_AFTER_SYNCS } = tuning;
    const durable: ((id: number) => void)[] = [];
    const failed: ((reason: string) => void)[] = [];
    const onDurable = (id: number): void => {
      for (const listener of durable) listener(id);
    };
    const onFailure = (reason: string): void => {
      for (const listener of failed) listener(reason);
    };
    const settings = { fs, dir: logDir, storeId, durability, segmentBytes, inline, spareAfterSyncs, onDurable, onFailure, onWarning };
    const writer = new LogWriter(settings, recovered);
    return new DiskStore(lock, checkpoint, writer, fs, { durable, failed, onStep: tuning.onCheckpointStep ?? (() => undefined) });
  } catch (error) {
    await checkpoint?.close();
    lock?.release();
    if (error instanceof Error) throw storeErr(`cannot open the store in \`${dir}\`: ${reasonOf(error)}`);
    throw error;
  }
}

/** Makes one level, durably; fine when it is there, but then it may have been made by a process that was killed before it could sync. */
async function makeDir(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.mkdir(path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  try {
    await fs.syncDir(dirname(path));
  } catch (error) {
    // The folder above may belong to somebody else, who has made this one for us.
    if (!hasCode(error, 'EACCES')) throw error;
  }
}

/**
 * A process that was killed in a commit may have left it in the memory of the system only. It has to be on the disk before the log that it
 * replaces is removed.
 */
async function settleCheckpoint(fs: FileSystem, dir: string): Promise<void> {
  const fd = await fs.open(checkpointFile(dir), constants.O_RDWR);
  try {
    await fs.datasync(fd);
  } finally {
    await fs.close(fd);
  }
  await fs.syncDir(dir);
}

interface Hooks {
  readonly durable: ((id: number) => void)[];
  readonly failed: ((reason: string) => void)[];
  readonly onStep: (step: CheckpointStep) => void;
}

class DiskStore implements Store {
  private readonly lock: Lock;
  private readonly checkpoints: Checkpoint;
  private readonly writer: LogWriter;
  private readonly fs: FileSystem;
  private readonly hooks: Hooks;
  private appended = false;
  private closing: Promise<void> | null = null;
  private running: Promise<void> | null = null;
  private readonly backups = new Set<Promise<unknown>>();

  constructor(lock: Lock, checkpoints: Checkpoint, writer: LogWriter, fs: FileSystem, hooks: Hooks) {
    this.lock = lock;
    this.checkpoints = checkpoints;
    this.writer = writer;
    this.fs = fs;
    this.hooks = hooks;
  }

  get appendedId(): number {
    return this.writer.appendedId;
  }

  get durableId(): number {
    return this.writer.durableId;
  }

  get checkpointId(): number {
    return this.checkpoints.meta.checkpointId;
  }

  get format(): number {
    return this.checkpoints.meta.format;
  }

  records(start?: Key, end?: Key): Iterable<readonly [Key, Uint8Array]> {
    this.checkReadable();
    return this.checkpoints.records(start, end);
  }

  keys(start: Key, end: Key): Iterable<Key> {
    this.checkOpen();
    return this.checkpoints.keys(start, end);
  }

  get(key: Key): Uint8Array | undefined {
    this.checkOpen();
    return this.checkpoints.get(key);
  }

  log(): Iterable<LogEntry> {
    this.checkReadable();
    return readLog(this.fs, this.writer.segments, this.checkpointId);
  }

  append(id: number, scope: number, data: Uint8Array): void {
    this.writer.append(id, scope, data);
    this.appended = true;
  }

  onDurable(listener: (id: number) => void): void {
    this.hooks.durable.push(listener);
  }

  onFailure(listener: (reason: string) => void): void {
    this.hooks.failed.push(listener);
  }

  checkpoint(upTo: number, records: RecordSource): Promise<void> {
    if (this.running !== null) return Promise.reject(misuseErr('a checkpoint is being made already'));
    if (this.closing !== null) return Promise.reject(storeErr('the store is closed'));
    if (upTo > this.appendedId || upTo < this.checkpointId) {
      return Promise.reject(misuseErr(`no checkpoint at change ${upTo}: it must be within ${this.checkpointId} and ${this.appendedId}`));
    }
    this.appended = true;
    this.running = this.makeCheckpoint(upTo, records).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  backup(file: string): Promise<BackupInfo> {
    if (this.closing !== null) return Promise.reject(storeErr('the store is closed'));
    const backup = writeBackup(file, (dir) => this.checkpoints.copy(dir));
    const settled: Promise<unknown> = backup.catch(() => undefined).finally(() => this.backups.delete(settled));
    this.backups.add(settled);
    return backup;
  }

  status(): StoreStatus {
    const { appendedId, durableId, failure, segments } = this.writer;
    const logBytes = segments.reduce((sum, { end }) => sum + end, 0);
    return { appendedId, durableId, checkpointId: this.checkpointId, logBytes, logFiles: segments.length, failure };
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private checkOpen(): void {
    if (this.closing !== null) throw storeErr('the store is closed');
  }

  private checkReadable(): void {
    this.checkOpen();
    if (this.appended) throw misuseErr('records and log can be read only before the first change');
  }

  private async makeCheckpoint(upTo: number, records: RecordSource): Promise<void> {
    const { writer, checkpoints } = this;
    const { onStep } = this.hooks;
    onStep('begin');
    // So that the changes up to here end with a segment, which can go as a whole.
    writer.requestRoll();
    await checkpoints.write(upTo, records, async () => {
      onStep('drained');
      await writer.whenDurable(upTo);
      await writer.retire(upTo);
      onStep('before commit');
      return writer.firstSeqBehind(upTo);
    });
    onStep('committed');
    await writer.dropBefore(checkpoints.meta.firstSeq);
    onStep('dropped');
  }

  private async shutDown(): Promise<void> {
    await this.running?.catch(() => undefined);
    await Promise.all(this.backups);
    await this.writer.close();
    await this.checkpoints.close();
    this.lock.release();
  }
}
