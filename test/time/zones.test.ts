/** Time zones: the edges of summer time, clocks that go back, and the runtime's own calendar as a second opinion. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { abbreviation, isZone, momentOf, offsetAt, zoneNames } from '../../src/time/zones.ts';
import { civilFromSeconds } from '../../src/values/calendar.ts';

const at = (iso: string): number => Date.parse(iso) / 1000;

describe('offsets', () => {
  it.each([
    ['Europe/Amsterdam', '2021-03-28T00:59:59Z', 3600],
    ['Europe/Amsterdam', '2021-03-28T01:00:00Z', 7200],
    ['Europe/Amsterdam', '2021-10-31T00:59:59Z', 7200],
    ['Europe/Amsterdam', '2021-10-31T01:00:00Z', 3600],
    ['America/New_York', '2021-03-14T06:59:59Z', -18000],
    ['America/New_York', '2021-03-14T07:00:00Z', -14400],
    ['Australia/Lord_Howe', '2021-04-03T14:59:59Z', 39600],
    ['Australia/Lord_Howe', '2021-04-03T15:00:00Z', 37800],
    ['Asia/Kolkata', '2021-06-01T00:00:00Z', 19800],
    ['Asia/Kathmandu', '2021-06-01T00:00:00Z', 20700],
    ['Pacific/Apia', '2011-12-30T09:59:59Z', -36000],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', 50400],
    ['Africa/Casablanca', '2023-03-19T01:59:59Z', 3600],
    ['Africa/Casablanca', '2023-03-19T02:00:00Z', 0],
    ['Europe/Dublin', '2021-07-01T00:00:00Z', 3600],
    ['America/New_York', '1800-01-01T00:00:00Z', -17762],
    ['Europe/Amsterdam', '2500-07-01T00:00:00Z', 7200],
    ['UTC', '2021-07-01T00:00:00Z', 0],
    ['Etc/GMT+5', '2021-07-01T00:00:00Z', -18000],
  ])('%s at %s', (zone, moment, offset) => {
    expect(offsetAt(zone, at(moment))).toBe(offset);
  });

  it('holds at moments beyond the calendar', () => {
    expect(offsetAt('Asia/Tokyo', 1e15)).toBe(32_400);
    expect(Number.isInteger(offsetAt('Asia/Tokyo', -1e15))).toBe(true);
  });
});

describe('moments of clocks', () => {
  const clock = (iso: string): number => at(`${iso}Z`);
  it.each([
    ['an ordinary time', 'Europe/Amsterdam', '2021-07-01T12:00:00', '2021-07-01T10:00:00Z'],
    ['the last second before summer time', 'Europe/Amsterdam', '2021-03-28T01:59:59', '2021-03-28T00:59:59Z'],
    ['a time that is left out', 'Europe/Amsterdam', '2021-03-28T02:30:00', '2021-03-28T01:30:00Z'],
    ['the first second of summer time', 'Europe/Amsterdam', '2021-03-28T03:00:00', '2021-03-28T01:00:00Z'],
    ['a time that comes twice: the first', 'Europe/Amsterdam', '2021-10-31T02:30:00', '2021-10-31T00:30:00Z'],
    ['the first time that comes once again', 'Europe/Amsterdam', '2021-10-31T03:00:00', '2021-10-31T02:00:00Z'],
    ['a day that is left out', 'Pacific/Apia', '2011-12-30T12:00:00', '2011-12-30T22:00:00Z'],
    ['a half-hour change', 'Australia/Lord_Howe', '2021-10-03T02:15:00', '2021-10-02T15:45:00Z'],
  ])('%s', (_what, zone, shown, moment) => {
    expect(momentOf(zone, clock(shown))).toBe(at(moment));
  });

  it('is the inverse of showing a moment, but for times that come twice', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zoneNames), fc.integer({ min: -4e9, max: 4e9 }), (zone, seconds) => {
        const offset = offsetAt(zone, seconds);
        const found = momentOf(zone, seconds + offset);
        if (found !== seconds) expect(found + offsetAt(zone, found)).toBe(seconds + offset);
        expect(found).toBeLessThanOrEqual(seconds);
      }),
      { numRuns: 3000 },
    );
  });
});

it('shows what the calendar of the runtime shows', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zoneNames), fc.integer({ min: -2e9, max: 4e9 }), (zone, seconds) => {
      const parts = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      }).formatToParts(seconds * 1000);
      const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
      expect(civilFromSeconds(seconds + offsetAt(zone, seconds))).toEqual({
        year: part('year'),
        month: part('month'),
        day: part('day'),
        hour: part('hour'),
        minute: part('minute'),
        second: part('second'),
      });
    }),
    { numRuns: 1000 },
  );
});

describe('names', () => {
  it('knows all zones of the runtime, and older names', () => {
    const missing = Intl.supportedValuesOf('timeZone').filter((zone) => !isZone(zone));
    expect(missing).toEqual([]);
    for (const zone of ['Zulu', 'US/Pacific', 'Asia/Calcutta', 'EST', 'Europe/Kyiv']) expect(isZone(zone)).toBe(true);
    for (const zone of ['', 'utc', 'Mars', 'Europe', 'Europe/Amsterdam ']) expect(isZone(zone)).toBe(false);
  });

  it.each([
    ['Europe/Amsterdam', 3600, 'CET'],
    ['Europe/Amsterdam', 7200, 'CEST'],
    ['America/New_York', -14400, 'EDT'],
    ['Asia/Kolkata', 19800, 'IST'],
    ['America/Sao_Paulo', -10800, '-03'],
    ['Asia/Kathmandu', 20700, '+0545'],
    ['UTC', 0, 'UTC'],
  ])('%s calls %i seconds %s', (zone, offset, name) => {
    expect(abbreviation(zone, offset)).toBe(name);
  });
});
