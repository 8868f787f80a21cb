/** Time zones: which there are, how far they are from UTC at a moment, and how they call it. */
import { DAY } from '../values/calendar.ts';
import { ABBREVIATIONS, ZONES } from './zone-data.ts';

/** Zones that an older runtime may not know, with one that has had the same time since they came. */
const SUBSTITUTES: Readonly<Record<string, string>> = {
  'America/Coyhaique': 'America/Punta_Arenas',
  'America/Ciudad_Juarez': 'America/Denver',
  'Europe/Kyiv': 'Europe/Kiev',
  'Pacific/Kanton': 'Pacific/Enderbury',
};

const groupOf = new Map<string, number>(
  ZONES.trim()
    .split(/\s+/)
    .map((entry) => {
      const at = entry.lastIndexOf('=');
      return [entry.slice(0, at), Number(entry.slice(at + 1))];
    }),
);

/** The names of all time zones. */
export const zoneNames: readonly string[] = [...groupOf.keys()];

/** Whether there is a time zone of that name; upper and lower case matter. */
export const isZone = (name: string): boolean => groupOf.has(name);

/**
 * Seconds of a piece of time. No zone has changed its offset twice within this time, so a piece with the same offset at both ends has it all
 * through.
 */
const PIECE = 3 * DAY;
const MAX_PIECES = 10_000;
/** The calendar of the runtime ends here, in seconds; before and behind, zones have the offset of the end. */
const LIMIT = 8.64e12;

/** The offset at the start of a piece, and from a moment in it on another. */
interface Piece {
  readonly before: number;
  readonly changeAt: number;
  readonly after: number;
}

class Zone {
  private readonly format: Intl.DateTimeFormat;
  private readonly pieces = new Map<number, Piece>();
  private last = Number.NaN;
  private lastPiece: Piece | null = null;

  constructor(name: string) {
    this.format = formatFor(name);
  }

  /** Seconds to UTC at a moment. */
  offsetAt(seconds: number): number {
    const index = Math.floor(seconds / PIECE);
    if (index !== this.last || this.lastPiece === null) {
      this.lastPiece = this.piece(index);
      this.last = index;
    }
    return seconds < this.lastPiece.changeAt ? this.lastPiece.before : this.lastPiece.after;
  }

  private piece(index: number): Piece {
    const known = this.pieces.get(index);
    if (known !== undefined) return known;
    const start = index * PIECE;
    const end = start + PIECE;
    const before = this.ask(start);
    const after = this.ask(end);
    const piece = { before, changeAt: before === after ? end : this.change(start, end, before), after };
    if (this.pieces.size >= MAX_PIECES) this.pieces.clear();
    this.pieces.set(index, piece);
    return piece;
  }

  /** The first second of the new offset between two moments. */
  private change(start: number, end: number, before: number): number {
    let [low, high] = [start, end];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.ask(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }

  private ask(seconds: number): number {
    const text = this.format.format(Math.max(-LIMIT, Math.min(LIMIT, seconds)) * 1000);
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
    if (match?.[1] === undefined) return 0;
    const offset = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return match[1] === '-' ? -offset : offset;
  }
}

function formatFor(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return new Intl.DateTimeFormat('en-US', { timeZone: SUBSTITUTES[name] ?? 'UTC', timeZoneName: 'longOffset' });
  }
}

const zones = new Map<string, Zone>();

/** Seconds that the clocks of a zone are ahead of UTC at a moment (seconds since 1970). `name` must be a zone. */
export function offsetAt(name: string, seconds: number): number {
  if (name === 'UTC') return 0;
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = new Zone(name);
    zones.set(name, zone);
  }
  return zone.offsetAt(seconds);
}

/**
 * The moment at which the clocks of a zone show a time (`clock`: seconds since 1970 on the clock). A time that the clocks show twice means the first, one
 * that they leave out is as far behind the gap as it is in it.
 */
export function momentOf(name: string, clock: number): number {
  const before = offsetAt(name, clock - DAY);
  const after = offsetAt(name, clock + DAY);
  const first = clock - before;
  if (before === after || offsetAt(name, first) === before) return first;
  const second = clock - after;
  return offsetAt(name, second) === after ? second : first;
}

/** How a zone calls the time with an offset: `CET`, or a number such as `+03` when it has no name for it. */
export function abbreviation(name: string, offset: number): string {
  const names = ABBREVIATIONS[groupOf.get(name) ?? -1] ?? '';
  for (const entry of names.split(' ')) {
    const at = entry.indexOf(':');
    if (at > 0 && Number(entry.slice(at + 1)) * 60 === offset) return entry.slice(0, at);
  }
  const minutes = Math.floor(Math.abs(offset) / 60);
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  const rest = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}${rest}`;
}
