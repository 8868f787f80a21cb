/**
 * Pages of new things that a log made and nobody asked for yet: many of one shape with consecutive ids, whose values hold nothing else. They stay the bytes of
 * the log until `ThingIndex` needs one of them, or until a checkpoint writes them, for which they need not become things at all.
 */
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import type { Shape } from '../values/shape.ts';
import type { Collection } from './collection.ts';
import { typeById } from './schema-records.ts';
import type { StoredContext } from './stored.ts';
import { PAGE_SIZE, type Page } from './thing-index.ts';
import { decodeSlots } from './thing-reader.ts';
import { Form } from './thing-record.ts';
import type { TypeDef } from './types.ts';

/** Consecutive pages. */
interface PageRun {
  readonly first: number;
  readonly count: number;
  /** The type of the things, 0 for plain ones of that shape. */
  readonly type: number;
  readonly shape: Shape;
  readonly bytes: Uint8Array;
  /** Where the values of each page start, and where those of the last end. */
  readonly starts: Uint32Array;
  /** How many stored places hold each thing of a page. */
  readonly refs: Int32Array;
  readonly isThere: Uint8Array;
  left: number;
}

/** Passes over values that hold nothing else; false, at any place, when there is another. */
function skipScalars(r: MsgpackReader, count: number): boolean {
  for (let left = count; left > 0; left--) if (r.next() >= Tok.ARRAY) return false;
  return true;
}

export class LoggedPages {
  private readonly collection: Collection;
  private readonly cx: StoredContext;
  /** In the order of their pages. */
  private runs: PageRun[] = [];
  private last: PageRun | null = null;
  private readonly reader = new MsgpackReader(new Uint8Array(0));

  constructor(collection: Collection, cx: StoredContext) {
    this.collection = collection;
    this.cx = cx;
  }

  /**
   * Takes pages behind all others from the log, in which the values of their things are next; false, with nothing read, when those hold something.
   */
  add(r: MsgpackReader, shape: Shape, first: number, count: number): boolean {
    const from = r.offset;
    const starts = new Uint32Array(count + 1);
    const width = PAGE_SIZE * shape.keys.length;
    for (let i = 0; i < count; i++) {
      if (!skipScalars(r, width)) {
        r.offset = from;
        return false;
      }
      starts[i + 1] = r.offset - from;
    }
    const type = (shape.type as TypeDef | null)?.id ?? 0;
    const bytes = r.copy(from, r.offset);
    this.runs.push({
      first,
      count,
      type,
      shape,
      bytes,
      starts,
      refs: new Int32Array(count),
      isThere: new Uint8Array(count).fill(1),
      left: count,
    });
    return true;
  }

  private find(number: number): PageRun | null {
    const { last } = this;
    if (last !== null && number >= last.first && number < last.first + last.count) return last;
    let [low, high] = [0, this.runs.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const run = this.runs[middle] as PageRun;
      if (number < run.first) high = middle - 1;
      else if (number >= run.first + run.count) low = middle + 1;
      else {
        this.last = run;
        return run;
      }
    }
    return null;
  }

  has(number: number): boolean {
    const run = this.find(number);
    return run !== null && run.isThere[number - run.first] === 1;
  }

  *numbers(): Iterable<number> {
    for (const { first, count, isThere } of this.runs) for (let i = 0; i < count; i++) if (isThere[i] === 1) yield first + i;
  }

  /** Counts another reference to each thing of a page; false when the page is not here. */
  hold(number: number): boolean {
    const run = this.find(number);
    if (run === null || run.isThere[number - run.first] === 0) return false;
    (run.refs[number - run.first] as number)++;
    return true;
  }

  /** Fills the things of a page, which is no longer here then; false when it is not here. */
  load(page: Page): boolean {
    const run = this.find(page.number);
    const at = page.number - (run?.first ?? 0);
    if (run === null || run.isThere[at] === 0) return false;
    const shape = run.type > 0 ? typeById(this.collection, run.type).shape : run.shape;
    const [start, end] = [run.starts[at] as number, run.starts[at + 1] as number];
    const { reader: r } = this;
    r.reset(run.bytes, start, end);
    for (let place = 0; place < PAGE_SIZE; place++) {
      const thing = page.at(place);
      decodeSlots(r, thing, shape, this.cx);
      thing.refs = run.refs[at] as number;
    }
    page.count += PAGE_SIZE;
    page.weigh(end - start);
    this.drop(page.number);
    return true;
  }

  /** Writes a page as `encodePage` does; false when it is not here. */
  write(w: MsgpackWriter, number: number): boolean {
    const run = this.find(number);
    const at = number - (run?.first ?? 0);
    if (run === null || run.isThere[at] === 0) return false;
    const { shape, bytes } = run;
    const { reader: r } = this;
    r.reset(bytes, run.starts[at], run.starts[at + 1]);
    for (let place = 0; place < PAGE_SIZE; place++) {
      w.int(place);
      w.int(run.refs[at] as number);
      w.int(run.type > 0 ? run.type : Form.PLAIN);
      if (run.type === 0) w.int(shape.keys.length);
      for (const key of shape.keys) {
        if (run.type === 0) w.str(key);
        const { offset } = r;
        r.next();
        w.copy(bytes.subarray(offset, r.offset));
      }
    }
    return true;
  }

  /** Forgets a page, which is in memory or in the store from now on. */
  drop(number: number): void {
    const run = this.find(number);
    if (run === null || run.isThere[number - run.first] === 0) return;
    run.isThere[number - run.first] = 0;
    if (--run.left > 0) return;
    this.runs = this.runs.filter((other) => other !== run);
    this.last = null;
  }
}
