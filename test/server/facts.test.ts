import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { ServeConfig } from '../../src/server/serve.ts';
import { pack, payloadValue, RawClient, type TestServer, testServer } from './client.ts';
import { freePort } from './http/http-client.ts';

let engine: LocalEngine;
let server: TestServer;
let client: RawClient;
let http = 0;

beforeAll(async () => {
  engine = (await openEngine({ dir: null })).engine;
  http = await freePort();
  server = await testServer(engine, { config: { http_api_port: http }, hooks: engine.hooks, node: engine.node, version: '1.2.3' });
  client = await RawClient.login(server.port);
});
afterAll(async () => {
  client.close();
  await server.stop();
  await engine.close();
});

async function ask(code: string): Promise<unknown> {
  return payloadValue(await client.request(34, ['@node', code]));
}

describe('what scripts are told of the server', () => {
  it('are its ports, its clients and its state', async () => {
    const other = await RawClient.connect(server.port);
    expect(await ask('node_info();')).toMatchObject({
      version: '1.2.3',
      status: 'READY',
      log_level: 'INFO',
      client_port: server.port,
      http_api_port: http,
      http_status_port: 'disabled',
      ip_support: 'ALL',
      connected_clients: 2,
      result_size_limit: 20_971_520,
    });
    other.close();
  });

  it('is the level of the log, which they may set', async () => {
    await ask('set_log_level(ERROR);');
    expect(((await ask('node_info();')) as { log_level: string }).log_level).toBe('ERROR');
    const before = server.lines.length;
    (await RawClient.connect(server.port)).close();
    await ask('1;');
    await ask('set_log_level(INFO);');
    expect(server.lines.length).toBe(before);
  });

  it('is the size of the largest answer, with its header', async () => {
    await ask('reset_counters();');
    const answer = await client.request(34, ['@node', 'range(1000);']);
    expect(await ask('counters();')).toMatchObject({ largest_result_size: answer.payload.length + 8, queries_with_error: 0 });
    await client.request(34, ['nowhere', '1']);
    await client.request(34, pack(5));
    expect(await ask('counters();')).toMatchObject({ queries_with_error: 2 });
  });
});

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

describe('the addresses of the HTTP and WebSocket ports', () => {
  const all: [Partial<ServeConfig>, boolean, boolean][] = [
    [{}, true, true],
    [{ ip_support: 'IPV4ONLY' }, true, false],
    [{ ip_support: 'IPV6ONLY', bind_client_addr: '::1' }, false, true],
    [{ bind_http_addr: '127.0.0.1', bind_ws_addr: '127.0.0.1' }, true, false],
    [{ bind_http_addr: '::1', bind_ws_addr: '::1' }, false, true],
  ];
  it.each(all)('are those that the settings say: %j', async (config, v4, v6) => {
    const ports = [await freePort(), await freePort(), await freePort()] as const;
    const one = await testServer(engine, { config: { http_api_port: ports[0], http_status_port: ports[1], ws_port: ports[2], ...config } });
    for (const port of ports) expect([await canConnect('127.0.0.1', port), await canConnect('::1', port)]).toEqual([v4, v6]);
    await one.stop();
  });
});
