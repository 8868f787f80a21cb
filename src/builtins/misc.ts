/** What belongs to no type: about values, about the query, and lists of numbers. */
import { ErrorCode, operationErr, TiError, typeErr, valueErr } from '../errors.ts';
import { isUtf8 } from '../utf8.ts';
import type { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { intOf } from '../values/operators.ts';
import { Float } from '../values/scalars.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Param, Row } from './row.ts';
import { textOf } from './text.ts';

const MAX_RANGE = 100_000;

type Int = number | bigint;

/** 0, 1, 2, ...: as many as the longest range so far has. */
const counting: Value[] = [];

/**
 * `count` numbers from `start` on. A copy is made with one block move, and its items are then set in their places: an array that grows with each number
 * takes ten times as long while the code is not fully compiled.
 */
function numbers(start: number, step: number, count: number): Value[] {
  for (let i = counting.length; i < count; i++) counting.push(i);
  const items = counting.slice(0, count);
  if (start === 0 && step === 1) return items;
  for (let i = 0, value = start; i < count; i++, value += step) items[i] = value;
  return items;
}

function range(cx: Context, start: Int, stop: Int, step: Int): List {
  const see = 'see https://docs.thingsdb.io/v1/collection-api/range';
  if (step === 0) throw valueErr(`step value must not be zero; ${see}`);
  if (typeof start === 'number' && typeof stop === 'number' && typeof step === 'number') {
    const count = Math.max(0, Math.ceil((stop - start) / step));
    if (count > MAX_RANGE) throw operationErr(`maximum range length exceeded; ${see}`);
    cx.spend(count >> 2);
    return new List(numbers(start, step, count));
  }
  const [first, last, by] = [BigInt(start), BigInt(stop), BigInt(step)];
  const distance = by > 0n ? last - first : first - last;
  const width = by > 0n ? by : -by;
  const count = distance <= 0n ? 0n : (distance + width - 1n) / width;
  if (count > BigInt(MAX_RANGE)) throw operationErr(`maximum range length exceeded; ${see}`);
  cx.spend(Number(count));
  const items: Value[] = [];
  for (let i = 0n; i < count; i++) items.push(intOf(first + i * by));
  return new List(items);
}

function typeAssert(value: Value, types: string | List, message: Value | undefined): null {
  const name = typeName(value);
  if (typeof types === 'string' ? types === name : hasType(types, name)) return null;
  if (message === undefined) throw typeErr(`invalid type \`${name}\``);
  if (typeof message !== 'string') {
    throw typeErr(
      `function \`type_assert\` expects argument 3 to be of type \`str\` but got type \`${typeName(message)}\` instead; see https://docs.thingsdb.io/v1/collection-api/type_assert`,
    );
  }
  if (!isUtf8(message)) throw valueErr('error messages must have valid UTF8 encoding');
  throw new TiError(ErrorCode.TYPE, message);
}

function hasType(types: List, name: string): boolean {
  for (const type of types.items) {
    if (type === name) return true;
    if (typeof type !== 'string') {
      throw typeErr(
        `function \`type_assert\` expects argument 2 to be a list or tuple of type \`str\` but got type \`${typeName(type)}\` instead; see https://docs.thingsdb.io/v1/collection-api/type_assert`,
      );
    }
  }
  return false;
}

function deep(cx: Context, levels: Value | undefined): number {
  if (levels === undefined) return cx.deep;
  if (typeof levels !== 'number' && typeof levels !== 'bigint') {
    throw typeErr(`expecting \`deep\` to be of type \`int\` but got type \`${typeName(levels)}\` instead`);
  }
  if (levels < 0 || levels > 127) throw valueErr(`expecting a \`deep\` value between 0 and 127 but got ${levels} instead`);
  cx.deep = Number(levels);
  return cx.deep;
}

const STATEMENT: Param = { name: 'statement', type: 'any', optional: true };
const TIMED = Shape.of(['data', 'time']);
const orNil = (value: Value | undefined): Value => value ?? null;

export const miscRows: readonly Row[] = [
  {
    name: 'type',
    params: [{ name: 'value', type: 'any' }],
    returns: 'str',
    doc: 'The name of the type of a value.',
    example: '[type(nil), type(42), type([])];  // => ["nil","int","list"]',
    page: 'collection-api/type',
    run: (_cx, value: Value) => typeName(value),
  },
  {
    name: 'type_assert',
    params: [
      { name: 'value', type: 'any' },
      { name: 'types', type: 'str|list|tuple' },
      { name: 'message', type: 'any', optional: true },
    ],
    returns: 'nil',
    doc: 'Raises type_err when the value is of none of the types.',
    example: "[type_assert(3.14, ['int', 'float']), try(type_assert('one', 'int')).msg()];  // => [null,\"invalid type `str`\"]",
    page: 'collection-api/type_assert',
    run: (_cx, value: Value, types: string | List, message?: Value) => typeAssert(value, types, message),
  },
  {
    name: 'range',
    params: [
      { name: 'start', type: 'int' },
      { name: 'stop', type: 'int', optional: true },
      { name: 'step', type: 'int', optional: true },
    ],
    returns: 'list',
    gives: '[int]',
    doc: 'A list of ints from `start` on, below `stop` (above it, when `step` is negative); with one argument, from 0 on up to it. At most 100000.',
    example: '[range(3), range(2, 5), range(2, -3, -2)];  // => [[0,1,2],[2,3,4],[2,0,-2]]',
    page: 'collection-api/range',
    run: (cx, start: Int, stop?: Int, step: Int = 1) => (stop === undefined ? range(cx, 0, start, 1) : range(cx, start, stop, step)),
  },
  {
    name: 'log',
    params: [{ name: 'value', type: 'any' }],
    returns: 'nil',
    doc: 'Logs a text, and sends it to the client as a warning.',
    example: "log('here');  // => null",
    page: 'collection-api/log',
    run: (cx, value: Value) => {
      cx.warn(textOf(value));
      return null;
    },
  },
  {
    name: 'deep',
    params: [{ name: 'levels', type: 'any', optional: true }],
    returns: 'int',
    doc: 'How many levels of things the answer shows; sets it when given.',
    example: '[deep(3), deep()];  // => [3,3]',
    page: 'collection-api/deep',
    run: (cx, levels?: Value) => deep(cx, levels),
  },
  {
    name: 'now',
    params: [],
    returns: 'float',
    doc: 'The time in seconds since 1970, with fractions.',
    example: 'now() > 1700000000;  // => true',
    page: 'collection-api/now',
    run: (cx) => new Float(cx.preciseNow()),
  },
  {
    name: 'timeit',
    params: [{ name: 'statement', type: 'any' }],
    returns: 'thing',
    doc: 'Runs a statement and gives its value as `data` and the seconds it took as `time`.',
    example: 'timeit(2 + 2).data;  // => 4',
    page: 'collection-api/timeit',
    // Called with what `now` gave before the statement, and the value of the statement.
    run: (cx, started: Value, data?: Value) => {
      if (data === undefined || !(started instanceof Float)) return new Thing(TIMED, [started, new Float(0)]);
      return new Thing(TIMED, [data, new Float(cx.preciseNow() - started.value)]);
    },
  },
  {
    name: 'nse',
    params: [STATEMENT],
    returns: 'any',
    gives: 'arg1',
    doc: 'Promises that the query changes nothing that is stored; gives the value of the statement.',
    example: 'nse(change_id());  // => null',
    page: 'collection-api/nse',
    run: (_cx, value?: Value) => orNil(value),
  },
  {
    name: 'wse',
    params: [STATEMENT],
    returns: 'any',
    gives: 'arg1',
    doc: 'Makes the query one that may change what is stored; gives the value of the statement.',
    example: 'wse(change_id()) > 0;  // => true',
    page: 'collection-api/wse',
    changes: ['collection', 'thingsdb'],
    run: (_cx, value?: Value) => orNil(value),
  },
  {
    name: 'change_id',
    params: [],
    returns: 'int|nil',
    doc: 'The number of the change that the query makes; nil when it makes none.',
    example: 'change_id();  // => null',
    page: 'collection-api/change_id',
    run: (cx) => cx.tx.change?.tell() ?? null,
  },
  {
    name: 'doc',
    receiver: 'closure',
    params: [],
    returns: 'str',
    doc: 'The text with which the closure begins; empty when there is none.',
    example: 'f = |x| {"Adds one."; x + 1}; f.doc();  // => "Adds one."',
    page: 'data-types/closure/doc',
    run: (_cx, self: Closure) => self.code.doc,
  },
  {
    name: 'call',
    receiver: 'closure',
    params: [{ name: 'argument', type: 'any', rest: true }],
    returns: 'any',
    doc: 'Calls the closure. Parameters without an argument are nil; arguments without a parameter are not evaluated.',
    example: '(|a, b| [a, b]).call(1);  // => [1, null]',
    page: 'data-types/closure/call',
    byMachine: true,
    run: (cx, self: Closure, rest: Value[]) => cx.call(self, ...rest),
  },
];
