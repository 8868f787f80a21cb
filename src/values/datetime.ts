import { putTwo, scratch, scratchText } from './bytes-text.ts';
import { type Civil, civilFromSeconds } from './calendar.ts';

/** A datetime, or a timeval (the same moment, shown as a number). */
export class DateTime {
  /** UNIX time in seconds; as an int: a bigint beyond the safe integers. */
  readonly seconds: number | bigint;
  /** Difference of the clock to UTC in seconds at that moment. */
  readonly offset: number;
  /** IANA name of the time zone; null when only the offset is known. */
  readonly zone: string | null;
  readonly isTimeval: boolean;

  constructor(seconds: number | bigint, offset: number, zone: string | null, isTimeval: boolean) {
    this.seconds = seconds;
    this.offset = offset;
    this.zone = zone;
    this.isTimeval = isTimeval;
  }

  get typeName(): string {
    return this.isTimeval ? 'timeval' : 'datetime';
  }
}

/** What a clock in the value's zone shows, in seconds since 1970 without zone; null for a moment too far from now to be a date. */
export function clockOf(value: DateTime): number | null {
  if (typeof value.seconds === 'bigint') return null;
  const clock = value.seconds + value.offset;
  return Number.isSafeInteger(clock) ? clock : null;
}

/** 0 to 99 with two digits. */
export const TWO_DIGITS: readonly string[] = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

/**
 * ISO 8601 with seconds: `2013-02-06T00:00:00Z` in UTC, else `2013-02-06T01:00:00+0100`. The year has no leading zeros. Gives the epoch for a moment
 * that is no date.
 */
export function isoText(value: DateTime): string {
  const clock = clockOf(value);
  if (clock === null) return '1970-01-01T00:00:00Z';
  const date = civilFromSeconds(clock);
  if (date.year >= 1000 && date.year <= 9999) return isoFourDigits(date, value);
  const day = `${date.year}-${TWO_DIGITS[date.month]}-${TWO_DIGITS[date.day]}`;
  return `${day}T${TWO_DIGITS[date.hour]}:${TWO_DIGITS[date.minute]}:${TWO_DIGITS[date.second]}${zoneText(value)}`;
}

/** The same for a year of four digits, put together byte by byte. */
function isoFourDigits(date: Civil, value: DateTime): string {
  let at = putTwo(putTwo(0, (date.year / 100) | 0), date.year % 100);
  scratch[at] = 0x2d;
  at = putTwo(at + 1, date.month);
  scratch[at] = 0x2d;
  at = putTwo(at + 1, date.day);
  scratch[at] = 0x54;
  at = putTwo(at + 1, date.hour);
  scratch[at] = 0x3a;
  at = putTwo(at + 1, date.minute);
  scratch[at] = 0x3a;
  at = putTwo(at + 1, date.second);
  if (!isUtc(value)) return scratchText(putOffset(at, value.offset));
  scratch[at] = 0x5a;
  return scratchText(at + 1);
}

const isUtc = ({ offset, zone }: DateTime): boolean => zone === 'UTC' || (zone === null && offset === 0);

const zoneText = (value: DateTime): string => (isUtc(value) ? 'Z' : offsetText(value.offset));

/** As `offsetText`, into `scratch`; gives the place behind it. */
export function putOffset(at: number, offset: number): number {
  const minutes = (Math.abs(offset) / 60) | 0;
  scratch[at] = offset < 0 ? 0x2d : 0x2b;
  return putTwo(putTwo(at + 1, (minutes / 60) | 0), minutes % 60);
}

/** `+0100`: hours and minutes; seconds, as in old local times, are left out. */
export function offsetText(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60);
  return `${offset < 0 ? '-' : '+'}${TWO_DIGITS[Math.floor(minutes / 60)]}${TWO_DIGITS[minutes % 60]}`;
}
