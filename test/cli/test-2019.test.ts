/** `thingsc test` on files in the 2019 dialect. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type Outcome, thingsc } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'thingsc-tests-2019-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

/** Runs files of tests. */
async function run(contents: Readonly<Record<string, string>>, ...options: readonly string[]): Promise<Outcome & { readonly dir: string }> {
  const dir = mkdtempSync(join(folder, `${++count}-`));
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(dir, name), text);
  return { ...(await thingsc(['test', dir, ...options])), dir };
}

const marks = (out: string): string[] => [...out.matchAll(/^ {2}(\S) (.*?) \(/gm)].map(([, mark, name]) => `${mark} ${name}`);

const SETUP = 'desk = {watts: 5}; /* => nil */\n';

describe('cases', () => {
  test('begin with a comment, run behind what stands before all of them, each in a store of its own', async () => {
    const { code, out } = await run({
      'a.test.t19': `${SETUP}/* test: grows */ desk.watts += 1; desk.watts; /* => 6 */\n/* test: is as before */ desk.watts; /* => 5 */ gone = 1;
        /* test: π has nothing of other cases */ hasprop('gone'); /* => false */ /* any other comment */`,
    });
    expect(marks(out)).toEqual(['✓ grows', '✓ is as before', '✓ π has nothing of other cases']);
    expect(code).toBe(0);
  });

  test('hold what statements give against what is expected, in JSON', async () => {
    const same = [
      ['(1 + 1)', '2'],
      ['(4 / 2)', '2.0'],
      ["'tea'", '"tea"'],
      ["'é'", '"\\u00e9"'],
      ['nil', 'nil'],
      ['[nil, true, [1]]', '[null,\n true, [1]]'],
      ["{a: 1, b: {c: 'x'}}", '{"b": {}, "a": 1}'],
      ['desk', '{"watts": 5}'],
      ['desk', '{"#": 3, "watts": 5}'],
    ];
    const different = [
      ['(1 + 1)', '2.0'],
      ['(4 / 2)', '2'],
      ['2', '"2"'],
      ['[1, 2]', '[1]'],
      ['[1]', '[1, 2]'],
      ['desk', '{"watts": 5, "name": null}'],
      ['desk', '{}'],
      ['desk', '{"#": 4, "watts": 5}'],
      ['nil', 'false'],
    ];
    const cases = [...same, ...different].map(([code, text]) => `/* test: ${code} */\n${code}; /* => ${text} */\n`);
    const { out } = await run({ 'b.test.t19': SETUP + cases.join('') });
    expect(marks(out).map((mark) => mark[0])).toEqual([...same.map(() => '✓'), ...different.map(() => '✗')]);
  });

  test('that fail are told with the statement, and both values', async () => {
    const { code, out } = await run({ 'c.test.t19': `${SETUP}/* test: it grows */\ndesk.watts;\ndesk.watts; /* => 6 */\n` });
    expect(code).toBe(1);
    expect(out).toMatch(/✗ it grows .*\n +error: the statement gives another value\n.*c\.test\.t19:4:1\n/);
    expect(out).toMatch(/= expected: 6\n.*= given: 5\n/);
  });

  test('fail by errors, unless these are expected where they come', async () => {
    const { out } = await run({
      'd.test.t19': `${SETUP}/* test: one */ desk.nothing; /* => INDEX_ERROR */
        /* test: two */ desk.watts; /* => 6 */ desk.nothing; /* => INDEX_ERROR */
        /* test: three */ desk.nothing; /* => ZERO_DIV_ERROR */
        /* test: four */ desk.watts; /* => INDEX_ERROR */
        /* test: five */ desk.nothing; desk.watts; /* => 5 */
        /* test: six */ desk.watts; /* => 5 */ (1 / 0);
        /* test: seven */ desk.gone; desk.nothing; /* => INDEX_ERROR */`,
    });
    expect(marks(out)).toEqual(['✓ one', '✗ two', '✗ three', '✗ four', '✗ five', '✗ six', '✗ seven']);
    expect(out).toContain('error: division or modulo by zero (ZERO_DIV_ERROR, 97)');
    expect(out).toContain('expected: ZERO_DIV_ERROR');
    expect(out).toContain('given: INDEX_ERROR');
    expect(out).toContain('the statement ends in no error');
  });

  test('are chosen, skipped, marked, or to be written; run in the root when a comment says so; and are told as TAP', async () => {
    const root =
      '/* thingsc: scope thingsdb */ /* test: a user */ new_user("iris", "siri"); /* => 3 */ del_user("iris"); /* => nil */ del_user("iris"); /* => INDEX_ERROR */';
    const files = { 'e.test.t19': `/* test: one */ 1; /* skip_test: two */ oops; /* todo_test: three */`, 'f.test.t19': root };
    expect(marks((await run(files)).out)).toEqual(['✓ one', '- two', '- three', '✓ a user']);
    expect(marks((await run(files, '-t', 'user')).out)).toEqual(['✓ a user']);
    expect(marks((await run({ ...files, 'g.test.t19': '/* only_test: four */ 4;' })).out)).toEqual(['✓ four']);
    const lines = (await run(files, '--tap')).out.split('\n').filter((line) => /^(ok|not ok|1\.\.)/.test(line));
    expect(lines.map((line) => line.replace(/ - .* > /, ' - '))).toEqual([
      'ok 1 - one',
      'ok 2 - two # SKIP',
      'not ok 3 - three # TODO',
      'ok 4 - a user',
      '1..4',
    ]);
  });
});

test('what is wrong in a file is told with its place', async () => {
  const text = `1; /* => NO_ERROR */
    2; /* => 2 */ /* => 2 */
    /* test: */ 3;
    /* test: first */ (1 / 0); /* => ZERO_DIV_ERROR */ 4;
    [1, /* => 5 */ 2]
    /* test: second */;`;
  const { code, out } = await run({ 'h.test.t19': text, 'i.test.t19': '/* => 1 */ (1 / 0); /* => ZERO_DIV_ERROR */ /* test: x */ 1;' });
  expect(code).toBe(1);
  expect([...out.matchAll(/error: (.*?)\n.*test\.t19:(\d+:\d+)/g)].map(([, message, place]) => [place, message?.slice(0, 25)])).toEqual([
    ['1:4', 'behind `=>` stands a valu'],
    ['2:19', 'what a statement gives is'],
    ['3:5', 'a case has a name: `/* te'],
    ['4:32', 'nothing runs behind an er'],
    ['5:9', 'what a statement gives is'],
    ['1:1', 'what a statement gives is'],
    ['1:21', 'nothing runs behind an er'],
  ]);
});

test('scripts of both dialects are loaded, and covered', async () => {
  const files = {
    'lamps.t19':
      "lamps = [{watts: 5}, {watts: 40}];\nmost = lamps.map(lamp => ((lamp.watts > 10) ? 'much' : 'little'));\nonly = lamps.filter(lamp => ((lamp.watts > 90) && lamp.nothing));\n",
    'more.ti': '.names = ["desk"];\n',
    'a.test.t19':
      '/* thingsc: load lamps.t19 */ /* thingsc: load more.ti */ /* test: both */ most; /* => ["little", "much"] */ names; /* => ["desk"] */',
    'b.test.ti': "// thingsc: load lamps.t19\ntest('too', || { assert(.lamps[1].watts == 40); });",
    'bad.t19': '1;\n(1 / 0);',
    'c.test.t19': '/* thingsc: load bad.t19 */ /* test: never */ 1;',
  };
  const { out, dir } = await run(files, '--coverage', '--coverage-dir', join(folder, 'cov'));
  expect(marks(out)).toEqual(['✓ both', '✓ too', '✗ never']);
  expect(out).toMatch(/bad\.t19:2:2/);
  expect(out).toMatch(/lamps\.t19 +100\.0 % +100\.0 % +75\.0 %/);
  expect(readFileSync(join(folder, 'cov', 'lcov.info'), 'utf8')).toContain('lamps.t19');
  expect(dir).not.toBe('');
});

test('the example of the documentation passes', async () => {
  const page = readFileSync(fileURLToPath(new URL('../../docs/testing.md', import.meta.url)), 'utf8');
  const example = /```\n(\/\* lamps\.test\.t19 \*\/\n.*?)```/s.exec(page)?.[1] ?? '';
  const { out, code } = await run({ 'lamps.test.t19': example, 'lamps.t19': 'lamps = [];' });
  expect(out).toContain('2 passed');
  expect(code).toBe(0);
});
