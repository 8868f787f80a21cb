/** Runs jobs one after another: each function in a change of its own when it needs one, then the callbacks of its futures. */
import type { FunctionCode } from '../bytecode/program.ts';
import { Failed, fail, lookupErr, operationErr, TiError } from '../errors.ts';
import { applyChange } from '../model/apply.ts';
import { Change } from '../model/change.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import type { ModuleHost } from '../model/modules.ts';
import { checkRights, Right } from '../model/rights.ts';
import { Transaction } from '../model/transaction.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import type { Store } from '../storage/store.ts';
import type { Room } from '../values/handles.ts';
import type { Value } from '../values/value.ts';
import type { Machine } from '../vm/machine.ts';
import type { EncodeHooks } from '../wire/encode.ts';
import type { Later, QueryAnswer } from './api.ts';
import { askModule } from './ask-module.ts';
import type { Counters } from './counters.ts';
import { checkUnstored, Settlement, settled } from './futures.ts';
import { changesIn, internalErr, type Job, NO_ARGS, type Step } from './job.ts';
import type { PageCache } from './page-cache.ts';
import { QueryContext, type QueryHost } from './query-context.ts';
import { deletionOf } from './rooms.ts';
import { codeOf, lazyCode } from './toolchain.ts';
import type { Watches } from './watches.ts';

export interface RunnerHost {
  readonly database: Database;
  readonly store: Store;
  readonly machine: Machine;
  readonly cache: PageCache;
  readonly counters: Counters;
  readonly hooks: EncodeHooks;
  readonly modules: ModuleHost;
  readonly watches: Watches;
  /** How long a query may run, in milliseconds; 0: for ever. */
  readonly deadlineMs: number;
  /** A function that does nothing. */
  nothing(): FunctionCode;
  /** Called when a change was appended to the log. */
  committed(): void;
  /** Called when a query has made a change, with how long it took, in milliseconds. */
  changed(ms: number): void;
  /** Called when there may be things that only hold one another. */
  suspicious(): void;
}

export class Runner {
  private readonly host: RunnerHost;
  private readonly queries: QueryHost;
  private readonly ops = new MsgpackWriter(4096);

  constructor(host: RunnerHost, queries: QueryHost) {
    this.host = host;
    this.queries = queries;
  }

  /**
   * Runs a job, then the callbacks of the futures that it made; null when it has to wait for a module. Gives the error that ends the job, and throws that of a
   * callback. `started` is null for what is no query.
   */
  complete(asked: Job, started: number | null, later: Later | null): QueryAnswer | TiError | null {
    const { machine } = this.host;
    const job = later === null || asked.place.scope !== 'thingsdb' ? asked : { ...asked, hashes: [] };
    const step = this.step(job, this.deadline());
    if (step instanceof TiError) return step;
    const { value, futures } = step;
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
    if (started !== null) this.host.counters.query(performance.now() - started, true);
    return { value: settled(value), deep, flags };
  }

  /** What is to be called with the error, or null, when a query has all that it waits for but its passwords; the answer then follows them. */
  private waiting(job: Job, started: number | null, later: Later, answer: QueryAnswer): (error: unknown) => void {
    this.host.cache.valuesInUse++;
    return (error) => {
      const answerNow = (): void =>
        later(() => {
          this.host.cache.valuesInUse--;
          return this.finish(job, started, error, answer);
        });
      if (job.hashes === undefined || job.hashes.length === 0) answerNow();
      else Promise.all(job.hashes).then(answerNow);
    };
  }

  /** The answer to a query that had to wait. */
  private finish(job: Job, started: number | null, error: unknown, { value, deep, flags }: QueryAnswer): QueryAnswer {
    if (started !== null) this.host.counters.query(performance.now() - started, error === null);
    if (error !== null) throw error;
    // Packing asks the machine, which has been elsewhere meanwhile.
    const { ended: _, ...rest } = job;
    this.step({ ...rest, main: this.host.nothing(), args: NO_ARGS, vars: null }, Number.POSITIVE_INFINITY);
    return { value: settled(value), deep, flags };
  }

  private settlement(job: Job, deadline: number): Settlement {
    const { collection, scope } = job.place;
    return new Settlement({
      run: (closure, args) => {
        const main = codeOf(closure);
        if (changesIn(main, scope)) checkUnstored(args);
        const { ended: _, ...rest } = job;
        const step = this.step({ ...rest, main, args, vars: null, code: null }, deadline);
        if (step instanceof TiError) throw step;
        return step;
      },
      ask: (future, done) =>
        askModule(this.host.database, this.host.modules, this.host.hooks, collection, future, (asked) => {
          // Waiting is not running.
          deadline = this.deadline();
          done(asked);
        }),
    });
  }

  private deadline(): number {
    return this.host.deadlineMs === 0 ? Number.POSITIVE_INFINITY : performance.now() + this.host.deadlineMs;
  }

  /** Runs one function to its end, in a change of its own when it needs one. Gives an error that ends it. */
  private step(job: Job, deadline: number): Step | TiError {
    const { main, args, vars, place, user, client, code, ended } = job;
    const { scope, collection } = place;
    if (collection !== null && !this.host.database.collections.has(collection.id))
      throw lookupErr(`collection \`${collection.name}\` not found`);
    const changes = ended !== undefined || changesIn(main, scope);
    if (changes) checkRights(user, scope, collection, Right.CHANGE);
    const change = changes ? this.newChange(collection) : null;
    const schema = collection?.schema ?? 0;
    const tx = new Transaction(collection, change);
    tx.suppressed = main.program.rowNames.includes('nse');
    const context = new QueryContext(this.queries, user, scope, collection, tx, client, code, job.taskRun);
    context.session = job.session ?? null;
    context.hashes = job.hashes ?? null;
    const started = changes ? performance.now() : 0;
    let result: Value | Failed;
    try {
      result = this.host.machine.execute(main, args, { scope, collection, tx, vars, deadline, deep: place.deep, context });
    } catch (error) {
      // A fault of ours.
      result = fail(internalErr());
      this.endStep(job, tx, context, result.error, started, schema);
      throw error;
    }
    const error = result instanceof Failed ? result.error : null;
    this.endStep(job, tx, context, error, started, schema);
    return error ?? { value: result as Value, futures: context.futures };
  }

  /** What is due at the end of a function, whether it ended well or not: what a failed query did before its error stays done. */
  private endStep(job: Job, tx: Transaction, context: QueryContext, error: TiError | null, started: number, schema: number): void {
    const { collection } = job.place;
    const { change } = tx;
    job.ended?.(tx, error, context.futures.length > 0);
    const gone = tx.finish();
    context.recordCommit(error === null ? '' : error.message || 'error');
    // Packing the answer may run closures; they can change nothing.
    tx.change = null;
    if (change !== null) {
      this.commit(change, collection?.id ?? 0);
      this.host.changed(performance.now() - started);
      if (collection === null) this.host.watches.sweep();
      else this.host.watches.changed(collection, change, schema);
    }
    this.host.cache.check();
    if (collection !== null) this.afterChange(collection, gone);
  }

  private afterChange(collection: Collection, goneRooms: readonly Room[]): void {
    for (const room of goneRooms) this.queries.emit(deletionOf(collection, room));
    if (collection.suspicious) this.host.suspicious();
  }

  /** Changes a scope, or all when it is null, by what no query does. */
  alone(collection: Collection | null, run: (tx: Transaction) => void): void {
    const change = this.newChange(collection);
    const schema = collection?.schema ?? 0;
    const tx = new Transaction(collection, change);
    run(tx);
    const gone = tx.finish();
    this.commit(change, collection?.id ?? 0);
    if (collection === null) return;
    this.host.watches.changed(collection, change, schema);
    this.afterChange(collection, gone);
  }

  /** Makes a change of operations in the scope of users and collections, and does what they say. */
  changeAll(write: (w: MsgpackWriter) => void): void {
    const change = this.newChange();
    write(change.ops);
    applyChange(this.host.database, 0, Uint8Array.prototype.slice.call(change.ops.bytes()), lazyCode);
    this.commit(change, 0);
  }

  newChange(collection: Collection | null = null): Change {
    return new Change(this.host.database.changeId + 1, this.ops, (collection?.watched ?? 0) > 0);
  }

  commit(change: Change, scope: number): void {
    if (change.isEmpty) return;
    this.host.database.changeId = change.id;
    try {
      this.host.store.append(change.id, scope, change.ops.bytes());
      this.host.counters.changesCommitted++;
    } catch (error) {
      this.host.counters.changesFailed++;
      throw error;
    }
    this.host.committed();
  }
}
