/** A client that speaks in packages and bytes, and a server with a fake engine to speak to. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Packr, unpack } from 'msgpackr';
import type { Engine } from '../../src/engine/api.ts';
import type { NodeFacts } from '../../src/engine/node-info.ts';
import { defaultConfig } from '../../src/server/config.ts';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import type { PlaygroundFiles } from '../../src/server/http/playground.ts';
import { createLog } from '../../src/server/log.ts';
import type { Metric } from '../../src/server/metrics.ts';
import { type RunningServer, type ServeConfig, startServer } from '../../src/server/serve.ts';
import type { EncodeHooks } from '../../src/wire/encode.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });

/** MessagePack of plain values. */
export const pack = (value: unknown): Buffer => Buffer.from(packr.pack(value));

export interface Package {
  readonly type: number;
  readonly id: number;
  readonly payload: Buffer;
}

/** The payload as plain values; undefined for none. */
export const payloadValue = ({ payload }: Package): unknown => (payload.length === 0 ? undefined : unpack(payload));

export class RawClient {
  readonly socket: Socket;
  /** All that came, in order. */
  readonly packages: Package[] = [];
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
  private rest: Buffer = Buffer.alloc(0);
  private taken = 0;
  private wake = (): void => {};
  private isClosed = false;
  private nextId = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      const over = (): void => {
        this.isClosed = true;
        this.wake();
        resolve();
      };
      socket.on('end', over);
      socket.on('close', over);
    });
  }

  static async connect(target: number | string): Promise<RawClient> {
    const socket = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target);
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Connects and logs in. */
  static async login(target: number | string, user = 'admin', password = 'pass'): Promise<RawClient> {
    const client = await RawClient.connect(target);
    const answer = await client.request(PackageType.AUTH, [user, password]);
    if (answer.type !== PackageType.OK) throw new Error(`log-in refused: ${JSON.stringify(payloadValue(answer))}`);
    return client;
  }

  private receive(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= 8) {
      const size = this.rest.readUInt32LE(0) + 8;
      if (this.rest.length < size) break;
      this.packages.push({ type: this.rest[6] as number, id: this.rest.readUInt16LE(4), payload: this.rest.subarray(8, size) });
      this.rest = this.rest.subarray(size);
    }
    this.wake();
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next package that came and was not asked for yet. Rejects when the connection ends before. */
  async next(): Promise<Package> {
    while (this.packages.length <= this.taken) {
      if (this.isClosed) throw new Error('the connection is closed');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.taken += 1;
    return this.packages[this.taken - 1] as Package;
  }

  async take(count: number): Promise<Package[]> {
    const taken: Package[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** Sends a package and gives the next one that comes. */
  request(type: number, value: unknown): Promise<Package> {
    this.nextId += 1;
    this.send(makePackage(type, this.nextId, pack(value)));
    return this.next();
  }

  query(code: string, vars?: unknown): Promise<Package> {
    return this.request(PackageType.QUERY, vars === undefined ? ['//stuff', code] : ['//stuff', code, vars]);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** A QUERY package. */
export const query = (code: string, id = 1): Buffer => makePackage(PackageType.QUERY, id, pack(['//stuff', code]));

export interface TestServer extends RunningServer {
  readonly lines: string[];
}

interface TestOptions {
  readonly config?: Partial<ServeConfig>;
  readonly hooks?: EncodeHooks;
  readonly shutdownPause?: number;
  readonly metrics?: readonly Metric[];
  readonly node?: { facts: NodeFacts };
  readonly version?: string;
  readonly onFailure?: (listener: (reason: string) => void) => void;
  readonly playground?: PlaygroundFiles;
}

/** A server on a port that the system chooses; `lines` collects its log, from level info on. */
export async function testServer(engine: Engine, { config, ...options }: TestOptions = {}): Promise<TestServer> {
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    colorized: false,
    write: (line) => lines.push(line.slice('[I 2026-11-22 18:02:00] '.length, -1)),
  });
  const settings = { ...defaultConfig(), listen_client_port: 0, listen_node_port: null, ...config };
  const server = await startServer(engine, settings, { log, shutdownPause: 0, ...options });
  return Object.defineProperty(server, 'lines', { value: lines }) as TestServer;
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
