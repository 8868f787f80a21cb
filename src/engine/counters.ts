/** What a node counts since its start, or since the counters were reset. */
import type { MsgpackWriter } from '../msgpack/writer.ts';

export class Counters {
  queriesSuccess = 0;
  queriesWithError = 0;
  tasksSuccess = 0;
  tasksWithError = 0;
  changesCommitted = 0;
  /** Changes that could not be appended to the log. */
  changesFailed = 0;
  garbageCollected = 0;
  /** In bytes, with the header of the package; told by those who pack answers. */
  largestResultSize = 0;
  private longestQuery = 0;
  private longestChange = 0;
  private queryTime = 0;
  private changeTime = 0;
  private changes = 0;
  /** UNIX time in seconds. */
  private startedAt = Math.floor(Date.now() / 1000);

  /** Counts a query that took so many milliseconds. */
  query(milliseconds: number, isSuccess: boolean): void {
    if (isSuccess) this.queriesSuccess++;
    else this.queriesWithError++;
    this.queryTime += milliseconds;
    if (milliseconds > this.longestQuery) this.longestQuery = milliseconds;
  }

  change(milliseconds: number): void {
    this.changes++;
    this.changeTime += milliseconds;
    if (milliseconds > this.longestChange) this.longestChange = milliseconds;
  }

  reset(): void {
    Object.assign(this, new Counters());
  }

  /** `queriesFromCache`: how many texts needed no compiling, as the cache counts them. */
  write(w: MsgpackWriter, queriesFromCache: number): void {
    const queries = this.queriesSuccess + this.queriesWithError;
    const ints: readonly (readonly [string, number])[] = [
      ['queries_success', this.queriesSuccess],
      ['queries_with_error', this.queriesWithError],
      ['tasks_success', this.tasksSuccess],
      ['tasks_with_error', this.tasksWithError],
      // A log that is written in one place has no gaps, and nothing in it is skipped, killed or out of order.
      ['changes_with_gap', 0],
      ['changes_skipped', 0],
      ['changes_failed', this.changesFailed],
      ['changes_killed', 0],
      ['changes_committed', this.changesCommitted],
      ['changes_unaligned', 0],
      ['garbage_collected', this.garbageCollected],
      ['quorum_lost', 0],
      ['queries_from_cache', queriesFromCache],
      // Programs are kept until others need their place, and not counted then.
      ['wasted_cache', 0],
    ];
    const seconds: readonly (readonly [string, number])[] = [
      ['longest_query_duration', this.longestQuery / 1000],
      ['average_query_duration', queries === 0 ? 0 : this.queryTime / queries / 1000],
      ['longest_change_duration', this.longestChange / 1000],
      ['average_change_duration', this.changes === 0 ? 0 : this.changeTime / this.changes / 1000],
    ];
    w.mapHeader(ints.length + seconds.length + 2);
    for (const [name, value] of ints) {
      w.str(name);
      w.int(value);
    }
    for (const [name, value] of seconds) {
      w.str(name);
      w.float(value);
    }
    w.str('started_at');
    w.int(this.startedAt);
    w.str('largest_result_size');
    w.int(this.largestResultSize);
  }
}
