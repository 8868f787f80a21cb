/** Damages a checkpoint in many ways and opens it each time, see the test that starts it. In a process of its own, since LMDB may crash it. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TiError } from '../../src/errors.ts';
import { checkPages } from '../../src/storage/lmdb-check.ts';
import { openStore } from '../../src/storage/open.ts';
import type { Key } from '../../src/storage/store.ts';
import { seeded } from './sim-disk.ts';

const [dir = '', rounds = '0'] = process.argv.slice(2);
const random = seeded(7);
const below = (n: number): number => Math.floor(random() * n);
const file = join(dir, 'store', 'data.mdb');

function* records(round: number): Generator<readonly [Key, Uint8Array | null]> {
  for (let i = 0; i < 3000; i++) {
    const key = Buffer.from(`key ${(i * 7919) % 3001}`);
    if ((i + round) % 5 === 0) yield [key, null];
    else yield [key, new Uint8Array(i % 60 === 0 ? 9000 : i % 120).fill(i + round)];
  }
}

async function content(): Promise<string> {
  const store = await openStore({ dir });
  try {
    const parts: string[] = [];
    for (const [key, value] of store.records()) parts.push(Buffer.from(key).toString('hex'), Buffer.from(value).toString('base64'));
    return parts.join();
  } finally {
    await store.close();
  }
}

/** Writes other bytes into a page, at its beginning (where its structure is told) more often than elsewhere; or cuts the file off. */
function damage(whole: Buffer): void {
  if (below(20) === 0) {
    writeFileSync(file, whole);
    truncateSync(file, below(whole.length));
    return;
  }
  const bytes = Buffer.from(whole);
  const page = below(whole.length / 4096) * 4096;
  for (let times = 1 + below(3); times > 0; times--) {
    const at = page + (below(3) === 0 ? below(4096) : below(64));
    if (below(2) === 0) bytes[at] = (bytes[at] as number) ^ (1 << below(8));
    else bytes.fill(below(256), at, at + 1 + below(64));
  }
  if (below(10) === 0) whole.copy(bytes, page, below(whole.length / 4096) * 4096, 4096 + page);
  writeFileSync(file, bytes);
}

const store = await openStore({ dir });
store.append(1, 0, new Uint8Array(8));
for (let round = 0; round < 4; round++) await store.checkpoint(1, records(round));
await store.close();
checkPages(file, true);
const whole = readFileSync(file);
const expected = await content();
const outcome = { same: 0, refused: 0, wrong: [] as string[] };
for (let round = 0; round < Number(rounds); round++) {
  damage(whole);
  try {
    if ((await content()) === expected) outcome.same++;
    else outcome.wrong.push(`round ${round}: read as something else`);
  } catch (error) {
    if (error instanceof TiError && (error.code === -1 || error.code === -51)) outcome.refused++;
    else outcome.wrong.push(`round ${round}: ${error}`);
  }
}
console.log(JSON.stringify(outcome));
