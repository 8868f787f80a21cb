/** The database of one store: takes queries, runs them one after another, and keeps what they change. */
import { Session2019 } from '../builtins/dialect-2019/session.ts';
import { constant, library } from '../builtins/library.ts';
import type { Program } from '../bytecode/program.ts';
import { ErrorCode, operationErr, TiError } from '../errors.ts';
import { ChangeOp } from '../model/change.ts';
import type { CheckpointSource } from '../model/checkpoint.ts';
import { Collection } from '../model/collection.ts';
import { Database } from '../model/database.ts';
import { type ModuleHost, noModules, sortedModules } from '../model/modules.ts';
import { Right } from '../model/rights.ts';
import type { Transaction } from '../model/transaction.ts';
import { encodeUser, isExpired, newUser } from '../model/users.ts';
import type { BackupInfo } from '../storage/backup.ts';
import type { Store } from '../storage/store.ts';
import { compute } from '../vm/computed.ts';
import { Machine } from '../vm/machine.ts';
import type { Probe } from '../vm/probe.ts';
import type { EncodeHooks } from '../wire/encode.ts';
import type {
  Answer2019,
  Engine,
  Later,
  Query2019,
  QueryAnswer,
  QueryRequest,
  RoomEvent,
  RoomScope,
  RunRequest,
  UserRef,
  Watcher,
  WatchScope,
} from './api.ts';
import { Backups } from './backups.ts';
import { type CheckpointOptions, Checkpoints } from './checkpoints.ts';
import { type Clock, systemClock } from './clock.ts';
import { Counters } from './counters.ts';
import { GarbageCollector } from './garbage.ts';
import { StoreHealth } from './health.ts';
import { encodeHooks } from './hooks.ts';
import type { Job } from './job.ts';
import { Jobs } from './jobs.ts';
import { NewPasswords } from './new-passwords.ts';
import { NodeInfo } from './node-info.ts';
import { PageCache } from './page-cache.ts';
import { hashPassword, PasswordChecker } from './passwords.ts';
import type { QueryHost } from './query-context.ts';
import { Restore, type WithBackup } from './restore.ts';
import { openRooms } from './rooms.ts';
import { Runner } from './runner.ts';
import { TaskRunner } from './task-runner.ts';
import { TaskSchedule } from './task-schedule.ts';
import { codeOf, ProgramCache } from './toolchain.ts';
import { Watches } from './watches.ts';

export interface EngineOptions extends CheckpointOptions {
  /** Seconds after which a query fails; 0: never. */
  readonly queryDurationError?: number;
  /** Whether the query that runs is to end, with an error that a script can catch; asked again and again meanwhile. */
  readonly isInterrupted?: () => boolean;
  /** What a query may take of the memory, in bytes; 0: a quarter of what the process may take. */
  readonly queryMemoryLimit?: number;
  /** After which tasks run; the clock of the machine when left out. */
  readonly clock?: Clock;
  /** Where the schedule of backups is kept; in memory when left out. */
  readonly backupsFile?: string;
  /** Opens the store in a backup; without it nothing can be restored. */
  readonly withBackup?: WithBackup;
  /** Gets lines for a log: tasks that failed, say. */
  readonly onWarning?: (message: string) => void;
  /** Seconds between two searches for things that only hold one another, at least; 60 when not said. */
  readonly garbageInterval?: number;
  /** What runs modules; without it none is ever installed. */
  readonly modules?: ModuleHost;
  /** About how much memory things may take, in bytes; what a checkpoint has written is let go of beyond that. `openEngine` takes 0 for a part of what there is. */
  readonly cacheSize?: number;
}

const noBackups: WithBackup = () => Promise.reject(operationErr('this database cannot restore backups'));

export class LocalEngine implements Engine {
  readonly database = new Database();
  readonly store: Store;
  readonly programs = new ProgramCache();
  private readonly watches = new Watches(this.database);
  readonly cache: PageCache;
  private readonly machine: Machine;
  private readonly passwords = new PasswordChecker();
  private readonly roomListeners: ((event: RoomEvent) => void)[] = [];
  private readonly shutdownListeners: (() => void)[] = [];
  /** What packing an answer asks; computed fields run on the machine, so an answer is packed before the next query. */
  readonly hooks: EncodeHooks = encodeHooks(
    (closure, thing) => compute(this.machine, closure, thing),
    () => this.machine.collection,
    this.database,
  );
  readonly counters = new Counters();
  readonly node: NodeInfo;
  readonly storeHealth: StoreHealth;
  readonly tasks: TaskSchedule;
  readonly backups: Backups;
  private readonly restores: Restore;
  private readonly jobs = new Jobs(this.database, this.programs);
  private readonly runner: Runner;
  private readonly taskRunner: TaskRunner;
  private readonly newPasswords: NewPasswords;
  private readonly clock: Clock;
  private readonly onWarning: (message: string) => void;
  readonly modules: ModuleHost;
  private readonly host: QueryHost;
  private readonly garbage: GarbageCollector;
  private readonly checkpoints: Checkpoints;

  constructor(store: Store, options: EngineOptions = {}) {
    this.store = store;
    this.cache = new PageCache(this.database, store, options.cacheSize ?? Number.POSITIVE_INFINITY);
    this.machine = new Machine({
      database: this.database,
      functionRow: (name) => library.functionRow(name),
      methodTable: (name) => library.methodTable(name),
      constant,
      compile: codeOf,
      memoryLimit: options.queryMemoryLimit ?? 0,
      isInterrupted: options.isInterrupted ?? ((): boolean => false),
    });
    this.clock = options.clock ?? systemClock;
    this.onWarning = options.onWarning ?? (() => undefined);
    this.storeHealth = new StoreHealth(store, () => performance.now(), this.onWarning);
    this.backups = new Backups({
      clock: this.clock,
      file: options.backupsFile ?? null,
      changeId: () => this.database.changeId,
      write: (file) => this.backup(file),
      onWarning: this.onWarning,
    });
    this.node = new NodeInfo({
      backups: this.backups,
      database: this.database,
      counters: this.counters,
      storeStatus: () => this.store.status(),
      cachedQueries: () => this.programs.size,
      cacheHits: () => this.programs.hits,
      resetCacheHits: () => {
        this.programs.hits = 0;
      },
    });
    this.restores = new Restore({
      database: this.database,
      withBackup: options.withBackup ?? noBackups,
      change: (write) => {
        this.runner.changeAll(write);
        this.tasks.changed();
        for (const module of this.database.modules.values()) this.modules.add(module);
      },
      onWarning: this.onWarning,
    });
    this.tasks = new TaskSchedule({
      database: this.database,
      clock: this.clock,
      runTask: (collection, task) => this.taskRunner.run(collection, task),
    });
    this.modules = options.modules ?? noModules;
    this.host = {
      tasksChanged: () => this.tasks.changed(),
      setPassword: (user, password) => this.newPasswords.set(user, password),
      restore: (file, restoreOptions) => this.restores.start(Buffer.from(file, 'latin1').toString('utf8'), restoreOptions),
      now: () => Math.floor(this.clock.now() / 1000),
      preciseNow: () => this.clock.precise() / 1000,
      database: this.database,
      machine: this.machine,
      hooks: this.hooks,
      node: this.node,
      modules: this.modules,
      shutdown: () => {
        for (const listener of this.shutdownListeners) listener();
      },
      emit: (event) => {
        for (const listener of this.roomListeners) listener(event);
      },
    };
    this.runner = new Runner(
      {
        database: this.database,
        store,
        machine: this.machine,
        cache: this.cache,
        counters: this.counters,
        hooks: this.hooks,
        modules: this.modules,
        watches: this.watches,
        deadlineMs: (options.queryDurationError ?? 0) * 1000,
        nothing: () => this.programs.get('nil').main,
        committed: () => this.checkpoints.writeWhenDue(),
        changed: (ms) => {
          this.counters.change(ms);
          this.checkpoints.changed(ms);
        },
        suspicious: () => this.garbage.wake(),
      },
      this.host,
    );
    const alone = (collection: Collection | null, run: (tx: Transaction) => void): void => this.runner.alone(collection, run);
    this.newPasswords = new NewPasswords({ database: this.database, alone, onWarning: this.onWarning });
    this.taskRunner = new TaskRunner({
      database: this.database,
      counters: this.counters,
      schedule: () => this.tasks,
      complete: (job, started, later) => this.runner.complete(job, started, later),
      alone,
      onWarning: this.onWarning,
    });
    this.garbage = new GarbageCollector(
      {
        database: this.database,
        change: alone,
        collected: (count) => {
          this.counters.garbageCollected += count;
        },
        failed: (error) => this.onWarning(`garbage is not collected any more: ${error instanceof TiError ? error.message : String(error)}`),
      },
      options.garbageInterval ?? 60,
    );
    const { database, cache, storeHealth: health, garbage } = this;
    this.checkpoints = new Checkpoints({ database, store, health, cache, garbage }, options);
  }

  /** What the checkpoints are made of. */
  get source(): CheckpointSource {
    return this.checkpoints.source;
  }

  /** Has a probe told where programs that were compiled with probes are; null for none. */
  watchWith(probe: Probe | null): void {
    this.machine.probe = probe;
  }

  /** Collects garbage now, instead of in the background. */
  collectGarbage(): void {
    this.garbage.run();
  }

  // --- life ---

  /** Reads the store; true when it held a database. Throws TiError when it is damaged. */
  recover(): boolean {
    this.checkpoints.recover();
    return this.database.users.size > 0;
  }

  /** Fills an empty database: the user `admin` (with password `pass` unless its hash is given), and the collection `stuff`. */
  async initialize(passwordHash?: string): Promise<void> {
    this.fill(passwordHash ?? (await hashPassword('pass')));
  }

  private fill(passwordHash: string): void {
    const now = Math.floor(Date.now() / 1000);
    const admin = newUser(1, 'admin', now);
    admin.passwordHash = passwordHash;
    const stuff = new Collection(2, 'stuff', now, 2);
    for (const key of ['@node', '@thingsdb', stuff.accessKey]) admin.access.set(key, Right.FULL);
    this.database.putUser(admin);
    this.database.addCollection(stuff);
    const change = this.runner.newChange();
    change.ops.int(ChangeOp.COLLECTION);
    change.ops.int(stuff.id);
    change.ops.str(stuff.name);
    change.ops.int(now);
    change.ops.int(stuff.root.id);
    change.ops.int(ChangeOp.USER);
    encodeUser(change.ops, admin);
    this.runner.commit(change, 0);
  }

  /** Starts all modules; to be called once, when queries may come. */
  startModules(): void {
    for (const module of sortedModules(this.database)) this.modules.add(module);
  }

  /** As `close`, but writes no checkpoint: for those who only looked at a store. */
  async leave(): Promise<void> {
    await this.endWork();
    await this.store.close();
  }

  private async endWork(): Promise<void> {
    this.checkpoints.stop();
    this.tasks.stop();
    this.garbage.close();
    await this.backups.stop();
    await this.modules.close();
    await this.restores.stop();
    await this.newPasswords.settled();
    await this.checkpoints.settled();
  }

  async close(): Promise<void> {
    await this.endWork();
    if (this.store.status().failure === null && this.store.checkpointId < this.store.appendedId) {
      await this.checkpoint().catch(() => undefined);
    }
    await this.store.close();
  }

  /** Writes a checkpoint of all changes so far, in the background. Rejects when it could not be written; the log keeps everything then. */
  checkpoint(): Promise<void> {
    return this.checkpoints.write();
  }

  /**
   * Writes a backup of all changes so far into `file`, while queries go on: a gzipped tar archive, which `restoreBackup` makes a store of. Resolves when it is on
   * the disk. Rejects with TiError (-51), and leaves no file then.
   */
  async backup(file: string): Promise<BackupInfo> {
    const { lastChangeId } = this;
    while (this.store.checkpointId < lastChangeId) await this.checkpoint();
    return this.store.backup(file);
  }

  get lastChangeId(): number {
    return this.store.appendedId;
  }

  get durableId(): number {
    return this.store.durableId;
  }

  onDurable(listener: (id: number) => void): void {
    this.store.onDurable(listener);
  }

  onRoomEvent(listener: (event: RoomEvent) => void): void {
    this.roomListeners.push(listener);
  }

  onShutdown(listener: () => void): void {
    this.shutdownListeners.push(listener);
  }

  /** From now on tasks and backups run at their time; those whose time has passed at once. */
  startSchedules(): void {
    this.tasks.start();
    this.backups.start();
  }

  // --- users ---

  async authenticate(name: string, password: string): Promise<UserRef> {
    const user = this.database.userByName(name);
    await user?.newPassword;
    const stored = user?.passwordHash ?? null;
    if (user === undefined || stored === null || !(await this.passwords.check(password, stored))) {
      throw new TiError(ErrorCode.AUTH, 'invalid username or password');
    }
    return user;
  }

  async authenticateToken(key: string): Promise<UserRef> {
    const user = this.database.userByToken(key);
    const token = user?.tokens.find((t) => t.key === key);
    if (user === undefined || token === undefined) throw new TiError(ErrorCode.AUTH, 'invalid token');
    if (!isExpired(token, Date.now() / 1000)) return user;
    throw new TiError(ErrorCode.AUTH, 'token is expired; see https://docs.thingsdb.io/v1/thingsdb-api/del_expired');
  }

  // --- queries ---

  query(request: QueryRequest): QueryAnswer;
  query(request: QueryRequest, later: Later): QueryAnswer | TiError | null;
  query(request: QueryRequest, later: Later | null = null): QueryAnswer | TiError | null {
    return this.answer(() => this.jobs.ofQuery(request, null), later);
  }

  run(request: RunRequest): QueryAnswer;
  run(request: RunRequest, later: Later): QueryAnswer | TiError | null;
  run(request: RunRequest, later: Later | null = null): QueryAnswer | TiError | null {
    return this.answer(() => this.jobs.ofRun(request), later);
  }

  /** Runs a job. Errors are given to those who pass `later`, and thrown to others. */
  private answer(makeJob: () => Job, later: Later | null): QueryAnswer | TiError | null {
    const started = performance.now();
    let answer: QueryAnswer | TiError | null;
    try {
      answer = this.runner.complete(makeJob(), started, later);
    } catch (error) {
      if (!(error instanceof TiError)) {
        this.counters.query(performance.now() - started, false);
        throw error;
      }
      answer = error;
    }
    if (!(answer instanceof TiError)) return answer;
    this.counters.query(performance.now() - started, false);
    if (later === null) throw answer;
    return answer;
  }

  watch(user: UserRef, target: string | number, watcher: Watcher): WatchScope {
    return this.watches.open(this.database.users.get(user.id), target, watcher);
  }

  unwatchAll(watcher: Watcher): void {
    this.watches.leave(watcher);
  }

  rooms(user: UserRef, scope: string): RoomScope {
    return openRooms(this.host, this.database.users.get(user.id), scope);
  }

  /** Runs a program that was compiled elsewhere; else as `query`. */
  runProgram(program: Program, request: Omit<QueryRequest, 'code'>): QueryAnswer {
    // Without `later` there is an answer or an error.
    return this.answer(() => this.jobs.ofQuery({ ...request, code: program.source }, program), null) as QueryAnswer;
  }

  /**
   * Runs a query in the 2019 dialect to its end; the rules for its answer are those of `query`. Throws TiError, whose code `codeOf2019` gives in the numbers of
   * the dialect. `session` has the results so far when it throws.
   */
  query2019(request: Query2019, compiled: Program | null = null, session = new Session2019(request.blobs)): Answer2019 {
    const started = performance.now();
    let isSuccess = false;
    try {
      const failure = this.runner.complete(this.jobs.of2019(request, session, compiled), null, null);
      if (failure instanceof TiError) throw failure;
      isSuccess = true;
      return session;
    } finally {
      this.counters.query(performance.now() - started, isSuccess);
    }
  }
}
