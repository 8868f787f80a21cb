/** Waits for a moment at which the thread has time to spare. */

/** How often it is looked, in ms. */
const INTERVAL = 100;
/** Less of the time than this in use is quiet. */
const QUIET = 0.5;

/** How long this thread has worked, in ms. */
function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export class QuietMoment {
  private readonly act: () => void;
  private readonly workTime: () => number;
  private timer: NodeJS.Timeout | null = null;
  /** When it was looked last, and how long this thread had worked by then, both in ms. */
  private lookedAt = 0;
  private worked = 0;

  /** `act` is called when the moment is there; `workTime` tells how long the thread has worked, in ms. */
  constructor(act: () => void, workTime: () => number = threadTime) {
    this.act = act;
    this.workTime = workTime;
  }

  /** Has `act` called once, at the next quiet moment; more calls before that change nothing. */
  wait(): void {
    if (this.timer !== null) return;
    this.lookedAt = performance.now();
    this.worked = this.workTime();
    this.timer = setTimeout(() => this.look(), INTERVAL);
    // What waits for a quiet moment keeps no process alive.
    this.timer.unref();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private look(): void {
    this.timer = null;
    const share = (this.workTime() - this.worked) / (performance.now() - this.lookedAt);
    if (share < QUIET) this.act();
    else this.wait();
  }
}
