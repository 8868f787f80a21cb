import { expect, test } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { verifyDatabase } from '../../src/model/verify.ts';
import { openStore } from '../../src/storage/open.ts';
import { durable, tempDirs } from '../storage/helpers.ts';

const tempDir = tempDirs();
const ADMIN = { user: { id: 1, name: 'admin' }, client: null, vars: null, scope: '//stuff' };
const COUNT = 50_000;
const MANY = `.list.extend(range(${COUNT}).map(|i| P{x: i})); nil;`;

const ask = (engine: LocalEngine, code: string): unknown => engine.query({ ...ADMIN, code }).value;
const things = (engine: LocalEngine) => engine.database.collectionByName('stuff').things;
const loadedPages = (engine: LocalEngine): number => [...things(engine).loadedNumbers()].length;
const loggedPages = (engine: LocalEngine): number => [...(things(engine).logged?.numbers() ?? [])].length;

/** Checkpoints are those of the tests, however slow the machine is. */
const OPTIONS = { checkpointChanges: Number.POSITIVE_INFINITY, checkpointWork: Number.POSITIVE_INFINITY };

async function opened(dir: string): Promise<LocalEngine> {
  const engine = new LocalEngine(await openStore({ dir }), OPTIONS);
  engine.recover();
  return engine;
}

/** Leaves the store as a process does that is killed. */
async function leave(engine: LocalEngine): Promise<void> {
  await durable(engine.store, engine.lastChangeId);
  await engine.store.close();
}

async function crashed(dir: string): Promise<LocalEngine> {
  const engine = new LocalEngine(await openStore({ dir }), OPTIONS);
  await engine.initialize('no password');
  ask(engine, "set_type('P', {x: 'int'}); .list = []; .n = 0; nil;");
  for (let i = 0; i < 2; i++) ask(engine, MANY);
  ask(engine, ".list.push(P{x: -1}); .n = 3; .name = 'text'; nil;");
  await leave(engine);
  return opened(dir);
}

const SUMMARY = `[.n, .name, .list.len(), .list[0].x, .list[${COUNT}].x, .list[2 * ${COUNT} - 1].x, .list[-1].x, refs(.list[77])];`;
const SUMMED = { items: [3, 'text', 2 * COUNT + 1, 0, 0, COUNT - 1, -1, 1] };

test('many new things come from the log when they are asked for', async () => {
  const engine = await crashed(tempDir());
  expect(things(engine).size).toBe(2 * COUNT + 2);
  expect(loadedPages(engine)).toBeLessThan(10);
  expect(loggedPages(engine)).toBeGreaterThan(COUNT / 20);
  expect(ask(engine, `.list[${COUNT} + 1000].x;`)).toBe(1000);
  expect(loadedPages(engine)).toBeLessThan(10);
  expect(ask(engine, SUMMARY)).toMatchObject(SUMMED);
  expect(ask(engine, '.list.reduce(|sum, p| sum + p.x, 0);')).toBe(COUNT * (COUNT - 1) - 1);
  expect(loggedPages(engine)).toBe(0);
  expect(verifyDatabase(engine.database).problems).toEqual([]);
  await engine.store.close();
});

test('a checkpoint writes them as they are', async () => {
  const dir = tempDir();
  let engine = await crashed(dir);
  const written = engine.checkpoint();
  // Not all at once.
  expect(things(engine).hidden.size).toBe(1);
  await written;
  expect(things(engine).hidden.size).toBe(0);
  expect(loadedPages(engine)).toBeLessThan(10);
  expect(loggedPages(engine)).toBe(0);
  expect(ask(engine, SUMMARY)).toMatchObject(SUMMED);
  await leave(engine);
  engine = await opened(dir);
  expect(ask(engine, SUMMARY)).toMatchObject(SUMMED);
  expect(verifyDatabase(engine.database).problems).toEqual([]);
  await engine.store.close();
});

test('what changes while a checkpoint is written is not lost', async () => {
  const dir = tempDir();
  let engine = await crashed(dir);
  const written = engine.checkpoint();
  for (let i = 0; i < 100; i++) {
    ask(engine, `.list[${i * 991}].x = -${i}; .list.push(P{x: ${i}});`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await written;
  await leave(engine);
  engine = await opened(dir);
  expect(ask(engine, '[.list.len(), .list[99 * 991].x, .list[50 * 991].x, .list[50 * 991 + 1].x, .list[-1].x];')).toMatchObject({
    items: [2 * COUNT + 101, -99, -50, 50 * 991 + 1, 99],
  });
  expect(verifyDatabase(engine.database).problems).toEqual([]);
  await engine.store.close();
});

test('a log that is read again and again, with changes behind each time', async () => {
  const dir = tempDir();
  let engine = await crashed(dir);
  for (let i = 0; i < 3; i++) {
    ask(engine, `.list[${COUNT} + 5].x += 1000000; .list.splice(10, 5); ${MANY}`);
    await leave(engine);
    engine = await opened(dir);
  }
  expect(ask(engine, `[.list.len(), .list[10].x, .list[${COUNT} - 10].x, .list[${COUNT} - 5].x, refs(.list[77])];`)).toMatchObject({
    items: [5 * COUNT + 1 - 15, 25, 1_000_005, 1_000_010, 1],
  });
  expect(verifyDatabase(engine.database).problems).toEqual([]);
  await engine.store.close();
});
