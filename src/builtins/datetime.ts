/** Making datetimes and timevals: of the present, numbers, texts, and parts of a date. */
import { overflowErr, type TiError, typeErr, valueErr } from '../errors.ts';
import { parseDate, parseIso } from '../time/parse.ts';
import { type Civil, DAY, daysFromCivil, daysInMonth } from '../values/calendar.ts';
import { DateTime } from '../values/datetime.ts';
import { Float } from '../values/scalars.ts';
import { typeName, type Value } from '../values/value.ts';
import { intOfFloat } from './numbers.ts';
import type { Context, FunctionRow, Param, Row } from './row.ts';
import { cannotConvert } from './text.ts';
import { atClock, inZone, parseOffset, type ZoneSpec, zoneOf, zoneSpec } from './zones.ts';

/** Which function makes the value. */
type Maker = 'datetime' | 'timeval';

const see = (maker: string): string => `see https://docs.thingsdb.io/v1/collection-api/${maker}`;

function argumentErr(maker: Maker, position: number, wanted: string, value: Value): TiError {
  return typeErr(
    `function \`${maker}\` expects argument ${position} to be of type ${wanted} but got type \`${typeName(value)}\` instead; ${see(maker)}`,
  );
}

function fromValue(cx: Context, maker: Maker, value: Value): DateTime {
  const isTimeval = maker === 'timeval';
  if (typeof value === 'string') return fromText(cx, value, isTimeval);
  if (typeof value === 'number' || typeof value === 'bigint') return inZone(value, zoneOf(cx), isTimeval);
  if (value instanceof Float) return inZone(intOfFloat(value.value), zoneOf(cx), isTimeval);
  if (value instanceof DateTime) return new DateTime(value.seconds, value.offset, value.zone, isTimeval);
  throw cannotConvert(value, maker);
}

// --- texts ---

/** Formats of ISO 8601 by their length, with `T` where a space may stand too. */
const FORMATS: ReadonlyMap<number, string> = new Map([
  [4, '%Y'],
  [7, '%Y-%m'],
  [10, '%Y-%m-%d'],
  [13, '%Y-%m-%dT%H'],
  [16, '%Y-%m-%dT%H:%M'],
  [19, '%Y-%m-%dT%H:%M:%S'],
]);

const ZONE_AT_END = /(?:Z|[+-][0-9]{2}(?:[0-9]{2})?)$/;
const UTC: ZoneSpec = { name: 'UTC' };
const MAX_TEXT = 127;

function fromText(cx: Context, text: string, isTimeval: boolean): DateTime {
  // A zone can only stand behind seconds.
  const zoned = text.length > 19 ? (text.length === 20 && text.endsWith('Z') ? 'Z' : (ZONE_AT_END.exec(text)?.[0] ?? null)) : null;
  const rest = zoned === null ? text : text.slice(0, -zoned.length);
  const format = FORMATS.get(rest.length);
  if (format === undefined || (zoned !== null && rest.length !== 19)) throw invalidText();
  const clock = parseIso(rest) ?? looseClock(rest, format);
  if (zoned === null) return atClock(clock, zoneOf(cx), isTimeval);
  if (zoned === 'Z') return atClock(clock, UTC, isTimeval);
  const offset = parseOffset(zoned);
  if (offset === null) throw valueErr('invalid offset; expecting format `+/-hh[mm]`, for example +0100 or -05');
  return atClock(clock, { offset }, isTimeval);
}

/** The clock of a text whose numbers are padded with spaces. Throws value_err. */
function looseClock(text: string, format: string): number {
  const parsed = parseDate(text, text.charAt(10) === ' ' ? format.replace('T', ' ') : format);
  if (parsed === null) throw invalidText();
  return parsed.clock;
}

const invalidText = (): TiError => valueErr('invalid date/time text; expecting ISO 8601, such as `2013-02-06T13:00:00Z`, or a format');

const MIN_FORMAT = 2;
const MAX_FORMAT = 80;

/** Throws value_err for a format that is too short or too long. */
export function checkFormat(format: string): void {
  if (format.length >= MIN_FORMAT && format.length <= MAX_FORMAT) return;
  throw valueErr(`date/time format is restricted to a length between ${MIN_FORMAT} and ${MAX_FORMAT} characters`);
}

function fromFormat(cx: Context, maker: Maker, text: Value, format: Value): DateTime {
  const called = '`str` (when called with two arguments)';
  if (typeof text !== 'string') throw argumentErr(maker, 1, called, text);
  if (typeof format !== 'string') throw argumentErr(maker, 2, called, format);
  checkFormat(format);
  const isTimeval = maker === 'timeval';
  const mismatch = (): TiError => valueErr(`invalid date/time text (does not match format \`${format}\`)`);
  if (text.length > MAX_TEXT) throw mismatch();
  // An offset at the end stays with the datetime.
  const tail = format.endsWith('%z') ? (/[+-][0-9]{2}(?:[0-9]{2})?$/.exec(text)?.[0] ?? null) : null;
  if (format.endsWith('%z') && tail === null) throw mismatch();
  const offset = tail === null ? null : parseOffset(tail);
  if (tail !== null && offset === null) throw mismatch();
  // There may be space before an offset.
  const parsed =
    tail === null ? parseDate(text, format) : parseDate(text.slice(0, -tail.length).replace(/[ \t-\r]+$/, ''), format.slice(0, -2));
  if (parsed === null) throw mismatch();
  if (parsed.isMoment) return inZone(parsed.clock, zoneOf(cx), isTimeval);
  if (offset !== null) return atClock(parsed.clock, { offset }, isTimeval);
  return atClock(parsed.clock, format.endsWith('Z') && !format.endsWith('%Z') ? UTC : zoneOf(cx), isTimeval);
}

// --- parts ---

export interface Part {
  readonly name: keyof Civil;
  readonly low: number;
  readonly high: number;
}

export const PARTS: readonly Part[] = [
  { name: 'year', low: 1, high: 9999 },
  { name: 'month', low: 1, high: 12 },
  { name: 'day', low: 1, high: 31 },
  { name: 'hour', low: 0, high: 23 },
  { name: 'minute', low: 0, high: 59 },
  { name: 'second', low: 0, high: 59 },
];

/** Throws value_err for a number that is no such part of a date. */
export function checkPart({ name, low, high }: Part, value: number | bigint, page: string): number {
  if (value < low || value > high) {
    throw valueErr(`${name} ${value} is out of range [${low}..${high}]; see https://docs.thingsdb.io/v1/${page}`);
  }
  return Number(value);
}

/** What a clock shows at a date, in seconds since 1970 on the clock. Throws value_err for a day that the month does not have. */
export function clockOfParts(date: Civil): number {
  if (date.day > daysInMonth(date.year, date.month)) throw valueErr(`day ${date.day} is out of range for month`);
  return daysFromCivil(date.year, date.month, date.day) * DAY + date.hour * 3600 + date.minute * 60 + date.second;
}

function fromParts(cx: Context, maker: Maker, args: readonly Value[]): DateTime {
  const last = args.at(-1) as Value;
  const hasZone = args.length > 3 && typeof last === 'string';
  const count = hasZone ? args.length - 1 : args.length;
  const parts = { year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
  for (let i = 0; i < count; i++) {
    const value = args[i] as Value;
    const part = PARTS[i];
    const called = '(when called with three or more arguments)';
    if (part === undefined) throw argumentErr(maker, i + 1, `\`str\` ${called}`, value);
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      throw argumentErr(maker, i + 1, i === count - 1 && i > 2 ? `\`int\` or \`str\` ${called}` : `\`int\` ${called}`, value);
    }
    parts[part.name] = checkPart(part, value, `collection-api/${maker}`);
  }
  const zone = hasZone ? zoneSpec(last as string) : zoneOf(cx);
  return atClock(clockOfParts(parts), zone, maker === 'timeval');
}

function make(cx: Context, maker: Maker, args: readonly Value[]): DateTime {
  switch (args.length) {
    case 0:
      return inZone(Math.floor(Date.now() / 1000), zoneOf(cx), maker === 'timeval');
    case 1:
      return fromValue(cx, maker, args[0] as Value);
    case 2:
      return fromFormat(cx, maker, args[0] as Value, args[1] as Value);
    default:
      return fromParts(cx, maker, args);
  }
}

const optional = (name: string): Param => ({ name, type: 'any', optional: true });
const PARAMS: readonly Param[] = [
  optional('year'),
  optional('month'),
  optional('day'),
  optional('hour'),
  optional('minute'),
  optional('second'),
  optional('zone'),
];

function makerRow(maker: Maker, doc: string, example: string): FunctionRow {
  return {
    name: maker,
    params: PARAMS,
    returns: maker,
    doc,
    example,
    page: `collection-api/${maker}`,
    run: (cx: Context, ...args: Value[]) => make(cx, maker, args),
  };
}

const FORMS =
  'of a number (seconds since 1970), a text, a text and its format, or parts of a date and a time zone; without arguments, of now';

export const datetimeRows: readonly Row[] = [
  makerRow(
    'datetime',
    `Makes a datetime: ${FORMS}. Where clocks go back, a time that comes twice means the first; where they go forward, one that is left out means as much later.`,
    "[datetime(0), datetime('2013-02-06T13:00:00+01'), datetime('37 2013', '%j %Y')];  // => " +
      '["1970-01-01T00:00:00Z","2013-02-06T13:00:00+0100","2013-02-06T00:00:00Z"]',
  ),
  makerRow(
    'timeval',
    `Makes a timeval, which shows as a number: ${FORMS}.`,
    "timeval(2013, 2, 6, 12, 'Europe/Amsterdam');  // => 1360148400",
  ),
];

/** Throws overflow_err for a moment that is no safe number of seconds. */
export function checkSeconds(seconds: number): number {
  if (!Number.isSafeInteger(seconds)) throw overflowErr();
  return seconds;
}
