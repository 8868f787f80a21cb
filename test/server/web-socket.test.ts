import { readFileSync } from 'node:fs';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { type Package, pack, payloadValue, RawClient, type TestServer, testServer, until } from './client.ts';
import { FakeEngine } from './fake-engine.ts';
import { exchange, freePort } from './http/http-client.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const CERT = fixture('cert.pem');
const KEY = fixture('key.pem');
const ca = readFileSync(CERT);

/** A client that speaks in packages, one a message. */
class WsClient {
  readonly socket: WebSocket;
  readonly packages: Package[] = [];
  /** The code with which the connection ended. */
  readonly closed: Promise<number>;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      expect(data.readUInt32LE(0) + 8).toBe(data.length);
      this.packages.push({ type: data[6] as number, id: data.readUInt16LE(4), payload: data.subarray(8) });
    });
    this.closed = new Promise((resolve) => socket.on('close', resolve));
  }

  static async connect(address: string, protocols: string[] = [], options = {}): Promise<WsClient> {
    const socket = new WebSocket(address, protocols, options);
    const client = new WsClient(socket);
    await new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    socket.on('error', () => {});
    return client;
  }

  static async login(address: string, options = {}): Promise<WsClient> {
    const client = await WsClient.connect(address, [], options);
    expect((await client.request(PackageType.AUTH, ['admin', 'pass'])).type).toBe(PackageType.OK);
    return client;
  }

  async take(count: number): Promise<Package[]> {
    await until(() => this.packages.length >= count);
    return this.packages.splice(0, count);
  }

  async request(type: number, value: unknown, id = 1): Promise<Package> {
    this.socket.send(makePackage(type, id, pack(value)));
    return (await this.take(1))[0] as Package;
  }

  query(code: string, vars?: unknown): Promise<Package> {
    return this.request(PackageType.QUERY, vars === undefined ? ['//stuff', code] : ['//stuff', code, vars]);
  }
}

let engine: LocalEngine;
let server: TestServer;
let port = 0;
let address = '';

beforeAll(async () => {
  engine = (await openEngine({ dir: null })).engine;
  port = await freePort();
  address = `ws://127.0.0.1:${port}/any/path`;
  server = await testServer(engine, { config: { ws_port: port }, hooks: engine.hooks });
});
afterAll(async () => {
  await server.stop();
  await engine.close();
});

const ping = (id = 9): Buffer => makePackage(PackageType.PING, id, Buffer.alloc(0));

describe('WebSocket', () => {
  it('speaks the same protocol, a package a message', async () => {
    const client = await WsClient.login(address);
    expect(payloadValue(await client.query('x * 2', { x: 21 }))).toBe(42);
    expect((await client.query('nope')).type).toBe(PackageType.ERROR);
    expect(payloadValue(await client.query("'x' * 0 + 'caf\u00e9'".slice(10)))).toBe('caf\u00e9');
    client.socket.send(ping(65535));
    expect(await client.take(1)).toMatchObject([{ type: PackageType.PONG, id: 65535 }]);
    client.socket.close();
  });

  it('has pushes and answers in their order, each a message', async () => {
    const client = await WsClient.login(address);
    const id = payloadValue(await client.query('.ws = room(); .ws.id();')) as number;
    await client.request(PackageType.JOIN, ['//stuff', id]);
    client.socket.send(makePackage(PackageType.EMIT, 2, pack(['//stuff', id, 'x'])));
    client.socket.send(makePackage(PackageType.QUERY, 3, pack(['//stuff', "log('hi'); .ws.emit('y'); .del('ws'); 1;"])));
    const types = (await client.take(7)).map(({ type }) => type);
    const { ROOM_JOIN, ROOM_EMIT, ROOM_DELETE, WARN, OK, DATA } = PackageType;
    expect(types).toEqual([ROOM_JOIN, ROOM_EMIT, OK, WARN, ROOM_EMIT, ROOM_DELETE, DATA]);
    client.socket.close();
  });

  it('takes messages of megabytes in fragments, and sends them', async () => {
    const client = await WsClient.login(address);
    const text = 'x'.repeat(3 * 1024 * 1024);
    const message = makePackage(PackageType.QUERY, 5, pack(['//stuff', 'x', { x: text }]));
    for (let at = 0; at < message.length; ) {
      const end = at === 0 ? 3 : Math.min(message.length, at + 700_000);
      client.socket.send(message.subarray(at, end), { fin: end === message.length });
      at = end;
    }
    expect((payloadValue((await client.take(1))[0] as Package) as string).length).toBe(text.length);
    client.socket.close();
  });

  it('takes the subprotocol, alone or among others, and refuses clients with others only', async () => {
    for (const protocols of [['thingsdb-protocol'], ['chat', 'thingsdb-protocol']]) {
      const client = await WsClient.connect(address, protocols);
      expect(client.socket.protocol).toBe('thingsdb-protocol');
      client.socket.close();
    }
    const client = await WsClient.connect(address);
    expect(client.socket.protocol).toBe('');
    expect(client.socket.extensions).toBe('');
    client.socket.close();
    await expect(WsClient.connect(address, ['chat'])).rejects.toThrow();
  });

  it('counts the first package of a message only, in text too', async () => {
    const client = await WsClient.connect(address);
    client.socket.send(Buffer.concat([ping(1), ping(2)]));
    client.socket.send(Buffer.concat([ping(3), Buffer.from('rest')]));
    client.socket.send(makePackage(99, 4, Buffer.alloc(3)));
    client.socket.send(ping(5).toString('latin1').replace('\xdf', '\xdf'));
    expect((await client.take(2)).map(({ id }) => id)).toEqual([1, 3]);
    client.socket.terminate();
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half a header', ping().subarray(0, 5)],
    ['a wrong check', Buffer.from([0, 0, 0, 0, 1, 0, 32, 32])],
    ['a package that is cut off', makePackage(PackageType.QUERY, 1, pack(['//stuff', '1'])).subarray(0, -1)],
    ['a length beyond all', Buffer.from([1, 0, 0, 64, 1, 0, 32, 223])],
    ['text', 'hello there'],
  ])('ends a connection that sends %s, without a close frame', async (_name, message) => {
    const client = await WsClient.login(address);
    client.socket.send(message);
    expect(await client.closed).toBe(1006);
  });

  it('lets nobody who has not logged in send much', async () => {
    const client = await WsClient.connect(address);
    client.socket.send(Buffer.alloc(60_000), { fin: false });
    client.socket.send(Buffer.alloc(200_000), { fin: false });
    expect(await client.closed).toBe(1006);
  });

  it('tells a plain request what it wants', async () => {
    expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatchObject({ status: 426, body: 'UPGRADE REQUIRED\r\n' });
  });

  it('handles no further requests of one who does not read, and all of them later', async () => {
    const own = await freePort();
    const fake = new FakeEngine({ large: 'x'.repeat(1024 * 1024) });
    const one = await testServer(fake, { config: { ws_port: own } });
    const client = await WsClient.login(`ws://127.0.0.1:${own}`);
    client.socket.pause();
    for (let id = 0; id < 100; id++) client.socket.send(makePackage(PackageType.QUERY, id, pack(['//stuff', 'large'])));
    for (let last = -1; last !== fake.queries.length; ) {
      last = fake.queries.length;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(fake.queries.length).toBeGreaterThan(3);
    expect(fake.queries.length).toBeLessThan(40);
    client.socket.resume();
    expect((await client.take(100)).map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, id) => id));
    client.socket.close();
    await one.stop();
  });

  it('closes one who does not read events', async () => {
    const own = await freePort();
    const one = await testServer(engine, { config: { ws_port: own, max_push_backlog: 1024 * 1024 } });
    const client = await WsClient.login(`ws://127.0.0.1:${own}`);
    const id = payloadValue(await client.query('.flood = room(); .flood.id();')) as number;
    await client.request(PackageType.JOIN, ['//stuff', id]);
    client.socket.pause();
    const sender = await RawClient.login(one.port);
    const cut = (): boolean => one.lines.some((line) => line.includes('it does not read what it is sent'));
    for (let i = 0; i < 200 && !cut(); i++) await sender.request(PackageType.EMIT, ['//stuff', id, 'x', 'y'.repeat(256 * 1024)]);
    expect(cut()).toBe(true);
    await until(() => one.connections === 1);
    sender.close();
    client.socket.terminate();
    await one.stop();
  });

  it('ends rooms of those who leave', async () => {
    const client = await WsClient.login(address);
    const before = server.connections;
    client.socket.close();
    await client.closed;
    await until(() => server.connections === before - 1);
  });

  it('tells of the end', async () => {
    const own = await freePort();
    const one = await testServer(engine, { config: { ws_port: own }, shutdownPause: 50 });
    const client = await WsClient.login(`ws://127.0.0.1:${own}`);
    const stopped = one.stop();
    expect((await client.take(2)).map((each) => payloadValue(each))).toEqual([
      { id: 0, status: 'SHUTTING_DOWN' },
      { id: 0, status: 'OFFLINE' },
    ]);
    expect(await client.closed).toBe(1001);
    await stopped;
  });
});

describe('TLS', () => {
  it('secures WebSocket', async () => {
    const own = await freePort();
    const one = await testServer(engine, { config: { ws_port: own, ws_cert_file: CERT, ws_key_file: KEY } });
    expect(one.lines.at(-1)).toBe(`start listening for WebSocket (Secure: TLS/SSL) connections on TCP port ${own}`);
    const client = await WsClient.login(`wss://localhost:${own}`, { ca });
    expect(payloadValue(await client.query("'y' * 1;".slice(0, 3)))).toBe('y');
    client.socket.close();
    await expect(WsClient.connect(`ws://localhost:${own}`)).rejects.toThrow();
    await one.stop();
  });

  it('secures the port of clients', async () => {
    const one = await testServer(engine, { config: { tls_cert_file: CERT, tls_key_file: KEY } });
    const socket = connectTls({ port: one.port, host: 'localhost', ca });
    let got = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
    });
    const text = 'x'.repeat(300_000);
    socket.write(makePackage(PackageType.AUTH, 1, pack(['admin', 'pass'])));
    socket.write(makePackage(PackageType.QUERY, 2, pack(['//stuff', 'x', { x: text }])));
    socket.write(ping(3));
    await until(() => got.length === 8 + 8 + 5 + text.length + 8);
    expect(got[6]).toBe(PackageType.OK);
    socket.destroy();
    const plain = await RawClient.connect(one.port);
    plain.send(ping());
    await plain.closed;
    expect(plain.packages).toEqual([]);
    await one.stop();
  });

  it.each([
    [{ tls_cert_file: CERT }, /client connections .* TLS needs both/],
    [{ tls_cert_file: CERT, tls_key_file: CERT }, /client connections/],
    [{ tls_cert_file: '/nowhere', tls_key_file: KEY }, /\/nowhere/],
    [{ ws_port: 1, ws_key_file: KEY }, /WebSocket connections .* TLS needs both/],
  ])('opens no port with %j', async (config, reason) => {
    await expect(testServer(engine, { config })).rejects.toThrow(reason);
  });
});
