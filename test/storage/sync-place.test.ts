import { expect, test } from 'vitest';
import { SyncPlace } from '../../src/storage/sync-place.ts';

/** What happens from one write to the next, by who waits for the disk. */
interface Cycle {
  /** Changes in the batch, each of which came as an event. */
  readonly changes: number;
  /** Of the cycle, and of the write in it. */
  readonly ms: number;
  readonly syncMs: number;
}

interface Machine {
  readonly pool: Cycle;
  readonly loop: Cycle;
}

/** Lets a machine go through so many cycles; gives the share of those whose write the loop made. */
function simulation() {
  const counts = { turns: 0, events: 0 };
  let now = 0;
  const place = new SyncPlace(
    () => ({ ...counts }),
    () => now,
  );
  let cycle: Cycle | null = null;
  return (machine: Machine, cycles: number): number => {
    let loops = 0;
    cycle ??= machine.pool;
    for (let i = 0; i < cycles; i++) {
      const isLoop = place.isLoop(cycle.changes);
      if (isLoop) loops++;
      cycle = isLoop ? machine.loop : machine.pool;
      counts.turns += 2;
      counts.events += cycle.changes + (isLoop ? 0 : 1);
      now += cycle.ms;
      place.took(cycle.syncMs, isLoop);
    }
    return loops / cycles;
  };
}

/** Two processors, of which the clients have one: the thread of the pool is woken late. */
const CROWDED: Machine = { pool: { changes: 27, ms: 1.1, syncMs: 0.9 }, loop: { changes: 45, ms: 1.3, syncMs: 0.3 } };
/** A processor is free: the loop works on while the disk does. */
const ROOMY: Machine = { pool: { changes: 130, ms: 0.4, syncMs: 0.39 }, loop: { changes: 130, ms: 0.65, syncMs: 0.25 } };

test('the way that gets more done is found, and found anew when the load is another', () => {
  const run = simulation();
  run(CROWDED, 1000);
  expect(run(CROWDED, 10_000)).toBeGreaterThan(0.95);
  run(ROOMY, 1000);
  expect(run(ROOMY, 10_000)).toBeLessThan(0.05);
  run(CROWDED, 1000);
  expect(run(CROWDED, 10_000)).toBeGreaterThan(0.95);
});

test('the pool has to be clearly better, at each trial', () => {
  const [better, equal]: Machine[] = [
    { pool: { changes: 40, ms: 1, syncMs: 0.6 }, loop: { changes: 30, ms: 1, syncMs: 0.3 } },
    { pool: { changes: 30, ms: 1, syncMs: 0.6 }, loop: { changes: 30, ms: 1, syncMs: 0.3 } },
  ];
  const run = simulation();
  run(better as Machine, 2000);
  expect(run(better as Machine, 2000)).toBeLessThan(0.2);
  run(equal as Machine, 20_000);
  expect(run(equal as Machine, 10_000)).toBeGreaterThan(0.95);
});

test('with nothing to gain the loop goes on, as it began, and trials become rare', () => {
  const run = simulation();
  const even: Machine = { pool: { changes: 9, ms: 2, syncMs: 0.3 }, loop: { changes: 9, ms: 2, syncMs: 0.3 } };
  expect(run(even, 60)).toBe(1);
  run(even, 50_000);
  expect(run(even, 50_000)).toBeGreaterThan(0.99);
});

test('one client alone waits with the loop, if the disk is quick', () => {
  const alone = (syncMs: number): Machine => ({ pool: { changes: 1, ms: 1, syncMs }, loop: { changes: 1, ms: 1, syncMs } });
  expect(simulation()(alone(0.2), 1000)).toBeGreaterThan(0.99);
  expect(simulation()(alone(0.8), 1000)).toBeGreaterThan(0.99);
  expect(simulation()(alone(5), 1000)).toBeLessThan(0.02);
});

test('the loop does not wait for a disk that is slow, or becomes so', () => {
  const slow: Machine = { pool: { ...CROWDED.pool, ms: 6, syncMs: 5 }, loop: { ...CROWDED.loop, ms: 6, syncMs: 5 } };
  const run = simulation();
  expect(run(slow, 10_000)).toBeLessThan(0.001);
  const changing = simulation();
  changing(CROWDED, 5000);
  expect(changing(CROWDED, 1000)).toBeGreaterThan(0.9);
  changing(slow, 20);
  expect(changing(slow, 10_000)).toBe(0);
});

test('the loop is tried again when the disk may be quick again, however late the pool is', () => {
  const late: Machine = { ...CROWDED, pool: { ...CROWDED.pool, ms: 1.7, syncMs: 1.5 } };
  const run = simulation();
  run(late, 2000);
  run({ ...late, loop: { ...late.loop, ms: 6, syncMs: 5 } }, 40);
  expect(run(late, 100)).toBe(0);
  run(late, 2000);
  expect(run(late, 1000)).toBeGreaterThan(0.9);
});

test('a single sync that takes long changes nothing', () => {
  const run = simulation();
  run(CROWDED, 2000);
  run({ ...CROWDED, loop: { ...CROWDED.loop, ms: 30, syncMs: 30 } }, 1);
  expect(run(CROWDED, 1000)).toBeGreaterThan(0.8);
});

test('where the loop counts nothing, the pool makes all writes', () => {
  const place = new SyncPlace(
    () => null,
    () => 0,
  );
  expect([1, 1, 50, 50].map((changes) => place.isLoop(changes))).toEqual([false, false, false, false]);
});
