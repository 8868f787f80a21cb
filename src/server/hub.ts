/** What all connections share. */
import type { Engine } from '../engine/api.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { MsgpackReader } from '../msgpack/reader.ts';
import type { EncodeHooks } from '../wire/encode.ts';
import type { Config } from './config.ts';
import type { Connection } from './connection.ts';
import { HoldQueue } from './hold.ts';
import type { Log } from './log.ts';
import { LoginGuard } from './login-guard.ts';
import { Outbox } from './outbox.ts';
import { statusPush } from './pushes.ts';
import { refusals } from './refusals.ts';
import { Rooms } from './rooms.ts';
import type { NodeStatus } from './status.ts';
import { TextMemo } from './text-memo.ts';
import { statusPush2019 } from './watching.ts';

/** So much of a query's text goes to the log, in bytes. */
const MAX_TOLD = 200;

/** The settings that bound what clients may do; see `Config`. */
export type Limits = Pick<
  Config,
  | 'result_size_limit'
  | 'max_connections'
  | 'login_timeout'
  | 'idle_timeout'
  | 'tcp_keepalive'
  | 'max_push_backlog'
  | 'login_failures'
  | 'login_delay'
  | 'query_duration_warn'
>;

export class Hub {
  readonly engine: Engine;
  readonly log: Log;
  readonly outbox: Outbox;
  readonly hold: HoldQueue;
  /** For the request at hand. */
  readonly reader = new MsgpackReader(Buffer.alloc(0));
  /** For scopes and code. */
  readonly texts = new TextMemo();
  readonly connections = new Set<Connection>();
  readonly rooms = new Rooms();
  readonly nodeId = 0;
  /** A clock that goes on about once a second, and only while a limit needs it. */
  seconds = 0;
  status: NodeStatus = 'SYNCHRONIZING';
  /** The connection whose packages are being handled; what is in the outbox is for it. */
  current: Connection | null = null;
  /** Connections that others' requests have left packages for, to be sent when the present turn ends. */
  private readonly late = new Set<Connection>();
  private isLateScheduled = false;
  /** Packages for the connection at hand that come behind the answer to its present request. */
  following: Buffer[] = [];
  private durableInTurn = 0;
  /** Why changes cannot be stored any more, when they cannot. */
  failure: TiError | null = null;
  private failedInTurn = false;

  readonly hooks: EncodeHooks;
  readonly limits: Limits;
  readonly logins: LoginGuard;

  constructor(engine: Engine, log: Log, hooks: EncodeHooks, limits: Limits) {
    this.engine = engine;
    this.log = log;
    this.hooks = hooks;
    this.limits = limits;
    this.logins = new LoginGuard(limits);
    this.outbox = new Outbox(hooks, limits.result_size_limit, engine.counters);
    this.hold = new HoldQueue();
    engine.onDurable((id) => this.onDurable(id));
    engine.onRoomEvent((event) => this.rooms.onEvent(event));
  }

  /** A turn is never cut into: what a sync within it sets free is sent when it ends. */
  private onDurable(id: number): void {
    if (this.current === null) this.hold.release(id);
    else this.durableInTurn = id;
  }

  /** Takes note that no change will become durable any more: what waits for that is answered with an error, and so is every later query. */
  fail(reason: string): void {
    if (this.failure !== null) return;
    this.log.critical(`changes cannot be stored any more: ${reason}`);
    this.failure = new TiError(ErrorCode.INTERNAL, 'the server cannot store changes any more; whether this one was stored is unknown');
    if (this.current === null) this.failHeld();
    else this.failedInTurn = true;
  }

  private failHeld(): void {
    this.failedInTurn = false;
    const { failure } = this;
    if (failure !== null) this.hold.fail((packages) => refusals(packages, failure));
  }

  endTurn(): void {
    this.current = null;
    if (this.failedInTurn) this.failHeld();
    if (this.durableInTurn !== 0) {
      const id = this.durableInTurn;
      this.durableInTurn = 0;
      this.hold.release(id);
    }
    this.flushLate();
  }

  /**
   * Has the connection send what was left for it when the present turn ends; outside of turns, soon: what is pushed may tell of a change that is not
   * in the log yet.
   */
  sendLater(connection: Connection): void {
    this.late.add(connection);
    if (this.current !== null || this.isLateScheduled) return;
    this.isLateScheduled = true;
    setImmediate(() => {
      this.isLateScheduled = false;
      this.flushLate();
    });
  }

  private flushLate(): void {
    if (this.late.size === 0) return;
    const connections = [...this.late];
    this.late.clear();
    for (const connection of connections) connection.sendLate();
  }

  /** To be called once a second: cuts off who has not logged in in time, and who has been silent for too long. */
  sweep(): void {
    this.seconds += 1;
    const { login_timeout, idle_timeout } = this.limits;
    for (const connection of [...this.connections]) {
      const isStranger = connection.user === null;
      if (isStranger && login_timeout > 0 && this.seconds - connection.openedAt > login_timeout) connection.cutOff('it does not log in');
      else if (idle_timeout > 0 && !connection.isOwing && this.seconds - connection.lastActive > idle_timeout)
        connection.cutOff('it has been silent for too long');
    }
  }

  /** Whether one more client may connect. */
  hasRoom(peer: string): boolean {
    const { max_connections } = this.limits;
    if (max_connections === 0 || this.connections.size < max_connections) return true;
    this.log.warning(`refused a connection from ${peer}: there are ${this.connections.size} already (\`max_connections\`)`);
    return false;
  }

  /** Has a query or procedure run, and tells the log of one that takes longer than the settings allow without word. `text` says which it is. */
  timed<T>(text: string, run: () => T): T {
    const limit = this.limits.query_duration_warn;
    if (limit === 0) return run();
    const started = performance.now();
    try {
      return run();
    } finally {
      const seconds = (performance.now() - started) / 1000;
      if (seconds > limit) this.log.warning(`took ${seconds.toFixed(3)} seconds: ${JSON.stringify(text.slice(0, MAX_TOLD))}`);
    }
  }

  /** Tells all who have logged in about the node's state. */
  setStatus(status: NodeStatus): void {
    this.log.info(`changing status from ${this.status} to ${status}`);
    this.status = status;
    const packages = statusPush(this.nodeId, status);
    const packages2019 = statusPush2019(status);
    for (const connection of this.connections) {
      if (connection.user !== null) connection.push(connection.speaksQpack ? packages2019 : packages);
    }
    if (this.current === null) this.flushLate();
  }
}
