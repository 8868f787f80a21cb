/** Dates to text and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDate } from '../../src/time/format.ts';
import { isoWeek } from '../../src/time/names.ts';
import { parseDate, parseIso } from '../../src/time/parse.ts';
import { civilFromSeconds, DAY, daysFromCivil } from '../../src/values/calendar.ts';
import { DateTime, isoText, offsetText } from '../../src/values/datetime.ts';

const clock = (iso: string): number => Date.parse(`${iso}Z`) / 1000;

function format(iso: string, pattern: string, offset = 3600): string {
  const seconds = clock(iso);
  return formatDate(civilFromSeconds(seconds), new DateTime(seconds - offset, offset, 'Europe/Amsterdam', false), pattern);
}

describe('format', () => {
  it.each([
    ['%Y-%m-%d %H:%M:%S', '2021-03-04 15:06:07'],
    ['%C %y %b %B %h %e %j', '20 21 Mar March Mar  4 063'],
    ['%I %l %k %p %P', '03  3 15 PM pm'],
    ['%a %A %u %w', 'Thu Thursday 4 4'],
    ['%U %W %V %G %g', '09 09 09 2021 21'],
    ['%D %F %T %R %r', '03/04/21 2021-03-04 15:06:07 15:06 03:06:07 PM'],
    ['%c|%x|%X', 'Thu Mar  4 15:06:07 2021|03/04/21|15:06:07'],
    ['%s', '1614866767'],
    ['%z %Z', '+0100 CET'],
    ['%%%n%t', '%\n\t'],
    ['%-d %_d %0e %^a %#p %#Z', '4  4 04 THU pm cet'],
    ['%10Y|%-m|%5d|%03S|%^B', '0000002021|3|00004|007|MARCH'],
    ['%Ey %Od', '21 04'],
    ['%Q %+4Y %', '%Q %+4Y %'],
    ['a\xc3\xb1o \xe6\x97\xa5', 'a\xc3\xb1o \xe6\x97\xa5'],
  ])('%s', (pattern, text) => {
    expect(format('2021-03-04T15:06:07', pattern)).toBe(text);
  });

  it('writes the same in one go and piece by piece', () => {
    const seconds = fc.oneof(
      fc.integer({ min: -2e9, max: 5e9 }),
      fc.integer({ min: -1e11, max: 4e11 }),
      fc.constantFrom(-1, 0, -62135596801, 253402300799),
    );
    const offset = fc.constantFrom(0, 3600, -3600, 20_700, -34_200, 43_200, -1_500, 59);
    const pieces = fc.array(
      fc.constantFrom('%Y', '%m', '%d', '%H', '%M', '%S', '%z', '-', ' ', ':', '\x80', '\xff', '%%', '%T', 'T', 'at length '),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(seconds, offset, pieces, (moment, ahead, parts) => {
        const date = civilFromSeconds(moment + ahead);
        const at = new DateTime(moment, ahead, null, false);
        const pattern = parts.join('');
        // A tab at the end is a piece that is made on its own.
        expect(`${formatDate(date, at, pattern)}\t`).toBe(formatDate(date, at, `${pattern}%t`));
        const zone = ahead === 0 ? 'Z' : offsetText(ahead);
        expect(isoText(at)).toBe(`${formatDate(date, at, '%Y-%m-%dT%H:%M:%S%t').slice(0, -1)}${zone}`);
        expect(formatDate(date, at, pattern)).toBe(parts.map((part) => formatDate(date, at, `${part}%t`).slice(0, -1)).join(''));
      }),
      { numRuns: 1000 },
    );
  });

  it('tells offsets without their seconds', () => {
    expect(format('2021-03-04T15:06:07', '%z', -17_762)).toBe('-0456');
  });

  it.each([
    ['2021-01-01', '2020-53 00 00 5'],
    ['2018-12-31', '2019-01 52 53 1'],
    ['2017-01-01', '2016-52 01 00 7'],
    ['2016-01-03', '2015-53 01 00 7'],
  ])('weeks of %s', (day, weeks) => {
    expect(format(`${day}T00:00:00`, '%G-%V %U %W %u')).toBe(weeks);
  });

  it('has weeks of seven days that never go back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 700_000 }), (day) => {
        const thursday = day - ((((day + 3) % 7) + 7) % 7) + 3;
        expect(isoWeek(civilFromSeconds(day * DAY))).toEqual(isoWeek(civilFromSeconds(thursday * DAY)));
      }),
    );
  });
});

describe('parse', () => {
  it.each([
    ['20200203040506', '%Y%m%d%H%M%S', '2020-02-03T04:05:06'],
    ['02/03/20', '%D', '2020-02-03T00:00:00'],
    ['2020 04:05:06 PM', '%Y %r', '2020-01-01T16:05:06'],
    ['2020 12 am', '%Y %I %p', '2020-01-01T00:00:00'],
    ['70', '%y', '1970-01-01T00:00:00'],
    ['68', '%y', '2068-01-01T00:00:00'],
    ['19 99', '%C %y', '1999-01-01T00:00:00'],
    ['20 2021', '%C %Y', '2000-01-01T00:00:00'],
    ['2021 19 30', '%Y %C %y', '1930-01-01T00:00:00'],
    ['30 2021', '%y %Y', '2021-01-01T00:00:00'],
    ['MONDAY february 3 2020', '%A %B %d %Y', '2020-02-03T00:00:00'],
    ['Mon Feb  3 04:05:06 2020', '%c', '2020-02-03T04:05:06'],
    ['2013 37', '%Y %j', '2013-02-06T00:00:00'],
    ['2021 05 3', '%Y %W %w', '2021-02-03T00:00:00'],
    ['2021 05 3', '%Y %U %w', '2021-02-03T00:00:00'],
    ['2020   02', '%Y %m', '2020-02-01T00:00:00'],
    ['x2020%y', 'x%Y%%y', '2020-01-01T00:00:00'],
    ['2020 UTC', '%Y %Z', '2020-01-01T00:00:00'],
    ['+0100 2020', '%z %Y', '2020-01-01T00:00:00'],
    ['2021-02-31', '%Y-%m-%d', '2021-03-03T00:00:00'],
    ['123', '%d%H', '1900-01-12T03:00:00'],
  ])('%j by %s', (text, pattern, shown) => {
    expect(parseDate(text, pattern)?.clock).toBe(clock(shown));
  });

  it.each([
    ['2020', '%Y-%m'],
    ['2020-02 x', '%Y-%m'],
    ['13', '%m'],
    ['abc', '%b'],
    ['62', '%S'],
    ['2020', '%Q'],
    ['', '%Y'],
  ])('%j does not match %s', (text, pattern) => {
    expect(parseDate(text, pattern)).toBeNull();
  });

  it('reads a moment as it is', () => {
    expect(parseDate('1700000000', '%s')).toEqual({ clock: 1_700_000_000, isMoment: true });
    expect(parseDate('2020 1700000000', '%Y %s')).toEqual({ clock: 1_700_000_000, isMoment: true });
  });

  it('changes the parts of a moment by what follows it', () => {
    const changed = (shown: string): object => ({ clock: clock(shown), isMoment: true });
    expect(parseDate('12/10/2020', '%M/%s/%Y')).toEqual(changed('2020-01-01T00:00:10'));
    expect(parseDate('1600000000 5', '%s %m')).toEqual(changed('2020-05-13T12:26:40'));
    expect(parseDate('1600000000 5', '%s %d')).toEqual(changed('2020-09-05T12:26:40'));
    expect(parseDate('1600000000 5', '%s %H')).toEqual(changed('2020-09-13T05:26:40'));
    expect(parseDate('1600000000 2021 10 1', '%s %Y %U %w')).toEqual(changed('2021-03-08T12:26:40'));
  });

  it('reads what format writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: clock('1000-01-01T00:00:00'), max: clock('9999-12-31T23:59:59') }), (seconds) => {
        const date = civilFromSeconds(seconds);
        for (const pattern of ['%Y-%m-%dT%H:%M:%S', '%c', '%Y %j %T', '%d %B %Y %I:%M:%S %p']) {
          const text = formatDate(date, new DateTime(seconds, 0, 'UTC', false), pattern);
          expect(parseDate(text, pattern)?.clock).toBe(seconds);
        }
        const iso = formatDate(date, new DateTime(seconds, 0, 'UTC', false), '%Y-%m-%dT%H:%M:%S');
        expect(parseIso(iso)).toBe(seconds);
      }),
    );
  });
});

describe('calendar', () => {
  it('agrees with the calendar of the runtime', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8e12, max: 8e12 }), (seconds) => {
        const date = new Date(seconds * 1000);
        const civil = civilFromSeconds(seconds);
        expect(civil).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          hour: date.getUTCHours(),
          minute: date.getUTCMinutes(),
          second: date.getUTCSeconds(),
        });
        expect(daysFromCivil(civil.year, civil.month, civil.day)).toBe(Math.floor(seconds / DAY));
      }),
    );
  });
});
