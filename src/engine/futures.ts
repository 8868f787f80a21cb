/**
 * Futures of a query: what is done after it, each callback in a change of its own.
 *
 * A future that waits for nothing outside is complete when the query has run, so `Engine.query` completes all of them before it returns and stays
 * synchronous. One that waits for a module will make the answer itself wait: `query` then gives a promise of the answer in place of the answer, and
 * the rest of `settle` goes on when the module has answered; the callbacks are the same, with the error as first argument of `onFailure`.
 */
import { ErrorCode, operationErr, TiError } from '../errors.ts';
import { valuesOf } from '../model/references.ts';
import type { Closure } from '../values/closure.ts';
import { Future, Room, Task, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';

/** So many callbacks may follow one query: one that makes another for ever would never give way to other queries. */
const MAX_CALLBACKS = 10_000;

/** Runs the callback of a future as a query of its own; gives its value and the futures that it made. Throws TiError. */
export type RunCallback = (closure: Closure, args: readonly Value[]) => { readonly value: Value; readonly futures: readonly Future[] };

/**
 * Completes the futures of a query, the last made first, then in the same order the futures that their callbacks made. The first error ends it: what was
 * not called by then never is. Throws TiError.
 */
export function settle(futures: readonly Future[], run: RunCallback): void {
  const waiting = futures.toReversed();
  for (let i = 0; i < waiting.length; i++) {
    if (i >= MAX_CALLBACKS) throw new TiError(ErrorCode.MAX_QUOTA, `a query may lead to ${MAX_CALLBACKS} futures, no more`);
    const future = waiting[i] as Future;
    if (future.onSuccess === null) {
      future.value = new List([...future.args]);
      continue;
    }
    const { value, futures: more } = run(future.onSuccess, future.args);
    future.value = value;
    waiting.push(...more.toReversed());
  }
}

/** What a query gives: when that is a future, the value of the future, which may be one again. */
export function settled(value: Value): Value {
  let result = value;
  while (result instanceof Future) result = result.value;
  return result;
}

/**
 * Throws operation_err when a value is stored under an id, or holds one that is. A callback with a change runs later than the query that made it: what
 * it was given by reference may be gone by then.
 */
export function checkUnstored(values: Iterable<Value>): void {
  const open: Iterable<Value>[] = [values];
  const seen = new Set<Thing>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const value of next) {
      if (value instanceof Thing) {
        if (value.id !== 0) throw storedArgument();
        if (!seen.has(value)) open.push(valuesOf(value));
        seen.add(value);
      } else if (value instanceof List) open.push(value.items);
      else if (value instanceof SetValue) open.push(value.things);
      else if (value instanceof Wrapped) open.push([value.thing]);
      else if ((value instanceof Room || value instanceof Task) && value.id !== 0) throw storedArgument();
    }
  }
}

const storedArgument = (): TiError =>
  operationErr(
    'a callback that changes something takes no arguments that are stored by id; pass the id, and look the thing up in the callback',
  );
