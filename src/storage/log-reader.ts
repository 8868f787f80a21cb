/** Reading the log: what a crash left behind is put right, what no crash can explain is refused. */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from './crc32.ts';
import type { FileSystem } from './file-system.ts';
import { getSafeInteger, HEADER_SIZE, LOG_VERSION, RECORD_SIZE, readHeader, type SegmentHeader, saltOf, viewOf } from './log-format.ts';
import { listSegments, type Segment, STANDBY_NAME, segmentName } from './segments.ts';
import type { LogEntry } from './store.ts';
import { damageErr, storeErr } from './store-error.ts';

/** What the checkpoint says about the log that fits it. */
export interface LogPosition {
  readonly storeId: bigint;
  /** Segments before this one were dropped; the log starts with it, if it has any segment. */
  readonly firstSeq: number;
  /** The changes up to this id are in the checkpoint. */
  readonly checkpointId: number;
}

export interface Recovered {
  readonly segments: Segment[];
  /** The id of the last change in log or checkpoint. */
  readonly lastId: number;
  /** The number for the next segment. */
  readonly nextSeq: number;
}

/**
 * Checks all segments, removes leftovers of an interrupted drop or start of a segment, and cuts off a torn tail, so that all that is left is
 * on the disk. Throws TiError when something is missing or damaged; then nothing was changed.
 */
export async function recoverLog(fs: FileSystem, dir: string, position: LogPosition): Promise<Recovered> {
  const names = await fs.readdir(dir);
  const { seqs, leftovers } = listSegments(names, position.firstSeq);
  if (names.includes(STANDBY_NAME)) leftovers.push(STANDBY_NAME);
  checkSequence(dir, seqs, position.firstSeq);
  const files = seqs.map((seq) => loadSegment(fs, dir, seq, position.storeId));
  const last = files.at(-1);
  if (last !== undefined && last.header === null) {
    checkHalfCreated(last, position.storeId);
    leftovers.push(segmentName(last.seq));
    files.pop();
  }
  const segments: Segment[] = [];
  let lastId = position.checkpointId;
  for (const [i, file] of files.entries()) {
    const segment = checkSegment(file, files[i + 1]?.header ?? null, position.storeId);
    segments.push(segment);
    lastId = Math.max(lastId, segment.lastId);
  }
  for (const name of leftovers) await fs.unlink(join(dir, name));
  if (leftovers.length > 0) await fs.syncDir(dir);
  const tail = segments.at(-1);
  if (tail !== undefined) await settleTail(fs, tail);
  return { segments, lastId, nextSeq: (tail?.seq ?? position.firstSeq - 1) + 1 };
}

interface SegmentFile {
  readonly seq: number;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly header: SegmentHeader | null;
}

function checkSequence(dir: string, seqs: readonly number[], firstSeq: number): void {
  for (const [i, seq] of seqs.entries()) {
    if (seq === firstSeq + i) continue;
    throw damageErr(join(dir, segmentName(firstSeq + i)), 'the file is missing, and there are later ones');
  }
}

function loadSegment(fs: FileSystem, dir: string, seq: number, storeId: bigint): SegmentFile {
  const path = join(dir, segmentName(seq));
  const bytes = fs.readFileSync(path);
  const header = readHeader(bytes);
  if (header === null) return { seq, path, bytes, header };
  if (header.version > LOG_VERSION) {
    throw storeErr(`\`${path}\` has format ${header.version}, written by a newer release; this one reads formats up to ${LOG_VERSION}`);
  }
  if (header.storeId !== storeId) throw damageErr(path, 'it belongs to the log of another store');
  // The header of an earlier use, in a recycled file that was not written yet.
  if (header.seq !== seq) return { seq, path, bytes, header: null };
  return { seq, path, bytes, header };
}

/** The first write of a segment brings header and records; when it did not get through, nothing of the segment was acknowledged. */
function checkHalfCreated(file: SegmentFile, storeId: bigint): void {
  const later = findRecordSyncedBehind(file.bytes, saltOf(storeId, file.seq), 0);
  if (later >= 0) throw damageErr(file.path, `the header (byte 0) is bad, but there is a record at byte ${later}`);
}

function checkSegment(file: SegmentFile, next: SegmentHeader | null, storeId: bigint): Segment {
  const { seq, path, bytes, header } = file;
  if (header === null) throw damageErr(path, 'the header (byte 0) is bad, and there are later files');
  if (next !== null && next.prevSeq !== seq) throw damageErr(path, `the next file continues file number ${next.prevSeq}`);
  const salt = saltOf(storeId, seq);
  const scan = scanRecords(path, bytes, salt, header.prevId, next?.prevEnd ?? bytes.length);
  if (next !== null) {
    if (scan.end !== next.prevEnd)
      throw damageErr(path, `the record at byte ${scan.end} is bad, records up to byte ${next.prevEnd} are expected`);
    if (scan.lastId !== next.prevId)
      throw damageErr(path, `the last change before byte ${scan.end} should be ${next.prevId}, not ${scan.lastId}`);
  } else if (!scan.closed) {
    const later = findRecordSyncedBehind(bytes, salt, scan.end);
    if (later >= 0) throw damageErr(path, `the record at byte ${scan.end} is bad, but there is a good one behind it at byte ${later}`);
  }
  return { seq, path, end: scan.end, lastId: scan.lastId, size: bytes.length, recyclable: false };
}

interface Scan {
  /** Behind the last good record. */
  readonly end: number;
  readonly lastId: number;
  /** Whether an end mark was found. */
  readonly closed: boolean;
}

function scanRecords(path: string, bytes: Uint8Array, salt: number, prevId: number, limit: number): Scan {
  const view = viewOf(bytes);
  let at = HEADER_SIZE;
  let lastId = prevId;
  for (; at < limit; ) {
    const next = recordEnd(bytes, view, salt, at);
    if (next < 0) break;
    const id = getSafeInteger(view, at + 16);
    if (id === 0) return { end: next, lastId, closed: true };
    if (id <= lastId) throw damageErr(path, `the record at byte ${at} has change ${id} behind change ${lastId}`);
    lastId = id;
    at = next;
  }
  return { end: at, lastId, closed: false };
}

/** The offset behind the record at `at`, or -1 when there is no good one. */
function recordEnd(bytes: Uint8Array, view: DataView, salt: number, at: number): number {
  if (at + RECORD_SIZE > bytes.length) return -1;
  const mark = (salt ^ at) >>> 0;
  if (view.getUint32(at, true) !== mark) return -1;
  const end = at + RECORD_SIZE + view.getUint32(at + 8, true);
  if (end > bytes.length || crc32(bytes, at + 8, end, mark) !== view.getUint32(at + 4, true)) return -1;
  return end;
}

/** The offset of a good record behind `from` that was written when the file was on the disk further than `from`; -1 if there is none. */
function findRecordSyncedBehind(bytes: Uint8Array, salt: number, from: number): number {
  const view = viewOf(bytes);
  for (let at = from + 1; at + RECORD_SIZE <= bytes.length; at++) {
    if (view.getUint32(at, true) !== (salt ^ at) >>> 0) continue;
    if (recordEnd(bytes, view, salt, at) >= 0 && view.getUint32(at + 12, true) > from) return at;
  }
  return -1;
}

/**
 * Removes what is behind the last good record and makes that record durable: a killed process may have left it, or an end mark, in the memory of
 * the system only. It was never acknowledged, but from now on it counts: the next segment vouches for it.
 */
async function settleTail(fs: FileSystem, tail: Segment): Promise<void> {
  const fd = await fs.open(tail.path, constants.O_RDWR);
  try {
    if (tail.size > tail.end) await fs.truncate(fd, tail.end);
    tail.size = tail.end;
    await fs.datasync(fd);
  } finally {
    await fs.close(fd);
  }
}

/** The changes behind `afterId`; for segments that `recoverLog` found good. `data` is a view into the file's bytes. */
export function* readLog(fs: FileSystem, segments: readonly Segment[], afterId: number): Generator<LogEntry> {
  for (const { path, end, lastId } of segments) {
    if (lastId <= afterId) continue;
    const bytes = fs.readFileSync(path);
    if (bytes.length < end) throw damageErr(path, `it ends at byte ${bytes.length}, records up to byte ${end} are expected`);
    const view = viewOf(bytes);
    for (let at = HEADER_SIZE; at < end; ) {
      const next = at + RECORD_SIZE + view.getUint32(at + 8, true);
      const id = getSafeInteger(view, at + 16);
      if (id > afterId) yield { id, scope: getSafeInteger(view, at + 24), data: bytes.subarray(at + RECORD_SIZE, next) };
      at = next;
    }
  }
}
