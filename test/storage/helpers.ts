/** What the tests of the store share: folders that vanish, and a tiny state whose changes and checkpoints can be checked. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Key, Store } from '../../src/storage/store.ts';

/** Returns a function that gives new folders, removed after each test. */
export function tempDirs(): () => string {
  const dirs: string[] = [];
  afterEach(() => {
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
  });
  return () => {
    const dir = mkdtempSync(join(tmpdir(), 'store-'));
    dirs.push(dir);
    return dir;
  };
}

export function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

export function text(data: Uint8Array): string {
  return Buffer.from(data).toString('latin1');
}

/** Resolves when the store reports `id` as durable; rejects when it fails. */
export function durable(store: Store, id: number): Promise<void> {
  return new Promise((resolve, reject) => {
    if (store.durableId >= id) resolve();
    store.onDurable((done) => {
      if (done >= id) resolve();
    });
    store.onFailure((reason) => reject(new Error(reason)));
  });
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
