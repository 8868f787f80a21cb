/** JOIN, LEAVE, EMIT and EMIT_PEER: requests on the rooms of a collection. */
import type { RoomRef, RoomScope } from '../engine/api.ts';
import { ErrorCode, lookupErr, TiError, valueErr } from '../errors.ts';
import { parseScope } from '../model/scope.ts';
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import { List } from '../values/list.ts';
import { isName } from '../values/thing.ts';
import { nextKind } from '../wire/decode.ts';
import type { Connection } from './connection.ts';
import { PackageType } from './framing.ts';
import type { Hub } from './hub.ts';
import { roomPush } from './pushes.ts';
import { authenticatedUser, readScope, requireStatus } from './request-rules.ts';

const LISTENING = 'see https://docs.thingsdb.io/v1/listening';

const badData = (message: string): TiError => new TiError(ErrorCode.BAD_DATA, message);

/** The rooms that the request is about; `count` members of it follow the scope. */
interface Opened {
  readonly scope: RoomScope;
  readonly count: number;
}

function open(hub: Hub, connection: Connection, what: string, bytes: Buffer, start: number, end: number): Opened {
  const user = authenticatedUser(connection);
  const { scope, count } = readScope(hub, bytes, start, end);
  parseScope(scope);
  requireStatus(hub, 'AWAY', `${what} requests`);
  return { scope: hub.engine.rooms(user, scope), count };
}

/** Answers with the id of each room, nil for one that is not there; a ROOM_JOIN for each that was not joined yet follows. */
export function join(hub: Hub, connection: Connection, id: number, bytes: Buffer, start: number, end: number): void {
  const { scope, count } = open(hub, connection, 'join', bytes, start, end);
  const joined: number[] = [];
  try {
    const ids = readRooms(hub.reader, scope, count, 'join', (room) => {
      if (scope.isBarred(room)) {
        if (count === 1) throw new TiError(ErrorCode.FORBIDDEN, `no match in whitelist for room \`${room.name ?? `room:${room.id}`}\``);
        return false;
      }
      if (hub.rooms.join(connection, scope.collectionId, room.id)) joined.push(room.id);
      return true;
    });
    hub.outbox.data(id, new List(ids), 0, 0);
  } finally {
    // Rooms before a faulty member stay joined; the client is told behind the answer in any case.
    for (const roomId of joined) hub.following.push(roomPush(PackageType.ROOM_JOIN, scope.collection, roomId));
  }
}

/** Answers as `join`, behind a ROOM_LEAVE for each room that was joined. */
export function leave(hub: Hub, connection: Connection, id: number, bytes: Buffer, start: number, end: number): void {
  const { scope, count } = open(hub, connection, 'leave', bytes, start, end);
  const ids = readRooms(hub.reader, scope, count, 'leave', (room) => {
    if (hub.rooms.leave(connection, scope.collectionId, room.id)) {
      connection.push(roomPush(PackageType.ROOM_LEAVE, scope.collection, room.id));
    }
    return true;
  });
  hub.outbox.data(id, new List(ids), 0, 0);
}

/** Reads rooms, by id or name, and gives the id of each that is there and that `take` takes. */
function readRooms(
  reader: MsgpackReader,
  scope: RoomScope,
  count: number,
  what: string,
  take: (room: RoomRef) => boolean,
): (number | null)[] {
  const ids: (number | null)[] = [];
  for (let i = 0; i < count; i++) {
    const which = roomKey(reader);
    if (which === null) throw badData(`a ${what} request names rooms by integer ids or by names of type \`str\`; ${LISTENING}`);
    const room = scope.find(which);
    ids.push(room !== undefined && take(room) ? room.id : null);
  }
  return ids;
}

/** An id or a name; null for anything else. */
function roomKey(reader: MsgpackReader): number | bigint | string | null {
  const kind = nextKind(reader);
  if (kind === Tok.STR) return reader.text();
  return kind === Tok.INT ? (reader.big ?? reader.number) : null;
}

/** Sends an event to those in a room; with `isPeerOnly` not to the sender itself. The answer, OK, follows the sender's own push. */
export function emit(hub: Hub, connection: Connection, id: number, bytes: Buffer, start: number, end: number, isPeerOnly: boolean): void {
  const { scope, count } = open(hub, connection, 'emit', bytes, start, end);
  const { reader, rooms } = hub;
  const which = count < 2 ? undefined : roomKey(reader);
  if (which === undefined || nextKind(reader) !== Tok.STR) throw badData('an emit request names a room and an event, of type `str`');
  const event = reader.text();
  const room = foundRoom(scope, which);
  rooms.except = isPeerOnly ? connection : null;
  try {
    scope.emit(room, event, reader, count - 2);
  } finally {
    rooms.except = null;
  }
  hub.outbox.empty(PackageType.OK, id);
}

function foundRoom(scope: RoomScope, which: number | bigint | string | null): RoomRef {
  if (which === null || (typeof which !== 'string' && which < 0)) {
    throw badData(`an emit request names a room by an integer id or by a name of type \`str\`; ${LISTENING}`);
  }
  const room = scope.find(which);
  if (room !== undefined) return room;
  if (typeof which !== 'string') throw lookupErr(`collection \`${scope.collection}\` has no \`room\` with id ${which}`);
  if (!isName(which)) throw valueErr('a room name must follow the naming rules; see https://docs.thingsdb.io/v1/overview/names');
  throw lookupErr(`collection \`${scope.collection}\` has no \`room\` with name \`${which}\``);
}
