/** One client that waits for each of its durable writes, beside what the disk, and a bare server on it, can do in the same moments. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureLoad } from './load.ts';
import { OwnServer } from './own-server.ts';
import { median, prepared, SCOPE } from './queries.ts';
import type { Measured } from './table.ts';

const BARE = fileURLToPath(new URL('./bare-server.ts', import.meta.url));
const ROUNDS = 9;
const SECONDS = 0.4;
const CODE = '.v = 5;';
/** About what the log takes of such a change, in bytes. */
const CHANGE = new Uint8Array(60).fill(7);

/** Writes and syncs a second, by a program that does nothing else. */
function diskRate(path: string): number {
  const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_DSYNC);
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < SECONDS * 1000; count++) fs.writeSync(fd, CHANGE, 0, CHANGE.length, count * CHANGE.length);
  fs.closeSync(fd);
  return (count * 1000) / (performance.now() - start);
}

export async function measureOneWriter(): Promise<Measured[]> {
  const dir = fs.mkdtempSync(join(tmpdir(), 'thingsc-bench-'));
  const path = join(dir, 'file');
  const server = new OwnServer();
  const bare = spawn(process.execPath, [BARE, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = Number(String((await once(bare.stdout, 'data'))[0]));
    await server.start();
    (await prepared(server.port)).close();
    const rate = (of: number): Promise<number> =>
      measureLoad({ port: of, scope: SCOPE, codes: [CODE], connections: 1, depth: 1, seconds: SECONDS });
    const rates: Record<'own' | 'bare' | 'disk', number[]> = { own: [], bare: [], disk: [] };
    for (let round = 0; round < ROUNDS; round++) {
      rates.own.push(await rate(server.port));
      rates.bare.push(await rate(port));
      rates.disk.push(diskRate(path));
    }
    const row = { value: median(rates.own), unit: '/s', isReference: false };
    return [
      { ...row, name: 'one connection, one durable write after another; bare server', other: median(rates.bare) },
      { ...row, name: 'the same; write and sync alone, without clients', other: median(rates.disk) },
    ];
  } finally {
    bare.kill();
    await server.remove();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
