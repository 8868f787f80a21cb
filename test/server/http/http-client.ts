/** HTTP by hand: bytes out, bytes back. */
import { connect, createServer } from 'node:net';

/** A port that nothing listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export interface Reply {
  /** All that came, as a byte string. */
  readonly text: string;
  readonly status: number;
  readonly body: string;
  /** Whether the server closed the connection. */
  readonly closed: boolean;
}

/** Sends bytes, in several writes if so given, and waits for one whole answer, or for the end. */
export function exchange(port: number, ...writes: (string | Buffer)[]): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let text = '';
    const done = (closed: boolean): void => {
      socket.destroy();
      const at = text.indexOf('\r\n\r\n');
      resolve({ text, status: Number(text.slice(9, 12)), body: at < 0 ? '' : text.slice(at + 4), closed });
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const length = Number(/Content-Length: (\d+)/.exec(text)?.[1] ?? Number.NaN);
      // The end of the connection, if there is to be one, comes in the same moment.
      if (text.indexOf('\r\n\r\n') + 4 + length <= text.length) setTimeout(() => done(socket.readableEnded), 20);
    });
    socket.on('end', () => done(true));
    socket.on('error', () => done(true));
    void (async () => {
      for (const bytes of writes) {
        socket.write(bytes);
        if (writes.length > 1) await new Promise((next) => setTimeout(next, 2));
      }
    })();
  });
}

export const ADMIN = `Authorization: Basic ${Buffer.from('admin:pass').toString('base64')}\r\n`;
export const JSON_TYPE = 'Content-Type: application/json\r\n';

export function post(path: string, body: string | Buffer, head = ADMIN + JSON_TYPE, method = 'POST'): Buffer {
  const bytes = Buffer.from(body as string);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: x\r\n${head}Content-Length: ${bytes.length}\r\n\r\n`), bytes]);
}

export const queryBody = (code: string, more: object = {}): string => JSON.stringify({ type: 'query', code, ...more });
