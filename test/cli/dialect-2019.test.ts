import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalEngine } from '../../src/engine/engine.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { type TestServer, testServer } from '../server/client.ts';
import { thingsc } from './harness.ts';

let folder: string;
let server: TestServer;
let node: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thingsc-2019-'));
  const engine = new LocalEngine(memoryStore());
  await engine.initialize();
  server = await testServer(engine);
  node = ['query', '--dialect', '2019', '-n', `127.0.0.1:${server.port}`];
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('scripts in the 2019 dialect', () => {
  it('are known by their name, or by the option', async () => {
    expect(await thingsc(['run', '--json', file('a.t19', "lamp = 'on'; lamp; (7 // 2);")])).toEqual({
      code: 0,
      out: '[null,"on",3]\n',
      err: '',
    });
    expect((await thingsc(['run', '--json', '--dialect', '2019', '-e', '{a: 1}'])).out).toBe('{"#":0,"a":1}\n');
    expect((await thingsc(['run', '--json', '--dialect', '2019', '--scope', '0', '-e', "user('admin').name"])).code).toBe(1);
    expect((await thingsc(['run', '--json', '--dialect', '2019', '--scope', '0', '-e', 'FULL; (1 + 2)'])).out).toBe('[15,3]\n');
  });

  it('are formatted, shown as trees and compiled', async () => {
    const path = file('b.t19', 'x=[1,2] ;x.map(a=>(a*2))');
    expect((await thingsc(['fmt', path])).out).toBe('x = [1, 2];\nx.map(a => (a * 2));\n');
    expect((await thingsc(['ast', path])).out).toContain('ArrowLiteral');
    expect((await thingsc(['disasm', path])).out).toContain('2019:.result');
    expect((await thingsc(['compile', path])).code).toBe(0);
    expect((await thingsc(['run', '--json', join(folder, 'b.tic')])).out).toBe('[null,[2,4]]\n');
    expect(readFileSync(join(folder, 'b.tic')).length).toBeGreaterThan(50);
  });

  it('for the root are known by what they call', async () => {
    const path = file('root.t19', "new_user('ann', 'x'); users();");
    expect(await thingsc(['check', path])).toEqual({ code: 0, out: '', err: '' });
    expect((await thingsc(['disasm', path])).out).toContain('2019:new_user');
    expect((await thingsc(['run', '--json', '--scope', '0', path])).out).toContain('"name":"ann"');
    expect((await thingsc(['check', '--scope', 'collection', path])).err).toContain('other-scope');
  });

  it('have their errors shown in place', async () => {
    const { code, err } = await thingsc(['run', '--dialect', '2019', '-e', 'x = 1;\n1 + 2;']);
    expect(code).toBe(1);
    expect(err).toMatch(/outside of parentheses[\s\S]*2:3/);
    expect((await thingsc(['run', '--dialect', '2019', '-e', '5.nope()'])).err).toContain('(INDEX_ERROR, 101)');
    const told = await thingsc(['run', '--json', '--dialect', '2019', '-e', '5.nope()']);
    expect(JSON.parse(told.out)).toMatchObject({ error: { code: 101, name: 'INDEX_ERROR', line: 1 } });
  });

  it('are sent to a server, with blobs', async () => {
    expect(await thingsc([...node, '--json', '-q', 'n = 5; n;'])).toEqual({ code: 0, out: '[null,5]\n', err: '' });
    const blob = file('picture.bin', 'abc');
    expect((await thingsc([...node, '--raw', '-q', 'picture = blob(0); picture', '-b', blob])).code).toBe(0);
    expect((await thingsc([...node, '--raw', '-q', 'picture'])).out).toBe('abc\n');
    expect((await thingsc([...node, '--json', '-c', '0', '-q', "collection('stuff')"])).out).toContain('"name":"stuff"');
    const { code, err } = await thingsc([...node, '-q', 'ghost']);
    expect([code, err.includes('INDEX_ERROR, 101')]).toEqual([1, true]);
  });
});
