/** The proleptic Gregorian calendar as arithmetic: days and seconds of a clock without time zone, to dates and back. */

export const DAY = 86_400;

export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Days from 1970-01-01 to a date. `month` (1 to 12) must be a month; `day` may lie outside of it. */
export function daysFromCivil(year: number, month: number, day: number): number {
  // Years begin in March here, so that the leap day is the last one; eras are 400 years.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** Days for which all that `civilFromSeconds` computes fits in 32 bit: some 270,000 years around 1970. */
const NEAR = 100_000_000;

/** The date and time that a clock shows `seconds` after 1970-01-01T00:00:00; a safe integer. */
export function civilFromSeconds(seconds: number): Civil {
  const days = Math.floor(seconds / DAY);
  const rest = seconds - days * DAY;
  const shifted = days + 719_468;
  // Divisions of whole numbers are much faster than those of others.
  const era = days > -NEAR && days < NEAR ? ((shifted >= 0 ? shifted : shifted - 146_096) / 146_097) | 0 : Math.floor(shifted / 146_097);
  const dayOfEra = (shifted - era * 146_097) | 0;
  const yearOfEra = ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) | 0;
  const dayOfYear = (dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0))) | 0;
  const shiftedMonth = ((5 * dayOfYear + 2) / 153) | 0;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const time = rest | 0;
  const minutes = (time / 60) | 0;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - (((153 * shiftedMonth + 2) / 5) | 0) + 1,
    hour: (minutes / 60) | 0,
    minute: minutes % 60,
    second: time % 60,
  };
}

export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Days of a month, 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
