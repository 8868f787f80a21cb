/** Checks a store that nobody has open: files, records, and what they say together. */
import { join } from 'node:path';
import { type Findings, verifyDatabase } from '../model/verify.ts';
import { checkpointFile } from '../storage/checkpoint.ts';
import { checkPages } from '../storage/lmdb-check.ts';
import { openStore } from '../storage/open.ts';
import { LocalEngine } from './engine.ts';
import { recovered } from './open.ts';

export interface Verified extends Findings {
  /** Of the last change. */
  readonly changeId: number;
  /** How many changes stand in the log, behind the checkpoint. */
  readonly logged: number;
}

/**
 * Opens a store as a server does, which compares all checksums and cuts off what a crash has left of a change that was not acknowledged, and checks what it
 * holds. Rejects with TiError when it cannot be opened: -51, or -1 for damage.
 */
export async function verifyStore(dir: string): Promise<Verified> {
  const store = await openStore({ dir });
  const engine = new LocalEngine(store);
  try {
    checkPages(checkpointFile(join(dir, 'store')), true);
    let logged = 0;
    for (const _ of store.log()) logged++;
    recovered(engine);
    return { ...verifyDatabase(engine.database), changeId: engine.database.changeId, logged };
  } finally {
    await engine.leave();
  }
}
