/** The HTTP API: one query or procedure a request. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Later, QueryAnswer, UserRef } from '../../engine/api.ts';
import { ErrorCode, TiError } from '../../errors.ts';
import { parseScope } from '../../model/scope.ts';
import { MsgpackWriter } from '../../msgpack/writer.ts';
import { Encoder } from '../../wire/encode.ts';
import { msgpackToJson } from '../../wire/json.ts';
import { JsonError, jsonToMsgpack } from '../../wire/json-read.ts';
import { MAX_PAYLOAD } from '../framing.ts';
import type { Receiver } from '../hold.ts';
import type { Hub } from '../hub.ts';
import { clientError } from '../outbox.ts';
import { addressOf } from '../transport.ts';
import { respond, respondText } from './answers.ts';
import { type ApiRequest, type ContentType, contentType, credentials, readApiRequest } from './api-request.ts';
import { ask2019, PATH_2019 } from './dialect-2019.ts';

/** Status by error code; 422 for those not listed. */
const STATUS: Readonly<Record<number, number>> = {
  [ErrorCode.NODE]: 503,
  [ErrorCode.SYNTAX]: 400,
  [ErrorCode.BAD_DATA]: 400,
  [ErrorCode.LOOKUP]: 404,
  [ErrorCode.FORBIDDEN]: 403,
  [ErrorCode.AUTH]: 401,
};

const statusOf = (code: number): number => STATUS[code] ?? (code > ErrorCode.ASSERT ? 500 : 422);

const NOTHING = Buffer.alloc(0);

/** Handles a request from its first line to its answer. */
export async function handleApi(hub: Hub, version: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  if (request.method === 'GET' && path === '/') return respond(response, 200, 'text/html', welcome(version));
  if (request.method !== 'POST') return respondText(response, 405, 'METHOD NOT ALLOWED\r\n');
  if (path !== PATH_2019 && !isScope(path)) return respondText(response, 404, 'NOT FOUND\r\n');
  const user = await authenticate(hub, request);
  if (user === null) return respondText(response, 401, 'UNAUTHORIZED\r\n');
  if (hub.status === 'SHUTTING_DOWN' || hub.status === 'OFFLINE') return respondText(response, 503, 'SERVICE UNAVAILABLE\r\n');
  const type = contentType(request.headers['content-type']);
  if (type === null) return respondText(response, 415, 'UNSUPPORTED MEDIA TYPE\r\n');
  const body = await readBody(request);
  if (body === null) {
    respondText(response, 413, 'PAYLOAD TOO LARGE\r\n');
    request.destroy();
    return;
  }
  if (path === PATH_2019) answer2019(hub, user, type, body, response);
  else answer(hub, user, path, type, body, response);
}

function isScope(path: string): boolean {
  try {
    parseScope(path);
    return path.startsWith('/');
  } catch {
    return false;
  }
}

async function authenticate({ engine, logins }: Hub, request: IncomingMessage): Promise<UserRef | null> {
  const given = credentials(request.headers.authorization);
  if (given === null) return null;
  try {
    return await logins.attempt(addressOf(request.socket), () =>
      'token' in given ? engine.authenticateToken(given.token) : engine.authenticate(given.user, given.password),
    );
  } catch (error) {
    if (error instanceof TiError) return null;
    throw error;
  }
}

/** The body; null when it is larger than any request may be. Rejects when the client goes away. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_PAYLOAD) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function answer(hub: Hub, user: UserRef, scope: string, type: ContentType, body: Buffer, response: ServerResponse): void {
  const packed = type === 'application/json' ? readJson(body) : body;
  if (packed === null) {
    respondText(response, 400, 'BAD REQUEST\r\n');
    return;
  }
  const reply = (finish: () => QueryAnswer | TiError | null): void => {
    let send: () => void;
    try {
      const found = finish();
      // It waits for a module, and comes later.
      if (found === null) return;
      if (found instanceof TiError) throw found;
      const result = packAnswer(hub, found, type);
      send = () => respond(response, 200, type, result);
    } catch (error) {
      // An error too may tell of what was changed and is not on the disk yet.
      const told = clientError(error, hub.log.error);
      send = () => respondError(response, told);
    }
    whenDurable(hub, () => (hub.failure === null ? send() : respondError(response, hub.failure)));
  };
  reply(() => {
    if (hub.failure !== null) throw hub.failure;
    return ask(hub, user, scope, readApiRequest(packed), reply);
  });
}

function answer2019(hub: Hub, user: UserRef, type: ContentType, body: Buffer, response: ServerResponse): void {
  const packed = type === 'application/json' ? readJson(body) : body;
  if (packed === null) {
    respondText(response, 400, 'BAD REQUEST\r\n');
    return;
  }
  const reply = ask2019(hub, user, packed, type);
  whenDurable(hub, () => (hub.failure === null ? respond(response, reply.status, type, reply.body) : respondError(response, hub.failure)));
}

/** A body that is cut off reads as one that lacks something; null for one that is no JSON. */
function readJson(body: Buffer): Buffer | null {
  try {
    return jsonToMsgpack(body);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return error.reason === 'incomplete' ? NOTHING : null;
  }
}

function ask(hub: Hub, user: UserRef, scope: string, request: ApiRequest, later: Later): QueryAnswer | TiError | null {
  const { engine } = hub;
  const from = { user, client: null, scope };
  if (request.type === 'query')
    return hub.timed(request.code, () => engine.query({ ...from, code: request.code, vars: request.vars }, later));
  return hub.timed(request.name, () => engine.run({ ...from, procedure: request.name, args: request.args }, later));
}

function packAnswer(hub: Hub, { value, deep, flags }: QueryAnswer, type: ContentType): Uint8Array | string {
  const writer = new MsgpackWriter(1024);
  new Encoder(writer, hub.hooks, hub.limits.result_size_limit).encode(value, deep, flags);
  const { counters } = hub.engine;
  if (writer.size > counters.largestResultSize) counters.largestResultSize = writer.size;
  return type === 'application/json' ? msgpackToJson(writer.bytes()) : writer.bytes();
}

function respondError(response: ServerResponse, error: TiError): void {
  respondText(response, statusOf(error.code), `${error.message} (${error.code})\r\n`);
}

/** Calls `send` when the disk has every change that the answer could tell of. */
function whenDurable(hub: Hub, send: () => void): void {
  const { engine, hold } = hub;
  if (hub.failure !== null || engine.lastChangeId <= engine.durableId) {
    send();
    return;
  }
  const receiver: Receiver = { released: () => undefined, sendReleased: send };
  hold.add(receiver, engine.lastChangeId, NOTHING);
}

function welcome(version: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>HTTP API</title>
</head>
<body>
<h1>HTTP API</h1>
<p>version: ${version}</p>
<p>This port answers POST requests: the path is the scope, such as <code>/thingsdb</code> or <code>//stuff</code>, the body a query or the name of a procedure,
as JSON or MessagePack.</p>
</body>
</html>
`;
}
