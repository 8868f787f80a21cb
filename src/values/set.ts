import type { Restriction } from './restriction.ts';
import type { Thing } from './thing.ts';

/** A set of things, by identity, in order of insertion. */
export class SetValue {
  things: Set<Thing>;
  /** See `List.locks`. */
  locks = 0;
  /** The thing that holds this set as its property `key`; null for a set in a variable. */
  parent: Thing | null = null;
  key = '';
  restriction: Restriction | null = null;
  /** See `List.kept`. */
  kept = 0;

  constructor(things: Set<Thing> = new Set()) {
    this.things = things;
  }

  get typeName(): string {
    return 'set';
  }
}
