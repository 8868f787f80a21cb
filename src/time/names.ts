/** English names of days and months, and weeks of the year. */
import { type Civil, daysFromCivil, isLeapYear } from '../values/calendar.ts';

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const modulo = (n: number, by: number): number => ((n % by) + by) % by;

/** 0 for Sunday. */
export const weekday = ({ year, month, day }: Civil): number => modulo(daysFromCivil(year, month, day) + 4, 7);

/** 0 for the first of January. */
export const yearday = ({ year, month, day }: Civil): number => daysFromCivil(year, month, day) - daysFromCivil(year, 1, 1);

/** The week of the year; week 1 begins with the first Sunday (`first` 0) or Monday (1), days before are in week 0. */
export function week(date: Civil, first: 0 | 1): number {
  return Math.floor((yearday(date) + 7 - modulo(weekday(date) - first, 7)) / 7);
}

/** The week by ISO 8601 and the year that it belongs to. */
export function isoWeek(date: Civil): { readonly year: number; readonly week: number } {
  const dayOfWeek = modulo(weekday(date) - 1, 7);
  // The week belongs to the year of its Thursday.
  const thursday = yearday(date) - dayOfWeek + 3;
  if (thursday < 0) {
    const length = isLeapYear(date.year - 1) ? 366 : 365;
    return { year: date.year - 1, week: Math.floor((thursday + length) / 7) + 1 };
  }
  const length = isLeapYear(date.year) ? 366 : 365;
  if (thursday >= length) return { year: date.year + 1, week: 1 };
  return { year: date.year, week: Math.floor(thursday / 7) + 1 };
}
