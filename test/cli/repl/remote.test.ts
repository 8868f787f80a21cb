/** The prompt at a server. */
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from '../../../src/cli/exit.ts';
import { Interrupted } from '../../../src/cli/repl/place.ts';
import { RemotePlace } from '../../../src/cli/repl/remote.ts';
import type { LocalEngine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { ErrorCode } from '../../../src/errors.ts';
import { defaultConfig } from '../../../src/server/config.ts';
import { makePackage, PackageParser, PackageType } from '../../../src/server/framing.ts';
import { createLog } from '../../../src/server/log.ts';
import { type RunningServer, startServer } from '../../../src/server/serve.ts';
import { thingsc } from '../harness.ts';

const login = { user: 'admin', password: 'pass' };
const host = '127.0.0.1';
let engine: LocalEngine;
let server: RunningServer;
let place: RemotePlace | null = null;

async function started(port: number): Promise<void> {
  engine = (await openEngine({ dir: null })).engine;
  const config = { ...defaultConfig(), listen_client_port: port, listen_node_port: null };
  server = await startServer(engine, config, { log: createLog({ level: 'critical', colorized: false }), hooks: engine.hooks });
}

async function stopped(): Promise<void> {
  await server.stop();
  await engine.close();
}

beforeAll(() => started(0));
afterAll(stopped);
afterEach(() => place?.close());

async function opened(port: number, warnings: string[] = []): Promise<RemotePlace> {
  place = await RemotePlace.open({ host, port, login, onWarning: (message) => warnings.push(message) });
  return place;
}

const query = (text: string): Parameters<RemotePlace['ask']>[0] => ({ dialect: 'v1', scope: 'stuff', text, vars: null });

describe('a server as the place of queries', () => {
  it('answers queries in both dialects, errors, and warnings', async () => {
    const warnings: string[] = [];
    const remote = await opened(server.port, warnings);
    expect([...(await remote.ask(query("log('hi'); 1 + 1;")))]).toEqual([2]);
    expect(warnings).toEqual(['hi']);
    expect([...(await remote.ask({ ...query('a = 5; a'), dialect: '2019' }))]).toEqual([0x92, 0xc0, 5]);
    await expect(remote.ask(query('1 / 0;'))).rejects.toMatchObject({ code: ErrorCode.ZERO_DIV });
    expect(remote.about).toBe(`127.0.0.1:${server.port}`);
  });

  it('refuses a wrong password and a server that is not there', async () => {
    const wrong = { host, login: { user: 'admin', password: 'no' }, onWarning: () => {} };
    await expect(RemotePlace.open({ ...wrong, port: server.port })).rejects.toMatchObject({ exitCode: ExitCode.CONNECTION });
    await expect(RemotePlace.open({ ...wrong, port: 1 })).rejects.toMatchObject({ exitCode: ExitCode.CONNECTION });
  });

  it('tells that the connection was lost, and makes it anew for the next query', async () => {
    const { port } = server;
    const remote = await opened(port);
    await stopped();
    await expect(remote.ask(query('1;'))).rejects.toMatchObject({ exitCode: ExitCode.CONNECTION });
    await started(port);
    expect([...(await remote.ask(query('2;')))]).toEqual([2]);
  });

  it('ends waiting for an answer that does not come', async () => {
    const silent = await silentServer();
    const remote = await opened((silent.address() as { port: number }).port);
    const answer = remote.ask(query('1;'));
    remote.interrupt();
    await expect(answer).rejects.toBeInstanceOf(Interrupted);
    silent.close();
  });

  it('is what `thingsc repl --connect` asks', async () => {
    const words = ['repl', '--connect', `:${server.port}`, '--json'];
    expect(await thingsc(words, { input: '.x = 2;\n.x + 1;\n.use @t\nusers_info().len();\n' })).toEqual({
      code: 0,
      out: '2\n3\n1\n',
      err: '',
    });
    expect((await thingsc([...words, '-p', 'wrong'], { input: '1;' })).code).toBe(3);
    expect((await thingsc(['repl', '--connect', ':1'], { input: '1;' })).code).toBe(3);
  });
});

/** Lets everyone log in, and answers nothing else. */
async function silentServer(): Promise<Server> {
  const silent = createServer((socket) => {
    const parser = new PackageParser({
      onPackage: (type, id) => {
        if (type === PackageType.AUTH) socket.write(makePackage(PackageType.OK, id, Buffer.alloc(0)));
        return true;
      },
    });
    socket.on('data', (chunk) => parser.feed(chunk as Buffer));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => silent.listen(0, host, resolve));
  return silent;
}
