/**
 * The stored things of a collection by id. Ids are given out in order, so things lie in pages of consecutive ids, and a page is what is read from the store and
 * written to it. A page is in memory from the first touch of a thing in it until it is let go of, which only happens to pages that are as the store has them.
 *
 * A thing that is named somewhere has its object, and there is one object a thing: while anything holds the object of a thing, it holds the page (which brings
 * what the thing holds), and the page the objects of all its things. So one weak reference a page finds them again, and when it does not, nobody can tell a new
 * object from the old one.
 */
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { type Loader, Thing } from '../values/thing.ts';
import type { LoggedPages } from './logged-pages.ts';

/** Things are stored in pages of so many consecutive ids: few records, and little to read or write for one thing. */
export const PAGE_SIZE = 32;
const BITS = 5;

/** About what a thing takes in memory, in bytes, and how many times as much what it holds takes there as in its record. */
const THING_BYTES = 160;
const BYTES_A_BYTE = 3;

/** Where pages come from. */
export interface PageSource {
  /** Fills the things of a page, by `Page.at`; false when nothing is stored of it. */
  load(page: Page): boolean;
  /** Whether something is stored of the page with this number. */
  has(number: number): boolean;
  /** The numbers of all pages that are stored. */
  numbers(): Iterable<number>;
}

export class Page implements Loader {
  readonly number: number;
  private readonly index: ThingIndex;
  readonly things: (Thing | undefined)[] = new Array<Thing | undefined>(PAGE_SIZE).fill(undefined);
  /** How many of its things there are, without those that are named and not made yet. */
  count = 0;
  /** About what it takes in memory, in bytes. */
  weight = 0;
  /** Whether it holds all that the store has of it. */
  isLoaded = false;

  constructor(index: ThingIndex, number: number) {
    this.index = index;
    this.number = number;
  }

  load(_thing: Thing): void {
    if (!this.isLoaded) this.index.bring(this);
  }

  /** The object of the thing at a place in the page. */
  at(place: number): Thing {
    let thing = this.things[place];
    if (thing === undefined) {
      thing = Thing.absent(this.number * PAGE_SIZE + place, this);
      this.things[place] = thing;
    }
    return thing;
  }

  /** To be called when it was read or written; `bytes` is the length of its record. */
  weigh(bytes: number): void {
    const weight = this.count * THING_BYTES + bytes * BYTES_A_BYTE;
    this.index.weight += weight - this.weight;
    this.weight = weight;
  }

  /** Gives the memory of its things back; false when one of them is in use. */
  release(): boolean {
    for (const thing of this.things) if (thing !== undefined && isInUse(thing)) return false;
    for (const thing of this.things) {
      if (thing === undefined || thing.isAbsent) continue;
      for (const value of thing.cells) disown(value);
      if (thing.dict !== null) for (const value of thing.dict.values()) disown(value);
      thing.leave(this);
    }
    this.index.weight -= this.weight;
    this.weight = 0;
    this.count = 0;
    this.isLoaded = false;
    return true;
  }
}

const isInUse = (thing: Thing): boolean =>
  thing.locks > 0 ||
  (!thing.isAbsent && thing.cells.some((value) => (value instanceof List || value instanceof SetValue) && value.locks > 0));

/** A list or set that somebody still has is one that nobody stores from now on. */
function disown(value: unknown): void {
  if (value instanceof List || value instanceof SetValue) value.parent = null;
}

/** A thing that hides what it holds until that is needed. */
export interface HiddenThing extends Loader {
  readonly thing: Thing;
  /** Makes a part of what it will hold at each step, so that showing it takes little then. */
  prepare(): Iterable<void>;
}

/** What is to be done with the things of a page when it comes, one after another. */
interface Deferred {
  readonly page: Page;
  readonly acts: ((thing: Thing) => void)[];
  readonly places: number[];
}

export class ThingIndex {
  /** Null when all there is is in memory. */
  source: PageSource | null = null;
  /** Nothing is stored of pages from this number on. */
  storedBefore = Number.POSITIVE_INFINITY;
  /** Pages of new things that the log tells of, when there were some. */
  logged: LoggedPages | null = null;
  /** Things that hide what they hold, by id; see `Later`. */
  readonly hidden = new Map<number, HiddenThing>();
  private readonly deferred = new Map<number, Deferred>();
  /** In the order in which they came. */
  private readonly loaded = new Map<number, Page>();
  /** Pages that are not loaded, while somebody names things in them. */
  private readonly named = new Map<number, WeakRef<Page>>();
  private readonly unnamed = new FinalizationRegistry<number>((number) => {
    if (this.named.get(number)?.deref() === undefined) this.named.delete(number);
  });
  private lastNumber = -1;
  private last: Page | undefined = undefined;
  /** How many things there are, in memory or not. */
  size = 0;
  /** About what the loaded pages take in memory, in bytes. */
  weight = 0;
  /** How many pages came from the store since this was set to 0. */
  brought = 0;

  /** The page, loaded; undefined when nothing is stored of it. */
  private page(number: number): Page | undefined {
    if (number === this.lastNumber) return this.last;
    let page = this.loaded.get(number);
    if (page === undefined) {
      page = this.named.get(number)?.deref() ?? new Page(this, number);
      if (!this.bring(page)) return undefined;
    }
    this.lastNumber = number;
    this.last = page;
    return page;
  }

  /** Loads a page; false when nothing is stored of it, and nobody names anything in it. */
  bring(page: Page): boolean {
    const wasNamed = this.named.has(page.number);
    // Things in it may name one another, and have to find this page then.
    page.isLoaded = true;
    this.keep(page);
    try {
      const isStored = this.logged?.load(page) === true || (page.number < this.storedBefore && this.source?.load(page) === true);
      if (isStored) this.brought++;
      this.doDeferred(page.number);
      if (isStored || wasNamed) return true;
    } catch (error) {
      this.forget(page, wasNamed);
      throw error;
    }
    this.forget(page, false);
    return false;
  }

  /**
   * Has something done with a thing when its page comes, so that it need not come for that; false when it is there already, or when nothing is stored of it. To be
   * called for a page that was touched: it must not be let go of as if it were as the store has it.
   */
  defer(id: number, act: (thing: Thing) => void): boolean {
    const number = pageOf(id);
    let deferred = this.deferred.get(number);
    if (deferred === undefined) {
      if (this.source === null || this.loaded.has(number) || !this.source.has(number)) return false;
      deferred = { page: this.nameable(number), acts: [], places: [] };
      this.deferred.set(number, deferred);
    }
    deferred.acts.push(act);
    deferred.places.push(id % PAGE_SIZE);
    return true;
  }

  private doDeferred(number: number): void {
    const deferred = this.deferred.get(number);
    if (deferred === undefined) return;
    const { page, acts, places } = deferred;
    for (const [i, act] of acts.entries()) act(page.at(places[i] as number));
    this.deferred.delete(number);
  }

  private forget(page: Page, isNamed: boolean): void {
    page.isLoaded = false;
    this.loaded.delete(page.number);
    if (isNamed) this.name(page);
  }

  private keep(page: Page): void {
    this.named.delete(page.number);
    this.loaded.set(page.number, page);
  }

  /** The thing with that id; undefined when there is none. */
  get(id: number): Thing | undefined {
    const thing = this.page(pageOf(id))?.things[id % PAGE_SIZE];
    return thing === undefined || this.isMissing(thing) ? undefined : thing;
  }

  /** Whether there is nothing but its name. Shows what is hidden. */
  private isMissing(thing: Thing): boolean {
    if (!thing.isAbsent) return false;
    if (this.hidden.size > 0 && this.hidden.has(thing.id)) thing.reveal();
    return thing.isAbsent;
  }

  /** Shows what is hidden, a little at each step. */
  *show(): Iterable<void> {
    for (const hidden of this.hidden.values()) {
      yield* hidden.prepare();
      hidden.thing.reveal();
      yield;
    }
  }

  /** The thing with that id, if it is in memory and not hidden. */
  inMemory(id: number): Thing | undefined {
    const thing = this.loaded.get(pageOf(id))?.things[id % PAGE_SIZE];
    return thing === undefined || thing.isAbsent ? undefined : thing;
  }

  /** Whether nothing is in memory or in the store of a page. */
  isNew(number: number): boolean {
    return !this.loaded.has(number) && (this.source === null || number >= this.storedBefore);
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  /** The object of a thing that something stored names, without bringing what it holds; also of one that is about to be made. */
  refer(id: number): Thing {
    const number = pageOf(id);
    const page = number === this.lastNumber && this.last !== undefined ? this.last : this.nameable(number);
    return page.at(id % PAGE_SIZE);
  }

  /** Puts the objects of things with consecutive ids behind others; see `refer`. */
  referAll(first: number, count: number, items: unknown[]): void {
    const end = first + count;
    for (let id = first; id < end; ) {
      const page = this.nameable(pageOf(id));
      const behind = Math.min(end - page.number * PAGE_SIZE, PAGE_SIZE);
      for (let place = id % PAGE_SIZE; place < behind; place++) items.push(page.at(place));
      id = page.number * PAGE_SIZE + behind;
    }
  }

  private nameable(number: number): Page {
    let page = this.loaded.get(number) ?? this.named.get(number)?.deref();
    if (page !== undefined) return page;
    page = new Page(this, number);
    if (this.source === null) {
      page.isLoaded = true;
      this.keep(page);
    } else this.name(page);
    return page;
  }

  private name(page: Page): void {
    this.named.set(page.number, new WeakRef(page));
    this.unnamed.register(page, page.number);
  }

  /** Adds a thing that is not there, under a positive safe integer. */
  set(id: number, thing: Thing): void {
    const number = pageOf(id);
    let page = this.page(number);
    if (page === undefined) {
      page = new Page(this, number);
      page.isLoaded = true;
      this.keep(page);
      this.last = page;
      this.lastNumber = number;
    }
    page.things[id % PAGE_SIZE] = thing;
    page.count++;
    page.weight += THING_BYTES;
    this.weight += THING_BYTES;
    this.size++;
  }

  delete(id: number): void {
    const page = this.page(pageOf(id));
    const at = id % PAGE_SIZE;
    const thing = page?.things[at];
    if (page === undefined || thing === undefined || this.isMissing(thing)) return;
    // The page stays, though it may be empty: the store has it as it was.
    page.things[at] = undefined;
    page.count--;
    page.weight -= THING_BYTES;
    this.weight -= THING_BYTES;
    this.size--;
  }

  /** Forgets a page in which there is nothing any more, and which the store does not have either. */
  drop(number: number): void {
    const page = this.loaded.get(number);
    if (page === undefined || page.things.some((thing) => thing !== undefined)) return;
    this.loaded.delete(number);
    this.weight -= page.weight;
    this.lastNumber = -1;
    this.last = undefined;
  }

  /** All things, in the order of their ids; brings all pages, one after another, and those again that are let go of meanwhile. */
  *values(): IterableIterator<Thing> {
    const numbers = new Set(this.loaded.keys());
    if (this.source !== null) for (const number of this.source.numbers()) numbers.add(number);
    if (this.logged !== null) for (const number of this.logged.numbers()) numbers.add(number);
    for (const number of [...numbers].sort((a, b) => a - b)) {
      const page = this.page(number);
      if (page === undefined) continue;
      for (let place = 0; place < PAGE_SIZE; place++) {
        if (!page.isLoaded) this.bring(page);
        const thing = page.things[place];
        if (thing !== undefined && !this.isMissing(thing)) yield thing;
      }
    }
  }

  /** The page, if it is loaded, or differs from what is stored: then it comes. */
  loadedPage(number: number): Page | undefined {
    const page = this.deferred.has(number) ? this.page(number) : this.loaded.get(number);
    if (page !== undefined && this.hidden.size > 0) for (const thing of page.things) if (thing !== undefined) this.isMissing(thing);
    return page;
  }

  /** The numbers of the pages that are loaded. */
  loadedNumbers(): Iterable<number> {
    return this.loaded.keys();
  }

  /**
   * Lets go of pages, those that came first before others, until the loaded ones take no more than `limit` bytes or it is `deadline` (of `performance.now`).
   * `isClean` says which pages are as the store has them. To be called while no query runs: lists and sets that somebody has are then no longer those of their things.
   */
  trim(limit: number, deadline: number, isClean: (number: number) => boolean): void {
    if (this.source === null) return;
    let looked = 0;
    for (const page of this.loaded.values()) {
      if (this.weight <= limit || (++looked % 64 === 0 && performance.now() > deadline)) return;
      if (!isClean(page.number) || !page.release()) continue;
      this.loaded.delete(page.number);
      this.name(page);
      this.lastNumber = -1;
      this.last = undefined;
    }
  }
}

/** Number of the page of an id. */
export function pageOf(id: number): number {
  return id < 0x7fffffff ? id >> BITS : Math.floor(id / PAGE_SIZE);
}
