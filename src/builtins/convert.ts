/** Conversions: functions named like the type that they give. */

import { TiError } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { DateTime } from '../values/datetime.ts';
import { EnumMember, MpData } from '../values/handles.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { truthy, type Value } from '../values/value.ts';
import { intOfFloat, parseFloat64, parseInt64 } from './numbers.ts';
import type { Context, Row } from './row.ts';
import { cannotConvert, textOf } from './text.ts';

const ZERO = new Float(0);
const EMPTY = new Bytes('');

function toInt(value: Value): Value {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Float) return intOfFloat(value.value);
  if (typeof value === 'string') return parseInt64(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof DateTime) return value.seconds;
  if (value instanceof TiError) return value.code;
  if (value instanceof EnumMember) return toInt(value.value);
  throw cannotConvert(value, 'int');
}

function toFloat(value: Value): Float {
  if (value instanceof Float) return value;
  if (typeof value === 'number') return new Float(value);
  if (typeof value === 'string') return new Float(parseFloat64(value));
  if (typeof value === 'boolean' || typeof value === 'bigint') return new Float(Number(value));
  if (value instanceof DateTime) return new Float(Number(value.seconds));
  if (value instanceof TiError) return new Float(value.code);
  if (value instanceof EnumMember) return toFloat(value.value);
  throw cannotConvert(value, 'float');
}

function toBytes(cx: Context, value: Value): Bytes {
  if (typeof value === 'string') return new Bytes(value);
  if (value instanceof Bytes) return value;
  if (value instanceof MpData) {
    cx.spend(value.data.length >> 6);
    return new Bytes(Buffer.from(value.data.buffer, value.data.byteOffset, value.data.length).latin1Slice());
  }
  if (value instanceof EnumMember) return toBytes(cx, value.value);
  throw cannotConvert(value, 'bytes');
}

function toClosure(cx: Context, value: Value): Closure {
  if (value instanceof Closure) return value;
  if (typeof value !== 'string') throw cannotConvert(value, 'closure');
  cx.spend(value.length);
  return compiled(cx, value);
}

/** A closure of a text of its own, which it does not show as it was written. */
function compiled(cx: Context, text: string): Closure {
  const closure = cx.compile(text);
  closure.unbound = true;
  return closure;
}

const VALUE = { name: 'value', type: 'any', optional: true } as const;

export const convertRows: readonly Row[] = [
  {
    name: 'bool',
    params: [VALUE],
    returns: 'bool',
    doc: 'Says whether a value counts as true: nil, zero, errors and everything empty do not; without a value, `false`.',
    example: "[bool(), bool(0), bool('x')];  // => [false,false,true]",
    page: 'collection-api/bool',
    run: (_cx, value?: Value) => value !== undefined && truthy(value),
  },
  {
    name: 'int',
    params: [VALUE],
    returns: 'int',
    doc: 'Converts a float (towards zero), a str (its leading digits), a bool, a datetime, a timeval or an error to an int; without a value, 0.',
    example: "[int(), int(2.718), int('365 days'), int('0xFF'), int(true)];  // => [0,2,365,255,1]",
    page: 'collection-api/int',
    run: (_cx, value?: Value) => (value === undefined ? 0 : toInt(value)),
  },
  {
    name: 'float',
    params: [VALUE],
    returns: 'float',
    doc: 'Converts an int, a str (its leading number), a bool, a datetime, a timeval or an error to a float; without a value, 0.0.',
    example: "[float(42), float('0.365e+3 days'), float(true)];  // => [42.0,365.0,1.0]",
    page: 'collection-api/float',
    run: (_cx, value?: Value) => (value === undefined ? ZERO : toFloat(value)),
  },
  {
    name: 'str',
    params: [VALUE],
    returns: 'str',
    doc: 'Converts a value to a str; bytes must be UTF-8, and lists and sets cannot be converted. Without a value, an empty str.',
    example: '[str(), str(42), str(true), str(0.5)];  // => ["","42","true","0.5"]',
    page: 'collection-api/str',
    run: (_cx, value?: Value) => (value === undefined ? '' : textOf(value)),
  },
  {
    name: 'bytes',
    params: [VALUE],
    returns: 'bytes',
    doc: 'Converts a str or mpdata to bytes; without a value, no bytes.',
    example: "bytes('Hello').len();  // => 5",
    page: 'collection-api/bytes',
    run: (cx, value?: Value) => (value === undefined ? EMPTY : toBytes(cx, value)),
  },
  {
    name: 'closure',
    params: [VALUE],
    returns: 'closure',
    doc: 'Makes a closure of its text; without a value, `||nil`.',
    example: "double = closure('|x| x * 2'); double(21);  // => 42",
    page: 'collection-api/closure',
    run: (cx, value?: Value) => (value === undefined ? compiled(cx, '||nil') : toClosure(cx, value)),
  },
];
