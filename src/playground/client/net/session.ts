/** A session of a user: log in, queries, rooms and watched things, and all of it anew when the connection comes back. */
import { MsgpackWriter } from '../../../msgpack/writer.ts';
import { PackageType } from '../../../server/framing.ts';
import type { Dialect } from '../messages.ts';
import { bytesOf, ConnectionLost, type Push, type Reply, ServerError, Socket } from './socket.ts';
import { fieldOf, listOf, stringOf, type Value } from './values.ts';
import { type Given, packBlobs, packGiven } from './variables.ts';

export type Credentials = { readonly user: string; readonly password: string } | { readonly token: string };

/** `lost`: logged in, but without a connection for now. */
export type SessionState = 'out' | 'in' | 'lost';

export interface SessionEvents {
  onState(state: SessionState, reason: string | null): void;
  onPush(push: Push): void;
  /** The node tells of its state, such as `SHUTTING_DOWN`. */
  onNodeStatus(status: string): void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
const AUTH_ERROR = -56;

const NOTHING: Given = { values: new Map(), files: new Map() };

const isDigits = (text: string): boolean => /^\d+$/.test(text);

/** A room by its id or name. */
function writeRoom(w: MsgpackWriter, room: string): void {
  if (isDigits(room)) w.int(Number(room));
  else w.str(bytesOf(room));
}

/** The target of a query in the 2019 dialect: 0 is the root. */
function writeTarget(w: MsgpackWriter, scope: string): void {
  if (scope.startsWith('@t') || scope.startsWith('/t')) w.int(0);
  else w.str(bytesOf(scope.replace(/^(?:\/\/|@:|@c[a-z]*:|\/c[a-z]*\/)/, '')));
}

export class Session {
  private readonly address: string;
  private readonly events: SessionEvents;
  private socket: Socket | null = null;
  private credentials: Credentials | null = null;
  private state: SessionState = 'out';
  private retry: ReturnType<typeof setTimeout> | undefined = undefined;
  private pause = FIRST_PAUSE;
  private isConnecting = false;

  constructor(address: string, events: SessionEvents) {
    this.address = address;
    this.events = events;
  }

  /** As it was given at the log-in; null when that was a token. */
  get userName(): string | null {
    return this.credentials === null || 'token' in this.credentials ? null : this.credentials.user;
  }

  /** Connects and logs in. Rejects with ServerError (-56 when refused) and ConnectionLost. */
  async logIn(credentials: Credentials): Promise<void> {
    this.socket = await this.connect(credentials);
    this.credentials = credentials;
    this.enter('in', null);
  }

  logOut(): void {
    clearTimeout(this.retry);
    this.credentials = null;
    const { socket } = this;
    this.socket = null;
    socket?.close();
    this.enter('out', null);
  }

  private enter(state: SessionState, reason: string | null): void {
    if (state === 'in') this.pause = FIRST_PAUSE;
    this.state = state;
    this.events.onState(state, reason);
  }

  /** A connection that is logged in. */
  private async connect(credentials: Credentials): Promise<Socket> {
    const socket = await Socket.open(
      this.address,
      (push) => this.pushed(push),
      () => {
        if (this.socket === socket) this.lost();
      },
    );
    try {
      await socket.request(PackageType.AUTH, (w) => {
        if ('token' in credentials) w.str(bytesOf(credentials.token));
        else {
          w.arrayHeader(2);
          w.str(bytesOf(credentials.user));
          w.str(bytesOf(credentials.password));
        }
      });
    } catch (error) {
      socket.close();
      throw error;
    }
    return socket;
  }

  private pushed(push: Push): void {
    if (push.type === PackageType.NODE_STATUS) this.events.onNodeStatus(stringOf(fieldOf(push.value, 'status')));
    else this.events.onPush(push);
  }

  private lost(): void {
    this.socket = null;
    if (this.credentials === null) return;
    if (this.state !== 'lost') this.enter('lost', 'The connection with the server ended.');
    this.retry = setTimeout(() => void this.reconnect(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  /** Tries at once what would be tried later. */
  async reconnect(): Promise<void> {
    clearTimeout(this.retry);
    const { credentials } = this;
    if (credentials === null || this.socket !== null || this.isConnecting) return;
    this.isConnecting = true;
    try {
      const socket = await this.connect(credentials);
      // The user may have left meanwhile.
      if (this.credentials !== credentials) socket.close();
      else {
        this.socket = socket;
        this.enter('in', null);
      }
    } catch (error) {
      this.failed(error);
    } finally {
      this.isConnecting = false;
    }
  }

  private failed(error: unknown): void {
    if (!(error instanceof ServerError) || error.code !== AUTH_ERROR) {
      this.lost();
      return;
    }
    this.credentials = null;
    this.enter('out', `The server does not let you in any more: ${error.message}`);
  }

  private request(type: number, write: (w: MsgpackWriter) => void): Promise<Reply> {
    return this.socket?.request(type, write) ?? Promise.reject(new ConnectionLost('There is no connection with the server.'));
  }

  /** Runs a query. Rejects with ServerError and ConnectionLost. */
  query(scope: string, code: string, dialect: Dialect = 'v1', given: Given = NOTHING): Promise<Reply> {
    if (dialect === '2019') return this.query2019(scope, code, given);
    return this.request(PackageType.QUERY, (w) => {
      const vars = new MsgpackWriter(64);
      const hasVars = packGiven(vars, given, code);
      w.arrayHeader(hasVars ? 3 : 2);
      w.str(bytesOf(scope));
      w.str(bytesOf(code));
      if (hasVars) w.copy(vars.bytes());
    });
  }

  /** The dialect has a result for each statement; that of a single one is the answer. */
  private async query2019(scope: string, code: string, given: Given): Promise<Reply> {
    const { value, size } = await this.request(PackageType.QUERY, (w) => {
      w.mapHeader(3);
      w.str('query');
      w.str(bytesOf(code));
      w.str('target');
      writeTarget(w, scope);
      w.str('blobs');
      packBlobs(w, given);
    });
    const results = listOf(value);
    return { value: results.length === 1 ? (results[0] as Value) : value, size };
  }

  /** Joins or leaves a room, by id or name. Gives its id; null when there is no such room. Rejects as `query`. */
  async room(what: 'join' | 'leave', scope: string, room: string): Promise<number | null> {
    const { value } = await this.request(what === 'join' ? PackageType.JOIN : PackageType.LEAVE, (w) => {
      w.arrayHeader(2);
      w.str(bytesOf(scope));
      writeRoom(w, room);
    });
    const [id] = Array.isArray(value) ? value : [];
    return typeof id === 'number' ? id : null;
  }

  /** Asks to be told of what becomes of a thing, or no longer. The server says nothing where it may not be told. Rejects with ConnectionLost. */
  async watch(what: 'watch' | 'unwatch', scope: string, thing: number): Promise<void> {
    await this.request(what === 'watch' ? PackageType.WATCH : PackageType.UNWATCH, (w) => {
      w.arrayHeader(2);
      w.str(bytesOf(scope));
      w.int(thing);
    });
  }
}
