import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { defaultConfig } from '../../src/server/config.ts';
import { Connection } from '../../src/server/connection.ts';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { Hub } from '../../src/server/hub.ts';
import { createLog } from '../../src/server/log.ts';
import type { Transport, TransportEvents } from '../../src/server/transport.ts';
import { plainHooks } from '../../src/wire/encode.ts';
import { type Package, pack, payloadValue, RawClient, type TestServer, testServer, until } from './client.ts';

const { JOIN, LEAVE, EMIT, EMIT_PEER, QUERY } = PackageType;
const { ROOM_JOIN, ROOM_LEAVE, ROOM_EMIT, ROOM_DELETE, DATA, OK, ERROR } = PackageType;

let engine: LocalEngine;
let server: TestServer;
let client: RawClient;
let other: RawClient;

beforeAll(async () => {
  engine = (await openEngine({ dir: null })).engine;
  server = await testServer(engine);
  client = await RawClient.login(server.port);
  other = await RawClient.login(server.port);
});
afterAll(async () => {
  client.close();
  other.close();
  await server.stop();
  await engine.close();
});

/** What comes, as type and value, until and with what the answer to a PING behind the request shows to be all. */
async function ask(of: RawClient, type: number, value: unknown): Promise<[number, unknown][]> {
  of.send(Buffer.concat([makePackage(type, 7, pack(value)), makePackage(PackageType.PING, 8, Buffer.alloc(0))]));
  const got: Package[] = [];
  // A query that sets a password is answered later than the PING.
  for (let isOver = false; !isOver || !got.some(({ type: one }) => one >= OK); ) {
    const next = await of.next();
    if (next.type === PackageType.PONG) isOver = true;
    else got.push(next);
  }
  for (const each of got) expect(each.id).toBe(each.type < PackageType.PONG ? 65535 : 7);
  return got.map((each) => [each.type, payloadValue(each)]);
}

async function makeRoom(name: string): Promise<number> {
  const [answer] = await ask(client, QUERY, ['//stuff', `.${name} = room(); .${name}.set_name('${name}'); .${name}.id();`]);
  return answer?.[1] as number;
}

const code = (answers: [number, unknown][]): unknown =>
  answers.map(([type, value]) => (type === ERROR ? (value as { error_code: number }).error_code : [type, value]));

describe('JOIN', () => {
  it('answers with ids, then tells of each room that was not joined before', async () => {
    const id = await makeRoom('hall');
    const second = await makeRoom('attic');
    const where = (room: number) => ({ scope: '@collection:stuff', id: room });
    expect(await ask(client, JOIN, ['@:stuff', 'hall', 'nowhere', second, -3, 'not a name'])).toEqual([
      [DATA, [id, null, second, null, null]],
      [ROOM_JOIN, where(id)],
      [ROOM_JOIN, where(second)],
    ]);
    expect(await ask(client, JOIN, ['//stuff', id])).toEqual([[DATA, [id]]]);
    expect(await ask(client, JOIN, ['//stuff'])).toEqual([[DATA, []]]);
    expect(await ask(client, LEAVE, ['//stuff', 'hall', 'hall', 'nowhere', second])).toEqual([
      [ROOM_LEAVE, where(id)],
      [ROOM_LEAVE, where(second)],
      [DATA, [id, id, null, second]],
    ]);
    expect(await ask(client, LEAVE, ['//stuff', 'hall'])).toEqual([[DATA, [id]]]);
  });

  it('keeps the rooms before a member that names none, and tells of them behind the error', async () => {
    const id = await makeRoom('cellar');
    const answers = await ask(client, JOIN, ['//stuff', 'cellar', 1.5, 'hall']);
    expect(code(answers)).toEqual([-53, [ROOM_JOIN, { scope: '@collection:stuff', id }]]);
    expect(code(await ask(client, LEAVE, ['//stuff', 'cellar', null]))).toEqual([[ROOM_LEAVE, { scope: '@collection:stuff', id }], -53]);
  });

  it('wants a collection, and the right to join', async () => {
    for (const scope of ['@thingsdb', '@node', '@n:9']) expect(code(await ask(client, JOIN, [scope, 1]))).toEqual([-53]);
    expect(code(await ask(client, JOIN, ['//nope', 1]))).toEqual([-54]);
    expect(code(await ask(client, JOIN, ['nope', 1]))).toEqual([-60]);
    await ask(client, QUERY, ['@t', "new_user('iris'); set_password('iris', 'siri'); grant('//stuff', 'iris', RUN|QUERY);"]);
    const iris = await RawClient.login(server.port, 'iris', 'siri');
    for (const type of [JOIN, LEAVE, EMIT, EMIT_PEER]) expect(code(await ask(iris, type, ['//stuff', 'hall', 'x']))).toEqual([-55]);
    iris.close();
  });

  it('heeds a whitelist', async () => {
    const id = await makeRoom('allowed');
    await ask(client, QUERY, ['@t', "new_user('wim'); set_password('wim', 'w'); grant('//stuff', 'wim', JOIN);"]);
    await ask(client, QUERY, ['@t', "whitelist_add('wim', 'rooms', 'allowed');"]);
    const wim = await RawClient.login(server.port, 'wim', 'w');
    const [error] = await ask(wim, JOIN, ['//stuff', 'hall']);
    expect(error).toEqual([ERROR, { error_code: -55, error_msg: 'no match in whitelist for room `hall`' }]);
    expect(await ask(wim, JOIN, ['//stuff', 'hall', 'allowed'])).toEqual([
      [DATA, [null, id]],
      [ROOM_JOIN, { scope: '@collection:stuff', id }],
    ]);
    wim.close();
  });
});

describe('events', () => {
  it('reach the sender before the answer, and the others', async () => {
    const id = await makeRoom('chat');
    await ask(client, JOIN, ['//stuff', 'chat']);
    await ask(other, JOIN, ['//stuff', 'chat']);
    const told = { scope: '@collection:stuff', id, event: 'say', args: ['hi', 1.5, { a: { b: [1, [2]] } }, Buffer.from([0, 255])] };
    expect(await ask(client, EMIT, ['//stuff', 'chat', 'say', ...told.args])).toEqual([
      [ROOM_EMIT, told],
      [OK, undefined],
    ]);
    expect(await ask(other, PackageType.WATCH, 1)).toEqual([
      [ROOM_EMIT, told],
      [OK, undefined],
    ]);
    expect(await ask(client, EMIT_PEER, ['//stuff', id, ''])).toEqual([[OK, undefined]]);
    const empty = { scope: '@collection:stuff', id, event: '', args: [] };
    expect(payloadValue(await other.next())).toEqual(empty);
    expect(await ask(client, QUERY, ['//stuff', ".chat.emit('q', {x: {y: 1}}); 5;"])).toEqual([
      [ROOM_EMIT, { scope: '@collection:stuff', id, event: 'q', args: [{ x: {} }] }],
      [DATA, 5],
    ]);
    await other.next();
  });

  it('are refused with the code that fits', async () => {
    const cases: [unknown[], number][] = [
      [[], -53],
      [['chat'], -53],
      [['chat', 5], -53],
      [[9999, 'x'], -54],
      [['zz', 'x'], -54],
      [['not a name', 'x'], -60],
      [[-4, 'x'], -53],
      [[1.5, 'x'], -53],
      [[null, 'x'], -53],
      [['chat', 'x', { '#': 1 }], -60],
    ];
    for (const [members, expected] of cases)
      expect([members, code(await ask(client, EMIT, ['//stuff', ...members]))]).toEqual([members, [expected]]);
  });

  it('name the collection as it is called at the time', async () => {
    await ask(client, QUERY, ['@t', "new_collection('first');"]);
    const [answer] = await ask(client, QUERY, ['//first', '.r = room(); .r.id();']);
    const id = answer?.[1] as number;
    await ask(client, JOIN, ['//first', id]);
    await ask(client, QUERY, ['@t', "rename_collection('first', 'second');"]);
    const push = { scope: '@collection:second', id };
    expect((await ask(client, EMIT, ['//second', id, 'x']))[0]).toEqual([ROOM_EMIT, { ...push, event: 'x', args: [] }]);
    expect(await ask(client, QUERY, ['@t', "del_collection('second');"])).toEqual([
      [ROOM_DELETE, push],
      [DATA, null],
    ]);
  });
});

describe('the end of a room', () => {
  it('is told before the answer, or behind an answer that is the room', async () => {
    for (const [last, order] of [
      ["del('gone'); 1", [ROOM_DELETE, DATA]],
      ["del('gone')", [DATA, ROOM_DELETE]],
      ["emit('bye'); [.del('gone')]", [ROOM_EMIT, DATA, ROOM_DELETE]],
    ] as const) {
      await makeRoom('gone');
      await ask(client, JOIN, ['//stuff', 'gone']);
      const text = last.startsWith('emit') ? `.gone.${last};` : `.${last};`;
      expect([last, (await ask(client, QUERY, ['//stuff', text])).map(([type]) => type)]).toEqual([last, order]);
    }
  });

  it('comes for nobody who left, and rooms are forgotten with their last client', async () => {
    await makeRoom('brief');
    const third = await RawClient.login(server.port);
    await ask(third, JOIN, ['//stuff', 'brief']);
    third.close();
    await until(() => server.connections === 2);
    expect((await ask(client, QUERY, ['//stuff', ".del('brief'); 1"])).map(([type]) => type)).toEqual([DATA]);
  });
});

describe('while the node stops', () => {
  it('rooms are closed to requests, and queries are still served', async () => {
    const { engine: own } = await openEngine({ dir: null });
    const one = await testServer(own, { shutdownPause: 150 });
    const last = await RawClient.login(one.port);
    const stopped = one.stop();
    expect(payloadValue(await last.next())).toEqual({ id: 0, status: 'SHUTTING_DOWN' });
    for (const type of [JOIN, LEAVE, EMIT, EMIT_PEER]) expect(code(await ask(last, type, ['//stuff', 1, 'x']))).toEqual([-51]);
    expect(await ask(last, QUERY, ['//stuff', '6 * 7;'])).toEqual([[DATA, 42]]);
    expect(payloadValue(await last.next())).toEqual({ id: 0, status: 'OFFLINE' });
    await last.closed;
    await stopped;
    await own.close();
  });
});

/** Stands for a socket: counts what is sent, and keeps the last bytes. */
class Sink implements Transport {
  readonly peer = 'sink';
  readonly address = '';
  readonly pendingBytes = 0;
  sent = 0;
  last: Buffer = Buffer.alloc(0);
  send(bytes: Buffer): boolean {
    this.sent += 1;
    this.last = bytes;
    return false;
  }
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
}

describe('10,000 clients in a room', () => {
  it('get each event in one write of the same bytes, and leave nothing behind', () => {
    const hub = new Hub(engine, createLog({ level: 'error', colorized: false }), plainHooks, defaultConfig());
    hub.status = 'READY';
    const { id } = engine.rooms({ id: 1, name: 'admin' }, '//stuff').find('hall') as { id: number };
    const request = (type: number, ...members: unknown[]): Buffer => makePackage(type, 1, pack(['//stuff', id, ...members]));
    const clients = Array.from({ length: 10_000 }, () => {
      const sink = new Sink();
      const connection: Connection & TransportEvents = new Connection(hub, sink);
      connection.logIn({ id: 1, name: 'admin' });
      const bytes = request(JOIN);
      connection.onBytes(bytes, bytes.length);
      return { sink, connection };
    });
    for (const { sink } of clients) expect(sink.sent).toBe(1);
    const sender = clients[77] as (typeof clients)[0];
    const bytes = Buffer.concat([request(EMIT_PEER, 'x', 1), request(EMIT, 'y')]);
    sender.connection.onBytes(bytes, bytes.length);
    const some = clients[0] as (typeof clients)[0];
    expect(some.sink.last.includes('event\xa1y', 0, 'latin1')).toBe(true);
    for (const { sink } of clients) {
      expect(sink.sent).toBe(2);
      if (sink !== sender.sink) expect(sink.last.length).toBe(some.sink.last.length);
    }
    const single = request(EMIT, 'z');
    sender.connection.onBytes(single, single.length);
    const shared = clients.filter(({ sink }) => sink.last === some.sink.last);
    expect(shared.length).toBe(9_999);
    expect(hub.rooms.size).toBe(1);
    for (const { connection } of clients) connection.onClose();
    expect(hub.rooms.size).toBe(0);
    expect(hub.connections.size).toBe(0);
  });
});
