/**
 * Who waits for the disk: the event loop or the thread pool.
 *
 * Handing a write to the pool and back costs some 40 µs, a fifth of a sync; while the loop has nothing else to do, it may as well wait itself. With
 * many clients the pool lets the loop work on while the disk does, if there is a processor free to wake the thread of the pool on. If there is none,
 * the thread is woken late, and a sync takes several times as long as the disk needs. No rule tells these cases apart beforehand. So both ways are
 * tried in turns, and the pool writes until the next trial if the loop gets clearly more done then. Until the first, a disk that is quick is waited for.
 */
import { performance } from 'node:perf_hooks';

/** A sync that takes longer than this, in ms, is not waited for on the event loop. */
const LONGEST_MS = 1;
/** One that takes longer, as on any disk some do, counts as this long. */
const CLIPPED_MS = 2 * LONGEST_MS;
/** In a trial both ways have so many turns, each of so many writes. */
const TURNS = 4;
const TURN_WRITES = 16;
/** A turn that takes longer than this, in ms, tells nothing: there is hardly any load. */
const TURN_MS = 250;
/** The pool must be better by this factor in all, and in all pairs of turns but one: where it is better, it is by more, and disks vary by as much. */
const MARGIN = 1.2;
/** So many writes lie between two trials: at first, and at most, after trials that changed nothing. */
const FIRST_PAUSE = 512;
const LONGEST_PAUSE = 16_384;
/** Batches that have become so many times larger or smaller since the last trial are another load, which has its own trial after so many writes. */
const OTHER_LOAD = 1.5;
const OTHER_PAUSE = 64;

/** What the event loop has done since its start. */
export interface LoopCounts {
  readonly turns: number;
  /** Of sockets, and one for each call of the thread pool. */
  readonly events: number;
}

/** Counts of this thread's loop; null before Node.js 20.18. */
function loopCounts(): LoopCounts | null {
  const metrics = performance.nodeTiming.uvMetricsInfo;
  return metrics === undefined ? null : { turns: metrics.loopCount, events: metrics.events };
}

interface Trial {
  /** Events a millisecond in the turns so far; in turns of even number the pool writes. */
  readonly rates: number[];
  writesLeft: number;
  /** When the present turn began, and the count of events then. */
  since: number;
  events: number;
}

export class SyncPlace {
  private readonly counts: () => LoopCounts | null;
  private readonly now: () => number;
  private last: LoopCounts = { turns: 0, events: 0 };
  /** What a sync takes of the loop, in ms; at first as long as it may. */
  private loopMs = LONGEST_MS;
  /** What one by the pool takes, in ms. */
  private poolMs = LONGEST_MS;
  private prefersLoop = true;
  private batchSize = 1;
  private batchSizeTried = 1;
  private pause = FIRST_PAUSE;
  private writes = 0;
  private trial: Trial | null = null;

  /** `now`: milliseconds of any clock. */
  constructor(counts: () => LoopCounts | null = loopCounts, now: () => number = () => performance.now()) {
    this.counts = counts;
    this.now = now;
  }

  /** Whether the loop makes the next write, of so many changes, itself. */
  isLoop(changes: number): boolean {
    const counts = this.counts();
    if (counts === null) return false;
    const isIdle = counts.events - this.last.events <= 2 && counts.turns - this.last.turns <= 4;
    this.last = counts;
    // One client alone waits for its one change; there is nothing else that the loop could do.
    if (isIdle && changes === 1 && this.loopMs < LONGEST_MS) return true;
    if (this.loopMs > LONGEST_MS && !this.mayTryAgain()) return false;
    if (isIdle && changes === 1) return false;
    this.batchSize += (changes - this.batchSize) / 8;
    this.writes++;
    if (this.trial === null && this.isTimeForTrial) this.begin(counts.events);
    return this.trial === null ? this.prefersLoop : this.isTurnOfLoop(this.trial, counts.events);
  }

  /** Takes note of how long a write took with its sync, in ms. */
  took(ms: number, isLoop: boolean): void {
    const clipped = Math.min(ms, CLIPPED_MS);
    // The pool takes at least as long as the disk.
    if (isLoop || clipped < this.loopMs) this.loopMs += (clipped - this.loopMs) / 16;
    if (!isLoop) this.poolMs += (ms - this.poolMs) / 16;
  }

  /** After syncs on the loop that took too long: whether the disk may be quick again. */
  private mayTryAgain(): boolean {
    this.trial = null;
    if (this.prefersLoop) {
      this.prefersLoop = false;
      this.pause = FIRST_PAUSE;
      this.writes = 0;
    }
    this.writes++;
    if (this.writes < this.pause || this.poolMs > CLIPPED_MS) return false;
    this.loopMs = LONGEST_MS;
    return true;
  }

  private get isTimeForTrial(): boolean {
    if (this.writes >= this.pause) return true;
    const ratio = this.batchSize / this.batchSizeTried;
    return this.writes >= OTHER_PAUSE && (ratio > OTHER_LOAD || ratio < 1 / OTHER_LOAD);
  }

  private begin(events: number): void {
    this.trial = { rates: [], writesLeft: TURN_WRITES, since: this.now(), events };
    this.batchSizeTried = this.batchSize;
    this.writes = 0;
  }

  private isTurnOfLoop(trial: Trial, events: number): boolean {
    const wasLoop = trial.rates.length % 2 === 1;
    if (trial.writesLeft-- > 0) return wasLoop;
    const now = this.now();
    const ms = now - trial.since;
    const work = events - trial.events - (wasLoop ? 0 : TURN_WRITES);
    trial.rates.push(work / ms);
    if (ms > TURN_MS || trial.rates.length === 2 * TURNS) {
      this.trial = null;
      if (ms <= TURN_MS) this.conclude(trial.rates);
      return this.prefersLoop;
    }
    trial.writesLeft = TURN_WRITES - 1;
    trial.since = now;
    trial.events = events;
    return !wasLoop;
  }

  private conclude(rates: readonly number[]): void {
    let [pool, loop, wins] = [0, 0, 0];
    for (let i = 0; i < rates.length; i += 2) {
      const [byPool = 0, byLoop = 0] = rates.slice(i, i + 2);
      pool += byPool;
      loop += byLoop;
      if (byPool > byLoop) wins++;
    }
    const prefersLoop = pool <= loop * MARGIN || wins < TURNS - 1;
    this.pause = prefersLoop === this.prefersLoop ? Math.min(2 * this.pause, LONGEST_PAUSE) : FIRST_PAUSE;
    this.prefersLoop = prefersLoop;
  }
}
