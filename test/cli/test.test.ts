/** `thingsc test`: cases, their stores, what is told of failures, coverage. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { runBinary, thingsc } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'thingsc-tests-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

/** Writes files into a folder of their own, and gives the way to them. */
function files(contents: Readonly<Record<string, string>>): (name: string) => string {
  const own = mkdtempSync(join(folder, `${++count}-`));
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(own, name), text);
  return (name) => join(own, name);
}

const marks = (out: string): string[] => [...out.matchAll(/^ {2}(\S) (.*?) \(/gm)].map(([, mark, name]) => `${mark} ${name}`);

describe('cases', () => {
  test('run after what stands before them, each in a store of its own', async () => {
    const at = files({
      'a.test.ti': `.list = [1];
        test('first', || { .list.push(2); assert(.list.len() == 2); });
        test('second', || { assert(.list == [1]); });
        .list.push(9);
        test('third', || { assert(.list == [1, 9]); });`,
    });
    const { code, out } = await thingsc(['test', at('a.test.ti')]);
    expect(marks(out)).toEqual(['✓ first', '✓ second', '✓ third']);
    expect(out).toContain('3 passed');
    expect(code).toBe(0);
  });

  test('that fail are told with their place, the calls that led there, and both sides of a comparison', async () => {
    const at = files({
      'b.test.ti': "grow = |list| {\n  assert(list.len() == 4, 'wrong length');\n};\n\ntest('it grows', || {\n  grow([1, 'é']);\n});\n",
    });
    const { code, out } = await thingsc(['test', at('b.test.ti')]);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ it grows/);
    expect(out).toMatch(/error: wrong length \(assert_err, -50\)\n.*b\.test\.ti:2:3\n/);
    expect(out).toMatch(/= left: 2\n.*= right: 4\n.*called at .*b\.test\.ti:6:3/);
    expect(out).toMatch(/\n0 passed, 1 failed/);
  });

  test('show values of every kind in failures', async () => {
    const values = ["{a: [1, 2.0, [3]], s: set({b: 'it''s'})}", 'nil', "err(-100, 'no')", "bytes('ab')", '/x/i', '(|x| x + 1)', 'true'];
    const cases = values.map((value, i) => `test('${i}', || { assert(${value} == 'other'); });`).join('\n');
    const { out } = await thingsc(['test', files({ 'v.test.ti': cases })('v.test.ti')]);
    const left = [...out.matchAll(/left: (.*)/g)].map(([, text]) => text);
    expect(left).toEqual(['{a: [1, 2.0, [… 1]], s: set({…})}', 'nil', 'error -100: no', '2 bytes', '/x/i', '|x| x + 1', 'true']);
  });

  test('fail by errors that nobody catches, and by answers that cannot be sent', async () => {
    const at = files({
      'c.test.ti': `test('raised', || { .nothing; });
        test('caught', || { try(.nothing); });
        test('endless', || { for (x in range(100000)) for (y in range(100000)) x + y; });`,
    });
    const { out } = await thingsc(['test', at('c.test.ti'), '--timeout', '0.2']);
    expect(marks(out)).toEqual(['✗ raised', '✓ caught', '✗ endless']);
    expect(out).toContain('query has taken too long');
  });

  test('are chosen by name, skipped, marked as the only ones, or to be written', async () => {
    const at = files({
      'd.test.ti': "test('one', || { 1; }); skip_test('two', || { .no; }); todo_test('three'); test('four', || { 4; });",
      'e.test.ti': "test('five', || { 5; }); only_test('six', || { 6; });",
    });
    const all = await thingsc(['test', at('d.test.ti')]);
    expect(marks(all.out)).toEqual(['✓ one', '- two', '- three', '✓ four']);
    expect(all.out).toContain('2 passed, 1 skipped, 1 to do');
    expect(marks((await thingsc(['test', at('d.test.ti'), '-t', '^(ONE|four)$'])).out)).toEqual(['✓ one', '✓ four']);
    expect(marks((await thingsc(['test', at('d.test.ti'), at('e.test.ti')])).out)).toEqual(['✓ six']);
  });

  test('end with the first failure when that is asked for', async () => {
    const at = files({ 'f.test.ti': "test('one', || { 1; }); test('two', || { .no; }); test('three', || { 3; });" });
    const { code, out } = await thingsc(['test', '--bail', at('f.test.ti')]);
    expect(marks(out)).toEqual(['✓ one', '✗ two']);
    expect(code).toBe(1);
  });

  test('run in the scope that a comment says', async () => {
    const at = files({
      'g.test.ti': "// thingsc: scope thingsdb\ntest('a user', || { new_user('iris'); assert(has_user('iris')); });",
    });
    expect((await thingsc(['test', at('g.test.ti')])).out).toContain('1 passed');
  });
});

describe('files', () => {
  test('with errors are told and fail, and the others run', async () => {
    const at = files({
      'a.test.ti': "test('one', || { 1 + ; });",
      'b.test.ti': "test('two');\ntest(1, || nil);\n// thingsc: load gone.ti",
      'c.test.ti': "test('three', || { 3; });",
    });
    const { code, out } = await thingsc(['test', at('a.test.ti'), at('b.test.ti'), at('c.test.ti')]);
    expect(code).toBe(1);
    expect(out).toMatch(/a\.test\.ti:1:22/);
    expect(out).toContain('takes a name and a closure');
    expect(out).toContain('takes the name of the case first');
    expect(out).toContain('cannot read gone.ti');
    expect(out).toContain('1 passed, 2 failed');
  });

  test('are found below folders; none is a failure', async () => {
    const at = files({ 'x.test.ti': "test('here', || { 1; });", 'y.ti': 'nil;' });
    expect(marks((await thingsc(['test', at('.')])).out)).toEqual(['✓ here']);
    const none = await thingsc(['test', files({})('.')]);
    expect([none.code, none.err]).toEqual([1, 'thingsc: there are no files that end in .test.ti or .test.t19 here\n']);
    expect((await thingsc(['test', at('gone')])).code).toBe(4);
  });

  test('load scripts, which run first and whose errors are told', async () => {
    const at = files({
      'app.ti': "new_procedure('twice', |x| x * 2);",
      'bad.ti': '.no;',
      'a.test.ti': "// thingsc: load app.ti\ntest('twice', || { assert(run('twice', 4) == 8); });",
      'b.test.ti': "// thingsc: load bad.ti\ntest('never', || { nil; });",
    });
    const { out } = await thingsc(['test', at('a.test.ti'), at('b.test.ti')]);
    expect(marks(out)).toEqual(['✓ twice', '✗ never']);
    expect(out).toMatch(/bad\.ti:1:1/);
  });
});

test('results as TAP', async () => {
  const at = files({
    'a.test.ti': "test('one # 1', || { assert(1 == 2); }); skip_test('two'); todo_test('three'); test('four', || { 4; });",
    'b.test.ti': 'test(',
  });
  const { out } = await thingsc(['test', '--tap', at('a.test.ti'), at('b.test.ti')]);
  const lines = out.split('\n').filter((line) => /^(TAP|ok|not ok|1\.\.)/.test(line));
  expect(lines.map((line) => line.replace(/ - .* > /, ' - '))).toEqual([
    'TAP version 14',
    'not ok 1 - one \\# 1',
    'ok 2 - two # SKIP',
    'not ok 3 - three # TODO',
    'ok 4 - four',
    expect.stringMatching(/^not ok 5 - .*b\.test\.ti can be read/),
    '1..5',
  ]);
  expect(out).toContain('notes: ["left: 1","right: 2"]');
});

describe('coverage', () => {
  const app = `// An application.
new_procedure('grade', |points| {
  if (points > 90) {
    return 'A';
  } else if (points > 50) {
    return 'B';
  };
  'C';
});
new_procedure('unused', |x| x > 1 && x < 5);
`;

  async function covered(...more: string[]): Promise<{ out: string; code: number | null; dir: string }> {
    const at = files({
      'app.ti': app,
      'a.test.ti':
        "// thingsc: load app.ti\ntest('A', || { assert(run('grade', 95) == 'A'); });\ntest('C', || { assert(run('grade', 5) == 'C'); });",
    });
    const dir = at('cov');
    const { out, code } = await thingsc(['test', at('a.test.ti'), '--coverage', '--coverage-dir', dir, ...more]);
    return { out, code, dir };
  }

  test('by lines, functions and ways, of what is loaded', async () => {
    const { out, code } = await covered();
    expect(code).toBe(0);
    expect(out).toMatch(/app\.ti\s+85\.7 %\s+50\.0 %\s+50\.0 %\s+6\n/);
    expect(out).not.toMatch(/a\.test\.ti\s+\d/);
  });

  test('as lcov', async () => {
    const { dir } = await covered();
    const report = readFileSync(join(dir, 'lcov.info'), 'utf8');
    expect(report.replace(/^SF:.*$/m, 'SF:app.ti')).toBe(
      `TN:
SF:app.ti
FN:2,grade
FN:10,unused
FNDA:2,grade
FNDA:0,unused
FNF:2
FNH:1
BRDA:3,0,0,1
BRDA:3,0,1,1
BRDA:5,1,0,0
BRDA:5,1,1,1
BRDA:10,2,0,-
BRDA:10,2,1,-
BRF:6
BRH:3
DA:2,2
DA:3,2
DA:4,1
DA:5,1
DA:6,0
DA:8,1
DA:10,2
LF:7
LH:6
end_of_record
`,
    );
  });

  test('as pages that mark what never ran', async () => {
    const { dir } = await covered();
    expect(readFileSync(join(dir, 'index.html'), 'utf8')).toContain('app.ti');
    const [name] = /href="([^"]*app\.ti\.html)"/.exec(readFileSync(join(dir, 'index.html'), 'utf8'))?.slice(1) ?? [];
    const page = readFileSync(join(dir, decodeURI(name as string)), 'utf8');
    expect(page).toContain(`<span class="miss" title="never ran">return 'B'</span>`);
    expect(page).toContain('title="never: then"');
  });

  test('that is too little is a failure', async () => {
    expect((await covered('--min-coverage', '60')).code).toBe(0);
    expect((await covered('--min-coverage', '95')).code).toBe(1);
  });
});

test('the example passes, as a process', async () => {
  const example = fileURLToPath(new URL('../../examples/library.test.ti', import.meta.url));
  const { code, out } = await runBinary(['test', example]);
  expect(out).toContain('4 passed, 1 to do');
  expect(code).toBe(0);
});

test('the checker knows what a file of tests may call, and what it loads', async () => {
  const at = files({
    'app.ti': "set_type('Book', {title: 'str'}); .shelf = |title| Book{title: title};",
    'a.test.ti':
      "// thingsc: load app.ti\ntest('a', || { assert(.shelf('x').title == 'x'); });\ntest('b', || { Book{title: 'x'}.titel; });",
    'b.test.ti': '// thingsc: load gone.ti\nskip_test("a");',
  });
  const { out, err } = await thingsc(['check', at('a.test.ti'), at('b.test.ti')]);
  expect((out + err).match(/^\w+\[.*$/gm)).toEqual([
    expect.stringContaining('no property `titel`'),
    expect.stringContaining('cannot read `gone.ti`'),
  ]);
});
