/** What each type of request does. */
import type { Later, QueryAnswer, RunRequest, UserRef } from '../engine/api.ts';
import { ErrorCode, lookupErr, TiError, typeErr } from '../errors.ts';
import { parseScope } from '../model/scope.ts';
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import { nextKind } from '../wire/decode.ts';
import { msgpackCodec } from './codec-2019.ts';
import type { Connection } from './connection.ts';
import { PackageType } from './framing.ts';
import type { Hub } from './hub.ts';
import { clientError } from './outbox.ts';
import { authenticatedUser, readScope, requireStatus } from './request-rules.ts';
import { codec2019, handle2019 } from './requests-2019.ts';
import { emit, join, leave } from './room-requests.ts';
import { watcherOf } from './watching.ts';

/** The longest name and password, in bytes. */
const MAX_CREDENTIAL = 127;

const badData = (message: string): TiError => new TiError(ErrorCode.BAD_DATA, message);
const authErr = (message: string): TiError => new TiError(ErrorCode.AUTH, message);

/**
 * Handles one package that a client sent. The payload is `bytes` from `start` to `end`, valid until this returns. What is to be answered goes into
 * the outbox, or, for a log-in, follows later.
 */
export function handlePackage(hub: Hub, connection: Connection, type: number, id: number, bytes: Buffer, start: number, end: number): void {
  const codec = codec2019(connection, type, bytes, start, end);
  if (codec !== null) {
    handle2019(hub, connection, codec, type, id, bytes, start, end);
    return;
  }
  switch (type) {
    case PackageType.QUERY:
      query(hub, connection, id, bytes, start, end);
      return;
    case PackageType.PING:
      hub.outbox.empty(PackageType.PONG, id);
      return;
    case PackageType.AUTH:
      authenticate(hub, connection, id, bytes, start, end);
      return;
    case PackageType.WATCH:
    case PackageType.UNWATCH:
      // Old clients send these and expect nothing but this answer; those who know more name a scope and things.
      hub.outbox.empty(PackageType.OK, id);
      watch(hub, connection, type === PackageType.WATCH, bytes, start, end);
      return;
    case PackageType.RUN:
      run(hub, connection, id, bytes, start, end);
      return;
    case PackageType.JOIN:
      respond(hub, connection, id, () => join(hub, connection, id, bytes, start, end));
      return;
    case PackageType.LEAVE:
      respond(hub, connection, id, () => leave(hub, connection, id, bytes, start, end));
      return;
    case PackageType.EMIT:
    case PackageType.EMIT_PEER:
      respond(hub, connection, id, () => emit(hub, connection, id, bytes, start, end, type === PackageType.EMIT_PEER));
      return;
    default:
      hub.log.error(`unexpected package type ${type} from \`${connection.label}\``);
  }
}

/** Reads `[scope, id, ...]`, and does nothing for anything else, or for one who may not. */
function watch(hub: Hub, connection: Connection, isOn: boolean, bytes: Buffer, start: number, end: number): void {
  try {
    const user = authenticatedUser(connection);
    const request = msgpackCodec.read(bytes, start, end);
    const [scopeText, ...ids] = Array.isArray(request) ? request : [];
    if (typeof scopeText !== 'string' || !ids.every((each) => typeof each === 'number')) return;
    const scope = parseScope(scopeText);
    if (scope.kind !== 'collection') return;
    connection.watcher ??= watcherOf(connection);
    const things = hub.engine.watch(user, scope.name, connection.watcher);
    if (isOn) things.watch(ids);
    else things.unwatch(ids);
    connection.saw(hub.engine.lastChangeId);
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
  }
}

function query(hub: Hub, connection: Connection, id: number, bytes: Buffer, start: number, end: number): void {
  answerWith(hub, connection, id, (user, later) => {
    const request = readQuery(hub, user, connection, bytes, start, end);
    if (hub.limits.query_duration_warn === 0) return hub.engine.query(request, later);
    return hub.timed(request.code, () => hub.engine.query(request, later));
  });
}

function run(hub: Hub, connection: Connection, id: number, bytes: Buffer, start: number, end: number): void {
  answerWith(hub, connection, id, (user, later) => {
    const request = readRun(hub, user, connection, bytes, start, end);
    if (hub.limits.query_duration_warn === 0) return hub.engine.run(request, later);
    return hub.timed(request.procedure, () => hub.engine.run(request, later));
  });
}

function answerWith(
  hub: Hub,
  connection: Connection,
  id: number,
  ask: (user: UserRef, later: Later) => QueryAnswer | TiError | null,
): void {
  const late: Later = (finish) => connection.pay(() => addAnswer(hub, id, finish));
  let isLate = false;
  addAnswer(hub, id, () => {
    const user = authenticatedUser(connection);
    requireStatus(hub, 'SHUTTING_DOWN', 'client requests');
    if (hub.failure !== null) throw hub.failure;
    const answer = ask(user, late);
    isLate = answer === null;
    return answer;
  });
  if (isLate) connection.owe();
  else connection.saw(hub.engine.lastChangeId);
}

/** Puts the answer or the error that `finish` gives, or the error that it throws, into the outbox; nothing when it gives null. */
function addAnswer(hub: Hub, id: number, finish: () => QueryAnswer | TiError | null): void {
  const { engine, outbox, rooms } = hub;
  const { counters } = engine;
  const failedBefore = counters.queriesWithError;
  let isAnswered = false;
  let failure: TiError | null = null;
  rooms.defer();
  try {
    const answer = finish();
    if (answer instanceof TiError) failure = answer;
    else if (answer !== null) {
      isAnswered = true;
      if (!rooms.outlives(answer.value)) rooms.endGone();
      outbox.data(id, answer.value, answer.deep, answer.flags);
    }
  } catch (error) {
    failure = clientError(error, hub.log.error);
  }
  if (failure !== null) {
    if (isAnswered) counters.queriesSuccess--;
    // The engine has counted what failed in it.
    if (counters.queriesWithError === failedBefore) counters.queriesWithError++;
    rooms.endGone();
    outbox.error(id, failure);
  }
  rooms.settle();
}

/** Has a request on rooms answered, by the handler or with its error. */
function respond(hub: Hub, connection: Connection, id: number, handle: () => void): void {
  try {
    handle();
  } catch (error) {
    hub.outbox.error(id, clientError(error, hub.log.error));
  }
  connection.saw(hub.engine.lastChangeId);
  for (const packages of hub.following) hub.outbox.copy(packages);
  hub.following = [];
}

interface ReadQuery {
  readonly user: UserRef;
  readonly client: Connection;
  readonly scope: string;
  readonly code: string;
  readonly vars: Uint8Array | null;
}

/** Reads `[scope, code, {variables}?]`; a third member that is no map means no variables, and what follows is ignored. */
function readQuery(hub: Hub, user: UserRef, client: Connection, bytes: Buffer, start: number, end: number): ReadQuery {
  const { scope, count } = readScope(hub, bytes, start, end);
  const { reader, texts } = hub;
  if (count < 1 || nextKind(reader) !== Tok.STR) {
    checkScope(hub, scope);
    throw typeErr('the second member of a `query` request must be the code, of type `str`');
  }
  const code = texts.get(bytes, reader.dataStart, reader.number);
  const at = reader.offset;
  const hasVars = count > 1 && at < end && isMap(bytes[at] as number);
  return { user, client, scope, code, vars: hasVars ? bytes.subarray(at, end) : null };
}

/** Reads `[scope, procedure, arguments?]`; what follows is ignored. */
function readRun(hub: Hub, user: UserRef, client: Connection, bytes: Buffer, start: number, end: number): RunRequest {
  const { scope, count } = readScope(hub, bytes, start, end);
  const { reader, texts } = hub;
  if (count < 1 || nextKind(reader) !== Tok.STR) {
    parseScope(scope);
    throw typeErr('the second member of a `run` request must be the name of a procedure, of type `str`');
  }
  const procedure = texts.get(bytes, reader.dataStart, reader.number);
  return { user, client, scope, procedure, args: count > 1 ? bytes.subarray(reader.offset, end) : null };
}

/** Throws what the engine would throw of the scope of a node, or of a scope that is none: for a query, these come before a fault of its code. */
function checkScope(hub: Hub, text: string): void {
  const scope = parseScope(text);
  if (scope.kind === 'node' && scope.id !== null && scope.id !== hub.nodeId) throw lookupErr(`\`node:${scope.id}\` does not exist`);
}

function isMap(byte: number): boolean {
  return (byte & 0xf0) === 0x80 || byte === 0xde || byte === 0xdf;
}

function authenticate(hub: Hub, connection: Connection, id: number, bytes: Buffer, start: number, end: number): void {
  let check: () => Promise<UserRef>;
  try {
    requireStatus(hub, 'SHUTTING_DOWN', 'client requests');
    check = readLogin(hub, bytes, start, end);
  } catch (error) {
    hub.outbox.error(id, clientError(error, hub.log.error));
    return;
  }
  connection.block();
  hub.logins.attempt(connection.address, check).then(
    (user) => {
      connection.logIn(user);
      connection.unblock((outbox) => outbox.empty(PackageType.OK, id));
    },
    (error: unknown) => {
      connection.unblock((outbox) => outbox.error(id, clientError(error, hub.log.error)));
    },
  );
}

/** Reads `[user, password]` or a token; gives what checks it. */
function readLogin(hub: Hub, bytes: Buffer, start: number, end: number): () => Promise<UserRef> {
  const { reader, engine } = hub;
  reader.reset(bytes, start, end);
  const kind = nextKind(reader);
  if (kind === Tok.STR) {
    if (reader.number > MAX_CREDENTIAL) throw authErr('invalid token');
    const token = reader.text();
    return () => engine.authenticateToken(token);
  }
  if (kind !== Tok.ARRAY || reader.number !== 2) throw badCredentials();
  const name = credential(reader);
  const password = credential(reader);
  if (!isPlausible(name) || !isPlausible(password)) throw authErr('invalid username or password');
  return () => engine.authenticate(name, password);
}

function credential(reader: MsgpackReader): string {
  if (nextKind(reader) !== Tok.STR) throw badCredentials();
  return reader.text();
}

const isPlausible = (text: string): boolean => text.length > 0 && text.length <= MAX_CREDENTIAL;

const badCredentials = (): TiError => badData('a log-in must be an array of a user name and a password, or a token, all of type `str`');
