/** Opens a database on disk or in memory. */
import { join } from 'node:path';
import { memoryStore } from '../storage/memory.ts';
import { openStore } from '../storage/open.ts';
import type { Durability } from '../storage/store.ts';
import { type EngineOptions, LocalEngine } from './engine.ts';

/** The file of a store's folder with the schedule of backups. */
const BACKUPS = 'backup-schedule.json';

export interface OpenOptions extends EngineOptions {
  /** Folder of the store; null for a database that lives in memory only. */
  readonly dir: string | null;
  readonly durability?: Durability;
}

/** What was opened, and whether it was made just now. */
export interface Opened {
  readonly engine: LocalEngine;
  readonly created: boolean;
}

/** Opens a database; an empty store gets the default user and collection. Rejects with TiError when the store cannot be used. */
export async function openEngine(options: OpenOptions): Promise<Opened> {
  const store =
    options.dir === null
      ? memoryStore()
      : await openStore({
          dir: options.dir,
          ...(options.durability === undefined ? {} : { durability: options.durability }),
          ...(options.onWarning === undefined ? {} : { onWarning: options.onWarning }),
        });
  const engine = new LocalEngine(store, options.dir === null ? options : { backupsFile: join(options.dir, BACKUPS), ...options });
  try {
    const found = engine.recover();
    if (!found) await engine.initialize();
    return { engine, created: !found };
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}
