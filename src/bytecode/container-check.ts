/**
 * A look over MessagePack bytes of unknown origin before they are decoded: a decoder makes room for as many items as an array says it has, so a few bytes could
 * ask for any amount of memory; and it knows extensions that have no business in a program.
 */
import { damaged } from './effects-of-ops.ts';

/** Arrays within arrays that a program has, at most. */
const MAX_DEPTH = 6;

/** Bytes behind the first byte of a value of fixed size; -1 for what no program has. */
const FIXED: Readonly<Record<number, number>> = {
  192: 0, // nil
  194: 0, // false
  195: 0, // true
  202: 4, // float 32
  203: 8, // float 64
  204: 1, // unsigned integers
  205: 2,
  206: 4,
  208: 1, // signed integers
  209: 2,
  210: 4,
};

/** Bytes of the length of a string, of binary data, or of an array. */
const SIZED: Readonly<Record<number, number>> = { 196: 1, 197: 2, 198: 4, 217: 1, 218: 2, 219: 4, 220: 2, 221: 4 };

class Skimmer {
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.view.byteLength - this.at;
  }

  private skip(count: number): void {
    if (count > this.left) throw damaged('it breaks off');
    this.at += count;
  }

  private size(width: number): number {
    const { at } = this;
    this.skip(width);
    return width === 1 ? this.view.getUint8(at) : width === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  value(depth: number): void {
    const type = this.size(1);
    if (type < 0x80 || type >= 0xe0) return;
    const fixed = FIXED[type];
    const width = SIZED[type];
    if (fixed !== undefined) this.skip(fixed);
    else if (width !== undefined) this.body(type >= 220, this.size(width), depth);
    else if (type >= 0x90 && type < 0xc0) this.body(type < 0xa0, type < 0xa0 ? type & 0x0f : type & 0x1f, depth);
    else throw damaged('it holds something that no program has');
  }

  private body(isArray: boolean, size: number, depth: number): void {
    if (!isArray) {
      this.skip(size);
      return;
    }
    // Each item takes at least a byte.
    if (size > this.left) throw damaged('it breaks off');
    if (depth >= MAX_DEPTH) throw damaged('it is nested too deep');
    for (let i = 0; i < size; i++) this.value(depth + 1);
  }
}

/** Throws TiError unless the bytes are one value made of nil, bools, numbers, strings, binary data and arrays. */
export function checkPacked(bytes: Uint8Array): void {
  const skimmer = new Skimmer(bytes);
  skimmer.value(0);
  if (skimmer.left > 0) throw damaged('something follows it');
}
