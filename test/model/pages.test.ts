import { expect, test } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { verifyDatabase } from '../../src/model/verify.ts';
import { openStore } from '../../src/storage/open.ts';
import { durable, tempDirs } from '../storage/helpers.ts';

const tempDir = tempDirs();
const ADMIN = { user: { id: 1, name: 'admin' }, client: null, vars: null, scope: '//stuff' };

test('things of a page that is brought by the id of one of them are the objects that others name', async () => {
  const dir = tempDir();
  const engine = new LocalEngine(await openStore({ dir }));
  await engine.initialize('no password');
  const link = 'range(99).each(|i| .list[i].other = .list[i + 1]); nil;';
  engine.query({ ...ADMIN, code: `.list = range(100).map(|i| {n: i}); ${link}` });
  await engine.checkpoint();
  // Behind the checkpoint: recovery finds the things by their ids, before anything has named them.
  for (const i of [60, 61, 62]) engine.query({ ...ADMIN, code: `.list[${i}].n = -${i};` });
  await durable(engine.store, engine.lastChangeId);
  await engine.store.close();
  const again = new LocalEngine(await openStore({ dir }));
  again.recover();
  const { value } = again.query({ ...ADMIN, code: '[.list[60].n, .list[60].other.n, .list[61].other.n];' });
  expect(value).toMatchObject({ items: [-60, -61, -62] });
  expect(verifyDatabase(again.database).problems).toEqual([]);
  await again.store.close();
});

/** A store whose list of things has grown since its checkpoint, at the end and in the middle; it was not closed well. */
async function grown(dir: string): Promise<void> {
  const engine = new LocalEngine(await openStore({ dir }));
  await engine.initialize('no password');
  engine.query({ ...ADMIN, code: '.list = range(5000).map(|i| {n: i}); .other = 1; nil;' });
  await engine.checkpoint();
  engine.query({ ...ADMIN, code: '.list.push({n: 5000}); .list.extend([{n: 5001}, .list[4000]]); .list.splice(1, 0, {n: -1});' });
  await durable(engine.store, engine.lastChangeId);
  await engine.store.close();
}

async function reopened(dir: string): Promise<LocalEngine> {
  const engine = new LocalEngine(await openStore({ dir }));
  engine.recover();
  return engine;
}

const GROWN =
  '[.list.len(), .list[0].n, .list[1].n, .list[2].n, .list[5001].n, .list[5002].n, .list[5003] == .list[4001], refs(.list[4001])];';

test.each(['read', 'written by a checkpoint', 'changed'])(
  'a list that has grown is not brought when a store is opened, but when it is %s',
  async (how) => {
    const dir = tempDir();
    await grown(dir);
    let engine = await reopened(dir);
    const { things } = engine.database.collectionByName('stuff');
    const root = engine.database.collectionByName('stuff').root.id;
    expect(things.loadedNumbers()).not.toContain(root >> 5);
    if (how === 'written by a checkpoint') {
      await engine.checkpoint();
      await engine.store.close();
      engine = await reopened(dir);
    } else if (how === 'changed') {
      engine.query({ ...ADMIN, code: '.other = 2;' });
      await durable(engine.store, engine.lastChangeId);
      await engine.store.close();
      engine = await reopened(dir);
    }
    const { value } = engine.query({ ...ADMIN, code: GROWN });
    expect(value).toMatchObject({ items: [5004, 0, -1, 1, 5000, 5001, true, 2] });
    expect(verifyDatabase(engine.database).problems).toEqual([]);
    await engine.store.close();
  },
);
