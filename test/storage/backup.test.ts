import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { restoreBackup } from '../../src/storage/backup.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { openStore } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/store.ts';
import { durable, tempDirs } from './helpers.ts';
import { appendToy, entries, readToy, toyRecords, toyState, turn } from './toy.ts';

const tempDir = tempDirs();

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
}

/** A store with so many changes, the first part of them in a checkpoint. */
async function filled(dir: string, changes: number, checkpointAt = changes): Promise<Store> {
  const store = await openStore({ dir });
  for (let id = 1; id <= changes; id++) appendToy(store, id);
  await store.checkpoint(checkpointAt, toyRecords(checkpointAt));
  await durable(store, changes);
  return store;
}

async function stateOf(dir: string): Promise<{ changeId: number; state: [string, string][] }> {
  const store = await openStore({ dir });
  const state = entries(readToy(store));
  await store.close();
  return { changeId: store.durableId, state };
}

async function makeBackup(): Promise<{ file: string; changeId: number }> {
  const store = await filled(tempDir(), 50);
  const file = join(tempDir(), 'backup.tar.gz');
  await store.backup(file);
  await store.close();
  return { file, changeId: 50 };
}

test('a backup that is made while changes and checkpoints go on holds the state of one change', async () => {
  const store = await filled(tempDir(), 200, 100);
  let id = store.appendedId;
  let done = false;
  const load = async (): Promise<void> => {
    while (!done) {
      for (let i = 0; i < 20; i++) appendToy(store, ++id);
      await turn();
      await store.checkpoint(id, toyRecords(id));
    }
  };
  const loading = load();
  const files = Array.from({ length: 4 }, (_, i) => join(tempDir(), `backup-${i}.tar.gz`));
  const infos = await Promise.all(files.map((file) => store.backup(file)));
  done = true;
  await loading;
  await store.close();
  for (const info of infos) {
    expect(info.changeId).toBeGreaterThanOrEqual(100);
    expect(info.bytes).toBe(statSync(info.file).size);
    const dir = tempDir();
    expect(await restoreBackup(info.file, dir)).toEqual(info);
    expect(await stateOf(dir)).toEqual({ changeId: info.changeId, state: entries(toyState(info.changeId)) });
  }
});

test('a restored store takes changes from where the backup stands', async () => {
  const { file, changeId } = await makeBackup();
  const dir = join(tempDir(), 'new', 'folder');
  await restoreBackup(file, dir);
  const store = await openStore({ dir });
  for (let id = changeId + 1; id <= changeId + 10; id++) appendToy(store, id);
  await store.close();
  expect(await stateOf(dir)).toEqual({ changeId: changeId + 10, state: entries(toyState(changeId + 10)) });
});

test('tar alone unpacks a backup into a store', async () => {
  const { file, changeId } = await makeBackup();
  const dir = tempDir();
  execFileSync('tar', ['-xzf', file, '-C', dir]);
  expect(readdirSync(dir).sort()).toEqual(['backup.json', 'store']);
  expect(await stateOf(dir)).toEqual({ changeId, state: entries(toyState(changeId)) });
});

test('an archive that tar has packed is restored', async () => {
  const { file, changeId } = await makeBackup();
  const unpacked = tempDir();
  execFileSync('tar', ['-xzf', file, '-C', unpacked]);
  const packed = join(tempDir(), 'again.tar.gz');
  execFileSync('tar', ['-czf', packed, '-C', unpacked, 'backup.json', 'store']);
  const dir = tempDir();
  await restoreBackup(packed, dir);
  expect((await stateOf(dir)).changeId).toBe(changeId);
});

test('nobody else may read a backup', async () => {
  const { file } = await makeBackup();
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a folder that holds a store is not overwritten', async () => {
  const { file } = await makeBackup();
  const dir = tempDir();
  await (await filled(dir, 3)).close();
  await expect(restoreBackup(file, dir)).rejects.toMatchObject({ code: -51, message: expect.stringContaining('is not empty') });
  expect(await stateOf(dir)).toEqual({ changeId: 3, state: entries(toyState(3)) });
});

test('a store that is open is not restored into', async () => {
  const { file } = await makeBackup();
  const dir = tempDir();
  const store = await openStore({ dir });
  await expect(restoreBackup(file, dir)).rejects.toMatchObject({ code: -51, message: expect.stringContaining('in use by this process') });
  await store.close();
});

test('a backup cut off anywhere, or with another byte at its end, is refused and leaves nothing', async () => {
  const { file } = await makeBackup();
  const bytes = readFileSync(file);
  const broken: Buffer[] = [];
  for (let i = 0; i < 12; i++) broken.push(bytes.subarray(0, Math.floor((bytes.length * i) / 12)));
  for (let back = 1; back <= 8; back++) broken.push(flipped(bytes, bytes.length - back));
  for (const content of broken) {
    const path = join(tempDir(), 'broken.tar.gz');
    writeFileSync(path, content);
    const dir = tempDir();
    await expect(restoreBackup(path, dir)).rejects.toMatchObject({ code: -1, message: expect.stringContaining(path) });
    expect(readdirSync(dir)).toEqual([]);
  }
});

test('another byte within a backup is refused, unless the content stays the same', async () => {
  const { file, changeId } = await makeBackup();
  const bytes = readFileSync(file);
  const content = gunzipSync(bytes);
  for (let i = 1; i < 16; i++) {
    const path = join(tempDir(), 'broken.tar.gz');
    const changed = flipped(bytes, Math.floor((bytes.length * i) / 16));
    writeFileSync(path, changed);
    const dir = tempDir();
    const outcome = await restoreBackup(path, dir).catch((error: unknown) => error);
    // Within a run of equal bytes, a changed reference to earlier ones may mean the same.
    if (!(outcome instanceof TiError)) expect(gunzipSync(changed).equals(content)).toBe(true);
    expect(outcome).toMatchObject(outcome instanceof TiError ? { code: -1, message: expect.stringContaining(path) } : { changeId });
  }
});

test('a record with a changed byte in a whole archive is refused', async () => {
  const { file } = await makeBackup();
  const tar = gunzipSync(readFileSync(file));
  // The value of a record of the toy state, long enough to be found in the page that holds it.
  const [, value] = entries(toyState(50)).find(([, text]) => text.length > 40) as [string, string];
  const at = tar.indexOf(value);
  expect(at).toBeGreaterThan(0);
  tar[at] = (tar[at] as number) ^ 1;
  const path = join(tempDir(), 'changed.tar.gz');
  writeFileSync(path, gzipSync(tar));
  const dir = tempDir();
  await expect(restoreBackup(path, dir)).rejects.toMatchObject({ code: -1, message: expect.stringContaining('wrong checksum') });
  expect(readdirSync(dir)).toEqual([]);
});

test('other archives and backups of a newer release are refused', async () => {
  const folder = tempDir();
  writeFileSync(join(folder, 'other.txt'), 'text');
  writeFileSync(join(folder, 'backup.json'), '{"format": 2}');
  const pack = (name: string): string => {
    const file = join(tempDir(), 'other.tar.gz');
    execFileSync('tar', ['-czf', file, '-C', folder, name]);
    return file;
  };
  await expect(restoreBackup(pack('other.txt'), tempDir())).rejects.toThrow('is no backup of this server');
  await expect(restoreBackup(pack('backup.json'), tempDir())).rejects.toMatchObject({
    code: -51,
    message: expect.stringContaining('newer'),
  });
  await expect(restoreBackup(join(folder, 'missing'), tempDir())).rejects.toThrow('ENOENT');
});

test('a backup that cannot be written leaves nothing, and the store goes on', async () => {
  const store = await filled(tempDir(), 5);
  const folder = tempDir();
  await expect(store.backup(join(folder, 'missing', 'backup.tar.gz'))).rejects.toMatchObject({ code: -51 });
  mkdirSync(join(folder, 'taken.tar.gz'));
  await expect(store.backup(join(folder, 'taken.tar.gz'))).rejects.toMatchObject({ code: -51 });
  expect(readdirSync(folder)).toEqual(['taken.tar.gz']);
  appendToy(store, 6);
  await store.close();
  expect(store.durableId).toBe(6);
});

test('a store that is closed waits for its backup', async () => {
  const store = await filled(tempDir(), 20);
  const file = join(tempDir(), 'backup.tar.gz');
  const backup = store.backup(file);
  await store.close();
  expect(existsSync(file)).toBe(true);
  expect((await backup).changeId).toBe(20);
  await expect(store.backup(file)).rejects.toThrow('closed');
});

test('a database in memory has no backup', async () => {
  await expect(memoryStore().backup('/nowhere')).rejects.toMatchObject({ code: -51 });
});
