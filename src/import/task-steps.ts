/** Steps that change tasks, in any scope. */
import { ErrorCode, TiError } from '../errors.ts';
import type { ForeignValues } from '../model/foreign-values.ts';
import { readInt, readStr } from '../model/read.ts';
import { argsFor, type TaskScope } from '../model/tasks.ts';
import { Task } from '../values/handles.ts';
import { List } from '../values/list.ts';

/** False for a step that is none of tasks. */
export function applyTaskStep(values: ForeignValues, scope: TaskScope, step: number): boolean {
  if (step < 59 || step > 65) return false;
  const { r } = values;
  const key = (name: string): void => {
    if (readStr(r) !== name) throw new Error(`expected \`${name}\``);
  };
  r.next();
  key('id');
  const id = readInt(r);
  if (step === 59) {
    const task = new Task();
    task.id = id;
    key('run_at');
    task.runAt = readInt(r);
    key('user_id');
    task.ownerId = readInt(r);
    key('closure');
    task.closure = values.closure();
    key('args');
    task.args = argsOf(task, values.value());
    scope.tasks.add(task);
    scope.nextId = Math.max(scope.nextId, id + 1);
    return true;
  }
  const task = scope.tasks.get(id);
  if (task === undefined) throw new Error(`there is no task ${id}`);
  if (step === 60) scope.tasks.remove(task);
  else if (step === 61) {
    task.runAt = 0;
    task.succeeded = false;
    task.error = new TiError(ErrorCode.CANCELLED, 'operation is cancelled before completion');
  } else if (step === 62) {
    key('run_at');
    task.runAt = readInt(r);
    key('verr');
    const outcome = values.value();
    task.succeeded = outcome instanceof TiError && outcome.code === 0;
    task.error = outcome instanceof TiError && outcome.code !== 0 ? outcome : null;
    if (task.runAt === 0 && task.succeeded) scope.tasks.remove(task);
  } else if (step === 63) {
    key('args');
    task.args = argsOf(task, values.value());
  } else if (step === 64) {
    key('owner');
    task.ownerId = readInt(r);
  } else {
    key('closure');
    task.closure = values.closure();
    task.args = argsOf(task, new List([null, ...(task.args?.items ?? [])], true));
  }
  return true;
}

/** The first argument is the place of the task itself. */
function argsOf(task: Task, args: unknown): List {
  if (!(args instanceof List) || task.closure === null) throw new Error('expected the arguments of a task');
  return new List(argsFor(task.closure, args.items.slice(1)), true);
}
