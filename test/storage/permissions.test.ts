/** A store that may not be read or written is refused with the reason, is not called damaged, and is left as it was. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/storage/open.ts';
import { durable, tempDirs } from './helpers.ts';
import { appendToy, toyRecords } from './toy.ts';

const tempDir = tempDirs();
const CHILD = new URL('./permissions-child.ts', import.meta.url).pathname;

function* paths(dir: string): Generator<string> {
  yield dir;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) yield* paths(join(dir, entry.name));
    else yield join(dir, entry.name);
  }
}

/** A store with a checkpoint and a log behind it, which anybody may use. */
async function sharedStore(): Promise<string> {
  const dir = tempDir();
  const store = await openStore({ dir });
  for (let id = 1; id <= 5; id++) appendToy(store, id);
  await durable(store, 5);
  await store.checkpoint(3, toyRecords(3));
  await store.close();
  allow(dir);
  return dir;
}

function allow(dir: string): void {
  for (const path of paths(dir)) chmodSync(path, statSync(path).isDirectory() ? 0o777 : 0o666);
}

const openAsOther = (dir: string): string => execFileSync(process.execPath, [CHILD, dir], { encoding: 'utf8' }).trim();

const logFile = (dir: string): string => join(dir, 'log', readdirSync(join(dir, 'log')).find((name) => name.endsWith('.log')) ?? '');

test.runIf(process.platform !== 'win32').each([
  ['the folder cannot be written', (dir: string) => chmodSync(dir, 0o555)],
  ['the folder of the checkpoint cannot be entered', (dir: string) => chmodSync(join(dir, 'store'), 0o600)],
  ['the checkpoint cannot be read', (dir: string) => chmodSync(join(dir, 'store', 'data.mdb'), 0o200)],
  ['the checkpoint cannot be written', (dir: string) => chmodSync(join(dir, 'store', 'data.mdb'), 0o444)],
  ['the folder of the log cannot be listed', (dir: string) => chmodSync(join(dir, 'log'), 0o300)],
  ['the log cannot be read', (dir: string) => chmodSync(logFile(dir), 0o200)],
  ['the log cannot be written', (dir: string) => chmodSync(logFile(dir), 0o444)],
])('%s', async (_, forbid) => {
  const dir = await sharedStore();
  forbid(dir);
  const told = openAsOther(dir);
  expect(told).toMatch(/^-51 cannot (?:open the store in|lock) .*(?:EACCES|[Pp]ermission denied)/);
  expect(told).not.toContain('damaged');
  allow(dir);
  const store = await openStore({ dir });
  expect(store.durableId).toBe(5);
  await store.close();
});
