/** What each type of request does. */
import type { QueryAnswer, RunRequest, UserRef } from '../engine/api.ts';
import { ErrorCode, TiError, typeErr } from '../errors.ts';
import { parseScope } from '../model/scope.ts';
import { type MsgpackReader, Tok } from '../msgpack/reader.ts';
import { nextKind } from '../wire/decode.ts';
import type { Connection } from './connection.ts';
import { PackageType } from './framing.ts';
import type { Hub } from './hub.ts';
import { clientError } from './outbox.ts';
import { isAtLeast } from './status.ts';

/** The longest name and password, in bytes. */
const MAX_CREDENTIAL = 127;

const badData = (message: string): TiError => new TiError(ErrorCode.BAD_DATA, message);
const authErr = (message: string): TiError => new TiError(ErrorCode.AUTH, message);

/**
 * Handles one package that a client sent. The payload is `bytes` from `start` to `end`, valid until this returns. What is to be answered goes into
 * the outbox, or, for a log-in, follows later.
 */
export function handlePackage(hub: Hub, connection: Connection, type: number, id: number, bytes: Buffer, start: number, end: number): void {
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
      // Requests of old clients; nothing is watched this way any more.
      hub.outbox.empty(PackageType.OK, id);
      return;
    case PackageType.RUN:
      run(hub, connection, id, bytes, start, end);
      return;
    case PackageType.JOIN:
    case PackageType.LEAVE:
    case PackageType.EMIT:
    case PackageType.EMIT_PEER:
      notServed(hub, connection, id, type);
      return;
    default:
      hub.log.error(`unexpected package type ${type} from \`${connection.label}\``);
  }
}

function query(hub: Hub, connection: Connection, id: number, bytes: Buffer, start: number, end: number): void {
  answerWith(hub, connection, id, (user) => hub.engine.query(readQuery(hub, user, connection, bytes, start, end)));
}

function run(hub: Hub, connection: Connection, id: number, bytes: Buffer, start: number, end: number): void {
  answerWith(hub, connection, id, (user) => hub.engine.run(readRun(hub, user, connection, bytes, start, end)));
}

function answerWith(hub: Hub, connection: Connection, id: number, ask: (user: UserRef) => QueryAnswer): void {
  const { engine, outbox, counters } = hub;
  try {
    const user = authenticatedUser(connection);
    requireStatus(hub, 'SHUTTING_DOWN', 'client requests');
    if (hub.failure !== null) throw hub.failure;
    const answer = ask(user);
    outbox.data(id, answer.value, answer.deep, answer.flags);
    counters.queriesSuccess += 1;
  } catch (error) {
    counters.queriesWithError += 1;
    outbox.error(id, clientError(error, hub.log.error));
  }
  connection.saw(engine.lastChangeId);
}

interface ReadQuery {
  readonly user: UserRef;
  readonly client: Connection;
  readonly scope: string;
  readonly code: string;
  readonly vars: Uint8Array | null;
}

/** Reads `[scope, code, {variables}?]`; a third member that is no map means no variables, and what follows is ignored. */
function readQuery({ reader, texts }: Hub, user: UserRef, client: Connection, bytes: Buffer, start: number, end: number): ReadQuery {
  reader.reset(bytes, start, end);
  if (nextKind(reader) !== Tok.ARRAY) throw noScope();
  const count = reader.number;
  if (count < 1 || nextKind(reader) !== Tok.STR) throw noScope();
  const scope = texts.get(bytes, reader.dataStart, reader.number);
  if (count < 2 || nextKind(reader) !== Tok.STR) {
    parseScope(scope);
    throw typeErr('the second member of a `query` request must be the code, of type `str`');
  }
  const code = texts.get(bytes, reader.dataStart, reader.number);
  const at = reader.offset;
  const hasVars = count > 2 && at < end && isMap(bytes[at] as number);
  return { user, client, scope, code, vars: hasVars ? bytes.subarray(at, end) : null };
}

/** Reads `[scope, procedure, arguments?]`; what follows is ignored. */
function readRun({ reader, texts }: Hub, user: UserRef, client: Connection, bytes: Buffer, start: number, end: number): RunRequest {
  reader.reset(bytes, start, end);
  if (nextKind(reader) !== Tok.ARRAY) throw noScope();
  const count = reader.number;
  if (count < 1 || nextKind(reader) !== Tok.STR) throw noScope();
  const scope = texts.get(bytes, reader.dataStart, reader.number);
  if (count < 2 || nextKind(reader) !== Tok.STR) {
    parseScope(scope);
    throw typeErr('the second member of a `run` request must be the name of a procedure, of type `str`');
  }
  const procedure = texts.get(bytes, reader.dataStart, reader.number);
  return { user, client, scope, procedure, args: count > 2 ? bytes.subarray(reader.offset, end) : null };
}

function isMap(byte: number): boolean {
  return (byte & 0xf0) === 0x80 || byte === 0xde || byte === 0xdf;
}

const noScope = (): TiError => badData('a request must be an array that starts with the scope, of type `str`');

function authenticatedUser(connection: Connection): UserRef {
  if (connection.user === null) throw authErr('the connection is not authenticated');
  return connection.user;
}

function requireStatus(hub: Hub, least: Parameters<typeof isAtLeast>[1], what: string): void {
  if (hub.status !== 'READY' && !isAtLeast(hub.status, least)) {
    throw new TiError(ErrorCode.NODE, `node:${hub.nodeId} is ${hub.status} and cannot handle ${what}`);
  }
}

/** Procedures over the wire and rooms join here. */
function notServed(hub: Hub, connection: Connection, id: number, type: number): void {
  try {
    authenticatedUser(connection);
    throw badData(`this server does not handle requests of type ${type}`);
  } catch (error) {
    hub.outbox.error(id, clientError(error, hub.log.error));
  }
}

function authenticate(hub: Hub, connection: Connection, id: number, bytes: Buffer, start: number, end: number): void {
  let decision: Promise<UserRef>;
  try {
    requireStatus(hub, 'SHUTTING_DOWN', 'client requests');
    decision = decide(hub, bytes, start, end);
  } catch (error) {
    hub.outbox.error(id, clientError(error, hub.log.error));
    return;
  }
  connection.block();
  decision.then(
    (user) => {
      connection.logIn(user);
      connection.unblock((outbox) => outbox.empty(PackageType.OK, id));
    },
    (error: unknown) => {
      connection.unblock((outbox) => outbox.error(id, clientError(error, hub.log.error)));
    },
  );
}

/** Reads `[user, password]` or a token and has it checked. */
function decide(hub: Hub, bytes: Buffer, start: number, end: number): Promise<UserRef> {
  const { reader, engine } = hub;
  reader.reset(bytes, start, end);
  const kind = nextKind(reader);
  if (kind === Tok.STR) {
    if (reader.number > MAX_CREDENTIAL) throw authErr('invalid token');
    return engine.authenticateToken(reader.text());
  }
  if (kind !== Tok.ARRAY || reader.number !== 2) throw badCredentials();
  const name = credential(reader);
  const password = credential(reader);
  if (!isPlausible(name) || !isPlausible(password)) throw authErr('invalid username or password');
  return engine.authenticate(name, password);
}

function credential(reader: MsgpackReader): string {
  if (nextKind(reader) !== Tok.STR) throw badCredentials();
  return reader.text();
}

const isPlausible = (text: string): boolean => text.length > 0 && text.length <= MAX_CREDENTIAL;

const badCredentials = (): TiError => badData('a log-in must be an array of a user name and a password, or a token, all of type `str`');
