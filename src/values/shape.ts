/** What the value layer needs to know of a type; the model's type definition has more. */
export interface TypeInfo {
  readonly id: number;
  readonly name: string;
}

const EMPTY: ReadonlyMap<string, number> = new Map();

/** More own keys than this and a thing becomes a dictionary, so that things used as maps do not grow a shape for each key. */
export const MAX_SHAPE_KEYS = 64;

/**
 * The layout that things with the same keys in the same order share: key to slot. Shapes form a tree: adding a key leads to a child. An
 * instance of a type has the one shape of its type, whose keys are the fields in the order of the definition.
 */
export class Shape {
  readonly keys: readonly string[];
  readonly slotOf: ReadonlyMap<string, number>;
  /** The type of all things of this shape; null for plain things. */
  readonly type: TypeInfo | null;
  private children: Map<string, Shape> | null = null;
  /** What was asked for last, since loops ask for the same key again and again. */
  private lastKey = '';
  private lastSlot = -1;

  constructor(keys: readonly string[], slotOf: ReadonlyMap<string, number>, type: TypeInfo | null) {
    this.keys = keys;
    this.slotOf = slotOf;
    this.type = type;
  }

  /** The slot of a key; -1 when there is none. */
  slot(key: string): number {
    if (key !== this.lastKey) {
      this.lastKey = key;
      this.lastSlot = this.slotOf.get(key) ?? -1;
    }
    return this.lastSlot;
  }

  /** The shape that has `key` behind the keys of this one. */
  with(key: string): Shape {
    let child = this.children?.get(key);
    if (child !== undefined) return child;
    const slotOf = new Map(this.slotOf).set(key, this.keys.length);
    child = new Shape([...this.keys, key], slotOf, this.type);
    this.children ??= new Map();
    this.children.set(key, child);
    return child;
  }

  /** The shape with these keys, in order; they must differ. */
  static of(keys: readonly string[]): Shape {
    let shape = Shape.empty;
    for (const key of keys) shape = shape.with(key);
    return shape;
  }

  static readonly empty: Shape = new Shape([], EMPTY, null);
  /** A thing whose properties are in `dict`, in order of insertion. */
  static readonly dictionary: Shape = new Shape([], EMPTY, null);
  /** A thing whose properties are in `dict`, told in the order of their bytes: it has, or had, a key that is no name. */
  static readonly sorted: Shape = new Shape([], EMPTY, null);
  /** A stored thing of which nothing is in memory. */
  static readonly absent: Shape = new Shape([], EMPTY, null);
}
