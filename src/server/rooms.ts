/** Who has joined which room, and the way of events to them. */
import type { RoomEvent } from '../engine/api.ts';
import { Room } from '../values/handles.ts';
import { List } from '../values/list.ts';
import type { Value } from '../values/value.ts';
import { PackageType } from './framing.ts';
import { eventPush, roomPush } from './pushes.ts';

/** One who can join rooms. */
export interface Listener {
  /** Sends packages that answer no request. The bytes are shared with others. */
  push(packages: Buffer): void;
  /** The rooms that it has joined, for `Rooms.leaveAll`; null for none. */
  joined: Set<Membership> | null;
}

/** A room that someone has joined. */
export interface Membership {
  readonly collectionId: number;
  readonly roomId: number;
  /** In the order in which they joined. */
  readonly listeners: Set<Listener>;
}

type Deletion = Extract<RoomEvent, { readonly kind: 'delete' }>;

export class Rooms {
  /** By id of the collection and of the room: only rooms that someone has joined. */
  private readonly collections = new Map<number, Map<number, Membership>>();
  /** Gets no event of the request at hand, which it sent itself. */
  except: Listener | null = null;
  /** Rooms that the request at hand has ended, while `isDeferring`. */
  private gone: Deletion[] = [];
  private isDeferring = false;

  /** How many rooms have listeners. */
  get size(): number {
    let count = 0;
    for (const rooms of this.collections.values()) count += rooms.size;
    return count;
  }

  /** False when it has joined already. */
  join(listener: Listener, collectionId: number, roomId: number): boolean {
    const membership = this.find(collectionId, roomId) ?? this.open(collectionId, roomId);
    if (membership.listeners.has(listener)) return false;
    membership.listeners.add(listener);
    listener.joined ??= new Set();
    listener.joined.add(membership);
    return true;
  }

  /** False when it had not joined. */
  leave(listener: Listener, collectionId: number, roomId: number): boolean {
    const membership = this.find(collectionId, roomId);
    if (membership === undefined || !membership.listeners.delete(listener)) return false;
    listener.joined?.delete(membership);
    this.closeIfEmpty(membership);
    return true;
  }

  /** Takes one who is gone out of all rooms. */
  leaveAll(listener: Listener): void {
    const { joined } = listener;
    if (joined === null) return;
    listener.joined = null;
    for (const membership of joined) {
      membership.listeners.delete(listener);
      this.closeIfEmpty(membership);
    }
  }

  onEvent(event: RoomEvent): void {
    const membership = this.find(event.collectionId, event.roomId);
    if (membership === undefined) return;
    if (event.kind === 'delete') {
      if (this.isDeferring) this.gone.push(event);
      else this.end(event);
      return;
    }
    this.endGone();
    const packages = eventPush(event.collection, event.roomId, event.event, event.args);
    for (const listener of membership.listeners) if (listener !== this.except) listener.push(packages);
  }

  /** From now on rooms that end are kept back until `endGone`. */
  defer(): void {
    this.isDeferring = true;
  }

  /** Whether the answer holds a room that has ended: it outlives the request then, and its listeners are told behind the answer. */
  outlives(value: Value): boolean {
    return this.gone.length > 0 && this.gone.some(({ roomId }) => holds(value, roomId));
  }

  /** Tells the listeners of rooms that were kept back. */
  endGone(): void {
    if (this.gone.length === 0) return;
    const { gone } = this;
    this.gone = [];
    for (const event of gone) this.end(event);
  }

  /** What `defer` began is over. */
  settle(): void {
    this.isDeferring = false;
    this.endGone();
  }

  private end({ collectionId, collection, roomId }: Deletion): void {
    const membership = this.find(collectionId, roomId);
    if (membership === undefined) return;
    const packages = roomPush(PackageType.ROOM_DELETE, collection, roomId);
    const listeners = [...membership.listeners];
    membership.listeners.clear();
    this.closeIfEmpty(membership);
    for (const listener of listeners) {
      listener.joined?.delete(membership);
      listener.push(packages);
    }
  }

  private find(collectionId: number, roomId: number): Membership | undefined {
    return this.collections.get(collectionId)?.get(roomId);
  }

  private open(collectionId: number, roomId: number): Membership {
    let rooms = this.collections.get(collectionId);
    if (rooms === undefined) {
      rooms = new Map();
      this.collections.set(collectionId, rooms);
    }
    const membership: Membership = { collectionId, roomId, listeners: new Set() };
    rooms.set(roomId, membership);
    return membership;
  }

  private closeIfEmpty({ collectionId, roomId, listeners }: Membership): void {
    const rooms = this.collections.get(collectionId);
    if (listeners.size > 0 || rooms === undefined) return;
    rooms.delete(roomId);
    if (rooms.size === 0) this.collections.delete(collectionId);
  }
}

/** Lists nest; a removed room deeper than this in an answer is told of before the answer. */
const MAX_LEVELS = 8;

function holds(value: Value, roomId: number, level = 0): boolean {
  if (value instanceof Room) return value.id === roomId;
  return value instanceof List && level < MAX_LEVELS && value.items.some((item) => holds(item, roomId, level + 1));
}
