import { afterAll, describe, expect, it } from 'vitest';
import { Folder, thingsc } from './harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

describe('thingsc check', () => {
  it('is silent about a script that is right', async () => {
    expect(await thingsc(['check', '-e', '.x = [1, 2].map(|n| n + 1);'])).toEqual({ code: 0, out: '', err: '' });
  });

  it('draws all errors of a script, each with its line', async () => {
    const path = folder.file('wrong.ti', 'a = 1;\nb = (2;\nc = [3, ;\n');
    const { code, out, err } = await thingsc(['check', path]);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(`${path}:2:7`);
    expect(err).toContain('2 | b = (2;\n  |       ^');
    expect(err).toContain(`${path}:3:9`);
  });

  it('counts columns in characters, and prints the line as UTF-8', async () => {
    const { err } = await thingsc(['check', '-e', "a = 'héé' ) ;"]);
    expect(err).toContain(':1:11');
    expect(err).toContain("1 | a = 'héé' ) ;\n  |           ^");
  });

  it('tells what needs a change, and why', async () => {
    const { code, out } = await thingsc(['check', '--effects', '-e', "x = 1;\n.list.push(x);\nnew_collection('c');"]);
    expect(code).toBe(0);
    expect(out).toMatch(/in a collection: needs a change, because of .*push.* at line 2, column 6/);
    expect(out).toMatch(/in @thingsdb: needs a change, because of .*new_collection.* at line 3, column 1/);
    expect(out).toContain('in @node: changes nothing');
  });

  it('tells that nothing is changed', async () => {
    const { out } = await thingsc(['check', '--effects', '-e', 'a = [1]; a.push(2);']);
    expect(out).toContain('in a collection: changes nothing');
  });

  it('gives JSON for tools', async () => {
    const right = folder.file('right.ti', '.a = 1;');
    const wrong = folder.file('open.ti', '.a = \n [1');
    const { code, out, err } = await thingsc(['check', '--json', right, wrong]);
    expect(code).toBe(1);
    expect(err).toBe('');
    const [first, second] = JSON.parse(out) as [Record<string, unknown>, { findings: object[] }];
    expect(first).toMatchObject({
      file: right,
      ok: true,
      findings: [],
      effects: { collection: { line: 1, column: 1, start: 0 }, thingsdb: null },
    });
    expect(second).toMatchObject({ file: wrong, ok: false, effects: null });
    expect(second.findings).toHaveLength(1);
    expect(second.findings[0]).toMatchObject({ code: 'syntax', severity: 'error', line: 2, column: 4 });
  });

  it('uses colours on a terminal only', async () => {
    const colour = '\x1b[';
    expect((await thingsc(['check', '-e', '('])).err).not.toContain(colour);
    expect((await thingsc(['check', '-e', '('], { colored: true })).err).toContain(colour);
  });

  it('does not pass control characters of a script on to the terminal', async () => {
    const { err } = await thingsc(['check', '-e', "'\x1b]0;title\x07' ("]);
    expect(err).not.toContain('\x1b');
    expect(err).not.toContain('\x07');
  });

  it('refuses a file that is not there', async () => {
    const path = folder.file('missing.ti');
    expect(await thingsc(['check', path])).toEqual({
      code: 4,
      out: '',
      err: `thingsc: cannot read ${path}: there is no such file or folder\n`,
    });
  });

  it('refuses a file beside -e', async () => {
    expect((await thingsc(['check', 'a.ti', '-e', '1'])).code).toBe(2);
  });
});
