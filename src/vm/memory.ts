/**
 * Keeps one query from taking the memory of all. What a query takes cannot be told from what it has taken and dropped, so the heap is only looked at from time to
 * time, and when it has grown by more than a query may take, garbage is collected first: what is left then is held by somebody, and before the query began it was
 * not there.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ErrorCode, TiError } from '../errors.ts';

/** The share of the heap at which a query ends in any case: a process whose heap is full is lost. */
const CEILING = 0.7;

/** What a query may take when nobody says, in bytes. */
const defaultLimit = (): number => getHeapStatistics().heap_size_limit / 4;

function usedMemory(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

let collect: (() => void) | null = null;

/** Collects all garbage, which takes some milliseconds for each 10 MB that are in use. */
function collectGarbage(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}

export class MemoryGuard {
  private readonly limit: number;
  private readonly ceiling: number;
  /** What was in use when the query was first looked at; -1 before that. */
  private base = -1;
  /** What was in use without this query when garbage was last collected here, as far as can be told. */
  private live = 0;
  /** When more is in use, garbage is collected. */
  private allowed = 0;

  /** `limit`: what a query may take, in bytes; 0: a quarter of what the process may. */
  constructor(limit: number) {
    this.limit = limit === 0 ? defaultLimit() : limit;
    this.ceiling = getHeapStatistics().heap_size_limit * CEILING;
  }

  /** To be called when a query begins. */
  begin(): void {
    this.base = -1;
  }

  /**
   * To be called now and then while it runs, and before what may take much: `coming` is about how much, in bytes. Throws TiError (-2) when the query holds more
   * than it may, or the process would.
   */
  check(coming: number): void {
    let used = usedMemory();
    if (this.base < 0) {
      // Else the garbage of earlier queries would count as what there was before, and this one might take as much in its place.
      if (used - this.live > this.limit / 2) {
        collectGarbage();
        used = usedMemory();
        this.live = used;
      }
      this.base = used;
      this.allowed = Math.min(used + this.limit, this.ceiling);
    }
    if (used > this.allowed || used + coming > this.ceiling) this.collect(coming);
  }

  private collect(coming: number): void {
    collectGarbage();
    const held = usedMemory();
    this.base = Math.min(this.base, held);
    this.live = this.base;
    const most = this.base + this.limit;
    if (held > most || held + coming > this.ceiling) {
      throw new TiError(ErrorCode.MEMORY, 'the query holds more memory than a query may; see `query_memory_limit` in the configuration');
    }
    // Not at once again, when most of it is held.
    this.allowed = Math.min(Math.max(most, held + this.limit / 2), this.ceiling);
  }
}
