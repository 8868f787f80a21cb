/**
 * Packages: a header of 8 bytes, little endian, and the payload.
 *
 * | offset | size | field                                       |
 * |--------|------|---------------------------------------------|
 * | 0      | u32  | bytes of payload                            |
 * | 4      | u16  | id, chosen by the client, same in the answer |
 * | 6      | u8   | type                                        |
 * | 7      | u8   | type ^ 0xff                                 |
 */
export const PackageType = {
  NODE_STATUS: 0,
  WATCH_INIT: 1,
  WATCH_UPDATE: 2,
  WATCH_DELETE: 3,
  WARN: 5,
  ROOM_JOIN: 6,
  ROOM_LEAVE: 7,
  ROOM_EMIT: 8,
  ROOM_DELETE: 9,
  PONG: 16,
  OK: 17,
  DATA: 18,
  ERROR: 19,
  PING: 32,
  AUTH: 33,
  QUERY: 34,
  WATCH: 35,
  UNWATCH: 36,
  RUN: 37,
  JOIN: 38,
  LEAVE: 39,
  EMIT: 40,
  EMIT_PEER: 41,
} as const;

export const HEADER_SIZE = 8;
export const MAX_PAYLOAD = 0x4000_0000;
/** The id of every push. */
export const PUSH_ID = 0xffff;

/** Writes a header into `buffer` at `at`. */
export function writeHeader(buffer: Uint8Array, at: number, type: number, id: number, payload: number): void {
  buffer[at] = payload;
  buffer[at + 1] = payload >>> 8;
  buffer[at + 2] = payload >>> 16;
  buffer[at + 3] = payload >>> 24;
  buffer[at + 4] = id;
  buffer[at + 5] = id >>> 8;
  buffer[at + 6] = type;
  buffer[at + 7] = type ^ 0xff;
}

/** A whole package in a buffer of its own. */
export function makePackage(type: number, id: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_SIZE + payload.length);
  writeHeader(bytes, 0, type, id, payload.length);
  bytes.set(payload, HEADER_SIZE);
  return bytes;
}

export interface PackageHandler {
  /**
   * Takes a package; its payload is `bytes` from `start` to `end`, valid until this returns. False stops the parser behind the package, until
   * `resume`.
   */
  onPackage(type: number, id: number, bytes: Buffer, start: number, end: number): boolean;
}

/** `broken`: no header stands where one must; nothing that follows can be read. */
export type ParserState = 'open' | 'stopped' | 'broken';

/** A first buffer for a package that came in parts; larger ones are not kept for the next. */
const SMALL = 4096;

/**
 * Cuts a stream into packages, however it was split. Packages that are whole in a chunk are handed on where they lie; one in parts is
 * gathered in a buffer that grows with what really came, not with what the header promises.
 */
export class PackageParser {
  private readonly handler: PackageHandler;
  private held: Buffer | null = null;
  /** The part of `held` that is in use. */
  private start = 0;
  private end = 0;
  private status: ParserState = 'open';
  /** How much of a package that is in parts is yet to come and not to be kept. */
  private skipping = 0;
  /**
   * Of a package that comes in parts and has a larger payload than this, the payload is passed over and the package handed on without it. Keeps
   * those who are not known yet from filling the memory.
   */
  maxHeld = MAX_PAYLOAD;

  constructor(handler: PackageHandler) {
    this.handler = handler;
  }

  get state(): ParserState {
    return this.status;
  }

  /** Bytes that came and were not handed on. */
  get heldBytes(): number {
    return this.end - this.start;
  }

  /** Takes the first `length` bytes of a chunk; they are not used after this returns. */
  feed(chunk: Buffer, length = chunk.length): ParserState {
    let at = this.skipping === 0 ? 0 : this.skip(length);
    while (this.status === 'open' && this.skipping === 0 && this.end > this.start && at < length) at = this.complete(chunk, at, length);
    if (this.status === 'open' && at < length) at = this.scan(chunk, at, length);
    if (at < length && this.status !== 'broken') this.hold(chunk, at, length);
    return this.status;
  }

  /** Goes on after a stop. */
  resume(): ParserState {
    if (this.status !== 'stopped') return this.status;
    this.status = 'open';
    if (this.held !== null) {
      this.start = this.scan(this.held, this.start, this.end);
      if (this.start === this.end) this.release();
    }
    return this.status;
  }

  /** Hands on the whole packages in `bytes` from `at` to `end`; gives the position of what is left. */
  private scan(bytes: Buffer, from: number, end: number): number {
    let at = from;
    while (end - at >= HEADER_SIZE) {
      const total = packageSize(bytes, at);
      if (total < 0) {
        this.status = 'broken';
        return end;
      }
      if (end - at < total) return at;
      const start = at + HEADER_SIZE;
      at += total;
      if (!this.handOn(bytes, start, at)) return at;
    }
    return at;
  }

  private handOn(bytes: Buffer, start: number, end: number): boolean {
    const id = (bytes[start - 4] as number) | ((bytes[start - 3] as number) << 8);
    const goOn = this.handler.onPackage(bytes[start - 2] as number, id, bytes, start, end);
    if (!goOn) this.status = 'stopped';
    return goOn;
  }

  /** Adds to the package that is held no more than it lacks, and hands it on when it is whole; gives the position behind what was used. */
  private complete(chunk: Buffer, from: number, length: number): number {
    const have = this.end - this.start;
    let total = have >= HEADER_SIZE ? packageSize(this.held as Buffer, this.start) : HEADER_SIZE;
    if (total - HEADER_SIZE > this.maxHeld) return this.startSkipping(total - have, from, length);
    const to = Math.min(length, from + total - have);
    this.append(chunk, from, to, total);
    if (this.end - this.start < HEADER_SIZE) return to;
    const held = this.held as Buffer;
    total = packageSize(held, this.start);
    if (total < 0) this.status = 'broken';
    else if (this.end - this.start === total) {
      const start = this.start + HEADER_SIZE;
      const end = this.end;
      this.release();
      this.handOn(held, start, end);
    }
    return to;
  }

  /** Keeps the header of the package that is held and drops the rest of it. */
  private startSkipping(left: number, from: number, length: number): number {
    this.end = this.start + HEADER_SIZE;
    this.skipping = left;
    return from + this.skip(length - from);
  }

  /** Passes over bytes of a package that is not kept; gives how many. */
  private skip(available: number): number {
    const count = Math.min(this.skipping, available);
    this.skipping -= count;
    if (this.skipping === 0) {
      const held = this.held as Buffer;
      const start = this.start + HEADER_SIZE;
      this.release();
      this.handOn(held, start, start);
    }
    return count;
  }

  private hold(chunk: Buffer, from: number, to: number): void {
    const total = to - from >= HEADER_SIZE ? packageSize(chunk, from) : HEADER_SIZE;
    this.append(chunk, from, to, Math.max(total, to - from));
  }

  /** Copies a part of a chunk behind what is held. `total` is how much is expected in all; -1 for unknown. */
  private append(chunk: Buffer, from: number, to: number, total: number): void {
    const have = this.end - this.start;
    const need = have + to - from;
    let held = this.held;
    if (held === null || this.start + need > held.length) {
      const size = Math.max(need, Math.min(total, need * 2), SMALL);
      held = Buffer.allocUnsafeSlow(size);
      if (this.held !== null) this.held.copy(held, 0, this.start, this.end);
      this.held = held;
      this.start = 0;
      this.end = have;
    }
    chunk.copy(held, this.end, from, to);
    this.end += to - from;
  }

  private release(): void {
    this.start = 0;
    this.end = 0;
    if (this.held !== null && this.held.length > SMALL) this.held = null;
  }
}

/** The size, with its header, of the package whose header stands at `at`; -1 when there is no header. */
export function packageSize(bytes: Uint8Array, at: number): number {
  if (((bytes[at + 6] as number) ^ 0xff) !== bytes[at + 7]) return -1;
  const payload =
    ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>>
    0;
  return payload > MAX_PAYLOAD ? -1 : payload + HEADER_SIZE;
}
