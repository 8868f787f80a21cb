/**
 * Finds things that lead to one another in a circle and to which nothing leads from the root: counts of references never reach zero there.
 *
 * The search marks what the root leads to, a few things at a time, while queries change the collection in between. What a stored place comes to hold
 * meanwhile is marked too (`reach`), and so is every new thing, so that nothing unmarked is in use when the search is through. A mark is a bit under the
 * id of a thing: the thing itself may leave the memory meanwhile.
 */
import { Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { valuesOf } from './references.ts';
import { PAGE_SIZE, pageOf } from './thing-index.ts';

/** The values that a collection holds in other places than its things. */
export function* valuesBesideThings(collection: Collection): Iterable<Value> {
  for (const enumeration of collection.enums.values()) for (const member of enumeration.members.values()) yield member.value;
  for (const task of collection.tasks.items) yield task.args;
}

/** A search through one collection. */
export class GarbageSearch {
  private readonly collection: Collection;
  /** By the number of the page, a bit for each of its things. */
  private readonly marks = new Map<number, number>();
  /** Ids of marked things whose values are yet to be looked at. */
  private readonly open: number[] = [];
  /** Goes over all things, once all that the root leads to is marked. */
  private all: Iterator<Thing> | null = null;
  private readonly found: Thing[] = [];

  constructor(collection: Collection) {
    this.collection = collection;
    collection.suspicious = false;
    collection.search = this;
    this.mark(collection.root);
    for (const value of valuesBesideThings(collection)) this.reach(value);
  }

  private mark({ id }: Thing): void {
    if (this.admit(id)) this.open.push(id);
  }

  /** Marks a thing whose values need no look, such as a new one; false when it had its mark. */
  admit(id: number): boolean {
    const page = pageOf(id);
    const marks = this.marks.get(page) ?? 0;
    const bit = 1 << (id % PAGE_SIZE);
    if ((marks & bit) !== 0) return false;
    this.marks.set(page, marks | bit);
    return true;
  }

  /** To be called with each value that a stored place comes to hold; gives how many values were looked at. */
  reach(value: Value): number {
    if (typeof value !== 'object' || value === null) return 0;
    let count = 1;
    if (value instanceof Thing) this.mark(value);
    else if (value instanceof List) for (const item of value.items) count += this.reach(item) + 1;
    else if (value instanceof SetValue) {
      for (const thing of value.things) this.mark(thing);
      count += value.things.size;
    } else if (value instanceof Wrapped) this.mark(value.thing);
    return count;
  }

  /** Goes on for about so many values; true when it is through, until something changes. The values of one thing are looked at in one go. */
  step(limit: number): boolean {
    let left = limit;
    while (left > 0) {
      const id = this.open.pop();
      if (id !== undefined) {
        left--;
        const thing = this.collection.things.get(id);
        if (thing !== undefined) for (const value of valuesOf(thing)) left -= this.reach(value);
        continue;
      }
      this.all ??= this.collection.things.values();
      const next = this.all.next();
      if (next.done === true) return true;
      if (!this.hasMark(next.value)) this.found.push(next.value);
      left--;
    }
    return false;
  }

  /** Whether it was reached so far. */
  hasMark({ id }: Thing): boolean {
    return ((this.marks.get(pageOf(id)) ?? 0) & (1 << (id % PAGE_SIZE))) !== 0;
  }

  /**
   * Ends a search that is through: the stored things to which nothing leads, neither the root nor any other stored thing. They must leave the collection
   * now, since nothing notes any more what comes into use.
   */
  finish(): Thing[] {
    const { collection } = this;
    collection.search = null;
    // Some may have come into use again, or left, since they were found.
    return this.found.filter((thing) => !this.hasMark(thing) && collection.things.get(thing.id) === thing);
  }
}
