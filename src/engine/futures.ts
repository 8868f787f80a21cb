/**
 * Futures of a query: what is done after it, each callback in a change of its own.
 *
 * A future that waits for nothing outside is complete when the query has run, and a query that makes no others is answered at once. One that asks a
 * module makes the answer wait: the rest follows when the module has answered. All that wait do so side by side.
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

/** What came of asking a module. */
export type Asked = { readonly value: Value } | { readonly error: TiError };

/** What futures need of the engine. */
export interface FutureHost {
  /** Runs the callback of a future as a query of its own; gives its value and the futures that it made. Throws TiError. */
  run(closure: Closure, args: readonly Value[]): { readonly value: Value; readonly futures: readonly Future[] };
  /** Sends the request of a future to its module. `done` is called once, at once or in a later turn of the event loop. */
  ask(future: Future, done: (asked: Asked) => void): void;
}

/**
 * Completes the futures of a query, the last made first, then in the same order the futures that their callbacks made. The first error ends it: what was
 * not called by then never is.
 */
export class Settlement {
  private readonly host: FutureHost;
  private readonly queue: Future[] = [];
  private count = 0;
  /** How many wait for a module. */
  waiting = 0;
  private isOver = false;
  /** Called once when nothing waits any more, with the error that ended it, or null; only if something waited after `start`. */
  onDone: (error: unknown) => void = () => {};

  constructor(host: FutureHost) {
    this.host = host;
  }

  /** Does what can be done at once. Throws what a callback throws, or the error of a future that has no `else`. */
  start(futures: readonly Future[]): void {
    this.queue.push(...futures.toReversed());
    try {
      this.drain();
    } catch (error) {
      this.isOver = true;
      throw error;
    }
  }

  /** Lets go of what waits: nothing further is called. */
  abandon(): void {
    this.isOver = true;
  }

  private drain(): void {
    for (let future = this.queue.shift(); future !== undefined; future = this.queue.shift()) {
      if (this.count++ >= MAX_CALLBACKS) throw new TiError(ErrorCode.MAX_QUOTA, `a query may lead to ${MAX_CALLBACKS} futures, no more`);
      if (future.request === null) this.succeed(future);
      else this.ask(future);
    }
  }

  private ask(future: Future): void {
    let early: Asked | null = null;
    let isAsking = true;
    this.host.ask(future, (asked) => {
      if (isAsking) early = asked;
      else this.arrived(future, asked);
    });
    isAsking = false;
    if (early === null) this.waiting++;
    else this.complete(future, early);
  }

  private arrived(future: Future, asked: Asked): void {
    this.waiting--;
    if (this.isOver) return;
    let failure: unknown = null;
    try {
      this.complete(future, asked);
      this.drain();
    } catch (error) {
      failure = error;
    }
    if (failure === null && this.waiting > 0) return;
    this.isOver = true;
    this.onDone(failure);
  }

  private complete(future: Future, asked: Asked): void {
    const rest = future.args.slice(1);
    if ('value' in asked) {
      future.args = [asked.value, ...rest];
      this.succeed(future);
    } else if (future.onFailure === null) throw asked.error;
    else this.call(future, future.onFailure, [asked.error, ...rest]);
  }

  private succeed(future: Future): void {
    if (future.onSuccess === null) future.value = new List([...future.args]);
    else this.call(future, future.onSuccess, future.args);
  }

  private call(future: Future, closure: Closure, args: readonly Value[]): void {
    const { value, futures } = this.host.run(closure, args);
    future.value = value;
    this.queue.push(...futures.toReversed());
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
