/**
 * The loop behind the methods that call a closure for each item. There is one class for all of them, because the machine calls `next` at one place:
 * with a class for each method, that call would be several times slower once a program uses more than a few of them.
 */
import type { Transaction } from '../model/transaction.ts';
import type { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { add } from '../values/operators.ts';
import type { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import { truthy, type Value } from '../values/value.ts';
import { idOf, keep, keepInPlace } from './lists-common.ts';
import { Loop } from './row.ts';

type Container = List | SetValue | Thing;

/**
 * What a loop goes through: `first` holds the first argument of each call, `second` the second, or is null where that is the index (in a list).
 * What is locked does not change meanwhile.
 */
export interface Source {
  readonly lock: Container | null;
  readonly first: readonly Value[];
  readonly second: readonly Value[] | null;
}

export const listSource = (list: List): Source => ({ lock: list, first: list.items, second: null });

/** The things of a set, with their ids when the closure has a parameter at `position` for them. */
export function setSource(set: SetValue, closure: Closure, position = 1): Source {
  const things = [...set.things];
  return { lock: set, first: things, second: closure.code.params.length > position ? things.map(idOf) : things };
}

/** The keys and values of a thing. */
export function thingSource(thing: Thing): Source {
  const keys = thing.keys();
  return { lock: thing, first: keys, second: valuesInOrder(thing, keys) };
}

/** The values of a thing in the order of its keys, in a new array. */
export function valuesInOrder(thing: Thing, keys: readonly string[]): Value[] {
  return thing.dict === null ? thing.slots.slice() : keys.map((key) => thing.get(key) as Value);
}

/** What is done with what the closure gives. */
export const Mode = {
  /** Nothing. */
  EACH: 0,
  /** Collects it, as a list keeps it. */
  MAP: 1,
  /** Collects it as it is. */
  COLLECT: 2,
  /** Adds it to the result. */
  SUM: 3,
  /** Hands it to the next call; the last is the result. */
  REDUCE: 4,
  /** False ends the loop with the result false. */
  EVERY: 5,
  /** True ends the loop with the result true. */
  SOME: 6,
  /** True ends the loop with the item as the result. */
  FIND: 7,
  /** True ends the loop with the index as the result. */
  FIND_INDEX: 8,
  /** Adds 1 to the result for what is true. */
  COUNT: 9,
  /** Collects the items for which it is true. */
  FILTER: 10,
  /** Collects the places for which it is true. */
  PICK: 11,
} as const;

type Finish = (collected: Value[]) => Value;

/**
 * What is filtered gathers in arrays of so many items. They are small enough for the space of young objects; an array that grows beyond that is moved to
 * memory of its own again and again.
 */
const PART = 8192;

export class ItemLoop extends Loop {
  private readonly mode: number;
  private readonly first: readonly Value[];
  private readonly second: readonly Value[] | null;
  private readonly tx: Transaction | null;
  private collected: Value[];
  /** Full parts of what is filtered, before `collected`. */
  private parts: Value[][] | null = null;
  private readonly finish: Finish | null;
  private end: number;
  private at = 0;
  private limit = Number.POSITIVE_INFINITY;

  private constructor(mode: number, source: Source, closure: Closure, result: Value, tx: Transaction | null, finish: Finish | null) {
    super(closure, source.lock);
    this.mode = mode;
    this.first = source.first;
    this.second = source.second;
    this.end = source.first.length;
    this.result = result;
    this.tx = tx;
    this.finish = finish;
    // What has one result for each item begins as a copy and is filled in: lists that grow item by item are moved several times.
    this.collected = mode === Mode.MAP || mode === Mode.COLLECT ? source.first.slice() : [];
  }

  /** A loop that gives `result` unless a call changes that: EACH, SUM, EVERY, SOME, FIND, FIND_INDEX and COUNT. */
  static seeking(mode: number, source: Source, closure: Closure, result: Value): ItemLoop {
    return new ItemLoop(mode, source, closure, result, null, null);
  }

  /** A loop that makes a list: MAP and FILTER. */
  static listing(mode: number, source: Source, closure: Closure, tx: Transaction): ItemLoop {
    return new ItemLoop(mode, source, closure, null, tx, (collected) => new List(collected));
  }

  /** A loop that hands what it collected to `finish`: COLLECT, and PICK, which may end after `limit` places. */
  static collecting(mode: number, source: Source, closure: Closure, finish: Finish, limit = Number.POSITIVE_INFINITY): ItemLoop {
    const loop = new ItemLoop(mode, source, closure, null, null, finish);
    loop.limit = limit;
    if (limit <= 0) loop.end = 0;
    return loop;
  }

  /** A loop that reduces the items from place `from` on. */
  static reducing(source: Source, closure: Closure, initial: Value, from: number): ItemLoop {
    const loop = new ItemLoop(Mode.REDUCE, source, closure, null, null, null);
    loop.a = initial;
    loop.at = from;
    return loop;
  }

  override next(previous: Value | undefined): boolean {
    if (previous !== undefined && this.take(previous)) return false;
    const i = this.at;
    if (i === this.end) {
      if (this.finish !== null) this.result = this.finish(this.mode === Mode.FILTER ? this.filtered() : this.collected);
      else if (this.mode === Mode.REDUCE) this.result = this.a;
      return false;
    }
    this.at = i + 1;
    const { second } = this;
    if (this.mode === Mode.REDUCE) {
      this.b = this.first[i] as Value;
      this.c = second === null ? i : (second[i] as Value);
    } else {
      this.a = this.first[i] as Value;
      this.b = second === null ? i : (second[i] as Value);
    }
    return true;
  }

  /** Takes what a call gave; true when that ends the loop. */
  private take(value: Value): boolean {
    switch (this.mode) {
      case 0: // EACH
        return false;
      case 1: // MAP
        this.collected[this.at - 1] = keep(this.tx as Transaction, value);
        return false;
      case 2: // COLLECT
        this.collected[this.at - 1] = value;
        return false;
      case 3: // SUM
        this.result = add(this.result, value);
        return false;
      case 4: // REDUCE
        this.a = value;
        return false;
      case 5: // EVERY
        if (truthy(value)) return false;
        this.result = false;
        return true;
      case 10: // FILTER
        if ((value === true || (value !== false && truthy(value))) && this.collected.push(this.a) === PART) this.nextPart();
        return false;
      default:
        return (value === true || (value !== false && truthy(value))) && this.hit(this.at - 1);
    }
  }

  private nextPart(): void {
    this.parts ??= [];
    this.parts.push(this.collected);
    this.collected = [];
  }

  /** All that FILTER has kept, as a list keeps it. */
  private filtered(): Value[] {
    const items = this.parts === null ? this.collected : ([] as Value[]).concat(...this.parts, this.collected);
    keepInPlace(this.tx as Transaction, items);
    return items;
  }

  /** Takes a place for which the closure gave something true; true when that ends the loop. */
  private hit(place: number): boolean {
    switch (this.mode) {
      case 6: // SOME
        this.result = true;
        return true;
      case 7: // FIND
        this.result = this.first[place] as Value;
        return true;
      case 8: // FIND_INDEX
        this.result = place;
        return true;
      case 9: // COUNT
        this.result = (this.result as number) + 1;
        return false;
      default: // PICK
        if (this.collected.push(place) >= this.limit) this.end = this.at;
        return false;
    }
  }
}
