/**
 * Requests in the form of 2019. A connection whose log-in is QPack speaks it throughout; a query whose payload is a map is one in MessagePack.
 *
 * Answers: 64 pong, 65 logged in, 66 results, 80 watched, 81 unwatched; errors are packages whose type is the code (see `ERRORS_2019`).
 */

import { ErrorCode, TiError } from '../errors.ts';
import { encodeResults2019, type Writer2019 } from '../wire/encode-2019.ts';
import { codeOf2019 } from '../wire/errors-2019.ts';
import { opensQpack, type QpackValue } from '../wire/qpack.ts';
import { type Codec2019, msgpackCodec, qpackCodec } from './codec-2019.ts';
import type { Connection } from './connection.ts';
import { makePackage, PackageType } from './framing.ts';
import type { Hub } from './hub.ts';
import { clientError } from './outbox.ts';
import { authenticatedUser, requireStatus } from './request-rules.ts';
import { watcher2019 } from './watching.ts';

export const Type2019 = { WATCH: 48, UNWATCH: 49, PONG: 64, LOGGED_IN: 65, RESULTS: 66, WATCHED: 80, UNWATCHED: 81 } as const;

const badRequest = (message: string): TiError => new TiError(ErrorCode.BAD_DATA, message);

/** What is no safe integer is the id of nothing. */
const isInt = (value: QpackValue | undefined): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

/** The format of a request of 2019; null for a request of today. */
export function codec2019(connection: Connection, type: number, bytes: Buffer, start: number, end: number): Codec2019 | null {
  const byte = start < end ? (bytes[start] as number) : 0;
  if (type === PackageType.AUTH) connection.speaksQpack = opensQpack(byte);
  if (connection.speaksQpack) return qpackCodec;
  if (!isMap(byte)) return null;
  const key = KEYS[type];
  return key !== undefined && hasKey(bytes, start, end, key) ? msgpackCodec : null;
}

const isMap = (byte: number): boolean => (byte & 0xf0) === 0x80 || byte === 0xde || byte === 0xdf;

/** What a map must have to be a request. */
const KEYS: Readonly<Record<number, string>> = {
  [PackageType.QUERY]: 'query',
  [Type2019.WATCH]: 'collection',
  [Type2019.UNWATCH]: 'collection',
};

function hasKey(bytes: Buffer, start: number, end: number, key: string): boolean {
  try {
    const request = msgpackCodec.read(bytes, start, end);
    return request instanceof Map && request.has(key);
  } catch {
    return false;
  }
}

/** A package with an error, as the format has it. */
export function errorPackage(codec: Codec2019, id: number, error: TiError): Buffer {
  const type = codeOf2019(error.code);
  return makePackage(
    type,
    id,
    codec.pack((w) => writeError2019(w, error)),
  );
}

/** Writes an error as the body of an answer. */
export function writeError2019(w: Writer2019, error: TiError): void {
  const type = codeOf2019(error.code);
  w.mapHeader(2);
  w.str('error_msg');
  w.str(error.message);
  w.str('error_code');
  // Counted down from -100, beginning with the highest code but for that of what the server itself failed at.
  w.int(type === 127 ? -1 : type - 204);
}

const EMPTY = Buffer.alloc(0);

/** Handles one package. The payload is `bytes` from `start` to `end`, valid until this returns. */
export function handle2019(
  hub: Hub,
  connection: Connection,
  codec: Codec2019,
  type: number,
  id: number,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  try {
    switch (type) {
      case PackageType.PING:
        hub.outbox.copy(makePackage(Type2019.PONG, id, EMPTY));
        break;
      case PackageType.AUTH:
        logIn(hub, connection, codec, id, codec.read(bytes, start, end));
        break;
      case PackageType.QUERY:
        query(hub, connection, codec, id, () => codec.read(bytes, start, end));
        break;
      case Type2019.WATCH:
      case Type2019.UNWATCH:
        watch(hub, connection, codec, type, id, codec.read(bytes, start, end));
        break;
      default:
        hub.log.error(`unexpected package type ${type} from \`${connection.label}\``);
    }
  } catch (error) {
    hub.outbox.copy(errorPackage(codec, id, clientError(error, hub.log.error)));
  }
}

function logIn(hub: Hub, connection: Connection, codec: Codec2019, id: number, request: QpackValue): void {
  requireStatus(hub, 'SHUTTING_DOWN', 'client requests');
  const [name, password, ...rest] = Array.isArray(request) ? request : [];
  if (typeof name !== 'string' || typeof password !== 'string' || rest.length > 0) {
    throw badRequest('a log-in is an array of a user name and a password');
  }
  connection.block();
  hub.logins
    .attempt(connection.address, () => hub.engine.authenticate(name, password))
    .then(
      (user) => {
        connection.logIn(user);
        connection.unblock((outbox) => outbox.copy(makePackage(Type2019.LOGGED_IN, id, EMPTY)));
      },
      (error: unknown) => {
        connection.unblock((outbox) => outbox.copy(errorPackage(codec, id, clientError(error, hub.log.error))));
      },
    );
}

/** Answers, then pushes each thing as it is. Things that are not there are passed over. */
function watch(hub: Hub, connection: Connection, codec: Codec2019, type: number, id: number, request: QpackValue): void {
  const user = authenticatedUser(connection);
  requireStatus(hub, 'SHUTTING_DOWN', 'client requests');
  if (!(request instanceof Map)) throw badRequest('a request to watch is a map with `collection` and `things`');
  const collection = request.get('collection');
  const ids = request.get('things');
  if (typeof collection !== 'string' && !isInt(collection)) throw badRequest('the `collection` of a request must be its name or its id');
  if (!Array.isArray(ids) || !ids.every(isInt)) throw badRequest('the `things` of a request must be an array of ids');
  connection.watcher ??= watcher2019(connection, codec);
  const things = hub.engine.watch(user, typeof collection === 'string' ? collection : Number(collection), connection.watcher);
  const isOn = type === Type2019.WATCH;
  hub.outbox.copy(makePackage(isOn ? Type2019.WATCHED : Type2019.UNWATCHED, id, EMPTY));
  if (isOn) things.watch(ids.map(Number));
  else things.unwatch(ids.map(Number));
  connection.saw(hub.engine.lastChangeId);
}

interface Read2019 {
  readonly target: string | number;
  readonly code: string;
  readonly blobs: readonly string[];
}

/** What a query asks. Throws TiError (-53). */
export function readQuery2019(request: QpackValue): Read2019 {
  if (!(request instanceof Map)) throw badRequest('a query is a map with `query`, and with `target` and `blobs` if needed');
  const code = request.get('query');
  const target = request.has('target') ? request.get('target') : 0;
  const blobs = request.has('blobs') ? request.get('blobs') : [];
  if (typeof code !== 'string') throw badRequest('the `query` of a request must be a text');
  if (typeof target !== 'string' && !isInt(target))
    throw badRequest('the `target` of a request must be the name or the id of a collection, or 0');
  if (!Array.isArray(blobs) || !blobs.every((blob) => typeof blob === 'string'))
    throw badRequest('the `blobs` of a request must be an array of raws');
  return { target: typeof target === 'string' ? target : Number(target), code, blobs: blobs as string[] };
}

function query(hub: Hub, connection: Connection, codec: Codec2019, id: number, read: () => QpackValue): void {
  const { engine, outbox, rooms } = hub;
  const { counters } = engine;
  const failedBefore = counters.queriesWithError;
  rooms.defer();
  let answer: Buffer;
  try {
    const user = authenticatedUser(connection);
    requireStatus(hub, 'SHUTTING_DOWN', 'client requests');
    if (hub.failure !== null) throw hub.failure;
    const request = readQuery2019(read());
    const { results, fetched } = hub.timed(request.code, () => engine.query2019({ user, client: null, ...request }));
    rooms.endGone();
    answer = makePackage(
      Type2019.RESULTS,
      id,
      codec.pack((w) => encodeResults2019(w, results, fetched)),
    );
  } catch (error) {
    if (counters.queriesWithError === failedBefore) counters.queriesWithError++;
    rooms.endGone();
    answer = errorPackage(codec, id, clientError(error, hub.log.error));
  }
  outbox.copy(answer);
  rooms.settle();
  connection.saw(engine.lastChangeId);
}

/** The error in place of results that cannot be told. The format is that of the results. */
export function refusal2019(id: number, payload: Uint8Array, error: TiError): Buffer {
  const [first] = payload;
  return errorPackage(first !== undefined && opensQpack(first) ? qpackCodec : msgpackCodec, id, error);
}
