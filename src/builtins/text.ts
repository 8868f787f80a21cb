/** The text of values: what `str(...)` and template strings make of them. */
import { TiError, typeErr, valueErr } from '../errors.ts';
import { isUtf8 } from '../utf8.ts';
import { Closure } from '../values/closure.ts';
import { clockOf, DateTime, isoText } from '../values/datetime.ts';
import { AnoType, EnumMember, Room, Task, Wrapped } from '../values/handles.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';

/** The text of a value. Throws TiError: -61 for a type that has none, -60 for bytes that are no UTF-8 and for a time outside the calendar. */
export function textOf(value: Value): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return value === null ? 'nil' : textOfObject(value);
  }
}

const withId = (value: { readonly typeName: string }, id: number): string => `${value.typeName}:${id === 0 ? 'nil' : id}`;

function textOfObject(value: Exclude<Value, null | string | number | bigint | boolean>): string {
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Bytes) return utf8Text(value.bytes);
  if (value instanceof TiError) return value.message;
  if (value instanceof Thing) return withId(value, value.id);
  if (value instanceof DateTime) return dateText(value);
  if (value instanceof EnumMember) return textOf(value.value);
  if (value instanceof Regex) return value.text;
  if (value instanceof Closure) return value.code.text;
  if (value instanceof Room || value instanceof Task) return withId(value, value.id);
  if (value instanceof Wrapped) return withId(value, value.thing.id);
  if (value instanceof AnoType) return value.typeName;
  throw cannotConvert(value, 'str');
}

/** The error for a conversion that does not exist. */
export function cannotConvert(value: Value, target: string): TiError {
  return typeErr(`cannot convert type \`${typeName(value)}\` to \`${target}\``);
}

function utf8Text(bytes: string): string {
  if (!isUtf8(bytes)) throw valueErr('binary data has no valid UTF8 encoding');
  return bytes;
}

function dateText(value: DateTime): string {
  if (clockOf(value) === null) throw valueErr('failed to localize time');
  return isoText(value);
}

/** A float with six significant digits, as C's `%g`: trailing zeros go, and exponents below -4 and from 6 on are written. */
export function floatText(value: number): string {
  if (Number.isInteger(value) && value > -1e6 && value < 1e6) return String(value + 0);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const [mantissa = '', exponentText = '0'] = sixDigits(value).split('e');
  const exponent = Number(exponentText);
  const sign = value < 0 ? '-' : '';
  const digits = mantissa.replace('.', '').replace(/^-/, '').replace(/0+$/, '');
  if (exponent < -4 || exponent >= 6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** `d.ddddde±x`, with a half rounded to the even digit: `toExponential` alone rounds it up. */
function sixDigits(value: number): string {
  const long = value.toExponential(25);
  const dot = long.indexOf('.');
  const behind = long.slice(dot + 6, long.indexOf('e'));
  const last = long.charCodeAt(dot + 5) & 1;
  if (last === 0 && behind === '5'.padEnd(behind.length, '0')) return long.slice(0, dot + 6) + long.slice(long.indexOf('e'));
  return value.toExponential(5);
}
