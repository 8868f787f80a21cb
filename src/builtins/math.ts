/** Mathematical functions on ints and floats. */
import { valueErr } from '../errors.ts';
import { intOf } from '../values/operators.ts';
import { Float } from '../values/scalars.ts';
import type { Value } from '../values/value.ts';
import { intOfWhole } from './numbers.ts';
import type { FunctionRow, Param, Row } from './row.ts';

type Num = number | bigint | Float;

const X: Param = { name: 'x', type: 'int|float' };

const numberOf = (x: Num): number => (x instanceof Float ? x.value : Number(x));

const domainErr = () => valueErr('math domain error');

/** A row of a function of one float, with an error for arguments outside of its domain; what nan gives is nan. */
function real(name: string, doc: string, example: string, fn: (x: number) => number, inDomain?: (x: number) => boolean): FunctionRow {
  return {
    name,
    params: [X],
    returns: 'float',
    doc,
    example,
    page: `collection-api/math/${name}`,
    run:
      inDomain === undefined
        ? (_cx, x: Num) => new Float(fn(numberOf(x)))
        : (_cx, x: Num) => {
            const n = numberOf(x);
            if (!inDomain(n) && !Number.isNaN(n)) throw domainErr();
            return new Float(fn(n));
          },
  };
}

/** To the nearest whole number; a half goes away from zero. */
function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

const MAX_DIGITS = 400;

function rounded(x: number, digits: number | bigint | undefined): number {
  if (digits === undefined || digits === 0) return roundHalfAway(x);
  const n = Math.max(-MAX_DIGITS, Math.min(MAX_DIGITS, Number(digits)));
  const factor = Number(`1e${n}`);
  return roundHalfAway(x * factor) / factor;
}

function round(x: Num, digits: number | bigint | undefined): Value {
  if (x instanceof Float) return new Float(rounded(x.value, digits));
  if (typeof x === 'number' && digits === undefined) return x;
  return intOfWhole(Math.trunc(rounded(Number(x), digits)));
}

function abs(x: Num): Value {
  if (typeof x === 'number') return Math.abs(x);
  if (x instanceof Float) return new Float(Math.abs(x.value));
  return x < 0n ? intOf(-x) : x;
}

/** As C has it: 1 to the power of anything, and anything to the power of 0, is 1, also for nan. */
function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  return x ** y;
}

function bitCount(self: number | bigint): number {
  let count = 0;
  let rest = BigInt.asUintN(64, self < 0 ? -BigInt(self) : BigInt(self));
  for (; rest !== 0n; rest &= rest - 1n) count++;
  return count;
}

const isFiniteNumber = (x: number): boolean => Math.abs(x) !== Number.POSITIVE_INFINITY;
const isPositive = (x: number): boolean => x > 0;

export const mathRows: readonly Row[] = [
  {
    name: 'abs',
    params: [X],
    returns: 'int|float',
    doc: 'The number without its sign.',
    example: '[abs(-5), abs(-1.5)];  // => [5,1.5]',
    page: 'collection-api/math/abs',
    run: (_cx, x: Num) => abs(x),
  },
  {
    name: 'ceil',
    params: [X],
    returns: 'int',
    doc: 'The smallest int that is not less than the number.',
    example: '[ceil(1.1), ceil(-1.1)];  // => [2,-1]',
    page: 'collection-api/math/ceil',
    run: (_cx, x: Num) => (x instanceof Float ? intOfWhole(Math.ceil(x.value)) : x),
  },
  {
    name: 'floor',
    params: [X],
    returns: 'int',
    doc: 'The largest int that is not greater than the number.',
    example: '[floor(1.9), floor(-1.1)];  // => [1,-2]',
    page: 'collection-api/math/floor',
    run: (_cx, x: Num) => (x instanceof Float ? intOfWhole(Math.floor(x.value)) : x),
  },
  {
    name: 'round',
    params: [X, { name: 'digits', type: 'int', optional: true }],
    returns: 'int|float',
    doc: 'Rounds to the given number of digits behind the point (0 when left out, before the point when negative); a half goes away from zero.',
    example: '[round(2.5), round(3.14159, 2), round(1234, -2)];  // => [3.0,3.14,1200]',
    page: 'collection-api/math/round',
    run: (_cx, x: Num, digits?: number | bigint) => round(x, digits),
  },
  {
    name: 'pow',
    params: [X, { name: 'y', type: 'int|float' }],
    returns: 'float',
    doc: '`x` to the power of `y`.',
    example: '[pow(2, 10), pow(2, -1)];  // => [1024.0,0.5]',
    page: 'collection-api/math/pow',
    run: (_cx, x: Num, y: Num) => new Float(pow(numberOf(x), numberOf(y))),
  },
  real('sqrt', 'The square root.', 'sqrt(9);  // => 3.0', Math.sqrt, (x) => x >= 0),
  real('exp', '`MATH_E` to the power of the number.', 'exp(0);  // => 1.0', Math.exp),
  real('loge', 'The natural logarithm.', 'loge(1);  // => 0.0', Math.log, isPositive),
  real('log2', 'The logarithm to the base 2.', 'log2(8);  // => 3.0', Math.log2, isPositive),
  real('log10', 'The logarithm to the base 10.', 'log10(1000);  // => 3.0', Math.log10, isPositive),
  real('sin', 'The sine of an angle in radians.', 'sin(0);  // => 0.0', Math.sin, isFiniteNumber),
  real('cos', 'The cosine of an angle in radians.', 'cos(0);  // => 1.0', Math.cos, isFiniteNumber),
  real('tan', 'The tangent of an angle in radians.', 'tan(0);  // => 0.0', Math.tan, isFiniteNumber),
  {
    name: 'bit_count',
    receiver: 'int',
    params: [],
    returns: 'int',
    doc: 'The number of ones in the binary form of the number without its sign.',
    example: '(42).bit_count();  // => 3',
    page: 'data-types/int/bit_count',
    run: (_cx, self: number | bigint) => bitCount(self),
  },
];
