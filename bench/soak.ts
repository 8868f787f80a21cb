/**
 * Many clients with mixed work for some time: reads, durable writes, procedures, log-ins, events, warnings and errors, over TCP and WebSocket.
 * As a script: `node bench/soak.ts [clients] [seconds]`, 1,000 and 60 when left out. Prints times of answers and the memory of the server as it goes;
 * ends with code 1 when an answer is not what it must be.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { MsgpackReader } from '../src/msgpack/reader.ts';
import { MsgpackWriter } from '../src/msgpack/writer.ts';
import { makePackage, PackageParser, PackageType } from '../src/server/framing.ts';

const CLIENTS = Number(process.argv[2] ?? 1000);
const SECONDS = Number(process.argv[3] ?? 60);
const ROOMS = 50;
/** How long a client thinks between two requests, in ms, on average. */
const PAUSE = 100;
const { AUTH, QUERY, RUN, JOIN, EMIT, PING, ERROR, PONG } = PackageType;

type Member = string | number | Readonly<Record<string, number>>;

function payloadOf(members: readonly Member[]): Buffer {
  const w = new MsgpackWriter(64);
  w.arrayHeader(members.length);
  for (const member of members) {
    if (typeof member === 'string') w.str(member);
    else if (typeof member === 'number') w.int(member);
    else {
      const entries = Object.entries(member);
      w.mapHeader(entries.length);
      for (const [key, value] of entries) {
        w.str(key);
        w.int(value);
      }
    }
  }
  return w.take();
}

interface Work {
  readonly name: string;
  readonly share: number;
  readonly type: number;
  readonly isError?: boolean;
  members(client: number): readonly Member[];
}

const anyInt = (end: number): number => Math.floor(Math.random() * end);

const WORK: readonly Work[] = [
  { name: 'read', share: 40, type: QUERY, members: () => ['//soak', 'items = .items; items[n % items.len()];', { n: anyInt(1e6) }] },
  { name: 'compute', share: 10, type: QUERY, members: () => ['//soak', 'range(100).map(|x| x * n).len();', { n: anyInt(100) }] },
  {
    name: 'write',
    share: 20,
    type: QUERY,
    members: (client) => ['//soak', '.counts[n].set(`hits`, m); nil;', { n: client % 100, m: anyInt(1e6) }],
  },
  { name: 'procedure', share: 10, type: RUN, members: (client) => ['//soak', 'visit', { a: client, b: anyInt(1e6) }] },
  { name: 'event', share: 4, type: EMIT, members: (client) => ['//soak', `room${client % ROOMS}`, 'tick', client] },
  { name: 'warning', share: 3, type: QUERY, members: () => ['//soak', "log('soak'); 1;"] },
  { name: 'error', share: 5, type: QUERY, isError: true, members: () => ['//soak', 'raise(`no`);'] },
  { name: 'log-in', share: 3, type: AUTH, members: () => ['admin', 'pass'] },
  { name: 'ping', share: 5, type: PING, members: () => [] },
];
const DECK = WORK.flatMap((work) => Array.from({ length: work.share }, () => work));

const times: number[] = [];
const counts = new Map<string, number>();
let pushes = 0;
const faults: string[] = [];

interface Line {
  send(bytes: Buffer): void;
  close(): void;
}

/** A client that asks, waits for the answer, thinks, and asks again. */
class Soaker {
  private readonly number: number;
  private line: Line | null = null;
  private work: Work | null = null;
  private sentAt = 0;
  private isOver = false;
  private onReady = (): void => {};
  private readonly parser = new PackageParser({
    onPackage: (type, _id, bytes, start, end) => {
      this.onPackage(type, bytes.subarray(start, end));
      return true;
    },
  });

  constructor(number: number) {
    this.number = number;
  }

  async open(tcp: number, ws: number): Promise<void> {
    this.line = this.number % 5 === 4 ? await this.openWebSocket(ws) : await this.openSocket(tcp);
    await this.ask(AUTH, ['admin', 'pass']);
    await this.ask(JOIN, ['//soak', `room${this.number % ROOMS}`]);
  }

  private async openSocket(port: number): Promise<Line> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk: Buffer) => this.parser.feed(chunk));
    await once(socket, 'connect');
    socket.on('close', () => this.ended());
    return { send: (bytes) => socket.write(bytes), close: () => socket.destroy() };
  }

  private async openWebSocket(port: number): Promise<Line> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    socket.on('message', (chunk: Buffer) => this.parser.feed(chunk));
    await once(socket, 'open');
    socket.on('close', () => this.ended());
    return { send: (bytes) => socket.send(bytes), close: () => socket.terminate() };
  }

  private ask(type: number, members: readonly Member[]): Promise<void> {
    this.line?.send(makePackage(type, 1, payloadOf(members)));
    return new Promise((resolve) => {
      this.onReady = resolve;
    });
  }

  /** Asks for the first time at a moment of its own. */
  start(): void {
    setTimeout(() => this.next(), Math.random() * 2 * PAUSE);
  }

  private next(): void {
    if (this.isOver) return;
    const work = DECK[anyInt(DECK.length)] as Work;
    this.work = work;
    this.sentAt = performance.now();
    this.line?.send(makePackage(work.type, 2, payloadOf(work.members(this.number))));
  }

  private onPackage(type: number, payload: Buffer): void {
    if (type < PONG) {
      pushes += 1;
      return;
    }
    if (this.work === null) {
      if (type === ERROR) faults.push(`at the start: ${errorText(payload)}`);
      this.onReady();
      return;
    }
    const { name, isError = false } = this.work;
    times.push(performance.now() - this.sentAt);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if ((type === ERROR) !== isError) faults.push(`${name}: ${type === ERROR ? errorText(payload) : 'no error'}`);
    setTimeout(() => this.next(), Math.random() * 2 * PAUSE);
  }

  private ended(): void {
    if (!this.isOver) faults.push(`client ${this.number} was closed`);
  }

  close(): void {
    this.isOver = true;
    this.line?.close();
  }
}

function errorText(payload: Buffer): string {
  const reader = new MsgpackReader(payload);
  for (let i = 0; i < 5; i++) reader.next();
  return reader.text();
}

const SEED = `
.items = range(1000).map(|i| {id: i, name: 'item', tags: ['a', 'b']});
.counts = range(100).map(|| {hits: 0});
.rooms = range(${ROOMS}).map(|i| room());
.rooms.each(|r, i| r.set_name('room' + str(i)));
new_procedure('visit', |a, b| {
  .counts[a % 100].set('last', b);
  .counts[a % 100].hits;
});`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function startServer(folder: string, ports: { readonly tcp: number; readonly ws: number }): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('../bin/thingsdb', import.meta.url));
  const env = {
    ...process.env,
    THINGSDB_LISTEN_CLIENT_PORT: String(ports.tcp),
    THINGSDB_LISTEN_NODE_PORT: String(await freePort()),
    THINGSDB_WS_PORT: String(ports.ws),
    THINGSDB_BIND_WS_ADDR: '127.0.0.1',
    THINGSDB_STORAGE_PATH: join(folder, 'data'),
    THINGSDB_MODULES_PATH: join(folder, 'modules'),
  };
  const child = spawn(process.execPath, [program, '--init', '-l', 'info'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += String(chunk);
    if (output.includes('WebSocket connections')) break;
  }
  child.stdout.resume();
  return child;
}

/** In megabytes; NaN where the system does not tell. */
function memoryOf({ pid }: ChildProcess): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

function percentile(sorted: readonly number[], share: number): string {
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1)} ms`;
}

const folder = mkdtempSync(join(tmpdir(), 'thingsdb-soak-'));
const ports = { tcp: await freePort(), ws: await freePort() };
const server = await startServer(folder, ports);
const first = new Soaker(0);
try {
  await prepare();
  const clients: Soaker[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    const client = new Soaker(i);
    await client.open(ports.tcp, ports.ws);
    clients.push(client);
  }
  for (const client of clients) client.start();
  console.log(`${CLIENTS} clients`);
  for (let second = 0; second < SECONDS; second += 5) {
    await pause(Math.min(5, SECONDS - second) * 1000);
    console.log(`${String(second + 5).padStart(4)} s  ${String(times.length).padStart(8)} answers  ${memoryOf(server).toFixed(0)} MB`);
  }
  for (const client of clients) client.close();
  report();
} finally {
  server.kill('SIGTERM');
  await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
}
first.close();
if (faults.length > 0 || server.exitCode !== 0) process.exitCode = 1;

async function prepare(): Promise<void> {
  const socket = connect(ports.tcp, '127.0.0.1');
  const request = (type: number, ...members: Member[]): void => {
    socket.write(makePackage(type, 1, payloadOf(members)));
  };
  request(AUTH, 'admin', 'pass');
  request(QUERY, '@t', "new_collection('soak');");
  request(QUERY, '//soak', SEED);
  let answers = 0;
  const parser = new PackageParser({
    onPackage: (type, _id, bytes, start, end) => {
      answers += 1;
      if (type === ERROR) throw new Error(errorText(bytes.subarray(start, end)));
      return true;
    },
  });
  for await (const chunk of socket) {
    parser.feed(chunk as Buffer);
    if (answers === 3) break;
  }
}

function report(): void {
  times.sort((a, b) => a - b);
  console.log(`\n${times.length} answers, ${pushes} pushes, ${faults.length} faults`);
  console.log(
    `half within ${percentile(times, 0.5)}, 99 % within ${percentile(times, 0.99)}, 99.9 % within ${percentile(times, 0.999)}, all within ${percentile(times, 1)}`,
  );
  console.log([...counts].map(([name, count]) => `${name} ${count}`).join(', '));
  for (const fault of faults.slice(0, 10)) console.log(fault);
}
