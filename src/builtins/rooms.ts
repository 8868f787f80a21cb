/** Rooms: places that clients join to hear events. */
import { lookupErr, typeErr } from '../errors.ts';
import { Room } from '../values/handles.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Row } from './row.ts';

function room(cx: Context, which: Value | undefined): Value {
  if (which === undefined || which === null) return new Room();
  if (which instanceof Room) return which;
  if (typeof which !== 'number') {
    throw typeErr(`cannot convert type \`${typeName(which)}\` to \`room\``);
  }
  const found = cx.collection?.rooms.get(which);
  if (found === undefined) throw lookupErr(`collection has no \`room\` with id ${which}`);
  return found;
}

export const roomRows: readonly Row[] = [
  {
    name: 'room',
    params: [{ name: 'id', type: 'any', optional: true }],
    returns: 'room',
    doc: 'Makes a room, or finds the stored room of an id.',
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
];
