/** Remembers which instructions were tried at which positions, a bit each, in pages that are made when they are first touched. */

const POSITIONS = 128;
const MAX_BYTES = 1 << 27;

export class Memo {
  private pages: (Uint32Array | undefined)[] = [];
  private touched: number[] = [];
  private spare: Uint32Array[] = [];
  private words = 0;
  private bytes = 0;

  /** Forgets everything, and makes room for `count` instructions a position. */
  reset(count: number): void {
    const words = (count * POSITIONS + 31) >> 5;
    const { pages, touched } = this;
    if (words !== this.words) this.spare = [];
    for (const index of touched) {
      const page = pages[index] as Uint32Array;
      pages[index] = undefined;
      if (words === this.words && this.spare.length < 64) this.spare.push(page.fill(0));
    }
    if (pages.length > 1 << 16) this.pages = [];
    this.touched = [];
    this.words = words;
    this.bytes = 0;
  }

  /** Whether an instruction was noted at a position. */
  has(count: number, index: number, position: number): boolean {
    const page = this.pages[Math.floor(position / POSITIONS)];
    if (page === undefined) return false;
    const bit = (position % POSITIONS) * count + index;
    return ((page[bit >> 5] as number) & (1 << (bit & 31))) !== 0;
  }

  /** Notes an instruction at a position. */
  note(count: number, index: number, position: number): void {
    const pageIndex = Math.floor(position / POSITIONS);
    let page = this.pages[pageIndex];
    if (page === undefined) {
      if (this.bytes > MAX_BYTES) return;
      page = this.spare.pop() ?? new Uint32Array(this.words);
      this.bytes += this.words * 4;
      this.pages[pageIndex] = page;
      this.touched.push(pageIndex);
    }
    const bit = (position % POSITIONS) * count + index;
    page[bit >> 5] = (page[bit >> 5] as number) | (1 << (bit & 31));
  }
}
