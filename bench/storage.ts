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

/** Everything that syncs takes turns, a window of so many milliseconds each time, and the median counts: a disk that is shared has its moods. */
const ROUNDS = 15;
const WINDOW_MS = 120;
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
    const racers = [
      rawRacer('disk: write + fdatasync, growing file', fresh(), 'growing'),
      rawRacer('disk: O_DSYNC write, preallocated file', fresh(), 'preallocated'),
      pooledRacer('disk: the same by the thread pool', fresh()),
      await storeRacer('append, one writer that waits for each', fresh(), 1),
      await storeRacer('append, one writer, thread pool only', fresh(), 1, { inline: 'never' }),
      await storeRacer('append, 64 outstanding', fresh(), 64),
      await storeRacer('append, 1000 outstanding', fresh(), 1000),
    ];
    for (const { name, rate } of await race(racers)) add(name, rate, '/s');
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

interface Racer {
  readonly name: string;
  /** Works until it is told to stop, which it asks after each `done(count)`. */
  run(done: (count: number) => boolean): Promise<void>;
  close(): Promise<void>;
}

async function race(racers: readonly Racer[]): Promise<{ name: string; rate: number }[]> {
  const rates = racers.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, racer] of racers.entries()) {
      const start = performance.now();
      let total = 0;
      await racer.run((count) => {
        total += count;
        return performance.now() - start > WINDOW_MS;
      });
      rates[i]?.push((total * 1000) / (performance.now() - start));
    }
  }
  for (const racer of racers) await racer.close();
  return racers.map(({ name }, i) => ({ name, rate: median(rates[i] ?? []) }));
}

function rawFile(path: string, preallocated: boolean): number {
  if (!preallocated) return fs.openSync(path, 'w');
  fs.writeFileSync(path, new Uint8Array(RAW_BYTES), { flush: true });
  return fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_DSYNC);
}

/** Blocking writes of one change each, as a program that does nothing else would make them. */
function rawRacer(name: string, path: string, kind: 'growing' | 'preallocated'): Racer {
  const fd = rawFile(path, kind === 'preallocated');
  let at = 0;
  return {
    name,
    async run(done) {
      do {
        fs.writeSync(fd, CHANGE, 0, CHANGE.length, at);
        if (kind === 'growing') fs.fdatasyncSync(fd);
        at += CHANGE.length;
      } while (!done(1));
    },
    close: async () => fs.closeSync(fd),
  };
}

function pooledRacer(name: string, path: string): Racer {
  const fd = rawFile(path, true);
  let at = 0;
  return {
    name,
    run: (done) =>
      new Promise<void>((resolve, reject) => {
        const next = (error: Error | null): void => {
          at += CHANGE.length;
          if (error) reject(error);
          else if (done(1)) resolve();
          else fs.write(fd, CHANGE, 0, CHANGE.length, at, next);
        };
        fs.write(fd, CHANGE, 0, CHANGE.length, at, next);
      }),
    close: async () => fs.closeSync(fd),
  };
}

/** Keeps so many changes on their way: as many new ones as have become durable follow at once. */
async function storeRacer(name: string, dir: string, outstanding: number, tuning: StoreTuning = {}): Promise<Racer> {
  const store = await openStore({ dir }, tuning);
  let listener: (id: number) => void = () => undefined;
  store.onDurable((id) => listener(id));
  const append = (count: number): void => {
    for (let i = 0; i < count; i++) store.append(store.appendedId + 1, 1, CHANGE);
  };
  const run = (done: (count: number) => boolean): Promise<void> =>
    new Promise((resolve) => {
      let last = store.durableId;
      let over = false;
      listener = (id) => {
        const count = id - last;
        last = id;
        over ||= done(count);
        if (!over) append(count);
        else if (id === store.appendedId) resolve();
      };
      append(outstanding);
    });
  return { name, run, close: () => store.close() };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
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
  for (let i = 0; i < 9; i++) {
    const start = performance.now();
    let count = 0;
    for (const _ of store.records()) count++;
    rates.push((count * 1000) / (performance.now() - start));
  }
  await store.close();
  return median(rates);
}

if (import.meta.main) {
  for (const { name, value, unit } of await run(process.argv[2])) {
    const digits = value < 100 ? 1 : 0;
    console.log(`${name.padEnd(48)}${value.toLocaleString('en', { maximumFractionDigits: digits }).padStart(12)} ${unit}`);
  }
}
