/** What all requests on a scope have in common. */
import type { UserRef } from '../engine/api.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { Tok } from '../msgpack/reader.ts';
import { nextKind } from '../wire/decode.ts';
import type { Connection } from './connection.ts';
import type { Hub } from './hub.ts';
import { isAtLeast, type NodeStatus } from './status.ts';

export function authenticatedUser(connection: Connection): UserRef {
  if (connection.user === null) throw new TiError(ErrorCode.AUTH, 'the connection is not authenticated');
  return connection.user;
}

export function requireStatus(hub: Hub, least: NodeStatus, what: string): void {
  if (hub.status !== 'READY' && !isAtLeast(hub.status, least)) {
    throw new TiError(ErrorCode.NODE, `node:${hub.nodeId} is ${hub.status} and cannot handle ${what}`);
  }
}

/** A request's scope, and how many members of the request follow it. */
export interface ScopeHead {
  readonly scope: string;
  readonly count: number;
}

/** Reads the start of `[scope, ...]` and leaves `hub.reader` behind the scope. */
export function readScope({ reader, texts }: Hub, bytes: Buffer, start: number, end: number): ScopeHead {
  reader.reset(bytes, start, end);
  if (nextKind(reader) !== Tok.ARRAY) throw noScope();
  const count = reader.number;
  if (count < 1 || nextKind(reader) !== Tok.STR) throw noScope();
  return { scope: texts.get(bytes, reader.dataStart, reader.number), count: count - 1 };
}

const noScope = (): TiError => new TiError(ErrorCode.BAD_DATA, 'a request must be an array that starts with the scope, of type `str`');
