/** Dates as text by a format such as `%Y-%m-%d`, as C's `strftime` with the flags of GNU. */
import type { Civil } from '../values/calendar.ts';
import { offsetText } from '../values/datetime.ts';
import { DAYS, isoWeek, MONTHS, week, weekday, yearday } from './names.ts';

export interface Moment {
  readonly date: Civil;
  /** UNIX time in seconds. */
  readonly seconds: number;
  /** Seconds to UTC. */
  readonly offset: number;
  /** How the zone calls its time. */
  readonly abbreviation: string;
}

/** What a specifier gives: a number with its usual padding and width, or a text. */
type Field = { readonly value: number; readonly pad: '0' | '_' | '-'; readonly width: number } | string;

const number = (value: number, width: number, pad: '0' | '_' | '-' = '0'): Field => ({ value, pad, width });
const twelve = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12);
const two = (year: number): number => ((year % 100) + 100) % 100;

const SIMPLE: Readonly<Record<string, (m: Moment) => Field>> = {
  a: ({ date }) => (DAYS[weekday(date)] as string).slice(0, 3),
  A: ({ date }) => DAYS[weekday(date)] as string,
  b: ({ date }) => (MONTHS[date.month - 1] as string).slice(0, 3),
  B: ({ date }) => MONTHS[date.month - 1] as string,
  C: ({ date }) => number(Math.floor(date.year / 100), 1),
  d: ({ date }) => number(date.day, 2),
  e: ({ date }) => number(date.day, 2, '_'),
  g: ({ date }) => number(two(isoWeek(date).year), 2),
  G: ({ date }) => number(isoWeek(date).year, 1),
  H: ({ date }) => number(date.hour, 2),
  I: ({ date }) => number(twelve(date.hour), 2),
  j: ({ date }) => number(yearday(date) + 1, 3),
  k: ({ date }) => number(date.hour, 2, '_'),
  l: ({ date }) => number(twelve(date.hour), 2, '_'),
  m: ({ date }) => number(date.month, 2),
  M: ({ date }) => number(date.minute, 2),
  n: () => '\n',
  p: ({ date }) => (date.hour < 12 ? 'AM' : 'PM'),
  P: ({ date }) => (date.hour < 12 ? 'am' : 'pm'),
  s: ({ seconds }) => number(seconds, 1),
  S: ({ date }) => number(date.second, 2),
  t: () => '\t',
  u: ({ date }) => number(weekday(date) === 0 ? 7 : weekday(date), 1),
  U: ({ date }) => number(week(date, 0), 2),
  V: ({ date }) => number(isoWeek(date).week, 2),
  w: ({ date }) => number(weekday(date), 1),
  W: ({ date }) => number(week(date, 1), 2),
  y: ({ date }) => number(two(date.year), 2),
  Y: ({ date }) => number(date.year, 1),
  z: ({ offset }) => offsetText(offset),
  Z: ({ abbreviation }) => abbreviation,
  '%': () => '%',
};

/** Specifiers that stand for several others. */
const COMPOUND: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  h: '%b',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

// Flags, width, modifier, specifier.
const SPECIFIER = /%([-_0^#]*)(\d*)([EO]?)([\s\S]?)/g;

/** The text of a moment. A specifier that is not known stays as it is. */
export function formatMoment(moment: Moment, format: string): string {
  return format.replace(SPECIFIER, (all: string, flags: string, width: string, _modifier: string, name: string) => {
    const field = fieldOf(moment, name);
    if (field === undefined) return width === '' ? all : all.padStart(Number(width), ' ');
    return finish(name, field, flags, width === '' ? 0 : Number(width));
  });
}

function fieldOf(moment: Moment, name: string): Field | undefined {
  const compound = COMPOUND[name];
  return compound === undefined ? SIMPLE[name]?.(moment) : formatMoment(moment, compound);
}

function finish(name: string, field: Field, flags: string, width: number): string {
  const padding = flags.match(/[-_0]/g)?.at(-1);
  if (typeof field === 'string') {
    const text = cased(name, field, flags);
    return padding === '-' ? text : text.padStart(width, padding === '0' ? '0' : ' ');
  }
  const pad = (padding ?? field.pad) as '0' | '_' | '-';
  const digits = String(Math.abs(field.value));
  const sign = field.value < 0 ? '-' : '';
  const least = width > 0 ? width : field.width;
  if (pad === '-' && width === 0) return sign + digits;
  if (pad === '0') return sign + digits.padStart(least - sign.length, '0');
  return (sign + digits).padStart(least, ' ');
}

/** `^` is for upper case; `#` for the other one: upper for names, lower for AM and PM and zones. */
function cased(name: string, text: string, flags: string): string {
  if (flags.includes('#')) return name === 'p' || name === 'Z' ? text.toLowerCase() : text.toUpperCase();
  return flags.includes('^') ? text.toUpperCase() : text;
}
