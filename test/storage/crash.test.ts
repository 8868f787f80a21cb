import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/storage/open.ts';
import { tempDirs } from './helpers.ts';
import { entries, readToy, toyState } from './toy.ts';

const tempDir = tempDirs();
const CHILD = join(import.meta.dirname, 'crash-child.ts');

interface Life {
  readonly opened: number;
  readonly durable: number;
  readonly warnings: readonly string[];
  readonly complaint: string;
}

/** Runs a child on the folder, and kills it `delay` milliseconds after it has opened the store. */
function runAndKill(dir: string, settings: readonly string[], delay: number): Promise<Life> {
  const child: ChildProcess = spawn(process.execPath, [CHILD, dir, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaint = '';
  let killing = false;
  child.stdout?.on('data', (data) => {
    output += String(data);
    if (killing || !/^open /m.test(output)) return;
    killing = true;
    setTimeout(() => child.kill('SIGKILL'), delay);
  });
  child.stderr?.on('data', (data) => {
    complaint += String(data);
  });
  return new Promise((resolve) => {
    child.on('close', () => {
      const opened = Number(/^open (\d+)$/m.exec(output)?.[1] ?? Number.NaN);
      const durable = Math.max(opened, ...Array.from(output.matchAll(/^durable (\d+)$/gm), ([, id]) => Number(id)));
      resolve({ opened, durable, warnings: output.match(/^warn .*$/gm) ?? [], complaint });
    });
  });
}

test.concurrent.each([
  ['2000', 'auto'],
  ['100000', 'never'],
])(
  'what was durable is there after each of many kills (segments of %s bytes, inline %s)',
  async (...settings) => {
    const dir = tempDir();
    let acknowledged = 0;
    for (let kill = 0; kill < 12; kill++) {
      const life = await runAndKill(dir, settings, Math.random() * 120);
      expect(life.complaint).toBe('');
      expect(life.opened).toBeGreaterThanOrEqual(acknowledged);
      expect(life.warnings.filter((text) => text.includes('was left locked'))).toHaveLength(kill === 0 ? 0 : 1);
      acknowledged = life.durable;
    }
    const store = await openStore({ dir });
    expect(store.durableId).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThan(100);
    expect(store.checkpointId).toBeGreaterThan(0);
    expect(entries(readToy(store))).toEqual(entries(toyState(store.durableId)));
    await store.close();
  },
  120_000,
);
