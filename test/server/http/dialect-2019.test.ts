import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalEngine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { pack, type TestServer, testServer } from '../client.ts';
import { ADMIN, exchange, freePort, post } from './http-client.ts';

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

async function ask(request: unknown): Promise<[number, unknown]> {
  const { status, body } = await exchange(port, post('/2019', JSON.stringify(request)));
  return [status as number, JSON.parse(body)];
}

it('the value of one statement, and an array of those of several', async () => {
  expect(await ask({ query: 'lamp = 5; lamp', target: 'stuff' })).toEqual([200, [null, 5]]);
  expect(await ask({ query: '(lamp / 2)', target: 'stuff' })).toEqual([200, 2.5]);
  expect(await ask({ query: '', target: 'stuff' })).toEqual([200, []]);
  expect(await ask({ query: 'FULL' })).toEqual([200, 15]);
  expect(await ask({ query: 'blob(1)', target: 'stuff', blobs: ['a', 'b'] })).toEqual([200, 'b']);
});

it('errors with the codes of the dialect', async () => {
  const query = async (code: string): Promise<unknown> => {
    const [status, body] = await ask({ query: code, target: 'stuff' });
    return [status, (body as { error_code: number }).error_code];
  };
  expect(await query('ghost')).toEqual([404, -103]);
  expect(await query('1 + 1')).toEqual([400, -101]);
  expect(await query('(1 / 0)')).toEqual([422, -107]);
  expect((await ask({ target: 'stuff' }))[0]).toBe(400);
  expect((await ask({ query: '1', target: 'nope' }))[0]).toBe(404);
  expect((await exchange(port, post('/2019', '{"query": "1"}', 'Content-Type: application/json\r\n'))).status).toBe(401);
  expect((await exchange(port, post('/2019', 'x'))).status).toBe(400);
});

it('MessagePack for MessagePack', async () => {
  const request = post('/2019', pack({ query: '[1, nil]', target: 'stuff' }), `${ADMIN}Content-Type: application/msgpack\r\n`);
  const { text } = await exchange(port, request);
  expect(Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1').toString('hex')).toBe('9201c0');
});
