/** Functions of the 2019 dialect on plain values. */
import { Failed, lookupErr } from '../../errors.ts';
import { holdsThings } from '../../values/dialect-2019.ts';
import { List } from '../../values/list.ts';
import type { Regex } from '../../values/regex.ts';
import { Bytes, Float } from '../../values/scalars.ts';
import type { Thing } from '../../values/thing.ts';
import type { Value } from '../../values/value.ts';
import { intOfFloat, parseInt64 } from '../numbers.ts';
import type { Context, Param, Row } from '../row.ts';
import { lower, upper } from '../strings.ts';
import { thingById } from '../things-read.ts';
import { rawText } from './common.ts';
import { fn, method } from './rows.ts';

const VALUE: Param = { name: 'value', type: 'any' };
const NUMBER: Param = { name: 'number', type: 'number' };
const RAW: Param = { name: 'text', type: 'raw' };

function toInt(value: number | bigint | boolean | Float | string | Bytes): Value {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Float) return intOfFloat(value.value);
  return typeof value === 'boolean' ? Number(value) : parseInt64(rawText(value));
}

function blob(cx: Context, index: number | bigint): Value {
  const blobs = cx.session?.blobs ?? [];
  const place = index < 0 ? Number(index) + blobs.length : Number(index);
  const found = blobs[place];
  if (found === undefined) throw lookupErr(`the query came with ${blobs.length} blobs; there is none with index ${index}`);
  return found;
}

function length(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Bytes) return value.bytes.length;
  return value instanceof List ? value.items.length : (value as Thing).size;
}

export const valueRows2019: readonly Row[] = [
  fn(
    'blob',
    [{ name: 'index', type: 'int' }],
    'raw',
    'Gives a blob that came with the query; a negative index counts from the end.',
    'blob(0);  // => "alpha"',
    blob,
  ),
  fn(
    'int',
    [{ name: 'value', type: 'number|raw' }],
    'int',
    'Gives the int that a float is cut to, a bool stands for, or a raw begins with.',
    "int('365 days');  // => 365",
    (_cx, value) => toInt(value),
  ),
  fn(
    'isarray',
    [VALUE],
    'bool',
    'Whether a value is an array of any kind.',
    'isarray([1]);  // => true',
    (_cx, value: Value) => value instanceof List,
  ),
  fn(
    'islist',
    [VALUE],
    'bool',
    'Whether a value is an array that is neither nested in another nor has things in it.',
    'islist([{}]);  // => false',
    (_cx, value: Value) => value instanceof List && !value.isTuple && !holdsThings(value),
  ),
  fn(
    'isinf',
    [NUMBER],
    'bool',
    'Whether a number is infinite.',
    'isinf(-inf);  // => true',
    (_cx, value: Value) => value instanceof Float && Math.abs(value.value) === Number.POSITIVE_INFINITY,
  ),
  fn(
    'isnan',
    [NUMBER],
    'bool',
    'Whether a float is not a number.',
    'isnan(nan);  // => true',
    (_cx, value: Value) => value instanceof Float && Number.isNaN(value.value),
  ),
  fn('now', [], 'float', 'Gives the seconds since 1970.', '(now() > 1500000000.0);  // => true', () => {
    return new Float((performance.timeOrigin + performance.now()) / 1000);
  }),
  fn(
    'thing',
    [{ name: 'id', type: 'int' }],
    'thing',
    'Gives the thing with an id.',
    '(thing(id()).id() == id());  // => true',
    (cx, id: number | bigint) => thingById(cx, id),
  ),
  fn(
    'things',
    [
      { name: 'id', type: 'int' },
      { name: 'more', type: 'int', rest: true },
    ],
    'array-of-things',
    'Gives an array of the things with some ids.',
    'thing(id(), id()).len();  // => 2',
    (cx, id: number | bigint, more: readonly (number | bigint)[]) => {
      cx.spend(more.length);
      const things: Value[] = [];
      for (const each of [id, ...more]) {
        const found = thingById(cx, each);
        if (found instanceof Failed) return found;
        things.push(found);
      }
      return new List(things);
    },
  ),
  method(
    'endswith',
    'raw',
    [RAW],
    'bool',
    'Whether a raw ends with another.',
    "'lamp.json'.endswith('.json');  // => true",
    (_cx, self, end) => rawText(self).endsWith(rawText(end)),
  ),
  method(
    'startswith',
    'raw',
    [RAW],
    'bool',
    'Whether a raw begins with another.',
    "'lamp'.startswith('La');  // => false",
    (_cx, self, start) => rawText(self).startsWith(rawText(start)),
  ),
  method('lower', 'raw', [], 'raw', 'Gives a raw with its ASCII letters in lower case.', '\'Hello\'.lower();  // => "hello"', (cx, self) =>
    lower(cx, rawText(self)),
  ),
  method('upper', 'raw', [], 'raw', 'Gives a raw with its ASCII letters in upper case.', '\'Hello\'.upper();  // => "HELLO"', (cx, self) =>
    upper(cx, rawText(self)),
  ),
  method(
    'test',
    'raw',
    [{ name: 'regex', type: 'regex' }],
    'bool',
    'Whether a regular expression matches somewhere in the raw.',
    "'Hello world!!'.test(/^hello/i);  // => true",
    (cx, self, regex: Regex) => regex.matcher.test(rawText(self), cx),
  ),
  method('len', 'raw|array|thing', [], 'int', 'The number of bytes, items or properties.', "'abc'.len();  // => 3", (_cx, self: Value) =>
    length(self),
  ),
  method('ret', 'any', [], 'nil', 'Gives nil, whatever it is called on.', '5.ret();  // => nil', () => null),
];
