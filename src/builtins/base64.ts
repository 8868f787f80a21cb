/** Base64. */

import { scratch, scratchText } from '../values/bytes-text.ts';
import { MpData } from '../values/handles.ts';
import { Bytes } from '../values/scalars.ts';
import type { Context, Row } from './row.ts';

function encode(cx: Context, value: string | Bytes | MpData): string {
  if (value instanceof MpData) {
    cx.spend(value.data.length >> 6);
    return Buffer.from(value.data).toString('base64');
  }
  const bytes = value instanceof Bytes ? value.bytes : value;
  cx.spend(bytes.length >> 6);
  return btoa(bytes);
}

/** What each character stands for; both alphabets, `.` and `,` as other forms of their last two, and 0 for any other character. */
const DIGITS = new Uint8Array(256);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((char, value) => {
  DIGITS[char.charCodeAt(0)] = value;
});
/** The common alphabet alone. */
const STRICT = DIGITS.map((value, code) => (value === 0 && code !== 0x41 ? 64 : value));
const PAD = 0x3d;

DIGITS['-'.charCodeAt(0)] = 62;
DIGITS['_'.charCodeAt(0)] = 63;
DIGITS['.'.charCodeAt(0)] = 62;
DIGITS[','.charCodeAt(0)] = 63;

/** The characters of neither alphabet. */
const NONE = 64;

/** Longer texts are read and written faster by what JavaScript has for it. */
const SHORT = 32;

/** The bytes of a short text of whole groups of four, with the common alphabet and its padding; null for any other. */
function decodeShort(text: string): string | null {
  const { length } = text;
  let end = length;
  if (end > 0 && text.charCodeAt(end - 1) === PAD) end -= text.charCodeAt(end - 2) === PAD ? 2 : 1;
  let size = 0;
  let bits = 0;
  for (let at = 0; at < end; at++) {
    const digit = STRICT[text.charCodeAt(at)] as number;
    if (digit === NONE) return null;
    bits = (bits << 6) | digit;
    if ((at & 3) === 0) continue;
    scratch[size++] = bits >> (6 - 2 * (at & 3));
  }
  return scratchText(size);
}

const PLAIN = /^[A-Za-z0-9+/]*={0,2}$/;

/** Both alphabets, with or without padding. Characters that belong to none count as zeros. */
function decode(cx: Context, text: string): Bytes {
  if (text.length <= SHORT && text.length % 4 === 0) {
    const bytes = decodeShort(text);
    if (bytes !== null) return new Bytes(bytes);
  }
  cx.spend(text.length >> 3);
  if (text.length % 4 === 0 && PLAIN.test(text)) return new Bytes(atob(text));
  const padded = text.length % 4 !== 0 || text.endsWith('=');
  // The last group of four, when it is not whole, is read on its own.
  const whole = (Math.ceil(text.length / 4) - (padded ? 1 : 0)) * 4;
  const bytes = Buffer.allocUnsafe((whole / 4) * 3 + 2);
  const digit = (at: number): number => (at < text.length ? (DIGITS[text.charCodeAt(at)] as number) : 0);
  let size = 0;
  for (let at = 0; at < whole; at += 4) {
    const bits = (digit(at) << 18) | (digit(at + 1) << 12) | (digit(at + 2) << 6) | digit(at + 3);
    bytes[size++] = bits >> 16;
    bytes[size++] = (bits >> 8) & 0xff;
    bytes[size++] = bits & 0xff;
  }
  if (padded && text.length > 0) {
    bytes[size++] = ((digit(whole) << 18) | (digit(whole + 1) << 12)) >> 16;
    const third = text[whole + 2];
    if (third !== undefined && third !== '=') bytes[size++] = (((digit(whole + 1) << 12) | (digit(whole + 2) << 6)) >> 8) & 0xff;
  }
  return new Bytes(bytes.latin1Slice(0, size));
}

export const base64Rows: readonly Row[] = [
  {
    name: 'base64_encode',
    params: [{ name: 'data', type: 'str|bytes|mpdata' }],
    returns: 'str',
    doc: 'Encodes bytes as Base64.',
    example: 'base64_encode(\'hello\');  // => "aGVsbG8="',
    page: 'collection-api/base64_encode',
    run: (cx, value: string | Bytes | MpData) => encode(cx, value),
  },
  {
    name: 'base64_decode',
    params: [{ name: 'text', type: 'str|bytes' }],
    returns: 'bytes',
    doc: 'Decodes Base64, in the common or the URL-safe alphabet; the padding may be left out.',
    example: 'str(base64_decode(\'aGVsbG8=\'));  // => "hello"',
    page: 'collection-api/base64_decode',
    run: (cx, value: string | Bytes) => decode(cx, value instanceof Bytes ? value.bytes : value),
  },
];
