/** The database that a command works on itself: a store on disk, or one in memory that is gone with the process. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalEngine } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';
import { TiError } from '../errors.ts';
import { fileError, systemReason } from './exit.ts';
import { fromBytes, type Io, toBytes } from './io.ts';

export interface StoreOptions {
  /** Folder of the store; memory when left out. */
  readonly data?: string | undefined;
  /** Seconds that a query may take. */
  readonly timeout?: number | undefined;
  /** About how much memory things may take, in bytes. */
  readonly cacheSize?: number;
  /** As in `EngineOptions`. */
  readonly isInterrupted?: () => boolean;
}

/** Opens the store. Throws CliError when it cannot be used. */
export async function openStoreFor(options: StoreOptions, io: Pick<Io, 'err'>): Promise<LocalEngine> {
  try {
    const { engine } = await openEngine({
      dir: options.data ?? null,
      onWarning: (message) => io.err.write(toBytes(`thingsc: warning: ${message}\n`)),
      ...(options.timeout === undefined ? {} : { queryDurationError: options.timeout }),
      ...(options.cacheSize === undefined ? {} : { cacheSize: options.cacheSize }),
      ...(options.isInterrupted === undefined ? {} : { isInterrupted: options.isInterrupted }),
    });
    return engine;
  } catch (error) {
    if (error instanceof TiError) throw fileError(fromBytes(error.message));
    throw error;
  }
}

/** The folder, which must hold a store. Throws CliError. */
export function needStore(dir: string): string {
  if (!existsSync(join(dir, 'store'))) throw fileError(`there is no store in ${dir}`);
  return dir;
}

/** Passes on what an action gives. Rejects with CliError in place of TiError. */
export async function refused<T>(action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof TiError) throw fileError(fromBytes(error.message));
    throw error;
  }
}

/** Closes the store when all changes are safe. Throws CliError when they are not. */
export async function closeStore(engine: LocalEngine): Promise<void> {
  const { lastChangeId } = engine;
  let reason = '';
  await engine.close().catch((error: unknown) => {
    reason = error instanceof TiError ? fromBytes(error.message) : systemReason(error);
  });
  const { failure, durableId } = engine.store.status();
  if (reason === '' && failure === null && durableId >= lastChangeId) return;
  throw fileError(`the changes could not be saved: ${reason || failure || 'the store took no more'}`);
}
