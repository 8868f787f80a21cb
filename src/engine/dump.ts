/** Dumps: a whole store as text, and a new store from such a text. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../model/database.ts';
import { DumpLoader, dumpDatabase, LoadError } from '../model/dump.ts';
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

/** When so much waits for the disk, in bytes, loading waits too. */
const MAX_WAITING = 1 << 24;

export interface Loaded {
  readonly collections: number;
  readonly things: number;
}

/**
 * Makes a store in `dir`, which must not hold one and is made when it is missing, from the lines of a dump. The store gets its place when all of it is on the disk,
 * so it is there whole or not at all. Rejects with LoadError for a faulty dump, with TiError when the store cannot be written.
 */
export async function loadDump(lines: AsyncIterable<string>, dir: string): Promise<Loaded> {
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
    const loaded = await loadInto(lines, draft);
    // All of it is in the checkpoint, so the log is not needed.
    await rename(join(draft, 'store'), join(dir, 'store'));
    await nodeFileSystem.syncDir(dir);
    return loaded;
  } finally {
    await rm(draft, { recursive: true, force: true });
    lock.release();
  }
}

async function loadInto(lines: AsyncIterable<string>, dir: string): Promise<Loaded> {
  const store = await openStore({ dir });
  const engine = new LocalEngine(store);
  try {
    let waiting = 0;
    const loader = new DumpLoader(engine.database, lazyCode, (id, scope, data) => {
      store.append(id, scope, data);
      waiting += data.length;
    });
    for await (const line of lines) {
      loader.add(line);
      if (waiting <= MAX_WAITING) continue;
      waiting = 0;
      await durable(engine);
    }
    loader.end();
    await engine.checkpoint();
    const collections = [...engine.database.collections.values()];
    return { collections: collections.length, things: collections.reduce((sum, { things }) => sum + things.size, 0) };
  } finally {
    await engine.leave();
  }
}

function durable(engine: LocalEngine): Promise<void> {
  const { lastChangeId } = engine;
  return new Promise((resolve, reject) => {
    engine.store.onFailure((reason) => reject(storeErr(reason)));
    engine.store.onDurable((id) => {
      if (id >= lastChangeId) resolve();
    });
    if (engine.durableId >= lastChangeId) resolve();
  });
}
