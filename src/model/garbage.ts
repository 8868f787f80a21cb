/**
 * Finds things that lead to one another in a circle and to which nothing leads from the root: counts of references never reach zero there.
 *
 * The search marks what the root leads to, a few things at a time, while queries change the collection in between. What a stored place comes to hold
 * meanwhile is marked too (`reach`), and so is every new thing, so that nothing unmarked is in use when the search is through. Marks are not taken
 * away afterwards: each search begins by giving them the other meaning (`Collection.mark`).
 */
import { Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing, ThingFlag } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { valuesOf } from './references.ts';

/** The values that a collection holds in other places than its things. */
export function* valuesBesideThings(collection: Collection): Iterable<Value> {
  for (const enumeration of collection.enums.values()) for (const member of enumeration.members.values()) yield member.value;
  for (const task of collection.tasks.items) yield task.args;
}

/** A search through one collection. It must be carried to its end: what it has marked means something else for the next one. */
export class GarbageSearch {
  private readonly collection: Collection;
  /** Marked things whose values are yet to be looked at. */
  private readonly open: Thing[] = [];
  /** Goes over all things, once all that the root leads to is marked. */
  private all: Iterator<Thing> | null = null;
  private readonly found: Thing[] = [];

  constructor(collection: Collection) {
    this.collection = collection;
    collection.suspicious = false;
    collection.mark ^= ThingFlag.MARK;
    collection.search = this;
    this.mark(collection.root);
    for (const value of valuesBesideThings(collection)) this.reach(value);
  }

  private mark(thing: Thing): void {
    if ((thing.flags & ThingFlag.MARK) === this.collection.mark) return;
    thing.flags ^= ThingFlag.MARK;
    this.open.push(thing);
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
      const thing = this.open.pop();
      if (thing !== undefined) {
        left--;
        for (const value of valuesOf(thing)) left -= this.reach(value);
        continue;
      }
      this.all ??= this.collection.things.values();
      const next = this.all.next();
      if (next.done === true) return true;
      if (this.isUnmarked(next.value)) this.found.push(next.value);
      left--;
    }
    return false;
  }

  private isUnmarked(thing: Thing): boolean {
    return (thing.flags & ThingFlag.MARK) !== this.collection.mark;
  }

  /**
   * Ends a search that is through: the stored things to which nothing leads, neither the root nor any other stored thing. They must leave the collection
   * now, since they have no mark.
   */
  finish(): Thing[] {
    const { collection } = this;
    collection.search = null;
    // Some may have come into use again, or left, since they were found.
    return this.found.filter((thing) => this.isUnmarked(thing) && collection.things.get(thing.id) === thing);
  }
}
