import { execFileSync } from 'node:child_process';
import { totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { defaultWarmMemory, warmMemory } from '../../src/server/warm-memory.ts';

const { SERVER_FLAGS } = (await import(new URL('../../bin/launch.mjs', import.meta.url).href)) as { SERVER_FLAGS: string[] };
const CHILD = fileURLToPath(new URL('./warm-memory-child.ts', import.meta.url));

interface Faults {
  readonly warmed: number;
  readonly lists: number;
  readonly objects: number;
}

function faults(flags: readonly string[], how: 'warm' | 'cold'): Faults {
  return JSON.parse(execFileSync(process.execPath, [...flags, CHILD, how]).toString()) as Faults;
}

// Elsewhere page faults are not counted, or pages are larger.
test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'long lists and many objects find memory that the process has already',
  () => {
    const cold = faults(SERVER_FLAGS, 'cold');
    const warm = faults(SERVER_FLAGS, 'warm');
    expect(cold.lists).toBeGreaterThan(30 * 150);
    expect(warm.lists).toBeLessThan(cold.lists / 5);
    // The list that holds them is new, and grows.
    expect(warm.objects).toBeLessThan(cold.objects / 2);
    expect(warm.warmed).toBeGreaterThan(10_000);
  },
);

test('a process that was not started as a server takes nothing', async () => {
  const { warmed } = faults([], 'warm');
  expect(warmed).toBeLessThan(1000);
  await warmMemory(-1);
});

test('no more than a small part of the machine is taken', () => {
  expect(defaultWarmMemory()).toBeLessThanOrEqual(totalmem() / 32);
});
