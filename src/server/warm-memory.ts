/**
 * Takes memory from the system before queries need it.
 *
 * Memory that a process has never touched costs its first user a page fault for each 4 KiB: a fraction of a microsecond on bare metal, 10 to 90 µs on a
 * virtual machine. So the first queries that make long lists or many things would take several times as long as later ones. What is touched here
 * is given back to V8 at once, which keeps it for what comes: see the flags in `bin/launch.mjs`.
 *
 * V8 keeps the memory of small objects for all threads of the process, so a thread of its own touches that: it takes what it needs, and what it had is kept when
 * it ends. Memory of large objects is kept for the thread that had it, so the event loop touches that, in the time it has to spare.
 */
import { totalmem } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';

const KIB = 1024;
const MIB = 1024 * KIB;
const SLOT_BYTES = 8;

/** Most of what is taken when nobody says how much, and the share of the machine's memory that is never exceeded then. */
const DEFAULT_BYTES = 192 * MIB;
const DEFAULT_SHARE = 1 / 32;
/** The part that is for large objects. */
const LARGE_SHARE = 0.5;

/** With less room for young objects the process was not started for this. */
const LEAST_YOUNG = 16 * MIB;

/**
 * Lists that are too large for the space of young objects, in the order of their sizes, so that none of them takes the place that one before had.
 * One may later serve a smaller list.
 */
const LARGE: readonly { readonly bytes: number; readonly count: number }[] = [
  { bytes: 256 * KIB, count: 56 },
  { bytes: 512 * KIB, count: 32 },
  { bytes: 832 * KIB, count: 40 },
  { bytes: 1280 * KIB, count: 24 },
];

/** The thread starts when the event loop spent less than this share of so many ms on work: it takes a processor for half a second. */
const IDLE_SHARE = 0.1;
const IDLE_MS = 500;

const SMALL_BYTES = 16 * KIB;
const SMALL_IN_STEP = MIB / SMALL_BYTES;

/** What the thread does, in the time that no other needs (elsewhere than on Linux a priority is that of the process): it has so much in small objects when it ends. */
const KEEP_SMALL = `
const { bytes, size } = require('node:worker_threads').workerData;
if (process.platform === 'linux') require('node:os').setPriority(19);
const kept = [];
for (let left = bytes; left > 0; left -= 8 * size) kept.push(new Array(size).fill(0));
`;

/** Holds what was touched last, so that it is really made. */
const touched: { list: unknown } = { list: null };

function touch(bytes: number): void {
  // The header, and some room for what V8 adds to a page.
  touched.list = new Array(bytes / SLOT_BYTES - 64).fill(0);
}

function machineBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** What is taken when nobody says how much, in bytes. */
export const defaultWarmMemory = (): number => Math.min(DEFAULT_BYTES, machineBytes() * DEFAULT_SHARE);

/** What the space of young objects may have, in bytes. */
function youngBytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return space === undefined ? 0 : space.space_used_size + space.space_available_size;
}

/** Makes large lists of so many bytes together, a little at each step. */
function* largeLists(bytes: number): Generator<void> {
  let left = bytes;
  for (const { bytes: size, count } of LARGE) {
    for (let i = 0; i < count && left >= size; i++, left -= size) yield touch(size);
  }
}

/** Makes small lists of so many bytes together, and some more, a little at each step. With enough to fill the space of young objects, what was large before is given back. */
function* smallLists(bytes: number): Generator<void> {
  for (let done = 0; done < bytes * 1.2; done += MIB) {
    for (let i = 0; i < SMALL_IN_STEP; i++) touch(SMALL_BYTES);
    yield;
  }
  touched.list = null;
}

/** Takes the steps, one each time the event loop has nothing else to do. */
async function inIdleTime(steps: Iterable<void>): Promise<void> {
  for (const _ of steps) await setTimeout(1, undefined, { ref: false });
}

/** Resolves when hardly anything was to be done for a while. */
async function idle(): Promise<void> {
  for (;;) {
    const before = performance.eventLoopUtilization();
    await setTimeout(IDLE_MS, undefined, { ref: false });
    if (performance.eventLoopUtilization(before).utilization < IDLE_SHARE) return;
  }
}

/** Takes so much memory for small objects, and gives it to the whole process. */
function warmElsewhere(bytes: number): Promise<void> {
  return new Promise<void>((resolve) => {
    const worker = new Worker(KEEP_SMALL, { eval: true, workerData: { bytes, size: SMALL_BYTES / SLOT_BYTES }, execArgv: [], env: {} });
    worker.unref();
    worker.on('error', () => resolve());
    worker.on('exit', () => resolve());
  });
}

/**
 * Takes about `bytes` of memory, without holding anything up; -1: as much as is good for most. Resolves when that is done. Keeps no process alive.
 */
export async function warmMemory(bytes: number): Promise<void> {
  const young = youngBytes();
  if (young < LEAST_YOUNG || bytes === 0) return;
  const all = bytes < 0 ? defaultWarmMemory() : bytes;
  const large = all * LARGE_SHARE;
  // There are two spaces of young objects, between which those move that are still in use.
  const small = Math.min(all - large, 2 * young);
  await inIdleTime(largeLists(large));
  await inIdleTime(smallLists(small));
  const more = all - large - small;
  if (more <= 0) return;
  await idle();
  // Its garbage collector has two spaces of young objects too, which come on top of what it keeps.
  await warmElsewhere(more);
  // With a thread V8 also gives back what it kept of large lists.
  await inIdleTime(largeLists(large));
  await inIdleTime(smallLists(small));
}
