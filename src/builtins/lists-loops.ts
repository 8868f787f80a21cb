/**
 * The loops of methods that call a closure for each item. All go through two arrays: `first` holds the first argument of each call; `second` the
 * second, or is null where that is the index itself (a list). What is gone through is locked, so the arrays do not change meanwhile.
 *
 * Each class writes its steps out: code that they shared would see many classes and be slow.
 */
import type { Transaction } from '../model/transaction.ts';
import type { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { add } from '../values/operators.ts';
import type { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import { truthy, type Value } from '../values/value.ts';
import { keep } from './lists-common.ts';
import { Loop } from './row.ts';

type Container = List | SetValue | Thing;

/** What a loop goes through. */
export interface Source {
  readonly lock: Container | null;
  readonly first: readonly Value[];
  readonly second: readonly Value[] | null;
}

export const listSource = (list: List): Source => ({ lock: list, first: list.items, second: null });

/** The things of a set, with their ids when the closure asks for them. */
export function setSource(set: SetValue, closure: Closure): Source {
  const things = [...set.things];
  const second = closure.code.params.length > 1 ? things.map((thing) => (thing.id === 0 ? null : thing.id)) : things;
  return { lock: set, first: things, second };
}

/** The keys and values of a thing. */
export function thingSource(thing: Thing): Source {
  const keys = thing.keys();
  return { lock: thing, first: keys, second: thing.dict === null ? thing.slots.slice() : keys.map((key) => thing.get(key) as Value) };
}

export class EachLoop extends Loop {
  private readonly first: readonly Value[];
  private readonly second: readonly Value[] | null;
  private readonly count: number;
  private at = 0;

  constructor(source: Source, closure: Closure) {
    super(closure, source.lock);
    this.first = source.first;
    this.second = source.second;
    this.count = source.first.length;
  }

  override next(): boolean {
    const i = this.at;
    if (i === this.count) return false;
    this.a = this.first[i] as Value;
    this.b = this.second === null ? i : (this.second[i] as Value);
    this.at = i + 1;
    return true;
  }
}

export class MapLoop extends Loop {
  private readonly tx: Transaction;
  private readonly first: readonly Value[];
  private readonly second: readonly Value[] | null;
  private readonly count: number;
  private readonly made: Value[] = [];
  private at = 0;

  constructor(source: Source, closure: Closure, tx: Transaction) {
    super(closure, source.lock);
    this.tx = tx;
    this.first = source.first;
    this.second = source.second;
    this.count = source.first.length;
  }

  override next(previous: Value | undefined): boolean {
    if (previous !== undefined) this.made.push(keep(this.tx, previous));
    const i = this.at;
    if (i === this.count) {
      this.result = new List(this.made);
      return false;
    }
    this.a = this.first[i] as Value;
    this.b = this.second === null ? i : (this.second[i] as Value);
    this.at = i + 1;
    return true;
  }
}

export class FilterLoop extends Loop {
  private readonly tx: Transaction;
  private readonly first: readonly Value[];
  private readonly second: readonly Value[] | null;
  private readonly count: number;
  private readonly passed: Value[] = [];
  private at = 0;

  constructor(source: Source, closure: Closure, tx: Transaction) {
    super(closure, source.lock);
    this.tx = tx;
    this.first = source.first;
    this.second = source.second;
    this.count = source.first.length;
  }

  override next(previous: Value | undefined): boolean {
    const i = this.at;
    if (previous === true || (previous !== undefined && previous !== false && truthy(previous))) {
      this.passed.push(keep(this.tx, this.first[i - 1] as Value));
    }
    if (i === this.count) {
      this.result = new List(this.passed);
      return false;
    }
    this.a = this.first[i] as Value;
    this.b = this.second === null ? i : (this.second[i] as Value);
    this.at = i + 1;
    return true;
  }
}

/** Ends at the first call that gives something true: with the item, or its index; with `other` when there is none. */
export class FindLoop extends Loop {
  private readonly first: readonly Value[];
  private readonly second: readonly Value[] | null;
  private readonly count: number;
  private readonly wantsIndex: boolean;
  private readonly other: Value;
  private at = 0;

  constructor(source: Source, closure: Closure, wantsIndex: boolean, other: Value) {
    super(closure, source.lock);
    this.first = source.first;
    this.second = source.second;
    this.count = source.first.length;
    this.wantsIndex = wantsIndex;
    this.other = other;
  }

  override next(previous: Value | undefined): boolean {
    const i = this.at;
    if (previous === true || (previous !== undefined && previous !== false && truthy(previous))) {
      this.result = this.wantsIndex ? i - 1 : (this.first[i - 1] as Value);
      return false;
    }
    if (i === this.count) {
      this.result = this.other;
      return false;
    }
    this.a = this.first[i] as Value;
    this.b = this.second === null ? i : (this.second[i] as Value);
    this.at = i + 1;
    return true;
  }
}

/** Ends at the first call whose truth is `stop`, and gives it; gives the opposite when there is none. */
export class TestLoop extends Loop {
  private readonly first: readonly Value[];
  private readonly second: readonly Value[] | null;
  private readonly count: number;
  private readonly stop: boolean;
  private at = 0;

  constructor(source: Source, closure: Closure, stop: boolean) {
    super(closure, source.lock);
    this.first = source.first;
    this.second = source.second;
    this.count = source.first.length;
    this.stop = stop;
  }

  override next(previous: Value | undefined): boolean {
    const i = this.at;
    if (previous !== undefined && truthy(previous) === this.stop) {
      this.result = this.stop;
      return false;
    }
    if (i === this.count) {
      this.result = !this.stop;
      return false;
    }
    this.a = this.first[i] as Value;
    this.b = this.second === null ? i : (this.second[i] as Value);
    this.at = i + 1;
    return true;
  }
}

/** Hands what each call gave to the next; `from` is the first item to be called with. */
export class ReduceLoop extends Loop {
  private readonly first: readonly Value[];
  private readonly second: readonly Value[] | null;
  private readonly count: number;
  private at: number;

  constructor(source: Source, closure: Closure, initial: Value, from: number) {
    super(closure, source.lock);
    this.first = source.first;
    this.second = source.second;
    this.count = source.first.length;
    this.at = from;
    this.a = initial;
  }

  override next(previous: Value | undefined): boolean {
    if (previous !== undefined) this.a = previous;
    const i = this.at;
    if (i === this.count) {
      this.result = this.a;
      return false;
    }
    this.b = this.first[i] as Value;
    this.c = this.second === null ? i : (this.second[i] as Value);
    this.at = i + 1;
    return true;
  }
}

/** Adds up what the calls give; or, to count, 1 for each that gave something true. */
export class SumLoop extends Loop {
  private readonly first: readonly Value[];
  private readonly count: number;
  private readonly counts: boolean;
  private total: Value = 0;
  private at = 0;

  constructor(list: List, closure: Closure, counts: boolean) {
    super(closure, list);
    this.first = list.items;
    this.count = list.items.length;
    this.counts = counts;
  }

  override next(previous: Value | undefined): boolean {
    if (previous !== undefined) {
      if (!this.counts) this.total = add(this.total, previous);
      else if (truthy(previous)) this.total = (this.total as number) + 1;
    }
    const i = this.at;
    if (i === this.count) {
      this.result = this.total;
      return false;
    }
    this.a = this.first[i] as Value;
    this.b = i;
    this.at = i + 1;
    return true;
  }
}
