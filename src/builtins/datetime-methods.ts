/** Methods of datetime and timeval. */
import { overflowErr, typeErr, valueErr } from '../errors.ts';
import { formatDate } from '../time/format.ts';
import { week, weekday, yearday } from '../time/names.ts';
import { type Civil, civilFromSeconds, DAY, daysFromCivil } from '../values/calendar.ts';
import { clockOf, type DateTime } from '../values/datetime.ts';
import { INT_MAX, INT_MIN } from '../values/operators.ts';
import { Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { checkFormat, checkPart, checkSeconds, clockOfParts, PARTS } from './datetime.ts';
import type { MethodRow, Param, Row } from './row.ts';
import { atClock, inZone, zoneOfDate, zoneSpec } from './zones.ts';

const notLocal = () => valueErr('failed to localize time');

/** What the clock shows. Throws value_err for a moment that is no date. */
function civilOf(date: DateTime): Civil {
  const clock = clockOf(date);
  if (clock === null) throw notLocal();
  return civilFromSeconds(clock);
}

/** As `civilOf`, for what is counted. Throws overflow_err. */
function countable(date: DateTime): Civil {
  const clock = clockOf(date);
  if (clock === null) throw overflowErr();
  return civilFromSeconds(clock);
}

// --- format ---

const MAX_RESULT = 119;

function format(date: DateTime, pattern: string): string {
  checkFormat(pattern);
  const text = formatDate(civilOf(date), date, pattern);
  if (text.length > MAX_RESULT) throw valueErr(`the formatted date may be ${MAX_RESULT} characters long, no longer`);
  return text;
}

// --- move ---

type Mover = (date: Civil, n: number) => number;

const days = (count: number): Mover => {
  return (date, n) => daysFromCivil(date.year, date.month, date.day) + n * count;
};

const months = (count: number): Mover => {
  return (date, n) => {
    const month = date.month - 1 + n * count;
    const year = date.year + Math.floor(month / 12);
    // A day that the month does not have is one of the next month.
    return daysFromCivil(year, month - Math.floor(month / 12) * 12 + 1, 1) + date.day - 1;
  };
};

/** Units of the calendar, which keep what the clock shows. */
const CALENDAR: Readonly<Record<string, Mover>> = { years: months(12), months: months(1), weeks: days(7), days: days(1) };
/** Units of time, in seconds. */
const TIME: Readonly<Record<string, number>> = { hours: 3600, minutes: 60, seconds: 1 };

const MAX_YEAR = 2 ** 31 - 1;
const MAX_CALENDAR = 2 ** 31 - 1;

/** The seconds of a unit of time; null for one of the calendar, and for none. */
export const secondsOfUnit = (unit: string): number | null => TIME[unit] ?? null;

/** Throws value_err, type_err, overflow_err. */
export function move(date: DateTime, unit: string, n: Value): DateTime {
  const length = TIME[unit];
  const mover = CALENDAR[unit];
  if (length === undefined && mover === undefined) {
    throw valueErr('invalid unit, expecting one of `years`, `months`, `weeks`, `days`, `hours`, `minutes` or `seconds`');
  }
  if (typeof n !== 'number' && typeof n !== 'bigint') {
    throw typeErr(
      `function \`move\` expects argument 2 to be of type \`int\` but got type \`${typeName(n)}\` instead; see https://docs.thingsdb.io/v1/data-types/datetime/move`,
    );
  }
  const zone = zoneOfDate(date);
  if (mover === undefined) return inZone(moveSeconds(date.seconds, n, length as number), zone, date.isTimeval);
  const civil = civilOf(date);
  if (n > MAX_CALENDAR || n < -MAX_CALENDAR - 1) throw overflowErr();
  const day = mover(civil, Number(n));
  const clock = checkSeconds(day * DAY + civil.hour * 3600 + civil.minute * 60 + civil.second);
  if (civilFromSeconds(clock).year > MAX_YEAR) throw overflowErr();
  return atClock(clock, zone, date.isTimeval);
}

function moveSeconds(seconds: number | bigint, n: number | bigint, length: number): number | bigint {
  if (typeof seconds === 'number' && typeof n === 'number') {
    const moved = seconds + n * length;
    if (Number.isSafeInteger(moved) && Number.isSafeInteger(n * length)) return moved;
  }
  const moved = BigInt(seconds) + BigInt(n) * BigInt(length);
  if (moved > INT_MAX || moved < INT_MIN) throw overflowErr();
  const value = Number(moved);
  return Number.isSafeInteger(value) ? value : moved;
}

// --- parts ---

const EXTRACTED = Shape.of(['year', 'month', 'day', 'hour', 'minute', 'second', 'gmt_offset']);

function extract(date: DateTime, key: string | undefined): Value {
  const civil = civilOf(date);
  const { year, month, day, hour, minute, second } = civil;
  if (key === undefined) return new Thing(EXTRACTED, [year, month, day, hour, minute, second, date.offset]);
  if (key === 'gmt_offset') return date.offset;
  const part = PARTS.find(({ name }) => name === key);
  if (part === undefined) {
    throw valueErr('function `extract` is expecting argument 1 to be `year`, `month`, `day`, `hour`, `minute`, `second` or `gmt_offset`');
  }
  return civil[part.name];
}

function replace(date: DateTime, values: Thing): DateTime {
  const page = 'data-types/datetime/replace';
  const civil = { ...civilOf(date) };
  for (const part of PARTS) {
    const value = values.get(part.name);
    if (value === undefined) continue;
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      throw typeErr(
        `${part.name} must be of type \`int\` but got type \`${typeName(value)}\` instead; see https://docs.thingsdb.io/v1/${page}`,
      );
    }
    civil[part.name] = checkPart(part, value, page);
  }
  return atClock(clockOfParts(civil), zoneOfDate(date), date.isTimeval);
}

function method(name: string, params: readonly Param[], returns: string, doc: string, example: string, run: MethodRow['run']): MethodRow {
  return { name, receiver: 'date', params, returns, doc, example, page: `data-types/datetime/${name}`, run };
}

export const datetimeMethodRows: readonly Row[] = [
  method(
    'format',
    [{ name: 'format', type: 'str' }],
    'str',
    'The date as text, by a format with specifiers such as `%Y`, `%m` and `%d`.',
    "datetime(2013, 2, 6, 13, 12, 'Europe/Amsterdam').format('%A, %d %B %Y at %R (%z)');  // => \"Wednesday, 06 February 2013 at 13:12 (+0100)\"",
    (_cx, self: DateTime, pattern: string) => format(self, pattern),
  ),
  method(
    'move',
    [
      { name: 'unit', type: 'str' },
      { name: 'number', type: 'any' },
    ],
    'datetime|timeval',
    'The date that many units later, or earlier when the number is negative. Years, months, weeks and days keep the time of the clock.',
    'datetime(2021, 1, 31).move(\'months\', 1);  // => "2021-03-03T00:00:00Z"',
    (_cx, self: DateTime, unit: string, n: Value) => move(self, unit, n),
  ),
  method(
    'extract',
    [{ name: 'key', type: 'str', optional: true }],
    'thing|int',
    'The parts of the date: `year`, `month`, `day`, `hour`, `minute`, `second` and `gmt_offset`; or one of them.',
    "datetime(2013, 2, 6).extract('month');  // => 2",
    (_cx, self: DateTime, key?: string) => extract(self, key),
  ),
  method(
    'replace',
    [{ name: 'values', type: 'thing' }],
    'datetime|timeval',
    'The date with other values for some of its parts; other keys are passed over.',
    'datetime(\'2020-12-10T16:08:24Z\').replace({minute: 0, second: 0});  // => "2020-12-10T16:00:00Z"',
    (_cx, self: DateTime, values: Thing) => replace(self, values),
  ),
  method(
    'to',
    [{ name: 'zone', type: 'str' }],
    'datetime|timeval',
    'The same moment in another time zone, given by its name or an offset.',
    '[datetime(0).to(\'Europe/Amsterdam\'), datetime(0).to(\'+0530\')];  // => ["1970-01-01T01:00:00+0100","1970-01-01T05:30:00+0530"]',
    (_cx, self: DateTime, zone: string) => inZone(self.seconds, zoneSpec(zone), self.isTimeval),
  ),
  method(
    'week',
    [],
    'int',
    'The week of the year, 0 to 53; week 1 begins with the first Sunday.',
    'datetime(2020, 12, 10).week();  // => 49',
    (_cx, self: DateTime) => week(countable(self), 0),
  ),
  method(
    'weekday',
    [],
    'int',
    'The day of the week, 0 (Sunday) to 6.',
    'datetime(2020, 12, 10).weekday();  // => 4',
    (_cx, self: DateTime) => weekday(countable(self)),
  ),
  method('yday', [], 'int', 'The day of the year, from 0 on.', 'datetime(2020, 12, 10).yday();  // => 344', (_cx, self: DateTime) =>
    yearday(countable(self)),
  ),
  method(
    'zone',
    [],
    'str|nil',
    'The name of the time zone; nil when only the offset is known.',
    '[datetime(0).zone(), datetime(0).to(\'+01\').zone()];  // => ["UTC",null]',
    (_cx, self: DateTime) => self.zone,
  ),
];
