/** Packages that answer no request, whole: made once, and the same bytes for all who get them. */
import { MsgpackWriter } from '../msgpack/writer.ts';
import { HEADER_SIZE, PackageType, PUSH_ID, writeHeader } from './framing.ts';

function pushPackage(type: number, write: (w: MsgpackWriter) => void): Buffer {
  const w = new MsgpackWriter(256);
  w.skip(HEADER_SIZE);
  write(w);
  writeHeader(w.raw(), 0, type, PUSH_ID, w.size - HEADER_SIZE);
  return w.take();
}

export function statusPush(nodeId: number, status: string): Buffer {
  return pushPackage(PackageType.NODE_STATUS, (w) => {
    w.mapHeader(2);
    w.str('id');
    w.int(nodeId);
    w.str('status');
    w.str(status);
  });
}

export function warningPush(code: number, message: string): Buffer {
  return pushPackage(PackageType.WARN, (w) => {
    w.mapHeader(2);
    w.str('warn_code');
    w.int(code);
    w.str('warn_msg');
    w.str(message);
  });
}

/** That the client has joined or left a room, or that the room is no more. `collection` is the name of the room's collection. */
export function roomPush(type: number, collection: string, roomId: number): Buffer {
  return pushPackage(type, (w) => {
    w.mapHeader(2);
    roomMembers(w, collection, roomId);
  });
}

/** An event in a room; `args` is a packed array. */
export function eventPush(collection: string, roomId: number, event: string, args: Uint8Array): Buffer {
  return pushPackage(PackageType.ROOM_EMIT, (w) => {
    w.mapHeader(4);
    roomMembers(w, collection, roomId);
    w.str('event');
    w.str(event);
    w.str('args');
    w.copy(args);
  });
}

function roomMembers(w: MsgpackWriter, collection: string, roomId: number): void {
  w.str('scope');
  w.str(`@collection:${collection}`);
  w.str('id');
  w.int(roomId);
}
