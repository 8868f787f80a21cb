/** The keys of a shape as they stand in MessagePack, each with its header; made once per shape. */
import type { Shape } from '../values/shape.ts';

const keysOfShape = new WeakMap<Shape, readonly Uint8Array[]>();

export function packedKeys(shape: Shape): readonly Uint8Array[] {
  return keysOfShape.get(shape) ?? packKeys(shape);
}

/** Keys of shapes are names, and so at most 255 bytes long. */
function packKeys(shape: Shape): readonly Uint8Array[] {
  const keys = shape.keys.map((key) => {
    const header = key.length < 32 ? [0xa0 | key.length] : [0xd9, key.length];
    return Uint8Array.from([...header, ...Buffer.from(key, 'latin1')]);
  });
  keysOfShape.set(shape, keys);
  return keys;
}
