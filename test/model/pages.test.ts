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
