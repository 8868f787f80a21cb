/** Numbers from text and from one another, with the limits of 64 bit. */
import { overflowErr } from '../errors.ts';
import { intOf } from '../values/operators.ts';

const TWO_63 = 2 ** 63;

/** The int of a float without fraction. Throws overflow_err beyond 64 bit, and for nan and the infinities. */
export function intOfWhole(value: number): number | bigint {
  // Adding 0 turns -0 into 0.
  if (Number.isSafeInteger(value)) return value + 0;
  if (!(value >= -TWO_63 && value < TWO_63)) throw overflowErr();
  return BigInt(value);
}

/** A float as int, without its fraction. Throws overflow_err. */
export const intOfFloat = (value: number): number | bigint => intOfWhole(Math.trunc(value));

/** The number of a short text that has nothing but digits, the first no 0; -1 for others. */
function plainDigits(text: string): number {
  const { length } = text;
  if (length === 0 || length > 15 || text.charCodeAt(0) === 48) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

// Spaces as C counts them: JavaScript's \s has more.
const INT = /^[ \t-\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))/;

/**
 * The int at the start of a text: spaces, a sign, then digits: decimal, hexadecimal behind `0x`, octal behind `0`. What follows is not looked
 * at; 0 when there are no digits. Throws overflow_err.
 */
export function parseInt64(text: string): number | bigint {
  const plain = plainDigits(text);
  if (plain >= 0) return plain;
  const match = INT.exec(text);
  if (match === null) return 0;
  const [, sign, hex, octal, decimal] = match;
  let value: bigint;
  if (decimal !== undefined) {
    if (decimal.length < 16) return sign === '-' ? -Number(decimal) : Number(decimal);
    if (decimal.length > 19) throw overflowErr();
    value = BigInt(decimal);
  } else {
    const digits = (hex ?? octal ?? '0').replace(/^0+(?=.)/, '');
    if (digits.length > 22) throw overflowErr();
    value = BigInt((hex === undefined ? '0o' : '0x') + digits);
  }
  return intOf(sign === '-' ? -value : value);
}

const DECIMAL = /^[ \t-\r]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)/;
const HEXADECIMAL = /^[ \t-\r]*([+-]?)0[xX](?:([0-9a-fA-F]+)\.?([0-9a-fA-F]*)|\.([0-9a-fA-F]+))(?:[pP]([+-]?[0-9]+))?/;
const SPECIAL = /^[ \t-\r]*([+-]?)(inf|nan)/i;

/** The float at the start of a text, as C's `strtod`: decimal or hexadecimal with exponent, `inf`, `nan`; 0 when there is none. */
export function parseFloat64(text: string): number {
  const hex = HEXADECIMAL.exec(text);
  if (hex !== null) return hexFloat(hex);
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) return Number(decimal[1]) + 0;
  const special = SPECIAL.exec(text);
  if (special === null) return 0;
  if ((special[2] as string).toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function hexFloat([, sign, whole = '', fraction = '', only = '', exponent = '0']: RegExpExecArray): number {
  const behind = fraction + only;
  const size = Number(BigInt(`0x0${whole}${behind}`)) * 2 ** -(4 * behind.length) * 2 ** Number(exponent);
  return (sign === '-' ? -size : size) + 0;
}
