import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { nodeFileSystem } from '../../src/storage/file-system.ts';
import { openStore, type StoreTuning } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/store.ts';
import { durable, tempDirs } from './helpers.ts';
import { appendToy, bytes, entries, readToy, text, toyRecords, toyState, turn } from './toy.ts';

const tempDir = tempDirs();

/** A file system that counts the writes to log files. */
function counting(): { writes: number; tuning: StoreTuning } {
  const counter = { writes: 0, tuning: {} };
  const count = <A extends unknown[], R>(call: (...args: A) => R) => {
    return (...args: A): R => {
      counter.writes++;
      return call(...args);
    };
  };
  const fileSystem = { ...nodeFileSystem, write: count(nodeFileSystem.write), writeSync: count(nodeFileSystem.writeSync) };
  counter.tuning = { fileSystem, inline: 'never' };
  return counter;
}

test('a new store is empty, and leaves no lock behind', async () => {
  const dir = join(tempDir(), 'new');
  const store = await openStore({ dir });
  expect([...store.records()]).toEqual([]);
  expect([...store.log()]).toEqual([]);
  expect(store.status()).toEqual({ appendedId: 0, durableId: 0, checkpointId: 0, logBytes: 0, logFiles: 0, failure: null });
  expect(existsSync(join(dir, '.lock'))).toBe(true);
  await store.close();
  expect(existsSync(join(dir, '.lock'))).toBe(false);
});

test('only one level of folders is made', async () => {
  await expect(openStore({ dir: join(tempDir(), 'a', 'b') })).rejects.toMatchObject({
    code: -51,
    message: expect.stringContaining('ENOENT'),
  });
});

test.each(['sync', 'async'] as const)('changes come back in order after a clean close (%s)', async (durability) => {
  const dir = tempDir();
  const far = 2 ** 53 - 1;
  let store = await openStore({ dir, durability });
  const buffer = bytes('reused');
  store.append(3, 0, buffer);
  buffer.fill(0);
  store.append(7, far, bytes(''));
  expect(store.appendedId).toBe(7);
  expect(store.durableId).toBe(0);
  await durable(store, 7);
  store.append(far, 1, new Uint8Array(200_000).fill(9));
  await store.close();

  store = await openStore({ dir, durability });
  const log = [...store.log()].map(({ id, scope, data }) => [id, scope, data.length > 100 ? data.length : text(data)]);
  expect(log).toEqual([
    [3, 0, 'reused'],
    [7, far, ''],
    [far, 1, 200_000],
  ]);
  expect([store.appendedId, store.durableId]).toEqual([far, far]);
  await store.close();
});

test('what was appended is written by close', async () => {
  const dir = tempDir();
  const store = await openStore({ dir });
  for (let id = 1; id <= 50; id++) appendToy(store, id);
  await store.close();
  const again = await openStore({ dir });
  expect(entries(readToy(again))).toEqual(entries(toyState(50)));
  await again.close();
});

test('wrong use is refused', async () => {
  const store = await openStore({ dir: tempDir() });
  for (const id of [0, -1, 1.5, Number.NaN, 2 ** 53]) expect(() => store.append(id, 0, bytes('x'))).toThrow(TiError);
  for (const scope of [-1, 1.5, 2 ** 53]) expect(() => store.append(1, scope, bytes('x'))).toThrow(TiError);
  store.append(4, 0, bytes('x'));
  expect(() => store.append(4, 0, bytes('x'))).toThrow('change 4 cannot follow change 4');
  expect(() => store.records()).toThrow('before the first change');
  expect(() => store.log()).toThrow('before the first change');
  await expect(store.checkpoint(5, [].values())).rejects.toThrow('no checkpoint at change 5');
  await store.close();
  await store.close();
  expect(() => store.append(5, 0, bytes('x'))).toThrow('closed');
  await expect(store.checkpoint(4, [].values())).rejects.toThrow('closed');
});

test('the changes of a turn share a write; those that come during a sync share the next', async () => {
  const meter = counting();
  const store = await openStore({ dir: tempDir() }, meter.tuning);
  const heard: number[] = [];
  store.onDurable((id) => heard.push(id));
  for (let id = 1; id <= 100; id++) appendToy(store, id);
  expect(meter.writes).toBe(0);
  await durable(store, 100);
  expect(meter.writes).toBe(1);
  appendToy(store, 101);
  await turn();
  expect(meter.writes).toBe(2);
  for (let id = 102; id <= 150; id++) appendToy(store, id);
  await durable(store, 150);
  expect(meter.writes).toBe(3);
  expect(heard).toEqual([100, 101, 150]);
  await store.close();
});

test('what comes in over a few turns in numbers is written together', async () => {
  const meter = counting();
  const store = await openStore({ dir: tempDir() }, meter.tuning);
  appendToy(store, 1);
  await durable(store, 1);
  expect(meter.writes).toBe(1);
  for (let id = 2; id <= 31; id++) {
    appendToy(store, id);
    if (id % 10 === 1) await turn();
  }
  expect(meter.writes).toBe(1);
  await durable(store, 31);
  expect(meter.writes).toBe(2);
  // However many come, they do not wait for long.
  let id = 31;
  for (let n = 0; n < 12 && meter.writes === 2; n++) {
    for (let k = 0; k < 10; k++) appendToy(store, ++id);
    await turn();
  }
  expect(meter.writes).toBe(3);
  await store.close();
});

test('a listener may append', async () => {
  const store = await openStore({ dir: tempDir() }, { inline: 'always' });
  store.onDurable((id) => {
    if (id < 30) appendToy(store, id + 1);
  });
  appendToy(store, 1);
  await durable(store, 30);
  await store.close();
});

test.each(['sync', 'async'] as const)('segments roll over by size, and go with a checkpoint (%s)', async (durability) => {
  const dir = tempDir();
  const store = await openStore({ dir, durability }, { segmentBytes: 1000 });
  for (let id = 1; id <= 40; id++) {
    appendToy(store, id);
    await durable(store, id);
  }
  const files = readdirSync(join(dir, 'log')).filter((name) => name.endsWith('.log'));
  expect(files.length).toBeGreaterThan(3);
  expect(store.status().logFiles).toBe(files.length);
  await store.checkpoint(25, toyRecords(25));
  expect(store.checkpointId).toBe(25);
  expect(store.status().logFiles).toBeLessThan(files.length);
  await store.close();
  const again = await openStore({ dir });
  expect(again.checkpointId).toBe(25);
  expect(entries(readToy(again))).toEqual(entries(toyState(40)));
  await again.close();
});

test('a record larger than a segment', async () => {
  const dir = tempDir();
  const store = await openStore({ dir }, { segmentBytes: 1000 });
  store.append(1, 0, bytes('small'));
  await durable(store, 1);
  store.append(2, 0, new Uint8Array(6 << 20).fill(1));
  store.append(3, 0, bytes('small'));
  await durable(store, 3);
  store.append(4, 0, bytes('small'));
  await store.close();
  const again = await openStore({ dir });
  expect([...again.log()].map(({ id, data }) => [id, data.length])).toEqual([
    [1, 5],
    [2, 6 << 20],
    [3, 5],
    [4, 5],
  ]);
  await again.close();
});

test('spare files are made ahead, used, reused after a checkpoint, and removed at the end', async () => {
  const dir = tempDir();
  const segmentBytes = 8192;
  const store = await openStore({ dir }, { segmentBytes, spareAfterSyncs: 2 });
  const sizes = (): number[] => readdirSync(join(dir, 'log')).map((name) => statSync(join(dir, 'log', name)).size);
  let id = 0;
  const some = async (count: number): Promise<void> => {
    for (const end = id + count; id < end; ) {
      appendToy(store, ++id);
      await durable(store, id);
    }
  };
  await some(20);
  while (!sizes().includes(segmentBytes)) await some(1);
  await some(200);
  expect(sizes().filter((size) => size === segmentBytes).length).toBeGreaterThan(2);
  await store.checkpoint(id, toyRecords(id));
  // One of the dropped segments is the next spare file.
  expect(readdirSync(join(dir, 'log'))).toEqual(['standby.tmp']);
  await some(150);
  await store.close();
  expect(readdirSync(join(dir, 'log'))).not.toContain('standby.tmp');
  const again = await openStore({ dir });
  expect(entries(readToy(again))).toEqual(entries(toyState(id)));
  await again.close();
}, 30_000);

test('a foreign file in the log folder does no harm, a leftover spare file goes', async () => {
  const dir = tempDir();
  await (await openStore({ dir })).close();
  writeFileSync(join(dir, 'log', 'notes.txt'), 'mine');
  writeFileSync(join(dir, 'log', 'standby.tmp'), 'left by a crash');
  const store = await openStore({ dir });
  expect(readdirSync(join(dir, 'log'))).toEqual(['notes.txt']);
  await store.close();
});

type Op = { kind: 'append'; count: number } | { kind: 'wait' | 'turn' | 'reopen' | 'checkpoint' };

const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'wait' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'turn' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'checkpoint' as const }) },
);

test('any course of appends, checkpoints and restarts gives the same state as the changes', async () => {
  const settings = fc.record({
    durability: fc.constantFrom('sync' as const, 'async' as const),
    inline: fc.constantFrom('always' as const, 'never' as const, (changes: number) => changes % 2 === 1),
    segmentBytes: fc.constantFrom(500, 3000, 1 << 20),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(op, { maxLength: 40 }), settings, async (ops, { durability, ...tuning }) => {
      const dir = tempDir();
      const open = (): Promise<Store> => openStore({ dir, durability }, { ...tuning, spareAfterSyncs: 3 });
      let store = await open();
      let checkpoint: Promise<void> | null = null;
      for (const step of ops) {
        if (step.kind === 'append') {
          for (let i = 0; i < step.count; i++) appendToy(store, store.appendedId + 1);
        } else if (step.kind === 'wait') await durable(store, store.appendedId);
        else if (step.kind === 'turn') await turn();
        else if (step.kind === 'checkpoint') {
          await checkpoint;
          checkpoint = store.checkpoint(store.appendedId, toyRecords(store.appendedId));
        } else {
          const { appendedId } = store;
          await store.close();
          await checkpoint;
          checkpoint = null;
          store = await open();
          expect(store.appendedId).toBe(appendedId);
          expect(entries(readToy(store))).toEqual(entries(toyState(appendedId)));
        }
      }
      await store.close();
    }),
    { numRuns: 40 },
  );
}, 20_000);
