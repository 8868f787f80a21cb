/** Methods of str. A str is a sequence of bytes: lengths and positions count bytes, and only ASCII letters have a case. */
import { scratch, scratchText } from '../values/bytes-text.ts';
import type { Bytes } from '../values/scalars.ts';
import { replaceRow } from './replace.ts';
import type { Context, MethodRow, Param, Row } from './row.ts';
import { splitRow } from './split.ts';

const UPPER = Uint8Array.from({ length: 256 }, (_, code) => (code >= 0x61 && code <= 0x7a ? code - 32 : code));
const LOWER = Uint8Array.from({ length: 256 }, (_, code) => (code >= 0x41 && code <= 0x5a ? code + 32 : code));

/** Up to this length, going through the bytes is faster than what JavaScript has for it. */
const SHORT = scratch.length;

/** A short text with each byte as `table` says. */
function mapped(text: string, table: Uint8Array): string {
  const { length } = text;
  let isSame = true;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const other = table[code] as number;
    scratch[i] = other;
    if (code !== other) isSame = false;
  }
  return isSame ? text : scratchText(length);
}

const BEYOND_ASCII = /[\x80-\xff]/;

export function upper(cx: Context, text: string): string {
  if (text.length <= SHORT) return mapped(text, UPPER);
  cx.spend(text.length >> 5);
  // JavaScript's own change of case knows letters beyond ASCII.
  return BEYOND_ASCII.test(text) ? text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) : text.toUpperCase();
}

export function lower(cx: Context, text: string): string {
  if (text.length <= SHORT) return mapped(text, LOWER);
  cx.spend(text.length >> 5);
  return BEYOND_ASCII.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text.toLowerCase();
}

/** Space, and tab to carriage return. */
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

function trimmed(cx: Context, text: string, left: boolean, right: boolean): string {
  let start = 0;
  let end = text.length;
  if (left) while (start < end && isSpace(text.charCodeAt(start))) start++;
  if (right) while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  cx.spend((text.length - (end - start)) >> 2);
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

const SEARCH: Param = { name: 'text', type: 'str' };

/** Methods that earlier versions wrote in one word. */
const ONE_WORD = new Set(['starts_with', 'ends_with']);

function method(name: string, doc: string, example: string, params: readonly Param[], returns: string, run: MethodRow['run']): MethodRow {
  const formerly = ONE_WORD.has(name) ? { formerly: [name.replace('_', '')] } : {};
  return { name, ...formerly, receiver: 'str', params, returns, doc, example, page: `data-types/str/${name}`, run };
}

function searched(cx: Context, text: string, other: string): void {
  cx.spend((text.length + other.length) >> 4);
}

export const stringRows: readonly Row[] = [
  method(
    'contains',
    'Whether another text is in the text.',
    "'hello world'.contains('lo w');  // => true",
    [SEARCH],
    'bool',
    (cx, self: string, other: string) => {
      searched(cx, self, other);
      return self.includes(other);
    },
  ),
  method(
    'starts_with',
    'Whether the text begins with another.',
    "'hello'.starts_with('he');  // => true",
    [SEARCH],
    'bool',
    (_cx, self: string, other: string) => self.startsWith(other),
  ),
  method(
    'ends_with',
    'Whether the text ends with another.',
    "'hello'.ends_with('lo');  // => true",
    [SEARCH],
    'bool',
    (_cx, self: string, other: string) => self.endsWith(other),
  ),
  method('len', 'The number of bytes.', "['abc'.len(), 'é'.len()];  // => [3,2]", [], 'int', (_cx, self: string) => self.length),
  method('lower', 'The text with its ASCII letters in lower case.', '\'HeLLo\'.lower();  // => "hello"', [], 'str', (cx, self: string) =>
    lower(cx, self),
  ),
  method('upper', 'The text with its ASCII letters in upper case.', '\'hello\'.upper();  // => "HELLO"', [], 'str', (cx, self: string) =>
    upper(cx, self),
  ),
  method(
    'trim',
    'The text without spaces, tabs and line ends around it.',
    '\' a b \'.trim();  // => "a b"',
    [],
    'str',
    (cx, self: string) => trimmed(cx, self, true, true),
  ),
  method(
    'trim_left',
    'The text without spaces, tabs and line ends before it.',
    '\' a \'.trim_left();  // => "a "',
    [],
    'str',
    (cx, self: string) => trimmed(cx, self, true, false),
  ),
  method(
    'trim_right',
    'The text without spaces, tabs and line ends behind it.',
    '\' a \'.trim_right();  // => " a"',
    [],
    'str',
    (cx, self: string) => trimmed(cx, self, false, true),
  ),
  splitRow,
  replaceRow,
  {
    name: 'len',
    receiver: 'bytes',
    params: [],
    returns: 'int',
    doc: 'The number of bytes.',
    example: "bytes('abc').len();  // => 3",
    page: 'data-types/bytes/len',
    run: (_cx, self: Bytes) => self.bytes.length,
  },
];
