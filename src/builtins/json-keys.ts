/**
 * The keys of things in JSON, remembered in the order in which they came. Texts tend to tell things with the same keys, so what is found out about a row of
 * keys (whether things may have them, the shape that they make) is found out once.
 */
import { MAX_SHAPE_KEYS, Shape } from '../values/shape.ts';
import { isName, Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';

/** More are forgotten all at once: then texts have keys that never come again. */
const MAX_PATHS = 4096;

/** The way through some keys. */
export class KeyPath {
  /** In the order of the text. */
  readonly shape: Shape;
  /** The key that came here the last time, which is a name, and where it leads. */
  nextKey: string | null = null;
  nextBytes: Uint8Array | null = null;
  next: KeyPath | null = null;
  private readonly others = new Map<string, KeyPath>();
  /** The shape with the keys in the order of their bytes; null until it is asked for. */
  private sorted: Shape | null = null;
  /** Where the values of the sorted shape are in the order of the text; null when the two are the same. */
  private from: readonly number[] | null = null;

  /** The last of the keys. */
  private readonly lastBytes: Uint8Array;

  constructor(shape: Shape) {
    this.shape = shape;
    this.lastBytes = Buffer.from(shape.keys.at(-1) ?? '', 'latin1');
  }

  /** What a key leads to: this path, when the key is in it; null when no shape has it. */
  step(key: string): KeyPath | null {
    const known = this.others.get(key);
    if (known !== undefined) return this.lead(key, known);
    if (this.shape.slotOf.has(key)) return this;
    if (this.shape.keys.length >= MAX_SHAPE_KEYS || !isName(key)) return null;
    const path = new KeyPath(this.shape.with(key));
    paths.made();
    this.others.set(key, path);
    return this.lead(key, path);
  }

  private lead(key: string, path: KeyPath): KeyPath {
    this.nextKey = key;
    this.nextBytes = path.lastBytes;
    this.next = path;
    return path;
  }

  /** A thing with these values, its properties in the order of their bytes. */
  thing(slots: Value[]): Thing {
    const shape = this.sorted ?? this.sort();
    const { from } = this;
    if (from === null) return new Thing(shape, slots);
    const ordered: Value[] = [];
    for (let i = 0; i < from.length; i++) ordered.push(slots[from[i] as number] as Value);
    return new Thing(shape, ordered);
  }

  private sort(): Shape {
    const { shape } = this;
    const keys = [...shape.keys].sort();
    if (!keys.every((key, i) => key === shape.keys[i])) this.from = keys.map((key) => shape.slotOf.get(key) as number);
    this.sorted = Shape.of(keys);
    return this.sorted;
  }
}

class KeyPaths {
  root = new KeyPath(Shape.empty);
  private count = 0;

  made(): void {
    if (++this.count < MAX_PATHS) return;
    this.count = 0;
    this.root = new KeyPath(Shape.empty);
  }
}

export const paths = new KeyPaths();
