/** What a program in a browser does: WebSocket as browsers have it, and thingsdb.js when it is there. */
import { createRequire } from 'node:module';
import { Packr, unpack } from 'msgpackr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../server/http/http-client.ts';
import { ServerProcess } from './server-process.ts';

/** What the tests use of a client. */
interface Client {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  auth(user: string, password: string): Promise<unknown>;
  authToken(token: string): Promise<unknown>;
  ping(): Promise<unknown>;
  query(scope: string, code: string, vars?: object): Promise<unknown>;
  run(scope: string, procedure: string, args?: unknown[]): Promise<unknown>;
  join(scope: string, ...ids: number[]): Promise<unknown>;
  leave(scope: string, ...ids: number[]): Promise<unknown>;
  emit(scope: string, id: number, event: string, args?: unknown[]): Promise<unknown>;
  emitPeers(scope: string, id: number, event: string, args?: unknown[]): Promise<unknown>;
  addEventListener(listener: (type: number, message: unknown) => void): void;
}

const packr = new Packr({ useRecords: false, variableMapSize: true });

/** A client of a few lines over the interface of browsers. */
class BrowserClient implements Client {
  private readonly socket: WebSocket;
  private readonly opened: Promise<unknown>;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  private readonly listeners: ((type: number, message: unknown) => void)[] = [];
  private lastId = 0;

  constructor(address: string) {
    this.socket = new WebSocket(address, 'thingsdb-protocol');
    this.socket.binaryType = 'arraybuffer';
    this.opened = new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onerror = reject;
    });
    this.socket.onmessage = ({ data }: MessageEvent) => this.receive(new DataView(data as ArrayBuffer));
  }

  private receive(view: DataView): void {
    const [size, id, type] = [view.getUint32(0, true), view.getUint16(4, true), view.getUint8(6)];
    const payload = new Uint8Array(view.buffer, 8, size);
    const message = size === 0 ? null : (unpack(payload) as unknown);
    const waiting = type < 16 ? undefined : this.waiting.get(id);
    if (waiting === undefined) for (const listener of this.listeners) listener(type, message);
    else if (type === 19) waiting.reject(message);
    else waiting.resolve(message);
  }

  private request(type: number, value?: unknown): Promise<unknown> {
    const payload = value === undefined ? new Uint8Array(0) : packr.pack(value);
    const bytes = new Uint8Array(8 + payload.length);
    const view = new DataView(bytes.buffer);
    this.lastId += 1;
    view.setUint32(0, payload.length, true);
    view.setUint16(4, this.lastId, true);
    view.setUint8(6, type);
    view.setUint8(7, 255 - type);
    bytes.set(payload, 8);
    this.socket.send(bytes);
    return new Promise((resolve, reject) => this.waiting.set(this.lastId, { resolve, reject }));
  }

  async connect(): Promise<void> {
    await this.opened;
  }

  disconnect(): Promise<void> {
    return new Promise((resolve) => {
      this.socket.onclose = () => resolve();
      this.socket.close();
    });
  }

  auth = (user: string, password: string) => this.request(33, [user, password]);
  authToken = (token: string) => this.request(33, token);
  ping = () => this.request(32);
  query = (scope: string, code: string, vars?: object) => this.request(34, [scope, code, vars ?? null]);
  run = (scope: string, procedure: string, args?: unknown[]) => this.request(37, [scope, procedure, args ?? null]);
  join = (scope: string, ...ids: number[]) => this.request(38, [scope, ...ids]);
  leave = (scope: string, ...ids: number[]) => this.request(39, [scope, ...ids]);
  emit = (scope: string, id: number, event: string, args: unknown[] = []) => this.request(40, [scope, id, event, ...args]);
  emitPeers = (scope: string, id: number, event: string, args: unknown[] = []) => this.request(41, [scope, id, event, ...args]);

  addEventListener(listener: (type: number, message: unknown) => void): void {
    this.listeners.push(listener);
  }
}

type ClientClass = new (address: string) => Client;

/** thingsdb.js, as a package or the built file that THINGSDB_JS names; null when there is none. */
function findThingsdbJs(): ClientClass | null {
  const require = createRequire(import.meta.url);
  try {
    const found = require(process.env.THINGSDB_JS ?? 'thingsdb.js') as { default?: ClientClass } | ClientClass;
    return typeof found === 'function' ? found : (found.default ?? null);
  } catch {
    return null;
  }
}

const thingsdbJs = findThingsdbJs();

let server: ServerProcess;
let address = '';
beforeAll(async () => {
  const port = await freePort();
  address = `ws://127.0.0.1:${port}`;
  server = new ServerProcess(['--init'], undefined, [`ws_port = ${port}`]);
  await server.wait(/start listening for WebSocket/);
});
afterAll(() => server.remove());

const clients: [string, ClientClass | null, string][] = [
  ['a client on the WebSocket of browsers', BrowserClient, ''],
  ['thingsdb.js', thingsdbJs, thingsdbJs === null ? ' (skipped: the package is not there, and THINGSDB_JS names none)' : ''],
];

describe.each(clients)('%s', (_name, Client, skipped) => {
  it.skipIf(Client === null)(`does all that it offers${skipped}`, async () => {
    if (Client === null) return;
    const [client, other] = [new Client(address), new Client(address)];
    await client.connect();
    await other.connect();
    await client.ping();
    await expect(client.query('//stuff', '1')).rejects.toMatchObject({ error_code: -56 });
    await expect(client.auth('admin', 'wrong')).rejects.toMatchObject({ error_code: -56 });
    await client.auth('admin', 'pass');
    await other.authToken((await client.query('@t', "new_token('admin');")) as string);
    expect(await client.query('//stuff', '1 + 1')).toBe(2);
    expect(await client.query('//stuff', 'a + b', { a: 40, b: 2 })).toBe(42);
    const value = { list: [1, [2, 3.5]], none: null, text: 'caf\u00e9', map: { a: true } };
    expect(await client.query('//stuff', 'return x, 3;', { x: value })).toEqual(value);
    await expect(client.query('//stuff', 'nothing')).rejects.toMatchObject({ error_code: -54 });
    await client.query('//stuff', "new_procedure('add', |a, b| a + b); nil;");
    expect(await client.run('//stuff', 'add', [40, 2])).toBe(42);
    await client.query('//stuff', "del_procedure('add');");
    const told: [number, unknown][] = [];
    other.addEventListener((type, message) => told.push([type, message]));
    const id = (await client.query('//stuff', '.room = room(); .room.id();')) as number;
    const where = { scope: '@collection:stuff', id };
    expect(await other.join('//stuff', id, 9999)).toEqual([id, null]);
    expect(await client.join('//stuff', id)).toEqual([id]);
    await client.emit('//stuff', id, 'say', ['hi', 1]);
    await other.emitPeers('//stuff', id, 'not to myself');
    await client.query('//stuff', ".room.emit('query');");
    expect(await other.leave('//stuff', id)).toEqual([id]);
    expect(told).toEqual([
      [6, where],
      [8, { ...where, event: 'say', args: ['hi', 1] }],
      [8, { ...where, event: 'query', args: [] }],
      [7, where],
    ]);
    await client.query('//stuff', ".del('room'); nil;");
    await client.disconnect();
    await other.disconnect();
  });
});
