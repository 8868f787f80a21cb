/** Clocks for the cases: some wait for a task to run by asking for the time until enough of it has passed, which is over sooner with these. */
import type { Clock } from '../../src/engine/clock.ts';

/** How far the clock goes ahead each time that a script asks for the time, in milliseconds. */
const AHEAD = 10;

/** The time of the machine, and ahead of it by as much as scripts asked for it. */
export class HastyClock implements Clock {
  private ahead = 0;

  now(): number {
    return Date.now() + this.ahead;
  }

  precise(): number {
    this.ahead += AHEAD;
    return this.now();
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = setTimeout(call, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  }
}

/** One whose calls come when a step asks for them. */
export class StepClock extends HastyClock {
  private readonly waiting = new Map<() => void, number>();

  override after(milliseconds: number, call: () => void): () => void {
    this.waiting.set(call, this.now() + milliseconds);
    return () => this.waiting.delete(call);
  }

  callDue(): void {
    for (const [call, at] of this.waiting) {
      if (at > this.now()) continue;
      this.waiting.delete(call);
      call();
    }
  }
}
