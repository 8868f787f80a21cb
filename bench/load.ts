/** Load on a server: connections that each keep some requests in flight. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { MsgpackWriter } from '../src/msgpack/writer.ts';
import { makePackage, PackageParser, PackageType } from '../src/server/framing.ts';

function request(type: number, ...strings: string[]): Buffer {
  const w = new MsgpackWriter();
  w.arrayHeader(strings.length);
  for (const text of strings) w.str(text);
  return makePackage(type, 1, w.bytes());
}

/** A connection that sends `depth` requests at once, and the next ones when all are answered. */
class Connection {
  answers = 0;
  errors = 0;
  private readonly socket: Socket;
  private readonly batches: readonly Buffer[];
  private readonly depth: number;
  private pending = 0;
  private turn: number;
  private isOver = false;
  private readonly parser = new PackageParser({
    onPackage: (type) => {
      if (type >= PackageType.PONG) this.onAnswer(type);
      return true;
    },
  });

  private constructor(socket: Socket, batches: readonly Buffer[], depth: number, turn: number) {
    this.socket = socket;
    this.batches = batches;
    this.depth = depth;
    this.turn = turn;
    socket.on('data', (chunk: Buffer) => this.parser.feed(chunk));
  }

  static async open(port: number, batches: readonly Buffer[], depth: number, turn: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const connection = new Connection(socket, batches, depth, turn);
    connection.pending = 1;
    socket.write(request(PackageType.AUTH, 'admin', 'pass'));
    return connection;
  }

  private onAnswer(type: number): void {
    if (type === PackageType.ERROR) this.errors++;
    this.answers++;
    this.pending--;
    if (this.pending > 0 || this.isOver) return;
    this.pending = this.depth;
    this.socket.write(this.batches[this.turn++ % this.batches.length] as Buffer);
  }

  end(): void {
    this.isOver = true;
    this.socket.destroy();
  }
}

export interface LoadOptions {
  readonly port: number;
  readonly scope: string;
  readonly codes: readonly string[];
  readonly connections: number;
  readonly depth: number;
  readonly seconds: number;
}

const WARM_UP_MS = 500;

/** Answers a second. Rejects when the server answers with errors. */
export async function measureLoad(options: LoadOptions): Promise<number> {
  const { port, scope, codes, connections: count, depth, seconds } = options;
  const requests = codes.map((code) => request(PackageType.QUERY, scope, code));
  const batches = requests.map((_, i) =>
    Buffer.concat(Array.from({ length: depth }, (_unused, k) => requests[(i + k) % requests.length] as Buffer)),
  );
  const opening = Array.from({ length: count }, (_, i) => Connection.open(port, batches, depth, i * 101));
  const connections = await Promise.all(opening);
  const answers = (): number => connections.reduce((sum, connection) => sum + connection.answers, 0);
  await pause(WARM_UP_MS);
  const before = answers();
  const start = performance.now();
  await pause(seconds * 1000);
  const rate = ((answers() - before) * 1000) / (performance.now() - start);
  for (const connection of connections) connection.end();
  const errors = connections.reduce((sum, connection) => sum + connection.errors, 0);
  if (errors > 0) throw new Error(`${errors} answers were errors`);
  return rate;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
