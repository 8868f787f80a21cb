/** Values that go along with each query. */
import { MsgpackReader, Tok } from '../../msgpack/reader.ts';
import { MsgpackWriter } from '../../msgpack/writer.ts';
import { packedMap } from '../vars.ts';

/** The extension of MessagePack by which clients name a stored thing. */
const THING_EXTENSION = 5;
const ID_BYTES = 8;

/** Things of answers are maps that begin with their id. */
const ID_KEY = '#';

export class Variables {
  /** Packed, by name. */
  private readonly values = new Map<string, Uint8Array>();

  get names(): string[] {
    return [...this.values.keys()];
  }

  get(name: string): Uint8Array | undefined {
    return this.values.get(name);
  }

  set(name: string, value: Uint8Array): void {
    this.values.set(name, value);
  }

  /** Whether there was one. */
  delete(name: string): boolean {
    return this.values.delete(name);
  }

  /** Those that a text may mention, as a query takes them. */
  packedFor(text: string): Uint8Array | null {
    return packedMap(new Map([...this.values].filter(([name]) => text.includes(name))));
  }
}

/** An answer as a value that can be sent: a stored thing by its id, all else as the data that it was told as. */
export function sendable(answer: Buffer): Uint8Array {
  const w = new MsgpackWriter();
  copyValue(answer, new MsgpackReader(answer), w);
  return w.take();
}

function copyValue(bytes: Buffer, reader: MsgpackReader, w: MsgpackWriter): void {
  const start = reader.offset;
  const kind = reader.next();
  if (kind === Tok.ARRAY) {
    const count = reader.number;
    w.arrayHeader(count);
    for (let i = 0; i < count; i++) copyValue(bytes, reader, w);
  } else if (kind === Tok.MAP) copyMap(bytes, reader, reader.number, w);
  else w.copy(bytes.subarray(start, reader.offset));
}

function copyMap(bytes: Buffer, reader: MsgpackReader, count: number, w: MsgpackWriter): void {
  const start = reader.offset;
  if (count > 0 && reader.next() === Tok.STR && reader.text() === ID_KEY && reader.next() === Tok.INT) {
    const id = BigInt(reader.big ?? reader.number);
    for (let left = (count - 1) * 2; left > 0; left--) reader.skip();
    const payload = Buffer.alloc(ID_BYTES);
    payload.writeBigUInt64BE(id);
    // fixext 8
    w.copy(Buffer.concat([Buffer.from([0xd7, THING_EXTENSION]), payload]));
    return;
  }
  reader.offset = start;
  w.mapHeader(count);
  for (let left = count * 2; left > 0; left--) copyValue(bytes, reader, w);
}

/** A value that can be sent as an answer tells it: a stored thing by its id. */
export function shown(value: Uint8Array): Uint8Array {
  const w = new MsgpackWriter();
  const reader = new MsgpackReader(value);
  while (!reader.atEnd) {
    const start = reader.offset;
    const kind = reader.next();
    // What they hold follows as the next tokens.
    if (kind === Tok.ARRAY) w.arrayHeader(reader.number);
    else if (kind === Tok.MAP) w.mapHeader(reader.number);
    else if (kind === Tok.EXT && reader.extType === THING_EXTENSION) {
      w.mapHeader(1);
      w.str(ID_KEY);
      w.int(Number(Buffer.from(reader.bytes()).readBigUInt64BE()));
    } else w.copy(value.subarray(start, reader.offset));
  }
  return w.take();
}
