/** Answers of the HTTP ports: a status line, two headers and the body, as clients of the reference server know them. */
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { ListenOptions } from 'node:net';

/** The longest head of a request, in bytes. */
export const MAX_HEAD = 80 * 1024;

/** Sends the answer. Text is a byte string. Does nothing when the client has gone. */
export function respond(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  response.sendDate = false;
  // Without this Node.js adds the header; whether the connection stays open is as the client asked.
  response.removeHeader('Connection');
  response.writeHead(status, STATUS_CODES[status] ?? '', { 'Content-Type': type, 'Content-Length': bytes.length });
  response.end(bytes);
}

export function respondText(response: ServerResponse, status: number, text: string): void {
  respond(response, status, 'text/plain', text);
}

/** Opens the port. What cannot be read as a request ends its connection. Rejects with the system's error. */
export async function listenHttp(
  server: Server,
  options: ListenOptions,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  onError: (error: Error) => void,
): Promise<Server> {
  server.keepAliveTimeout = 0;
  server.on('request', handle);
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      server.on('error', onError);
      resolve();
    });
  });
  return server;
}
