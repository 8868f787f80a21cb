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
