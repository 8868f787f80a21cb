import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/storage/open.ts';
import { tempDirs } from './helpers.ts';

const tempDir = tempDirs();
const onLinux = process.platform === 'linux';

/** Opens and closes the store, and gives the warnings. */
async function openOnce(dir: string): Promise<string[]> {
  const warnings: string[] = [];
  const store = await openStore({ dir, onWarning: (text) => warnings.push(text) });
  await store.close();
  return warnings;
}

test('the lock file holds the process id and goes with the store', async () => {
  const dir = tempDir();
  const store = await openStore({ dir });
  expect(readFileSync(join(dir, '.lock'), 'latin1')).toBe(String(process.pid));
  await store.close();
  expect(existsSync(join(dir, '.lock'))).toBe(false);
  expect(await openOnce(dir)).toEqual([]);
});

test('a second open in the same process is refused, also by another path, and harms nothing', async () => {
  const dir = tempDir();
  const link = join(tempDir(), 'link');
  symlinkSync(dir, link);
  const store = await openStore({ dir });
  for (const path of [dir, link]) {
    await expect(openStore({ dir: path })).rejects.toMatchObject({ code: -51, message: expect.stringContaining('in use by this process') });
  }
  store.append(1, 0, new Uint8Array(1));
  await store.close();
  const again = await openStore({ dir: link });
  expect(again.durableId).toBe(1);
  await again.close();
});

test('a live process that holds the lock is respected; when it was killed, the next one takes over with a warning', async () => {
  const dir = tempDir();
  const open = join(import.meta.dirname, '../../src/storage/open.ts');
  const code = `import(${JSON.stringify(open)}).then(async ({ openStore }) => {
    await openStore({ dir: ${JSON.stringify(dir)} });
    console.log('open');
    setInterval(() => undefined, 1000);
  });`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await expect(openStore({ dir })).rejects.toMatchObject({
    code: -51,
    message: expect.stringContaining(`in use by the process ${child.pid}`),
  });
  expect(readFileSync(join(dir, '.lock'), 'latin1')).toBe(String(child.pid));
  const dead = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await dead;
  expect(await openOnce(dir)).toEqual([expect.stringContaining(`left locked by a process that is gone (${child.pid})`)]);
  expect(await openOnce(dir)).toEqual([]);
});

test('a lock file without a process id, or of a process that is gone, is stale', async () => {
  for (const content of ['', 'no number', '4194305', '0', '-1']) {
    const dir = tempDir();
    writeFileSync(join(dir, '.lock'), content);
    expect(await openOnce(dir)).toHaveLength(1);
    expect(readdirSync(dir).sort()).toEqual(['log', 'store']);
  }
});

test.runIf(onLinux)('the id of a live process that does not hold the file is stale: ids are used again', async () => {
  for (const pid of [process.pid, process.ppid]) {
    const dir = tempDir();
    writeFileSync(join(dir, '.lock'), `${pid}\n`);
    expect(await openOnce(dir)).toHaveLength(1);
  }
});

test('a failed open leaves no lock', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'log'));
  writeFileSync(join(dir, 'log', '0000000001.log'), 'no store is there');
  for (let i = 0; i < 2; i++) await expect(openStore({ dir })).rejects.toMatchObject({ code: -1 });
  expect(existsSync(join(dir, '.lock'))).toBe(false);
});
