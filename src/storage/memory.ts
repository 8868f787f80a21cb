/** A store that keeps nothing, for scripts in memory and for tests. */
import type { RecordSource } from './checkpoint.ts';
import type { Store, StoreStatus } from './store.ts';
import { misuseErr, storeErr } from './store-error.ts';

const RECORDS_A_TURN = 256;

/** Every change counts as durable at once; listeners hear of it at the end of the current microtasks. A checkpoint is drained and forgotten. */
export function memoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  appendedId = 0;
  checkpointId = 0;
  private readonly listeners: ((id: number) => void)[] = [];
  private notifying = false;
  private running = false;
  private closed = false;

  get durableId(): number {
    return this.appendedId;
  }

  /** The newest there is, as for a store that was just made. */
  readonly format = Number.POSITIVE_INFINITY;

  records(): Iterable<never> {
    return [];
  }

  keys(): Iterable<never> {
    return [];
  }

  get(): undefined {
    return undefined;
  }

  log(): Iterable<never> {
    return [];
  }

  append(id: number, _scope: number, _data: Uint8Array): void {
    if (this.closed) throw storeErr('the store is closed');
    if (!(id > this.appendedId)) throw misuseErr(`change ${id} cannot follow change ${this.appendedId}`);
    this.appendedId = id;
    if (this.notifying || this.listeners.length === 0) return;
    this.notifying = true;
    queueMicrotask(() => {
      this.notifying = false;
      for (const listener of this.listeners) listener(this.appendedId);
    });
  }

  onDurable(listener: (id: number) => void): void {
    this.listeners.push(listener);
  }

  onFailure(_listener: (reason: string) => void): void {
    // It never fails.
  }

  async checkpoint(upTo: number, records: RecordSource): Promise<void> {
    if (this.running) throw misuseErr('a checkpoint is being made already');
    if (upTo > this.appendedId || upTo < this.checkpointId) {
      throw misuseErr(`no checkpoint at change ${upTo}: it must be within ${this.checkpointId} and ${this.appendedId}`);
    }
    this.running = true;
    try {
      for (let pulled = 1; !records.next().done; pulled++) {
        if (pulled % RECORDS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      this.checkpointId = upTo;
    } finally {
      this.running = false;
    }
  }

  backup(file: string): Promise<never> {
    return Promise.reject(storeErr(`cannot write the backup \`${file}\`: the database is in memory only`));
  }

  status(): StoreStatus {
    const { appendedId, checkpointId } = this;
    return { appendedId, durableId: appendedId, checkpointId, logBytes: 0, logFiles: 0, failure: null };
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
