/** Scripts in which something is never closed. */
import { describe, expect, test } from 'vitest';
import { longScript } from '../../bench/script.ts';
import { type Analysis, analyze, LiveScript } from '../../src/analysis/analyze.ts';
import { analyze2019 } from '../../src/analysis/dialect-2019/analyze.ts';

/** What is found, with its line. */
const found = (source: string, { findings }: Pick<Analysis, 'findings'> = analyze(source)): string[] => {
  return findings.map(({ code, start, message }) => `${source.slice(0, start).split('\n').length} ${code} ${message}`);
};

const BEFORE = "first = 'a';\nfirst.uper();\n";
const BEHIND = 'last = 1;\nlast.len();\n';
const AROUND = ['2 unknown-method `str` has no method `uper`; did you mean `upper`?'];

test.each([
  ['a block', 'if (true) {\n  first.upper();\n'],
  ['the body of a procedure', "new_procedure('p', |x| {\n  x.len();\n"],
  ['a brace within a procedure', "new_procedure('p', |x| {\n  if (x) {\n    x.len();\n  \n});\n"],
  ['an expression of a template', 'first = `a {first;\n'],
  ['a thing', 'thing = {\n  name: first,\n  ;\n'],
])('%s that is not closed is one error, and what follows is read as ever', (_what, open) => {
  const lines = BEFORE.split('\n').length + open.split('\n').length - 2;
  const all = found(BEFORE + open + BEHIND);
  const told = all.filter((each) => each.includes('is not closed'));
  expect(told).toHaveLength(1);
  expect(all).toEqual(expect.arrayContaining([...AROUND, `${lines + 2} unknown-method \`int\` has no method \`len\``]));
  expect(all.filter((each) => / syntax /.test(each) && Number.parseInt(each, 10) > lines)).toEqual([]);
});

test('the innermost that is open is told, at its place', () => {
  expect(found('for (x in [1]) {\n  if (x) {\n    x;\n\ny = 1;\ny;\n')).toEqual(['2 syntax `{` is not closed']);
});

test('a text that is right is read as it stands, however it is indented', () => {
  expect(found('if (true) {\nx = 1;\nx;\n};\ny = {\na: 1,\n};\ny;\n')).toEqual([]);
});

test('without a line that can begin a statement, the end of the text is told', () => {
  expect(found('if (true) {\n  x = 1;\n  x;\n')).toEqual(['4 syntax found the end of the text, expected a value or `}`']);
  expect(found('if (true) { x = 1; x;')).toHaveLength(1);
});

test('what is closed and was never opened is told where it stands', () => {
  expect(found('x = 1;\n};\nx;\n').map((each) => each.slice(0, 8))).toEqual(['2 syntax']);
});

test('a key behind a brace that is open leaves the parts that follow as they are', () => {
  const text = longScript(200);
  const live = new LiveScript();
  live.check(text);
  const statements = (source: string): readonly object[] => live.check(source).script.body;
  const before = statements(`if (true) {\n${text}`);
  const after = statements(`if (true) { x\n${text}`);
  // Behind the first, the statements are the same objects still.
  expect(after.length).toBeGreaterThan(50);
  expect(after).toHaveLength(before.length);
  for (const [i, statement] of after.entries()) if (i > 0) expect(statement).toBe(before[i]);
});

/** Texts with quotes of all kinds, so that all that stands behind an open one would be read the other way round. */
const QUOTED = "name = 'a';\nname.uper();\nlist = [\"it's\", 'c', `d {name} 'e'`];\nlist.len();\nlist.foo('f');\n";

test.each([
  ['a string', "first = 'a;\n", 'found a string that is not closed'],
  ['a string in a call', "first = f('a);\n", 'found a string that is not closed'],
  ['a template', 'first = `a;\n', 'the template is not closed'],
  ['a string in a procedure', "new_procedure('p', |x| {\n  y = 'a;\n  y.len();\n});\n", 'found a string that is not closed'],
])('%s that is not closed is told, and what follows is read as ever', (_what, open, message) => {
  const all = found(open + QUOTED);
  const lines = open.split('\n').length - 1;
  expect(all[0]).toContain(message);
  const rest = found(QUOTED).map((each) => each.replace(/^\d+/, (line) => String(Number(line) + lines)));
  expect(rest).toHaveLength(2);
  expect(all.filter((each) => Number.parseInt(each, 10) > lines)).toEqual(rest);
});

test('a string over several lines is one, whatever is in it', () => {
  expect(found("text = 'a;\nfirst;\nsecond';\ntext.len();\n")).toEqual([]);
  expect(found("text = 'a;\nfirst;\nsecond';\ntext.foo();\n(1;\n").map((each) => each.slice(0, 8))).toEqual(['4 unknow', '5 syntax']);
});

describe('in the 2019 dialect', () => {
  const found2019 = (source: string): string[] => found(source, analyze2019(source));
  const rest = "name = 'b';\nname.push(1);\nlist = [\"it's\", 'c'];\n5.len();\n";

  test('what follows a string that is not closed is read as ever', () => {
    const [first, ...others] = found2019(`x = 'a;\n${rest}`);
    expect(first).toContain('found a string that is not closed');
    expect(others.map((each) => each.slice(0, 16))).toEqual(['3 unknown-method', '5 unknown-method']);
  });

  test('so is what follows a statement without a semicolon, two semicolons, or an operation outside of parentheses', () => {
    for (const wrong of ['$a = 1\n', '1;;\n', 'x = 1 + 2;\n', 'f(1;\n', 'x = [1;\n', 'x = {a: 1;\n']) {
      const all = found2019(wrong + rest);
      expect([wrong, all.filter((each) => each.includes(' syntax ')).length]).toEqual([wrong, 1]);
      expect([wrong, all.at(-1)?.slice(0, 16)]).toEqual([wrong, '5 unknown-method']);
    }
  });
});
