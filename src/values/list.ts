import type { Restriction } from './restriction.ts';
import type { Thing } from './thing.ts';
import type { Value } from './value.ts';

/** A list, or a tuple: what a list becomes inside another list; a tuple never changes. */
export class List {
  items: Value[];
  readonly isTuple: boolean;
  /** How many loops and assignments are using the items now; while not 0, the list must not change. */
  locks = 0;
  /** Of a tuple: how many tuples lie in one another in it, itself not counted. */
  nesting = 0;
  /** The thing that holds this list as its property `key`; null for a list in a variable and for a tuple. */
  parent: Thing | null = null;
  key = '';
  /** What the items must be, when the property is of a type that says so. */
  restriction: Restriction | null = null;
  /** How many of the first items are, in the store, as they are here; see `model/large.ts`. */
  kept = 0;

  constructor(items: Value[], isTuple = false) {
    this.items = items;
    this.isTuple = isTuple;
  }

  get typeName(): string {
    return this.isTuple ? 'tuple' : 'list';
  }
}
