/**
 * How fast the store is, beside what the disk alone can do. As a script: `node bench/storage.ts [FOLDER]`, where the folder is on the disk to
 * be measured (default: the system's folder for temporary files, which some systems keep in memory).
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type StoreTuning } from '../src/storage/open.ts';
import type { Key } from '../src/storage/store.ts';

export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** A rate is the median over so many windows of so many milliseconds: a disk that is shared has its moods. */
const WINDOWS = 9;
const WINDOW_MS = 250;
/** About what a change of one property takes. */
const CHANGE = new Uint8Array(60).fill(7);
const RAW_BYTES = 1 << 24;

/** Measures everything in a new folder below `parent`, which is removed again. Rates are per second. */
export async function run(parent: string = tmpdir()): Promise<Measure[]> {
  const dir = fs.mkdtempSync(join(parent, 'bench-storage-'));
  const results: Measure[] = [];
  const add = (name: string, value: number, unit: string): void => void results.push({ name, value, unit });
  let next = 0;
  const fresh = (): string => join(dir, String(next++));
  try {
    add('disk: write + fdatasync, growing file', rawSyncs(fresh(), 'growing'), '/s');
    add('disk: O_DSYNC write, preallocated file', rawSyncs(fresh(), 'preallocated'), '/s');
    add('disk: the same by the thread pool', await pooledSyncs(fresh()), '/s');
    add('append, one writer that waits for each', await appendRate(fresh(), 1), '/s');
    add('append, one writer, thread pool only', await appendRate(fresh(), 1, { inline: 'never' }), '/s');
    add('append, 64 outstanding', await appendRate(fresh(), 64), '/s');
    add('append, 1000 outstanding', await appendRate(fresh(), 1000), '/s');
    for (const [count, size] of [
      [100_000, 60],
      [30_000, 3000],
    ] as const) {
      const name = `${count} records of ${size} bytes`;
      const place = fresh();
      const { ms, stall } = await checkpointTime(place, count, size);
      add(`checkpoint, ${name}`, ms, 'ms');
      add('  longest stall of the event loop', stall, 'ms');
      add(`read, ${name}`, await readRate(place), '/s');
    }
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
  return results;
}

function rawFile(path: string, preallocated: boolean): number {
  if (!preallocated) return fs.openSync(path, 'w');
  fs.writeFileSync(path, new Uint8Array(RAW_BYTES), { flush: true });
  return fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_DSYNC);
}

/** Blocking writes of one change each, as a program that does nothing else would make them. */
function rawSyncs(path: string, kind: 'growing' | 'preallocated'): number {
  const fd = rawFile(path, kind === 'preallocated');
  const meter = newMeter();
  for (let at = 0; !meter.count(1) && at < RAW_BYTES - CHANGE.length; at += CHANGE.length) {
    fs.writeSync(fd, CHANGE, 0, CHANGE.length, at);
    if (kind === 'growing') fs.fdatasyncSync(fd);
  }
  fs.closeSync(fd);
  return meter.rate();
}

async function pooledSyncs(path: string): Promise<number> {
  const fd = rawFile(path, true);
  const meter = newMeter();
  let at = 0;
  await new Promise<void>((resolve, reject) => {
    const next = (error: Error | null): void => {
      if (error) reject(error);
      else if (meter.count(1)) resolve();
      else fs.write(fd, CHANGE, 0, CHANGE.length, (at += CHANGE.length), next);
    };
    next(null);
  });
  fs.closeSync(fd);
  return meter.rate();
}

/** Keeps so many changes on their way: as many new ones as have become durable follow at once. */
async function appendRate(dir: string, outstanding: number, tuning: StoreTuning = {}): Promise<number> {
  const store = await openStore({ dir }, tuning);
  const meter = newMeter();
  let id = 0;
  let done = 0;
  const append = (count: number): void => {
    for (let i = 0; i < count; i++) store.append(++id, 1, CHANGE);
  };
  await new Promise<void>((resolve, reject) => {
    store.onFailure((reason) => reject(new Error(reason)));
    store.onDurable((durable) => {
      const count = durable - done;
      done = durable;
      if (meter.count(count)) resolve();
      else append(count);
    });
    append(outstanding);
  });
  await store.close();
  return meter.rate();
}

interface Meter {
  /** Counts what was done; true when it is enough. */
  count(done: number): boolean;
  /** The median of the windows, per second. */
  rate(): number;
}

function newMeter(): Meter {
  const rates: number[] = [];
  let start = performance.now();
  let total = 0;
  return {
    count(done) {
      total += done;
      const ms = performance.now() - start;
      if (ms > WINDOW_MS) {
        rates.push((total * 1000) / ms);
        total = 0;
        start = performance.now();
      }
      return rates.length === WINDOWS;
    },
    rate: () => rates.sort((a, b) => a - b)[rates.length >> 1] ?? 0,
  };
}

async function checkpointTime(dir: string, count: number, size: number): Promise<{ ms: number; stall: number }> {
  const store = await openStore({ dir });
  const start = performance.now();
  const watch = watchLoop();
  await store.checkpoint(0, manyRecords(count, size));
  const ms = performance.now() - start;
  const stall = watch();
  await store.close();
  return { ms, stall };
}

function* manyRecords(count: number, size: number): Generator<readonly [Key, Uint8Array]> {
  const key = Buffer.alloc(9);
  const value = Buffer.alloc(size, 7);
  for (let i = 0; i < count; i++) {
    key.writeUInt32BE(i, 5);
    value.writeUInt32LE(i);
    yield [key, value];
  }
}

/** Returns a function that ends the watch and gives the longest time between two turns of the event loop, in milliseconds. */
function watchLoop(): () => number {
  let longest = 0;
  let last = performance.now();
  let on = true;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (on) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    on = false;
    return longest;
  };
}

async function readRate(dir: string): Promise<number> {
  const store = await openStore({ dir });
  const rates: number[] = [];
  for (let i = 0; i < WINDOWS; i++) {
    const start = performance.now();
    let count = 0;
    for (const _ of store.records()) count++;
    rates.push((count * 1000) / (performance.now() - start));
  }
  await store.close();
  return rates.sort((a, b) => a - b)[rates.length >> 1] ?? 0;
}

if (import.meta.main) {
  for (const { name, value, unit } of await run(process.argv[2])) {
    const digits = value < 100 ? 1 : 0;
    console.log(`${name.padEnd(48)}${value.toLocaleString('en', { maximumFractionDigits: digits }).padStart(12)} ${unit}`);
  }
}
