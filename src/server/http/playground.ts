/** The port of the playground: a page with all that belongs to it, and the protocol over WebSocket for that page alone. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isKnownHost, isSameOrigin } from './page-guard.ts';

export interface PlaygroundFile {
  readonly type: string;
  readonly body: Uint8Array;
  /** Differs whenever the body does; in double quotes, as the header has it. */
  readonly etag: string;
}

/** The files of the page by their path, such as `/` and `/app.js`; loaded, or built, when they are first asked for. Rejects with an error that says why. */
export type PlaygroundFiles = () => Promise<ReadonlyMap<string, PlaygroundFile>>;

/** Where the page finds the protocol. */
const SOCKET_PATH = '/ws';

/** Nothing is loaded but from this port, nothing is run but files from it, and no other page may hold this one in a frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // What is kept is asked for before each use: another version of the server has another page.
  'Cache-Control': 'no-cache',
};

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: Uint8Array,
  headers: Record<string, string>,
): void {
  response.writeHead(status, { ...HEADERS, ...headers, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function answerText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  more: Record<string, string> = {},
): void {
  answer(request, response, status, Buffer.from(`${text}\n`), { 'Content-Type': 'text/plain; charset=utf-8', ...more });
}

/** Answers a request for a file of the page. `names` are those under which the page may be asked for besides addresses and `localhost`. */
export async function handlePlayground(
  files: PlaygroundFiles,
  names: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isKnownHost(request.headers.host, names)) {
    answerText(request, response, 421, 'This name is not among those of the playground; the setting `playground_hosts` has them.');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    answerText(request, response, 405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD' });
    return;
  }
  const [path = ''] = (request.url ?? '').split('?');
  const file = (await files()).get(path);
  if (file === undefined) answerText(request, response, 404, 'There is no such file here.');
  else if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, { ...HEADERS, ETag: file.etag });
    response.end();
  } else answer(request, response, 200, file.body, { 'Content-Type': file.type, ETag: file.etag });
}

/** Tells the browser why there is no page, and no more. */
export function failPlayground(request: IncomingMessage, response: ServerResponse, reason: string): void {
  if (response.headersSent) response.destroy();
  else answerText(request, response, 503, reason);
}

/** Whether a request for the protocol comes from the page itself; one that does not is answered and ended. */
export function admitSocket(names: readonly string[], request: IncomingMessage, socket: Duplex): boolean {
  const { host, origin } = request.headers;
  const [path = ''] = (request.url ?? '').split('?');
  const status = path !== SOCKET_PATH ? '404 Not Found' : isKnownHost(host, names) && isSameOrigin(origin, host) ? null : '403 Forbidden';
  if (status === null) return true;
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  return false;
}
