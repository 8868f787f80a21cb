/** A datetime, or a timeval (the same moment, shown as a number). */
export class DateTime {
  /** UNIX time in seconds. */
  readonly seconds: number;
  /** Difference to UTC in minutes, as it was at creation; shown by a datetime. */
  readonly offset: number;
  /** IANA name of the time zone; null when only the offset is known. */
  readonly zone: string | null;
  readonly isTimeval: boolean;

  constructor(seconds: number, offset: number, zone: string | null, isTimeval: boolean) {
    this.seconds = seconds;
    this.offset = offset;
    this.zone = zone;
    this.isTimeval = isTimeval;
  }

  get typeName(): string {
    return this.isTimeval ? 'timeval' : 'datetime';
  }
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0');

/** ISO 8601 with seconds: `2013-02-06T00:00:00Z` in UTC, else `2013-02-06T01:00:00+0100`; the epoch for what cannot be told. */
export function isoText(value: DateTime): string {
  const date = new Date((value.seconds + value.offset * 60) * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0) return '1970-01-01T00:00:00Z';
  const day = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
  const time = `${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}`;
  if (value.zone === 'UTC' || (value.zone === null && value.offset === 0)) return `${day}T${time}Z`;
  const minutes = Math.abs(value.offset);
  return `${day}T${time}${value.offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}${pad(minutes % 60, 2)}`;
}
