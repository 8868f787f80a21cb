/** What the methods of things share. */
import { lookupErr } from '../errors.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';

export const newThing = (): Thing => new Thing(Shape.empty, []);

/** An empty plain thing that tells its keys in the same kind of order as `thing`. */
export function emptyLike(thing: Thing): Thing {
  const result = newThing();
  if (thing.shape === Shape.sorted) {
    result.shape = Shape.sorted;
    result.dict = new Map();
  }
  return result;
}

/** Throws lookup_err for an instance of a type: its properties are those of the type, so it has no functions that add or remove some. */
export function plainOnly(thing: Thing, name: string): void {
  const { type } = thing.shape;
  if (type === null) return;
  throw lookupErr(`type \`${type.name}\` has no function \`${name}\`: instances have the properties that their type defines`);
}
