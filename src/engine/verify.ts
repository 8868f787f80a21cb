/** Checks a store that nobody has open: files, records, and what they say together. */
import { join } from 'node:path';
import { type Findings, verification } from '../model/verify.ts';
import { checkpointFile } from '../storage/checkpoint.ts';
import { checkPages } from '../storage/lmdb-check.ts';
import { openStore } from '../storage/open.ts';
import { LocalEngine } from './engine.ts';
import { recovered } from './open.ts';
import { defaultCacheSize } from './page-cache.ts';

/** Where things hold one another in no order, more is quicker. In bytes. */
const MAX_CACHE = 1 << 28;
/** So many things are looked at in one turn of the event loop. */
const STEPS_A_TURN = 4096;

export interface Verified extends Findings {
  /** Of the last change that the store has. */
  readonly changeId: number;
  /** How many changes stand in the log, behind the checkpoint. */
  readonly logged: number;
}

/**
 * Opens a store as a server does, which compares all checksums and cuts off what a crash has left of a change that was not acknowledged, and checks what it
 * holds. Things take about `cacheSize` bytes of memory meanwhile. Rejects with TiError when it cannot be opened: -51, or -1 for damage.
 */
export async function verifyStore(dir: string, cacheSize = Math.min(MAX_CACHE, defaultCacheSize())): Promise<Verified> {
  const store = await openStore({ dir });
  const engine = new LocalEngine(store, { cacheSize });
  try {
    checkPages(checkpointFile(join(dir, 'store')), true);
    let logged = 0;
    for (const _ of store.log()) logged++;
    recovered(engine);
    return { ...(await verifyEngine(engine)), changeId: engine.lastChangeId, logged };
  } finally {
    await engine.leave();
  }
}

/** Checks what an engine has stored; no query may run meanwhile. */
export async function verifyEngine({ database, cache }: LocalEngine): Promise<Findings> {
  const steps = verification(database);
  for (let count = 1; ; count++) {
    const { done, value } = steps.next();
    if (done === true) return value;
    cache.keepWithin();
    // Objects that a weak reference has led to are kept for as long as a turn of the event loop lasts.
    if (count % STEPS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
