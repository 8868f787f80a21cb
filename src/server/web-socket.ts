/** The protocol over WebSocket: a message is a package. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { HEADER_SIZE, MAX_PAYLOAD, packageSize } from './framing.ts';
import { addressOf, COPY_SIZE, END_TIMEOUT, peerName, type Transport, type TransportEvents } from './transport.ts';

/** The subprotocol that clients may name; one who names others only speaks something else. */
const PROTOCOL = 'thingsdb-protocol';

/** Takes upgrades of HTTP connections; each that succeeds is given to `listen`. */
export function webSocketUpgrade(
  listen: (transport: Transport) => TransportEvents,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD + HEADER_SIZE,
    // The kind of a message says nothing here: packages are bytes.
    skipUTF8Validation: true,
    handleProtocols: () => PROTOCOL,
  });
  return (request, socket, head) => {
    const offered = request.headers['sec-websocket-protocol'];
    if (offered !== undefined && !offered.split(',').some((name) => name.trim() === PROTOCOL)) {
      socket.destroy();
      return;
    }
    server.handleUpgrade(request, socket, head, (accepted) => {
      const transport = new WebSocketTransport(accepted, request.socket);
      transport.start(listen(transport));
    });
  };
}

class WebSocketTransport implements Transport {
  readonly peer: string;
  readonly address: string;
  pendingBytes = 0;
  private readonly webSocket: WebSocket;
  private readonly socket: IncomingMessage['socket'];
  private endTimer: NodeJS.Timeout | undefined = undefined;
  /** What came since the last whole message. */
  private unread = 0;
  private events: TransportEvents | null = null;

  constructor(webSocket: WebSocket, socket: IncomingMessage['socket']) {
    this.webSocket = webSocket;
    this.socket = socket;
    this.peer = peerName(socket);
    this.address = addressOf(socket);
  }

  start(events: TransportEvents): void {
    this.events = events;
    const { webSocket, socket } = this;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.unread += chunk.length;
      if (this.unread > events.inputLimit) this.destroy();
    });
    webSocket.on('message', (data: Buffer) => {
      this.unread = 0;
      this.receive(data, events);
    });
    // An error is followed by 'close'; there is nothing to add to it.
    webSocket.on('error', () => {});
    webSocket.on('close', () => {
      clearTimeout(this.endTimer);
      events.onClose();
    });
  }

  /** Of more packages than one in a message only the first counts; a message that is none ends the connection. */
  private receive(message: Buffer, events: TransportEvents): void {
    const size = message.length < HEADER_SIZE ? -1 : packageSize(message, 0);
    if (size < 0 || size > message.length) this.destroy();
    else events.onBytes(message, size);
  }

  send(bytes: Buffer): boolean {
    const isCopied = bytes.length <= COPY_SIZE;
    const source = isCopied ? Buffer.from(bytes) : bytes;
    for (let at = 0; at < source.length; ) {
      const end = at + packageSize(source, at);
      this.sendMessage(source.subarray(at, end));
      at = end;
    }
    return isCopied;
  }

  private sendMessage(message: Buffer): void {
    this.pendingBytes += message.length;
    this.webSocket.send(message, { binary: true }, () => {
      this.pendingBytes -= message.length;
      this.events?.onSent();
    });
  }

  pause(): void {
    this.webSocket.pause();
  }

  resume(): void {
    this.webSocket.resume();
  }

  end(): void {
    if (this.webSocket.readyState >= this.webSocket.CLOSING) return;
    this.webSocket.resume();
    this.webSocket.close(1001);
    this.endTimer = setTimeout(() => this.destroy(), END_TIMEOUT).unref();
  }

  destroy(): void {
    this.webSocket.terminate();
  }
}
