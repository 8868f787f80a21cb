/** Where the prompt has its queries run: a store of its own, or a server. */
import type { Dialect } from '../dialect.ts';

/** A query: byte strings; variables as a packed map, or null. */
export interface Ask {
  readonly dialect: Dialect;
  /** A collection, or a scope such as `@thingsdb`. */
  readonly scope: string;
  readonly text: string;
  readonly vars: Uint8Array | null;
}

export interface Place {
  /** What it is, in words. */
  readonly about: string;
  /** Runs a query and gives the packed answer. Rejects with TiError for an error of the query, `Interrupted` when it was interrupted, and CliError. */
  ask(query: Ask): Promise<Buffer>;
  /** Ends the query that runs, or ends waiting for it. */
  interrupt(): void;
  /** Rejects with CliError when changes could not be saved. */
  close(): Promise<void>;
}

/** The query was interrupted; `message` tells what becomes of it. */
export class Interrupted extends Error {}
