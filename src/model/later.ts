/**
 * What need not be done at once when the log is read. Many new things stay in `LoggedPages`. And a thing that gets a list with many of them, or more of them into a
 * list, is hidden until somebody asks for it; so a server is there soon after a crash, however much was made before.
 */
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import { List } from '../values/list.ts';
import type { Shape } from '../values/shape.ts';
import type { Content, Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { hold } from './counts.ts';
import { LoggedPages } from './logged-pages.ts';
import { type RecordFinder, StoredPages } from './pages.ts';
import { readCount, readInt, readStr } from './read.ts';
import { addItems, decodeParts, decodeToken, Ext, type Part, type StoredContext, ThingRun } from './stored.ts';
import { type HiddenThing, PAGE_SIZE, pageOf } from './thing-index.ts';
import { listOf, putInto, putOwned } from './thing-reader.ts';
import type { TypeDef } from './types.ts';

/** With fewer consecutive things, a list is made at once. */
const MANY = 256;
/** So many things of a list are made in one step. */
const AT_A_TIME = 1024;

/** Ids of the first thing of whole pages, and of the first thing behind them. */
export interface WholePages {
  readonly first: number;
  readonly end: number;
}

/** What `lengthOf` gives of a property that holds nothing, or that is not there. */
const NOTHING = -1;

/** How many items the list of a property has, or `NOTHING`; null for anything else. */
function lengthOf(value: Value | undefined): number | null {
  if (value instanceof List) return value.items.length;
  return typeof value === 'object' && value !== null ? null : NOTHING;
}

const countOf = (parts: readonly Part[]): number =>
  parts.reduce<number>((sum, part) => sum + (part instanceof ThingRun ? part.count : 1), 0);

function isRunNext(r: MsgpackReader): boolean {
  const { offset } = r;
  const isRun = r.next() === Tok.EXT && r.extType === Ext.RUN;
  r.offset = offset;
  return isRun;
}

/** Items that are put into a list, at one place. */
class Insertion {
  readonly key: string;
  private readonly start: number;
  private parts: Part[];
  /** The items of the parts before `made`. */
  private items: Value[] = [];
  private made = 0;

  constructor(key: string, start: number, parts: readonly Part[]) {
    this.key = key;
    this.start = start;
    this.parts = [...parts];
  }

  add(parts: readonly Part[]): void {
    for (const part of parts) this.parts.push(part);
  }

  /** Makes some more of the items; false when there are all of them. */
  prepare(cx: StoredContext): boolean {
    const part = this.parts[this.made];
    if (part === undefined) return false;
    if (part instanceof ThingRun && part.count > AT_A_TIME) {
      cx.things(part.first, AT_A_TIME, this.items);
      this.parts[this.made] = new ThingRun(part.first + AT_A_TIME, part.count - AT_A_TIME);
    } else {
      addItems(this.items, [part], cx);
      this.made++;
    }
    return true;
  }

  put(thing: Thing, cx: StoredContext): void {
    const { items, start } = this;
    addItems(items, this.parts.slice(this.made), cx);
    this.parts = [];
    const list = listOf(thing, this.key);
    if (list.items.length === 0) list.items = items;
    else putInto(list, start, 0, items);
  }
}

/** A thing that waits for changes to be made of what it holds. */
class Hidden implements HiddenThing {
  readonly thing: Thing;
  private readonly collection: Collection;
  private readonly cx: StoredContext;
  private readonly content: Content;
  private readonly acts: (Insertion | ((thing: Thing) => void))[] = [];
  /** The last insertion, when it is at the end of its list. */
  private atEnd: Insertion | null = null;
  /** Of properties that will be others, what `lengthOf` will give. */
  private readonly lengths = new Map<string, number>();

  constructor(collection: Collection, cx: StoredContext, thing: Thing) {
    this.thing = thing;
    this.collection = collection;
    this.cx = cx;
    this.content = thing.hide(this);
    collection.things.hidden.set(thing.id, this);
  }

  load(thing: Thing): void {
    this.collection.things.hidden.delete(thing.id);
    thing.show(this.content);
    for (const act of this.acts) {
      if (act instanceof Insertion) act.put(thing, this.cx);
      else act(thing);
    }
  }

  *prepare(): Iterable<void> {
    for (const act of this.acts) if (act instanceof Insertion) while (act.prepare(this.cx)) yield;
  }

  /** As the function of that name, of what the property will be. */
  lengthOf(key: string): number | null {
    const slot = this.content.layout.slot(key);
    return this.lengths.get(key) ?? lengthOf(slot < 0 ? undefined : this.content.cells[slot]);
  }

  /** Has items put into a list that has so many then. */
  insert(key: string, length: number, start: number, parts: readonly Part[]): void {
    this.lengths.set(key, length + countOf(parts));
    const last = this.acts.at(-1) === this.atEnd ? this.atEnd : null;
    // Behind what was put at the end before.
    if (last !== null && last.key === key && start === length) last.add(parts);
    else {
      const insertion = new Insertion(key, start, parts);
      this.acts.push(insertion);
      this.atEnd = start === length ? insertion : null;
    }
  }

  /** Has something done that leaves a property with a list of so many items, or with `NOTHING`. */
  add(key: string, length: number, act: (thing: Thing) => void): void {
    this.lengths.set(key, length);
    this.acts.push(act);
  }
}

export class Later {
  private readonly collection: Collection;
  private readonly cx: StoredContext;
  private readonly store: RecordFinder;

  constructor(collection: Collection, cx: StoredContext, store: RecordFinder) {
    this.collection = collection;
    this.cx = cx;
    this.store = store;
  }

  /** The whole pages among the things behind `made` up to `end`, when all of them are new and nobody has to know them; else null. */
  pagesOf(made: Thing, end: number): WholePages | null {
    const { things, nextId, uncounted } = this.collection;
    const first = Math.ceil((made.id + 1) / PAGE_SIZE) * PAGE_SIZE;
    const last = Math.floor(end / PAGE_SIZE) * PAGE_SIZE;
    const type = made.shape.type as TypeDef | null;
    if (last <= first || nextId !== made.id + 1 || uncounted !== null || (type !== null && type.instances !== null)) return null;
    for (let id = first; id < last; id += PAGE_SIZE) if (!things.isNew(pageOf(id))) return null;
    return { first, end: last };
  }

  /** Leaves the things of pages, whose values are next, as they are; false, with nothing read, when they hold others. */
  keep(r: MsgpackReader, shape: Shape, { first, end }: WholePages): boolean {
    const { collection, cx } = this;
    const { things } = collection;
    const logged = things.logged ?? new LoggedPages(collection, cx);
    if (!logged.add(r, shape, pageOf(first), pageOf(end) - pageOf(first))) return false;
    things.logged = logged;
    if (things.source === null) {
      things.source = new StoredPages(collection, cx, this.store);
      things.storedBefore = 0;
    }
    things.size += end - first;
    collection.nextId = Math.max(collection.nextId, end);
    for (let id = first; id < end; id += PAGE_SIZE) collection.touch(id);
    return true;
  }

  /** Applies `SPLICE` if it puts many things into a list; false, with nothing read, when it does not. */
  splice(r: MsgpackReader): boolean {
    const from = r.offset;
    const id = readInt(r);
    const key = readStr(r);
    const start = readInt(r);
    const count = readInt(r);
    const elements = readCount(r);
    if (count === 0 && this.mayBeMany(r, elements, id)) {
      const parts = decodeParts(r, this.cx, elements);
      if (countOf(parts) >= MANY || this.hidden(id) !== null) {
        const length = this.lengthOf(id, key);
        const fits = length !== null && start <= length;
        if (fits) this.hide(id).insert(key, length, start, parts);
        if (fits || this.defer(id, (thing) => new Insertion(key, start, parts).put(thing, this.cx))) {
          this.holdParts(parts);
          return true;
        }
      }
    }
    r.offset = from;
    return false;
  }

  /** Applies `SET` if it makes a list of many things of what held nothing, or if it changes a thing that is hidden and need not be shown for that. */
  set(r: MsgpackReader): boolean {
    const from = r.offset;
    const id = readInt(r);
    const key = readStr(r);
    const kind = r.next();
    const { number: elements } = r;
    if (kind === Tok.ARRAY && this.mayBeMany(r, elements, id)) {
      const parts = decodeParts(r, this.cx, elements);
      if (countOf(parts) >= MANY && this.lengthOf(id, key) === NOTHING) {
        this.holdParts(parts);
        const hidden = this.hide(id);
        hidden.add(key, 0, (thing) => putOwned(thing, key, new List([])));
        hidden.insert(key, 0, 0, parts);
        return true;
      }
    } else if (kind < Tok.ARRAY && this.hidden(id)?.lengthOf(key) === NOTHING) {
      const value = decodeToken(r, kind, this.cx);
      this.hide(id).add(key, NOTHING, (thing) => thing.put(key, value));
      return true;
    }
    r.offset = from;
    return false;
  }

  /** Whether an array of so many elements, which are next, is worth a look: with runs there are few. */
  private mayBeMany(r: MsgpackReader, elements: number, id: number): boolean {
    if (this.hidden(id) !== null) return elements > 0;
    return elements === 1 ? isRunNext(r) : elements > 0 && elements < MANY;
  }

  /** For a thing that is not in memory; false for another. */
  private defer(id: number, act: (thing: Thing) => void): boolean {
    this.collection.touch(id);
    return this.collection.things.defer(id, act);
  }

  private hidden(id: number): Hidden | null {
    return (this.collection.things.hidden.get(id) ?? null) as Hidden | null;
  }

  /** To be called for a thing of which `lengthOf` knows something. */
  private hide(id: number): Hidden {
    const { collection } = this;
    collection.touch(id);
    return this.hidden(id) ?? new Hidden(collection, this.cx, collection.things.get(id) as Thing);
  }

  /** As the function of that name, of a property; null also for a thing that is not in memory, or a dictionary. */
  private lengthOf(id: number, key: string): number | null {
    const hidden = this.hidden(id);
    if (hidden !== null) return hidden.lengthOf(key);
    const thing = this.collection.things.inMemory(id);
    return thing === undefined || thing.dict !== null ? null : lengthOf(thing.get(key));
  }

  private holdParts(parts: readonly Part[]): void {
    const { collection, cx } = this;
    const { logged } = collection.things;
    for (const part of parts) {
      if (!(part instanceof ThingRun)) {
        hold(collection, part);
        continue;
      }
      const end = part.first + part.count;
      for (let id = part.first; id < end; ) {
        if (id % PAGE_SIZE === 0 && id + PAGE_SIZE <= end && logged?.hold(pageOf(id)) === true) id += PAGE_SIZE;
        else hold(collection, cx.thing(id++));
      }
    }
  }
}
