/** The files of the log: names, creation, and a spare one that is made ahead. */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { type FileSystem, writeAll } from './file-system.ts';
import { reasonOf } from './store-error.ts';

export interface Segment {
  readonly seq: number;
  readonly path: string;
  /** Behind the last record. */
  end: number;
  /** The id of the last change in it, or before it when it has none. */
  lastId: number;
  /** Of the file, in bytes. */
  size: number;
  /** Whether the file has all its blocks, so that it can serve once more as a spare. */
  readonly recyclable: boolean;
}

export const STANDBY_NAME = 'standby.tmp';
const NAME = /^(\d{10})\.log$/;
const ZEROS_AT_ONCE = 1 << 20;

export function segmentName(seq: number): string {
  return `${String(seq).padStart(10, '0')}.log`;
}

/** The segment numbers among the names of a folder in order; the names of those before `firstSeq` apart. */
export function listSegments(names: readonly string[], firstSeq: number): { seqs: number[]; leftovers: string[] } {
  const seqs: number[] = [];
  const leftovers: string[] = [];
  for (const name of names) {
    const seq = Number(NAME.exec(name)?.[1]);
    if (Number.isNaN(seq)) continue;
    if (seq < firstSeq) leftovers.push(name);
    else seqs.push(seq);
  }
  return { seqs: seqs.sort((a, b) => a - b), leftovers };
}

/**
 * A file of zeros that becomes the next segment. Writing inside a file whose blocks are all there spares the sync the journal of the file
 * system, which makes it half as long again. Where no spare is at hand, a segment grows instead: slower, as safe.
 */
export interface Standby {
  readonly path: string;
  readonly size: number;
  /** Whether the file is complete and can be taken. */
  readonly ready: boolean;
  /** Starts to make the file, unless there is one or one is being made. */
  prepare(): void;
  /** Takes over a segment that is needed no more. False: there is a spare already. */
  recycle(path: string): Promise<boolean>;
  /** The file was renamed by the caller. */
  taken(): void;
  /** Ends all work and removes the file. */
  close(): Promise<void>;
}

export function openStandby(fs: FileSystem, dir: string, size: number, onWarning: (text: string) => void): Standby {
  const path = join(dir, STANDBY_NAME);
  let state: 'none' | 'making' | 'ready' | 'broken' = 'none';
  let stop = false;
  let work: Promise<void> = Promise.resolve();

  const make = async (): Promise<void> => {
    try {
      await writeZeros(fs, path, size, () => stop);
      state = 'ready';
    } catch (error) {
      // Not tried again: a disk that is nearly full should be left to the log itself.
      state = 'broken';
      onWarning(`cannot make a spare log file: ${reasonOf(error)}`);
      await fs.unlink(path).catch(() => undefined);
    }
  };
  return {
    path,
    size,
    get ready() {
      return state === 'ready';
    },
    prepare() {
      if (state !== 'none' || stop) return;
      state = 'making';
      work = make();
    },
    async recycle(from) {
      if (state !== 'none' || stop) return false;
      state = 'making';
      try {
        await fs.rename(from, path);
        state = 'ready';
        return true;
      } catch (error) {
        state = 'none';
        throw error;
      }
    },
    taken() {
      state = 'none';
    },
    async close() {
      stop = true;
      await work;
      if (state !== 'ready') return;
      state = 'none';
      await fs.unlink(path).catch((error: unknown) => onWarning(`cannot remove the spare log file: ${reasonOf(error)}`));
    },
  };
}

async function writeZeros(fs: FileSystem, path: string, size: number, stopped: () => boolean): Promise<void> {
  const zeros = new Uint8Array(Math.min(size, ZEROS_AT_ONCE));
  const fd = await fs.open(path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC);
  try {
    for (let at = 0; at < size && !stopped(); ) {
      const length = Math.min(zeros.length, size - at);
      await writeAll(fs, fd, zeros.subarray(0, length), at);
      at += length;
      // Synced bit by bit, so that the log's own syncs wait for little.
      await fs.datasync(fd);
    }
  } finally {
    await fs.close(fd);
  }
}
