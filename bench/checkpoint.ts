/** A checkpoint of a million things that all have changed: how long it keeps the event loop from anything else, in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../src/engine/open.ts';
import type { Measured } from './table.ts';

const COUNT = 1_000_000;
const SLICE = 20_000;
/** In milliseconds. */
const MAX_TURN = 10;

/** Milliseconds that this thread has worked, whatever else the machine does. */
function worked(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function measureCheckpoint(): Promise<Measured[]> {
  const dir = mkdtempSync(join(tmpdir(), 'thingsc-bench-'));
  const { engine } = await openEngine({ dir, checkpointChanges: Number.POSITIVE_INFINITY, checkpointWork: Number.POSITIVE_INFINITY });
  try {
    const query = async (code: string): Promise<void> => {
      engine.query({ user: { id: 1, name: 'admin' }, client: null, scope: '//stuff', code, vars: null });
      await turn();
    };
    await query("set_type('Point', {x: 'int', y: 'int'}); .points = []; nil;");
    for (let i = 0; i < COUNT; i += SLICE) await query(`.points.extend(range(${SLICE}).map(|n| Point{x: n, y: n + 1})); nil;`);
    while (engine.store.checkpointId < engine.lastChangeId) await engine.checkpoint();
    for (let i = 0; i < COUNT; i += SLICE) await query(`.points[${i}:${i + SLICE}].each(|p| p.x += 1); nil;`);
    let isDone = false;
    let longest = 0;
    const begin = worked();
    const done = engine.checkpoint().finally(() => {
      isDone = true;
    });
    for (let last = begin; !isDone; last = worked()) {
      await turn();
      longest = Math.max(longest, worked() - last);
    }
    await done;
    const row = { unit: 'ms', other: null, isReference: false };
    return [
      { ...row, name: 'checkpoint of a million changes, work', value: worked() - begin },
      { ...row, name: 'longest turn of the event loop in it', value: longest, limit: MAX_TURN },
    ];
  } finally {
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
