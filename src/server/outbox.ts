/**
 * Where answers are made: one buffer for all connections. What a connection answers in one turn lies in it in a row and leaves in one write.
 */
import { ErrorCode, TiError } from '../errors.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import type { Value } from '../values/value.ts';
import { type EncodeHooks, Encoder } from '../wire/encode.ts';
import { HEADER_SIZE, PackageType, writeHeader } from './framing.ts';

const INITIAL_SIZE = 64 * 1024;
/** A buffer that has grown beyond this is not kept. */
const KEEP_SIZE = 1024 * 1024;
/** The longest message of an error, in bytes. */
const MAX_MESSAGE = 16_383;

interface Sizes {
  /** Of all packages, in bytes, header included. */
  largestResultSize: number;
}

export class Outbox {
  readonly writer = new MsgpackWriter(INITIAL_SIZE);
  private readonly encoder: Encoder;
  private readonly sizes: Sizes;
  private building = false;

  constructor(hooks: EncodeHooks, sizeLimit: number, sizes: Sizes = { largestResultSize: 0 }) {
    this.sizes = sizes;
    this.encoder = new Encoder(this.writer, hooks, sizeLimit);
  }

  get size(): number {
    return this.writer.size;
  }

  /** Whether a package is begun and not ended; no other may be added then. */
  get isBuilding(): boolean {
    return this.building;
  }

  /** A package without payload. */
  empty(type: number, id: number): void {
    const at = this.writer.skip(HEADER_SIZE);
    writeHeader(this.writer.raw(), at, type, id, 0);
  }

  /** A package with one value. Throws what packing throws, and has then added nothing. */
  data(id: number, value: Value, deep: number, flags: number): void {
    const start = this.begin();
    try {
      this.encoder.encode(value, deep, flags, start);
    } catch (error) {
      this.writer.truncate(start);
      this.building = false;
      throw error;
    }
    this.finish(start, PackageType.DATA, id);
  }

  error(id: number, error: TiError): void {
    const start = this.begin();
    this.writer.mapHeader(2);
    this.writer.str('error_code');
    this.writer.int(error.code);
    this.writer.str('error_msg');
    this.writer.str(error.message.length > MAX_MESSAGE ? error.message.slice(0, MAX_MESSAGE) : error.message);
    this.finish(start, PackageType.ERROR, id);
  }

  /** Whole packages as they are. */
  copy(packages: Uint8Array): void {
    this.writer.copy(packages);
  }

  /** What was added since the last `clear`; valid until something is added. */
  bytes(): Buffer {
    return this.writer.bytes();
  }

  /** Empties the box. With `retained`, someone keeps the bytes and the box goes on with a new buffer. */
  clear(retained: boolean): void {
    if (retained || this.writer.capacity > KEEP_SIZE) this.writer.detach(INITIAL_SIZE);
    else this.writer.reset();
  }

  /** Takes the content for keeps and empties the box. */
  take(): Buffer {
    const large = this.writer.size > INITIAL_SIZE / 2;
    const bytes = large ? this.writer.bytes() : this.writer.take();
    this.clear(large);
    return bytes;
  }

  private begin(): number {
    this.building = true;
    return this.writer.skip(HEADER_SIZE);
  }

  private finish(start: number, type: number, id: number): void {
    const total = this.writer.size - start;
    writeHeader(this.writer.raw(), start, type, id, total - HEADER_SIZE);
    if (total > this.sizes.largestResultSize) this.sizes.largestResultSize = total;
    this.building = false;
  }
}

/** The error as a client may see it: what is none of ours is told as internal, without its text. */
export function clientError(error: unknown, report: (text: string) => void): TiError {
  if (error instanceof TiError) return error;
  report(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new TiError(ErrorCode.INTERNAL, 'internal error; the log of the server tells more');
}
