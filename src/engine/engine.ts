/** The database of one store: takes queries, runs them one after another, and keeps what they change. */
import { Session2019 } from '../builtins/dialect-2019/session.ts';
import { constant, library } from '../builtins/library.ts';
import type { ScopeName } from '../builtins/row.ts';
import type { FunctionCode, Program } from '../bytecode/program.ts';
import { ErrorCode, lookupErr, operationErr, TiError } from '../errors.ts';
import { applyChange } from '../model/apply.ts';
import { Change, ChangeOp } from '../model/change.ts';
import { CheckpointSource } from '../model/checkpoint.ts';
import { CheckpointReader, settleDatabase } from '../model/checkpoint-reader.ts';
import { Collection } from '../model/collection.ts';
import { Database } from '../model/database.ts';
import { CHUNKS_START } from '../model/large.ts';
import { type ModuleHost, noModules, sortedModules } from '../model/modules.ts';
import { PAGES_START } from '../model/pages.ts';
import { checkRawSize } from '../model/quotas.ts';
import { checkRights, Right, scopeName } from '../model/rights.ts';
import { parseScope, type Scope } from '../model/scope.ts';
import { endTask, type TaskRun } from '../model/tasks.ts';
import { Transaction } from '../model/transaction.ts';
import { encodeUser, isExpired, isWhitelisted, newUser, recordUser, type User } from '../model/users.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import type { BackupInfo } from '../storage/backup.ts';
import type { Store } from '../storage/store.ts';
import { type Closure, Effect } from '../values/closure.ts';
import type { Future, Room, Task } from '../values/handles.ts';
import type { Value } from '../values/value.ts';
import { Machine } from '../vm/machine.ts';
import type { EncodeHooks } from '../wire/encode.ts';
import type {
  Answer2019,
  ClientSink,
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
import { decodeRunArgs, decodeVars } from './arguments.ts';
import { askModule } from './ask-module.ts';
import { Backups } from './backups.ts';
import { type Clock, systemClock } from './clock.ts';
import { Counters } from './counters.ts';
import { collectionOfTarget, compileText2019 } from './dialect-2019.ts';
import { checkUnstored, Settlement, settled } from './futures.ts';
import { GarbageCollector } from './garbage.ts';
import { StoreHealth } from './health.ts';
import { encodeHooks } from './hooks.ts';
import { NodeInfo } from './node-info.ts';
import { PageCache } from './page-cache.ts';
import { hashPassword, PasswordChecker } from './passwords.ts';
import { QueryContext, type QueryHost } from './query-context.ts';
import { Restore, type WithBackup } from './restore.ts';
import { deletionOf, openRooms } from './rooms.ts';
import { TaskSchedule } from './task-schedule.ts';
import { codeOf, lazyCode, ProgramCache } from './toolchain.ts';
import { Watches } from './watches.ts';

export interface EngineOptions {
  /** Seconds after which a query fails; 0: never. */
  readonly queryDurationError?: number;
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
  /** Changes in the log that start a checkpoint. */
  readonly checkpointChanges?: number;
  /** Seconds between two searches for things that only hold one another, at least; 60 when not said. */
  readonly garbageInterval?: number;
  /** What runs modules; without it none is ever installed. */
  readonly modules?: ModuleHost;
  /** About how much memory things may take, in bytes; what a checkpoint has written is let go of beyond that. `openEngine` takes 0 for a part of what there is. */
  readonly cacheSize?: number;
}

const MAX_SCOPES = 1000;

/** Bytes in the log that start a checkpoint, however few changes they are. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;

/** A scope as a query runs in it. */
interface Place {
  readonly scope: ScopeName;
  readonly collection: Collection | null;
  readonly deep: number;
}

/** What is to run: a function with arguments for its parameters and variables for its free names. */
interface Job {
  readonly main: FunctionCode;
  readonly args: readonly Value[];
  readonly vars: ReadonlyMap<string, Value> | null;
  readonly place: Place;
  readonly user: User;
  readonly client: ClientSink | null;
  /** The text of the query; null for what has none: a procedure that a client runs, a task, a callback. */
  readonly code: string | null;
  /** The task of which this is the closure or a callback. */
  readonly taskRun?: TaskRun;
  readonly session?: Session2019;
  /** Collects what the answer must wait for; absent when it cannot wait. */
  readonly hashes?: Promise<void>[];
  /** Called at the end of the closure of a task, within its change. */
  readonly ended?: TaskEnd;
}

/** `isWaiting`: the callbacks of futures follow. */
type TaskEnd = (tx: Transaction, error: TiError | null, isWaiting: boolean) => void;

interface Step {
  readonly value: Value;
  readonly futures: readonly Future[];
}

const NO_ARGS: readonly Value[] = [];
const NO_BYTES = new Uint8Array(0);

const noBackups: WithBackup = () => Promise.reject(operationErr('this database cannot restore backups'));

const internalErr = (): TiError => new TiError(ErrorCode.INTERNAL, 'internal error');

/** Whether a call of the function may change what is stored, when it runs in that kind of scope. */
function changesIn(fn: FunctionCode, scope: ScopeName): boolean {
  const bit = scope === 'collection' ? Effect.COLLECTION : scope === 'thingsdb' ? Effect.THINGSDB : 0;
  return (fn.effects & bit) !== 0;
}

export class LocalEngine implements Engine {
  readonly database = new Database();
  readonly store: Store;
  readonly programs = new ProgramCache();
  private readonly watches = new Watches(this.database);
  private readonly programs2019 = new ProgramCache((text) => compileText2019(text, 'collection'));
  private readonly rootPrograms2019 = new ProgramCache((text) => compileText2019(text, 'root'));
  readonly source = new CheckpointSource(this.database);
  readonly cache: PageCache;
  private readonly machine: Machine;
  private readonly passwords = new PasswordChecker();
  /** Scopes by their text; names are looked up at each query. */
  private readonly scopes = new Map<string, Scope>();
  private readonly ops = new MsgpackWriter(4096);
  private readonly roomListeners: ((event: RoomEvent) => void)[] = [];
  private readonly shutdownListeners: (() => void)[] = [];
  private readonly deadlineMs: number;
  private readonly checkpointChanges: number;
  private checkpointing: Promise<void> | null = null;
  /** What packing an answer asks; computed fields run on the machine, so an answer is packed before the next query. */
  readonly hooks: EncodeHooks = encodeHooks(
    (closure, thing) => this.machine.compute(closure, thing),
    () => this.machine.place,
    this.database,
  );
  readonly counters = new Counters();
  readonly node: NodeInfo;
  readonly storeHealth: StoreHealth;
  readonly tasks: TaskSchedule;
  readonly backups: Backups;
  private readonly restores: Restore;
  /** Passwords that are on their way. */
  private readonly hashing = new Set<Promise<void>>();
  private readonly clock: Clock;
  private readonly onWarning: (message: string) => void;
  readonly modules: ModuleHost;
  private readonly host: QueryHost;
  private readonly garbage: GarbageCollector;

  constructor(store: Store, options: EngineOptions = {}) {
    this.store = store;
    this.deadlineMs = (options.queryDurationError ?? 0) * 1000;
    this.cache = new PageCache(this.database, store, options.cacheSize ?? Number.POSITIVE_INFINITY);
    this.checkpointChanges = options.checkpointChanges ?? 100_000;
    this.machine = new Machine({
      database: this.database,
      functionRow: (name) => library.functionRow(name),
      methodTable: (name) => library.methodTable(name),
      constant,
      compile: codeOf,
      memoryLimit: options.queryMemoryLimit ?? 0,
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
        this.changeAll(write);
        for (const module of this.database.modules.values()) this.modules.add(module);
      },
      onWarning: this.onWarning,
    });
    this.tasks = new TaskSchedule({
      database: this.database,
      clock: this.clock,
      runTask: (collection, task) => this.runTask(collection, task),
    });
    this.modules = options.modules ?? noModules;
    this.host = {
      tasksChanged: () => this.tasks.changed(),
      setPassword: (user, password) => this.setPassword(user, password),
      restore: (file, restoreOptions) => this.restores.start(Buffer.from(file, 'latin1').toString('utf8'), restoreOptions),
      now: () => Math.floor(this.clock.now() / 1000),
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
    this.garbage = new GarbageCollector(
      {
        database: this.database,
        change: (collection, work) => this.alone(collection, work),
        collected: (count) => {
          this.counters.garbageCollected += count;
        },
        failed: (error) => this.onWarning(`garbage is not collected any more: ${error instanceof TiError ? error.message : String(error)}`),
      },
      options.garbageInterval ?? 60,
    );
  }

  /** Collects garbage now, instead of in the background. */
  collectGarbage(): void {
    this.garbage.run();
  }

  // --- life ---

  /** Reads the store; true when it held a database. Throws TiError when it is damaged. */
  recover(): boolean {
    const { store, database } = this;
    const reader = new CheckpointReader(database, lazyCode, store, store.format);
    for (const [key, value] of store.records(undefined, CHUNKS_START)) {
      this.source.found(key);
      reader.read(key, value);
    }
    for (const key of store.keys(CHUNKS_START, PAGES_START)) this.source.foundChunk(key);
    reader.end();
    this.source.opened();
    for (const entry of store.log()) {
      applyChange(database, entry.scope, entry.data, lazyCode);
      database.changeId = entry.id;
    }
    database.changeId = Math.max(database.changeId, store.checkpointId);
    settleDatabase(database);
    // Garbage that was not collected before is nowhere noted. The first change has it searched for: a store that is only read is not gone through.
    for (const collection of database.collections.values()) collection.suspicious = true;
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
    const change = this.newChange();
    change.ops.int(ChangeOp.COLLECTION);
    change.ops.int(stuff.id);
    change.ops.str(stuff.name);
    change.ops.int(now);
    change.ops.int(stuff.root.id);
    change.ops.int(ChangeOp.USER);
    encodeUser(change.ops, admin);
    this.commit(change, 0);
  }

  /** Starts all modules; to be called once, when queries may come. */
  startModules(): void {
    for (const module of sortedModules(this.database)) this.modules.add(module);
  }

  async close(): Promise<void> {
    this.tasks.stop();
    this.garbage.close();
    await this.backups.stop();
    await this.modules.close();
    await this.restores.stop();
    await Promise.all(this.hashing);
    await this.checkpointing?.catch(() => undefined);
    if (this.store.status().failure === null && this.store.checkpointId < this.store.appendedId) {
      await this.checkpoint().catch(() => undefined);
    }
    await this.store.close();
  }

  /** Writes a checkpoint of all changes so far, in the background. Rejects when it could not be written; the log keeps everything then. */
  checkpoint(): Promise<void> {
    if (this.checkpointing !== null) return this.checkpointing;
    this.garbage.settle();
    this.checkpointing = this.store
      .checkpoint(this.store.appendedId, this.source.begin())
      .then(() => {
        this.source.finish();
        this.cache.check();
      })
      .catch((error: unknown) => {
        this.source.abort();
        throw error;
      })
      .finally(() => {
        this.checkpointing = null;
      });
    return this.checkpointing;
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

  private checkpointWhenDue(): void {
    if (this.checkpointing !== null || this.garbage.isDropping || !this.storeHealth.mayCheckpoint) return;
    const { appendedId, checkpointId, logBytes } = this.store.status();
    // Things that no checkpoint has yet must stay in memory.
    const isDue = appendedId - checkpointId >= this.checkpointChanges || logBytes > CHECKPOINT_BYTES || this.cache.isOver;
    if (isDue) this.checkpoint().catch((error: unknown) => this.storeHealth.checkpointFailed(error));
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

  private readScope(text: string): Scope {
    const scope = parseScope(text);
    if (this.scopes.size >= MAX_SCOPES) this.scopes.clear();
    this.scopes.set(text, scope);
    return scope;
  }

  private place(scopeText: string): Place {
    const scope = this.scopes.get(scopeText) ?? this.readScope(scopeText);
    if (scope.kind === 'thingsdb') return { scope: 'thingsdb', collection: null, deep: this.database.thingsdbDeep };
    if (scope.kind === 'node') {
      if (scope.id !== null && scope.id !== 0) throw lookupErr(`\`node:${scope.id}\` does not exist`);
      return { scope: 'node', collection: null, deep: this.database.nodeDeep };
    }
    const collection = this.database.collectionByName(scope.name);
    return { scope: 'collection', collection, deep: collection.defaultDeep };
  }

  query(request: QueryRequest): QueryAnswer;
  query(request: QueryRequest, later: Later): QueryAnswer | null;
  query(request: QueryRequest, later: Later | null = null): QueryAnswer | null {
    const started = performance.now();
    try {
      return this.complete(this.queryJob(request, null), started, later);
    } catch (error) {
      this.counters.query(performance.now() - started, false);
      throw error;
    }
  }

  run(request: RunRequest): QueryAnswer;
  run(request: RunRequest, later: Later): QueryAnswer | null;
  run(request: RunRequest, later: Later | null = null): QueryAnswer | null {
    const started = performance.now();
    try {
      return this.complete(this.runJob(request), started, later);
    } catch (error) {
      this.counters.query(performance.now() - started, false);
      throw error;
    }
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
    const started = performance.now();
    try {
      const job = this.queryJob({ ...request, code: program.source }, program);
      // Without `later` there is an answer or an error.
      return this.complete(job, started, null) as QueryAnswer;
    } catch (error) {
      this.counters.query(performance.now() - started, false);
      throw error;
    }
  }

  /**
   * Runs a query in the 2019 dialect to its end; the rules for its answer are those of `query`. Throws TiError, whose code `codeOf2019` gives in the numbers of
   * the dialect.
   */
  query2019(request: Query2019): Answer2019 {
    const started = performance.now();
    let isSuccess = false;
    try {
      const session = new Session2019(request.blobs);
      this.complete(this.job2019(request, session), null, null);
      isSuccess = true;
      return session;
    } finally {
      this.counters.query(performance.now() - started, isSuccess);
    }
  }

  private job2019({ user: { id }, client, target, code, blobs }: Query2019, session: Session2019): Job {
    const collection = collectionOfTarget(this.database, target);
    const scope = collection === null ? 'thingsdb' : 'collection';
    const user = this.database.users.get(id);
    checkRights(user, scope, collection, Right.QUERY);
    checkRawSize(collection, code.length);
    for (const blob of blobs) checkRawSize(collection, blob.length);
    const { main } = (collection === null ? this.rootPrograms2019 : this.programs2019).get(code);
    return { main, args: NO_ARGS, vars: null, place: { scope, collection, deep: 1 }, user: user as User, client, code, session };
  }

  private queryJob(request: QueryRequest, compiled: Program | null): Job {
    const place = this.place(request.scope);
    const user = this.database.users.get(request.user.id);
    const vars = request.vars === null ? null : decodeVars(request.vars, place.collection);
    checkRights(user, place.scope, place.collection, Right.QUERY);
    const program = compiled ?? this.programs.get(request.code);
    return { main: program.main, args: NO_ARGS, vars, place, user: user as User, client: request.client, code: request.code };
  }

  private runJob(request: RunRequest): Job {
    // No node has procedures, whether it is there or not.
    if ((this.scopes.get(request.scope) ?? this.readScope(request.scope)).kind === 'node') {
      throw new TiError(ErrorCode.BAD_DATA, 'the `node` scope has no procedures to run; see https://docs.thingsdb.io/v1/procedures-api');
    }
    const place = this.place(request.scope);
    const name = request.procedure;
    const procedure = (place.collection ?? this.database).procedures.get(name);
    if (procedure === undefined) throw lookupErr(`procedure \`${name}\` not found`);
    const user = this.database.users.get(request.user.id);
    checkRights(user, place.scope, place.collection, Right.RUN);
    if (user === undefined || !isWhitelisted(user, 'procedures', name)) {
      throw new TiError(ErrorCode.FORBIDDEN, `no match in whitelist for procedure \`${name}\``);
    }
    const main = codeOf(procedure.closure);
    const args = decodeRunArgs(request.args ?? NO_BYTES, main.params, name, place.collection);
    return { main, args, vars: null, place, user, client: request.client, code: null };
  }

  /** Runs a job, then the callbacks of the futures that it made; null when it has to wait for a module. `started` is null for what is no query. */
  private complete(asked: Job, started: number | null, later: Later | null): QueryAnswer | null {
    const { machine } = this;
    const job = later === null || asked.place.scope !== 'thingsdb' ? asked : { ...asked, hashes: [] };
    const { value, futures } = this.step(job, this.deadline());
    const { deep, flags } = machine;
    if (futures.length > 0) {
      const settlement = this.settlement(job, this.deadline());
      settlement.start(futures);
      if (settlement.waiting > 0) {
        if (later === null) {
          settlement.abandon();
          throw operationErr('nothing here waits for a module; ask over a connection to a server');
        }
        settlement.onDone = this.waiting(job, started, later, { value, deep, flags });
        return null;
      }
    }
    if (later !== null && job.hashes !== undefined && job.hashes.length > 0) {
      this.waiting(job, started, later, { value, deep, flags })(null);
      return null;
    }
    if (started !== null) this.counters.query(performance.now() - started, true);
    return { value: settled(value), deep, flags };
  }

  /** What is to be called with the error, or null, when a query has all that it waits for but its passwords; the answer then follows them. */
  private waiting(job: Job, started: number | null, later: Later, answer: QueryAnswer): (error: unknown) => void {
    this.cache.valuesInUse++;
    return (error) => {
      const answerNow = (): void =>
        later(() => {
          this.cache.valuesInUse--;
          return this.finish(job, started, error, answer);
        });
      if (job.hashes === undefined || job.hashes.length === 0) answerNow();
      else Promise.all(job.hashes).then(answerNow);
    };
  }

  /** The answer to a query that had to wait. */
  private finish(job: Job, started: number | null, error: unknown, { value, deep, flags }: QueryAnswer): QueryAnswer {
    if (started !== null) this.counters.query(performance.now() - started, error === null);
    if (error !== null) throw error;
    // Packing asks the machine, which has been elsewhere meanwhile.
    const { ended: _, ...rest } = job;
    this.step({ ...rest, main: this.programs.get('nil').main, args: NO_ARGS, vars: null }, Number.POSITIVE_INFINITY);
    return { value: settled(value), deep, flags };
  }

  private settlement(job: Job, deadline: number): Settlement {
    const { collection, scope } = job.place;
    return new Settlement({
      run: (closure, args) => {
        const main = codeOf(closure);
        if (changesIn(main, scope)) checkUnstored(args);
        const { ended: _, ...rest } = job;
        return this.step({ ...rest, main, args, vars: null, code: null }, deadline);
      },
      ask: (future, done) =>
        askModule(this.database, this.modules, this.hooks, collection, future, (asked) => {
          // Waiting is not running.
          deadline = this.deadline();
          done(asked);
        }),
    });
  }

  private deadline(): number {
    return this.deadlineMs === 0 ? Number.POSITIVE_INFINITY : performance.now() + this.deadlineMs;
  }

  /** Runs one function to its end, in a change of its own when it needs one. */
  private step(job: Job, deadline: number): Step {
    const { main, args, vars, place, user, client, code, ended } = job;
    const { scope, collection } = place;
    if (collection !== null && !this.database.collections.has(collection.id))
      throw lookupErr(`collection \`${collection.name}\` not found`);
    const changes = ended !== undefined || changesIn(main, scope);
    if (changes) checkRights(user, scope, collection, Right.CHANGE);
    const change = changes ? this.newChange(collection) : null;
    const schema = collection?.schema ?? 0;
    const tx = new Transaction(collection, change);
    tx.suppressed = main.program.rowNames.includes('nse');
    const context = new QueryContext(this.host, user, scope, collection, tx, client, code, job.taskRun);
    context.session = job.session ?? null;
    context.hashes = job.hashes ?? null;
    const { machine } = this;
    const started = changes ? performance.now() : 0;
    let failure = '';
    let failed: TiError | null = null;
    try {
      const value = machine.execute(main, args, {
        scope,
        collection,
        tx,
        vars,
        deadline,
        deep: place.deep,
        context,
      });
      return { value, futures: context.futures };
    } catch (error) {
      failed = error instanceof TiError ? error : internalErr();
      failure = failed.message || 'error';
      throw error;
    } finally {
      // What a failed query did before its error stays done, as in any other query.
      ended?.(tx, failed, context.futures.length > 0);
      const gone = tx.finish();
      context.recordCommit(failure);
      // Packing the answer may run closures; they can change nothing.
      tx.change = null;
      if (change !== null) {
        this.commit(change, collection?.id ?? 0);
        this.counters.change(performance.now() - started);
        if (collection === null) this.watches.sweep();
        else this.watches.changed(collection, change, schema);
      }
      this.cache.check();
      if (collection !== null) this.afterChange(collection, gone);
    }
  }

  private afterChange(collection: Collection, goneRooms: readonly Room[]): void {
    for (const room of goneRooms) this.host.emit(deletionOf(collection, room));
    if (collection.suspicious) this.garbage.wake();
  }

  // --- passwords ---

  private setPassword(user: User, password: string): Promise<void> {
    const setting = hashPassword(password)
      .then((hash) => {
        // Another password may have been set since, or the user removed.
        if (user.newPassword !== setting || this.database.users.get(user.id) !== user) return;
        user.passwordHash = hash;
        this.alone(null, (tx) => recordUser(tx.need(), user));
      })
      .catch((error: unknown) => this.onWarning(`a password is not set: ${error instanceof TiError ? error.message : String(error)}`))
      .finally(() => {
        this.hashing.delete(setting);
        if (user.newPassword === setting) user.newPassword = null;
      });
    user.newPassword = setting;
    this.hashing.add(setting);
    return setting;
  }

  // --- tasks ---

  /** Runs a task as its owner. Its last change also holds what becomes of it, so that a crash between the two is none. */
  private runTask(collection: Collection | null, task: Task): void {
    const user = this.database.users.get(task.ownerId);
    const run: TaskRun = { task, again: false };
    const name = `task ${task.id} of \`${scopeName(collection === null ? 'thingsdb' : 'collection', collection)}\``;
    let isOver = false;
    const ended: TaskEnd = (tx, error, isWaiting) => {
      if (error === null && isWaiting) return;
      endTask(tx, collection ?? this.database, run, error);
      isOver = true;
    };
    const end = (finish: () => QueryAnswer | null): void => {
      let failure: TiError | null = null;
      try {
        if (finish() === null) {
          this.tasks.hold(task);
          return;
        }
      } catch (error) {
        failure = error instanceof TiError ? error : internalErr();
        const why = error instanceof TiError ? error.message : error instanceof Error ? error.stack : String(error);
        this.onWarning(`${name} failed: ${why}`);
      }
      if (failure === null) this.counters.tasksSuccess++;
      else this.counters.tasksWithError++;
      if (!isOver) this.endTaskAlone(collection, run, failure, name);
    };
    const late: Later = (finish) => {
      end(finish);
      this.tasks.release(task);
    };
    end(() => {
      if (user === undefined) throw new TiError(ErrorCode.FORBIDDEN, 'the owner of the task is gone');
      return this.complete(this.taskJob(collection, run, user, ended), null, late);
    });
  }

  private endTaskAlone(collection: Collection | null, run: TaskRun, failure: TiError | null, name: string): void {
    try {
      this.alone(collection, (tx) => endTask(tx, collection ?? this.database, run, failure));
    } catch (error) {
      // The store tells those who serve clients that it has failed.
      this.onWarning(`${name}: its end is not stored: ${error instanceof TiError ? error.message : String(error)}`);
    }
  }

  private taskJob(collection: Collection | null, taskRun: TaskRun, user: User, ended: TaskEnd): Job {
    const { task } = taskRun;
    const main = codeOf(task.closure as Closure);
    const args = [task, ...(task.args?.items ?? [])].slice(0, main.params.length);
    const place =
      collection === null ? this.place('@thingsdb') : { scope: 'collection' as const, collection, deep: collection.defaultDeep };
    return { main, args, vars: null, place, user, client: null, code: null, taskRun, ended };
  }

  /** Changes a scope, or all when it is null, by what no query does. */
  private alone(collection: Collection | null, run: (tx: Transaction) => void): void {
    const change = this.newChange(collection);
    const schema = collection?.schema ?? 0;
    const tx = new Transaction(collection, change);
    run(tx);
    const gone = tx.finish();
    this.commit(change, collection?.id ?? 0);
    if (collection === null) return;
    this.watches.changed(collection, change, schema);
    this.afterChange(collection, gone);
  }

  /** Makes a change of operations in the scope of users and collections, and does what they say. */
  private changeAll(write: (w: MsgpackWriter) => void): void {
    const change = this.newChange();
    write(change.ops);
    applyChange(this.database, 0, Uint8Array.prototype.slice.call(change.ops.bytes()), lazyCode);
    this.commit(change, 0);
    this.tasks.changed();
  }

  private newChange(collection: Collection | null = null): Change {
    return new Change(this.database.changeId + 1, this.ops, (collection?.watched ?? 0) > 0);
  }

  private commit(change: Change, scope: number): void {
    this.database.changeId = change.id;
    if (change.isEmpty) return;
    try {
      this.store.append(change.id, scope, change.ops.bytes());
      this.counters.changesCommitted++;
    } catch (error) {
      this.counters.changesFailed++;
      throw error;
    }
    this.checkpointWhenDue();
  }
}
