/** The two formats in which the 2019 protocol comes: QPack, which clients of that year speak, and MessagePack. */
import { ErrorCode, TiError } from '../errors.ts';
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { Float } from '../values/scalars.ts';
import type { Writer2019 } from '../wire/encode-2019.ts';
import { type QpackValue, QpackWriter, readQpack } from '../wire/qpack.ts';

export interface Codec2019 {
  /** Reads the payload of a request. Throws TiError (-53). */
  read(bytes: Buffer, start: number, end: number): QpackValue;
  /** What `write` writes, in a buffer of its own. */
  pack(write: (w: Writer2019) => void): Buffer;
}

export const qpackCodec: Codec2019 = {
  read: (bytes, start, end) => (start === end ? null : readQpack(bytes, start, end)),
  pack: (write) => {
    const w = new QpackWriter();
    write(w);
    return w.take();
  },
};

const MAX_NESTING = 100;

export const msgpackCodec: Codec2019 = {
  read: (bytes, start, end) => {
    if (start === end) return null;
    try {
      return readValue(new MsgpackReader(bytes, start, end), 0);
    } catch (error) {
      if (error instanceof TiError) throw error;
      throw new TiError(ErrorCode.BAD_DATA, 'the request is no MessagePack');
    }
  },
  pack: (write) => {
    const w = new MsgpackWriter(256);
    write(w);
    return w.take();
  },
};

function readValue(r: MsgpackReader, depth: number): QpackValue {
  if (depth > MAX_NESTING) throw new TiError(ErrorCode.BAD_DATA, `the request has more than ${MAX_NESTING} levels of nesting`);
  switch (r.next()) {
    case Tok.NIL:
      return null;
    case Tok.BOOL:
      return r.number === 1;
    case Tok.INT:
      return r.number;
    case Tok.FLOAT:
      return new Float(r.number);
    case Tok.STR:
    case Tok.BIN:
      return r.text();
    case Tok.ARRAY: {
      const items: QpackValue[] = [];
      for (let left = r.number; left > 0; left--) items.push(readValue(r, depth + 1));
      return items;
    }
    case Tok.MAP: {
      const map = new Map<QpackValue, QpackValue>();
      for (let left = r.number; left > 0; left--) map.set(readValue(r, depth + 1), readValue(r, depth + 1));
      return map;
    }
    default:
      throw new TiError(ErrorCode.BAD_DATA, 'the request has a value that the protocol does not know');
  }
}
