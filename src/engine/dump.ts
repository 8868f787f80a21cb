/** Dumps: a whole store as text, and a new store from such a text. */
import type { Database } from '../model/database.ts';
import { DumpLoader, dumpDatabase, LoadError } from '../model/dump.ts';
import { openStore } from '../storage/open.ts';
import { storeErr } from '../storage/store-error.ts';
import { LocalEngine } from './engine.ts';
import { recovered } from './open.ts';
import { lazyCode } from './toolchain.ts';

/** The text of all that an engine has stored, in parts: byte strings. Valid while no query runs. */
export const dumpEngine = (engine: LocalEngine): Generator<string> => dumpDatabase(engine.database);

/** The lines of such a text of any database, for `loadDump`. */
export async function* linesOfDatabase(database: Database): AsyncGenerator<string> {
  for (const part of dumpDatabase(database)) yield* part.replace(/\n$/, '').split('\n');
}

/** Whether an error tells of a faulty dump; its message is a byte string. */
export const isLoadError = (error: unknown): error is LoadError => error instanceof LoadError;

/** When so much waits for the disk, in bytes, loading waits too. */
const MAX_WAITING = 1 << 24;

/**
 * Makes a store in `dir`, which must not hold one, from the lines of a dump. Rejects with LoadError for a faulty dump, with TiError when the store cannot be
 * written; what there is of the store then is for the caller to remove.
 */
export async function loadDump(lines: AsyncIterable<string>, dir: string): Promise<LocalEngine> {
  const store = await openStore({ dir });
  try {
    const engine = new LocalEngine(store);
    if (recovered(engine) || store.appendedId > 0) throw storeErr(`\`${dir}\` holds a store already; load into an empty folder`);
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
    return engine;
  } catch (error) {
    await store.close();
    throw error;
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
