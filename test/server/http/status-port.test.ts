import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineMetrics } from '../../../src/engine/metrics.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { defaultConfig } from '../../../src/server/config.ts';
import { StatusPort } from '../../../src/server/http/status-port.ts';
import { createLog } from '../../../src/server/log.ts';
import { RawClient, type TestServer, testServer } from '../client.ts';
import { exchange, freePort } from './http-client.ts';

let server: TestServer;
let port = 0;
let end: () => Promise<void>;

beforeAll(async () => {
  const { engine } = await openEngine({ dir: null });
  port = await freePort();
  server = await testServer(engine, { config: { http_status_port: port }, metrics: engineMetrics(engine) });
  end = async () => {
    await server.stop();
    await engine.close();
  };
});
afterAll(() => end());

const get = (path: string, method = 'GET') => exchange(port, `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n`);

describe('the status port', () => {
  it.each([
    ['/', 'GET', 'HTTP/1.1 200 OK', 'READY\n'],
    ['/status', 'GET', 'HTTP/1.1 200 OK', 'READY\n'],
    ['/ready', 'GET', 'HTTP/1.1 200 OK', 'OK\n'],
    ['/healthy', 'GET', 'HTTP/1.1 200 OK', 'OK\n'],
    ['/Ready', 'GET', 'HTTP/1.1 404 Not Found', 'NOT FOUND\n'],
    ['/ready?x', 'GET', 'HTTP/1.1 404 Not Found', 'NOT FOUND\n'],
    ['/ready', 'POST', 'HTTP/1.1 405 Method Not Allowed', 'METHOD NOT ALLOWED\n'],
  ])('answers %s by %s, and closes', async (path, method, head, body) => {
    const reply = await get(path, method);
    expect(reply.text).toBe(`${head}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    expect(reply.closed).toBe(true);
  });

  it('closes without an answer what is no request', async () => {
    expect(await exchange(port, 'xx\r\n\r\n')).toMatchObject({ text: '', closed: true });
  });

  it('tells metrics for Prometheus', async () => {
    const client = await RawClient.login(server.port);
    await client.query('.x = 1');
    await client.query('nope');
    const { text } = await get('/metrics');
    expect(text).toContain('Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n');
    const value = (name: string): number => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
    expect(value('thingsdb_ready')).toBe(1);
    expect(value('thingsdb_connections')).toBe(1);
    expect(value('thingsdb_queries_succeeded_total')).toBe(1);
    expect(value('thingsdb_queries_failed_total')).toBe(1);
    expect(value('thingsdb_changes_committed_total')).toBeGreaterThan(0);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    for (const line of text
      .slice(text.indexOf('\r\n\r\n') + 4)
      .trim()
      .split('\n')) {
      expect(line).toMatch(/^$|^# (HELP|TYPE) [a-z0-9_]+ |^[a-z0-9_]+(\{[^}]*\})? (?:[-+0-9.e]+|[+-]?inf|nan)$/i);
    }
    client.close();
  });

  it('tells before the database is open that it is not ready, and that it lives', async () => {
    const config = { ...defaultConfig(), http_status_port: await freePort() };
    const status = await StatusPort.open(config, createLog({ level: 'critical', colorized: false }));
    const ask = (path: string) => exchange(status.port, `GET ${path} HTTP/1.1\r\n\r\n`);
    expect(await ask('/status')).toMatchObject({ status: 503, body: 'NOK\n' });
    expect(await ask('/ready')).toMatchObject({ status: 503, body: 'NOK\n' });
    expect(await ask('/metrics')).toMatchObject({ status: 503 });
    expect(await ask('/healthy')).toMatchObject({ status: 200 });
    status.close();
  });
});
