/**
 * Short texts that are put together byte by byte. Buffers have a method for that, but it begins with a call out of the engine, which takes longer than all
 * the rest.
 */

/** Room for such a text; what is in it only counts until something else is called. */
export const scratch = Buffer.alloc(64);

/** Texts of more bytes are left to the buffer. */
const SHORT = 32;

/** For each length that was asked for, a function with one call that names every byte: that makes the text at once, where a loop would make one for each byte. */
const makers: (() => string)[] = [];

function makerOf(length: number): () => string {
  const bytes = Array.from({ length }, (_byte, i) => `bytes[${i}]`).join(', ');
  try {
    // Only numbers become source.
    return new Function('bytes', 'chars', `return () => chars(${bytes});`)(scratch, String.fromCharCode) as () => string;
  } catch {
    // A page may forbid that source is made.
    return () => scratch.latin1Slice(0, length);
  }
}

/** Puts the two digits of a number from 0 to 99 into `scratch`; gives the place behind them. */
export function putTwo(at: number, value: number): number {
  const tens = (value / 10) | 0;
  scratch[at] = 0x30 + tens;
  scratch[at + 1] = 0x30 + value - 10 * tens;
  return at + 2;
}

/** The first `length` bytes of `scratch`, at most 64, as a text. */
export function scratchText(length: number): string {
  if (length > SHORT) return scratch.latin1Slice(0, length);
  let maker = makers[length];
  if (maker === undefined) {
    maker = makerOf(length);
    makers[length] = maker;
  }
  return maker();
}
