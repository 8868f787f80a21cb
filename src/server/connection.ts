import type { ClientSink, UserRef, Watcher } from '../engine/api.ts';
import { MAX_PAYLOAD, type PackageHandler, PackageParser, type ParserState } from './framing.ts';
import type { Receiver } from './hold.ts';
import type { Hub } from './hub.ts';
import type { Outbox } from './outbox.ts';
import { warningPush } from './pushes.ts';
import { refusals } from './refusals.ts';
import { handlePackage } from './requests.ts';
import type { Listener, Membership } from './rooms.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** With more than this unsent, in bytes, no further request is handled until the peer has read. */
const HIGH_WATER = 4 * 1024 * 1024;
const LOW_WATER = 1024 * 1024;
/** What one turn has answered is sent when it is this long, even when there is more to come. */
const FLUSH_SIZE = 64 * 1024;

/** The largest payload that is kept for one who has not logged in, in bytes; nothing that such a client may ask for needs more. */
const STRANGER_LIMIT = 64 * 1024;

let lastNumber = 0;

/**
 * One client: who it is, what it has sent and what it is yet to get. All that is answered in one turn (a chunk of bytes that came) is made in the
 * hub's outbox and leaves in one write at the end of the turn.
 */
export class Connection implements PackageHandler, TransportEvents, Receiver, ClientSink, Listener {
  /** Counts all connections of this process. */
  readonly number: number;
  private loggedIn: UserRef | null = null;
  private readonly hub: Hub;
  private readonly transport: Transport;
  private readonly parser = new PackageParser(this);
  /** The last change that the answers of this turn could have seen. */
  private seenChange = 0;
  private heldCount = 0;
  private heldBytes = 0;
  /** Pushed since all was sent last. */
  private pushedBytes = 0;
  private ready: Buffer[] = [];
  /** Pushed by others, in buffers that are shared with others. */
  private late: Buffer[] = [];
  joined: Set<Membership> | null = null;
  /** How it is told of things that it watches; null while it watches none. */
  watcher: Watcher | null = null;
  /** Speaks the protocol of 2019 in QPack; its log-in tells. */
  speaksQpack = false;
  /** When something came or went last, by the clock of the hub. */
  lastActive: number;
  /** By the same clock. */
  readonly openedAt: number;
  /** Answers that wait for a module. */
  private owed = 0;
  /** Waits for a log-in to be decided; requests behind it wait too. */
  private isBlocked = false;
  /** Waits for the peer to read. */
  private isChoked = false;
  /** Nothing more is read: the peer has ended, sent garbage, or is to be closed. */
  private inputOver = false;
  private isClosed = false;
  /** The last bytes are on their way; nothing may follow. */
  private isEnding = false;

  constructor(hub: Hub, transport: Transport) {
    this.hub = hub;
    this.transport = transport;
    lastNumber += 1;
    this.number = lastNumber;
    this.openedAt = hub.seconds;
    this.lastActive = hub.seconds;
    this.parser.maxHeld = STRANGER_LIMIT;
    hub.connections.add(this);
  }

  /** Who logged in last. */
  get user(): UserRef | null {
    return this.loggedIn;
  }

  logIn(user: UserRef): void {
    this.loggedIn = user;
    this.parser.maxHeld = MAX_PAYLOAD;
  }

  get inputLimit(): number {
    return 2 * this.parser.maxHeld;
  }

  /** The address of the client; '' for one on a pipe. */
  get address(): string {
    return this.transport.address;
  }

  get label(): string {
    return `<client:${this.number}> ${this.transport.peer}`;
  }

  onBytes(chunk: Buffer, length: number): void {
    if (this.inputOver) return;
    this.hub.current = this;
    this.lastActive = this.hub.seconds;
    this.endTurn(this.parser.feed(chunk, length));
  }

  onPackage(type: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    handlePackage(this.hub, this, type, id, bytes, start, end);
    if (this.hub.outbox.size > FLUSH_SIZE) this.flush();
    if (this.backlog > HIGH_WATER) {
      this.isChoked = true;
      this.transport.pause();
    }
    return !this.isBlocked && !this.isChoked && !this.isClosed;
  }

  /** Notes that the answer just made could have seen this change. */
  saw(changeId: number): void {
    this.seenChange = changeId;
  }

  /** Whether an answer waits for a module: its client is not idle. */
  get isOwing(): boolean {
    return this.owed > 0;
  }

  /** Takes note that an answer follows later, by `pay`. */
  owe(): void {
    this.owed += 1;
  }

  /** Sends an answer that was owed, which `add` puts into the outbox; to be called in a turn of its own. */
  pay(add: () => void): void {
    this.owed -= 1;
    if (this.isClosed) return;
    this.hub.current = this;
    add();
    this.seenChange = this.hub.engine.lastChangeId;
    this.endTurn(this.parser.state);
    this.goOn();
  }

  /** Stops handling requests until `unblock`. */
  block(): void {
    this.isBlocked = true;
    this.transport.pause();
  }

  /** Answers what blocked, then goes on with the requests behind it. */
  unblock(answer: (outbox: Outbox) => void): void {
    this.isBlocked = false;
    if (this.isClosed) return;
    this.hub.current = this;
    answer(this.hub.outbox);
    this.endTurn(this.parser.resume());
    this.goOn();
  }

  /** Sends packages that answer no request: in their place when the turn is this connection's own, else soon. The bytes are shared and stay as they are. */
  push(packages: Buffer): void {
    if (this.isClosed || this.isEnding) return;
    const { hub } = this;
    if (hub.current === this && !hub.outbox.isBuilding) {
      hub.outbox.copy(packages);
      return;
    }
    this.late.push(packages);
    hub.sendLater(this);
  }

  warn(code: number, message: string): void {
    this.push(warningPush(code, message));
  }

  /** Sends what was pushed. Nothing is copied for one buffer, however many clients it goes to. */
  sendLate(): void {
    const [first, ...rest] = this.late;
    this.late = [];
    if (first === undefined || this.isClosed || this.isEnding) return;
    const packages = rest.length === 0 ? first : Buffer.concat([first, ...rest]);
    if (this.backlog === 0) this.pushedBytes = 0;
    this.pushedBytes += packages.length;
    this.seenChange = this.hub.engine.lastChangeId;
    this.deliver(packages);
    if (this.backlog > 0 && this.pushedBytes > this.hub.limits.max_push_backlog) {
      this.cutOff('it does not read what it is sent');
    }
  }

  released(packages: Buffer, heldBytes: number): void {
    this.heldCount -= 1;
    this.heldBytes -= heldBytes;
    this.ready.push(packages);
  }

  sendReleased(): void {
    const [first, ...rest] = this.ready;
    this.ready = [];
    if (first === undefined || this.isClosed) return;
    this.transport.send(rest.length === 0 ? first : Buffer.concat([first, ...rest]));
    this.goOn();
  }

  onSent(): void {
    this.lastActive = this.hub.seconds;
    this.goOn();
  }

  onEnd(): void {
    this.inputOver = true;
    this.closeWhenDone();
  }

  onClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.inputOver = true;
    this.late = [];
    this.hub.rooms.leaveAll(this);
    if (this.watcher !== null) this.hub.engine.unwatchAll(this.watcher);
    this.hub.connections.delete(this);
    this.hub.log.info(`closing stream \`${this.label}\``);
  }

  /** Takes no more requests, sends what is owed and closes. */
  close(): void {
    this.inputOver = true;
    this.closeWhenDone();
  }

  /** Cuts the client off and says why in the log. */
  cutOff(why: string): void {
    this.hub.log.warning(`closing stream \`${this.label}\`: ${why}`);
    this.transport.destroy();
  }

  destroy(): void {
    this.transport.destroy();
  }

  private get backlog(): number {
    return this.transport.pendingBytes + this.heldBytes;
  }

  private endTurn(state: ParserState): void {
    if (this.hub.outbox.size > 0) this.flush();
    if (state === 'broken') {
      this.inputOver = true;
      this.closeWhenDone();
    }
    this.hub.endTurn();
  }

  /** Sends what is in the outbox, or puts it to what waits for the disk. */
  private flush(): void {
    const { outbox } = this.hub;
    if (this.mustHold) this.deliver(outbox.take());
    else outbox.clear(!this.transport.send(outbox.bytes()));
  }

  /** Whether what is sent now must wait for the disk: it could tell of a change that is not there, or would overtake what waits. */
  private get mustHold(): boolean {
    return this.seenChange > this.hub.engine.durableId || this.heldCount > 0;
  }

  /** Sends packages that nobody will change, now or when the disk has what they tell of. */
  private deliver(packages: Buffer): void {
    this.lastActive = this.hub.seconds;
    const { hold, engine, failure } = this.hub;
    if (!this.mustHold) this.transport.send(packages);
    else if (failure !== null) this.transport.send(refusals(packages, failure));
    else {
      this.heldCount += 1;
      this.heldBytes += packages.length;
      hold.add(this, engine.lastChangeId, packages);
    }
  }

  /** Goes on with what had to wait, as far as nothing else holds it up. */
  private goOn(): void {
    if (this.isClosed) return;
    if (this.isChoked && this.backlog <= LOW_WATER) this.isChoked = false;
    while (!this.isBlocked && !this.isChoked && this.parser.state === 'stopped') {
      this.hub.current = this;
      this.endTurn(this.parser.resume());
    }
    if (this.inputOver) this.closeWhenDone();
    else if (!this.isBlocked && !this.isChoked) this.transport.resume();
  }

  private closeWhenDone(): void {
    if (this.isBlocked || this.isChoked || this.owed > 0 || this.heldCount > 0 || this.parser.state === 'stopped') return;
    this.isEnding = true;
    this.transport.end();
  }
}
