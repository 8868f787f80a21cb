/** A store in memory that keeps what it gets, and engines that begin with it. */

import { LocalEngine } from '../../src/engine/engine.ts';
import { CheckpointSource } from '../../src/model/checkpoint.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import type { LogEntry, Store } from '../../src/storage/store.ts';
import { HastyClock } from '../conformance/clocks.ts';

type Records = readonly (readonly [Uint8Array, Uint8Array])[];

/** A store that begins with these records and this log, and that tells what is appended. */
function storeWith(records: Records, log: readonly LogEntry[], onAppend: (entry: LogEntry) => void): Store {
  const inner = memoryStore();
  const byKey = new Map(records.map(([key, value]) => [Buffer.from(key).toString('latin1'), value]));
  const appendedId = Math.max(0, ...log.map((entry) => entry.id));
  const isWithin = (key: Uint8Array, start?: Uint8Array, end?: Uint8Array): boolean =>
    (start === undefined || Buffer.compare(key, start) >= 0) && (end === undefined || Buffer.compare(key, end) < 0);
  return Object.assign(Object.create(inner) as Store, {
    records: (start?: Uint8Array, end?: Uint8Array) => records.filter(([key]) => isWithin(key, start, end)),
    keys: (start: Uint8Array, end: Uint8Array) => records.map(([key]) => key).filter((key) => isWithin(key, start, end)),
    get: (key: Uint8Array) => byKey.get(Buffer.from(key).toString('latin1')),
    log: () => log,
    append: (id: number, scope: number, data: Uint8Array) => {
      inner.append(id, scope, data);
      onAppend({ id, scope, data: Uint8Array.from(data) });
    },
    status: () => ({ ...inner.status(), appendedId: Math.max(appendedId, inner.appendedId) }),
  });
}

/** An engine with an empty collection `stuff`, and all that it appends to its log. */
export async function recordingEngine(): Promise<{ engine: LocalEngine; log: LogEntry[] }> {
  const log: LogEntry[] = [];
  const engine = new LocalEngine(
    storeWith([], [], (entry) => log.push(entry)),
    // Checkpoints are those of the test: the engine makes none of its own, however long changes take.
    { clock: new HastyClock(), checkpointChanges: Number.POSITIVE_INFINITY, checkpointWork: Number.POSITIVE_INFINITY },
  );
  await engine.initialize('no password');
  return { engine, log };
}

/** What another process has when it opens a store with these records and this log. */
export function reopened(records: Records, log: readonly LogEntry[]): LocalEngine {
  const engine = new LocalEngine(storeWith(records, log, () => undefined));
  engine.recover();
  return engine;
}

/** Checkpoints one after another, as a store keeps them. */
export class Checkpoints {
  private readonly source: CheckpointSource;
  private readonly kept = new Map<string, Uint8Array>();
  private pending: Iterator<readonly [Uint8Array, Uint8Array | null]> | null = null;

  constructor(engine: LocalEngine) {
    this.source = new CheckpointSource(engine.database);
  }

  begin(): void {
    this.pending = this.source.begin();
  }

  /** Takes the records of the checkpoint that was begun; changes made since then are not in them. */
  end(): Records {
    const { pending } = this;
    if (pending === null) throw new Error('no checkpoint was begun');
    for (let next = pending.next(); next.done !== true; next = pending.next()) {
      const [key, value] = next.value;
      const text = Buffer.from(key).toString('latin1');
      if (value === null) this.kept.delete(text);
      else this.kept.set(text, Uint8Array.from(value));
    }
    this.pending = null;
    return [...this.kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [Buffer.from(key, 'latin1'), value]);
  }
}

/** An engine whose things all leave the memory when `forget` is called, which writes a checkpoint first. */
export async function forgetfulEngine(): Promise<{ readonly engine: LocalEngine; readonly forget: () => Promise<void> }> {
  const kept = new Map<string, Uint8Array>();
  const text = (key: Uint8Array): string => Buffer.from(key).toString('latin1');
  const store = Object.assign(Object.create(memoryStore()) as Store, {
    keys: (start: Uint8Array, end: Uint8Array) =>
      [...kept.keys()].filter((key) => key >= text(start) && key < text(end)).map((key) => Buffer.from(key, 'latin1')),
    get: (key: Uint8Array) => kept.get(text(key)),
    checkpointId: 0,
    checkpoint: async (upTo: number, records: Iterator<readonly [Uint8Array, Uint8Array | null]>) => {
      for (let next = records.next(); next.done !== true; next = records.next()) {
        const [key, value] = next.value;
        if (value === null) kept.delete(text(key));
        else kept.set(text(key), Uint8Array.from(value));
      }
      store.checkpointId = upTo;
    },
  });
  const engine = new LocalEngine(store, { cacheSize: 0 });
  await engine.initialize('no password');
  const forget = async (): Promise<void> => {
    while (store.checkpointId < engine.lastChangeId) await engine.checkpoint();
    engine.cache.trim();
  };
  return { engine, forget };
}
