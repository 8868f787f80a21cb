/**
 * Takes memory from the system before queries need it.
 *
 * Memory that a process has never touched costs its first user a page fault for each 4 KiB: a fraction of a microsecond on bare metal, 10 to 90 µs on a
 * virtual machine. So the first queries that make long lists or many things would take several times as long as later ones. What is touched here
 * is given back to V8 at once, which keeps it for what comes: see the flags in `bin/launch.mjs`.
 */
import { totalmem } from 'node:os';
import { getHeapSpaceStatistics } from 'node:v8';

const KIB = 1024;
const MIB = 1024 * KIB;
const SLOT_BYTES = 8;

/** Most of what is taken when nobody says how much, and the share of the machine's memory that is never exceeded then. */
const DEFAULT_BYTES = 160 * MIB;
const DEFAULT_SHARE = 1 / 32;

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
/** Small enough to be in the space of young objects. */
const SMALL_BYTES = 16 * KIB;
const SMALL_IN_STEP = MIB / SMALL_BYTES;

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

/** What the space of young objects has room for, in bytes. There are two such spaces. */
function youngBytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return space === undefined ? 0 : space.space_used_size + space.space_available_size;
}

/** Touches so many bytes, a little at each step. */
function* steps(bytes: number, young: number): Generator<void> {
  // Young objects move between the two spaces. They come last: they have what was large before given back.
  const small = Math.min(bytes, young * 2);
  let left = bytes - small;
  for (const { bytes: size, count } of LARGE) {
    for (let i = 0; i < count && left >= size; i++, left -= size) yield touch(size);
  }
  // A little more, so that the second space is filled too.
  for (let done = 0; done < small * 1.2; done += MIB) {
    for (let i = 0; i < SMALL_IN_STEP; i++) touch(SMALL_BYTES);
    yield;
  }
  touched.list = null;
}

/**
 * Takes about `bytes` of memory, in the time that the event loop has to spare; -1: as much as is good for most. Resolves when that is done. Keeps no
 * process alive.
 */
export function warmMemory(bytes: number): Promise<void> {
  const young = youngBytes();
  if (young < LEAST_YOUNG) return Promise.resolve();
  const work = steps(bytes < 0 ? defaultWarmMemory() : bytes, young);
  return new Promise((resolve) => {
    const step = (): void => {
      if (work.next().done === true) resolve();
      else setTimeout(step, 1).unref();
    };
    setTimeout(step, 1).unref();
  });
}
