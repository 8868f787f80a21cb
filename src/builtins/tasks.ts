/** Tasks: closures that run at their time, with the rights of their owner. */
import { ErrorCode, lookupErr, numArgsErr, operationErr, TiError, typeErr, valueErr } from '../errors.ts';
import { Right, rightsOf } from '../model/rights.ts';
import {
  addTask,
  argsFor,
  MAX_TASKS,
  recordTask,
  removeTask,
  setTaskArgs,
  setTaskClosure,
  type TaskRun,
  type TaskScope,
} from '../model/tasks.ts';
import { userNamed } from '../model/users.ts';
import { Closure } from '../values/closure.ts';
import { DateTime } from '../values/datetime.ts';
import { Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { typeName, type Value } from '../values/value.ts';
import { move, secondsOfUnit } from './datetime-methods.ts';
import type { Context, MethodRow, Param, Row } from './row.ts';
import { inZone, zoneOf } from './zones.ts';

const SEE = 'see https://docs.thingsdb.io/v1/collection-api/task';
const UINT32_MAX = 2 ** 32 - 1;

const scopeOf = (cx: Context): TaskScope => cx.collection ?? cx.database;

function wrongType(what: string, index: number, wanted: string, value: Value): TiError {
  return typeErr(
    `function \`${what}\` expects argument ${index} to be of type \`${wanted}\` but got type \`${typeName(value)}\` instead; ${SEE}`,
  );
}

/** The error of a task that has done its work or was removed. */
const emptyTask = (): TiError => valueErr('the task is empty: it has done its work, or was removed');

/** Throws value_err for an empty task. */
function needLiving(task: Task): asserts task is Task & { readonly closure: Closure; readonly args: List } {
  if (task.id === 0) throw emptyTask();
}

function task(cx: Context, first: Value | undefined, closure: Value | undefined, args: Value | undefined): Value {
  if (first === undefined) return new Task();
  if (closure === undefined) return taskById(cx, first);
  return newTask(cx, first, closure, args);
}

function taskById(cx: Context, id: Value): Task {
  if (typeof id !== 'number' && typeof id !== 'bigint') throw typeErr(`cannot convert type \`${typeName(id)}\` to \`task\``);
  const found = scopeOf(cx).tasks.get(Number(id));
  if (found === undefined) throw lookupErr(`task with id ${id} not found`);
  return found;
}

function newTask(cx: Context, start: Value, closure: Value, args: Value | undefined): Task {
  if (!(start instanceof DateTime)) throw wrongType('task', 1, 'datetime` or `timeval', start);
  const scope = scopeOf(cx);
  if (scope.tasks.items.length >= MAX_TASKS) {
    throw new TiError(ErrorCode.MAX_QUOTA, `a scope has at most ${MAX_TASKS} tasks`);
  }
  const runAt = secondsOf(start);
  if (runAt === null) throw valueErr(`the start of a task is out of range; ${SEE}`);
  if (!(closure instanceof Closure)) throw wrongType('task', 2, 'closure', closure);
  if (args !== undefined && !(args instanceof List)) throw wrongType('task', 3, 'list` or `tuple', args);
  const made = { runAt, ownerId: cx.user.id, closure, args: checkedArgs(cx, closure, args?.items ?? []) };
  const added = addTask(cx.tx, scope, made);
  cx.tasksChanged();
  return added;
}

/** Seconds since 1970 in 32 bit; null for what does not fit. */
function secondsOf({ seconds }: DateTime): number | null {
  return typeof seconds === 'number' && seconds >= 0 && seconds <= UINT32_MAX ? seconds : null;
}

/** Throws num_arguments_err, type_err. */
function checkedArgs(cx: Context, closure: Closure, given: readonly Value[]): Value[] {
  const count = Math.max(0, closure.code.params.length - 1);
  if (given.length > count) {
    throw numArgsErr(`the closure of the task takes ${count} arguments besides the task itself, but ${given.length} are given; ${SEE}`);
  }
  if (cx.collection === null) given.forEach(checkPlain);
  return argsFor(closure, given);
}

/** In the scope of users and collections nothing can be stored that refers to something else. */
function checkPlain(value: Value): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Float || value instanceof Bytes || value instanceof Regex || value instanceof DateTime) return;
  throw typeErr(`type \`${typeName(value)}\` is not allowed as an argument of a task in the \`@thingsdb\` scope; ${SEE}`);
}

const tasks = (cx: Context): List => new List([...scopeOf(cx).tasks.items]);

const forbidden = (message: string): TiError =>
  new TiError(ErrorCode.FORBIDDEN, `${message}; see https://docs.thingsdb.io/v1/data-types/task/set_owner`);

function cancel(cx: Context, self: Task): Value {
  if (self.id === 0 || self.runAt === 0) return null;
  cx.tx.need();
  self.runAt = 0;
  self.succeeded = false;
  self.error = new TiError(ErrorCode.CANCELLED, 'operation is cancelled before completion');
  if (cx.taskRun?.task === self) cx.taskRun.again = false;
  recordTask(cx.tx, self);
  cx.tasksChanged();
  return null;
}

function del(cx: Context, self: Task): Value {
  if (self.id === 0) return null;
  removeTask(cx.tx, scopeOf(cx), self);
  cx.tasksChanged();
  return null;
}

function setArgs(cx: Context, self: Task, args: Value): Value {
  needLiving(self);
  if (!(args instanceof List)) throw wrongType('set_args', 1, 'list` or `tuple', args);
  setTaskArgs(cx.tx, self, checkedArgs(cx, self.closure, args.items));
  return null;
}

function setClosure(cx: Context, self: Task, closure: Value): Value {
  needLiving(self);
  if (!(closure instanceof Closure)) throw wrongType('set_closure', 1, 'closure', closure);
  setTaskClosure(cx.tx, self, closure);
  return null;
}

/** Who asks may hand a task to one who may change things in the scope, and may do there no more than who asks. */
function setOwner(cx: Context, self: Task, name: Value): Value {
  needLiving(self);
  if (typeof name !== 'string') throw wrongType('set_owner', 1, 'str', name);
  const owner = userNamed(cx.database, name);
  const theirs = rightsOf(owner, cx.scope, cx.collection);
  if ((theirs & Right.CHANGE) === 0) {
    throw forbidden(`user \`${name}\` has no \`CHANGE\` on the scope of the task`);
  }
  if ((theirs & ~rightsOf(cx.user, cx.scope, cx.collection)) !== 0) {
    throw forbidden(`user \`${name}\` has more rights than you have`);
  }
  cx.tx.need();
  self.ownerId = owner.id;
  recordTask(cx.tx, self);
  return null;
}

/** The run in which a task may say when it runs again. */
function runOf(cx: Context, self: Task): TaskRun {
  needLiving(self);
  const { taskRun } = cx;
  if (taskRun === null || taskRun.task !== self) {
    throw operationErr('a task is set to run again by itself only: call this within the closure of the task');
  }
  return taskRun;
}

function again(cx: Context, run: TaskRun, runAt: number): null {
  cx.tx.need();
  run.task.runAt = runAt;
  run.again = true;
  recordTask(cx.tx, run.task);
  return null;
}

function againAt(cx: Context, self: Task, start: Value): Value {
  const run = runOf(cx, self);
  if (!(start instanceof DateTime)) throw wrongType('again_at', 1, 'datetime` or `timeval', start);
  const runAt = secondsOf(start);
  if (runAt === null || runAt <= cx.now())
    throw valueErr('the time at which a task runs again must be in the future, and before the year 2106');
  return again(cx, run, runAt);
}

/** So many steps of a unit until the time is in the future: a task that was missed for a while goes on as if it had not been. */
function againIn(cx: Context, self: Task, unit: Value, count: Value): Value {
  const run = runOf(cx, self);
  if (typeof unit !== 'string') throw wrongType('again_in', 1, 'str', unit);
  if (typeof count !== 'number' && typeof count !== 'bigint') throw wrongType('again_in', 2, 'int', count);
  if (count < 1) throw valueErr('a task cannot run again in the past: the number of units must be positive');
  const zone = zoneOf(cx);
  const now = cx.now();
  let at = inZone(self.runAt, zone, false);
  const length = secondsOfUnit(unit);
  if (length !== null) {
    const missed = Math.floor((now - self.runAt) / (Number(count) * length));
    if (missed > 0) at = move(at, unit, missed * Number(count));
  }
  do at = move(at, unit, count);
  while (at.seconds <= now);
  const runAt = secondsOf(at);
  if (runAt === null) throw valueErr('the time at which a task runs again must be before the year 2106');
  return again(cx, run, runAt);
}

const page = (name: string): string => `data-types/task/${name}`;
const CHANGES = ['collection', 'thingsdb'] as const;

/** What all methods of tasks have in common. */
function method(row: Omit<MethodRow, 'receiver' | 'page'>): MethodRow {
  return { receiver: 'task', page: page(row.name), ...row };
}

/** A method that changes the task: while its arguments are evaluated, no other may. */
function changing(name: string, params: readonly Param[], doc: string, example: string, run: MethodRow['run']): MethodRow {
  return method({ name, params, returns: 'nil', doc, example, changes: CHANGES, locks: true, run });
}

export const taskRows: readonly Row[] = [
  {
    name: 'task',
    params: [
      { name: 'start', type: 'any', optional: true },
      { name: 'closure', type: 'any', optional: true },
      { name: 'args', type: 'any', optional: true },
    ],
    returns: 'task',
    doc: 'Makes a task: a closure that is called at a time, as its owner, with the task and the arguments of a list. With one argument, finds the task of an id; without, gives an empty one.',
    example: 'task(datetime(4000000000), |t, a| a, [6]).args();  // => [6]',
    page: 'collection-api/task',
    changes: CHANGES,
    scopes: CHANGES,
    run: task,
  },
  {
    name: 'tasks',
    params: [],
    returns: 'list',
    doc: 'All tasks of the scope.',
    example: 'task(datetime(4000000000), || 1); tasks().len();  // => 1',
    page: 'collection-api/tasks',
    scopes: CHANGES,
    run: tasks,
  },
  method({
    name: 'id',
    params: [],
    returns: 'int|nil',
    doc: 'The id of the task; nil when it is empty.',
    example: 'task().id();  // => null',
    run: (_cx, self: Task) => (self.id === 0 ? null : self.id),
  }),
  method({
    name: 'at',
    params: [],
    returns: 'datetime|nil',
    doc: 'When the task runs; nil when it is not scheduled.',
    example: 'task(datetime(4000000000), || 1).at();  // => "2096-10-02T07:06:40Z"',
    run: (cx, self: Task) => (self.runAt === 0 ? null : inZone(self.runAt, zoneOf(cx), false)),
  }),
  method({
    name: 'owner',
    params: [],
    returns: 'str',
    doc: 'The name of the user with whose rights the task runs.',
    example: 'task(datetime(4000000000), || 1).owner();  // => "admin"',
    run: (cx, self: Task) => {
      needLiving(self);
      return cx.database.users.get(self.ownerId)?.name ?? null;
    },
  }),
  method({
    name: 'closure',
    params: [],
    returns: 'closure',
    doc: 'What the task runs.',
    example: 'str(task(datetime(4000000000), || 1).closure());  // => "|| 1"',
    run: (_cx, self: Task) => {
      needLiving(self);
      return self.closure;
    },
  }),
  method({
    name: 'args',
    params: [],
    returns: 'tuple',
    doc: 'What the closure is called with, behind the task itself.',
    example: 'task(datetime(4000000000), |t, a, b| a, [6]).args();  // => [6, null]',
    run: (_cx, self: Task) => {
      needLiving(self);
      return self.args;
    },
  }),
  method({
    name: 'err',
    params: [],
    returns: 'error|nil',
    doc: 'The error with which the last run ended, or that the task was cancelled; else nil.',
    example: 't = task(datetime(4000000000), || 1); t.cancel(); t.err().code();  // => -64',
    run: (_cx, self: Task) => self.error,
  }),
  changing(
    'cancel',
    [],
    'Takes the task off the schedule; it stays, with an error that says so.',
    't = task(datetime(4000000000), || 1); t.cancel(); t.at();  // => null',
    cancel,
  ),
  changing('del', [], 'Removes the task.', 't = task(datetime(4000000000), || 1); t.del(); t.id();  // => null', del),
  changing(
    'set_args',
    [{ name: 'args', type: 'any' }],
    'Sets what the closure is called with, behind the task itself; what is missing is nil.',
    't = task(datetime(4000000000), |t, a| a); t.set_args([7]); t.args();  // => [7]',
    setArgs,
  ),
  changing(
    'set_closure',
    [{ name: 'closure', type: 'any' }],
    'Sets what the task runs. Arguments that it does not take leave, those that are missing are nil.',
    't = task(datetime(4000000000), |t, a| a, [6]); t.set_closure(|t, a, b| b); t.args();  // => [6, null]',
    setClosure,
  ),
  changing(
    'set_owner',
    [{ name: 'user', type: 'any' }],
    'Hands the task to a user who may change things in the scope and has no rights there that you have not.',
    "t = task(datetime(4000000000), || 1); t.set_owner('admin');  // => null",
    setOwner,
  ),
  changing(
    'again_at',
    [{ name: 'start', type: 'any' }],
    'Has the task run again at a time. Only the closure of the task may call this.',
    't = task(datetime(4000000000), || 1); try(t.again_at(datetime(4000000009))).code();  // => -63',
    againAt,
  ),
  changing(
    'again_in',
    [
      { name: 'unit', type: 'any' },
      { name: 'count', type: 'any' },
    ],
    'Has the task run again so many `years`, `months`, `weeks`, `days`, `hours`, `minutes` or `seconds` after the time at which it was to run. Only the closure of the task may call this.',
    "t = task(datetime(4000000000), || 1); try(t.again_in('days', 1)).code();  // => -63",
    againIn,
  ),
];
