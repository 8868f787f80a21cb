/** A tiny state whose changes and checkpoints can be checked; it needs no test runner. */
import type { Key, Store } from '../../src/storage/store.ts';

export function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

export function text(data: Uint8Array): string {
  return Buffer.from(data).toString('latin1');
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const KEYS = 7;

/** Change `id` of the toy state sets one of a few keys; some changes are long, some empty keys are removed. */
export function toyChange(id: number): { key: string; value: string | null } {
  const key = `k${(id * 5) % KEYS}`;
  if (id % 11 === 0) return { key, value: null };
  return { key, value: `${id}:`.padEnd((id * 37) % 150, 'x') };
}

export function toyData(id: number): Uint8Array {
  return bytes(JSON.stringify(toyChange(id)));
}

/** The toy state after the changes 1 to `upTo`. */
export function toyState(upTo: number): Map<string, string> {
  const state = new Map<string, string>();
  for (let id = 1; id <= upTo; id++) applyToy(state, toyChange(id));
  return state;
}

/** All keys of the toy state as a checkpoint source: those that are gone with null. */
export function* toyRecords(upTo: number): Generator<readonly [Key, Uint8Array | null]> {
  const state = toyState(upTo);
  for (let i = 0; i < KEYS; i++) {
    const key = `k${i}`;
    const value = state.get(key);
    yield [bytes(key), value === undefined ? null : bytes(value)];
  }
}

/** Reads a store that was just opened: the toy state of checkpoint and log together. Throws when a change is missing, doubled or garbled. */
export function readToy(store: Store): Map<string, string> {
  const state = new Map<string, string>();
  for (const [key, value] of store.records()) state.set(text(key), text(value));
  let last = store.checkpointId;
  for (const { id, scope, data } of store.log()) {
    if (id !== last + 1) throw new Error(`change ${id} follows change ${last}`);
    if (scope !== id % 3) throw new Error(`change ${id} has scope ${scope}`);
    if (text(data) !== text(toyData(id))) throw new Error(`change ${id} is garbled`);
    applyToy(state, toyChange(id));
    last = id;
  }
  if (last !== store.durableId) throw new Error(`the store says ${store.durableId}, the log ends with ${last}`);
  return state;
}

export function appendToy(store: Pick<Store, 'append'>, id: number): void {
  store.append(id, id % 3, toyData(id));
}

function applyToy(state: Map<string, string>, { key, value }: { key: string; value: string | null }): void {
  if (value === null) state.delete(key);
  else state.set(key, value);
}

/** Entries in key order, for comparisons. */
export function entries(state: Map<string, string>): [string, string][] {
  return [...state].sort(([a], [b]) => (a < b ? -1 : 1));
}
