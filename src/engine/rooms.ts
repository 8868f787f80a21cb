/** Rooms as clients outside of queries see them: joining, leaving, and events from one client to the others. */
import { ErrorCode, TiError } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { checkRights, Right } from '../model/rights.ts';
import { parseScope } from '../model/scope.ts';
import { isWhitelisted, type User } from '../model/users.ts';
import type { MsgpackReader } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import type { Value } from '../values/value.ts';
import { decodeNext } from '../wire/decode.ts';
import { type EncodeHooks, encodeValue } from '../wire/encode.ts';
import type { RoomEvent, RoomRef, RoomScope } from './api.ts';
import { contextOf } from './arguments.ts';

/** Clients send no levels to pack, so that all of them are packed. */
const ALL_LEVELS = 127;

interface RoomHost {
  readonly database: Database;
  readonly hooks: EncodeHooks;
  emit(event: RoomEvent): void;
}

/** That a room of the collection is no more. */
export function deletionOf({ id, name }: Collection, room: RoomRef): RoomEvent {
  return { kind: 'delete', collectionId: id, collection: name, roomId: room.id };
}

/** The rooms of a collection. Throws TiError: a scope that is no collection, or a user without the right to join. */
export function openRooms(host: RoomHost, user: User | undefined, scopeText: string): RoomScope {
  const scope = parseScope(scopeText);
  if (scope.kind !== 'collection') throw new TiError(ErrorCode.BAD_DATA, `rooms are in collections, not in \`${scopeText}\``);
  const collection = host.database.collectionByName(scope.name);
  checkRights(user, 'collection', collection, Right.JOIN);
  return new OpenRooms(host, user as User, collection);
}

class OpenRooms implements RoomScope {
  private readonly host: RoomHost;
  private readonly user: User;
  private readonly owner: Collection;

  constructor(host: RoomHost, user: User, owner: Collection) {
    this.host = host;
    this.user = user;
    this.owner = owner;
  }

  get collectionId(): number {
    return this.owner.id;
  }

  get collection(): string {
    return this.owner.name;
  }

  find(which: number | bigint | string): RoomRef | undefined {
    return typeof which === 'string' ? this.owner.roomsByName.get(which) : this.owner.rooms.get(Number(which));
  }

  isBarred(room: RoomRef): boolean {
    return !isWhitelisted(this.user, 'rooms', room.name);
  }

  emit(room: RoomRef, event: string, reader: MsgpackReader, count: number): void {
    const context = contextOf(this.owner);
    const args: Value[] = [];
    for (let i = 0; i < count; i++) args.push(decodeNext(reader, context));
    const writer = new MsgpackWriter(128);
    writer.arrayHeader(args.length);
    for (const value of args) encodeValue(writer, value, { deep: ALL_LEVELS, flags: 0, hooks: this.host.hooks });
    const { collectionId, collection } = this;
    this.host.emit({ kind: 'emit', collectionId, collection, roomId: room.id, event, args: writer.take() });
  }
}
