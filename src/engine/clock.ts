/** The clock after which tasks and backups start, and that scripts read with `now`; tests have one of their own. */
export interface Clock {
  /** UNIX time in milliseconds. */
  now(): number;
  /** The same with as many digits as there are; it need not follow a clock that is set anew. */
  precise(): number;
  /** Calls once after so many milliseconds; gives what takes the call back. */
  after(milliseconds: number, call: () => void): () => void;
}

/** The clock of the machine. What waits for it does not keep a process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  precise: () => performance.timeOrigin + performance.now(),
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** The longest wait: a clock that is set to another time meanwhile is looked at again then. */
const MAX_WAIT = 60_000;

/** Calls when a time has come that may be moved. */
export class Alarm {
  private readonly clock: Clock;
  private readonly ring: () => void;
  private cancel: (() => void) | null = null;
  private at = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, ring: () => void) {
    this.clock = clock;
    this.ring = ring;
  }

  /** Rings at that UNIX time in seconds, or as soon as can be when it has passed; Infinity: not at all. */
  set(seconds: number): void {
    if (seconds === this.at && this.cancel !== null) return;
    this.cancel?.();
    this.cancel = null;
    this.at = seconds;
    if (seconds !== Number.POSITIVE_INFINITY) this.wait();
  }

  private wait(): void {
    const left = this.at * 1000 - this.clock.now();
    this.cancel = this.clock.after(Math.min(Math.max(left, 0), MAX_WAIT), () => {
      this.cancel = null;
      if (this.clock.now() < this.at * 1000) this.wait();
      else this.ring();
    });
  }
}
