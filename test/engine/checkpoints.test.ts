import { expect, test } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { openStore } from '../../src/storage/open.ts';
import { durable, tempDirs } from '../storage/helpers.ts';
import { ask } from '../support.ts';

const tempDir = tempDirs();

/** Waits until the store has a checkpoint behind that change. */
const checkpointed = (engine: LocalEngine, id: number): Promise<void> =>
  expect.poll(() => engine.store.checkpointId, { timeout: 20_000 }).toBeGreaterThanOrEqual(id);

test('changes that took long to make start a checkpoint, however few and small they are', async () => {
  const engine = new LocalEngine(await openStore({ dir: tempDir() }), { checkpointWork: 0 });
  await engine.initialize('no password');
  ask(engine, '.n = 1;');
  // How long a change took is known when it is in the log.
  ask(engine, '.n = 2;');
  await checkpointed(engine, engine.lastChangeId);
  await engine.close();
});

test('what was applied at the start counts, too', async () => {
  const dir = tempDir();
  const engine = new LocalEngine(await openStore({ dir }), { checkpointWork: Number.POSITIVE_INFINITY });
  await engine.initialize('no password');
  for (let i = 0; i < 50; i++) ask(engine, `.list${i} = range(100); nil;`);
  await durable(engine.store, engine.lastChangeId);
  expect(engine.store.checkpointId).toBe(0);
  await engine.store.close();

  const again = new LocalEngine(await openStore({ dir }), { checkpointWork: 0 });
  again.recover();
  ask(again, '.n = 1;');
  await checkpointed(again, again.lastChangeId);
  await again.close();
});
