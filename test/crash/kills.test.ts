/**
 * A server that is killed at random instants under a random workload keeps all that it acknowledged and showed. `CRASH_KILLS` says how many times
 * (`npm run test:crash`: 500), `CRASH_SEED` with which numbers, as far as the instants allow.
 */
import { afterAll, expect, test } from 'vitest';
import { Killer } from './kills.ts';

const KILLS = Number(process.env.CRASH_KILLS ?? 20);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);

function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % below;
  };
}

const killer = new Killer(seeded(SEED));

afterAll(() => killer.remove());

test(
  'what a server has acknowledged or shown is there after any kill',
  async () => {
    try {
      for (let i = 0; i < KILLS; i++) await killer.kill();
      await killer.finish();
    } catch (error) {
      throw new Error(`after ${killer.figures.kills} kills, CRASH_SEED=${SEED}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
    const { kills, operations, backups, verified, byWay } = killer.figures;
    expect(kills).toBe(KILLS);
    expect(operations).toBeGreaterThan(KILLS * 20);
    const ways = [...byWay].map(([way, count]) => `${way} ${count}`).join(', ');
    if (process.env.CRASH_KILLS !== undefined)
      console.log(
        `${kills} kills (${ways}), ${operations} acknowledged operations, ${backups} backups compared, ${verified} times verified`,
      );
  },
  60_000 + KILLS * 10_000,
);
