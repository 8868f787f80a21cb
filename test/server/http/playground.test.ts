/** The port of the playground: whom it answers, what its answers allow a browser, and who may open a connection through it. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { makePackage, PackageType } from '../../../src/server/framing.ts';
import { isKnownHost, isSameOrigin } from '../../../src/server/http/page-guard.ts';
import type { PlaygroundFile, PlaygroundFiles } from '../../../src/server/http/playground.ts';
import { pack, payloadValue, type TestServer, testServer } from '../client.ts';
import { FakeEngine } from '../fake-engine.ts';
import { exchange, freePort, type Reply } from './http-client.ts';

const page: PlaygroundFile = { type: 'text/html; charset=utf-8', body: Buffer.from('<!doctype html>'), etag: '"one"' };
const files: PlaygroundFiles = async () => new Map([['/', page]]);

interface Served {
  readonly server: TestServer;
  readonly port: number;
}

async function serve(config: object = {}, given: PlaygroundFiles = files): Promise<Served> {
  const port = await freePort();
  const server = await testServer(new FakeEngine({ '1': 1 }), { config: { playground_port: port, ...config }, playground: given });
  return { server, port };
}

let main: Served;
beforeAll(async () => {
  main = await serve();
});
afterAll(() => main.server.stop());

const get = (port: number, path: string, more = '', host = `127.0.0.1:${port}`, method = 'GET'): Promise<Reply> =>
  exchange(port, `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`);

const header = ({ text }: Reply, name: string): string | undefined => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(text)?.[1];

describe('the page', () => {
  it('comes with headers that keep everything foreign out', async () => {
    const reply = await get(main.port, '/?from=elsewhere');
    expect(reply.status).toBe(200);
    expect(reply.body).toBe('<!doctype html>');
    expect(header(reply, 'Content-Type')).toBe('text/html; charset=utf-8');
    const policy = header(reply, 'Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(header(reply, 'X-Content-Type-Options')).toBe('nosniff');
    expect(header(reply, 'Cross-Origin-Resource-Policy')).toBe('same-origin');
    expect(header(reply, 'Access-Control-Allow-Origin')).toBeUndefined();
  });

  it('is asked for before each use, and not sent again when it is the same', async () => {
    const first = await get(main.port, '/');
    expect(header(first, 'Cache-Control')).toBe('no-cache');
    const again = await exchange(
      main.port,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: ${header(first, 'ETag')}\r\nConnection: close\r\n\r\n`,
    );
    expect(again.status).toBe(304);
    expect(again.body).toBe('');
    expect((await get(main.port, '/', 'If-None-Match: "another"\r\n')).status).toBe(200);
  });

  it('has its files and no others, for GET and HEAD', async () => {
    expect((await get(main.port, '/package.json')).status).toBe(404);
    expect((await get(main.port, '/../../etc/passwd')).status).toBe(404);
    const post = await get(main.port, '/', 'Content-Length: 0\r\n', undefined, 'POST');
    expect([post.status, header(post, 'Allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('is refused under a name that is none of its own', async () => {
    expect((await get(main.port, '/', '', 'evil.example')).status).toBe(421);
    expect((await get(main.port, '/', '', `localhost:${main.port}`)).status).toBe(200);
    const named = await serve({ playground_hosts: 'db.example.org, Other.example' });
    expect((await get(named.port, '/', '', 'other.example:8443')).status).toBe(200);
    expect((await get(named.port, '/', '', 'evil.example')).status).toBe(421);
    await named.server.stop();
  });

  it('says why it is not there', async () => {
    const broken = await serve({}, () => Promise.reject(new Error('it is not built')));
    const reply = await get(broken.port, '/');
    expect([reply.status, reply.body]).toEqual([503, 'it is not built\n']);
    expect(broken.server.lines.at(-1)).toBe('the playground has no page: it is not built');
    await broken.server.stop();
  });
});

describe('the address', () => {
  it('is that of this machine alone unless another is set', async () => {
    const others = await new Promise((resolve) => {
      // Any address of the loopback network leads here; only the first is listened at.
      const socket = connect({ host: '127.0.0.2', port: main.port }, () => resolve('connected'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(others).toBe('ECONNREFUSED');
    const other = await serve({ bind_playground_addr: '127.0.0.2' });
    const socket = connect({ host: '127.0.0.2', port: other.port });
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    await other.server.stop();
  });

  it('has no playground unless there is a port', async () => {
    const server = await testServer(new FakeEngine(), { playground: files });
    expect(server.lines.join('\n')).not.toContain('playground');
    await server.stop();
  });
});

/** What becomes of an attempt to connect: `open`, or the status of the refusal. */
function attempt(address: string, options: ClientOptions = {}): Promise<WebSocket | number> {
  const socket = new WebSocket(address, ['thingsdb-protocol'], options);
  return new Promise((resolve) => {
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => {});
  });
}

describe('WebSocket', () => {
  const own = (port: number): string => `http://127.0.0.1:${port}`;

  it('is open to the page itself and to no other', async () => {
    const address = `ws://127.0.0.1:${main.port}/ws`;
    expect(await attempt(address)).toBe(403);
    expect(await attempt(address, { origin: 'https://evil.example' })).toBe(403);
    expect(await attempt(address, { origin: 'null' })).toBe(403);
    // Another page of this machine, at another port.
    expect(await attempt(address, { origin: own(main.port + 1) })).toBe(403);
    // A name that someone has lead here.
    expect(await attempt(address, { origin: 'http://evil.example', headers: { Host: 'evil.example' } })).toBe(403);
    expect(await attempt(`ws://127.0.0.1:${main.port}/`, { origin: own(main.port) })).toBe(404);
    const socket = await attempt(address, { origin: own(main.port) });
    expect(socket).toBeInstanceOf(WebSocket);
    if (socket instanceof WebSocket) socket.terminate();
  });

  it('gives nothing away before a log-in', async () => {
    const socket = (await attempt(`ws://127.0.0.1:${main.port}/ws`, { origin: own(main.port) })) as WebSocket;
    const ask = (type: number, value: unknown): Promise<Buffer> => {
      socket.send(makePackage(type, 1, pack(value)));
      return new Promise((resolve) => socket.once('message', resolve));
    };
    const answerOf = (data: Buffer) => ({ type: data[6] as number, id: 1, payload: data.subarray(8) });
    for (const [type, request] of [
      [PackageType.QUERY, ['//stuff', '1']],
      [PackageType.RUN, ['//stuff', 'x']],
      [PackageType.JOIN, ['//stuff', 1]],
    ] as const) {
      expect(payloadValue(answerOf(await ask(type, request)))).toMatchObject({ error_code: -56 });
    }
    expect(answerOf(await ask(PackageType.AUTH, ['admin', 'wrong'])).type).toBe(PackageType.ERROR);
    expect(answerOf(await ask(PackageType.AUTH, ['admin', 'pass'])).type).toBe(PackageType.OK);
    expect(payloadValue(answerOf(await ask(PackageType.QUERY, ['//stuff', '1'])))).toBe(1);
    socket.terminate();
  });
});

describe('names and origins', () => {
  it('knows addresses and localhost for its own', () => {
    for (const host of ['127.0.0.1:9280', '[::1]:9280', 'localhost', 'LOCALHOST:80', '10.0.0.7', 'page.localhost:9280']) {
      expect([host, isKnownHost(host, [])]).toEqual([host, true]);
    }
    for (const host of [
      undefined,
      '',
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'a b',
      'x@localhost',
      '127.0.0.1:port',
    ]) {
      expect([host, isKnownHost(host, ['db.example.org'])]).toEqual([host, false]);
    }
  });

  it('takes what stands before the server for what it is', () => {
    expect(isSameOrigin('https://db.example.org', 'db.example.org')).toBe(true);
    expect(isSameOrigin('https://db.example.org', 'db.example.org:443')).toBe(true);
    expect(isSameOrigin('http://db.example.org', 'db.example.org:443')).toBe(false);
    expect(isSameOrigin('http://[::1]:9280', '[::1]:9280')).toBe(true);
    expect(isSameOrigin('http://localhost:9280', '127.0.0.1:9280')).toBe(false);
    expect(isSameOrigin('file://localhost', 'localhost')).toBe(false);
    expect(isSameOrigin('http://localhost/x', 'localhost')).toBe(false);
  });
});
