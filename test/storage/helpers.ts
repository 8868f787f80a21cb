/** What the tests of the store share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Store } from '../../src/storage/store.ts';

/** Returns a function that gives new folders, removed when the tests of the file are done. */
export function tempDirs(): () => string {
  const dirs: string[] = [];
  afterAll(() => {
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
  });
  return () => {
    const dir = mkdtempSync(join(tmpdir(), 'store-'));
    dirs.push(dir);
    return dir;
  };
}

/** Resolves when the store reports `id` as durable; rejects when it fails. */
export function durable(store: Store, id: number): Promise<void> {
  return new Promise((resolve, reject) => {
    if (store.durableId >= id) resolve();
    store.onDurable((done) => {
      if (done >= id) resolve();
    });
    store.onFailure((reason) => reject(new Error(reason)));
  });
}
