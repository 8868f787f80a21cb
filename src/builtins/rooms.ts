/** Rooms: places that clients join to hear events. */
import { lookupErr, numArgsErr, operationErr, type TiError, typeErr, valueErr } from '../errors.ts';
import { isUtf8 } from '../utf8.ts';
import { Room } from '../values/handles.ts';
import { isName } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Row } from './row.ts';

const EMIT = 'https://docs.thingsdb.io/v1/data-types/room/emit';
/** The longest name of an event, in bytes. */
const MAX_EVENT = 255;

function room(cx: Context, which: Value | undefined): Value {
  if (which === undefined) return new Room();
  if (which instanceof Room) return which;
  if (typeof which === 'string') return roomNamed(cx, which);
  if (typeof which !== 'number' && typeof which !== 'bigint') throw typeErr(`cannot convert type \`${typeName(which)}\` to \`room\``);
  if (cx.collection === null) throw noRooms(cx);
  const found = cx.collection.rooms.get(Number(which));
  if (found === undefined) throw lookupErr(`collection \`${cx.collection.name}\` has no \`room\` with id ${which}`);
  return found;
}

function roomNamed(cx: Context, name: string): Room {
  if (cx.collection === null) throw noRooms(cx);
  const found = cx.collection.roomsByName.get(name);
  if (found !== undefined) return found;
  checkName(name);
  throw lookupErr(`collection \`${cx.collection.name}\` has no \`room\` with name \`${name}\``);
}

const noRooms = (cx: Context): TiError =>
  lookupErr(`the \`@${cx.scope}\` scope has no stored rooms; you might want to query a \`@collection\` scope?`);

function checkName(name: string): void {
  if (!isName(name)) throw valueErr('a room name must follow the naming rules; see https://docs.thingsdb.io/v1/overview/names');
}

function setName(cx: Context, self: Room, name: Value): Value {
  if (self.id === 0) throw operationErr('only a stored room, one with an id, can have a name');
  if (name !== null && typeof name !== 'string') {
    throw typeErr(
      `function \`set_name\` expects argument 1 to be of type \`str\` or \`nil\` but got type \`${typeName(name)}\` instead; see https://docs.thingsdb.io/v1/data-types/room/set_name`,
    );
  }
  if (name !== null) checkName(name);
  if (name !== self.name) cx.tx.nameRoom(self, name);
  return null;
}

/** The number of leading ints: how deep to pack the arguments, and with which flags. */
function countOptions(args: readonly Value[]): number {
  if (typeof args[0] !== 'number' && typeof args[0] !== 'bigint') return 0;
  return typeof args[1] === 'number' || typeof args[1] === 'bigint' ? 2 : 1;
}

function emit(cx: Context, self: Room, args: readonly Value[]): Value {
  const options = countOptions(args);
  const deep = options > 0 ? (args[0] as number | bigint) : cx.deep;
  const flags = options > 1 ? Number(BigInt.asUintN(8, BigInt(args[1] as number | bigint))) : 0;
  if (args.length === options) throw numArgsErr(`function \`emit\` requires the name of an event; see ${EMIT}`);
  if (deep < 0 || deep > 127) throw valueErr(`expecting a \`deep\` value between 0 and 127 but got ${deep} instead`);
  const event = args[options] as Value;
  if (typeof event !== 'string') {
    throw typeErr(
      `function \`emit\` expects argument ${options + 1} to be of type \`str\` but got type \`${typeName(event)}\` instead; see ${EMIT}`,
    );
  }
  if (event.length === 0 || event.length > MAX_EVENT) throw valueErr(`the name of an event has 1 to ${MAX_EVENT} bytes; see ${EMIT}`);
  if (!isUtf8(event)) throw valueErr(`the name of an event must be valid UTF-8; see ${EMIT}`);
  // Nobody can have joined a room that is not stored.
  if (self.id !== 0) cx.emit(self, event, args.slice(options + 1), Number(deep), flags);
  return null;
}

export const roomRows: readonly Row[] = [
  {
    name: 'room',
    params: [{ name: 'id', type: 'any', optional: true }],
    returns: 'room',
    doc: 'Makes a room, or finds the stored room of an id or name.',
    example: '.chat = room(); room(.chat.id()) == .chat;  // => true',
    page: 'collection-api/room',
    run: room,
  },
  {
    name: 'id',
    receiver: 'room',
    params: [],
    returns: 'int|nil',
    doc: 'The id of a stored room; nil for one that is not stored.',
    example: 'room().id();  // => null',
    page: 'data-types/room/id',
    run: (_cx, self: Room) => (self.id === 0 ? null : self.id),
  },
  {
    name: 'name',
    receiver: 'room',
    params: [],
    returns: 'str|nil',
    doc: 'The name of the room; nil when it has none.',
    example: '.chat = room(); .chat.set_name(\'lobby\'); .chat.name();  // => "lobby"',
    page: 'data-types/room/name',
    run: (_cx, self: Room) => self.name,
  },
  {
    name: 'set_name',
    receiver: 'room',
    params: [{ name: 'name', type: 'any' }],
    returns: 'nil',
    doc: 'Gives a stored room a name, by which clients join it; nil takes the name away.',
    example: ".chat = room(); .chat.set_name('lobby'); room('lobby') == .chat;  // => true",
    page: 'data-types/room/set_name',
    changes: ['collection'],
    run: setName,
  },
  {
    name: 'emit',
    receiver: 'room',
    params: [
      { name: 'event', type: 'any' },
      { name: 'args', type: 'any', rest: true },
    ],
    returns: 'nil',
    doc: 'Sends an event with arguments to the clients in the room. Up to two ints before the event say how deep to pack the arguments, and with which flags.',
    example: ".chat = room(); .chat.emit('message', 'hello');  // => null",
    page: 'data-types/room/emit',
    run: (cx, self: Room, first: Value, rest: readonly Value[]) => emit(cx, self, [first, ...rest]),
  },
];
