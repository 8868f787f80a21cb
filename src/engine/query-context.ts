/** What built-ins see of the query in which they run. */
import type { Session2019 } from '../builtins/dialect-2019/session.ts';
import type { Context, NodeView, RightName, ScopeName } from '../builtins/row.ts';
import { operationErr, valueErr } from '../errors.ts';
import { Change, ChangeOp } from '../model/change.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { type Commit, encodeCommit } from '../model/history.ts';
import type { ModuleHost } from '../model/modules.ts';
import type { RestoreOptions } from '../model/restore.ts';
import { Right, rightsOf } from '../model/rights.ts';
import type { TaskRun } from '../model/tasks.ts';
import { Transaction } from '../model/transaction.ts';
import type { Lockable } from '../model/types.ts';
import { recordUser, type User } from '../model/users.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import type { Closure } from '../values/closure.ts';
import type { Future, Room } from '../values/handles.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Machine } from '../vm/machine.ts';
import { variable } from '../vm/names.ts';
import { type EncodeHooks, encodeValue } from '../wire/encode.ts';
import type { ClientSink, RoomEvent } from './api.ts';
import { hashPasswordNow } from './passwords.ts';
import { deletionOf } from './rooms.ts';
import { closureDefinition, closureFromText } from './toolchain.ts';

/** Shared by all queries that make none, so that they pay nothing for it; never changed. */
const NO_FUTURES: Future[] = [];

/** What is the same for all queries of an engine. */
export interface QueryHost {
  readonly database: Database;
  readonly machine: Machine;
  readonly hooks: EncodeHooks;
  readonly node: NodeView;
  readonly modules: ModuleHost;
  shutdown(): void;
  tasksChanged(): void;
  /** Hashes a password off the thread and sets it; never rejects. */
  setPassword(user: User, password: string): Promise<void>;
  restore(file: string, options: RestoreOptions): void;
  now(): number;
  preciseNow(): number;
  emit(event: RoomEvent): void;
}

export class QueryContext implements Context {
  readonly database: Database;
  readonly collection: Collection | null;
  readonly scope: ScopeName;
  readonly tx: Transaction;
  readonly user: User;
  readonly taskRun: TaskRun | null;
  /** In the order in which they were made. */
  futures: Future[] = NO_FUTURES;
  session: Session2019 | null = null;
  /** What the answer waits for: passwords that are hashed; null when it cannot wait. */
  hashes: Promise<void>[] | null = null;
  /** The message of the commit that the query made; null before that. */
  private message: string | null = null;
  /** The text of the query; null for what has none of its own. */
  private readonly code: string | null;
  private readonly host: QueryHost;
  private readonly machine: Machine;
  private readonly client: ClientSink | null;

  constructor(
    host: QueryHost,
    user: User,
    scope: ScopeName,
    collection: Collection | null,
    tx: Transaction,
    client: ClientSink | null,
    code: string | null,
    taskRun: TaskRun | null = null,
  ) {
    this.host = host;
    this.machine = host.machine;
    this.database = host.database;
    this.user = user;
    this.scope = scope;
    this.collection = collection;
    this.tx = tx;
    this.client = client;
    this.code = code;
    this.taskRun = taskRun;
  }

  get node(): NodeView {
    return this.host.node;
  }

  get modules(): ModuleHost {
    return this.host.modules;
  }

  get hooks(): EncodeHooks {
    return this.host.hooks;
  }

  call(closure: Closure, ...args: Value[]): Value {
    return this.machine.call(closure, args);
  }

  setPassword(user: User, password: string | null): void {
    const change = this.tx.need();
    user.newPassword = null;
    if (password !== null && this.hashes !== null) {
      this.hashes.push(this.host.setPassword(user, password));
      return;
    }
    user.passwordHash = password === null ? null : hashPasswordNow(password);
    recordUser(change, user);
  }

  hasRight(right: RightName): boolean {
    const mask = Right[right];
    return (rightsOf(this.user, this.scope, this.collection) & mask) === mask;
  }

  variable(name: string): Value {
    return variable(this.machine, name);
  }

  addFuture(future: Future): void {
    if (this.futures === NO_FUTURES) this.futures = [];
    this.futures.push(future);
  }

  get futureCount(): number {
    return this.futures.length;
  }

  definition(closure: Closure, depth: number): string {
    return closureDefinition(closure.code.text, depth);
  }

  isInUse(thing: Thing): boolean {
    if (thing.locks > 0) return true;
    for (const root of this.machine.roots()) if (root === thing || (Array.isArray(root) && root.includes(thing))) return true;
    return false;
  }

  spend(units: number): void {
    this.machine.spend(units);
  }

  lock(value: Lockable): void {
    this.machine.lock(value);
  }

  unlock(): void {
    this.machine.unlock();
  }

  get deep(): number {
    return this.machine.deep;
  }

  set deep(levels: number) {
    this.machine.deep = levels;
  }

  roots(): Iterable<unknown> {
    return this.machine.roots();
  }

  tasksChanged(): void {
    this.host.tasksChanged();
  }

  restore(file: string, options: RestoreOptions): void {
    this.host.restore(file, options);
  }

  within(collection: Collection, run: (tx: Transaction) => void): void {
    const { id, ops } = this.tx.need();
    const tx = new Transaction(collection, new Change(id, new MsgpackWriter(256)));
    run(tx);
    const gone = tx.finish();
    const inner = tx.need().ops.bytes();
    ops.int(ChangeOp.WITHIN);
    ops.int(collection.id);
    ops.bin(Buffer.from(inner).latin1Slice());
    for (const room of gone) this.host.emit(deletionOf(collection, room));
  }

  preciseNow(): number {
    return this.host.preciseNow();
  }

  now(): number {
    return this.host.now();
  }

  compile(text: string): Closure {
    return closureFromText(text);
  }

  warn(message: string): void {
    this.client?.warn(2, message);
  }

  commit(message: string): void {
    const { change } = this.tx;
    if ((this.collection ?? this.database).history === null) {
      throw operationErr('the scope keeps no history; see https://docs.thingsdb.io/v1/thingsdb-api/set_history');
    }
    if (this.code === null) throw operationErr('a commit is made by a query, not by a procedure that is run or by a future');
    if (change === null) throw operationErr('a query without a change makes no commit; use `wse(...)` to enforce a change');
    if (this.message !== null) throw operationErr('the query has made a commit already');
    if (message === '') throw valueErr('the message of a commit must not be empty');
    this.message = message;
  }

  checkCommit(what: string): void {
    if ((this.collection ?? this.database).history === null || this.message !== null) return;
    throw operationErr(`\`${what}\` needs a commit before it in this scope; see https://docs.thingsdb.io/v1/collection-api/commit`);
  }

  /** Puts the commit that the query made, if it made one, into the history. `error` is empty when it ended well. */
  recordCommit(error: string): void {
    const { change } = this.tx;
    const { history } = this.collection ?? this.database;
    // The history may have been switched off by the query itself.
    if (this.message === null || change === null || history === null) return;
    const createdAt = Math.floor(Date.now() / 1000);
    const commit: Commit = { id: change.id, createdAt, by: this.user.name, message: this.message, code: this.code ?? '', error };
    history.push(commit);
    change.ops.int(ChangeOp.COMMIT);
    encodeCommit(change.ops, commit);
  }

  emit(room: Room, event: string, args: readonly Value[], deep: number, flags: number): void {
    const { id: collectionId, name: collection } = this.collection as Collection;
    const writer = new MsgpackWriter(128);
    writer.arrayHeader(args.length);
    for (const value of args) encodeValue(writer, value, { deep, flags, hooks: this.hooks });
    this.host.emit({ kind: 'emit', collectionId, collection, roomId: room.id, event, args: writer.take() });
  }

  roomsGone(collection: Collection): void {
    const { id: collectionId, name } = collection;
    for (const room of collection.rooms.values()) this.host.emit({ kind: 'delete', collectionId, collection: name, roomId: room.id });
  }

  requestShutdown(): void {
    this.host.shutdown();
  }

  namesChanged(): void {
    this.machine.epoch++;
  }
}
