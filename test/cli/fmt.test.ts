import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder, thingsc } from './harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const UGLY = '// kept\nif(a){b=1}else{b=2};\n';

describe('thingsc fmt', () => {
  it('prints a formatted script from standard input', async () => {
    const { code, out } = await thingsc(['fmt'], { input: UGLY });
    expect(code).toBe(0);
    expect(out).toContain('// kept\n');
    expect(out).toContain('b = 1;');
    expect(await thingsc(['fmt'], { input: out })).toEqual({ code: 0, out, err: '' });
  });

  it('keeps bytes that are no text', async () => {
    const path = folder.file('bytes.ti', Buffer.concat([Buffer.from("a='"), Buffer.of(0xff, 0x80), Buffer.from("';\n")]));
    await thingsc(['fmt', '--write', path]);
    expect(readFileSync(path)).toEqual(Buffer.concat([Buffer.from("a = '"), Buffer.of(0xff, 0x80), Buffer.from("';\n")]));
  });

  it('writes files back and names those that changed', async () => {
    const ugly = folder.file('ugly.ti', UGLY);
    const { out: formatted } = await thingsc(['fmt', ugly]);
    const fine = folder.file('fine.ti', formatted);
    expect(await thingsc(['fmt', '--write', ugly, fine])).toEqual({ code: 0, out: `${ugly}\n`, err: '' });
    expect(readFileSync(ugly, 'utf8')).toBe(formatted);
    expect(readFileSync(fine, 'utf8')).toBe(formatted);
  });

  it('only names the files with --check', async () => {
    const ugly = folder.file('check.ti', UGLY);
    expect(await thingsc(['fmt', '--check', ugly])).toEqual({ code: 1, out: `${ugly}\n`, err: '' });
    expect(readFileSync(ugly, 'utf8')).toBe(UGLY);
  });

  it('leaves a script with errors as it is', async () => {
    const path = folder.file('wrong.ti', 'a  =  (;');
    const { code, err } = await thingsc(['fmt', '--write', path]);
    expect(code).toBe(1);
    expect(err).toContain(`${path}:1:8`);
    expect(readFileSync(path, 'utf8')).toBe('a  =  (;');
  });

  it('reads standard input for editors', async () => {
    expect(await thingsc(['fmt', '--stdin'], { input: 'a=1' })).toEqual({ code: 0, out: 'a = 1;\n', err: '' });
    expect((await thingsc(['fmt', '--stdin', '--check'], { input: 'a=1' })).code).toBe(1);
    expect((await thingsc(['fmt', '--stdin', '--check'], { input: 'a = 1;\n' })).code).toBe(0);
    expect((await thingsc(['fmt', '--stdin', 'a.ti'])).code).toBe(2);
  });

  it('takes the files of a project', async () => {
    const home = process.cwd();
    folder.file('thingsc.json', '{"files": ["own-*.ti"]}');
    folder.file('own-a.ti', UGLY);
    folder.file('own-b.ti', '1;\n');
    process.chdir(folder.path);
    try {
      expect(await thingsc(['fmt', '--check'], { terminal: true })).toEqual({ code: 1, out: 'own-a.ti\n', err: '' });
      expect((await thingsc(['fmt', '--write'], { terminal: true })).code).toBe(0);
      expect((await thingsc(['fmt', '--check'], { terminal: true })).code).toBe(0);
    } finally {
      process.chdir(home);
    }
  });

  it('cannot write standard input back', async () => {
    expect((await thingsc(['fmt', '--write'], { input: UGLY })).code).toBe(2);
    expect((await thingsc(['fmt', '--write', '--check', 'x.ti'])).code).toBe(2);
  });
});
