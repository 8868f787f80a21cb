/**
 * The durable store behind one interface: an ordered log of changes and a key-value checkpoint.
 *
 * The store knows nothing of what it holds. A change is bytes with an ascending id; a checkpoint record is bytes under a key of bytes. The
 * model decides what they mean (`src/model/`). After any crash, `records()` followed by `log()` give back every change whose id was
 * reported as durable, in order, and no part of a change that was not whole.
 */

import type { BackupInfo } from './backup.ts';

export interface LogEntry {
  /** The change id; ascending, gaps are allowed. */
  readonly id: number;
  /** The collection that was changed; 0 for the scope that holds users and collections. */
  readonly scope: number;
  readonly data: Uint8Array;
}

export type Key = Uint8Array;

export type Durability = 'sync' | 'async';

export interface StoreOptions {
  /** The folder of the store; one level is created when it is missing. */
  readonly dir: string;
  /** `sync`: a change is durable once the disk has it; `async`: once it was handed to the system. */
  readonly durability?: Durability;
  /** Is told what an operator should know and nothing fails of, such as a lock that a killed process has left. */
  readonly onWarning?: (text: string) => void;
}

export interface StoreStatus {
  readonly appendedId: number;
  readonly durableId: number;
  readonly checkpointId: number;
  readonly logBytes: number;
  readonly logFiles: number;
  /** Why the store takes no more changes, when it does not (a failed write or sync). */
  readonly failure: string | null;
}

export interface Store {
  readonly appendedId: number;
  /** All changes up to this id survive a crash. */
  readonly durableId: number;
  /** All changes up to this id are in the checkpoint. */
  readonly checkpointId: number;
  /** The format of the checkpoint; a new one is always written in the newest. */
  readonly format: number;
  /** Checkpoint records in key order, from `start` on and before `end` when they are given; valid only before the first `append`. */
  records(start?: Key, end?: Key): Iterable<readonly [Key, Uint8Array]>;
  /** The keys of checkpoint records from `start` on and before `end`, at any time. */
  keys(start: Key, end: Key): Iterable<Key>;
  /**
   * The checkpoint record under a key, at any time; while a checkpoint is written, those that it writes may be as they were before or as they will be.
   * Throws TiError (-1) for one that is damaged.
   */
  get(key: Key): Uint8Array | undefined;
  /** Changes behind the checkpoint, in order; valid only before the first `append`. */
  log(): Iterable<LogEntry>;
  /**
   * Takes a change; `data` is copied before it returns. All changes appended in one turn of the event loop are written and synced together (group
   * commit); more that arrive during a sync go with the next one. Throws TiError (-51) when the store has failed.
   */
  append(id: number, scope: number, data: Uint8Array): void;
  /** `listener` is called with the new `durableId` after each sync, and never before the data is safe. */
  onDurable(listener: (id: number) => void): void;
  /** `listener` is called once, when the store can take no more changes. */
  onFailure(listener: (reason: string) => void): void;
  /**
   * Replaces the checkpoint by one that stands at change `upTo`: pulls `records` (value null: remove the key) in slices of a few milliseconds that
   * leave the event loop free, writes them and the new position in one transaction, then drops the log up to `upTo`. One at a time.
   */
  checkpoint(upTo: number, records: Iterator<readonly [Key, Uint8Array | null]>): Promise<void>;
  /**
   * Writes a backup of the checkpoint, as it is now or a later one, into `file`, away from the event loop; see `backup.ts`. Rejects with TiError (-51).
   */
  backup(file: string): Promise<BackupInfo>;
  status(): StoreStatus;
  /** Writes and syncs what was appended, then lets go of the folder. */
  close(): Promise<void>;
}
