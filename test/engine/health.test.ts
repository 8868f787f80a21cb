import { expect, test } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { StoreHealth } from '../../src/engine/health.ts';
import { engineMetrics } from '../../src/engine/metrics.ts';
import { nodeFileSystem } from '../../src/storage/file-system.ts';
import { openStore } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/store.ts';
import { durable, tempDirs } from '../storage/helpers.ts';

const tempDir = tempDirs();

const ADMIN = { user: { id: 1, name: 'admin' }, client: null, vars: null, scope: '//stuff' };

const metricOf = (engine: LocalEngine, name: string): number =>
  engineMetrics(engine)
    .find((metric) => metric.name === name)
    ?.value() ?? Number.NaN;

const stateOf = (engine: LocalEngine): unknown[] => [
  engine.storeHealth.health.state,
  metricOf(engine, 'thingsdb_store_failed'),
  metricOf(engine, 'thingsdb_checkpoint_failing'),
];

/** Lets what the store has to do in the background be done. */
const settled = async (engine: LocalEngine): Promise<void> => {
  await durable(engine.store, engine.lastChangeId);
  for (let i = 0; i < 200 && engine.store.checkpointId < engine.lastChangeId; i++) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('checkpoints that fail are told, are not tried at each change, and work again later', async () => {
  let isBroken = true;
  const warnings: string[] = [];
  const store = await openStore(
    { dir: tempDir() },
    {
      onCheckpointStep: (step) => {
        if (isBroken && step === 'before commit') throw new Error('ENOSPC: no space left');
      },
    },
  );
  const engine = new LocalEngine(store, { checkpointChanges: 1, onWarning: (text) => warnings.push(text) });
  await engine.initialize('no password');
  expect(engine.storeHealth.health.state).toBe('good');
  for (let i = 0; i < 20; i++) {
    engine.query({ ...ADMIN, code: `.n = ${i};` });
    await durable(store, engine.lastChangeId);
  }
  for (let i = 0; i < 100 && warnings.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(stateOf(engine)).toEqual(['degraded', 0, 1]);
  expect(engine.storeHealth.health.reason).toContain('ENOSPC');
  expect(warnings).toEqual([expect.stringContaining('tried again in 1 s')]);
  expect(metricOf(engine, 'thingsdb_checkpoint_failures_total')).toBe(1);
  isBroken = false;
  await engine.checkpoint();
  expect(stateOf(engine)).toEqual(['good', 0, 0]);
  engine.query({ ...ADMIN, code: '.n = -1;' });
  await settled(engine);
  expect(store.checkpointId).toBe(engine.lastChangeId);
  await engine.close();
});

test('a log that cannot be written is told as the end of the store', async () => {
  let isBroken = false;
  const store = await openStore(
    { dir: tempDir() },
    {
      inline: 'never',
      fileSystem: {
        ...nodeFileSystem,
        write: (fd, bytes, offset, length, position, done) => {
          if (isBroken) setImmediate(() => done(new Error('EIO: i/o error'), 0));
          else nodeFileSystem.write(fd, bytes, offset, length, position, done);
        },
      },
    },
  );
  const engine = new LocalEngine(store);
  await engine.initialize('no password');
  await durable(store, engine.lastChangeId);
  isBroken = true;
  engine.query({ ...ADMIN, code: '.n = 1;' });
  await expect(durable(store, engine.lastChangeId)).rejects.toThrow('EIO');
  expect(stateOf(engine)).toEqual(['failed', 1, 0]);
  expect(() => engine.query({ ...ADMIN, code: '.n = 2;' })).toThrow(expect.objectContaining({ code: -51 }));
  await engine.close();
});

test('the pause before a checkpoint is tried again grows up to five minutes', () => {
  let now = 0;
  const warnings: string[] = [];
  const store = { checkpointId: 3, status: () => ({ failure: null }) } as unknown as Store;
  const health = new StoreHealth(
    store,
    () => now,
    (text) => warnings.push(text),
  );
  const pauses: number[] = [];
  for (let i = 0; i < 11; i++) {
    expect(health.mayCheckpoint).toBe(true);
    health.checkpointFailed(new Error('full'));
    const from = now;
    while (!health.mayCheckpoint) now += 500;
    pauses.push((now - from) / 1000);
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  expect(warnings.at(-1)).toBe('full; the log keeps all changes, and the checkpoint is tried again in 300 s');
});
