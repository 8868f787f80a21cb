/**
 * Short texts that are put together byte by byte. Buffers have a method for that, but it begins with a call out of the engine, which takes longer than all
 * the rest.
 */

/** Room for such a text; what is in it only counts until something else is called. */
export const scratch = Buffer.alloc(64);

type Eight = readonly [number, number, number, number, number, number, number, number];

const b = scratch as unknown as readonly [...Eight, ...Eight, ...Eight];
const chars = String.fromCharCode;

const eight = (): string => chars(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]);

function sixteen(): string {
  return chars(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

function twentyFour(): string {
  // In one call: two halves would be a text of two parts, which has to be put together when it is read.
  // biome-ignore format: as the others
  return chars(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15], b[16], b[17], b[18], b[19], b[20], b[21], b[22], b[23]);
}

/** The first `length` bytes of `scratch`, at most 64, as a text. */
export function scratchText(length: number): string {
  if (length <= 8) return eight().slice(0, length);
  if (length <= 16) return sixteen().slice(0, length);
  return length <= 24 ? twentyFour().slice(0, length) : scratch.latin1Slice(0, length);
}
