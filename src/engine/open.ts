/** Opens a database on disk or in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErrorCode, TiError } from '../errors.ts';
import type { Database } from '../model/database.ts';
import { restoreBackup } from '../storage/backup.ts';
import { memoryStore } from '../storage/memory.ts';
import { openStore } from '../storage/open.ts';
import type { Durability } from '../storage/store.ts';
import { type EngineOptions, LocalEngine } from './engine.ts';
import { defaultCacheSize } from './page-cache.ts';

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

/** Reads the store of an engine; true when it held a database. Throws TiError: -1 for records with the right checksum that nobody can read all the same. */
export function recovered(engine: LocalEngine): boolean {
  try {
    return engine.recover();
  } catch (error) {
    if (error instanceof TiError) throw error;
    const why = error instanceof Error ? error.message : 'a record ends too early';
    throw new TiError(ErrorCode.INTERNAL, `the store is damaged: ${why}; restore it from a backup`);
  }
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
  const cacheSize = options.dir === null ? Number.POSITIVE_INFINITY : options.cacheSize || defaultCacheSize();
  const backups = options.dir === null ? {} : { backupsFile: join(options.dir, BACKUPS) };
  const engine = new LocalEngine(store, { ...backups, withBackup, ...options, cacheSize });
  try {
    const found = recovered(engine);
    if (!found) await engine.initialize();
    return { engine, created: !found };
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}

/** Unpacks a backup into a folder of its own and opens it there, for as long as `use` takes. */
async function withBackup(file: string, use: (backup: Database) => void): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'thingsdb-restore-'));
  try {
    await restoreBackup(file, dir);
    const { engine } = await openEngine({ dir });
    try {
      use(engine.database);
    } finally {
      await engine.store.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
