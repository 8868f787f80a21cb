import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { canWriteFast, tryWrite } from './fast-write.ts';

/** What a connection writes to and is read from: TCP and pipes here; WebSocket brings its own. */
export interface Transport {
  /** Whom we talk to, for the log. */
  readonly peer: string;
  /** The address of the other side without its port; '' for a pipe. */
  readonly address: string;
  /** Bytes that were accepted and that the system has not taken yet. */
  readonly pendingBytes: number;
  /** Sends bytes in order. True: the caller may use the buffer again; false: the transport keeps it. */
  send(bytes: Buffer): boolean;
  /** Stops and restarts reading. */
  pause(): void;
  resume(): void;
  /** Sends what is pending and closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface TransportEvents {
  /** So many bytes may come before a package must be whole. */
  readonly inputLimit: number;
  /** Bytes that came: the first `length` of `chunk`, valid until this returns. */
  onBytes(chunk: Buffer, length: number): void;
  /** The other side sends no more. */
  onEnd(): void;
  /** Pending bytes were sent; `pendingBytes` has gone down. */
  onSent(): void;
  /** Called once, at the end of all. */
  onClose(): void;
}

/** One buffer to read into for all sockets: what is in it is used before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024);

/** Up to this size bytes are copied for `socket.write`; above it the buffer itself is given away. */
export const COPY_SIZE = 16 * 1024;

/** How long a peer may take to read the rest before it is cut off, and to close its side once it has all, in ms. */
export const END_TIMEOUT = 5000;
const LINGER_TIMEOUT = 250;

/** Takes over a connection that was accepted with `pauseOnConnect`. */
export function socketTransport(accepted: Socket, listen: (transport: Transport) => TransportEvents): Transport {
  let events: TransportEvents | null = null;
  const socket = withReadBuffer(accepted, (length) => events?.onBytes(readBuffer, length));
  const transport = new SocketTransport(socket);
  events = listen(transport);
  transport.start(events);
  return transport;
}

/**
 * The same connection as a socket that reads into `readBuffer`, which saves an allocation a read. Servers of Node.js cannot be told to accept such
 * sockets, so the handle moves to a new one; where that is not possible the accepted socket is used.
 */
function withReadBuffer(accepted: Socket, received: (length: number) => void): Socket {
  // The stream of a TLS connection belongs to its socket.
  if (accepted instanceof TLSSocket) return accepted;
  const holder = accepted as unknown as { _handle: { useUserBuffer?: unknown } | null };
  if (typeof holder._handle?.useUserBuffer !== 'function') return accepted;
  const callback = (length: number): boolean => {
    received(length);
    return true;
  };
  const options = { allowHalfOpen: true, manualStart: true, onread: { buffer: readBuffer, callback } };
  const socket = new Socket(Object.assign(options, { handle: holder._handle as never }));
  holder._handle = null;
  // The first socket must end as well, or its server counts it as open.
  socket.once('close', () => accepted.destroy());
  return socket;
}

/** The address at the other end of a socket; an IPv4 client is the same one on a port of both families. '' for a pipe. */
export function addressOf({ remoteAddress = '' }: Socket): string {
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress;
}

/** Whom a socket leads to, for the log. */
export function peerName({ remoteAddress: address, remotePort }: Socket): string {
  return address === undefined ? 'pipe' : `${address.includes(':') ? `[${address}]` : address}:${remotePort ?? 0}`;
}

class SocketTransport implements Transport {
  readonly peer: string;
  readonly address: string;
  pendingBytes = 0;
  private readonly socket: Socket;
  private readonly fast: boolean;
  private events: TransportEvents | null = null;
  private isPaused = false;
  /** What the system has not taken yet, in order. */
  private readonly pending: Buffer[] = [];
  private readonly sent = (failure?: unknown): void => this.onSent(failure);
  private endTimer: NodeJS.Timeout | undefined = undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    this.fast = !(socket instanceof TLSSocket) && canWriteFast(socket);
    this.peer = peerName(socket);
    this.address = addressOf(socket);
    socket.setNoDelay(true);
  }

  start(events: TransportEvents): void {
    this.events = events;
    const socket = this.socket;
    socket.on('data', (chunk: Buffer) => events.onBytes(chunk, chunk.length));
    socket.on('end', () => events.onEnd());
    // An error is followed by 'close'; there is nothing to add to it.
    socket.on('error', () => {});
    socket.on('finish', () => this.cutOffAfter(LINGER_TIMEOUT));
    socket.on('close', () => {
      clearTimeout(this.endTimer);
      events.onClose();
    });
    socket.resume();
  }

  send(bytes: Buffer): boolean {
    if (!this.fast) return this.sendPlain(bytes);
    const outcome = tryWrite(this.socket, bytes, this.sent);
    if (outcome === 'sent') return true;
    if (outcome === 'failed') {
      this.socket.destroy();
      return true;
    }
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    return false;
  }

  private sendPlain(bytes: Buffer): boolean {
    const copied = bytes.length <= COPY_SIZE;
    const chunk = copied ? Buffer.from(bytes) : bytes;
    this.pending.push(chunk);
    this.pendingBytes += chunk.length;
    this.socket.write(chunk, this.sent);
    return copied;
  }

  private onSent(failure: unknown): void {
    if (typeof failure === 'number' && failure < 0) this.socket.destroy();
    this.pendingBytes -= this.pending.shift()?.length ?? 0;
    this.events?.onSent();
  }

  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.socket.resume();
  }

  end(): void {
    if (this.socket.writableEnded || this.socket.destroyed) return;
    this.cutOffAfter(END_TIMEOUT);
    this.socket.end();
  }

  private cutOffAfter(milliseconds: number): void {
    clearTimeout(this.endTimer);
    this.endTimer = setTimeout(() => this.socket.destroy(), milliseconds).unref();
  }

  destroy(): void {
    this.socket.destroy();
  }
}
