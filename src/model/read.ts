/** Reading of recorded operands; what is damaged throws, since a store must not be half understood. */
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';

export function readInt(r: MsgpackReader): number {
  if (r.next() !== Tok.INT) throw new Error('damaged record: expected an int');
  return r.number;
}

export function readStr(r: MsgpackReader): string {
  if (r.next() !== Tok.STR) throw new Error('damaged record: expected a str');
  return r.text();
}

export function readCount(r: MsgpackReader): number {
  if (r.next() !== Tok.ARRAY) throw new Error('damaged record: expected an array');
  return r.number;
}

export function readBool(r: MsgpackReader): boolean {
  if (r.next() !== Tok.BOOL) throw new Error('damaged record: expected a bool');
  return r.number === 1;
}

/** A copy of the bytes. */
export function readBytes(r: MsgpackReader): Uint8Array {
  if (r.next() !== Tok.BIN) throw new Error('damaged record: expected bytes');
  return Buffer.from(r.bytes());
}
