/** A checkpoint file with damaged pages is refused, or reads as it was; it never crashes the process, and never reads as something else. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tempDirs } from './helpers.ts';

const tempDir = tempDirs();
const CHILD = new URL('./lmdb-check-child.ts', import.meta.url).pathname;
const ROUNDS = Number(process.env.DAMAGE_ROUNDS ?? 120);

test('damaged pages of a checkpoint are refused', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, tempDir(), String(ROUNDS)]);
  const { same, refused, wrong } = JSON.parse(stdout) as { same: number; refused: number; wrong: string[] };
  expect(wrong).toEqual([]);
  expect(same + refused).toBe(ROUNDS);
  // Free pages and the old root may be changed without harm.
  expect(refused).toBeGreaterThan(ROUNDS / 4);
});
