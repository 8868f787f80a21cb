/** What is to run, whatever it comes from: a query, a procedure, a task, a callback. */
import type { Session2019 } from '../builtins/dialect-2019/session.ts';
import type { ScopeName } from '../builtins/row.ts';
import type { FunctionCode } from '../bytecode/program.ts';
import { ErrorCode, TiError } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import type { TaskRun } from '../model/tasks.ts';
import type { Transaction } from '../model/transaction.ts';
import type { User } from '../model/users.ts';
import { Effect } from '../values/closure.ts';
import type { Future } from '../values/handles.ts';
import type { Value } from '../values/value.ts';
import type { ClientSink } from './api.ts';

/** A scope as a query runs in it. */
export interface Place {
  readonly scope: ScopeName;
  readonly collection: Collection | null;
  readonly deep: number;
}

/** What is to run: a function with arguments for its parameters and variables for its free names. */
export interface Job {
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
export type TaskEnd = (tx: Transaction, error: TiError | null, isWaiting: boolean) => void;

export interface Step {
  readonly value: Value;
  readonly futures: readonly Future[];
}

export const NO_ARGS: readonly Value[] = [];

export const internalErr = (): TiError => new TiError(ErrorCode.INTERNAL, 'internal error');

/** Whether a call of the function may change what is stored, when it runs in that kind of scope. */
export function changesIn(fn: FunctionCode, scope: ScopeName): boolean {
  const bit = scope === 'collection' ? Effect.COLLECTION : scope === 'thingsdb' ? Effect.THINGSDB : 0;
  return (fn.effects & bit) !== 0;
}
