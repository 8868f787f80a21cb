import type { Restriction } from './restriction.ts';
import { MAX_SHAPE_KEYS, Shape, type TypeInfo } from './shape.ts';
import type { Value } from './value.ts';

/** Brings what a stored thing holds into memory. */
export interface Loader {
  /** Fills the thing, unless there is nothing stored of it. */
  load(thing: Thing): void;
}

/** What a thing holds, while it is hidden. */
export interface Content {
  readonly layout: Shape;
  readonly cells: Value[];
  readonly rest: unknown;
}

/** What few things have. */
class Rest {
  dict: Map<string, Value> | null = null;
  restriction: Restriction | null = null;
}

/** Compared with `layout` at each access, so it is a constant of its own. */
const ABSENT = Shape.absent;
const NO_CELLS: Value[] = [];

/**
 * A thing: keys and values. `shape` maps keys to `slots`; a dictionary (see `Shape.dictionary`) has its properties in `dict` instead. Only
 * the model's operations (`src/model/`) write properties of things that may be stored.
 *
 * What a stored thing holds need not be in memory: it then comes when one of `shape`, `slots`, `dict`, `restriction` and `refs` is asked for. Code that
 * compares `layout` with the shape of another thing may read `cells` when they are the same.
 */
export class Thing {
  /** 0 while no stored thing holds it. */
  id = 0;
  /** `Shape.absent` while what it holds is not in memory. */
  layout: Shape;
  cells: Value[];
  private rest: Rest | Loader | null = null;
  /** Twice how many stored places hold it, and 1 for `isOrphan`: there are very many things, and each field counts. */
  private count = 0;
  /** See `List.locks`. */
  locks = 0;

  constructor(shape: Shape, slots: Value[]) {
    this.layout = shape;
    this.cells = slots;
  }

  /** A stored thing whose content `loader` brings when it is needed. */
  static absent(id: number, loader: Loader): Thing {
    const thing = new Thing(ABSENT, NO_CELLS);
    thing.id = id;
    thing.rest = loader;
    return thing;
  }

  get isAbsent(): boolean {
    return this.layout === ABSENT;
  }

  /** Gives the memory of what it holds back. */
  leave(loader: Loader): void {
    this.layout = ABSENT;
    this.cells = NO_CELLS;
    this.rest = loader;
  }

  /** Hides what it holds, until that is needed: then `loader` has to show it. */
  hide(loader: Loader): Content {
    const { layout, cells, rest } = this;
    this.leave(loader);
    return { layout, cells, rest };
  }

  /** Has what it holds brought or shown; nothing for a thing of which only the name is known. */
  reveal(): void {
    if (this.layout === ABSENT) (this.rest as Loader).load(this);
  }

  /** Ends `hide`. */
  show({ layout, cells, rest }: Content): void {
    this.layout = layout;
    this.cells = cells;
    this.rest = rest as Rest | null;
  }

  /** Puts in what a stored thing holds; `dict` is null but for dictionaries. The count of references stays as it is. */
  fill(shape: Shape, slots: Value[], dict: Map<string, Value> | null, restriction: Restriction | null): void {
    this.layout = shape;
    this.cells = slots;
    this.rest = null;
    if (dict === null && restriction === null) return;
    const rest = new Rest();
    rest.dict = dict;
    rest.restriction = restriction;
    this.rest = rest;
  }

  private need(): void {
    (this.rest as Loader).load(this);
    if (this.layout === ABSENT) throw new Error(`damaged store: thing ${this.id} is named, but is not there`);
  }

  get shape(): Shape {
    if (this.layout === ABSENT) this.need();
    return this.layout;
  }

  set shape(shape: Shape) {
    if (this.layout === ABSENT) this.need();
    this.layout = shape;
  }

  get slots(): Value[] {
    if (this.layout === ABSENT) this.need();
    return this.cells;
  }

  set slots(slots: Value[]) {
    if (this.layout === ABSENT) this.need();
    this.cells = slots;
  }

  get dict(): Map<string, Value> | null {
    if (this.layout === ABSENT) this.need();
    return this.rest === null ? null : (this.rest as Rest).dict;
  }

  set dict(dict: Map<string, Value> | null) {
    if (this.layout === ABSENT) this.need();
    if (dict !== null || this.rest !== null) this.ownRest().dict = dict;
  }

  /** What the values of a plain thing must be (`restrict`); null for anything. */
  get restriction(): Restriction | null {
    if (this.layout === ABSENT) this.need();
    return this.rest === null ? null : (this.rest as Rest).restriction;
  }

  set restriction(restriction: Restriction | null) {
    if (this.layout === ABSENT) this.need();
    if (restriction !== null || this.rest !== null) this.ownRest().restriction = restriction;
  }

  private ownRest(): Rest {
    this.rest ??= new Rest();
    return this.rest as Rest;
  }

  /** How many stored places hold it. While changes are applied, also of a thing that is named before it is made. */
  get refs(): number {
    if (this.layout === ABSENT) (this.rest as Loader).load(this);
    return this.count >> 1;
  }

  set refs(count: number) {
    if (this.layout === ABSENT) (this.rest as Loader).load(this);
    this.count = (count << 1) | (this.count & 1);
  }

  /** Kept by the model: no property holds it any more, so that it leaves the collection when the query ends, unless it is held again by then. */
  get isOrphan(): boolean {
    return (this.count & 1) === 1;
  }

  set isOrphan(is: boolean) {
    this.count = (this.count & ~1) | (is ? 1 : 0);
  }

  get type(): TypeInfo | null {
    return this.shape.type;
  }

  get typeName(): string {
    return this.shape.type === null ? 'thing' : this.shape.type.name;
  }

  get size(): number {
    return this.dict === null ? this.slots.length : this.dict.size;
  }

  /** The value of a property; undefined when there is none of that name. */
  get(key: string): Value | undefined {
    const { dict } = this;
    if (dict !== null) return dict.get(key);
    // It is in memory now.
    const slot = this.layout.slot(key);
    return slot < 0 ? undefined : this.cells[slot];
  }

  has(key: string): boolean {
    const { dict } = this;
    return dict === null ? this.layout.slot(key) >= 0 : dict.has(key);
  }

  /** The keys in the order in which they are told: fields of the type, insertion, or order of bytes. */
  keys(): readonly string[] {
    if (this.dict === null) return this.shape.keys;
    const keys = [...this.dict.keys()];
    return this.shape === Shape.sorted ? keys.sort(compareBytes) : keys;
  }

  /** Sets or adds a property; no checks, no record of the change. */
  put(key: string, value: Value): void {
    const { dict } = this;
    if (dict !== null) {
      dict.set(key, value);
      if (this.layout !== Shape.sorted && !isName(key)) this.layout = Shape.sorted;
      return;
    }
    const slot = this.layout.slot(key);
    if (slot >= 0) {
      this.cells[slot] = value;
    } else if (isName(key) && this.slots.length < MAX_SHAPE_KEYS) {
      this.shape = this.shape.with(key);
      this.slots.push(value);
    } else {
      this.toDictionary();
      this.put(key, value);
    }
  }

  /** Removes a property and gives its value; undefined when there is none. Without a dictionary, the last property takes its place in the order. */
  remove(key: string): Value | undefined {
    if (this.dict === null) {
      const slot = this.shape.slotOf.get(key);
      if (slot === undefined) return undefined;
      const value = this.slots[slot];
      const keys = [...this.shape.keys];
      const lastKey = keys.pop() as string;
      const lastValue = this.slots.pop() as Value;
      if (slot < keys.length) {
        keys[slot] = lastKey;
        this.slots[slot] = lastValue;
      }
      this.shape = Shape.of(keys);
      return value;
    }
    const value = this.dict.get(key);
    this.dict.delete(key);
    return value;
  }

  /** Removes all properties; no checks, no record of the change. What is told in the order of bytes stays so. */
  clear(): void {
    this.slots = [];
    if (this.shape === Shape.sorted) {
      this.dict = new Map();
    } else {
      this.shape = Shape.empty;
      this.dict = null;
    }
  }

  private toDictionary(): void {
    const dict = new Map<string, Value>();
    this.shape.keys.forEach((key, slot) => {
      dict.set(key, this.slots[slot] as Value);
    });
    this.dict = dict;
    this.slots = [];
    this.shape = Shape.dictionary;
  }
}

const NAME = /^[A-Za-z_][0-9A-Za-z_]{0,254}$/;

/** Whether `text` follows the naming rules: what can stand behind a dot. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** Order by bytes; a prefix comes first. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
