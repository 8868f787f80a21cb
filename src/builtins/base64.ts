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
  if (bytes.length <= SHORT_BYTES) return encodeShort(bytes);
  cx.spend(bytes.length >> 6);
  return btoa(bytes);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Buffer.from(ALPHABET);
const PAD = 0x3d;

/** Longer texts are read and written faster by what JavaScript has for it. */
const SHORT = 32;
const SHORT_BYTES = (SHORT / 4) * 3;

function encodeShort(bytes: string): string {
  const { length } = bytes;
  let size = 0;
  for (let at = 0; at < length; at += 3) {
    const second = at + 1 < length ? bytes.charCodeAt(at + 1) : 0;
    const third = at + 2 < length ? bytes.charCodeAt(at + 2) : 0;
    const bits = (bytes.charCodeAt(at) << 16) | (second << 8) | third;
    scratch[size] = CODES[bits >> 18] as number;
    scratch[size + 1] = CODES[(bits >> 12) & 63] as number;
    scratch[size + 2] = at + 1 < length ? (CODES[(bits >> 6) & 63] as number) : PAD;
    scratch[size + 3] = at + 2 < length ? (CODES[bits & 63] as number) : PAD;
    size += 4;
  }
  return scratchText(size);
}

/** What each character stands for; both alphabets, `.` and `,` as other forms of their last two, and 0 for any other character. */
const DIGITS = new Uint8Array(256);
CODES.forEach((code, value) => {
  DIGITS[code] = value;
});
/** The common alphabet alone. */
const STRICT = DIGITS.map((value, code) => (value === 0 && code !== 0x41 ? 64 : value));

DIGITS['-'.charCodeAt(0)] = 62;
DIGITS['_'.charCodeAt(0)] = 63;
DIGITS['.'.charCodeAt(0)] = 62;
DIGITS[','.charCodeAt(0)] = 63;

/** The characters of neither alphabet. */
const NONE = 64;

/** The bytes of a short text of whole groups of four, with the common alphabet and its padding; null for any other. */
function decodeShort(text: string): string | null {
  let end = text.length;
  if (end > 0 && text.charCodeAt(end - 1) === PAD) end -= text.charCodeAt(end - 2) === PAD ? 2 : 1;
  const digit = (at: number): number => STRICT[text.charCodeAt(at)] as number;
  let size = 0;
  let at = 0;
  let all = 0;
  for (; at + 4 <= end; at += 4) {
    const [a, b, c, d] = [digit(at), digit(at + 1), digit(at + 2), digit(at + 3)];
    all |= a | b | c | d;
    scratch[size] = (a << 2) | (b >> 4);
    scratch[size + 1] = (b << 4) | (c >> 2);
    scratch[size + 2] = (c << 6) | d;
    size += 3;
  }
  if (at < end) {
    const [a, b, c] = [digit(at), digit(at + 1), at + 3 === end ? digit(at + 2) : 0];
    all |= a | b | c;
    scratch[size++] = (a << 2) | (b >> 4);
    if (at + 3 === end) scratch[size++] = (b << 4) | (c >> 2);
  }
  return (all & NONE) === 0 ? scratchText(size) : null;
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
