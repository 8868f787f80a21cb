/** The operators on values: 64 bit integers that tell an overflow, floats, byte strings, sets. */

import { overflowErr, TiError, typeErr, zeroDivErr } from '../errors.ts';
import { MAX_TEXT, textTooLong } from '../limits.ts';
import { DateTime } from './datetime.ts';
import { AnoType, Task, Wrapped } from './handles.ts';
import { List } from './list.ts';
import { charge } from './meter.ts';
import { Regex } from './regex.ts';
import { Bytes, Float } from './scalars.ts';
import { SetValue } from './set.ts';
import type { Thing } from './thing.ts';
import { truthy, typeName, type Value } from './value.ts';

/** The operators of `binary`; `=` gives the right operand. */
export type BinaryOpText = '=' | '+' | '-' | '*' | '/' | '%' | '&' | '^' | '|' | '<<' | '>>' | '<' | '>' | '==' | '!=' | '<=' | '>=';

export const INT_MAX = 2n ** 63n - 1n;
export const INT_MIN = -(2n ** 63n);

/** An int from a result of bigint arithmetic. Throws overflow_err beyond 64 bit. */
export function intOf(value: bigint): number | bigint {
  if (value > INT_MAX || value < INT_MIN) throw overflowErr();
  const n = Number(value);
  return Number.isSafeInteger(n) ? n : value;
}

function unsupported(op: string, a: Value, b: Value): TiError {
  const bitwise = op === '&' || op === '|' || op === '^' || op === '<<' || op === '>>' ? 'bitwise ' : '';
  return typeErr(`${bitwise}\`${op}\` not supported between \`${typeName(a)}\` and \`${typeName(b)}\``);
}

/** An int, with true as 1 and false as 0; undefined for other types. */
function integer(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return undefined;
}

const asFloat = (value: number | bigint | Float): number => (value instanceof Float ? value.value : Number(value));

type IntOp = (a: number | bigint, b: number | bigint) => number | bigint;

/** Both operands as numbers: ints when both are, else floats; undefined when one is neither. */
function arithmetic(a: Value, b: Value, ints: IntOp, floats: (a: number, b: number) => Value): Value | undefined {
  const x = a instanceof Float ? a : integer(a);
  const y = b instanceof Float ? b : integer(b);
  if (x === undefined || y === undefined) return undefined;
  if (x instanceof Float || y instanceof Float) return floats(asFloat(x), asFloat(y));
  return ints(x, y);
}

const addInts: IntOp = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return intOf(BigInt(a) + BigInt(b));
};

const subInts: IntOp = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return intOf(BigInt(a) - BigInt(b));
};

const mulInts: IntOp = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // Adding 0 turns -0 into 0.
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return intOf(BigInt(a) * BigInt(b));
};

const divInts: IntOp = (a, b) => {
  if (b === 0) throw zeroDivErr();
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b) + 0;
  return intOf(BigInt(a) / BigInt(b));
};

const modInts: IntOp = (a, b) => {
  if (b === 0) throw zeroDivErr();
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0;
  return intOf(BigInt(a) % BigInt(b));
};

const addFloats = (a: number, b: number): Value => new Float(a + b);
const subFloats = (a: number, b: number): Value => new Float(a - b);
const mulFloats = (a: number, b: number): Value => new Float(a * b);
const divFloats = (a: number, b: number): Value => {
  if (b === 0) throw zeroDivErr();
  return new Float(a / b);
};

/** A float as the integer that modulo works on. Throws overflow_err when it is none that fits in 64 bit. */
function truncated(value: number): bigint {
  const whole = Math.trunc(value);
  if (!(whole >= -(2 ** 63) && whole < 2 ** 63)) throw overflowErr();
  return BigInt(whole);
}

const modFloats = (a: number, b: number): Value => {
  const x = truncated(a);
  const y = truncated(b);
  if (y === 0n) throw zeroDivErr();
  return intOf(x % y);
};

/** Shorter texts cost no more than an instruction. */
const LONG = 4096;

/** Counts a text that was just put together. Throws when it is too long. */
export function checkedText(text: string): string {
  if (text.length < LONG) return text;
  if (text.length > MAX_TEXT) throw textTooLong();
  charge(text.length >> 12);
  return text;
}

function joined(a: string, b: string): string {
  if (a.length + b.length > MAX_TEXT) throw textTooLong();
  return checkedText(a + b);
}

/** Whether two texts are the same. */
export function sameText(a: string, b: Value): boolean {
  if (a.length > LONG) charge(a.length >> 6);
  return a === b || equal(a, b);
}

export function add(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return addInts(a, b);
  if (a instanceof Float && b instanceof Float) return new Float(a.value + b.value);
  if (typeof a === 'string') {
    if (typeof b === 'string') return joined(a, b);
    if (b instanceof Bytes) return new Bytes(joined(a, b.bytes));
  } else if (a instanceof Bytes) {
    if (b instanceof Bytes) return new Bytes(joined(a.bytes, b.bytes));
    if (typeof b === 'string') return new Bytes(joined(a.bytes, b));
  }
  const sum = arithmetic(a, b, addInts, addFloats);
  if (sum === undefined) throw unsupported('+', a, b);
  return sum;
}

export function sub(a: Value, b: Value): Value {
  if (a instanceof Float && b instanceof Float) return new Float(a.value - b.value);
  if (a instanceof SetValue && b instanceof SetValue) return new SetValue(setResult('-', a.things, b.things));
  const difference = arithmetic(a, b, subInts, subFloats);
  if (difference === undefined) throw unsupported('-', a, b);
  return difference;
}

export function mul(a: Value, b: Value): Value {
  if (a instanceof Float && b instanceof Float) return new Float(a.value * b.value);
  const product = arithmetic(a, b, mulInts, mulFloats);
  if (product === undefined) throw unsupported('*', a, b);
  return product;
}

function div(a: Value, b: Value): Value {
  const quotient = arithmetic(a, b, divInts, divFloats);
  if (quotient === undefined) throw unsupported('/', a, b);
  return quotient;
}

export function mod(a: Value, b: Value): Value {
  const rest = arithmetic(a, b, modInts, modFloats);
  if (rest === undefined) throw unsupported('%', a, b);
  return rest;
}

/** What a set operator gives; the operands stay as they are. */
export function setResult(op: string, a: ReadonlySet<Thing>, b: ReadonlySet<Thing>): Set<Thing> {
  charge(a.size + b.size);
  const result = new Set<Thing>();
  if (op === '&') {
    for (const thing of a) if (b.has(thing)) result.add(thing);
    return result;
  }
  for (const thing of a) if (op === '|' || !b.has(thing)) result.add(thing);
  if (op === '|') for (const thing of b) result.add(thing);
  if (op === '^') for (const thing of b) if (!a.has(thing)) result.add(thing);
  return result;
}

const BITS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

function bits(op: '&' | '|' | '^', a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number' && (a | 0) === a && (b | 0) === b) {
    return op === '&' ? a & b : op === '|' ? a | b : a ^ b;
  }
  if (a instanceof SetValue && b instanceof SetValue) return new SetValue(setResult(op, a.things, b.things));
  const x = integer(a);
  const y = integer(b);
  if (x === undefined || y === undefined) throw unsupported(op, a, b);
  return intOf((BITS[op] as (a: bigint, b: bigint) => bigint)(BigInt(x), BigInt(y)));
}

/** Shifts as a 64 bit machine does: the count counts modulo 64 (32 for a bool), bits that leave are lost. */
function shift(op: '<<' | '>>', a: Value, b: Value): Value {
  const x = integer(a);
  const y = integer(b);
  if (x === undefined || y === undefined) throw unsupported(op, a, b);
  if (typeof a === 'boolean') return op === '<<' ? Number(x) << Number(BigInt(y) & 31n) : Number(x) >> Number(BigInt(y) & 31n);
  const count = BigInt(y) & 63n;
  return intOf(op === '<<' ? BigInt.asIntN(64, BigInt(x) << count) : BigInt(x) >> count);
}

const COMPARE: Readonly<Record<string, (a: number | bigint | string, b: number | bigint | string) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

/** What decides the order of a value: a number, or a string for str and bytes; undefined when it has none. */
function orderKey(value: Value): number | bigint | string | undefined {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'string':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    default:
      if (value instanceof Float) return value.value;
      if (value instanceof Bytes) return value.bytes;
      return undefined;
  }
}

const isSubset = (a: ReadonlySet<Thing>, b: ReadonlySet<Thing>): boolean => {
  charge(a.size);
  if (a.size > b.size) return false;
  for (const thing of a) if (!b.has(thing)) return false;
  return true;
};

function compareSets(op: string, a: ReadonlySet<Thing>, b: ReadonlySet<Thing>): boolean {
  switch (op) {
    case '<=':
      return isSubset(a, b);
    case '<':
      return a.size < b.size && isSubset(a, b);
    case '>=':
      return isSubset(b, a);
    default:
      return a.size > b.size && isSubset(b, a);
  }
}

export function compare(op: '<' | '>' | '<=' | '>=', a: Value, b: Value): boolean {
  const order = COMPARE[op] as (a: number | bigint | string, b: number | bigint | string) => boolean;
  let x = orderKey(a);
  let y = orderKey(b);
  if (x === undefined && a instanceof DateTime && b instanceof DateTime) {
    x = a.seconds;
    y = b.seconds;
  }
  if (a instanceof SetValue && b instanceof SetValue) return compareSets(op, a.things, b.things);
  if (x === undefined || y === undefined || (typeof x === 'string') !== (typeof y === 'string')) throw unsupported(op, a, b);
  // An int beyond 2^53 meets a float as a float.
  if (typeof x === 'bigint' && b instanceof Float) x = Number(x);
  if (typeof y === 'bigint' && a instanceof Float) y = Number(y);
  if (typeof x === 'string' && x.length > LONG) charge(x.length >> 6);
  return order(x, y);
}

/** The `==` of the language; never an error. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a === 'string' || a instanceof Bytes) return (b instanceof Bytes ? b.bytes : b) === (a instanceof Bytes ? a.bytes : a);
  const x = a instanceof Float ? a : integer(a);
  if (x !== undefined) return equalNumbers(x, b);
  if (a === null || b === null || typeof b !== 'object') return false;
  return equalObjects(a as object, b);
}

function equalNumbers(x: number | bigint | Float, b: Value): boolean {
  const y = b instanceof Float ? b : integer(b);
  if (y === undefined) return false;
  // Both are integers that differ as JavaScript values, or one is a float and both are compared as floats.
  if (x instanceof Float || y instanceof Float) return asFloat(x) === asFloat(y);
  return x === y;
}

function equalObjects(a: object, b: object): boolean {
  if (a instanceof List) return b instanceof List && equalLists(a.items, b.items);
  if (a instanceof SetValue) return b instanceof SetValue && a.things.size === b.things.size && isSubset(a.things, b.things);
  if (a instanceof TiError) return b instanceof TiError && a.code === b.code;
  if (a instanceof DateTime) return b instanceof DateTime && a.seconds === b.seconds;
  if (a instanceof Regex) return b instanceof Regex && a.pattern === b.pattern && a.flags === b.flags;
  if (a instanceof Wrapped) return b instanceof Wrapped && a.thing === b.thing && a.type === b.type;
  if (a instanceof AnoType) return b instanceof AnoType && a.signature === b.signature;
  // Empty tasks are all alike; any other is only the same as itself.
  return a instanceof Task && b instanceof Task && a.id === 0 && b.id === 0;
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  charge(a.length);
  for (let i = 0; i < a.length; i++) if (!equal(a[i] as Value, b[i] as Value)) return false;
  return true;
}

/** Any binary operator that evaluates both sides. */
export function binary(op: BinaryOpText, a: Value, b: Value): Value {
  switch (op) {
    case '+':
      return add(a, b);
    case '-':
      return sub(a, b);
    case '*':
      return mul(a, b);
    case '/':
      return div(a, b);
    case '%':
      return mod(a, b);
    case '&':
    case '|':
    case '^':
      return bits(op, a, b);
    case '<<':
    case '>>':
      return shift(op, a, b);
    case '==':
      return equal(a, b);
    case '!=':
      return !equal(a, b);
    case '=':
      return b;
    default:
      return compare(op, a, b);
  }
}

export function not(value: Value): boolean {
  return !truthy(value);
}

export function negate(value: Value): Value {
  if (value instanceof Float) return new Float(-value.value);
  const x = integer(value);
  if (x === undefined) throw typeErr(`\`-/+\` not supported by type \`${typeName(value)}\``);
  return typeof x === 'number' ? 0 - x : intOf(-x);
}

export function plus(value: Value): Value {
  if (value instanceof Float) return value;
  const x = integer(value);
  if (x === undefined) throw typeErr(`\`-/+\` not supported by type \`${typeName(value)}\``);
  return typeof x === 'bigint' ? intOf(x) : x;
}

export function bitNot(value: Value): Value {
  const x = integer(value);
  if (x === undefined) throw typeErr(`\`~\` not supported by type \`${typeName(value)}\``);
  return intOf(~BigInt(x));
}
