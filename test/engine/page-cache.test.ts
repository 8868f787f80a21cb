import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { dumpEngine, loadDump } from '../../src/engine/dump.ts';
import { openEngine } from '../../src/engine/open.ts';
import { PageCache } from '../../src/engine/page-cache.ts';
import { verifyEngine, verifyStore } from '../../src/engine/verify.ts';
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

/** Fills a store with `lists` lists of things that hold one another, and gives its folder. */
async function filled(lists: number): Promise<string> {
  const dir = tempDir();
  const { engine } = await openEngine({ dir });
  const fill = [
    "set_type('B', {k: 'int'}); set_type('A', {text: 'str', bs: '{B}'}); mod_type('B', 'add', 'a', 'A?'); mod_type('B', 'rel', 'a', 'bs'); nil;",
    ...Array.from(
      { length: lists },
      (_, i) =>
        `.k${i} = range(300).map(|n| A{text: 'some text'}); .k${i}.each(|a| a.bs.add(B{k: 1}, B{k: 2})); .n${i} = .k${i}.map(|a| {a:}); nil;`,
    ),
  ];
  for (const code of fill) expect(ask(engine, code)).toBe(null);
  await engine.close();
  return dir;
}

test('a store is checked and dumped in no more memory than the cache may take', async () => {
  const dir = await filled(12);
  const { engine } = await openEngine({ dir, cacheSize: CACHE });
  const { cache } = engine;
  let most = 0;
  const noted = <T>(value: T): T => {
    most = Math.max(most, cache.weight);
    return value;
  };
  const keepWithin = cache.keepWithin.bind(cache);
  cache.keepWithin = () => noted(keepWithin());
  const { problems, things } = await verifyEngine(engine);
  expect([problems, things]).toEqual([[], 1 + 12 * 300 * 4]);
  const dump = [...dumpEngine(engine)].join('');
  // The last pages that came are not looked at until they are too many.
  expect(most).toBeLessThan(1.2 * CACHE);
  expect(most).toBeGreaterThan(CACHE / 2);
  await engine.leave();

  const { engine: whole } = await openEngine({ dir, cacheSize: Number.POSITIVE_INFINITY });
  expect([...dumpEngine(whole)].join('')).toBe(dump);
  expect(whole.cache.weight).toBeGreaterThan(5 * CACHE);
  await whole.leave();
  expect((await verifyStore(dir, CACHE)).problems).toEqual([]);
});

test('a dump is loaded with no more things in memory than the cache may take, whichever comes first of two that hold one another', async () => {
  const source = (await openEngine({ dir: await filled(12), cacheSize: Number.POSITIVE_INFINITY })).engine;
  ask(source, 'task(datetime(2100, 1, 1), |t| nil); .k0[0].bs.one().k = 7; nil;');
  const dump = [...dumpEngine(source)].join('');
  const { weight } = source.cache;
  await source.leave();

  let most = 0;
  let count = 0;
  const { trim } = PageCache.prototype;
  const spy = vi.spyOn(PageCache.prototype, 'trim').mockImplementation(function (this: PageCache, deadline?: number) {
    trim.call(this, deadline);
    // Those in the background end when their time is over.
    if (deadline !== undefined) return;
    most = Math.max(most, this.weight);
    count++;
  });
  const dir = tempDir();
  const load = (text: string): Promise<unknown> => loadDump(Readable.from(text.replace(/\n$/, '').split('\n')), dir, CACHE);
  expect(await load(dump)).toEqual({ collections: 1, things: 1 + 12 * 300 * 4 });
  spy.mockRestore();
  expect(most).toBeLessThanOrEqual(CACHE);
  expect(weight).toBeGreaterThan(5 * CACHE);
  expect(count).toBeGreaterThan(5);

  expect((await verifyStore(dir, CACHE)).problems).toEqual([]);
  const again = (await openEngine({ dir })).engine;
  const withoutChange = (text: string): string => text.replace(/^change \d+$/m, '');
  expect(withoutChange([...dumpEngine(again)].join(''))).toBe(withoutChange(dump));
  await again.close();
});
