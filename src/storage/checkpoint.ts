/**
 * The checkpoint: records under keys in LMDB, together with the place in the log where it stands.
 *
 * A new checkpoint is one LMDB transaction, however large: LMDB changes no page in place, so until the transaction is committed, with its data
 * synced before its root, a crash leaves the old one. It stays open over many turns of the event loop while records are pulled in slices. Puts
 * run on the event loop, about a microsecond each; the commit, which writes and syncs the pages, runs in LMDB's own thread. Staging the records
 * elsewhere first would write everything twice, and measurement gives no reason to: a million records take two seconds and 150 MB. Above half
 * a gigabyte of changed pages LMDB begins to write out pages in between, and single slices take up to a few hundred milliseconds.
 */
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { asBinary, type Database, open, type RootDatabase } from 'lmdb';
import type { TiError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import { hasCode } from './file-system.ts';
import { checkPages } from './lmdb-check.ts';
import { getSafeInteger, putSafeInteger, viewOf } from './log-format.ts';
import { newRecordReader, newRecordWriter, type RecordReader, writeKey } from './record-codec.ts';
import type { Key } from './store.ts';
import { damageErr, misuseErr, reasonOf, storeErr } from './store-error.ts';

export interface CheckpointMeta {
  /** The format of the records; a checkpoint is always written in the newest. */
  readonly format: number;
  readonly storeId: bigint;
  readonly checkpointId: number;
  /** The first segment of the log that is needed. */
  readonly firstSeq: number;
  /** How many records there are. */
  readonly count: number;
}

export type RecordSource = Iterator<readonly [Key, Uint8Array | null]>;

export interface Checkpoint {
  readonly meta: CheckpointMeta;
  /** Records in the order of their keys: all of them, or those from `start` on, and before `end`. */
  records(start?: Key, end?: Key): Iterable<readonly [Key, Uint8Array]>;
  keys(start: Key, end: Key): Iterable<Key>;
  get(key: Key): Uint8Array | undefined;
  /**
   * Applies all that `source` gives, in one transaction. When it is drained, `finish` is waited for; it returns the first segment that is needed.
   * Rejects, and leaves the old checkpoint, when the source or `finish` throws or the commit fails.
   */
  write(upTo: number, source: RecordSource, finish: () => Promise<number>): Promise<void>;
  /**
   * Copies the checkpoint, as it is when the copy begins, into an empty folder, in a thread of LMDB's; another one may be written meanwhile. Gives the
   * description of the copy.
   */
  copy(dir: string): Promise<CheckpointMeta>;
  close(): Promise<void>;
}

/** The longest key that LMDB takes with pages of 4 KiB. */
const MAX_KEY = 1978;

/** See `docs/architecture.md` for what earlier ones were. */
export const FORMAT_VERSION = 2;
const META_KEY = Uint8Array.of(0);
const META_SIZE = 48;
const MAGIC = 0x0a0d_5250_4b43_4954n; // the text "TICKPR\r\n"
const FIRST_KEY = Uint8Array.of(0);
/** How many records are pulled between two looks at the clock. */
const RECORDS_A_LOOK = 4;
/** A slice takes up to this part of the time since the last one, and never more than so many times the usual. */
const SHARE = 0.5;
const LONGEST = 16;

interface Databases {
  readonly root: RootDatabase<Uint8Array, Uint8Array>;
  readonly meta: Database<Uint8Array, Uint8Array>;
  readonly records: Database<Uint8Array, Uint8Array>;
  readonly reader: RecordReader;
}

/**
 * Opens the checkpoint in the folder `dir`, or makes an empty one. `hasLog` tells whether there are log files, which would not fit an empty
 * checkpoint. `sliceMs` is how long the event loop may be busy at a stretch.
 */
export async function openCheckpoint(dir: string, hasLog: boolean, sliceMs: number): Promise<Checkpoint> {
  checkFile(dir);
  const databases = openDatabases(dir);
  try {
    const found = databases.meta.getBinary(META_KEY);
    if (found === undefined && hasLog) throw damageErr(dir, 'it is empty, but there is a log that continues it');
    const meta = found === undefined ? await createMeta(databases) : parseMeta(dir, found);
    const checkpoint = new LmdbCheckpoint(dir, databases, meta, sliceMs);
    checkpoint.checkCount();
    return checkpoint;
  } catch (error) {
    await databases.root.close();
    throw error;
  }
}

/** Throws for a file that cannot be used, or is damaged; one that is empty, or not there, is a new one. */
function checkFile(dir: string): void {
  const ifThere = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  };
  // LMDB tells of a file that it may not write in the same words as of a damaged one.
  for (const path of [join(dir, 'lock.mdb'), checkpointFile(dir)]) ifThere(() => accessSync(path, constants.R_OK | constants.W_OK));
  ifThere(() => checkPages(checkpointFile(dir), false));
}

function openDatabases(dir: string): Databases {
  const binary = { keyEncoding: 'binary', encoding: 'binary' } as const;
  const reader = newRecordReader();
  try {
    // The data is synced before a commit is done, not some time after it.
    const root = open<Uint8Array, Uint8Array>({
      path: dir,
      noSubdir: false,
      overlappingSync: false,
      eventTurnBatching: false,
      maxDbs: 4,
      ...binary,
    });
    const meta = root.openDB<Uint8Array, Uint8Array>('meta', binary);
    const encoder = { decode: reader.decodeValue };
    const keyEncoder = { writeKey, readKey: reader.decodeKey };
    const options = { encoding: 'binary', encoder, keyEncoder } as const;
    const records = root.openDB<Uint8Array, Uint8Array>('records', options);
    return { root, meta, records, reader };
  } catch (error) {
    throw damageErr(dir, reasonOf(error));
  }
}

async function createMeta({ meta }: Databases): Promise<CheckpointMeta> {
  const created = { format: FORMAT_VERSION, storeId: randomBytes(8).readBigUInt64LE(), checkpointId: 0, firstSeq: 1, count: 0 };
  await meta.put(META_KEY, formatMeta(created));
  return created;
}

function formatMeta({ format, storeId, checkpointId, firstSeq, count }: CheckpointMeta): Uint8Array {
  const bytes = new Uint8Array(META_SIZE);
  const view = viewOf(bytes);
  view.setBigUint64(0, MAGIC, true);
  view.setUint32(8, format, true);
  view.setUint32(12, firstSeq, true);
  view.setBigUint64(16, storeId, true);
  putSafeInteger(view, 24, checkpointId);
  putSafeInteger(view, 32, count);
  view.setUint32(META_SIZE - 4, crc32(bytes, 0, META_SIZE - 4, 0), true);
  return bytes;
}

function parseMeta(dir: string, bytes: Uint8Array): CheckpointMeta {
  const view = viewOf(bytes);
  if (bytes.length < 12 || view.getBigUint64(0, true) !== MAGIC) throw damageErr(dir, 'it does not hold a store');
  const version = view.getUint32(8, true);
  if (version > FORMAT_VERSION) {
    throw storeErr(`\`${dir}\` has format ${version}, written by a newer release; this one reads formats up to ${FORMAT_VERSION}`);
  }
  if (bytes.length !== META_SIZE || view.getUint32(META_SIZE - 4, true) !== crc32(bytes, 0, META_SIZE - 4, 0)) {
    throw damageErr(dir, 'its description has a wrong checksum');
  }
  return {
    format: version,
    firstSeq: view.getUint32(12, true),
    storeId: view.getBigUint64(16, true),
    checkpointId: getSafeInteger(view, 24),
    count: getSafeInteger(view, 32),
  };
}

class LmdbCheckpoint implements Checkpoint {
  meta: CheckpointMeta;
  private readonly dir: string;
  private readonly databases: Databases;
  private readonly sliceMs: number;

  constructor(dir: string, databases: Databases, meta: CheckpointMeta, sliceMs: number) {
    this.dir = dir;
    this.databases = databases;
    this.meta = meta;
    this.sliceMs = sliceMs;
  }

  *records(start: Key = FIRST_KEY, end?: Key): Generator<readonly [Key, Uint8Array]> {
    const { records, reader } = this.databases;
    let count = 0;
    for (const { key, value } of records.getRange({ start, ...(end === undefined ? {} : { end }) })) {
      if (!reader.isGood()) throw this.wrongChecksum(key);
      count++;
      yield [key, value];
    }
    if (start === FIRST_KEY && end === undefined && count !== this.meta.count) throw this.wrongCount(count);
  }

  /** Throws TiError (-1) when there are more or fewer records than were written. */
  checkCount(): void {
    const { entryCount } = this.databases.records.getStats() as { entryCount: number };
    if (entryCount !== this.meta.count) throw this.wrongCount(entryCount);
  }

  private wrongChecksum(key: Key): TiError {
    return damageErr(this.dir, `the record with the key ${Buffer.from(key).toString('hex')} has a wrong checksum`);
  }

  private wrongCount(count: number): TiError {
    return damageErr(this.dir, `it has ${count} records, ${this.meta.count} are expected`);
  }

  keys(start: Key, end: Key): Iterable<Key> {
    return this.databases.records.getKeys({ start, end });
  }

  get(key: Key): Uint8Array | undefined {
    const { records, reader } = this.databases;
    // It lies in a buffer of lmdb's, which may be longer.
    const bytes = records.getBinaryFast(key) as Buffer | undefined;
    if (bytes === undefined) return undefined;
    reader.expectKey(key);
    const value = reader.decodeValue(bytes, bytes.length);
    if (!reader.isGood()) throw this.wrongChecksum(key);
    return value;
  }

  async write(upTo: number, source: RecordSource, finish: () => Promise<number>): Promise<void> {
    const { meta, records } = this.databases;
    let next = this.meta;
    // A child transaction, because the outer one is committed even when its callback throws.
    const transaction = records.childTransaction(async () => {
      await this.pull(source);
      const firstSeq = await finish();
      const { entryCount } = records.getStats() as { entryCount: number };
      next = { format: FORMAT_VERSION, storeId: this.meta.storeId, checkpointId: upTo, firstSeq, count: entryCount };
      await meta.put(META_KEY, formatMeta(next));
    });
    await committed(transaction);
    this.meta = next;
  }

  private async pull(source: RecordSource): Promise<void> {
    const { records } = this.databases;
    const encode = newRecordWriter();
    let sliceEnd = performance.now() + this.sliceMs;
    for (let looked = 0, step = source.next(); !step.done; step = source.next()) {
      const [key, value] = step.value;
      if (key.length === 0 || key.length > MAX_KEY) throw misuseErr(`a key has ${key.length} bytes; 1 to ${MAX_KEY} are possible`);
      if (value === null) records.removeSync(key);
      // lmdb's declaration of `asBinary` names a class that has no shape.
      else records.putSync(key, asBinary(encode(key, value)) as Uint8Array);
      const now = ++looked % RECORDS_A_LOOK === 0 ? performance.now() : 0;
      if (now > sliceEnd) {
        await new Promise((resolve) => setImmediate(resolve));
        // A part of what others took meanwhile, so that queries that take long do not let the log grow without bounds.
        const slice = Math.min(Math.max(this.sliceMs, (performance.now() - now) * SHARE), this.sliceMs * LONGEST);
        sliceEnd = performance.now() + slice;
      }
    }
  }

  async copy(dir: string): Promise<CheckpointMeta> {
    // Without the pages that are free, which an old store has many of.
    await this.databases.root.backup(dir, true);
    const copied = await openCheckpoint(dir, true, this.sliceMs);
    await copied.close();
    return copied.meta;
  }

  close(): Promise<void> {
    return this.databases.root.close();
  }
}

/** Waits for a transaction; lmdb gives the cause of a failed commit in a promise of its own, which nobody else would handle. */
async function committed(transaction: Promise<unknown>): Promise<void> {
  try {
    await transaction;
  } catch (error) {
    const cause: unknown = error instanceof Error && 'commitError' in error ? await reasonFor(error.commitError) : error;
    throw storeErr(`cannot write the checkpoint: ${reasonOf(cause)}`);
  }
}

async function reasonFor(rejection: unknown): Promise<unknown> {
  try {
    return await rejection;
  } catch (reason) {
    return reason;
  }
}

/** The file that holds all of it. */
export function checkpointFile(dir: string): string {
  return join(dir, 'data.mdb');
}
