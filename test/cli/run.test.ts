import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { Folder, thingsc } from './harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

describe('thingsc run', () => {
  it('prints the answer as JSON with indentation, or in one line', async () => {
    expect(await thingsc(['run', '-e', '[1, {a: 2.0}];'])).toEqual({ code: 0, out: '[\n  1,\n  {\n    "a": 2.0\n  }\n]\n', err: '' });
    expect((await thingsc(['run', '--json', '-e', '[1, {a: 2.0}];'])).out).toBe('[1,{"a":2.0}]\n');
  });

  it('prints UTF-8, and text without quotes on demand', async () => {
    expect((await thingsc(['run', '-e', "'π'"])).out).toBe('"π"\n');
    expect((await thingsc(['run', '--raw', '-e', "'a\"π'"])).out).toBe('a"π\n');
  });

  it('prints a table', async () => {
    expect((await thingsc(['run', '--table', '-e', '[{a: 1}, {a: 2}];'])).out).toBe('a\n-\n1\n2\n');
  });

  it('takes only one kind of output', async () => {
    expect((await thingsc(['run', '--table', '--json', '-e', '1'])).code).toBe(2);
  });

  it('reads a script from standard input', async () => {
    expect((await thingsc(['run'], { input: '1 + 1;' })).out).toBe('2\n');
    expect((await thingsc(['run', '-'], { input: '1 + 2;' })).out).toBe('3\n');
  });

  it('passes variables', async () => {
    expect((await thingsc(['run', '-e', 'n + 1;', '--var', 'n=41'])).out).toBe('42\n');
    expect((await thingsc(['run', '-e', '[a, b];', '--json', '--var', 'a="x"', '--var', 'b=[1.0]'])).out).toBe('["x",[1.0]]\n');
  });

  it('runs in the scope that is asked for', async () => {
    expect((await thingsc(['run', '--scope', '@thingsdb', '-e', "new_collection('c');"])).out).toBe('"c"\n');
    const { code, err } = await thingsc(['run', '--scope', 'nowhere', '-e', '1;']);
    expect(code).toBe(1);
    expect(err).toContain('nowhere');
  });

  it('draws the place of an error in a script', async () => {
    const { code, out, err } = await thingsc(['run', '-e', 'a = 1;\na / 0;']);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('zero_div_err, -58');
    expect(err).toContain('2 | a / 0;');
  });

  it('gives an error as JSON', async () => {
    const { code, out, err } = await thingsc(['run', '--json', '-e', "\n  raise('no');"]);
    expect(code).toBe(1);
    expect(err).toBe('');
    expect(JSON.parse(out)).toEqual({ error: { code: -100, name: 'error', message: 'no', line: 2, column: 3 } });
  });

  it('does not run a script that has errors', async () => {
    const { code, err } = await thingsc(['run', '-e', 'a = (1;\nb = ];']);
    expect(code).toBe(1);
    expect(err.match(/-->/g)).toHaveLength(2);
  });

  it('ends a script that takes too long', async () => {
    const { code, err } = await thingsc(['run', '--timeout', '0.05', '-e', 'f = |x| { for (y in range(1000000)) x += y; f(x); }; f(1);']);
    expect(code).toBe(1);
    expect(err).toContain('operation_err');
  });

  it('keeps what a script changed in a store', async () => {
    const data = folder.file('data');
    expect((await thingsc(['run', '--data', data, '-e', ".list = [1, 2]; 'done';"])).out).toBe('"done"\n');
    expect((await thingsc(['run', '--data', data, '-e', '.list.push(3); .list;', '--json'])).out).toBe('[1,2,3]\n');
    // What a script did before its error stays.
    expect((await thingsc(['run', '--data', data, '-e', ".list.push(4); raise('x');"])).code).toBe(1);
    expect((await thingsc(['run', '--data', data, '-e', '.list;', '--json'])).out).toBe('[1,2,3,4]\n');
  });

  it('refuses a store that another has open, and a folder that it cannot make', async () => {
    const data = folder.file('locked');
    const { engine } = await openEngine({ dir: data });
    const { code, err } = await thingsc(['run', '--data', data, '-e', '1;']);
    await engine.close();
    expect(code).toBe(4);
    expect(err).toMatch(/^thingsc: /);
    const file = folder.file('file', 'no folder');
    expect((await thingsc(['run', '--data', file, '-e', '1;'])).code).toBe(4);
  });

  it('counts the rights of the user that is named', async () => {
    expect((await thingsc(['run', '--user', 'nobody', '-e', '1;'])).code).toBe(2);
  });

  it('refuses a folder for a script', async () => {
    const path = folder.file('folder');
    mkdirSync(path);
    expect((await thingsc(['run', path])).code).toBe(4);
  });
});
