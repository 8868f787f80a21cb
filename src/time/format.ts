/** Dates as text by a format such as `%Y-%m-%d`, as C's `strftime` with the flags of GNU. */
import { scratch, scratchText } from '../values/bytes-text.ts';
import type { Civil } from '../values/calendar.ts';
import { type DateTime, offsetText, TWO_DIGITS } from '../values/datetime.ts';
import { DAYS, isoWeek, MONTHS, week, weekday, yearday } from './names.ts';
import { abbreviation } from './zones.ts';

type Padding = '0' | '_' | '-';

interface NumberField {
  readonly value: (date: Civil, at: DateTime) => number;
  readonly width: number;
  readonly pad: Padding;
}

/** A piece of a format: what it makes of a date; `at` is the moment that clocks show so. */
type Piece = (date: Civil, at: DateTime) => string;

const number = (width: number, value: NumberField['value'], pad: Padding = '0'): NumberField => ({ value, width, pad });
const twelve = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12);
const ofCentury = (year: number): number => ((year % 100) + 100) % 100;

/** How the zone calls its time; one that is only an offset has no name. */
function zoneName({ zone, offset }: DateTime): string {
  if (zone !== null) return abbreviation(zone, offset);
  return offset === 0 ? 'GMT' : 'UTC';
}

const NUMBERS: Readonly<Record<string, NumberField>> = {
  C: number(1, (date) => Math.floor(date.year / 100)),
  d: number(2, (date) => date.day),
  e: number(2, (date) => date.day, '_'),
  g: number(2, (date) => ofCentury(isoWeek(date).year)),
  G: number(1, (date) => isoWeek(date).year),
  H: number(2, (date) => date.hour),
  I: number(2, (date) => twelve(date.hour)),
  j: number(3, (date) => yearday(date) + 1),
  k: number(2, (date) => date.hour, '_'),
  l: number(2, (date) => twelve(date.hour), '_'),
  m: number(2, (date) => date.month),
  M: number(2, (date) => date.minute),
  s: number(1, (_date, { seconds }) => Number(seconds)),
  S: number(2, (date) => date.second),
  u: number(1, (date) => (weekday(date) === 0 ? 7 : weekday(date))),
  U: number(2, (date) => week(date, 0)),
  V: number(2, (date) => isoWeek(date).week),
  w: number(1, (date) => weekday(date)),
  W: number(2, (date) => week(date, 1)),
  y: number(2, (date) => ofCentury(date.year)),
  Y: number(1, (date) => date.year),
};

const TEXTS: Readonly<Record<string, Piece>> = {
  a: (date) => (DAYS[weekday(date)] as string).slice(0, 3),
  A: (date) => DAYS[weekday(date)] as string,
  b: (date) => (MONTHS[date.month - 1] as string).slice(0, 3),
  B: (date) => MONTHS[date.month - 1] as string,
  n: () => '\n',
  p: (date) => (date.hour < 12 ? 'AM' : 'PM'),
  P: (date) => (date.hour < 12 ? 'am' : 'pm'),
  t: () => '\t',
  z: (_date, { offset }) => offsetText(offset),
  Z: (_date, at) => zoneName(at),
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

function numberPiece({ value, width, pad }: NumberField, flags: string, wanted: number): Piece {
  if (flags === '' && wanted === 0 && width === 2 && pad === '0') return (date, at) => TWO_DIGITS[value(date, at)] as string;
  const padding = (flags.match(/[-_0]/g)?.at(-1) ?? pad) as Padding;
  const least = wanted > 0 ? wanted : width;
  return (date, at) => {
    const n = value(date, at);
    const digits = String(Math.abs(n));
    const sign = n < 0 ? '-' : '';
    if (padding === '-' && wanted === 0) return sign + digits;
    return padding === '0' ? sign + digits.padStart(least - sign.length, '0') : (sign + digits).padStart(least, ' ');
  };
}

/** `^` is for upper case; `#` for the other one: upper for names, lower for AM and PM and zones. */
function textPiece(name: string, piece: Piece, flags: string, width: number): Piece {
  if (flags === '' && width === 0) return piece;
  const lower = flags.includes('#') && (name === 'p' || name === 'Z');
  const upper = !lower && /[\^#]/.test(flags);
  const padding = flags.match(/[-_0]/g)?.at(-1);
  return (date, at) => {
    const plain = piece(date, at);
    const text = lower ? plain.toLowerCase() : upper ? plain.toUpperCase() : plain;
    return padding === '-' ? text : text.padStart(width, padding === '0' ? '0' : ' ');
  };
}

function compoundPiece(format: string): Piece {
  const pieces = compile(format);
  return (date, at) => run(pieces, date, at);
}

function specifierPiece(all: string, flags: string, width: number, name: string): Piece {
  const numeric = NUMBERS[name];
  if (numeric !== undefined) return numberPiece(numeric, flags, width);
  const compound = COMPOUND[name];
  const text = compound === undefined ? TEXTS[name] : compoundPiece(compound);
  if (text !== undefined) return textPiece(name, text, flags, width);
  // What is not known stays as it is.
  const same = all.padStart(width, ' ');
  return () => same;
}

/** Two-digit fields, the year and the offset, which most formats consist of, by letter: they are written without a call. */
const DIRECT = 'YmdHMSz';

const YEAR = 0x59;
const OFFSET = 0x7a;
/** What is added to the letter of a field to tell it from a byte. */
const FIELD = 256;

/** A compiled format: for each piece its text, the letter of a direct field, or the function that makes it. */
type Compiled = readonly (string | number | Piece)[];

function compile(format: string): Compiled {
  const pieces: (string | number | Piece)[] = [];
  let at = 0;
  for (const match of format.matchAll(SPECIFIER)) {
    const before = format.slice(at, match.index);
    if (before !== '') pieces.push(before);
    const [all, flags = '', width = '', , name = ''] = match;
    const isDirect = flags === '' && width === '' && name !== '' && DIRECT.includes(name);
    if (isDirect) pieces.push(name.charCodeAt(0));
    else if (flags === '' && width === '' && COMPOUND[name] !== undefined) pieces.push(...compile(COMPOUND[name]));
    else pieces.push(specifierPiece(all, flags, width === '' ? 0 : Number(width), name));
    at = match.index + all.length;
  }
  const rest = format.slice(at);
  if (rest !== '') pieces.push(rest);
  return pieces;
}

function run(pieces: Compiled, date: Civil, at: DateTime): string {
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else if (typeof piece === 'number') text += direct(piece, date, at);
    else text += piece(date, at);
  }
  return text;
}

function direct(letter: number, date: Civil, { offset }: DateTime): string {
  if (letter === YEAR) return String(date.year);
  return letter === OFFSET ? offsetText(offset) : (TWO_DIGITS[fieldOf(letter, date)] as string);
}

function fieldOf(letter: number, date: Civil): number {
  switch (letter) {
    case 0x6d: // m
      return date.month;
    case 0x64: // d
      return date.day;
    case 0x48: // H
      return date.hour;
    case 0x4d: // M
      return date.minute;
    default:
      return date.second;
  }
}

/** A format of nothing but direct fields and plain text, as the codes of its bytes and, from FIELD on, the letters of its fields; null for any other. */
function codesOf(pieces: Compiled): Uint16Array | null {
  const codes: number[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (typeof piece === 'function' || (typeof piece === 'string' && piece.length > scratch.length)) return null;
    if (typeof piece === 'number') codes.push(FIELD + piece);
    else codes.push(...Buffer.from(piece, 'latin1'));
    length += typeof piece === 'string' ? piece.length : piece === OFFSET ? 5 : piece === YEAR ? 4 : 2;
  }
  return length <= scratch.length ? Uint16Array.from(codes) : null;
}

/** The text of a date by such codes; its year has four digits. */
function runCodes(codes: Uint16Array, date: Civil, offset: number): string {
  let at = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    if (code < FIELD) {
      scratch[at++] = code;
      continue;
    }
    const letter = code - FIELD;
    if (letter === OFFSET) at = putOffset(at, offset);
    else if (letter === YEAR) at = putTwo(putTwo(at, (date.year / 100) | 0), date.year % 100);
    else at = putTwo(at, fieldOf(letter, date));
  }
  return scratchText(at);
}

/** As `offsetText`. */
function putOffset(at: number, offset: number): number {
  const minutes = (Math.abs(offset) / 60) | 0;
  scratch[at] = offset < 0 ? 0x2d : 0x2b;
  return putTwo(putTwo(at + 1, (minutes / 60) | 0), minutes % 60);
}

function putTwo(at: number, value: number): number {
  const tens = (value / 10) | 0;
  scratch[at] = 0x30 + tens;
  scratch[at + 1] = 0x30 + value - 10 * tens;
  return at + 2;
}

const MAX_FORMATS = 200;
const formats = new Map<string, { readonly pieces: Compiled; readonly codes: Uint16Array | null }>();

/** The text of a moment, of which the clocks of its zone show `date`, by a format. A specifier that is not known stays as it is. */
export function formatDate(date: Civil, at: DateTime, format: string): string {
  let compiled = formats.get(format);
  if (compiled === undefined) {
    const pieces = compile(format);
    compiled = { pieces, codes: codesOf(pieces) };
    if (formats.size >= MAX_FORMATS) formats.clear();
    formats.set(format, compiled);
  }
  if (compiled.codes !== null && date.year >= 1000 && date.year <= 9999) return runCodes(compiled.codes, date, at.offset);
  return run(compiled.pieces, date, at);
}
