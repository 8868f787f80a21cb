import { describe, expect, it } from 'vitest';
import { QuietMoment } from '../../src/engine/quiet.ts';

const idle = (): number => 0;

describe('a quiet moment', () => {
  it('comes once, however often it is waited for', async () => {
    let count = 0;
    const quiet = new QuietMoment(() => {
      count++;
    }, idle);
    quiet.wait();
    quiet.wait();
    await expect.poll(() => count, { timeout: 20_000 }).toBe(1);
    quiet.wait();
    await expect.poll(() => count, { timeout: 20_000 }).toBe(2);
    quiet.stop();
  });

  it('does not come while the thread is busy', async () => {
    let isOver = false;
    let looks = 0;
    let wasBusy = true;
    const quiet = new QuietMoment(
      () => {
        wasBusy = !isOver;
      },
      () => {
        looks++;
        return isOver ? 0 : performance.now();
      },
    );
    quiet.wait();
    await expect.poll(() => looks, { timeout: 20_000 }).toBeGreaterThan(4);
    isOver = true;
    await expect.poll(() => wasBusy, { timeout: 20_000 }).toBe(false);
  });

  it('does not come when nobody waits any more', async () => {
    let count = 0;
    const quiet = new QuietMoment(() => {
      count++;
    }, idle);
    quiet.wait();
    quiet.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(count).toBe(0);
  });

  it('looks at the work of the thread', async () => {
    let isThere = false;
    const quiet = new QuietMoment(() => {
      isThere = true;
    });
    quiet.wait();
    const before = process.threadCpuUsage();
    const end = performance.now() + 50;
    while (performance.now() < end);
    const { user, system } = process.threadCpuUsage(before);
    expect(user + system).toBeGreaterThan(10_000);
    expect(isThere).toBe(false);
    quiet.stop();
  });
});
