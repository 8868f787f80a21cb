import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main, type World } from '../../src/cli/thingsdb.ts';
import { PROGRAM, ServerProcess } from '../clients/server-process.ts';
import { payloadValue, RawClient } from './client.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command in this process, with a storage folder of its own; a server gets a signal as soon as it runs. */
async function run(
  words: string[],
  options: { name?: string; answer?: string | null; env?: Record<string, string>; config?: string } = {},
): Promise<{ code: number; text: string }> {
  const config = join(folder, 'run.conf');
  const lines = [
    '[thingsdb]',
    'listen_client_port = 0',
    'listen_node_port = 0',
    `storage_path = ${join(folder, options.name ?? 'none')}`,
    `modules_path = ${folder}`,
  ];
  writeFileSync(config, options.config ?? `${lines.join('\n')}\n`);
  let text = '';
  let signal = (_name: string): void => {};
  const world: World = {
    env: options.env ?? {},
    print: (part) => {
      text += part;
      if (part.includes('start listening for client')) setTimeout(() => signal('Terminated'), 5);
    },
    ask: async (question) => {
      text += question;
      return options.answer ?? null;
    },
    onSignal: (listener) => {
      signal = listener;
      return () => {};
    },
  };
  const code = await main(['-c', config, '-l', 'info', ...words], world);
  return { code, text };
}

describe('what needs no store', () => {
  it('starts with a banner of five lines that tells the version', async () => {
    const { code, text } = await run(['--version']);
    expect(code).toBe(0);
    const lines = text.split('\n');
    expect(lines[3]).toMatch(/version: [0-9]+\.[0-9]+\.[0-9]+$/);
    expect(lines[5]).toBe('');
    expect(lines[6]).toContain(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version);
  });

  it('shows help, and usage with an error', async () => {
    expect((await run(['--help'])).code).toBe(0);
    const { code, text } = await run(['--nope']);
    expect(code).toBe(1);
    expect(text).toMatch(/usage: thingsdb [\s\S]*\nthingsdb: error: unrecognized argument: --nope\n$/);
    expect((await run(['--init', '--secret', 'x'])).text).toMatch(/\n\n--secret cannot be used together with --init\n$/);
  });

  it('ends with code 1 for a bad configuration', async () => {
    const { code, text } = await run(['--init'], { config: 'zone = 1\n' });
    expect(code).toBe(1);
    expect(text).toMatch(/cannot read `.*run\.conf`: line 1: .*\n.*exit with error code 1\n$/);
    expect((await run(['-c', join(folder, 'missing'), '--init'])).code).toBe(1);
  });

  it('tells how to start the first time, and makes nothing', async () => {
    const { code, text } = await run([]);
    expect(code).toBe(0);
    expect(text).toContain('--init');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('says that it works alone where other nodes are meant', async () => {
    expect(await run(['--rebuild'])).toMatchObject({ code: 0, text: expect.stringContaining('At least 2 nodes are required') });
    for (const [words, env] of [
      [['--secret', 'x'], {}],
      [['--deploy'], { THINGSDB_NODE_NAME: 'node-1' }],
    ] as const) {
      expect(await run([...words], { env })).toMatchObject({ code: 1, text: expect.stringContaining('works alone') });
    }
  });
});

describe('with a store', () => {
  it('makes one, uses it again, and removes it only after a yes', async () => {
    const name = 'life';
    const first = await run(['--init'], { name });
    expect(first).toMatchObject({ code: 0, text: expect.stringContaining('Well done, you successfully initialized ThingsDB!!\n') });
    const order = [
      'running on: ',
      'Well done',
      'to READY',
      'start listening for node',
      'start listening for client',
      'received stop signal (Terminated)',
      'to SHUTTING_DOWN',
      'to OFFLINE',
      'bye',
    ];
    const places = order.map((part) => first.text.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);

    for (const words of [[], ['--init'], ['--secret', 'x'], ['--forget-nodes'], ['--deploy'], ['--auto-rebuild']]) {
      const again = await run(words, { name });
      expect(again.code).toBe(0);
      expect(again.text).not.toContain('Well done');
    }
    writeFileSync(join(folder, name, 'backup.tar.gz'), 'precious');
    for (const answer of ['no', '', null]) {
      expect(await run(['--init', '--force'], { name, answer })).toMatchObject({ code: 0, text: expect.not.stringContaining('Well done') });
    }
    expect(await run(['--init', '--force'], { name, answer: 'yes' })).toMatchObject({
      code: 0,
      text: expect.stringContaining('Well done'),
    });
    expect(await run(['--init', '--force', '-y'], { name })).toMatchObject({ code: 0, text: expect.stringContaining('Well done') });
    expect(existsSync(join(folder, name, 'backup.tar.gz'))).toBe(true);
  }, 30_000);

  it('acts as the first node with --deploy and a name that ends in -0', async () => {
    expect(await run(['--deploy'], { name: 'deploy', env: { THINGSDB_NODE_NAME: 'pod-0' } })).toMatchObject({
      code: 0,
      text: expect.stringContaining('Well done'),
    });
  });

  it('ends with code 1 when the store cannot be opened', async () => {
    const name = 'broken';
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'store'), 'no folder');
    expect(await run([], { name })).toMatchObject({ code: 1, text: expect.stringContaining('exit with error code 1') });
  });
});

describe('the program', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = new ServerProcess(['--init', '--log-colorized']);
    await server.port();
  }, 20_000);
  afterAll(() => server.remove());

  it('passes its exit code on', () => {
    expect(spawnSync(process.execPath, [PROGRAM, '--version']).status).toBe(0);
    const bad = spawnSync(process.execPath, [PROGRAM, '--nope'], { encoding: 'utf8' });
    expect([bad.status, bad.stderr]).toEqual([1, '']);
  });

  it('writes what tools wait for', () => {
    expect(server.output).toContain('Well done, you successfully initialized ThingsDB!!');
    expect(server.output).toMatch(/\[32m\[I \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\].\[0m start listening for node connections/);
  });

  it('refuses a folder that another process has open', async () => {
    const second = new ServerProcess([], server.folder);
    expect(await second.exited).toBe(1);
    expect(second.output).toContain('exit with error code 1');
    const forced = new ServerProcess(['--init', '--force', '-y'], server.folder);
    expect(await forced.exited).toBe(1);
    const client = await RawClient.login(await server.port());
    expect(payloadValue(await client.query('1 + 1'))).toBe(2);
    client.close();
  });

  it('ends with code 1 when its port is in use', async () => {
    const port = await server.port();
    const second = new ServerProcess(['--init'], undefined, ['bind_client_addr = 127.0.0.1']);
    await second.port();
    await second.stop();
    const config = join(second.folder, 'thingsdb.conf');
    writeFileSync(config, readFileSync(config, 'utf8').replace('listen_client_port = 0', `listen_client_port = ${port}`));
    const { status, stdout } = spawnSync(process.execPath, [PROGRAM, '-c', config], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stdout).toContain(`error listening for client connections on TCP port ${port}: \`address already in use\``);
    await second.remove();
  });

  it.each(['SIGINT', 'SIGHUP'] as const)('stops cleanly by %s', async (signal) => {
    const one = new ServerProcess(['--init']);
    await one.port();
    one.child.kill(signal);
    expect(await one.exited).toBe(0);
    await one.remove();
  });

  it('stops cleanly by SIGTERM, and has everything at the next start', async () => {
    const one = new ServerProcess(['--init']);
    const client = await RawClient.login(await one.port());
    await client.query('.x = 5');
    one.child.kill('SIGTERM');
    expect(await one.exited).toBe(0);
    expect(one.output).toMatch(/received stop signal \(Terminated\)\n[\s\S]* bye\n$/);
    await client.closed;
    const again = new ServerProcess([], one.folder);
    const reader = await RawClient.login(await again.port());
    expect(payloadValue(await reader.query('.x'))).toBe(5);
    reader.close();
    await again.remove();
  });

  it('keeps what it acknowledged when it is killed, and ends with whoever started it', async () => {
    const one = new ServerProcess(['--init']);
    const client = await RawClient.login(await one.port());
    for (let i = 0; i < 50; i++) await client.query(`.x = ${i}`);
    one.child.kill('SIGKILL');
    await client.closed;
    await one.exited;
    const again = new ServerProcess([], one.folder);
    const reader = await RawClient.login(await again.port());
    expect(payloadValue(await reader.query('.x'))).toBe(49);
    reader.close();
    await again.remove();
  }, 20_000);

  it('survives a reader of its output that goes away', async () => {
    const child = spawn(process.execPath, [PROGRAM, '--help'], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(typeof code).toBe('number');
  });
});
