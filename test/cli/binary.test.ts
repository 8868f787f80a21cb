/** Each command as a process, as its users run it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { version } from '../../package.json' with { type: 'json' };
import { Folder, PROGRAM, runBinary } from './harness.ts';

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
    expect(await runBinary(['--version'])).toEqual({ code: 0, out: `thingsc ${version}\n`, err: '' });
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
    const child = spawn(process.execPath, [PROGRAM, 'run', '-e', 'range(300000);'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    expect((await once(child, 'close'))[0]).toBe(0);
    expect(errors).toBe('');
  });
});

describe('thingsc serve', () => {
  it('serves a seeded store, and stops cleanly on a signal', async () => {
    const seed = folder.file('seed.ti', ".list = ['a', 'b'];");
    const words = ['serve', '--data', folder.file('data'), '--port', '0', '--seed', `shop=${seed}`];
    for (const expected of ['["a","b"]\n', '["a","b","c"]\n']) {
      const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      const port = await new Promise<string>((resolve) => {
        child.stdout.on('data', (chunk) => {
          output += chunk;
          const found = /serves .* at 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
          if (found !== undefined) resolve(found);
        });
      });
      const query = ['query', '-n', `:${port}`, '-c', 'shop', '--json'];
      expect((await runBinary([...query, '-q', '.list;'])).out).toBe(expected);
      await runBinary([...query, '-q', ".list.push('c');"]);
      child.kill('SIGINT');
      expect((await once(child, 'close'))[0]).toBe(0);
      expect(output).toContain(`thingsc query -n :${port} -c shop`);
    }
  });

  it('does not start on a port that is taken, a seed that fails, or a bad configuration', async () => {
    const taken = spawn(process.execPath, [PROGRAM, 'serve', '--data', folder.file('first'), '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(taken.stdout, 'data')) as [Buffer];
    const port = /TCP port (\d+)/.exec(String(chunk))?.[1] as string;
    const second = await runBinary(['serve', '--data', folder.file('second'), '--port', port]);
    taken.kill('SIGTERM');
    expect(second.code).toBe(3);
    expect(second.err).toContain('already in use');
    const seed = folder.file('bad.ti', 'a = ;');
    expect((await runBinary(['serve', '--data', folder.file('third'), '--port', '0', '--seed', `shop=${seed}`])).code).toBe(1);
    const config = folder.file('bad.conf', 'no section = 1\n');
    expect((await runBinary(['serve', '--config', config])).code).toBe(4);
    await once(taken, 'close');
  });
});
