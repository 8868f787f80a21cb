/** Parts of a container: what they become in MessagePack, and reading them back without trust. */
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import type { Value } from '../values/value.ts';
import { damaged } from './effects-of-ops.ts';

/** What the MessagePack codec gives for the types that a container uses. */
export type Packed = null | boolean | number | string | Uint8Array | readonly Packed[];

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
const isAscii = (text: string): boolean => !/[^\x00-\x7f]/.test(text);

/** ASCII goes as a string, any other byte string as bytes: so it comes back byte for byte, whatever it holds. */
export const packText = (text: string): Packed => (isAscii(text) ? text : Buffer.from(text, 'latin1'));

export function textOf(packed: Packed | undefined): string {
  if (typeof packed === 'string' && isAscii(packed)) return packed;
  if (packed instanceof Uint8Array) return Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).latin1Slice();
  throw damaged('it has no text where one must be');
}

export function bytesOf(packed: Packed | undefined): Uint8Array {
  if (packed instanceof Uint8Array) return packed;
  throw damaged('it has no bytes where some must be');
}

/** An integer from 0 on that fits in 32 bits. */
export function numberOf(packed: Packed | undefined): number {
  if (typeof packed === 'number' && Number.isInteger(packed) && packed >= 0 && packed <= 0x7fffffff) return packed;
  throw damaged('it has no number where one must be');
}

export function boolOf(packed: Packed | undefined): boolean {
  if (typeof packed === 'boolean') return packed;
  throw damaged('it has no bool where one must be');
}

/** An array of `length` items; of any length without it. */
export function arrayOf(packed: Packed | undefined, length?: number): readonly Packed[] {
  if (Array.isArray(packed) && (length === undefined || packed.length === length)) return packed as readonly Packed[];
  throw damaged('it has no list of the right length where one must be');
}

/** Constants that MessagePack does not tell apart from others come behind one of these. */
const Tag = { FLOAT: 0, BIG: 1, BYTES: 2, REGEX: 3, KEYS: 4 } as const;

/** Throws TiError for a value that no text has as a constant. */
export function packConstant(value: Value): Packed {
  if (typeof value === 'string') return packText(value);
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return [Tag.BIG, String(value)];
  if (value instanceof Float) return [Tag.FLOAT, floatBytes(value.value)];
  if (value instanceof Bytes) return [Tag.BYTES, Buffer.from(value.bytes, 'latin1')];
  if (value instanceof Regex) return [Tag.REGEX, packText(value.pattern), packText(value.flags)];
  if (value instanceof List) return [Tag.KEYS, ...value.items.map((key) => packText(key as string))];
  throw damaged('it has a constant that cannot be saved');
}

/** All eight bytes, so that each nan and the sign of zero stay as they are. */
function floatBytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

export function constantOf(packed: Packed): Value {
  if (typeof packed === 'number') {
    if (!Number.isSafeInteger(packed) || Object.is(packed, -0)) throw damaged('a constant is no integer');
    return packed;
  }
  if (!Array.isArray(packed)) return textOf(packed);
  const [tag, ...parts] = packed as readonly Packed[];
  switch (tag) {
    case Tag.FLOAT:
      return new Float(floatOf(arrayOf(parts, 1)[0]));
    case Tag.BIG:
      return bigOf(arrayOf(parts, 1)[0]);
    case Tag.BYTES:
      return new Bytes(textOf(bytesOf(arrayOf(parts, 1)[0])));
    case Tag.REGEX: {
      const [pattern, flags] = arrayOf(parts, 2);
      return new Regex(textOf(pattern), textOf(flags));
    }
    case Tag.KEYS:
      return new List(parts.map(textOf), true);
    default:
      throw damaged('it has a constant of an unknown kind');
  }
}

function floatOf(packed: Packed | undefined): number {
  const bytes = bytesOf(packed);
  if (bytes.length !== 8) throw damaged('a float does not have eight bytes');
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
}

function bigOf(packed: Packed | undefined): bigint {
  const text = textOf(packed);
  if (!/^-?[0-9]{1,19}$/.test(text)) throw damaged('a constant is no integer');
  return BigInt(text);
}
