import { describe, expect, test } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import { describe as describeType } from '../../src/analysis/types.ts';

/** The type of the last statement of a script. */
function typeOf(source: string): string {
  const { script, types, diagnostics } = analyze(source);
  expect(diagnostics).toEqual([]);
  const last = script.body.at(-1);
  const type = last === undefined ? undefined : types.get(last);
  return type === undefined ? 'none' : describeType(type);
}

const codes = (source: string): string[] => analyze(source).findings.map(({ code, severity }) => `${severity} ${code}`);

describe('the type of', () => {
  test.each([
    ['1 + 2', 'int'],
    ['1 + 2.0', 'float'],
    ["'a' + 'b'", 'str'],
    ['[1, 2].map(|x| x * 0.5)', 'list<float>'],
    ["[1, 'a']", 'list<int|str>'],
    ["'a,b'.split(',')", 'list<str>'],
    ["['a'].map(|x| x.split(','))", 'list<tuple<str>>'],
    ["[1].first('none')", 'int|str'],
    ['[1, 2].find(|x| x > 1)', 'int|nil'],
    ['range(3).filter(|x| x > 1)', 'list<int>'],
    ['try(int(x))', 'int|error'],
    ["if (x) 1 else 'a'", 'int|str'],
    ['x || 1', 'any'],
    ['!x', 'bool'],
    ["set_type('P', {name: 'str', age: 'int?', tags: '[str]'}); P{}", 'P'],
    ["set_type('P', {name: 'str', age: 'int?', tags: '[str]'}); P{}.age", 'int|nil'],
    ["set_type('P', {name: 'str', age: 'int?', tags: '[str]'}); P{}.tags.map(|t| t.len())", 'list<int>'],
    ["set_type('P', {friends: '{P}'}); type_all('P').filter(|p| p.friends.len())", 'set<P>'],
    ["set_enum('E', {A: 1}); E{A}", 'E'],
    ["new('Q')", 'thing'],
    ['s = 0; for (x in [1, 2]) s += x; s', 'int'],
    ["s = 0; for (x in [1, 2]) s = 'a'; s", 'int|str'],
    ["a = 1; b = 2; for (x in [1, 2]) { a = b; b = 'a'; }; a", 'any'],
    ["x = 1; if (y) { x = 'a'; return x; }; x", 'int'],
    ['l = [1]; l.push(x); l[0]', 'any'],
    ['l = [1]; l[0]', 'int'],
    ['l = [1]; m = l; l[0]', 'any'],
    ['t = {a: 1}; t.a', 'int'],
    ['t = {a: 1}; t.a = x; t.a', 'any'],
  ])('%s is %s', (source, type) => {
    expect(typeOf(source)).toBe(type);
  });
});

describe('a test tells', () => {
  test.each([
    ['if (is_str(x)) x else nil', 'str|nil'],
    ["if (type(x) == 'int') x else 1.5", 'int|float'],
    ['x = try(1); if (is_err(x)) return 0; x', 'int'],
    ['x = [1].find(|i| i); if (x == nil) return 0; x', 'int'],
    ['x = [1].find(|i| i); x != nil && x', 'bool|int'],
    ['x = [1].find(|i| i); assert(x); x', 'int'],
    ['x = [1].find(|i| i); if (!x) raise(); x', 'int'],
    ["type_assert(x, 'str'); x", 'str'],
  ])('%s is %s', (source, type) => {
    expect(typeOf(`x = .x; ${source}`)).toBe(type);
  });
});

describe('what fails', () => {
  test.each([
    ["'a' - 1;", ['error operand-type']],
    // A value that is written out, against the definition of the field.
    ["set_type('P', {age: 'int<18:99>', mail: 'email'}); P{age: 20, mail: 'a@example.org'};", []],
    ["set_type('P', {age: 'int<18:99>', mail: 'email'}); P{age: 2, mail: 'none'};", ['error field-type', 'error field-type']],
    ["set_type('P', {age: 'uint'}); p = P{}; p.age = -1;", ['error field-type']],
    // A set holds things.
    ["s = set(); s.add('a'); s.add({}, 1, [{}]); s.add({}, .x);", ['error argument-type', 'error argument-type', 'error argument-type']],
    [
      "set([1, 2]); set('a'); set(nil); set({}, 1);",
      ['error argument-type', 'error argument-type', 'error argument-type', 'error argument-type'],
    ],
    ['set(); set([]); set([{}]); set({}, {}); set(set()); set(.x); l = [1, {}]; set(l); .s.add(1);', []],
    [
      "set_type('P', {s: '{P}'}); P{s: [1]}; P{}.s.add('a'); P{}.s.add(P{}); p = P{}; p.s = ['a'];",
      ['error field-type', 'error argument-type', 'error field-type'],
    ],
    // It may not come there.
    ["if (.x) 'a' - 1;", ['warning operand-type']],
    ["|| 'a' - 1;", ['warning operand-type']],
    ["[1].map(|x| x - 'a');", ['warning operand-type']],
    // It is expected to.
    ["try('a' - 1);", []],
    // An argument that a closure has no parameter for is left alone.
    ['f = |a| a; f(1, 2 - nil);', ['warning operand-type']],
    // Nothing is known.
    ['.x - .y; .f(1).g; x = .x; x.a.b;', []],
    // What `..` ends is not asked for what follows.
    ['x = try(1 / 0); x..anything.more();', []],
    ["set_type('P', {n: 'int'}); p = P{}; p.m;", ['error unknown-property']],
    // A type that is changed has what nobody knows.
    ["set_type('P', {n: 'int'}); mod_type('P', 'add', 'm', 'int'); p = P{}; p.m;", []],
    ["set_type('P', {n: 'int'}); p = P{}; p.to_thing(); p.m = 1;", []],
    ["set_type('P', {q: 'Unknown'}); P{}.q.anything;", []],
    ["x = 1; x = 'a'; x.upper();", []],
    ['n = 0; [1].each(|x| n += 0.5); n.upper();', []],
    ["x = 'a'; if (.y) x = nil; x.upper();", []],
    ["x = 'a'; for (i in .l) { x.upper(); x = i; };", []],
  ])('%s', (source, found) => {
    expect(codes(source)).toEqual(found);
  });

  test('is told for each place once, and silenced by a comment', () => {
    expect(codes("for (i in [1]) for (j in [2]) 'a' - 1;")).toEqual(['warning operand-type']);
    expect(codes("'a' - 1; // thingsc: ignore operand-type")).toEqual([]);
    expect(codes("// thingsc: ignore operand-type\n'a' - 1;\n'b' - 1;")).toEqual(['error operand-type']);
    expect(codes('// thingsc: ignore nonsense\n1;')).toEqual(['warning unused-directive']);
  });

  test('is found behind syntax errors', () => {
    expect(codes("a = [1, ;\nb = 'x' - 1;\nb.foo();")).toEqual(expect.arrayContaining(['error syntax', 'error operand-type']));
  });
});

describe('any depth and any bytes', () => {
  test('are no trouble', () => {
    for (const source of [
      `${'for (x in y) '.repeat(150)}1`,
      `${'(|| '.repeat(150)}1${')'.repeat(150)}`,
      `${'if (a) '.repeat(150)}1`,
      '\xff\0',
      '((((',
    ]) {
      expect(() => analyze(source)).not.toThrow();
    }
  });
});

describe('what is probably meant otherwise', () => {
  test.each([
    ['an assignment as a condition', 'n = .n; if (n = 1) .m = n;', ['warning constant-test']],
    ['the same of a property', 'if (.n = 1) .m = 2;', ['warning constant-test']],
    ['an assignment of what may be nil', 'if (user = .users.find(|u| u.name)) user.name;', []],
    ['a name that no type has', "n = 1; type(n) == 'integer';", ['warning constant-comparison']],
    ['a variable that keeps nothing', "t = {a: 1}; set_type('P', {});", ['warning unused-variable']],
    ['a variable that keeps an instance', "set_type('P', {}); p = P{}; type_count('P');", []],
    ['a variable that is let go of', "set_enum('E', {A: 1}); e = E{A}; e = nil; del_enum('E');", []],
  ])('%s', (_what, source, found) => {
    expect(codes(source)).toEqual(found);
  });

  test.each([
    ["'a'.length();", '`str` has no method `length`; did you mean `len`?'],
    ['set().append({});', '`set` has no method `append`; did you mean `add`?'],
    ["print('a');", 'there is no function `print`; did you mean `log`?'],
  ])('the name of another language in %s', (source, message) => {
    expect(analyze(source).findings.map((finding) => finding.message)).toEqual([message]);
  });

  test('a method of another type, and a sum of text and number, with what would be right', () => {
    const reasons = (source: string): (string | undefined)[] => analyze(source).findings.map(({ reason }) => reason);
    expect(reasons("'a'.test('b');")).toEqual(['it is a method of `regex`']);
    expect(reasons("'a' + 1;")[0]).toContain('`str(...)`');
  });

  test('of two names that are as close, the first in the alphabet is told', () => {
    expect(analyze('log1 = 1; log2 = 2; log3; [log1, log2];').findings[0]?.message).toContain('did you mean `log1`?');
    expect(analyze('log2 = 1; log1 = 2; log3; [log1, log2];').findings[0]?.message).toContain('did you mean `log1`?');
  });
});
