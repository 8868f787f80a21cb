/** Counts references and finds what is in use by walking over everything, for comparison with what the model keeps up to date. */
import type { Collection } from '../../src/model/collection.ts';
import type { Database } from '../../src/model/database.ts';
import { Room, Wrapped } from '../../src/values/handles.ts';
import { List } from '../../src/values/list.ts';
import { SetValue } from '../../src/values/set.ts';
import { Thing } from '../../src/values/thing.ts';
import type { Value } from '../../src/values/value.ts';

/** The things and rooms in a value, each as often as it is there. */
function* held(value: Value | undefined): Iterable<Thing | Room> {
  if (value instanceof Thing || value instanceof Room) yield value;
  else if (value instanceof List) for (const item of value.items) yield* held(item);
  else if (value instanceof SetValue) yield* value.things;
  else if (value instanceof Wrapped) yield value.thing;
}

function* heldBy(thing: Thing): Iterable<Thing | Room> {
  for (const key of thing.keys()) yield* held(thing.get(key));
}

function* heldElsewhere(collection: Collection): Iterable<Thing | Room> {
  for (const task of collection.tasks.items) yield* held(task.args ?? undefined);
  for (const enumeration of collection.enums.values()) for (const { value } of enumeration.members.values()) yield* held(value);
}

/** The things to which the root leads, a member of an enumerator, or the arguments of a task. */
export function inUse(collection: Collection): Set<Thing> {
  const found = new Set<Thing>([collection.root]);
  const elsewhere = [...heldElsewhere(collection)].filter((value) => value instanceof Thing);
  for (const thing of elsewhere) found.add(thing);
  // A set that grows while it is gone over.
  for (const thing of found) for (const other of heldBy(thing)) if (other instanceof Thing) found.add(other);
  return found;
}

/** What is wrong with ids and counts of references; empty when nothing is. */
export function wrongReferences(database: Database): string[] {
  const wrong: string[] = [];
  for (const collection of database.collections.values()) {
    const counts = new Map<Thing | Room, number>([[collection.root, 1]]);
    const count = (value: Thing | Room): void => {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    };
    for (const thing of collection.things.values()) for (const value of heldBy(thing)) count(value);
    for (const value of heldElsewhere(collection)) count(value);
    for (const [value, times] of counts) {
      const stored = value instanceof Thing ? collection.things.get(value.id) : collection.rooms.get(value.id);
      if (stored !== value) wrong.push(`#${value.id} is held, but not stored`);
      if (value.refs !== times) wrong.push(`#${value.id} is held by ${times} places, but counts ${value.refs}`);
    }
    for (const thing of collection.things.values()) if (!counts.has(thing)) wrong.push(`#${thing.id} is stored, but nothing holds it`);
    for (const room of collection.rooms.values()) if (!counts.has(room)) wrong.push(`room ${room.id} is stored, but nothing holds it`);
  }
  return wrong;
}
