/** A client of a server: logs in and asks, over TCP. Several requests may be in flight. */
import { connect as connectSocket, type Socket } from 'node:net';
import { TiError } from '../errors.ts';
import { MsgpackError, MsgpackReader, Tok } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { makePackage, PackageParser, PackageType } from '../server/framing.ts';
import { codeFrom2019 } from '../wire/errors-2019.ts';

/** A server that cannot be reached, or that does not speak as it should. */
export class ConnectionError extends Error {}

export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  /** How long connecting may take, in ms. */
  readonly connectTimeout?: number;
  /** Is told what the server pushes as a warning, such as `log(...)` in a script: a byte string. */
  readonly onWarning?: (message: string) => void;
  /** Is told of every other push: its type and its payload, which is no longer valid when this returns. */
  readonly onPush?: (type: number, payload: Buffer) => void;
}

interface Pending {
  /** The payload of the answer; no longer valid when this returns. */
  readonly resolve: (payload: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

const IDS = 0x10000;
/** In the protocol of 2019 the type of a package tells the error. */
const FIRST_ERROR_2019 = 96;
const LAST_ERROR_2019 = 127;

export class Client {
  private readonly socket: Socket;
  private readonly pending = new Map<number, Pending>();
  private readonly parser = new PackageParser({
    onPackage: (type, id, bytes, start, end) => {
      this.onPackage(type, id, bytes.subarray(start, end));
      return true;
    },
  });
  private readonly onWarning: (message: string) => void;
  private readonly onPush: (type: number, payload: Buffer) => void;
  /** Resolves with the reason when the connection has ended. */
  readonly closed: Promise<ConnectionError>;
  private tellClosed = (_failure: ConnectionError): void => {};
  private lastId = 0;
  private failure: ConnectionError | null = null;

  private constructor(socket: Socket, options: ClientOptions) {
    this.socket = socket;
    this.onWarning = options.onWarning ?? ((): void => {});
    this.onPush = options.onPush ?? ((): void => {});
    this.closed = new Promise((resolve) => {
      this.tellClosed = resolve;
    });
    socket.on('data', (chunk: Buffer) => {
      if (this.parser.feed(chunk) === 'broken') this.fail('the server sent something that is no package');
    });
    socket.on('error', (error) => this.fail(`the connection failed: ${error.message}`));
    socket.on('close', () => this.fail('the server closed the connection'));
  }

  /** Connects. Rejects with ConnectionError. */
  static open(options: ClientOptions): Promise<Client> {
    const { host, port, connectTimeout = 10_000 } = options;
    const socket = connectSocket({ host, port, noDelay: true, timeout: connectTimeout });
    return new Promise((resolve, reject) => {
      const refuse = (why: string): void => {
        socket.destroy();
        reject(new ConnectionError(`cannot connect to ${host}:${port}: ${why}`));
      };
      socket.once('error', (error: NodeJS.ErrnoException) => refuse(connectReason(error)));
      socket.once('timeout', () => refuse(`no answer within ${connectTimeout / 1000} seconds`));
      socket.once('connect', () => {
        socket.removeAllListeners();
        socket.setTimeout(0);
        resolve(new Client(socket, options));
      });
    });
  }

  /** Logs in with a name and a password, both byte strings. Rejects with TiError (-56) and ConnectionError. */
  async login(user: string, password: string): Promise<void> {
    await this.request(PackageType.AUTH, (w) => {
      w.arrayHeader(2);
      w.str(user);
      w.str(password);
    });
  }

  /** Logs in with a token. Rejects as `login`. */
  async loginWithToken(token: string): Promise<void> {
    await this.request(PackageType.AUTH, (w) => w.str(token));
  }

  /**
   * Runs a query: byte strings, and a packed map of variables. Gives the packed answer. Rejects with TiError for what the server answers as an error,
   * ConnectionError when no answer comes.
   */
  query(scope: string, code: string, vars: Uint8Array | null = null): Promise<Buffer> {
    return this.request(PackageType.QUERY, (w) => {
      w.arrayHeader(vars === null ? 2 : 3);
      w.str(scope);
      w.str(code);
      if (vars !== null) w.copy(vars);
    });
  }

  /**
   * Runs a query in the 2019 dialect: a collection by name or id, or 0 for the root, the code and the blobs, all byte strings. Gives the packed array of
   * results. Rejects as `query`.
   */
  query2019(target: string | number, code: string, blobs: readonly string[]): Promise<Buffer> {
    return this.request(PackageType.QUERY, (w) => {
      w.mapHeader(3);
      w.str('query');
      w.str(code);
      w.str('target');
      if (typeof target === 'number') w.int(target);
      else w.str(target);
      w.str('blobs');
      w.arrayHeader(blobs.length);
      for (const blob of blobs) w.bin(blob);
    });
  }

  /** Joins rooms, by id or name (a byte string); gives the packed list of their ids, nil for each that is not there. Rejects as `query`. */
  join(scope: string, rooms: readonly (number | string)[]): Promise<Buffer> {
    return this.request(PackageType.JOIN, (w) => {
      w.arrayHeader(1 + rooms.length);
      w.str(scope);
      for (const room of rooms) {
        if (typeof room === 'number') w.int(room);
        else w.str(room);
      }
    });
  }

  close(): void {
    this.fail('the connection was closed');
  }

  private request(type: number, write: (w: MsgpackWriter) => void): Promise<Buffer> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const w = new MsgpackWriter(256);
    write(w);
    return new Promise((resolve, reject) => {
      const id = this.freeId();
      this.pending.set(id, { resolve: (payload) => resolve(Buffer.from(payload)), reject });
      this.socket.write(makePackage(type, id, w.bytes()));
    });
  }

  private freeId(): number {
    if (this.pending.size >= IDS) throw new ConnectionError(`${IDS} requests are waiting for an answer already`);
    do this.lastId = (this.lastId + 1) % IDS;
    while (this.pending.has(this.lastId));
    return this.lastId;
  }

  private onPackage(type: number, id: number, payload: Buffer): void {
    if (type === PackageType.WARN) this.onWarning(textUnder('warn_msg', payload));
    else if (type < PackageType.PONG) this.onPush(type, payload);
    if (type < PackageType.PONG) return;
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    this.pending.delete(id);
    if (type === PackageType.ERROR) pending.reject(errorOf(payload));
    else if (type >= FIRST_ERROR_2019 && type <= LAST_ERROR_2019) pending.reject(errorOf(payload, codeFrom2019(type)));
    else pending.resolve(payload);
  }

  private fail(why: string): void {
    if (this.failure !== null) return;
    this.failure = new ConnectionError(why);
    this.tellClosed(this.failure);
    this.socket.destroy();
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }
}

function connectReason(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'nothing listens there';
  if (error.code === 'ENOTFOUND') return 'there is no host of that name';
  return error.code ?? error.message;
}

/** The members of a packed map whose keys are strings; empty when the bytes are something else. */
function members(payload: Buffer): Map<string, number | string> {
  const found = new Map<string, number | string>();
  const reader = new MsgpackReader(payload);
  try {
    if (reader.next() !== Tok.MAP) return found;
    for (let left = reader.number; left > 0; left--) {
      if (reader.next() !== Tok.STR) break;
      const key = reader.text();
      const kind = reader.next();
      if (kind === Tok.STR) found.set(key, reader.text());
      else if (kind === Tok.INT) found.set(key, reader.number);
      else break;
    }
  } catch (error) {
    if (!(error instanceof MsgpackError)) throw error;
  }
  return found;
}

const textUnder = (key: string, payload: Buffer): string => String(members(payload).get(key) ?? '');

function errorOf(payload: Buffer, told?: number): Error | TiError {
  const parts = members(payload);
  const code = told ?? parts.get('error_code');
  const message = parts.get('error_msg');
  if (typeof code !== 'number' || typeof message !== 'string') return new ConnectionError('the server sent an error that cannot be read');
  return new TiError(code, message);
}
