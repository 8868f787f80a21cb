import { describe, expect, it } from 'vitest';
import { QuietMoment } from '../../src/engine/quiet.ts';

describe('a quiet moment', () => {
  it('comes once, however often it is waited for', async () => {
    let count = 0;
    const quiet = new QuietMoment(() => {
      count++;
    });
    quiet.wait();
    quiet.wait();
    await expect.poll(() => count, { timeout: 20_000 }).toBe(1);
    quiet.wait();
    await expect.poll(() => count, { timeout: 20_000 }).toBe(2);
    quiet.stop();
  });

  it('does not come while the thread is busy', async () => {
    let isOver = false;
    let wasBusy = true;
    const quiet = new QuietMoment(() => {
      wasBusy = !isOver;
    });
    const spin = (): void => {
      if (!isOver) setImmediate(spin);
      const end = performance.now() + 5;
      while (performance.now() < end);
    };
    quiet.wait();
    spin();
    await new Promise((resolve) => setTimeout(resolve, 450));
    isOver = true;
    await expect.poll(() => wasBusy, { timeout: 20_000 }).toBe(false);
  });

  it('does not come when nobody waits any more', async () => {
    let count = 0;
    const quiet = new QuietMoment(() => {
      count++;
    });
    quiet.wait();
    quiet.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(count).toBe(0);
  });
});
