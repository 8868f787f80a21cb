/**
 * How well a store fares, for those who watch over it. When the log cannot be written, nothing can be promised any more: the store takes no more changes, and
 * the server answers with errors and stops. When only a checkpoint cannot be written, all promises hold, since the log keeps every change; it grows, and
 * the checkpoint is tried again, after longer and longer pauses.
 */
import type { Store } from '../storage/store.ts';
import { reasonOf } from '../storage/store-error.ts';

export interface Health {
  /** `degraded`: checkpoints fail; `failed`: no more changes are taken. */
  readonly state: 'good' | 'degraded' | 'failed';
  /** Why, when it is not good. */
  readonly reason: string;
}

/** In milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 300_000;

const GOOD: Health = { state: 'good', reason: '' };

export class StoreHealth {
  /** Since the start. */
  checkpointFailures = 0;
  private readonly store: Store;
  private readonly now: () => number;
  private readonly onWarning: (text: string) => void;
  private reason = '';
  /** Where the checkpoint stood when one failed: a later one ends the trouble, whoever asked for it. */
  private failedAt = -1;
  private pause = 0;
  private notBefore = 0;

  /** `now`: milliseconds of any clock. */
  constructor(store: Store, now: () => number, onWarning: (text: string) => void) {
    this.store = store;
    this.now = now;
    this.onWarning = onWarning;
  }

  private get isDegraded(): boolean {
    return this.failedAt >= 0 && this.store.checkpointId <= this.failedAt;
  }

  get health(): Health {
    const { failure } = this.store.status();
    if (failure !== null) return { state: 'failed', reason: `the store takes no more changes: ${failure}` };
    return this.isDegraded ? { state: 'degraded', reason: this.reason } : GOOD;
  }

  /** Whether it is time for a checkpoint that nobody but the log has asked for. */
  get mayCheckpoint(): boolean {
    return !this.isDegraded || this.now() >= this.notBefore;
  }

  /** To be called with what made a checkpoint fail. */
  checkpointFailed(error: unknown): void {
    this.pause = this.isDegraded ? Math.min(this.pause * 2, LONGEST_PAUSE) : FIRST_PAUSE;
    this.checkpointFailures++;
    this.reason = reasonOf(error);
    this.failedAt = this.store.checkpointId;
    this.notBefore = this.now() + this.pause;
    if (this.store.status().failure !== null) return;
    this.onWarning(`${this.reason}; the log keeps all changes, and the checkpoint is tried again in ${this.pause / 1000} s`);
  }
}
