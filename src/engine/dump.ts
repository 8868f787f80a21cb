/** Dumps: a whole store as text, and a new store from such a text. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { DumpLoader, dumpDatabase, LoadError } from '../model/dump.ts';
import { UncountedRefs } from '../model/uncounted.ts';
import { nodeFileSystem } from '../storage/file-system.ts';
import { lockDir } from '../storage/lock.ts';
import { openStore } from '../storage/open.ts';
import { reasonOf, storeErr } from '../storage/store-error.ts';
import { LocalEngine } from './engine.ts';
import { lazyCode } from './toolchain.ts';

/**
 * The text of all that an engine has stored, in parts: byte strings. Valid while no query runs. Things come and go as its cache has room, if turns of the event
 * loop pass between the parts.
 */
export function* dumpEngine({ database, cache }: LocalEngine): Generator<string> {
  for (const part of dumpDatabase(database)) {
    cache.keepWithin();
    yield part;
  }
}

/** The lines of such a text of any database, for `loadDump`. */
export async function* linesOfDatabase(database: Database): AsyncGenerator<string> {
  for (const part of dumpDatabase(database)) yield* part.replace(/\n$/, '').split('\n');
}

/** Whether an error tells of a faulty dump; its message is a byte string. */
export const isLoadError = (error: unknown): error is LoadError => error instanceof LoadError;

/** About what things may take of the memory while a dump is loaded, in bytes. */
const CACHE = 1 << 26;
/** Such a part of that, in bytes of changes, goes into the store at once; less when it is many things. One change is a part of it. */
const BATCH = 1 / 8;
const SMALL_BATCH = 1 / 64;
const CHANGE = 1 / 256;

export interface Loaded {
  readonly collections: number;
  readonly things: number;
}

/**
 * Makes a store in `dir`, which must not hold one and is made when it is missing, from the lines of a dump. The store gets its place when all of it is on the disk,
 * so it is there whole or not at all. Things take about `cacheSize` bytes of memory meanwhile, and some four bytes each while something names them and they are
 * not there. Rejects with LoadError for a faulty dump, with TiError when the store cannot be written.
 */
export async function loadDump(lines: AsyncIterable<string>, dir: string, cacheSize = CACHE): Promise<Loaded> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (error) {
    throw storeErr(`cannot make \`${dir}\`: ${reasonOf(error)}`);
  }
  const lock = lockDir(dir, () => undefined);
  const draft = join(dir, '.load');
  try {
    const taken = (await readdir(dir)).find((name) => name === 'store' || name === 'log');
    if (taken !== undefined) throw storeErr(`\`${dir}\` holds a store already; load into an empty folder`);
    await rm(draft, { recursive: true, force: true });
    const loaded = await loadInto(lines, draft, cacheSize);
    // All of it is in the checkpoint, so the log is not needed.
    await rename(join(draft, 'store'), join(dir, 'store'));
    await nodeFileSystem.syncDir(dir);
    return loaded;
  } finally {
    await rm(draft, { recursive: true, force: true });
    lock.release();
  }
}

async function loadInto(lines: AsyncIterable<string>, dir: string, cacheSize: number): Promise<Loaded> {
  // Nobody sees the store before its checkpoint is on the disk.
  const store = await openStore({ dir, durability: 'async' });
  const engine = new LocalEngine(store, { cacheSize });
  const { database, cache } = engine;
  const unload = async (): Promise<void> => {
    await engine.checkpoint();
    cache.trim();
  };
  try {
    let waiting = 0;
    const apply = (id: number, scope: number, data: Uint8Array): void => {
      attachAll(engine);
      store.append(id, scope, data);
      waiting += data.length;
    };
    const loader = new DumpLoader(database, lazyCode, apply, cacheSize * CHANGE);
    for await (const line of lines) {
      loader.add(line);
      if (waiting < cacheSize * SMALL_BATCH || (waiting < cacheSize * BATCH && !cache.isOver)) continue;
      waiting = 0;
      await unload();
    }
    loader.end();
    for (const collection of database.collections.values()) {
      for (const id of collection.uncounted?.ids() ?? []) {
        if (!count(collection, id)) throw loader.refusal(`thing #${id} of collection \`${collection.name}\` is named, but is not there`);
        if (cache.isOver) await unload();
      }
    }
    await engine.checkpoint();
    const collections = [...database.collections.values()];
    return { collections: collections.length, things: collections.reduce((sum, { things }) => sum + things.size, 0) };
  } finally {
    await engine.leave();
  }
}

/** Has the things of new collections go into the store and come from there as memory allows. */
function attachAll({ database, cache }: LocalEngine): void {
  for (const collection of database.collections.values()) {
    if (collection.things.source !== null) continue;
    cache.attach(collection);
    collection.uncounted = new UncountedRefs();
  }
}

/** Gives a thing the references that were counted while it was not in memory; false when there is no such thing. */
function count(collection: Collection, id: number): boolean {
  const thing = collection.things.get(id);
  if (thing === undefined) return false;
  collection.touch(id);
  thing.refs += collection.uncounted?.take(id) ?? 0;
  return true;
}
