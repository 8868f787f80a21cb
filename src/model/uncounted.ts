/**
 * References that were counted while a dump is loaded, to things that are not in memory or not made yet. Bringing each of those for its count would read and write
 * the store over and over again; here they take some four bytes a thing until it is made, or until all is there.
 */

/** So many consecutive ids are counted in one array: a few pages. */
const BLOCK = 256;

interface Block {
  readonly counts: Int32Array;
  /** How many of them are not 0. */
  used: number;
}

export class UncountedRefs {
  private readonly blocks = new Map<number, Block>();

  /** Counts `step` more references to the thing with this id. */
  add(id: number, step: number): void {
    const number = Math.floor(id / BLOCK);
    let block = this.blocks.get(number);
    if (block === undefined) {
      block = { counts: new Int32Array(BLOCK), used: 0 };
      this.blocks.set(number, block);
    }
    const at = id % BLOCK;
    const before = block.counts[at] as number;
    block.counts[at] = before + step;
    if (before === 0) block.used++;
    else if (before + step === 0) this.drop(number, block);
  }

  private drop(number: number, block: Block): void {
    if (--block.used === 0) this.blocks.delete(number);
  }

  /** Gives what was counted for a thing, which is to have it now. */
  take(id: number): number {
    const number = Math.floor(id / BLOCK);
    const block = this.blocks.get(number);
    const count = block?.counts[id % BLOCK] ?? 0;
    if (block === undefined || count === 0) return 0;
    block.counts[id % BLOCK] = 0;
    this.drop(number, block);
    return count;
  }

  /** The ids of all things for which something was counted, in order. */
  *ids(): Iterable<number> {
    for (const number of [...this.blocks.keys()].sort((a, b) => a - b)) {
      const counts = this.blocks.get(number)?.counts.slice() ?? [];
      for (const [at, count] of counts.entries()) if (count !== 0) yield number * BLOCK + at;
    }
  }
}
