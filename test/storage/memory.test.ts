import { expect, test } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { bytes, turn } from './toy.ts';

test('changes are durable at once and listeners hear once a turn', async () => {
  const store = memoryStore();
  const heard: number[] = [];
  store.onDurable((id) => heard.push(id));
  store.append(1, 0, bytes('a'));
  store.append(5, 0, bytes('b'));
  expect(store.durableId).toBe(5);
  expect(heard).toEqual([]);
  await turn();
  expect(heard).toEqual([5]);
  expect(() => store.append(5, 0, bytes('c'))).toThrow(TiError);
});

test('a checkpoint is drained in slices, one at a time', async () => {
  const store = memoryStore();
  store.append(3, 0, bytes('a'));
  let pulled = 0;
  const source = (function* (): Generator<readonly [Uint8Array, Uint8Array]> {
    for (; pulled < 1000; pulled++) yield [bytes('k'), bytes('v')];
  })();
  const checkpoint = store.checkpoint(3, source);
  expect(pulled).toBeLessThan(1000);
  await expect(store.checkpoint(3, [].values())).rejects.toThrow(TiError);
  await checkpoint;
  expect(pulled).toBe(1000);
  expect(store.status()).toEqual({ appendedId: 3, durableId: 3, checkpointId: 3, logBytes: 0, logFiles: 0, failure: null });
  await expect(store.checkpoint(4, [].values())).rejects.toThrow(TiError);
  expect([...store.records(), ...store.log()]).toEqual([]);
});

test('a closed store takes nothing', async () => {
  const store = memoryStore();
  await store.close();
  expect(() => store.append(1, 0, bytes('a'))).toThrow(TiError);
});
