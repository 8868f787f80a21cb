/** The text of values: what `str(...)` and template strings make of them. */
import { TiError, typeErr, valueErr } from '../errors.ts';
import { isUtf8 } from '../utf8.ts';
import { Closure } from '../values/closure.ts';
import { clockOf, DateTime, isoText } from '../values/datetime.ts';
import { toDigits } from '../values/digits.ts';
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
  if (value instanceof Closure) return value.code.definition;
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
  const size = Math.abs(value);
  const text = String(value);
  // No more than six digits and no exponent: as JavaScript writes it.
  if (size >= 1 && size < 1e6 && text.length <= (value < 0 ? 8 : 7)) return text;
  const rounded = toDigits(value, 6);
  return rounded.includes('e') ? withExponent(rounded) : size < 1e-4 ? withExponent(Number(rounded).toExponential()) : trimZeros(rounded);
}

const trimZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits);

/** An exponent has two digits at least, and no digits without need before it. */
function withExponent(text: string): string {
  const at = text.indexOf('e');
  const exponent = text.slice(at + 2);
  return `${trimZeros(text.slice(0, at))}e${text.charAt(at + 1)}${exponent.padStart(2, '0')}`;
}
