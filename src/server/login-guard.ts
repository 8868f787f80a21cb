/** Slows down whoever guesses passwords: after some failed log-ins from one address each further one waits, twice as long every time. */
import { ErrorCode, TiError } from '../errors.ts';

export interface LoginLimits {
  /** How many log-ins in a row may fail before the next ones wait; 0: none ever waits. */
  readonly login_failures: number;
  /** What the first of those waits, in seconds. */
  readonly login_delay: number;
}

interface Suspect {
  failures: number;
  waiting: number;
  /** Resolves when the log-in before the next one has been decided. */
  turn: Promise<void>;
}

const LONGEST_DELAY = 60;
/** So many log-ins of one address wait in a row; more are refused at once. */
const MAX_WAITING = 64;
/** Of more addresses, that which failed first is forgotten. */
const MAX_ADDRESSES = 10_000;

export class LoginGuard {
  private readonly limits: LoginLimits;
  private readonly suspects = new Map<string, Suspect>();

  constructor(limits: LoginLimits) {
    this.limits = limits;
  }

  /**
   * Calls `check`, when it is the turn of the address; '' stands for one that is not guarded. Rejects as `check`, whose TiErrors count as failures, and with
   * TiError (-56) when too many log-ins wait.
   */
  attempt<T>(address: string, check: () => Promise<T>): Promise<T> {
    if (this.limits.login_failures === 0 || address === '') return check();
    const suspect = this.suspects.get(address);
    if (suspect === undefined || suspect.failures < this.limits.login_failures) return this.judged(address, check);
    if (suspect.waiting >= MAX_WAITING)
      return Promise.reject(new TiError(ErrorCode.AUTH, 'too many log-ins from this address are waiting'));
    suspect.waiting += 1;
    const decided = suspect.turn
      .then(() => pause(this.delayOf(suspect)))
      .then(() => this.judged(address, check))
      .finally(() => {
        suspect.waiting -= 1;
      });
    suspect.turn = decided.then(
      () => undefined,
      () => undefined,
    );
    return decided;
  }

  private delayOf({ failures }: Suspect): number {
    const { login_failures, login_delay } = this.limits;
    return Math.min(login_delay * 2 ** Math.max(0, failures - login_failures), LONGEST_DELAY);
  }

  private async judged<T>(address: string, check: () => Promise<T>): Promise<T> {
    try {
      const user = await check();
      const suspect = this.suspects.get(address);
      if (suspect !== undefined) suspect.failures = 0;
      if (suspect?.waiting === 0) this.suspects.delete(address);
      return user;
    } catch (error) {
      if (error instanceof TiError) this.suspectOf(address).failures += 1;
      throw error;
    }
  }

  private suspectOf(address: string): Suspect {
    const known = this.suspects.get(address);
    if (known !== undefined) return known;
    const [oldest] = this.suspects.keys();
    if (oldest !== undefined && this.suspects.size >= MAX_ADDRESSES) this.suspects.delete(oldest);
    const suspect: Suspect = { failures: 0, waiting: 0, turn: Promise.resolve() };
    this.suspects.set(address, suspect);
    return suspect;
  }
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000).unref();
  });
}
