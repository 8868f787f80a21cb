/** JSON as MessagePack, with int and float told apart as they are written. */
import { toBytes } from '../utf8.ts';
import type { MsgpackWriter } from './writer.ts';

/** A number that is written with a point or exponent: 2.0 is a float, 2 an int. */
class FloatNumber {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A number as it is written decides what it is; JSON.parse tells that to its reviver. */
function reviveNumber(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  if (/[.eE]/.test(context.source)) return new FloatNumber(value);
  return Number.isSafeInteger(value) ? value : BigInt(context.source);
}

/** What `packJson` takes: as `JSON.parse` gives it, but for floats and for ints beyond the safe ones. Throws SyntaxError. */
export const parseJson = (text: string): unknown => JSON.parse(text, reviveNumber);

/** Packs what `parseJson` gave, or plain values. Throws RangeError for an int beyond 64 bits. */
export function packJson(w: MsgpackWriter, value: unknown): void {
  if (value === null) w.nil();
  else if (typeof value === 'boolean') w.bool(value);
  else if (typeof value === 'number') packNumber(w, value);
  else if (typeof value === 'bigint') packBig(w, value);
  else if (typeof value === 'string') w.str(toBytes(value));
  else if (value instanceof FloatNumber) w.float(value.value);
  else if (Array.isArray(value)) {
    w.arrayHeader(value.length);
    for (const item of value) packJson(w, item);
  } else {
    const entries = Object.entries(value as object);
    w.mapHeader(entries.length);
    for (const [key, item] of entries) {
      w.str(toBytes(key));
      packJson(w, item);
    }
  }
}

function packNumber(w: MsgpackWriter, value: number): void {
  if (Number.isSafeInteger(value)) w.int(value);
  else w.float(value);
}

function packBig(w: MsgpackWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} does not fit in an integer of 64 bits`);
  w.bigint(value);
}
