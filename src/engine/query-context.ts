/** What built-ins see of the query in which they run. */
import type { Context, ScopeName } from '../builtins/row.ts';
import type { CheckpointSource } from '../model/checkpoint.ts';
import type { Collection } from '../model/collection.ts';
import type { Database, User } from '../model/database.ts';
import type { Transaction } from '../model/transaction.ts';
import type { Closure } from '../values/closure.ts';
import type { List } from '../values/list.ts';
import type { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Machine } from '../vm/machine.ts';
import type { EncodeHooks } from '../wire/encode.ts';
import type { ClientSink } from './api.ts';
import { closureFromText } from './toolchain.ts';

export class QueryContext implements Context {
  readonly database: Database;
  readonly collection: Collection | null;
  readonly scope: ScopeName;
  readonly tx: Transaction;
  readonly user: User;
  readonly hooks: EncodeHooks;
  private readonly machine: Machine;
  private readonly client: ClientSink | null;
  private readonly shutdown: () => void;
  private readonly source: CheckpointSource;

  constructor(
    machine: Machine,
    database: Database,
    user: User,
    scope: ScopeName,
    collection: Collection | null,
    tx: Transaction,
    client: ClientSink | null,
    shutdown: () => void,
    source: CheckpointSource,
    hooks: EncodeHooks,
  ) {
    this.hooks = hooks;
    this.source = source;
    this.machine = machine;
    this.database = database;
    this.user = user;
    this.scope = scope;
    this.collection = collection;
    this.tx = tx;
    this.client = client;
    this.shutdown = shutdown;
  }

  call(closure: Closure, ...args: Value[]): Value {
    return this.machine.call(closure, args);
  }

  spend(units: number): void {
    this.machine.spend(units);
  }

  lock(value: List | SetValue | Thing): void {
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

  compile(text: string): Closure {
    return closureFromText(text);
  }

  warn(message: string): void {
    this.client?.warn(2, message);
  }

  requestShutdown(): void {
    this.shutdown();
  }

  namesChanged(): void {
    this.machine.epoch++;
  }

  dropped(collection: Collection): void {
    this.source.dropCollection(collection);
  }
}
