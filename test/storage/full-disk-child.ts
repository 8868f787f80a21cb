/** Meets the limits of a disk, see the test that starts it. */
import { cpSync, rmSync } from 'node:fs';
import { TiError } from '../../src/errors.ts';
import { openStore } from '../../src/storage/open.ts';
import type { Key } from '../../src/storage/store.ts';
import { bytes } from './toy.ts';

function* records(count: number, size: number): Generator<readonly [Key, Uint8Array]> {
  for (let i = 0; i < count; i++) yield [bytes(`key ${i}`), new Uint8Array(size)];
}

const [dir = ''] = process.argv.slice(2);
const store = await openStore({ dir });
store.append(1, 0, bytes('one'));
await store.checkpoint(1, [[bytes('a'), bytes('1')] as const].values());
store.append(2, 0, bytes('two'));
for (let i = 0; i < 2; i++) {
  try {
    await store.checkpoint(2, records(10_000, 3000));
  } catch (error) {
    if (error instanceof TiError) console.log('refused', error.code, error.message.split(':')[0]);
  }
}
cpSync(dir, `${dir}-copy`, { recursive: true });
const copy = await openStore({ dir: `${dir}-copy` });
console.log('records', Array.from(copy.records()).length, 'checkpoint', copy.checkpointId, 'failure', store.status().failure);
await copy.close();
rmSync(`${dir}-copy`, { recursive: true });
await store.checkpoint(2, [[bytes('b'), bytes('2')] as const].values());
console.log('checkpoint', store.checkpointId);
const failed = new Promise<string>((resolve) => store.onFailure(resolve));
store.append(3, 0, new Uint8Array(20_000_000));
console.log('failed', (await failed).split(':')[0], 'durable', store.durableId);
await store.close();
