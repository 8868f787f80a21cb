import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { ListenError } from '../../src/server/ports.ts';
import { payloadValue, query, RawClient, testServer } from './client.ts';
import { FakeEngine } from './fake-engine.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'serve-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('start', () => {
  it('logs its steps in order and chooses a port for 0', async () => {
    const server = await testServer(new FakeEngine(), { config: { listen_node_port: 0, pipe_client_name: join(folder, 'a') } });
    expect(server.port).toBeGreaterThan(0);
    expect(server.status).toBe('READY');
    expect(server.lines).toEqual([
      'changing status from SYNCHRONIZING to READY',
      expect.stringMatching(/^start listening for node connections on TCP port \d+$/),
      `start listening for client connections on TCP port ${server.port}`,
      `start listening for client connections on named pipe \`${join(folder, 'a')}\``,
    ]);
    await server.stop();
  });

  it('fails with the port and the reason when a port is in use, and leaves nothing open', async () => {
    const first = await testServer(new FakeEngine(), { config: { pipe_client_name: join(folder, 'b') } });
    const second = testServer(new FakeEngine(), { config: { listen_client_port: first.port, pipe_client_name: join(folder, 'c') } });
    await expect(second).rejects.toThrow(
      new ListenError(`error listening for client connections on TCP port ${first.port}: \`address already in use\``),
    );
    await expect(testServer(new FakeEngine(), { config: { pipe_client_name: join(folder, 'b') } })).rejects.toThrow(/named pipe .* in use/);
    expect(existsSync(join(folder, 'c'))).toBe(false);
    await first.stop();
  });

  it('listens on IPv6, dual stack by `::`', async () => {
    const server = await testServer(new FakeEngine({ '1': 1 }), { config: { bind_client_addr: '::' } });
    const client = await RawClient.login(server.port);
    expect(payloadValue(await client.query('1'))).toBe(1);
    client.close();
    await server.stop();
  });

  it('sends away who comes to the port for nodes', async () => {
    const server = await testServer(new FakeEngine(), { config: { listen_node_port: 0 } });
    const port = Number(/\d+$/.exec(server.lines[1] as string)?.[0]);
    const client = await RawClient.connect(port);
    await client.closed;
    await server.stop();
  });
});

describe('the named pipe', () => {
  it('speaks the same protocol, and is gone after the stop', async () => {
    const path = join(folder, 'd');
    const server = await testServer(new FakeEngine({ '1': 1 }), { config: { pipe_client_name: path } });
    const client = await RawClient.login(path);
    expect(payloadValue(await client.query('1'))).toBe(1);
    client.close();
    await server.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('takes over the file of a server that was killed', async () => {
    const path = join(folder, 'e');
    const { spawnSync } = await import('node:child_process');
    const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', code]);
    expect(existsSync(path)).toBe(true);
    const server = await testServer(new FakeEngine(), { config: { pipe_client_name: path } });
    (await RawClient.login(path)).close();
    await server.stop();
  });

  it('does not take over a file that is no socket', async () => {
    const path = join(folder, 'f');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, 'precious');
    await expect(testServer(new FakeEngine(), { config: { pipe_client_name: path } })).rejects.toThrow(ListenError);
    expect(existsSync(path)).toBe(true);
  });
});

describe('stop', () => {
  it('tells those who have logged in, serves a moment longer, and closes all', async () => {
    const server = await testServer(new FakeEngine({ '1': 1 }), { shutdownPause: 100 });
    const client = await RawClient.login(server.port);
    const stranger = await RawClient.connect(server.port);
    const stopped = server.stop();
    expect(server.status).toBe('SHUTTING_DOWN');
    client.send(query('1', 5));
    const packages = await client.take(3);
    expect(packages.map(({ type, id }) => [type, id])).toEqual([
      [PackageType.NODE_STATUS, 65535],
      [PackageType.DATA, 5],
      [PackageType.NODE_STATUS, 65535],
    ]);
    expect(packages[0]?.payload.toString('hex')).toBe(
      `82a2696400a6${Buffer.from('status').toString('hex')}ad${Buffer.from('SHUTTING_DOWN').toString('hex')}`,
    );
    expect(payloadValue(packages[2] as never)).toEqual({ id: 0, status: 'OFFLINE' });
    await client.closed;
    await stranger.closed;
    expect(stranger.packages).toEqual([]);
    await stopped;
    expect(server.status).toBe('OFFLINE');
    expect(server.connections).toBe(0);
    const log = server.lines.slice(-4);
    expect(log.slice(0, 2)).toEqual(['changing status from READY to SHUTTING_DOWN', 'changing status from SHUTTING_DOWN to OFFLINE']);
    expect(log.slice(2).every((line) => line.startsWith('closing stream `<client:'))).toBe(true);
  });

  it('takes no new connections', async () => {
    const server = await testServer(new FakeEngine(), { shutdownPause: 100 });
    const stopped = server.stop();
    await expect(RawClient.connect(server.port)).rejects.toThrow(/ECONNREFUSED/);
    await stopped;
  });

  it('answers the query that asked for it first', async () => {
    const server = await testServer(new FakeEngine());
    const client = await RawClient.login(server.port);
    client.send(query('bye', 3));
    expect((await client.take(3)).map(({ type }) => type)).toEqual([PackageType.DATA, PackageType.NODE_STATUS, PackageType.NODE_STATUS]);
    await server.stopped;
  });

  it('does not wait long for clients that do not read', async () => {
    const server = await testServer(new FakeEngine({ large: 'x'.repeat(16 * 1024 * 1024) }));
    const client = await RawClient.login(server.port);
    client.socket.pause();
    client.send(query('large'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = performance.now();
    await server.stop();
    expect(performance.now() - start).toBeLessThan(4000);
    client.close();
  });

  it('can be asked for twice', async () => {
    const server = await testServer(new FakeEngine());
    await Promise.all([server.stop(), server.stop(), server.stopped]);
  });
});

describe('without the internals of Node.js', () => {
  it('works the same', async () => {
    vi.stubEnv('THINGSDB_PLAIN_SOCKETS', '1');
    vi.resetModules();
    try {
      const fresh = await import('./client.ts');
      const text = 'x'.repeat(2 * 1024 * 1024);
      const server = await fresh.testServer(new FakeEngine({ '1': 1, large: text }));
      const client = await fresh.RawClient.login(server.port);
      client.send(Buffer.concat([query('1', 1), query('large', 2), query('1', 3), query('large', 4), query('1', 5)]));
      const answers = await client.take(5);
      expect(answers.map(({ id, payload }) => [id, payload.length])).toEqual([
        [1, 1],
        [2, text.length + 5],
        [3, 1],
        [4, text.length + 5],
        [5, 1],
      ]);
      client.socket.end(makePackage(PackageType.PING, 6, Buffer.alloc(0)));
      expect((await client.next()).type).toBe(PackageType.PONG);
      await client.closed;
      await server.stop();
    } finally {
      vi.unstubAllEnvs();
      vi.resetModules();
    }
  });
});

describe('a port that another program has', () => {
  it('is reported for nodes as well', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    await expect(testServer(new FakeEngine(), { config: { listen_node_port: port } })).rejects.toThrow(
      `error listening for node connections on TCP port ${port}: \`address already in use\``,
    );
    blocker.close();
    const probe = connect(port, '127.0.0.1');
    await new Promise((resolve) => probe.once('error', resolve));
  });
});
