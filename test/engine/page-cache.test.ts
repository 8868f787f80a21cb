import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { verifyDatabase } from '../../src/model/verify.ts';
import { tempDirs } from '../storage/helpers.ts';
import { ask } from '../support.ts';

const tempDir = tempDirs();

/** In bytes; the things below take several times as much. */
const CACHE = 200_000;

test('a store with more things than may be in memory is filled, read, changed and opened again', async () => {
  const dir = tempDir();
  const { engine } = await openEngine({ dir, cacheSize: CACHE });
  for (let i = 0; i < 20; i++) {
    ask(engine, `.k${i} = range(300).map(|n| {n: n, text: 'some text', next: {v: n}}); nil;`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (engine.store.checkpointId < engine.lastChangeId) await engine.checkpoint();
  const settled = async (): Promise<void> => {
    for (let turns = 0; turns < 500 && engine.cache.isOver; turns++) await new Promise((resolve) => setImmediate(resolve));
  };
  await settled();
  expect(engine.cache.weight).toBeLessThanOrEqual(CACHE);
  expect(ask(engine, 'sum = 0; .each(|k, list| { sum += list.map(|t| t.next.v).sum(); }); sum;')).toBe(20 * 44_850);
  await settled();
  expect(engine.cache.weight).toBeLessThanOrEqual(CACHE);
  ask(engine, '.k7[100].next = .k3[5]; .k3[5].v = -1; .del("k2"); nil;');
  expect(ask(engine, '[.k7[100].next == .k3[5], refs(.k3[5]), .k7[100].next.v];')).toEqual([true, 2, -1]);
  await engine.close();

  const again = (await openEngine({ dir, cacheSize: CACHE })).engine;
  expect(ask(again, '[.k7[100].next == .k3[5], refs(.k3[5]), .k7[100].next.v, .has("k2"), .k19[299].next.v];')).toEqual([
    true,
    2,
    -1,
    false,
    299,
  ]);
  expect(verifyDatabase(again.database).problems).toEqual([]);
  await again.close();
});

test('while something waits for the values of a query, nothing leaves the memory', async () => {
  const { engine } = await openEngine({ dir: tempDir(), cacheSize: 1 });
  ask(engine, '.list = [1, 2]; .x = range(100).map(|n| {n:}); nil;');
  while (engine.store.checkpointId < engine.lastChangeId) await engine.checkpoint();
  engine.cache.valuesInUse++;
  ask(engine, '.x.map(|t| t.n).sum();');
  const { weight } = engine.cache;
  engine.cache.trim();
  expect(engine.cache.weight).toBe(weight);
  engine.cache.valuesInUse--;
  engine.cache.trim();
  expect(engine.cache.weight).toBe(0);
  await engine.close();
});

test('pages whose things have all left take no memory once the store knows', async () => {
  const { engine } = await openEngine({ dir: tempDir() });
  ask(engine, '.kept = {}; nil;');
  const checkpoint = async (): Promise<void> => {
    do await engine.checkpoint();
    while (engine.store.checkpointId < engine.lastChangeId);
  };
  await checkpoint();
  const things = [...engine.database.collections.values()].find((collection) => collection.name === 'stuff')?.things;
  if (things === undefined) throw new Error('there is no collection');
  const before = engine.cache.weight;
  for (let turn = 0; turn < 3; turn++) {
    ask(engine, '.list = range(1000).map(|n| {n:}); nil;');
    if (turn > 0) await checkpoint();
    ask(engine, '.del("list"); nil;');
    await checkpoint();
    expect([...things.loadedNumbers()].length).toBe(1);
    expect(engine.cache.weight).toBe(before);
  }
  expect(ask(engine, '.kept.list = range(100).map(|n| {n:}); .kept.list.map(|t| t.n).sum();')).toBe(4950);
  expect(verifyDatabase(engine.database).problems).toEqual([]);
  await engine.close();
});
