/** Runs tasks at their time: those that are due one after another, each in a turn of the event loop of its own. */
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import type { Task } from '../values/handles.ts';
import { Alarm, type Clock } from './clock.ts';

export interface TaskHost {
  readonly database: Database;
  readonly clock: Clock;
  /** Runs a task of a scope to its end, in which it leaves the schedule or gets another time; null: the scope of users and collections. */
  runTask(collection: Collection | null, task: Task): void;
}

interface Due {
  readonly collection: Collection | null;
  readonly task: Task;
}

export class TaskSchedule {
  private readonly host: TaskHost;
  private readonly alarm: Alarm;
  private isOn = false;
  /** Tasks whose end waits for something outside; they do not start again before it. */
  private readonly atWork = new Set<Task>();

  constructor(host: TaskHost) {
    this.host = host;
    this.alarm = new Alarm(host.clock, () => this.ring());
  }

  /** From now on tasks run; those whose time has passed at once. */
  start(): void {
    this.isOn = true;
    this.changed();
  }

  stop(): void {
    this.isOn = false;
    this.alarm.set(Number.POSITIVE_INFINITY);
  }

  /** To be called when a task came, went, or runs at another time. */
  changed(): void {
    if (this.isOn) this.alarm.set(this.next()?.task.runAt ?? Number.POSITIVE_INFINITY);
  }

  /** Keeps a task from being started until `release`. */
  hold(task: Task): void {
    this.atWork.add(task);
  }

  release(task: Task): void {
    this.atWork.delete(task);
    this.changed();
  }

  /** The task that is to run next. */
  private next(): Due | null {
    const { database } = this.host;
    let found = this.earliest(null, database.tasks.items, null);
    for (const collection of database.collections.values()) found = this.earliest(collection, collection.tasks.items, found);
    return found;
  }

  private earliest(collection: Collection | null, tasks: readonly Task[], found: Due | null): Due | null {
    let best = found;
    for (const task of tasks) {
      if (task.runAt === 0 || this.atWork.has(task)) continue;
      if (best === null || task.runAt < best.task.runAt) best = { collection, task };
    }
    return best;
  }

  private ring(): void {
    if (!this.isOn) return;
    const due = this.next();
    if (due !== null && due.task.runAt * 1000 <= this.host.clock.now()) this.host.runTask(due.collection, due.task);
    this.changed();
  }
}
