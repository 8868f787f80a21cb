/**
 * Sorting by bytes, without comparing: several times faster than calls of a comparing function. Keys of `width` bytes lie one behind the other in
 * `bytes`; places are sorted from the last byte to the first, each time keeping the order that the bytes behind it made.
 */

/** From so many items on it pays. */
export const RADIX_MINIMUM = 400;

/** The places 0 to `count - 1` in the order of their keys; equal keys stay in the order of their places. */
export function placesByBytes(bytes: Uint8Array, width: number, count: number): Uint32Array {
  let from = new Uint32Array(count);
  let to = new Uint32Array(count);
  for (let i = 0; i < count; i++) from[i] = i;
  const starts = new Uint32Array(257);
  for (let at = width - 1; at >= 0; at--) {
    starts.fill(0);
    for (let i = at; i < bytes.length; i += width) (starts[(bytes[i] as number) + 1] as number)++;
    // A byte that all keys have in common orders nothing.
    if ((starts[(bytes[at] as number) + 1] as number) === count) continue;
    for (let byte = 1; byte <= 256; byte++) (starts[byte] as number) += starts[byte - 1] as number;
    for (let i = 0; i < count; i++) {
      const place = from[i] as number;
      to[(starts[bytes[place * width + at] as number] as number)++] = place;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** The places of 32 bit integers in ascending order, or in descending order; equal ones stay in the order of their places. */
export function placesOfInts(ints: Int32Array, descending: boolean): Uint32Array {
  const bytes = new Uint8Array(ints.length * 4);
  // The first bit is turned, so that negative numbers come first as bytes; all of them, to have the greatest first.
  const flip = descending ? 0x7fffffff : 0x80000000;
  for (let i = 0; i < ints.length; i++) {
    const key = (ints[i] as number) ^ flip;
    bytes[i * 4] = key >>> 24;
    bytes[i * 4 + 1] = key >>> 16;
    bytes[i * 4 + 2] = key >>> 8;
    bytes[i * 4 + 3] = key;
  }
  return placesByBytes(bytes, 4, ints.length);
}

/** How many bytes behind what all strings have in common are looked at first. */
const HEAD = 6;

/** How many bytes all of the strings start with in common. */
function commonLength(texts: readonly string[]): number {
  const first = texts[0] as string;
  let length = first.length;
  for (const text of texts) {
    if (text.length < length) length = text.length;
    let at = 0;
    while (at < length && text.charCodeAt(at) === first.charCodeAt(at)) at++;
    length = at;
  }
  return length;
}

/** Byte strings in order, in a new array. */
export function sortTexts(texts: readonly string[]): string[] {
  const count = texts.length;
  const skip = commonLength(texts);
  const bytes = new Uint8Array(count * HEAD);
  for (let i = 0; i < count; i++) {
    const text = texts[i] as string;
    const end = Math.min(text.length - skip, HEAD);
    for (let k = 0; k < end; k++) bytes[i * HEAD + k] = text.charCodeAt(skip + k);
  }
  const places = placesByBytes(bytes, HEAD, count);
  const sorted: string[] = [];
  for (let i = 0; i < count; ) {
    let end = i + 1;
    while (end < count && sameKey(bytes, places[i] as number, places[end] as number)) end++;
    if (end === i + 1) sorted.push(texts[places[i] as number] as string);
    else for (const text of sortRun(places.subarray(i, end), texts)) sorted.push(text);
    i = end;
  }
  return sorted;
}

/** Strings that start alike, in order. Mostly they are equal. */
function sortRun(places: Uint32Array, texts: readonly string[]): string[] {
  const first = texts[places[0] as number] as string;
  const run: string[] = [];
  let differ = false;
  for (const place of places) {
    const text = texts[place] as string;
    differ ||= text !== first;
    run.push(text);
  }
  // Without a function, JavaScript compares strings char by char, which here means byte by byte.
  return differ ? run.sort() : run;
}

function sameKey(bytes: Uint8Array, a: number, b: number): boolean {
  for (let k = 0; k < HEAD; k++) if (bytes[a * HEAD + k] !== bytes[b * HEAD + k]) return false;
  return true;
}
