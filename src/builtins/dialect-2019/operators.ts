/** Operators of the 2019 dialect: `/` gives a float and `//` an int, and lists are equal only to themselves. */
import { ErrorCode, overflowErr, TiError } from '../../errors.ts';
import { typeName2019 } from '../../values/dialect-2019.ts';
import { Attribute } from '../../values/handles.ts';
import { add, type BinaryOpText, binary, compare, INT_MAX, INT_MIN, intOf, mod, mul, sub } from '../../values/operators.ts';
import { Bytes, Float } from '../../values/scalars.ts';
import type { Value } from '../../values/value.ts';
import type { FunctionRow, Row } from '../row.ts';
import { badRequest, truth } from './common.ts';

type Int = number | bigint;
type Num = Int | Float;

/** A number, with a bool as 0 or 1; undefined for anything else. */
function number(value: Value): Num | undefined {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return value;
  return typeof value === 'boolean' ? Number(value) : undefined;
}

const raw = (value: Value): string | undefined => (typeof value === 'string' ? value : value instanceof Bytes ? value.bytes : undefined);

const refuse = (op: string, a: Value, b: Value): TiError =>
  badRequest(`\`${op}\` has no meaning between \`${typeName2019(a)}\` and \`${typeName2019(b)}\``);

const toFloat = (value: Num): number => (value instanceof Float ? value.value : Number(value));

/** An int from a float that is cut to one. Throws overflow_err. */
function cut(value: Num): Int {
  if (!(value instanceof Float)) return value;
  const whole = Math.trunc(value.value);
  if (Number.isSafeInteger(whole)) return whole + 0;
  if (Number.isNaN(whole) || whole >= 2 ** 63 || whole < -(2 ** 63)) throw overflowErr();
  return BigInt(whole);
}

function checkDivisor(value: Num): void {
  if (toFloat(value) === 0) throw new TiError(ErrorCode.ZERO_DIV, 'division or modulo by zero');
}

function wholeDivision(a: Num, b: Num): Int {
  checkDivisor(b);
  if (a instanceof Float || b instanceof Float) return cut(new Float(toFloat(a) / toFloat(b)));
  const quotient = BigInt(a) / BigInt(b);
  if (quotient > INT_MAX || quotient < INT_MIN) throw overflowErr();
  return intOf(quotient);
}

const ARITHMETIC: Readonly<Record<string, (a: Num, b: Num) => Value>> = {
  '-': sub,
  '*': mul,
  '/': (a, b) => {
    checkDivisor(b);
    return new Float(toFloat(a) / toFloat(b));
  },
  '//': wholeDivision,
  '%': (a, b) => {
    checkDivisor(b);
    const left = cut(a);
    const right = cut(b);
    checkDivisor(right);
    return mod(left, right);
  },
};

function plus(a: Value, b: Value): Value {
  const [x, y] = [number(a), number(b)];
  if (x !== undefined && y !== undefined) return add(x, y);
  const [left, right] = [raw(a), raw(b)];
  if (left === undefined || right === undefined) throw refuse('+', a, b);
  return typeof a === 'string' && typeof b === 'string' ? left + right : new Bytes(left + right);
}

function bitwise(op: BinaryOpText, a: Value, b: Value): Value {
  const [x, y] = [number(a), number(b)];
  if (x === undefined || y === undefined || x instanceof Float || y instanceof Float) throw refuse(op, a, b);
  return binary(op, x, y);
}

function ordered(op: '<' | '>' | '<=' | '>=', a: Value, b: Value): boolean {
  const [x, y] = [number(a), number(b)];
  if (x !== undefined && y !== undefined) return compare(op, x, y);
  const [left, right] = [raw(a), raw(b)];
  if (left === undefined || right === undefined) throw refuse(op, a, b);
  return compare(op, left, right);
}

function same(op: string, a: Value, b: Value): boolean {
  if (a instanceof Attribute || b instanceof Attribute) throw refuse(op, a, b);
  const [x, y] = [number(a), number(b)];
  if (x !== undefined && y !== undefined)
    return !compare('<', x, y) && !compare('>', x, y) && !Number.isNaN(toFloat(x)) && !Number.isNaN(toFloat(y));
  const [left, right] = [raw(a), raw(b)];
  return left !== undefined && right !== undefined ? left === right : a === b;
}

const LONG = 1024;

const row = (name: string, doc: string, run: (a: Value, b: Value) => Value): FunctionRow => ({
  name: `2019:${name}`,
  params: [
    { name: 'left', type: 'any' },
    { name: 'right', type: 'any' },
  ],
  returns: 'any',
  doc,
  example: '',
  page: '',
  run: (cx, a: Value, b: Value) => {
    const result = run(a, b);
    if (typeof result === 'string' && result.length > LONG) cx.spend(result.length >> 6);
    return result;
  },
});

const arithmetic = (op: string, doc: string): FunctionRow =>
  row(op, doc, (a, b) => {
    const [x, y] = [number(a), number(b)];
    if (x === undefined || y === undefined) throw refuse(op, a, b);
    return (ARITHMETIC[op] as (a: Num, b: Num) => Value)(x, y);
  });

export const operatorRows2019: readonly Row[] = [
  row('+', 'The sum of two numbers, or one raw behind another.', plus),
  arithmetic('-', 'The difference of two numbers.'),
  arithmetic('*', 'The product of two numbers.'),
  arithmetic('/', 'The quotient of two numbers as a float.'),
  arithmetic('//', 'The quotient of two numbers as an int, cut towards zero.'),
  arithmetic('%', 'What a division leaves, as an int with the sign of the left side.'),
  row('&', 'The bits that both ints have.', (a, b) => bitwise('&', a, b)),
  row('^', 'The bits that one of two ints has.', (a, b) => bitwise('^', a, b)),
  row('|', 'The bits that at least one of two ints has.', (a, b) => bitwise('|', a, b)),
  row('<', 'Whether the left side is less.', (a, b) => ordered('<', a, b)),
  row('>', 'Whether the left side is greater.', (a, b) => ordered('>', a, b)),
  row('<=', 'Whether the left side is less or equal.', (a, b) => ordered('<=', a, b)),
  row('>=', 'Whether the left side is greater or equal.', (a, b) => ordered('>=', a, b)),
  row('==', 'Whether two numbers or raws are equal, or anything else is one and the same.', (a, b) => same('==', a, b)),
  row('!=', 'The contrary of `==`.', (a, b) => !same('!=', a, b)),
  {
    name: '2019:.truth',
    params: [{ name: 'value', type: 'any' }],
    returns: 'bool',
    doc: 'Whether a condition on the value holds.',
    example: '',
    page: '',
    run: (_cx, value: Value) => truth(value),
  },
];
