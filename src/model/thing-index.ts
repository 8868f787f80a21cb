/** The stored things of a collection by id. Ids are given out in order, so things lie in pages of consecutive ids: a page is an array. */
import type { Thing } from '../values/thing.ts';

/** Things are stored in pages of so many consecutive ids: few records to read at a start, little to write for one change. */
export const PAGE_SIZE = 32;
const BITS = 5;

class Page {
  readonly things: (Thing | undefined)[] = new Array<Thing | undefined>(PAGE_SIZE).fill(undefined);
  count = 0;
}

export class ThingIndex {
  private readonly pages = new Map<number, Page>();
  private lastNumber = -1;
  private last: Page | undefined = undefined;
  /** How many things there are. */
  size = 0;

  private page(id: number): Page | undefined {
    const number = pageOf(id);
    if (number !== this.lastNumber) {
      this.last = this.pages.get(number);
      this.lastNumber = number;
    }
    return this.last;
  }

  get(id: number): Thing | undefined {
    return this.page(id)?.things[id % PAGE_SIZE];
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  /** `id` is a positive safe integer. */
  set(id: number, thing: Thing): void {
    let page = this.page(id);
    if (page === undefined) {
      page = new Page();
      this.pages.set(pageOf(id), page);
      this.last = page;
    }
    const at = id % PAGE_SIZE;
    if (page.things[at] === undefined) {
      page.count++;
      this.size++;
    }
    page.things[at] = thing;
  }

  delete(id: number): void {
    const page = this.page(id);
    const at = id % PAGE_SIZE;
    if (page?.things[at] === undefined) return;
    page.things[at] = undefined;
    this.size--;
    if (--page.count > 0) return;
    this.pages.delete(pageOf(id));
    this.last = undefined;
  }

  *values(): IterableIterator<Thing> {
    for (const page of this.pages.values()) for (const thing of page.things) if (thing !== undefined) yield thing;
  }

  *keys(): IterableIterator<number> {
    for (const thing of this.values()) yield thing.id;
  }
}

/** Number of the page of an id. */
export function pageOf(id: number): number {
  return id < 0x7fffffff ? id >> BITS : Math.floor(id / PAGE_SIZE);
}
