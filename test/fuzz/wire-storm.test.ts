/**
 * Clients that send requests of every kind, a third of them spoilt, over TCP and WebSocket, and to the HTTP API: each is answered as the protocol says or
 * its connection is closed, nobody gets what was meant for another, and nothing stays behind. `FUZZ_PACKAGES` says how many requests.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { fuzzSeed } from '../seed.ts';
import { type Package, pack, payloadValue, RawClient, type TestServer, testServer, until } from '../server/client.ts';
import { ADMIN, exchange, freePort, JSON_TYPE, post, queryBody } from '../server/http/http-client.ts';
import { anyRequest, brokenHeader, parts, Random, type Request } from './wire-storm.ts';

const PACKAGES = Number(process.env.FUZZ_PACKAGES ?? 6000);
const SEED = fuzzSeed();
const TIMEOUT = 60_000 + PACKAGES;
const BATCH = PACKAGES > 100_000 ? 500 : 100;
/** So many clients at a time. */
const CLIENTS = 8;
const { PING, AUTH, DATA, OK, ERROR, PONG, WARN, JOIN } = PackageType;

let engine: LocalEngine;
let server: TestServer;
let ws = 0;
let http = 0;
let status = 0;
let witness: RawClient;

beforeAll(async () => {
  engine = (await openEngine({ dir: null })).engine;
  const admin = { user: { id: 1, name: 'admin' }, client: null, scope: '//stuff', vars: null };
  engine.query({ ...admin, code: ".storm = room(); .storm.set_name('storm'); new_procedure('storm', |a, b| [a, b]);" });
  engine.query({ ...admin, code: ".calm = room(); .calm.set_name('calm');" });
  [ws, http, status] = [await freePort(), await freePort(), await freePort()];
  const config = { ws_port: ws, http_api_port: http, http_status_port: status };
  server = await testServer(engine, { config, hooks: engine.hooks });
  witness = await RawClient.login(server.port);
  await witness.request(JOIN, ['//stuff', 'calm']);
  expect((await witness.next()).type).toBe(PackageType.ROOM_JOIN);
});
afterAll(async () => {
  witness.close();
  await server.stop();
  await engine.close();
});

/** A connection as the test needs it. */
interface Line {
  send(requests: readonly Request[], end: Buffer, random: Random): void;
  readonly packages: readonly Package[];
  readonly isClosed: () => boolean;
  close(): void;
}

async function tcpLine(): Promise<Line> {
  const client = await RawClient.connect(server.port);
  let closed = false;
  void client.closed.then(() => {
    closed = true;
  });
  return {
    packages: client.packages,
    isClosed: () => closed,
    close: () => client.close(),
    send: (requests, end, random) => {
      const bytes = Buffer.concat([...requests.map((request) => request.bytes), end]);
      for (const part of parts(random, bytes)) client.send(part);
    },
  };
}

async function wsLine(): Promise<Line> {
  const socket = new WebSocket(`ws://127.0.0.1:${ws}`);
  const packages: Package[] = [];
  let closed = false;
  socket.on('message', (data: Buffer) => packages.push({ type: data[6] as number, id: data.readUInt16LE(4), payload: data.subarray(8) }));
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  await new Promise((resolve) => socket.once('open', resolve));
  return {
    packages,
    isClosed: () => closed,
    close: () => socket.terminate(),
    send: (requests, end, random) => {
      for (const { bytes } of requests) {
        if (random.chance(90)) socket.send(bytes);
        else for (const [i, part] of [bytes.subarray(0, 5), bytes.subarray(5)].entries()) socket.send(part, { fin: i === 1 });
      }
      socket.send(end);
    },
  };
}

const CODES = new Set([-1, -6, ...Array.from({ length: 15 }, (_, i) => -50 - i), -100]);

/** The code of an error, which must be one that the protocol has. */
function errorCode(answer: Package): number {
  const value = payloadValue(answer) as { error_code: number; error_msg: string };
  expect(Object.keys(value)).toEqual(['error_code', 'error_msg']);
  expect(typeof value.error_msg).toBe('string');
  expect(CODES).toContain(value.error_code);
  expect(value.error_code).not.toBe(-1);
  return value.error_code;
}

/** Compares what came with what was asked, in order. */
function judge(requests: readonly Request[], packages: readonly Package[]): void {
  const asked = requests.filter(({ answers }) => answers.length > 0);
  const answers = packages.filter(({ type }) => type >= PONG);
  for (const push of packages) {
    if (push.type >= PONG) continue;
    expect(push.id).toBe(65535);
    expect(push.type === WARN || (push.type >= PackageType.ROOM_JOIN && push.type <= PackageType.ROOM_DELETE)).toBe(true);
  }
  expect(answers.length).toBe(asked.length);
  let isKnown = false;
  for (const [i, { type, id, answers: allowed, echo }] of asked.entries()) {
    const answer = answers[i] as Package;
    if (answer.id !== id || !allowed.includes(answer.type)) expect([i, type, answer.id, answer.type]).toEqual([i, type, id, allowed]);
    const code = answer.type === ERROR ? errorCode(answer) : 0;
    if (type === AUTH && answer.type === OK) isKnown = true;
    if (!isKnown && type !== AUTH && answer.type === ERROR) expect(code).toBe(-56);
    if (!isKnown) expect(answer.type).not.toBe(DATA);
    if (echo !== null && answer.type === DATA) expect(payloadValue(answer)).toBe(echo);
  }
}

/** One client from its connection to its end. */
async function visit(random: Random, open: () => Promise<Line>, mark: string): Promise<void> {
  const line = await open();
  const requests = Array.from({ length: BATCH }, () => anyRequest(random, mark));
  if (random.chance(75))
    requests.unshift({ bytes: makePackage(AUTH, 1, pack(['admin', 'pass'])), type: AUTH, id: 1, answers: [OK], echo: null });
  const ends = random.pick(['answer', 'fault', 'cut'] as const);
  const last: Request = { bytes: makePackage(PING, 77, Buffer.alloc(0)), type: PING, id: 77, answers: [PONG], echo: null };
  const faulty = open === wsLine && random.chance(30) ? random.bytes(random.below(8)) : brokenHeader(random);
  requests.push(last);
  line.send(requests, ends === 'fault' ? faulty : Buffer.from(makePackage(200, 0, Buffer.alloc(0))), random);
  if (ends === 'cut' && random.chance(50)) {
    line.close();
    return;
  }
  const expected = requests.filter(({ answers }) => answers.length > 0).length;
  if (ends === 'fault') await until(() => line.isClosed());
  else await until(() => line.packages.filter(({ type }) => type >= PONG).length >= expected);
  // Over WebSocket a fault cuts the connection at once, with what was not sent yet.
  if (ends !== 'fault' || open === tcpLine) judge(requests, line.packages);
  line.close();
}

async function storm(open: () => Promise<Line>, packages: number, seed: number): Promise<void> {
  const visits = Math.ceil(packages / BATCH);
  let next = 0;
  const visitor = async (): Promise<void> => {
    while (next < visits) {
      next += 1;
      await visit(new Random(seed * 1_000_003 + next), open, `mark ${seed} ${next}`);
      if (next % 50 === 0) await checkWitness(next);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, visitor));
}

let turn: Promise<unknown> = Promise.resolve();

/** The witness asks one question at a time, and must get its own answer. */
function checkWitness(number: number): Promise<unknown> {
  checkLog();
  turn = turn.then(async () => expect(payloadValue(await witness.query(`'calm ${number}'`))).toBe(`calm ${number}`));
  return turn;
}

/** Nothing may be left of those who came and went. */
async function isCalm(): Promise<void> {
  checkLog();
  await until(() => server.connections === 1);
  expect(payloadValue(await witness.query("'still here'"))).toBe('still here');
  const { text } = await exchange(status, 'GET /metrics HTTP/1.1\r\n\r\n');
  expect(text).toMatch(/^thingsdb_joined_rooms 1$/m);
  expect(text).toMatch(/^thingsdb_held_answers 0$/m);
  // The room of the witness is one that nobody else names: it was told nothing.
  expect(witness.packages.filter(({ type }) => type < PONG).length).toBe(1);
}

/** What the log says of unknown types and closed connections is much, and of no interest. */
function checkLog(): void {
  expect(server.lines.filter((line) => line.includes('internal error'))).toEqual([]);
  server.lines.length = 0;
}

describe('a storm of requests', () => {
  it(
    'over TCP leaves no request without its answer and no trace',
    async () => {
      await storm(tcpLine, PACKAGES * 0.6, SEED);
      await isCalm();
    },
    TIMEOUT,
  );

  it(
    'over WebSocket leaves no request without its answer and no trace',
    async () => {
      await storm(wsLine, PACKAGES * 0.35, SEED + 1);
      await isCalm();
    },
    TIMEOUT,
  );

  it(
    'to the HTTP API is answered with the statuses that it has, or closed',
    async () => {
      const random = new Random(SEED + 2);
      let left = PACKAGES * 0.05;
      const visitor = async (): Promise<void> => {
        while (left-- > 0) await askHttp(random);
      };
      await Promise.all(Array.from({ length: CLIENTS }, visitor));
      await isCalm();
    },
    TIMEOUT,
  );
});

const STATUSES = new Set([200, 400, 401, 403, 404, 405, 415, 422]);

async function askHttp(random: Random): Promise<void> {
  const reply = await exchange(http, ...anyHttp(random));
  if (reply.text === '') {
    expect(reply.closed).toBe(true);
    return;
  }
  expect(STATUSES).toContain(reply.status);
  expect(reply.text).toMatch(/^HTTP\/1\.1 \d{3} [A-Z][\w ]+\r\nContent-Type: [a-z/]+\r\nContent-Length: \d+\r\n\r\n/i);
}

const BODIES = [
  queryBody('1 + 1'),
  queryBody('x', { vars: { x: [1, { a: 'b' }] } }),
  queryBody(".storm.emit('e')"),
  JSON.stringify({ type: 'run', name: 'storm', args: [1] }),
  '[[[[',
  '{"type":"query","code":"\\u00e9"}',
];
const HEADS = [
  ADMIN + JSON_TYPE,
  JSON_TYPE,
  `${ADMIN}Content-Type: application/msgpack\r\n`,
  `${ADMIN}Content-Type: text/x\r\n`,
  'X: y\r\n',
];

/** A request to the HTTP API, spoilt anywhere in every third case; a spoilt head that promises more than comes ends with the connection. */
function anyHttp(random: Random): Buffer[] {
  const body = Buffer.from(random.pick(BODIES));
  if (random.chance(30)) body[random.below(body.length)] = random.below(256);
  const path = random.pick(['//stuff', '/t', '/n', '/nope', '//nope', '/', '/n/3']);
  const bytes = post(path, body, random.pick(HEADS), random.pick(['POST', 'POST', 'POST', 'GET', 'PUT', 'BREW']));
  if (random.chance(20)) bytes[random.below(bytes.indexOf('\r\nContent-Length'))] = random.below(256);
  // The head ends in any case, so that the server has something to judge.
  return random.chance(50) ? [bytes] : [bytes.subarray(0, 9), bytes.subarray(9)];
}
