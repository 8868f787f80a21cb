/** Each command as a process, as its users run it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { ownVersion } from '../../src/cli/version.ts';
import { freePort } from '../server/http/http-client.ts';
import { Folder, PROGRAM, runBinary, thingsc } from './harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const COMMANDS = ['serve', 'check', 'ast', 'compile', 'disasm', 'run', 'query', 'fmt'];

describe.concurrent('the program', () => {
  it('tells its commands, examples and exit codes', async () => {
    const { code, out } = await runBinary(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(out).toContain('Examples:');
    expect(out).toContain('Exit codes:');
  });

  it('tells its version', async () => {
    expect(await runBinary(['--version'])).toEqual({ code: 0, out: `thingsc ${ownVersion()}\n`, err: '' });
  });

  it('refuses what it does not know', async () => {
    const unknown = await runBinary(['chekc']);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('Did you mean check?');
    expect((await runBinary(['check', '--nope'])).code).toBe(2);
    expect((await runBinary(['serve', '--port', '70000'])).code).toBe(2);
  });

  it('checks, without colours into a pipe', async () => {
    const { code, out, err } = await runBinary(['check', '--effects'], { input: '.a = (;' });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('1 | .a = (;');
    expect(err).not.toContain('\x1b');
  });

  it('dumps a tree', async () => {
    const { code, out } = await runBinary(['ast', '--json', '-e', 'a;']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ kind: 'Script' });
  });

  it('compiles to a pipe and runs from one', async () => {
    const compiled = folder.file('piped.tic');
    expect((await runBinary(['compile', '-e', '[1, 2].map(|x| x * n);', '-o', compiled])).code).toBe(0);
    expect(await runBinary(['run', '--json', '--var', 'n=3', compiled])).toEqual({ code: 0, out: '[3,6]\n', err: '' });
    expect((await runBinary(['disasm', compiled])).out).toContain('x * n');
  });

  it('formats', async () => {
    expect(await runBinary(['fmt', '-e', 'a=1'])).toEqual({ code: 0, out: 'a = 1;\n', err: '' });
  });

  it('does not mind a reader that stops reading', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'run', '-e', 'range(4).map(|x| range(99999));'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    expect((await once(child, 'close'))[0]).toBe(0);
    expect(errors).toBe('');
  });
});

/** A server that serves, and what it said. */
async function served(words: readonly string[]): Promise<{ child: ChildProcess; port: string; output: () => string }> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const port = await new Promise<string>((resolve, reject) => {
    child.once('close', () => reject(new Error(`the server ended:\n${output}`)));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const found = /serves .* at 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { child, port, output: () => output };
}

describe('thingsc serve', () => {
  it('serves the playground where it is asked to, and says where', async () => {
    const at = await freePort();
    const { child, output } = await served(['--data', folder.file('played'), '--playground', String(at)]);
    expect(output()).toContain(`In a browser:   http://127.0.0.1:${at}/\n`);
    const page = await fetch(`http://127.0.0.1:${at}/`);
    expect(await page.text()).toContain('<title>thingsc playground</title>');
    const script = await (await fetch(`http://127.0.0.1:${at}/worker.js`)).text();
    expect(script.length).toBeGreaterThan(100_000);
    expect((await (await fetch(`http://127.0.0.1:${at}/licences.txt`)).text()).match(/^@codemirror\/state \S+ \(MIT\)$/m)).not.toBeNull();
    child.kill('SIGTERM');
    await once(child, 'close');
  });

  it('serves a seeded store, and stops cleanly on a signal', async () => {
    const seed = folder.file('seed.ti', ".list = ['a', 'b'];");
    for (const expected of ['["a","b"]\n', '["a","b","c"]\n']) {
      const { child, port, output } = await served(['--data', folder.file('data'), '--seed', `shop=${seed}`]);
      const query = ['query', '-n', `:${port}`, '-c', 'shop', '--json'];
      expect((await runBinary([...query, '-q', '.list;'])).out).toBe(expected);
      await runBinary([...query, '-q', ".list.push('c');"]);
      child.kill('SIGINT');
      expect((await once(child, 'close'))[0]).toBe(0);
      expect(output()).toContain(`bin/thingsc query -n :${port} -c shop`);
    }
  });

  it('does not start on a port that is taken', async () => {
    const { child, port } = await served(['--data', folder.file('first')]);
    const second = await runBinary(['serve', '--data', folder.file('second'), '--port', port]);
    child.kill('SIGTERM');
    expect(second.code).toBe(3);
    expect(second.err).toContain('already in use');
    await once(child, 'close');
  });

  it('does not start with a seed that fails, or a bad configuration', async () => {
    const seed = folder.file('bad.ti', 'a = ;');
    expect((await thingsc(['serve', '--data', folder.file('third'), '--port', '0', '--seed', `shop=${seed}`])).code).toBe(1);
    // There is no store yet that would count as seeded.
    expect(existsSync(folder.file('third'))).toBe(false);
    const config = folder.file('bad.conf', 'no section = 1\n');
    expect((await thingsc(['serve', '--config', config])).code).toBe(4);
  });
});
