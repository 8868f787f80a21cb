/**
 * Tasks of a scope: closures that run at their time. Everything that happens to one is an operation of a change, so a task is as durable as any data. What
 * the arguments of a task hold is stored as if a property held it.
 */

import { TiError } from '../errors.ts';
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure, type ClosureCode } from '../values/closure.ts';
import { Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import type { Value } from '../values/value.ts';
import { ChangeOp } from './change.ts';
import { asItem } from './owned.ts';
import { readInt, readStr } from './read.ts';
import { decodeStored, encodeStored, type StoredContext } from './stored.ts';
import type { Transaction } from './transaction.ts';

/** The most that a scope may have at a time. */
export const MAX_TASKS = 500;

export class TaskList {
  /** In the order in which they are told: the last takes the place of one that leaves. */
  readonly items: Task[] = [];
  /** Also has those that were only referred to yet, while a store is read. */
  private readonly byId = new Map<number, Task>();
  /** Whether all tasks there are are known. */
  private isSettled = false;

  get(id: number): Task | undefined {
    return this.byId.get(id);
  }

  /** The task of an id, for a reader that may meet the reference before the task. */
  reference(id: number): Task {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const task = new Task();
    // Things may be read at any time, and what they refer to may be gone by then.
    if (id === 0 || this.isSettled) return task;
    task.id = id;
    this.byId.set(id, task);
    return task;
  }

  add(task: Task): void {
    this.byId.set(task.id, task);
    this.items.push(task);
  }

  /** Takes a task out; it is empty from then on, for all who hold it. */
  remove(task: Task): void {
    const at = this.items.indexOf(task);
    const last = this.items.pop();
    if (last !== undefined && last !== task) this.items[at] = last;
    this.byId.delete(task.id);
    empty(task);
  }

  /** Once a store was read: what was referred to and is not there was removed since, and is empty. */
  settle(): void {
    this.isSettled = true;
    if (this.byId.size === this.items.length) return;
    const living = new Set(this.items);
    for (const [id, task] of this.byId) {
      if (living.has(task)) continue;
      this.byId.delete(id);
      empty(task);
    }
  }
}

function empty(task: Task): void {
  task.id = 0;
  task.runAt = 0;
  task.ownerId = 0;
  task.closure = null;
  task.args = null;
  task.succeeded = null;
  task.error = null;
}

/** Whose tasks are kept together: a collection, or the scope of users and collections. */
export interface TaskScope {
  readonly tasks: TaskList;
  /** The next id; never goes back. */
  nextId: number;
}

/** A task at work. */
export interface TaskRun {
  readonly task: Task;
  /** Whether it said when it runs again. */
  again: boolean;
}

/** As many values as the closure takes behind the task itself: those given, then nil. */
export function argsFor(closure: Closure, given: readonly Value[]): Value[] {
  const count = Math.max(0, closure.code.params.length - 1);
  return Array.from({ length: count }, (_, i) => given[i] ?? null);
}

const tuple = (values: readonly Value[]): List => asItem(new List([...values])) as List;

/** A copy of a closure that shows its compact text, as those that are stored do. */
function kept(closure: Closure): Closure {
  const copy = new Closure(closure.code);
  copy.unbound = true;
  return copy;
}

/** Adds a task, which needs a change. `args` are as many as `argsFor` gives. */
export function addTask(
  tx: Transaction,
  scope: TaskScope,
  made: { readonly runAt: number; readonly ownerId: number; readonly closure: Closure; readonly args: readonly Value[] },
): Task {
  tx.need();
  const task = new Task();
  task.id = scope.nextId++;
  task.runAt = made.runAt;
  task.ownerId = made.ownerId;
  task.closure = kept(made.closure);
  task.args = tuple(made.args);
  tx.keep(task.args);
  scope.tasks.add(task);
  recordTask(tx, task);
  return task;
}

/** Takes a task out of its scope, which needs a change. */
export function removeTask(tx: Transaction, scope: TaskScope, task: Task): void {
  const { ops } = tx.need();
  ops.int(ChangeOp.DEL_TASK);
  ops.int(task.id);
  tx.drop(task.args);
  scope.tasks.remove(task);
}

/** Sets what a task is called with; see `argsFor`. Needs a change. */
export function setTaskArgs(tx: Transaction, task: Task, args: readonly Value[]): void {
  tx.need();
  const old = task.args;
  task.args = tuple(args);
  tx.keep(task.args);
  tx.drop(old);
  recordTask(tx, task);
}

/** Sets what a task runs, and the arguments to as many as that takes. Needs a change. */
export function setTaskClosure(tx: Transaction, task: Task, closure: Closure): void {
  tx.need();
  task.closure = kept(closure);
  setTaskArgs(tx, task, argsFor(closure, task.args?.items ?? []));
}

/** What becomes of a task that has run: it runs again when it said so; else it is done, or stays with its error. Needs a change. */
export function endTask(tx: Transaction, scope: TaskScope, { task, again }: TaskRun, error: TiError | null): void {
  if (task.id === 0) return;
  if (!again && error === null) {
    removeTask(tx, scope, task);
    return;
  }
  if (!again) task.runAt = 0;
  task.succeeded = error === null;
  task.error = error;
  recordTask(tx, task);
}

/** Records a task as it is now. */
export function recordTask(tx: Transaction, task: Task): void {
  const { ops } = tx.need();
  ops.int(ChangeOp.TASK);
  encodeTask(ops, task);
}

const NEVER = 0;
const SUCCEEDED = 1;
const FAILED = 2;

export function encodeTask(w: MsgpackWriter, task: Task): void {
  w.int(task.id);
  w.int(task.runAt);
  w.int(task.ownerId);
  w.int(task.succeeded === null ? NEVER : task.succeeded ? SUCCEEDED : FAILED);
  encodeStored(w, task.error);
  w.str((task.closure as Closure).code.compactText);
  encodeStored(w, task.args);
}

/** Reads a task into its place in the scope, or adds it. Gives the task, and the arguments that it had before. */
export function decodeTask(
  r: MsgpackReader,
  scope: TaskScope,
  cx: StoredContext,
  load: (text: string) => ClosureCode,
): { readonly task: Task; readonly before: Value } {
  const id = readInt(r);
  const task = scope.tasks.reference(id);
  task.id = id;
  const before = task.args;
  const isNew = task.closure === null;
  task.runAt = readInt(r);
  task.ownerId = readInt(r);
  const status = readInt(r);
  task.succeeded = status === NEVER ? null : status === SUCCEEDED;
  const error = decodeStored(r, cx);
  task.error = error instanceof TiError ? error : null;
  task.closure = new Closure(load(readStr(r)));
  task.closure.unbound = true;
  task.args = decodeStored(r, cx) as List;
  if (isNew) scope.tasks.add(task);
  scope.nextId = Math.max(scope.nextId, id + 1);
  return { task, before };
}

/** Reads the id of a task, and takes it out. Gives the arguments that it had. */
export function decodeRemoval(r: MsgpackReader, scope: TaskScope): Value {
  const task = scope.tasks.get(readInt(r));
  if (task === undefined) throw new Error('damaged change: no such task');
  const { args } = task;
  scope.tasks.remove(task);
  return args;
}
