/** Runs a task and sees to what becomes of it. */
import { ErrorCode, TiError } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { scopeName } from '../model/rights.ts';
import { endTask, type TaskRun } from '../model/tasks.ts';
import type { Transaction } from '../model/transaction.ts';
import type { User } from '../model/users.ts';
import type { Closure } from '../values/closure.ts';
import type { Task } from '../values/handles.ts';
import type { Later, QueryAnswer } from './api.ts';
import type { Counters } from './counters.ts';
import { internalErr, type Job, type TaskEnd } from './job.ts';
import type { TaskSchedule } from './task-schedule.ts';
import { codeOf } from './toolchain.ts';

export interface TaskRunnerHost {
  readonly database: Database;
  readonly counters: Counters;
  schedule(): TaskSchedule;
  /** See `Runner`. */
  complete(job: Job, started: number | null, later: Later | null): QueryAnswer | TiError | null;
  alone(collection: Collection | null, run: (tx: Transaction) => void): void;
  onWarning(message: string): void;
}

export class TaskRunner {
  private readonly host: TaskRunnerHost;

  constructor(host: TaskRunnerHost) {
    this.host = host;
  }

  /** Runs a task as its owner. Its last change also holds what becomes of it, so that a crash between the two is none. */
  run(collection: Collection | null, task: Task): void {
    const user = this.host.database.users.get(task.ownerId);
    const run: TaskRun = { task, again: false };
    const name = `task ${task.id} of \`${scopeName(collection === null ? 'thingsdb' : 'collection', collection)}\``;
    let isOver = false;
    const ended: TaskEnd = (tx, error, isWaiting) => {
      if (error === null && isWaiting) return;
      endTask(tx, collection ?? this.host.database, run, error);
      isOver = true;
    };
    const end = (finish: () => QueryAnswer | TiError | null): void => {
      let failure: TiError | null = null;
      try {
        const answer = finish();
        if (answer === null) {
          this.host.schedule().hold(task);
          return;
        }
        if (answer instanceof TiError) throw answer;
      } catch (error) {
        failure = error instanceof TiError ? error : internalErr();
        const why = error instanceof TiError ? error.message : error instanceof Error ? error.stack : String(error);
        this.host.onWarning(`${name} failed: ${why}`);
      }
      if (failure === null) this.host.counters.tasksSuccess++;
      else this.host.counters.tasksWithError++;
      if (!isOver) this.endTaskAlone(collection, run, failure, name);
    };
    const late: Later = (finish) => {
      end(finish);
      this.host.schedule().release(task);
    };
    end(() => {
      if (user === undefined) throw new TiError(ErrorCode.FORBIDDEN, 'the owner of the task is gone');
      return this.host.complete(this.taskJob(collection, run, user, ended), null, late);
    });
  }

  private endTaskAlone(collection: Collection | null, run: TaskRun, failure: TiError | null, name: string): void {
    try {
      this.host.alone(collection, (tx) => endTask(tx, collection ?? this.host.database, run, failure));
    } catch (error) {
      // The store tells those who serve clients that it has failed.
      this.host.onWarning(`${name}: its end is not stored: ${error instanceof TiError ? error.message : String(error)}`);
    }
  }

  private taskJob(collection: Collection | null, taskRun: TaskRun, user: User, ended: TaskEnd): Job {
    const { task } = taskRun;
    const main = codeOf(task.closure as Closure);
    const args = [task, ...(task.args?.items ?? [])].slice(0, main.params.length);
    const place =
      collection === null
        ? { scope: 'thingsdb' as const, collection, deep: this.host.database.thingsdbDeep }
        : { scope: 'collection' as const, collection, deep: collection.defaultDeep };
    return { main, args, vars: null, place, user, client: null, code: null, taskRun, ended };
  }
}
