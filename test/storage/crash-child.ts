/**
 * A process that is to be killed: it appends changes and makes checkpoints without end, and tells on its standard output `open ID` with the change
 * it found, `warn TEXT`, and `durable ID` as soon as the store says so.
 */
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { openStore } from '../../src/storage/open.ts';
import { appendToy, readToy, toyRecords, toyState, turn } from './toy.ts';

const [dir = '', segmentBytes = '', inline = ''] = process.argv.slice(2);

const say = (text: string): void => {
  writeSync(1, `${text}\n`);
};

const onWarning = (text: string): void => say(`warn ${text}`);
const store = await openStore(
  { dir, onWarning },
  { segmentBytes: Number(segmentBytes), spareAfterSyncs: 5, inline: inline as 'auto' | 'always' | 'never', sliceMs: 0.05 },
);
const found = readToy(store);
const expected = toyState(store.durableId);
for (const [key, value] of [...found, ...expected]) {
  if (found.get(key) !== value || expected.get(key) !== value) throw new Error(`key ${key} is wrong after change ${store.durableId}`);
}
say(`open ${store.durableId}`);
store.onDurable((id) => say(`durable ${id}`));

void (async () => {
  for (;;) {
    await setTimeout(Math.random() * 10);
    await store.checkpoint(store.appendedId, toyRecords(store.appendedId));
  }
})();
for (let id = store.appendedId; ; ) {
  for (let burst = Math.random() < 0.3 ? 20 : 1; burst > 0; burst--) appendToy(store, ++id);
  await turn();
}
