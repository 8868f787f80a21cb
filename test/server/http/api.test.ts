import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalEngine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { PackageType } from '../../../src/server/framing.ts';
import { pack, payloadValue, RawClient, type TestServer, testServer } from '../client.ts';
import { FakeEngine } from '../fake-engine.ts';
import { ADMIN, exchange, freePort, JSON_TYPE, post, queryBody } from './http-client.ts';

let engine: LocalEngine;
let server: TestServer;
let port = 0;

beforeAll(async () => {
  engine = (await openEngine({ dir: null })).engine;
  port = await freePort();
  server = await testServer(engine, { config: { http_api_port: port }, hooks: engine.hooks });
});
afterAll(async () => {
  await server.stop();
  await engine.close();
});

const ask = async (code: string, more: object = {}, scope = '//stuff'): Promise<string> =>
  (await exchange(port, post(scope, queryBody(code, more)))).body;

const INVALID = /^invalid API request; .* \(-53\)\r\n$/;

describe('the decision', () => {
  const cases: [string, Buffer | string, number, string | RegExp][] = [
    ['GET /', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 200, /<h1>HTTP API<\/h1>\n<p>version: /],
    ['GET of a scope', 'GET /t HTTP/1.1\r\nHost: x\r\n\r\n', 405, 'METHOD NOT ALLOWED\r\n'],
    ['PUT', post('/nothing', '', '', 'PUT'), 405, 'METHOD NOT ALLOWED\r\n'],
    ['DELETE', 'DELETE / HTTP/1.1\r\n\r\n', 405, 'METHOD NOT ALLOWED\r\n'],
    ['no scope', post('/zzz', 'x', ''), 404, 'NOT FOUND\r\n'],
    ['the root', post('/', 'x', ''), 404, 'NOT FOUND\r\n'],
    ['a query string', post('/t?x=1', 'x', ''), 404, 'NOT FOUND\r\n'],
    ['an absolute address', post('http://x/t', 'x', ''), 404, 'NOT FOUND\r\n'],
    ['no credentials', post('//nope', 'x', JSON_TYPE), 401, 'UNAUTHORIZED\r\n'],
    ['credentials without colon', post('/t', 'x', 'Authorization: Basic enp6\r\n'), 401, 'UNAUTHORIZED\r\n'],
    ['no base64', post('/t', 'x', 'Authorization: Basic ()\r\n'), 401, 'UNAUTHORIZED\r\n'],
    ['a wrong password', post('/t', 'x', 'Authorization: Basic YWRtaW46bm8=\r\n'), 401, 'UNAUTHORIZED\r\n'],
    ['an unknown token', post('/t', 'x', 'Authorization: Token aoaOPzCZ1y+/f0S/jL1DUB\r\n'), 401, 'UNAUTHORIZED\r\n'],
    ['an unknown scheme', post('/t', 'x', 'Authorization: Digest x\r\n'), 401, 'UNAUTHORIZED\r\n'],
    ['two spaces', post('/t', 'x', ADMIN.replace('Basic ', 'Basic  ')), 401, 'UNAUTHORIZED\r\n'],
    ['no content type', post('/t', 'x', ADMIN), 415, 'UNSUPPORTED MEDIA TYPE\r\n'],
    ['a charset', post('/t', 'x', `${ADMIN}Content-Type: application/json; charset=utf-8\r\n`), 415, 'UNSUPPORTED MEDIA TYPE\r\n'],
    ['a body that is no JSON', post('/t', '{"a"}'), 400, 'BAD REQUEST\r\n'],
    ['something behind the body', post('/t', `${queryBody('1')}x`), 400, 'BAD REQUEST\r\n'],
    ['a body that is cut off', post('/t', queryBody('1').slice(0, -3)), 400, INVALID],
    ['no body', post('/t', ''), 400, INVALID],
    ['a list', post('/t', '[]'), 400, INVALID],
    ['one key', post('/t', '{"type":"query"}'), 400, INVALID],
    ['an unknown type', post('/t', '{"type":"zz","code":"1"}'), 400, INVALID],
    ['code that is no text', post('/t', '{"type":"query","code":1}'), 400, INVALID],
    ['variables that are no map', post('/t', queryBody('1', { vars: null })), 400, INVALID],
    ['arguments of another type', post('/t', '{"type":"run","name":"x","args":5}'), 400, INVALID],
    ['an unknown collection', post('//nope', queryBody('1')), 404, /^collection `nope` not found \(-54\)\r\n$/],
    ['an unknown node', post('/n/7', queryBody('1')), 404, /`node:7` .* \(-54\)\r\n$/],
    ['wrong syntax', post('/t', queryBody('1 +')), 400, /\(-52\)\r\n$/],
    ['a run in the scope of a node', post('/n', '{"type":"run","name":"x"}'), 400, /\(-53\)\r\n$/],
    ['a run in the scope of another node', post('/n/7', '{"type":"run","name":"x"}'), 400, /\(-53\)\r\n$/],
    ['an unknown procedure', post('/t', '{"type":"run","name":"x"}'), 404, /^procedure `x` not found \(-54\)\r\n$/],
    ['a division by zero', post('/t', queryBody('1/0')), 422, /\(-58\)\r\n$/],
    ['a forbidden thing', post('/t', queryBody("raise(err(-55, 'no'))")), 403, 'no (-55)\r\n'],
    ['a login error', post('/t', queryBody("raise(err(-56, 'no'))")), 401, 'no (-56)\r\n'],
    ['a node error', post('/t', queryBody("raise(err(-51, 'no'))")), 503, 'no (-51)\r\n'],
    ['an error of the script', post('/t', queryBody("raise('x')")), 422, 'x (-100)\r\n'],
    ['nan', post('/t', queryBody('nan')), 422, /\(-61\)\r\n$/],
    ['bytes', post('/t', queryBody("bytes('x')")), 422, /\(-61\)\r\n$/],
  ];
  it.each(cases)('%s', async (_name, request, status, body) => {
    const reply = await exchange(port, request);
    expect(reply.status).toBe(status);
    if (typeof body === 'string') expect(reply.body).toBe(body);
    else expect(reply.body).toMatch(body);
    expect(reply.closed).toBe(false);
  });

  it('ends a connection that speaks something else', async () => {
    for (const bytes of ['hello world\r\n\r\n', post('@t', 'x'), `GET / HTTP/1.1\r\nX: ${'x'.repeat(90_000)}\r\n\r\n`]) {
      expect(await exchange(port, bytes)).toMatchObject({ text: '', closed: true });
    }
  });

  it('leaves the body out of the answer to HEAD', async () => {
    const { text } = await exchange(port, 'HEAD /t HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(text).toBe('HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\n');
  });
});

describe('an answer', () => {
  it('has a head of two headers', async () => {
    const { text } = await exchange(port, post('//stuff', queryBody("{a: 1.5, b: 'caf\u00e9', c: nil}")));
    const body = Buffer.from('{"a":1.5,"b":"caf\u00e9","c":null}').latin1Slice();
    expect(text).toBe(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  });

  it('is MessagePack for MessagePack, by any of its names', async () => {
    for (const name of ['application/msgpack', 'Application/X-MsgPack']) {
      const body = pack({ type: 'query', code: 'x', vars: { x: { a: [1, Buffer.from([0, 255])] } } });
      const { text } = await exchange(port, post('//stuff', body, `${ADMIN}Content-Type: ${name}\r\n`));
      expect(text).toContain('Content-Type: application/msgpack\r\n');
      expect(Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1').toString('hex')).toBe('81a1619201c40200ff');
    }
    const error = await exchange(
      port,
      post('//stuff', pack({ type: 'query', code: 'x' }), `${ADMIN}Content-Type: application/msgpack\r\n`),
    );
    expect(error.text).toMatch(/^HTTP\/1.1 404 Not Found\r\nContent-Type: text\/plain\r\n/);
    const garbage = await exchange(port, post('//stuff', Buffer.from('82a4c1', 'hex'), `${ADMIN}Content-Type: application/msgpack\r\n`));
    expect(garbage.body).toMatch(INVALID);
  });

  it('comes to requests with variables, tokens and procedures', async () => {
    expect(await ask('x + 1', { vars: { x: 41 }, more: 'ignored' })).toBe('42');
    const token = JSON.parse(await ask("new_token('admin');", {}, '/t')) as string;
    for (const scheme of ['Token', 'bearer', 'BEARER']) {
      const reply = await exchange(port, post('/t', queryBody('7'), `${JSON_TYPE}Authorization: ${scheme} ${token}\r\n`));
      expect([scheme, reply.body]).toEqual([scheme, '7']);
    }
    await ask("new_procedure('add', |a, b| a + b);");
    for (const args of [[40, 2], { b: 2, a: 40 }]) {
      const body = JSON.stringify({ args, name: 'add', type: 'run' });
      expect((await exchange(port, post('//stuff', body))).body).toBe('42');
    }
  });

  it('comes on a connection that stays open, one after another and all at once', async () => {
    const both = Buffer.concat([post('/t', queryBody('1')), post('/t', queryBody('22'))]);
    const head = (length: number): string => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    expect((await exchange(port, both)).text).toBe(`${head(1)}1${head(2)}22`);
    const slowly = post('/t', queryBody('333')).toString('latin1');
    expect((await exchange(port, ...(slowly.match(/[\s\S]{1,7}/g) ?? []))).body).toBe('333');
    const closing = post('/t', queryBody('1'), `${ADMIN}${JSON_TYPE}Connection: close\r\n`);
    expect(await exchange(port, closing)).toMatchObject({ body: '1', closed: true });
  });

  it('comes to a body in chunks', async () => {
    const body = queryBody('5');
    const request = `POST /t HTTP/1.1\r\nHost: x\r\n${ADMIN}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n`;
    const chunks = `5\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`;
    expect((await exchange(port, request + chunks)).body).toBe('5');
  });

  it('counts as one of the node, and emits to rooms', async () => {
    const client = await RawClient.login(server.port);
    const id = JSON.parse(await ask('.r = room(); .r.id();')) as number;
    await client.request(PackageType.JOIN, ['//stuff', id]);
    await client.next();
    const before = engine.counters.queriesSuccess;
    await ask(".r.emit('news', 1);");
    expect(payloadValue(await client.next())).toMatchObject({ event: 'news', args: [1] });
    expect(engine.counters.queriesSuccess).toBe(before + 1);
    client.close();
  });
});

describe('an answer that tells of a change', () => {
  it('waits for the disk', async () => {
    const fake = new FakeEngine();
    const fakePort = await freePort();
    const one = await testServer(fake, { config: { http_api_port: fakePort } });
    fake.syncByHand = true;
    let isAnswered = false;
    const reply = exchange(fakePort, post('/t', queryBody('change'))).finally(() => {
      isAnswered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(isAnswered).toBe(false);
    fake.sync();
    expect((await reply).body).toBe('1');
    await one.stop();
  });

  it('is an error when it cannot be stored', async () => {
    let fail = (_reason: string): void => {};
    const fake = new FakeEngine();
    const fakePort = await freePort();
    const onFailure = (listener: (reason: string) => void): void => {
      fail = listener;
    };
    const one = await testServer(fake, { config: { http_api_port: fakePort }, onFailure, shutdownPause: 100 });
    fake.syncByHand = true;
    const reply = exchange(fakePort, post('/t', queryBody('change')));
    await new Promise((resolve) => setTimeout(resolve, 60));
    fail('the disk is gone');
    expect(await reply).toMatchObject({ status: 500, body: expect.stringMatching(/\(-1\)\r\n$/) });
    await one.stopped;
  });

  it('is refused while the node stops', async () => {
    const fake = new FakeEngine();
    let release = (): void => {};
    fake.gate = new Promise((resolve) => {
      release = resolve;
    });
    const fakePort = await freePort();
    const one = await testServer(fake, { config: { http_api_port: fakePort }, shutdownPause: 100 });
    const reply = exchange(fakePort, post('/t', queryBody('change')));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const stopped = one.stop();
    release();
    expect((await reply).body).toBe('SERVICE UNAVAILABLE\r\n');
    await stopped;
  });
});
