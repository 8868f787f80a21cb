import type { Clock } from '../../src/engine/clock.ts';

/** A clock that stands still until it is set. */
export class TestClock implements Clock {
  private seconds: number;
  private waiting: { at: number; call: () => void }[] = [];

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  now(): number {
    return this.seconds * 1000;
  }

  precise(): number {
    return this.now();
  }

  after(milliseconds: number, call: () => void): () => void {
    const entry = { at: this.now() + milliseconds, call };
    this.waiting.push(entry);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== entry);
    };
  }

  /** Lets time pass, and all that is due by then happen. */
  set(seconds: number): void {
    this.seconds = seconds;
    for (;;) {
      const due = this.waiting.find(({ at }) => at <= this.now());
      if (due === undefined) return;
      this.waiting = this.waiting.filter((other) => other !== due);
      due.call();
    }
  }
}
