import { describe, expect, it } from 'vitest';
import { analyze2019 } from '../../src/analysis/dialect-2019/analyze.ts';
import { describe2019 } from '../../src/analysis/dialect-2019/calls.ts';
import { cases2019 } from '../dialect-2019/cases.ts';
import { program, source } from '../dialect-2019/programs.ts';
import { latin1 } from '../support.ts';

/** What is found, with the words that it stands at. */
const found = (code: string, options = {}): string[] =>
  analyze2019(code, options).findings.map((f) => `${f.code} at ${code.slice(f.start, f.end)}: ${f.message}`);

const codes = (code: string, options = {}): string[] => analyze2019(code, options).findings.map((f) => f.code);

describe('calls', () => {
  it.each([
    ["a.startwith('x')", 'unknown-method at startwith: the dialect has no function `startwith`; did you mean `startswith`?'],
    ['foo()', 'unknown-function at foo: the dialect has no function `foo`'],
    ['x => x.upper(1)', 'argument-count at upper: `upper` takes 0 arguments, not 1'],
    ['push()', 'unknown-method at push: type `thing` has no function `push`'],
    ['a.push()', 'argument-count at push: `push` takes at least 1 argument, not 0'],
    ['a.splice(1)', 'argument-count at splice: `splice` takes at least 2 arguments, not 1'],
    ['5.push(1)', 'unknown-method at push: type `int` has no function `push`'],
    ["'a'.blob(0)", 'unknown-method at blob: type `raw` has no function `blob`'],
    ["blob('a')", "argument-type at 'a': `blob` takes `int` as argument 1, not `raw`"],
    ["thing(1, 'a')", "argument-type at 'a': `thing` takes `int` as argument 2, not `raw`"],
    ["'a'.test('b')", "argument-type at 'b': `test` takes `regex` as argument 1, not `raw`"],
    ['[1].map(5)', 'argument-type at 5: `map` takes `arrow-function` as argument 1, not `int`'],
    ["del('1x')", "argument-type at '1x': `1x` is no valid name: a letter or underscore, then letters, digits and underscores"],
    ['users()', 'unused'],
    ["id(); grant(0, 'a', READ)", 'mixed-scopes at grant: `grant` belongs to the root, and the rest to a collection'],
  ])('%s', (code, wanted) => {
    if (wanted === 'unused') expect(found(code)).toEqual([]);
    else expect(found(code)).toContain(wanted);
  });

  it('may fail where that is expected', () => {
    expect(found("try((1/0), 'none'); try(nosuch(), 1); try('a'.push(1))")).toEqual([]);
    expect(codes('try((1/0), (2/0))')).toEqual(['zero-division']);
    expect(analyze2019("try(1, 2, 'NO_SUCH')").findings).toMatchObject([{ severity: 'info', code: 'argument-type' }]);
  });
});

describe('values', () => {
  it.each([
    ["('a' + 1)", ['operand-type']],
    ['(nil < 1)', ['operand-type']],
    ['(1 / 0); (1 // 0.0); (1 % 0)', ['zero-division', 'zero-division', 'zero-division']],
    ['5.x', ['no-property']],
    ['5[0]', ['no-index']],
    ["'abc'[0][0]", ['no-index']],
    ['[1, {}]', ['argument-type']],
    ['{a: 1, a: 2}', ['duplicate-key']],
    ['f = x => y = 1', ['argument-type']],
    ['[x => x.push(1)]', ['argument-type']],
    ['[1].map(x => x = 1)', ['argument-type']],
    ['/(/', ['invalid-regex']],
    ['9223372036854775808', ['integer-too-large']],
    ['(1 +', ['syntax']],
    ['$a', ['unknown-variable']],
    ['$a; $a = 1', ['read-before-set']],
    ['$a = 1', ['unused-variable']],
    ['$_a = 1; $b = 2; $b', []],
    ['x = 5; x.push(1)', ['unknown-method']],
    ['x = 5; x = [1]; x.push(1)', []],
    ['x = 5; (a) ? x = [1] : nil; x.push(1)', []],
    ["x = 5; [1].map(i => del('x')); x.push(1)", []],
    ['x = 5; o.x = [1]; x.push(1)', []],
    ['x = 5; rename(b, c); x.push(1)', []],
    ['$x = 5; [1].map(i => $x = [i]); $x.push(1)', []],
    ['$x = [1, 2][0]; $x.push(1)', ['unknown-method']],
    ['[1, 2].map(x => x.len())', ['unknown-method']],
    ["['a'].map(x, i => (x + i))", ['operand-type']],
    ['{a: 1}.map(k, v => k.push(1))', ['unknown-method']],
    ['[[1]].map(x => x.push(1))', ['unknown-method']],
    ['x = [[1]][0]; x.push(1)', []],
    ["({}) ? 1 : 'a'.push(1)", ['unknown-method']],
    ['[1].find(x => (x > 1)).len()', ['unknown-method']],
    ['[1].map(x => (x / 2))[0].len()', ['unknown-method']],
    ['(a || 5).push(1)', []],
    ["(1 && 'a' && [])", []],
    ["x = get('k'); y = get('k', 'l')", []],
  ])('%s', (code, wanted) => {
    expect(codes(code)).toEqual(wanted);
  });

  it('are less certain where a script may not come to', () => {
    const severities = (code: string): string[] => analyze2019(code).findings.map(({ severity }) => severity);
    expect(severities('(1 / 0); (a) ? (1 / 0) : 2; (a && (1 / 0)); [a].map(x => (1 / 0)); try(a, (1 / 0))')).toEqual([
      'error',
      'warning',
      'warning',
      'warning',
      'warning',
    ]);
  });

  it('have types', () => {
    const typed = (code: string): string => {
      const { script, types } = analyze2019(code);
      const last = script.body.at(-1);
      const type = last === undefined ? undefined : types.get(last);
      return type === undefined ? '' : describe2019(type);
    };
    const table: readonly (readonly [string, string])[] = [
      ["('a' + 'b')", 'raw'],
      ['(7 // 2.0)', 'int'],
      ['(4 / 2)', 'float'],
      ['(1 + 1.5)', 'float'],
      ['a = 5; a', 'int'],
      ['a = 5', 'nil'],
      ["'abc'[0]", 'int'],
      ['[{}]', 'array-of-things'],
      ['[1].map(x => x)', 'array'],
      ["get('k')", 'attribute|nil'],
      ['thing(1)', 'thing'],
      ['thing(1,)', 'array-of-things'],
      ['try((1 / 0))', 'float|nil'],
      ["(a) ? 1 : 'x'", 'int|raw'],
      ['nosuch', 'any'],
      ['x => x', 'arrow-function'],
      ['users()', 'array'],
    ];
    for (const [code, wanted] of table) expect([code, typed(code)]).toEqual([code, wanted]);
  });
});

describe('scripts for the root', () => {
  it.each([
    ["new_user('a', 'b'); users(); (READ | WATCH)", []],
    ['users(); REED', ['unknown-variable']],
    ['user(1)', ['argument-type']],
    ['users(1)', ['argument-count']],
    ['(users() + 1)', ['other-scope']],
    ["(READ + 'a'); users()", ['operand-type']],
  ])('%s', (code, wanted) => {
    expect(codes(code)).toEqual(wanted);
  });

  it('are told from others by what is known of them', () => {
    expect(codes('[1]; id(); user()', { scope: 'thingsdb' })).toEqual(['other-scope', 'other-scope', 'argument-count']);
    expect(codes('users()', { scope: 'collection' })).toEqual(['other-scope']);
    expect(codes('/* thingsc: scope thingsdb */ [1]')).toEqual(['other-scope']);
    expect(analyze2019("new_user('a', 'b')").effects).toMatchObject({ thingsdb: { what: '`new_user`' }, collection: null });
  });
});

describe('comments and rules', () => {
  it('silence findings', () => {
    expect(codes('/* thingsc: ignore zero-division */\n(1 / 0);\n(2 / 0);')).toEqual(['zero-division']);
    expect(codes('(1 / 0)', { rules: { 'zero-division': 'off' } })).toEqual([]);
    expect(codes('/* thingsc: ignore no-index */ 1')).toEqual(['unused-directive']);
  });

  it('say that nothing is changed', () => {
    expect(codes('/* thingsc: read-only-file */ x = 1')).toEqual(['change-in-read-only']);
    expect(codes('x = 1', { readOnly: true })).toEqual(['change-in-read-only']);
    expect(codes('$x = 1; $x', { readOnly: true })).toEqual([]);
  });
});

describe('the acceptance cases', () => {
  const steps = cases2019.flatMap(({ target, steps: own }) => own.map((step) => ({ ...step, target: step.target ?? target })));
  const severe = (code: string, target: string | number): string[] => {
    const { findings } = analyze2019(latin1(code), { scope: target === 0 ? 'thingsdb' : 'collection' });
    return findings.filter(({ severity, code: kind }) => severity !== 'info' && kind !== 'unused-variable').map(({ message }) => message);
  };

  it('raise no alarm when they run without error', () => {
    for (const { code, target, err } of steps) if (err === undefined) expect([code, ...severe(code, target)]).toEqual([code]);
  });

  it('are found wrong in most of the texts that only fail', () => {
    const failing = steps.filter(({ err }) => err !== undefined);
    expect(failing.filter(({ code, target }) => severe(code, target).length > 0).length).toBeGreaterThanOrEqual(140);
  });
});

it('bears any program', () => {
  const below = source(11);
  for (let i = 0; i < 1500; i++) {
    const code = program(below);
    expect(() => analyze2019(code, below(3) === 0 ? { scope: 'thingsdb' } : {}), code).not.toThrow();
  }
  for (const text of ['', ';', '(', '[1,', 'a.', '$', '{a:', 'x =>', "'", '((((((']) expect(() => analyze2019(text), text).not.toThrow();
});
