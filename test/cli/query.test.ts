import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, ConnectionError } from '../../src/cli/client.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { TiError } from '../../src/errors.ts';
import { defaultConfig } from '../../src/server/config.ts';
import { createLog } from '../../src/server/log.ts';
import { type RunningServer, startServer } from '../../src/server/serve.ts';
import { thingsc } from './harness.ts';

let engine: LocalEngine;
let server: RunningServer;
let node: readonly string[];

beforeAll(async () => {
  engine = (await openEngine({ dir: null })).engine;
  const config = { ...defaultConfig(), listen_client_port: 0, listen_node_port: null };
  server = await startServer(engine, config, { log: createLog({ level: 'critical', colorized: false }), hooks: engine.hooks });
  node = ['query', '-n', `127.0.0.1:${server.port}`];
});

afterAll(async () => {
  await server.stop();
  await engine.close();
});

describe('thingsc query', () => {
  it('asks a server', async () => {
    expect(await thingsc([...node, '--json', '-q', '[1, 2.0, "é"];'])).toEqual({ code: 0, out: '[1,2.0,"é"]\n', err: '' });
  });

  it('reads the query from standard input', async () => {
    expect((await thingsc([...node, '-q', '-'], { input: '6 * 7;' })).out).toBe('42\n');
    expect((await thingsc([...node], { input: '6 * 7;' })).out).toBe('42\n');
  });

  it('asks in a collection or another scope', async () => {
    expect((await thingsc([...node, '-c', '@thingsdb', '-q', "new_collection('shop');"])).code).toBe(0);
    await thingsc([...node, '-c', 'shop', '-q', '.list = [{a: 1, b: "x"}, {a: 20, b: "y"}];']);
    expect((await thingsc([...node, '-c', '//shop', '--table', '-q', 'return .list, 1, NO_IDS;'])).out).toBe(
      ' a  b\n--  -\n 1  x\n20  y\n'.replace(' a', 'a '),
    );
  });

  it('sends variables', async () => {
    expect((await thingsc([...node, '-q', 'x + y;', '--var', 'x=1.5', '--var', 'y=2'])).out).toBe('3.5\n');
  });

  it('tells the error of a query', async () => {
    const { code, out, err } = await thingsc([...node, '-q', '1 / 0;']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('zero_div_err, -58');
    expect(JSON.parse((await thingsc([...node, '--json', '-q', "raise('no');"])).out)).toEqual({
      error: { code: -100, name: 'error', message: 'no' },
    });
  });

  it('tells a refused login from a query that fails', async () => {
    const { code, err } = await thingsc([...node, '-u', 'admin', '-p', 'wrong', '-q', '1;']);
    expect(code).toBe(3);
    expect(err).toContain('refuses the login');
    expect((await thingsc([...node, '-t', 'A'.repeat(22), '-q', '1;'])).code).toBe(3);
  });

  it('tells that nothing listens', async () => {
    const { code, err } = await thingsc(['query', '-n', '127.0.0.1:1', '-q', '1;']);
    expect(code).toBe(3);
    expect(err).toBe('thingsc: cannot connect to 127.0.0.1:1: nothing listens there\n');
  });

  it('refuses an address that is none', async () => {
    expect((await thingsc(['query', '-n', 'host:port', '-q', '1;'])).code).toBe(2);
  });
});

/** A server that answers whatever comes with these bytes. */
async function answering(bytes: Uint8Array): Promise<[Server, number]> {
  const fake = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(bytes));
  });
  await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
  return [fake, (fake.address() as { port: number }).port];
}

describe('the client', () => {
  const open = (port: number): Promise<Client> => Client.open({ host: '127.0.0.1', port });

  it('has several requests in flight', async () => {
    const client = await open(server.port);
    await client.login('admin', 'pass');
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => client.query('//stuff', `${i} + 1;`)));
    expect(answers.map((answer) => answer[0])).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    client.close();
  });

  it('fails what is in flight when the connection ends', async () => {
    const client = await open(server.port);
    const login = client.login('admin', 'pass');
    client.close();
    await expect(login).rejects.toBeInstanceOf(ConnectionError);
    await expect(client.query('//stuff', '1;')).rejects.toBeInstanceOf(ConnectionError);
  });

  it('gives up on a server that does not speak packages', async () => {
    const [fake, port] = await answering(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const client = await open(port);
    await expect(client.login('admin', 'pass')).rejects.toBeInstanceOf(ConnectionError);
    fake.close();
  });

  it('reads an error that is no error', async () => {
    // Type 19, with a payload that is no map.
    const [fake, port] = await answering(Buffer.of(1, 0, 0, 0, 1, 0, 19, 19 ^ 255, 0xc1));
    const client = await open(port);
    const failed = client.login('admin', 'pass');
    await expect(failed).rejects.toBeInstanceOf(ConnectionError);
    await expect(failed).rejects.not.toBeInstanceOf(TiError);
    client.close();
    fake.close();
  });
});

describe('thingsc query --watch-room', () => {
  const admin = { user: { id: 1, name: 'admin' }, client: null, scope: '//stuff', vars: null };
  const makeRoom = (name: string): void => {
    engine.query({ ...admin, code: `.${name} = room(); .${name}.set_name('${name}');` });
  };

  it('tells what is emitted after the answer and before, until the room is gone', async () => {
    makeRoom('news');
    const code = ".news.emit('a b', 1, {x: 2.5}, 'z'); room_id = .news.id(); .del('news'); room_id;";
    const { code: exit, out, err } = await thingsc([...node, '--watch-room', 'news', '-q', code]);
    const id = Number(out.trim().split('\n').at(-1));
    expect({ exit, out, err }).toEqual({ exit: 0, out: `room:${id} "a b" [1,{"x":2.5},"z"]\n${id}\n`, err: `room:${id} is no more\n` });
  });

  it('tells it as JSON, of several rooms, by name and by id', async () => {
    makeRoom('one');
    makeRoom('two');
    const { value: id } = engine.query({ ...admin, code: '.one.id();' });
    const code = ".two.emit('e'); .one.emit('f', 1); .del('one'); .del('two'); nil;";
    const { out } = await thingsc([...node, '--json', '--watch-room', String(id), '--watch-room', 'two', '-q', code]);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([
      { scope: '@collection:stuff', id: expect.any(Number), event: 'e', args: [] },
      { scope: '@collection:stuff', id, event: 'f', args: [1] },
      null,
    ]);
  });

  it('watches without a query until Ctrl-C', async () => {
    makeRoom('quiet');
    let press = (): void => {};
    const interrupted = new Promise<void>((resolve) => {
      press = resolve;
    });
    const outcome = thingsc([...node, '--watch-room', 'quiet'], { interrupted });
    while (server.connections === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    press();
    expect(await outcome).toEqual({ code: 0, out: '', err: '' });
  });

  it('tells of a room that is not there, and of a server that goes away', async () => {
    expect(await thingsc([...node, '--watch-room', 'nowhere'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no room `nowhere` in //stuff'),
    });
    expect(await thingsc([...node, '-c', '@t', '--watch-room', 'x'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot watch'),
    });
    const config = { ...defaultConfig(), listen_client_port: 0, listen_node_port: null };
    const log = createLog({ level: 'critical', colorized: false });
    const other = await startServer(engine, config, { log, hooks: engine.hooks, shutdownPause: 0 });
    const outcome = thingsc(['query', '-n', `:${other.port}`, '--watch-room', 'quiet', '-q', "'there';"]);
    while (engine.counters.queriesSuccess === 0 || other.connections === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await other.stop();
    expect(await outcome).toMatchObject({ code: 3, out: '"there"\n' });
  });
});
