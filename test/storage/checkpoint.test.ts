import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CheckpointStep, openStore } from '../../src/storage/open.ts';
import type { Key } from '../../src/storage/store.ts';
import { durable, tempDirs } from './helpers.ts';
import { appendToy, bytes, entries, readToy, text, toyRecords, toyState, turn } from './toy.ts';

const tempDir = tempDirs();

type Records = readonly (readonly [string, string | null])[];

function source(records: Records): Iterator<readonly [Key, Uint8Array | null]> {
  return records.map(([key, value]) => [bytes(key), value === null ? null : bytes(value)] as const).values();
}

/** The records of the store in this folder, opened anew. */
async function stored(dir: string): Promise<[string, string][]> {
  const store = await openStore({ dir });
  try {
    return Array.from(store.records(), ([key, value]) => [text(key), text(value)]);
  } finally {
    await store.close();
  }
}

test('records come in key order, later ones replace earlier ones, null removes', async () => {
  const dir = tempDir();
  const store = await openStore({ dir });
  const first: Records = [
    ['b', '2'],
    ['a\xff', ''],
    ['a', '1'],
    ['\x00', 'zero'],
    ['b', '3'],
    ['gone', 'x'],
    ['never', null],
  ];
  await store.checkpoint(0, source(first));
  store.append(9, 0, bytes('x'));
  await store.checkpoint(9, source([['gone', null]]));
  expect(store.checkpointId).toBe(9);
  await store.close();
  const sorted = [
    ['\x00', 'zero'],
    ['a', '1'],
    ['a\xff', ''],
    ['b', '3'],
  ];
  expect(await stored(dir)).toEqual(sorted);
});

test('any keys and values come back, and stay what they were while more are read', async () => {
  const blob = (max: number) => fc.uint8Array({ maxLength: max });
  const records = fc.uniqueArray(
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 1978 }), fc.oneof(blob(60), blob(5000), blob(400_000))),
    {
      selector: ([key]) => text(key),
      maxLength: 40,
    },
  );
  await fc.assert(
    fc.asyncProperty(records, async (all) => {
      const dir = tempDir();
      let store = await openStore({ dir });
      await store.checkpoint(0, all.values());
      await store.close();
      store = await openStore({ dir });
      const found = new Map(Array.from(store.records()).map(([key, value]) => [text(key), Buffer.from(value)]));
      await store.close();
      expect(found.size).toBe(all.length);
      for (const [key, value] of all) expect(found.get(text(key))?.equals(value)).toBe(true);
    }),
    { numRuns: 25 },
  );
}, 20_000);

test('bad keys and a failing source leave the old checkpoint, and the next one works', async () => {
  const dir = tempDir();
  const store = await openStore({ dir });
  await store.checkpoint(0, source([['a', '1']]));
  store.append(1, 0, bytes('x'));
  for (const key of ['', 'k'.repeat(1979)]) {
    await expect(
      store.checkpoint(
        1,
        source([
          ['b', '2'],
          [key, 'x'],
        ]),
      ),
    ).rejects.toThrow('a key has');
  }
  const failing = (function* (): Generator<readonly [Key, Uint8Array]> {
    yield [bytes('c'), bytes('3')];
    throw new Error('no more');
  })();
  await expect(store.checkpoint(1, failing)).rejects.toThrow('no more');
  expect(store.checkpointId).toBe(0);
  expect(store.status().failure).toBe(null);
  const copy = join(tempDir(), 'copy');
  cpSync(dir, copy, { recursive: true });
  expect(await stored(copy)).toEqual([['a', '1']]);
  await store.checkpoint(1, source([['d', '4']]));
  await store.close();
  expect(await stored(dir)).toEqual([
    ['a', '1'],
    ['d', '4'],
  ]);
});

test('one at a time', async () => {
  const store = await openStore({ dir: tempDir() });
  const first = store.checkpoint(0, source([['a', '1']]));
  await expect(store.checkpoint(0, source([]))).rejects.toThrow('already');
  await first;
  await store.checkpoint(0, source([]));
  await store.close();
});

test('the event loop turns, and changes become durable, while a large one is made', async () => {
  const dir = tempDir();
  const store = await openStore({ dir }, { sliceMs: 0.2 });
  appendToy(store, 1);
  let turns = 0;
  let pulled = 0;
  let last = 1;
  const progress: number[] = [];
  const many = (function* (): Generator<readonly [Key, Uint8Array]> {
    for (; pulled < 30_000; pulled++) yield [bytes(`key ${pulled}`), bytes('value')];
    yield* toyRecords(1) as Generator<readonly [Key, Uint8Array]>;
  })();
  let running = true;
  const checkpoint = store.checkpoint(1, many).finally(() => {
    running = false;
  });
  while (running) {
    await turn();
    turns++;
    if (pulled < 30_000 && store.durableId === last) {
      progress.push(last);
      appendToy(store, ++last);
    }
  }
  await checkpoint;
  expect(turns).toBeGreaterThan(20);
  expect(progress.length).toBeGreaterThan(3);
  await store.close();
  const again = await openStore({ dir });
  expect([again.checkpointId, again.durableId]).toEqual([1, last]);
  expect(Array.from(again.log(), ({ id }) => id)).toEqual(Array.from({ length: last - 1 }, (_, i) => i + 2));
  await again.close();
});

test('close waits for a running checkpoint', async () => {
  const dir = tempDir();
  const store = await openStore({ dir });
  appendToy(store, 1);
  const checkpoint = store.checkpoint(1, toyRecords(1));
  await store.close();
  await checkpoint;
  const again = await openStore({ dir });
  expect(again.checkpointId).toBe(1);
  await again.close();
});

test.each(['begin', 'drained', 'before commit', 'committed', 'dropped'] as CheckpointStep[])(
  'a crash or failure at the step "%s" leaves the old or the new checkpoint with the log that fits',
  async (crash) => {
    const dir = tempDir();
    const copy = join(tempDir(), 'copy');
    let armed = false;
    const onCheckpointStep = (step: CheckpointStep): void => {
      if (!armed || step !== crash) return;
      cpSync(dir, copy, { recursive: true });
      throw new Error('stop here');
    };
    const store = await openStore({ dir }, { segmentBytes: 1000, onCheckpointStep });
    for (let id = 1; id <= 20; id++) {
      appendToy(store, id);
      if (id % 4 === 0) await durable(store, id);
    }
    await store.checkpoint(9, toyRecords(9));
    armed = true;
    await expect(store.checkpoint(18, toyRecords(18))).rejects.toThrow('stop here');
    const isNew = crash === 'committed' || crash === 'dropped';
    for (let id = 21; id <= 25; id++) appendToy(store, id);
    await store.close();
    for (const [place, last] of [
      [copy, 20],
      [dir, 25],
    ] as const) {
      const again = await openStore({ dir: place });
      expect(again.checkpointId).toBe(isNew ? 18 : 9);
      expect(again.durableId).toBe(last);
      expect(entries(readToy(again))).toEqual(entries(toyState(last)));
      await again.close();
    }
  },
);

test('a flipped bit in a record is found, and named by its key', async () => {
  const dir = tempDir();
  const store = await openStore({ dir });
  const value = 'this text is easily found in the file';
  await store.checkpoint(
    0,
    source([
      ['a', 'fine'],
      ['the key', value],
      ['z', 'fine'],
    ]),
  );
  await store.close();
  const file = join(dir, 'store', 'data.mdb');
  const good = readFileSync(file);
  for (const place of [good.indexOf(value) + 5, good.indexOf(value) - 2, good.indexOf('the key') + 2]) {
    const bad = Buffer.from(good);
    bad[place] = (bad[place] ?? 0) ^ 4;
    writeFileSync(file, bad);
    const key = Buffer.from(bad.subarray(good.indexOf('the key'), good.indexOf('the key') + 7)).toString('hex');
    await expect(stored(dir)).rejects.toMatchObject({ code: -1, message: expect.stringContaining(`the key ${key} has a wrong checksum`) });
  }
  writeFileSync(file, good);
  expect(await stored(dir)).toHaveLength(3);
});

test('a store of a newer format, a damaged description and a foreign file are refused', async () => {
  const dir = tempDir();
  const store = await openStore({ dir });
  await store.checkpoint(0, source([]));
  await store.close();
  const file = join(dir, 'store', 'data.mdb');
  const good = readFileSync(file);
  const edited = async (change: (all: Buffer, meta: number) => void): Promise<void> => {
    const bad = Buffer.from(good);
    for (let at = bad.indexOf('TICKPR\r\n'); at >= 0; at = bad.indexOf('TICKPR\r\n', at + 8)) change(bad, at);
    writeFileSync(file, bad);
    await stored(dir);
  };
  await expect(edited((all, meta) => all.writeUInt32LE(3, meta + 8))).rejects.toMatchObject({
    code: -51,
    message: expect.stringContaining('format 3, written by a newer release'),
  });
  await expect(edited((all, meta) => all.writeUInt8(1, meta + 30))).rejects.toThrow('wrong checksum');
  await expect(edited((all) => all.fill(0x55))).rejects.toThrow('no LMDB file');
  await expect(edited((all) => all.fill(0, 4096, 8192))).rejects.toThrow('no LMDB file');
  writeFileSync(file, good);
  expect(await stored(dir)).toEqual([]);
});

test('a log without its checkpoint is refused', async () => {
  const dir = tempDir();
  const store = await openStore({ dir });
  appendToy(store, 1);
  await store.close();
  rmSync(join(dir, 'store'), { recursive: true });
  await expect(stored(dir)).rejects.toThrow('there is a log that continues it');
});
