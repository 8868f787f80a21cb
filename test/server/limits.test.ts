import { afterEach, describe, expect, it, vi } from 'vitest';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { LoginGuard } from '../../src/server/login-guard.ts';
import { pack, payloadValue, RawClient, testServer, until } from './client.ts';
import { FakeEngine } from './fake-engine.ts';
import { exchange, freePort, post, queryBody } from './http/http-client.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('max_connections', () => {
  it('refuses who comes too many, until one goes', async () => {
    const ws_port = await freePort();
    const server = await testServer(new FakeEngine({ '1': 1 }), { config: { max_connections: 2, ws_port } });
    const clients = [await RawClient.login(server.port), await RawClient.connect(server.port)];
    const third = await RawClient.connect(server.port);
    await third.closed;
    expect(server.lines.at(-1)).toMatch(/^refused a connection from 127\.0\.0\.1: there are 2 already/);
    const upgrade =
      'GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n';
    expect(await exchange(ws_port, upgrade)).toMatchObject({ text: '', closed: true });
    clients[1]?.close();
    await until(() => server.connections === 1);
    expect(payloadValue(await (await RawClient.login(server.port)).query('1'))).toBe(1);
    await server.stop();
  });
});

describe('time-outs', () => {
  it('cut off who does not log in, and who is silent, but nobody who is told something', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const engine = new FakeEngine({ '1': 1 });
    const server = await testServer(engine, { config: { login_timeout: 2, idle_timeout: 4 } });
    const stranger = await RawClient.connect(server.port);
    const silent = await RawClient.login(server.port);
    const active = await RawClient.login(server.port);
    await until(() => server.connections === 3);
    vi.advanceTimersByTime(2000);
    expect(server.connections).toBe(3);
    vi.advanceTimersByTime(1000);
    await stranger.closed;
    expect(payloadValue(await active.query('1'))).toBe(1);
    vi.advanceTimersByTime(2000);
    await silent.closed;
    expect(server.lines.filter((line) => /does not log in|silent for too long/.test(line)).length).toBe(2);
    expect(payloadValue(await active.query('1'))).toBe(1);
    vi.advanceTimersByTime(4000);
    expect(server.connections).toBe(1);
    vi.advanceTimersByTime(1000);
    await active.closed;
    await server.stop();
  });
});

describe('a package before the log-in', () => {
  it('is answered without being kept when it is large', async () => {
    const server = await testServer(new FakeEngine());
    const client = await RawClient.connect(server.port);
    const large = makePackage(PackageType.QUERY, 3, Buffer.alloc(32 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < large.length; at += 1024 * 1024) {
      client.send(large.subarray(at, at + 1024 * 1024));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(payloadValue(await client.next())).toMatchObject({ error_code: ErrorCode.AUTH });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    client.close();
    await server.stop();
  });
});

describe('log-ins that fail', () => {
  const wrong = (): Promise<never> => Promise.reject(new TiError(ErrorCode.AUTH, 'wrong'));

  it('do not wait by default', async () => {
    const guard = new LoginGuard({ login_failures: 0, login_delay: 3600 });
    for (let i = 0; i < 50; i++) await expect(guard.attempt('a', wrong)).rejects.toBeInstanceOf(TiError);
  });

  it('make the next ones from the same address wait, one after another, ever longer', async () => {
    vi.useFakeTimers();
    const guard = new LoginGuard({ login_failures: 2, login_delay: 1 });
    for (let i = 0; i < 2; i++) await expect(guard.attempt('a', wrong)).rejects.toBeInstanceOf(TiError);
    const checked: string[] = [];
    const note = (name: string) => async (): Promise<void> => {
      checked.push(name);
      if (name.startsWith('bad')) await wrong();
    };
    const all = ['bad 1', 'bad 2', 'good'].map((name) => guard.attempt('a', note(name)).catch(() => undefined));
    await guard.attempt('b', note('other'));
    expect(checked).toEqual(['other']);
    await vi.advanceTimersByTimeAsync(999);
    expect(checked).toEqual(['other']);
    await vi.advanceTimersByTimeAsync(1);
    expect(checked).toEqual(['other', 'bad 1']);
    await vi.advanceTimersByTimeAsync(2000);
    expect(checked).toEqual(['other', 'bad 1', 'bad 2']);
    await vi.advanceTimersByTimeAsync(3999);
    expect(checked.length).toBe(3);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all(all);
    expect(checked.at(-1)).toBe('good');
    await guard.attempt('a', note('at once'));
    expect(checked.at(-1)).toBe('at once');
  });

  it('are refused at once when too many wait', async () => {
    vi.useFakeTimers();
    const guard = new LoginGuard({ login_failures: 1, login_delay: 1 });
    await expect(guard.attempt('a', wrong)).rejects.toBeInstanceOf(TiError);
    const waiting = Array.from({ length: 64 }, () => guard.attempt('a', async () => undefined));
    await expect(guard.attempt('a', async () => undefined)).rejects.toThrow(/too many/);
    await vi.advanceTimersByTimeAsync(60_000 * 64);
    await Promise.all(waiting);
  });

  it('wait over TCP and HTTP alike', async () => {
    const http_api_port = await freePort();
    const server = await testServer(new FakeEngine({ '1': 1 }), { config: { http_api_port, login_failures: 1, login_delay: 0.05 } });
    const client = await RawClient.connect(server.port);
    expect((await client.request(PackageType.AUTH, ['admin', 'no'])).type).toBe(PackageType.ERROR);
    const start = performance.now();
    client.send(makePackage(PackageType.AUTH, 5, pack(['admin', 'no'])));
    client.send(makePackage(PackageType.PING, 6, Buffer.alloc(0)));
    expect((await client.take(2)).map(({ id }) => id)).toEqual([5, 6]);
    expect((await exchange(http_api_port, post('/t', queryBody('1')))).body).toBe('1');
    expect(performance.now() - start).toBeGreaterThan(140);
    expect((await exchange(http_api_port, post('/t', queryBody('1')))).body).toBe('1');
    client.close();
    await server.stop();
  });
});

describe('query_duration_warn', () => {
  it('tells of slow queries in the log', async () => {
    const slow = (): number => {
      const end = performance.now() + 30;
      while (performance.now() < end);
      return 1;
    };
    const server = await testServer(new FakeEngine({ slow, '1': 1 }), { config: { query_duration_warn: 0.025 } });
    const client = await RawClient.login(server.port);
    await client.query('1');
    await client.query('slow');
    expect(server.lines.filter((line) => line.startsWith('took '))).toEqual([expect.stringMatching(/^took 0\.\d{3} seconds: "slow"$/)]);
    client.close();
    await server.stop();
  });
});
