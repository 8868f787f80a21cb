import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { ask } from '../support.ts';
import { Folder, runBinary, thingsc } from './harness.ts';

const folder = new Folder();
const data = join(folder.path, 'data');
afterAll(() => folder.remove());

const FILL = `set_type('Person', {name: 'str', friends: '{Person}'});
  .iris = Person{name: 'Iris π'}; .iris.friends.add(Person{name: 'Cato'}); .all = range(100).map(|i| {n: i});
  new_procedure('double', |x| x * 2); nil;`;
const READ = ['run', '--json', '-e', '[.iris.name, .iris.friends.len(), .all.len(), run("double", 4)];', '--data'];

beforeAll(async () => {
  mkdirSync(data);
  expect((await thingsc(['run', '--data', data, '-e', FILL])).code).toBe(0);
});

let copies = 0;
function copy(): string {
  const path = join(folder.path, `copy-${++copies}`);
  cpSync(data, path, { recursive: true });
  return path;
}

describe('thingsc verify', () => {
  it('tells what a store holds, and that nothing is wrong', async () => {
    const { code, out, err } = await thingsc(['verify', data]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^1 collections, 103 things, 1 types, 0 enumerators, 1 procedures, 0 tasks, 1 users\nchange \d+, .*\nnothing is wrong\n$/,
    );
    expect(JSON.parse((await thingsc(['verify', data, '--json'])).out)).toMatchObject({ problems: [], things: 103 });
  });

  it('means by the last change what a backup means, also when the last queries failed', async () => {
    const dir = copy();
    const { engine } = await openEngine({ dir });
    for (const code of ['.z = 1;', '.x = 1 / 0;', 'wse(raise("no"));']) ask(engine, code);
    await engine.close();
    const backup = await thingsc(['backup', dir, folder.file('last.tar.gz')]);
    const { changeId } = JSON.parse((await thingsc(['verify', dir, '--json'])).out) as { changeId: number };
    expect(/: change (\d+),/.exec(backup.out)?.[1]).toBe(String(changeId));
  });

  it('reads a backup', async () => {
    const file = folder.file('verify.tar.gz');
    await thingsc(['backup', data, file]);
    expect((await thingsc(['verify', file])).out).toContain('nothing is wrong');
    truncateSync(file, statSync(file).size - 20);
    expect(await thingsc(['verify', file])).toMatchObject({ code: 4, out: '', err: expect.stringContaining('is damaged') });
  });

  it('refuses a store with a changed byte, and what is no store', async () => {
    const broken = copy();
    const file = join(broken, 'store', 'data.mdb');
    const bytes = readFileSync(file);
    const at = bytes.indexOf(Buffer.from('Iris π'));
    expect(at).toBeGreaterThan(0);
    bytes[at] = 0x69;
    writeFileSync(file, bytes);
    expect(await thingsc(['verify', broken])).toMatchObject({ code: 4, out: '', err: expect.stringContaining('wrong checksum') });
    expect((await thingsc(['verify', folder.path])).err).toContain('there is no store in');
    expect((await thingsc(['verify', join(folder.path, 'nowhere')])).code).toBe(4);
  });

  it('refuses a store that is open', async () => {
    const dir = copy();
    const { engine } = await openEngine({ dir });
    for (const words of [
      ['verify', dir],
      ['dump', dir],
      ['backup', dir, folder.file('open.tar.gz')],
    ]) {
      expect(await thingsc(words)).toMatchObject({ code: 4, out: '', err: expect.stringContaining('in use by this process') });
    }
    await engine.close();
  });
});

describe('thingsc dump and load', () => {
  it('make an equal store, with an equal dump', async () => {
    const file = folder.file('dump.txt');
    expect(await thingsc(['dump', data, '-o', file])).toEqual({ code: 0, out: '', err: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('"Iris π" ; Person.name');
    const loaded = join(folder.path, 'loaded');
    expect(await thingsc(['load', file, loaded])).toEqual({
      code: 0,
      out: `loaded 1 collections with 103 things into ${loaded}\n`,
      err: '',
    });
    expect((await thingsc([...READ, loaded])).out).toBe('["Iris π",1,100,8]\n');
    expect((await thingsc(['verify', loaded])).out).toContain('nothing is wrong');
    const again = (await thingsc(['dump', loaded])).out;
    expect(again.replace(/^change \d+$/m, '')).toBe(text.replace(/^change \d+$/m, ''));
  });

  it('go through a pipe', async () => {
    const { out } = await thingsc(['dump', data]);
    const dir = join(folder.path, 'piped');
    expect((await thingsc(['load', '-', dir], { input: out })).out).toContain('with 103 things');
    expect((await thingsc([...READ, dir])).out).toBe('["Iris π",1,100,8]\n');
  });

  it('end, however few threads the environment asks for', async () => {
    const { out } = await thingsc(['dump', data]);
    const dir = join(folder.path, 'one-thread');
    const loaded = await runBinary(['load', '-', dir], { input: out, env: { UV_THREADPOOL_SIZE: '1' } });
    expect(loaded.out).toContain('with 103 things');
  });

  it('leave nothing of a dump that is cut off', async () => {
    const text = (await thingsc(['dump', data])).out;
    const file = folder.file('cut.txt', text.slice(0, text.length / 2));
    const dir = join(folder.path, 'half');
    const { code, err } = await thingsc(['load', file, dir]);
    expect(code).toBe(4);
    expect(err).toMatch(/cannot load .*cut\.txt: line \d+: /);
    expect(readdirSync(dir)).toEqual([]);
    expect((await thingsc(['load', folder.file('nothing'), dir])).err).toContain('no such file');
  });

  it('tell the line of an operation that cannot be loaded', async () => {
    const lines = (await thingsc(['dump', data])).out.split('\n');
    const at = lines.findIndex((line) => line.startsWith('NEW ') && line.split(' ')[2] === '1');
    lines[at] = (lines[at] as string).replace(/^(NEW \d+) 1/, '$1 77');
    const dir = join(folder.path, 'unloaded');
    const { err } = await thingsc(['load', folder.file('unloaded.txt', lines.join('\n')), dir]);
    expect(err).toContain(`line ${at + 1}: this cannot be loaded`);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('refuse a dump in which something is named that is not there, and leave nothing', async () => {
    const text = (await thingsc(['dump', data])).out;
    const lines = text.split('\n');
    const [, id] = /"iris" #(\d+)/.exec(text) ?? [];
    const from = lines.findIndex((line) => line.startsWith(`NEW ${id} `));
    const to = lines.findIndex((line, i) => i > from && /^\S/.test(line));
    const faulty = [...lines.slice(0, from), ...lines.slice(to)].join('\n').replace(/^end (\d+)$/m, (_, n) => `end ${Number(n) - 1}`);
    const dir = join(folder.path, 'without');
    const { code, err } = await thingsc(['load', folder.file('without.txt', faulty), dir]);
    expect(code).toBe(4);
    expect(err).toMatch(new RegExp(`cannot load .*: line \\d+: thing #${id} of collection \`stuff\` is named, but is not there`));
    expect(readdirSync(dir)).toEqual([]);
  });

  it('do not load over a store', async () => {
    const dir = copy();
    expect((await thingsc(['load', folder.file('x.txt', 'x'), dir])).err).toContain('holds a store already');
    expect((await thingsc([...READ, dir])).code).toBe(0);
  });
});

describe('thingsc backup and restore', () => {
  it('make an equal store', async () => {
    const file = folder.file('backup.tar.gz');
    expect((await thingsc(['backup', data, file])).out).toMatch(/^wrote .*backup\.tar\.gz: change \d+, \d+ bytes\n$/);
    const dir = join(folder.path, 'restored');
    expect((await thingsc(['restore', file, dir])).out).toMatch(/^restored .* as it was at change \d+\n$/);
    expect((await thingsc([...READ, dir])).out).toBe('["Iris π",1,100,8]\n');
    expect(execFileSync('tar', ['-tzf', file]).toString()).toBe('backup.json\nstore/data.mdb\n');
  });

  it('do not restore over a store, or from what is no backup', async () => {
    const dir = copy();
    const file = folder.file('other.tar.gz', 'text');
    expect(await thingsc(['restore', file, dir])).toMatchObject({ code: 4, err: expect.stringContaining('is not empty') });
    expect(await thingsc(['restore', file, join(folder.path, 'empty')])).toMatchObject({
      code: 4,
      err: expect.stringContaining('is damaged'),
    });
    expect(readdirSync(join(folder.path, 'empty'))).toEqual([]);
  });
});
