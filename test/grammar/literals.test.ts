import { describe, expect, test } from 'vitest';
import { floatValue, intValue, stringValue, templateValue } from '../../grammar/v1/literals.ts';
import { first, problem, shape } from './shape.ts';

describe('ints', () => {
  test.each([
    ['0', 0],
    ['-0', 0],
    ['+7', 7],
    ['007', 7],
    ['0x1f', 31],
    ['-0xFF', -255],
    ['0b101', 5],
    ['-0b11', -3],
    ['0o17', 15],
    ['0o8', 0],
    ['0o178', 15],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['-9007199254740992', -9007199254740992n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775807', -9223372036854775807n],
    ['-9223372036854775808', null],
    ['0x7fffffffffffffff', 9223372036854775807n],
    ['9223372036854775808', null],
    ['-9223372036854775809', null],
    ['0xffffffffffffffff', null],
    [`0b${'0'.repeat(100)}1`, 1],
    [`${'0'.repeat(100)}12`, 12],
    ['9'.repeat(100_000), null],
  ])('%s', (raw, value) => {
    expect(Object.is(intValue(raw), value)).toBe(true);
    expect(first(raw)).toMatchObject({ kind: 'IntLiteral', raw, value, start: 0, end: raw.length });
  });

  test.each(['0XFF', '0B1', '0O7', '0b', '0x', '0o', '0b12', '0o9', '0xfg', '1_000', '12a', '1e5', '5.', '0x1.5'])(
    '%s is refused',
    (source) => {
      expect(problem(source)).toContain('a malformed number');
    },
  );
});

describe('floats', () => {
  test.each([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['-1.5', -1.5],
    ['1.5e+3', 1500],
    ['1.5e-3', 0.0015],
    ['00.50', 0.5],
    ['inf', Number.POSITIVE_INFINITY],
    ['nan', Number.NaN],
  ])('%s', (raw, value) => {
    expect(floatValue(raw)).toBe(value);
    expect(first(raw)).toMatchObject({ kind: 'FloatLiteral', raw, value });
  });

  test.each(['1.', '1.5.2', '1.5f', '1.5e3', '1.5E+3', '1.5e+', '1.e+5', '1..2'])('%s is refused', (source) => {
    expect(problem(source)).toMatch(/^syntax error at line 1, column 1: found a malformed number/);
  });
});

describe('strings', () => {
  test.each([
    ["''", ''],
    ['""', ''],
    ["'a\"b'", 'a"b'],
    ["'it''s'", "it's"],
    ['"say ""hi"""', 'say "hi"'],
    ["''''", "'"],
    ["'a\nb'", 'a\nb'],
    ["'a\\'", 'a\\'],
    ["'// no comment'", '// no comment'],
    ["'\xc3\xa9'", '\xc3\xa9'],
  ])('%s', (raw, value) => {
    expect(stringValue(raw)).toBe(value);
    expect(first(raw)).toMatchObject({ kind: 'StringLiteral', raw, value, end: raw.length });
  });

  test.each(["'abc", '"abc', "'a''", "x = 'a"])('%s is not closed', (source) => {
    expect(problem(source)).toContain('a string that is not closed');
  });

  test('adjacent strings are not joined', () => {
    expect(problem("'a' 'b'")).toBe("syntax error at line 1, column 5: found `'b'`, expected an operator, `;` or the end of the text");
  });
});

describe('regular expressions', () => {
  test.each([
    ['/abc/', 'abc', ''],
    ['/a.c/im', 'a.c', 'im'],
    ['/a\\/b/', 'a\\/b', ''],
    ['/=/', '=', ''],
    ['/ /', ' ', ''],
    ['/a\\/', 'a\\', ''],
  ])('%s', (raw, pattern, flags) => {
    expect(first(raw)).toMatchObject({ kind: 'RegexLiteral', raw, pattern, flags });
  });

  test.each([
    ['x / y / g', '(/ (/ x y) g)'],
    ['x/y/g', '(/ (/ x y) g)'],
    ['(x)/y/2', '(/ (/ (paren x) y) 2)'],
    ['x[0]/y/2', '(/ (/ (chain x [0]) y) 2)'],
    ['{}/y/2', '(/ (/ (thing) y) 2)'],
    ["'a'/y/2", "(/ (/ 'a' y) 2)"],
    ['`a`/y/2', '(/ (/ (template a) y) 2)'],
    ['x.return / 2 / 3', '(/ (/ (chain x .return) 2) 3)'],
    ['in / 2 / 3', '(/ (/ in 2) 3)'],
    ['else / 2 / 3', '(/ (/ else 2) 3)'],
    ['!return / 2 / 3', '(/ (/ (! return) 2) 3)'],
    ['-x / 2 / 3', '(/ (/ (- x) 2) 3)'],
    ['if (|a, b| a) /re/', '(if (|a b| a) /re/ _)'],
    ['if (return a, b) /re/', '(if (return a b _) /re/ _)'],
    ['for (x in |a, b| a) /re/', '(for x (|a b| a) /re/)'],
    ['if() / 2 / 3', '(/ (/ (call if) 2) 3)'],
    ['x /= /=/', '(/= x /=/)'],
    ['true && /a/', '(&& true /a/)'],
    ['!/a/', '(! /a/)'],
    ['/a/ / /b/', '(/ /a/ /b/)'],
    ['|x| /a/', '(|x| /a/)'],
    ['return /a/', '(return /a/ _ _)'],
    ['if (x) /a/ else /b/', '(if x /a/ /b/)'],
    ['for (x in /a/) /b/', '(for x /a/ /b/)'],
    ['for (in in /a/) /b/', '(for in /a/ /b/)'],
    ['if (f(x)) / 2 /', '(if (call f x) / 2 / _)'],
    ['x ? /a/ : /b/', '(? x /a/ /b/)'],
    ['`{/a/}`', '(template /a/)'],
    ['`{x}` / 2 / 3', '(/ (/ (template x) 2) 3)'],
  ])('%s', (source, expected) => {
    expect(shape(source)).toBe(expected);
  });

  test.each(['/a\nb/', '/abc', '/a/I', 'x = /[/]/'])('%s is refused', (source) => {
    expect(problem(source)).toMatch(/^syntax error/);
  });
});

describe('templates', () => {
  test.each([
    ['``', '(template)'],
    ['`abc`', '(template abc)'],
    ['`a{x}b`', '(template a x b)'],
    ['`{x}{y}`', '(template x y)'],
    ['`{ x }`', '(template x)'],
    ['` {x} `', '(template   x  )'],
    ['`{{x}}`', '(template {{x}})'],
    ['`{{{x}}}`', '(template {{ x }})'],
    ['```{x}```', '(template `` x ``)'],
    ['`{ {a: 1} }`', '(template (thing a:1))'],
    ["`{'}'}`", "(template '}')"],
    ['`{`{x}`}`', '(template (template x))'],
    ['`a // b /* c */`', '(template a // b /* c */)'],
    ['`/* { */`', '(template /* { */)'],
    ['`// {\n a`', '(template // {\n a)'],
    ['`{x /* } */}`', '(template x)'],
    ['`{for (i in l) break}`', '(template (for i l break))'],
  ])('%s', (source, expected) => {
    expect(shape(source)).toBe(expected);
  });

  test('values have the doubled characters undone', () => {
    expect(templateValue('a``b{{c}}')).toBe('a`b{c}');
    expect(first('`{{ {x} }}`')).toMatchObject({ parts: [{ value: '{ ' }, { kind: 'Name' }, { value: ' }' }] });
  });

  test.each(['`a{}b`', '`a}b`', '`a{b`', '`//abc`', '`{x}//b`', '`abc', '`{x', '`{x;}`', '```'])('%s is refused', (source) => {
    expect(problem(source)).toMatch(/^syntax error at line 1/);
  });
});

describe('names and comments', () => {
  const longest = 'n'.repeat(255);

  test('names have at most 255 bytes', () => {
    expect(shape(longest)).toBe(longest);
    for (const source of [
      `${longest}x`,
      `${longest}x()`,
      `.${longest}x`,
      `|${longest}x| 1`,
      `for (${longest}x in l) 1`,
      `{${longest}x: 1}`,
    ]) {
      expect(problem(source)).toContain('a name of 256 characters, where 255 are allowed');
    }
  });

  test('comments stand between tokens', () => {
    expect(shape('a /* b */ + // c\n d')).toBe('(+ a d)');
    expect(shape('/**/a/***/')).toBe('a');
    expect(shape('a // last')).toBe('a');
    expect(problem('/* a /* b */ 5; */')).toMatch(/^syntax error/);
    expect(problem('5; /* oops')).toContain('a comment that is not closed');
  });

  test.each(['$a', '#a', 'a?', '\xc3\xa9 = 1', '\xa0', '\\', '\x01'])('%s is refused', (source) => {
    expect(problem(source)).toMatch(/^syntax error at line 1/);
  });
});
