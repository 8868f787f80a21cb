/** Dates from text by a format such as `%Y-%m-%d`, as C's `strptime`. */
import { civilFromSeconds, DAY, daysFromCivil } from '../values/calendar.ts';
import { DAYS, MONTHS } from './names.ts';

/** What was read. */
class Fields {
  year = 1900;
  month = 1;
  day = 1;
  hour = 0;
  minute = 0;
  second = 0;
  century = -1;
  yearOfCentury = -1;
  isAfternoon: boolean | null = null;
  hasTwelve = false;
  yearday = -1;
  hasMonth = false;
  hasDay = false;
  weekday = -1;
  /** Week of the year and the weekday (0: Sunday) with which weeks begin. */
  week = -1;
  weekStart: 0 | 1 = 0;
  /** Whether a UNIX time was read, which is one of UTC. */
  isMoment = false;
}

type Step = (fields: Fields, value: number) => void;

interface NumberField {
  readonly low: number;
  readonly high: number;
  readonly digits: number;
  readonly set: Step;
}

const field = (low: number, high: number, digits: number, set: Step): NumberField => ({ low, high, digits, set });

const setDay: Step = (f, n) => {
  f.day = n;
  f.hasDay = true;
};
const setHour: Step = (f, n) => {
  f.hour = n;
  f.hasTwelve = false;
};
const setTwelve: Step = (f, n) => {
  f.hour = n % 12;
  f.hasTwelve = true;
};
const setWeek =
  (start: 0 | 1): Step =>
  (f, n) => {
    f.week = n;
    f.weekStart = start;
  };
const ignore: Step = () => {};

const NUMBERS: Readonly<Record<string, NumberField>> = {
  C: field(0, 99, 2, (f, n) => {
    f.century = n;
  }),
  d: field(1, 31, 2, setDay),
  e: field(1, 31, 2, setDay),
  H: field(0, 23, 2, setHour),
  k: field(0, 23, 2, setHour),
  I: field(1, 12, 2, setTwelve),
  l: field(1, 12, 2, setTwelve),
  j: field(1, 366, 3, (f, n) => {
    f.yearday = n - 1;
  }),
  m: field(1, 12, 2, (f, n) => {
    f.month = n;
    f.hasMonth = true;
  }),
  M: field(0, 59, 2, (f, n) => {
    f.minute = n;
  }),
  S: field(0, 61, 2, (f, n) => {
    f.second = n;
  }),
  u: field(1, 7, 1, (f, n) => {
    f.weekday = n % 7;
  }),
  w: field(0, 6, 1, (f, n) => {
    f.weekday = n;
  }),
  U: field(0, 53, 2, setWeek(0)),
  W: field(0, 53, 2, setWeek(1)),
  V: field(0, 53, 2, ignore),
  g: field(0, 99, 2, ignore),
  G: field(0, 9999, 4, ignore),
  y: field(0, 99, 2, (f, n) => {
    f.yearOfCentury = n;
  }),
  Y: field(0, 9999, 4, (f, n) => {
    f.year = n;
    f.yearOfCentury = -1;
  }),
};

const COMPOUND: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

const isSpace = (char: string): boolean => char === ' ' || (char >= '\t' && char <= '\r');

class Parser {
  private readonly text: string;
  private at = 0;
  readonly fields = new Fields();

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at === this.text.length;
  }

  /** Reads by a format; false when the text does not match. */
  read(format: string): boolean {
    for (let i = 0; i < format.length; i++) {
      const char = format.charAt(i);
      if (isSpace(char)) this.spaces();
      else if (char !== '%') {
        if (this.text.charAt(this.at) !== char) return false;
        this.at++;
      } else {
        i++;
        while ('-_0^#EO'.includes(format.charAt(i)) && i < format.length) i++;
        if (!this.specifier(format.charAt(i))) return false;
      }
    }
    return true;
  }

  private spaces(): void {
    while (this.at < this.text.length && isSpace(this.text.charAt(this.at))) this.at++;
  }

  private specifier(name: string): boolean {
    const numeric = NUMBERS[name];
    if (numeric !== undefined) return this.number(numeric);
    const compound = COMPOUND[name];
    if (compound !== undefined) return this.read(compound);
    switch (name) {
      case '%':
        return this.literal('%');
      case 'n':
      case 't':
        this.spaces();
        return true;
      case 'a':
      case 'A':
        return this.name(DAYS, (n) => {
          this.fields.weekday = n;
        });
      case 'b':
      case 'B':
      case 'h':
        return this.name(MONTHS, (n) => {
          this.fields.month = n + 1;
          this.fields.hasMonth = true;
        });
      case 'p':
        return this.name(['AM', 'PM'], (n) => {
          this.fields.isAfternoon = n === 1;
        });
      case 's':
        return this.epoch();
      case 'z':
        return this.offset();
      case 'Z':
        this.spaces();
        while (this.at < this.text.length && !isSpace(this.text.charAt(this.at))) this.at++;
        return true;
      default:
        return false;
    }
  }

  private literal(char: string): boolean {
    if (this.text.charAt(this.at) !== char) return false;
    this.at++;
    return true;
  }

  private number({ low, high, digits, set }: NumberField): boolean {
    this.spaces();
    const match = /^[0-9]+/.exec(this.text.slice(this.at, this.at + digits));
    if (match === null) return false;
    // Digits that would make the number too large belong to what follows.
    let length = 1;
    while (length < match[0].length && Number(match[0].slice(0, length + 1)) <= high) length++;
    const value = Number(match[0].slice(0, length));
    if (value < low || value > high) return false;
    this.at += length;
    set(this.fields, value);
    return true;
  }

  /** A name in full, or its first three letters, in upper or lower case. */
  private name(names: readonly string[], set: (index: number) => void): boolean {
    const rest = this.text.slice(this.at, this.at + 12).toLowerCase();
    for (const full of [true, false]) {
      for (let i = 0; i < names.length; i++) {
        const name = (full ? (names[i] as string) : (names[i] as string).slice(0, 3)).toLowerCase();
        if (!rest.startsWith(name)) continue;
        this.at += name.length;
        set(i);
        return true;
      }
    }
    return false;
  }

  /** A UNIX time: all parts of a date at once, of which what follows may change any. */
  private epoch(): boolean {
    const match = /^[0-9]{1,15}/.exec(this.text.slice(this.at, this.at + 15));
    if (match === null) return false;
    this.at += match[0].length;
    Object.assign(this.fields, civilFromSeconds(Number(match[0])), { isMoment: true, hasTwelve: false, yearOfCentury: -1 });
    return true;
  }

  /** An offset within the text has no effect; see the callers for one at its end. */
  private offset(): boolean {
    this.spaces();
    const match = /^(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)/.exec(this.text.slice(this.at));
    if (match === null) return false;
    this.at += match[0].length;
    return true;
  }
}

/** What a clock shows, in seconds since 1970 on the clock; that clock is one of UTC when the text has a UNIX time (`isMoment`). */
export interface Parsed {
  readonly clock: number;
  readonly isMoment: boolean;
}

/** The number of two digits; NaN for others. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** The number of two digits behind a certain byte, when the text is that long; NaN when it is none, or out of bounds. */
function part(text: string, at: number, before: number, low: number, high: number): number {
  if (text.length < at) return low;
  const value = twoDigits(text, at);
  return text.charCodeAt(at - 1) === before && value >= low && value <= high ? value : Number.NaN;
}

/** The clock of a text `YYYY-mm-ddTHH:MM:SS`, or one that ends earlier; null for other texts. */
export function parseIso(text: string): number | null {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = part(text, 5, 0x2d, 1, 12);
  const day = part(text, 8, 0x2d, 1, 31);
  const hour = part(text, 11, text.charCodeAt(10) === 0x20 ? 0x20 : 0x54, 0, 23);
  const time = hour * 3600 + part(text, 14, 0x3a, 0, 59) * 60 + part(text, 17, 0x3a, 0, 61);
  if (Number.isNaN(year + month + day + time)) return null;
  return daysFromCivil(year, month, day) * DAY + time;
}

/** Reads a date by a format; null when the text does not match, or goes on behind what the format takes. */
export function parseDate(text: string, format: string): Parsed | null {
  const parser = new Parser(text);
  return parser.read(format) && parser.atEnd ? finish(parser.fields) : null;
}

function finish(f: Fields): Parsed {
  if (f.hasTwelve && f.isAfternoon === true) f.hour += 12;
  if (f.yearOfCentury >= 0)
    f.year = f.century >= 0 ? f.century * 100 + f.yearOfCentury : f.yearOfCentury + (f.yearOfCentury >= 69 ? 1900 : 2000);
  else if (f.century >= 0) f.year = f.century * 100;
  const days = dayOf(f);
  return { clock: days * DAY + f.hour * 3600 + f.minute * 60 + f.second, isMoment: f.isMoment };
}

/** The day since 1970: by month and day, else by the day of the year, else by week and weekday. A day beyond its month is one of the next. */
function dayOf(f: Fields): number {
  const start = daysFromCivil(f.year, 1, 1);
  const byMonth = daysFromCivil(f.year, f.month, 1) + f.day - 1;
  if (f.hasMonth || f.hasDay) return f.yearday >= 0 && !(f.hasMonth && f.hasDay) ? withYearday(f, start) : byMonth;
  if (f.yearday >= 0) return start + f.yearday;
  if (f.week < 0 || f.weekday < 0) return byMonth;
  const first = (((start + 4) % 7) + 7) % 7;
  const begin = (7 + f.weekStart - first) % 7;
  return start + begin + (f.week - 1) * 7 + ((f.weekday - f.weekStart + 7) % 7);
}

function withYearday(f: Fields, start: number): number {
  const date = civilFromSeconds((start + f.yearday) * DAY);
  return daysFromCivil(f.year, f.hasMonth ? f.month : date.month, 1) + (f.hasDay ? f.day : date.day) - 1;
}
