/** A connection with the server: packages over WebSocket, a message each, and which answer belongs to which request. */
import { MsgpackWriter } from '../../../msgpack/writer.ts';
import { HEADER_SIZE, makePackage, PackageType } from '../../../server/framing.ts';
import { codeFrom2019 } from '../../../wire/errors-2019.ts';
import { fieldOf, readValue, stringOf, type Value } from './values.ts';

/** What the server answers in place of a result. */
export class ServerError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** That there is no connection, or no longer one. */
export class ConnectionLost extends Error {}

export interface Push {
  readonly type: number;
  readonly value: Value;
}

export interface Reply {
  readonly value: Value;
  /** Bytes of the answer. */
  readonly size: number;
}

interface Pending {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

const PROTOCOL = 'thingsdb-protocol';
const IDS = 0xffff;
/** In the protocol of 2019, the type of a package tells the error. */
const FIRST_ERROR_2019 = 96;
const LAST_ERROR_2019 = 127;

const encoder = new TextEncoder();

/** Text as the byte string that the protocol's writer takes. */
export const bytesOf = (text: string): string => Buffer.from(encoder.encode(text)).latin1Slice();

function errorOf(payload: Uint8Array, code2019: number | null): ServerError {
  const told = readValue(payload);
  const code = fieldOf(told, 'error_code');
  return new ServerError(code2019 ?? (typeof code === 'number' ? code : -1), stringOf(fieldOf(told, 'error_msg')));
}

export class Socket {
  private readonly socket: WebSocket;
  private readonly pending = new Map<number, Pending>();
  private readonly onPush: (push: Push) => void;
  private readonly onClose: () => void;
  private lastId = 0;

  private constructor(socket: WebSocket, onPush: (push: Push) => void, onClose: () => void) {
    this.socket = socket;
    this.onPush = onPush;
    this.onClose = onClose;
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.receive(new Uint8Array(data));
    socket.onclose = () => this.closed();
  }

  /** Connects. Rejects with ConnectionLost. `onClose` is called once, when the connection has ended. */
  static open(address: string, onPush: (push: Push) => void, onClose: () => void): Promise<Socket> {
    const socket = new WebSocket(address, PROTOCOL);
    socket.binaryType = 'arraybuffer';
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve(new Socket(socket, onPush, onClose));
      socket.onclose = () => reject(new ConnectionLost('The server cannot be reached.'));
    });
  }

  close(): void {
    this.socket.close();
  }

  /** Sends a request. Rejects with ServerError for what is answered as an error, ConnectionLost when no answer comes. */
  request(type: number, write: (w: MsgpackWriter) => void): Promise<Reply> {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject(new ConnectionLost('There is no connection with the server.'));
    const w = new MsgpackWriter(256);
    write(w);
    return new Promise((resolve, reject) => {
      do this.lastId = (this.lastId + 1) % IDS;
      while (this.pending.has(this.lastId));
      this.pending.set(this.lastId, { resolve, reject });
      this.socket.send(new Uint8Array(makePackage(type, this.lastId, w.bytes())));
    });
  }

  private receive(message: Uint8Array): void {
    if (message.length < HEADER_SIZE) return;
    const id = (message[4] as number) | ((message[5] as number) << 8);
    const type = message[6] as number;
    const payload = message.subarray(HEADER_SIZE);
    if (type < PackageType.PONG) {
      this.onPush({ type, value: readValue(payload) });
      return;
    }
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    this.pending.delete(id);
    if (type === PackageType.ERROR) pending.reject(errorOf(payload, null));
    else if (type >= FIRST_ERROR_2019 && type <= LAST_ERROR_2019) pending.reject(errorOf(payload, codeFrom2019(type)));
    else pending.resolve({ value: payload.length === 0 ? null : readValue(payload), size: payload.length });
  }

  private closed(): void {
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of waiting)
      reject(new ConnectionLost('The connection ended before the answer came; whether the query ran is unknown.'));
    this.onClose();
  }
}
