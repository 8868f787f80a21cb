import { MsgpackWriter } from '../msgpack/writer.ts';
import { MpData } from '../values/handles.ts';

/** A result that is told as MessagePack, in the order in which it is written. */
export function mpdata(write: (w: MsgpackWriter) => void): MpData {
  const w = new MsgpackWriter(256);
  write(w);
  return new MpData(w.take());
}
