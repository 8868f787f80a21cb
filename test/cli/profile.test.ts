/** `thingsc profile` and `thingsc run --trace`. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Folder, runBinary, thingsc } from './harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const script = 'twice = |x| x * 2;\n.kept = [1, 2].map(|x| twice(x));\n';

describe('profile', () => {
  test('prints the annotated script and writes both files', async () => {
    const path = folder.file('a.ti', script);
    const svg = folder.file('a.svg');
    const json = folder.file('a.json');
    const { code, out, err } = await runBinary(['profile', path, '--svg', svg, '--speedscope', json]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^ +2 .* 2 {2}\.kept = \[1, 2\]\.map\(\|x\| twice\(x\)\);$/m);
    expect(out).toMatch(/^ +2 .* twice +.*a\.ti:1$/m);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg /);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ profiles: [{ type: 'sampled' }] });
  });

  test('of a procedure of a store, which is named', async () => {
    const data = folder.file('store');
    await thingsc(['run', '-d', data, '-e', "new_procedure('triple', |x| {\n  x * 3;\n});"]);
    const { out } = await thingsc(['profile', '-d', data, '-e', "run('triple', 4);", '--answer']);
    expect(out).toMatch(/stored closure triple$/m);
    expect(out).toMatch(/^ +1 .* triple +stored closure triple:1$/m);
  });

  test('of a script that ends with an error, which is told too', async () => {
    const { code, out, err } = await thingsc(['profile', '-e', 'a = 1;\na / 0;']);
    expect(code).toBe(1);
    expect(out).toMatch(/^ +1 .* 2 {2}a \/ 0;$/m);
    expect(err).toContain('zero_div_err');
  });

  test('needs a script, and one without errors', async () => {
    const compiled = folder.file('b.tic');
    await thingsc(['compile', folder.file('b.ti', script), '-o', compiled]);
    expect(await thingsc(['profile', compiled])).toMatchObject({ code: 2, err: expect.stringContaining('is a compiled file') });
    expect((await thingsc(['profile', '-e', '1 +'])).code).toBe(1);
  });
});

describe('run --trace', () => {
  test('tells statements, calls, variables and errors, and gives the same answer', async () => {
    const traced = await thingsc(['run', '--trace', '-e', 'f = |x| {\n  y = x + 1;\n  y;\n};\na = f(2);\ntry(1 / 0);\na;', '--json']);
    expect(traced.out).toBe('3\n');
    const rows = traced.err.split('\n').map((row) => row.slice(21));
    expect(rows).toEqual([
      'f = |x| { y = x + 1; y; }',
      '  f = |x| { y = x + 1; y; }',
      'a = f(2)',
      '  > f with (x: 2)',
      '  y = x + 1',
      '    y = 3',
      '  y',
      '  a = 3',
      'try(1 / 0)',
      '! error -58, which is caught: division or modulo by zero',
      'a',
      '',
    ]);
    expect(traced.err).toMatch(/^<command line>:5 {4} a = f\(2\)$/m);
  });

  test('lets nothing in a text reach the terminal as a command', async () => {
    const { err } = await thingsc(['run', '--trace', '-e', 'a = name;', '--var', 'name="\\u001b[2J"']);
    expect(err).toContain('a = "\\u001b[2J"');
    expect(err).not.toContain('\x1b');
  });
});
