/** What a front end (TCP, HTTP, command line) may ask of the database. */
import type { TiError } from '../errors.ts';
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { Value } from '../values/value.ts';
import type { Writer2019 } from '../wire/encode-2019.ts';

/** An authenticated user; a front end only keeps it and hands it back. */
export interface UserRef {
  readonly id: number;
  readonly name: string;
}

/** Who asks: where `log(...)` lines and pushes go. All methods may be called while `query` runs, and later. */
export interface ClientSink {
  /** A WARN push with this code and byte-string message. */
  warn(code: number, message: string): void;
}

/** What is asked for: a scope in any spelling, and byte strings. */
export interface QueryRequest {
  readonly user: UserRef;
  readonly client: ClientSink | null;
  readonly scope: string;
  readonly code: string;
  /**
   * Bytes of a MessagePack map of variables (section 9 of the protocol), undecoded because decoding needs the collection; null for none.
   */
  readonly vars: Uint8Array | null;
}

/** A procedure that is to be run: its name is a byte string. */
export interface RunRequest {
  readonly user: UserRef;
  readonly client: ClientSink | null;
  readonly scope: string;
  readonly procedure: string;
  /** Bytes that start with a MessagePack array, map or nil, undecoded as those of a query; null for no arguments. */
  readonly args: Uint8Array | null;
}

/** What happened to a room that clients may have joined. */
export type RoomEvent =
  | {
      readonly kind: 'emit';
      readonly collectionId: number;
      /** The name of the collection when it happened. */
      readonly collection: string;
      readonly roomId: number;
      /** A byte string. */
      readonly event: string;
      /** A MessagePack array. */
      readonly args: Uint8Array;
    }
  /** The room is no more. */
  | { readonly kind: 'delete'; readonly collectionId: number; readonly collection: string; readonly roomId: number };

/** A stored room. */
export interface RoomRef {
  readonly id: number;
  readonly name: string | null;
}

/** What clients may ask of the rooms of a collection. */
export interface RoomScope {
  readonly collectionId: number;
  /** The name of the collection. */
  readonly collection: string;
  /** The stored room of an id or a name (a byte string). */
  find(which: number | bigint | string): RoomRef | undefined;
  /** Whether a whitelist of the user keeps the room from the user. */
  isBarred(room: RoomRef): boolean;
  /**
   * Sends an event to all who joined the room. `reader` stands before so many arguments, as section 9 of the protocol has them. Throws TiError for
   * arguments that cannot be read.
   */
  emit(room: RoomRef, event: string, reader: MsgpackReader, count: number): void;
}

/** What a node counts of requests; a front end adds what the engine does not see. */
export interface RequestCounters {
  queriesSuccess: number;
  queriesWithError: number;
  /** Of all answers, in bytes, with the header of the package. */
  largestResultSize: number;
}

/** Writes values in some format; texts are byte strings. */
export type WatchWriter = Writer2019;

/** One who is told of changes of things. All is called while the change's query runs; what is shown must be held back as its answer is. */
export interface Watcher {
  /** The thing as it is now: `write` writes a map with its id under `#`, its properties, and its attributes under `.` if it has some. */
  began(changeId: number, thingId: number, write: (w: WatchWriter) => void): void;
  /** What a change did to a thing: `write` writes an array of maps with one entry each, such as `{"assign": {name: value}}`. */
  changed(changeId: number, thingId: number, write: (w: WatchWriter) => void): void;
  gone(thingId: number): void;
}

/** The things of one collection, for one watcher. Those that are not there are passed over. */
export interface WatchScope {
  watch(ids: readonly number[]): void;
  unwatch(ids: readonly number[]): void;
}

/** What is asked for in the 2019 dialect; texts and blobs are byte strings. */
export interface Query2019 {
  readonly user: UserRef;
  readonly client: ClientSink | null;
  /** A collection by name or id; 0 for the root. */
  readonly target: string | number;
  readonly code: string;
  readonly blobs: readonly string[];
}

export interface Answer2019 {
  /** The value of each statement. */
  readonly results: readonly Value[];
  /** Arrays whose things are told with their properties. */
  readonly fetched: { has(value: object): boolean };
}

export interface QueryAnswer {
  readonly value: Value;
  /** Levels of things to pack. */
  readonly deep: number;
  /** Bit 32 (NO_IDS) leaves ids out. */
  readonly flags: number;
}

/**
 * Called when the answer of a query that had to wait for a module is there, in a turn of the event loop in which nothing else runs. `finish` gives the
 * answer or throws, as `Engine.query` without `later`, and must be called, and its value packed, before the listener returns.
 */
export type Later = (finish: () => QueryAnswer) => void;

export interface Engine {
  /** Checks a password off the thread. Rejects with TiError (-56). */
  authenticate(name: string, password: string): Promise<UserRef>;
  /** Rejects with TiError (-56). */
  authenticateToken(token: string): Promise<UserRef>;
  /**
   * Runs a query to its end. Throws TiError. The value must be packed before the next call, since later queries may change it, and must not leave
   * before `durableId` reaches the `lastChangeId` read right after this call.
   */
  query(request: QueryRequest): QueryAnswer;
  /**
   * As above, but an error is given, which for those who answer many requests is much cheaper; and null when the query waits for a module: `later` is called then
   * when it is done. Without `later` such a query fails.
   */
  query(request: QueryRequest, later: Later): QueryAnswer | TiError | null;
  /**
   * Things of a collection, by name or id, that the watcher may begin or cease to watch. Throws TiError: no such collection, or a user without the right to join.
   */
  watch(user: UserRef, target: string | number, watcher: Watcher): WatchScope;
  /** To be called when a watcher goes. */
  unwatchAll(watcher: Watcher): void;
  /** Runs a query in the 2019 dialect, with the rules of `query` for the answer. Throws TiError. */
  query2019(request: Query2019): Answer2019;
  /** Runs a procedure, with the rules of `query` for the answer. Throws TiError. */
  run(request: RunRequest): QueryAnswer;
  run(request: RunRequest, later: Later): QueryAnswer | TiError | null;
  /** The rooms of the collection that the scope names, for a user with the right to join them. Throws TiError. */
  rooms(user: UserRef, scope: string): RoomScope;
  readonly counters: RequestCounters;
  /** Id of the last change that was appended to the log. */
  readonly lastChangeId: number;
  /** All changes up to this id survive a crash. */
  readonly durableId: number;
  /** `listener` is called after each sync of the log. */
  onDurable(listener: (id: number) => void): void;
  /**
   * `listener` is called for each event, in order, before `query` or `run` returns or throws. An event may tell of what that request changed, so it must
   * not be shown before `durableId` reaches the `lastChangeId` read right after the call, as the answer itself.
   */
  onRoomEvent(listener: (event: RoomEvent) => void): void;
  /** `listener` is called when a script asks for the server's end. */
  onShutdown(listener: () => void): void;
  /** Ends background work, writes a checkpoint and closes the store. */
  close(): Promise<void>;
}
