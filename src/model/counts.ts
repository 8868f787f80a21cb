/** Counts of stored references, which are stored with what they count: whoever changes one touches that thing first. */
import { Room, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';

/** Counts what a value that is about to be stored leads to. All things in it have ids, though some may be about to be made. */
export const hold = (collection: Collection, value: Value): void => count(collection, value, 1);

/** Counts down what a value that was stored led to; what drops to none stays. */
export const release = (collection: Collection, value: Value): void => count(collection, value, -1);

export function holdAll(collection: Collection, values: Iterable<Value>): void {
  for (const value of values) if (typeof value === 'object' && value !== null) count(collection, value, 1);
}

export function releaseAll(collection: Collection, values: Iterable<Value>): void {
  for (const value of values) if (typeof value === 'object' && value !== null) count(collection, value, -1);
}

function count(collection: Collection, value: Value, step: number): void {
  if (value instanceof Thing) {
    if (collection.uncounted !== null && value.isAbsent) {
      collection.uncounted.add(value.id, step);
      return;
    }
    collection.touch(value.id);
    value.refs += step;
  } else if (value instanceof List) for (const item of value.items) count(collection, item, step);
  else if (value instanceof SetValue) for (const thing of value.things) count(collection, thing, step);
  else if (value instanceof Wrapped) count(collection, value.thing, step);
  else if (value instanceof Room) {
    collection.touchRoom(value.id);
    value.refs += step;
  }
}
