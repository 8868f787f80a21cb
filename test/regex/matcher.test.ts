/** Regular expressions in the syntax of PCRE2: what matches, what the groups hold, and what is refused. */
import { describe, expect, it } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { compileTree } from '../../src/regex/compile.ts';
import { Machine } from '../../src/regex/machine.ts';
import { Matcher } from '../../src/regex/matcher.ts';
import { parsePattern } from '../../src/regex/parser.ts';
import { latin1 } from '../support.ts';

const free = { spend: () => {} };

/** The match and its groups as text; null for none. */
function match(pattern: string, text: string, flags = ''): string[] | null {
  const found = new Matcher(latin1(pattern), flags).exec(latin1(text), 0, free);
  return found === null ? null : found.groups.map((group) => Buffer.from(group, 'latin1').toString());
}

/** The same by the matching machine, which runs what JavaScript's engine must not. */
function machineMatch(pattern: string, text: string, flags = ''): string | null {
  const machine = new Machine(compileTree(parsePattern(latin1(pattern), flags)), latin1(text), 0, free);
  return machine.search() ? Buffer.from(latin1(text).slice(machine.start, machine.end), 'latin1').toString() : null;
}

const MATCHES: readonly (readonly [pattern: string, flags: string, text: string, groups: readonly string[] | null])[] = [
  ['b', '', 'abc', ['b']],
  ['x', '', 'abc', null],
  ['(a)(b)', '', 'ab', ['ab', 'a', 'b']],
  ['(x)?(a)', '', 'a', ['a', '', 'a']],
  ['(a)(x)?', '', 'a', ['a', 'a']],
  ['a|ab', '', 'ab', ['a']],
  ['a$', '', 'a\n', ['a']],
  ['a\\z', '', 'a\n', null],
  ['a\\Z', '', 'a\n', ['a']],
  ['^b', '', 'a\nb', null],
  ['^b', 'm', 'a\nb', ['b']],
  ['^', 'm', '\n', ['']],
  ['a$', 'm', 'a\nb', ['a']],
  ['a.b', '', 'a\nb', null],
  ['a.b', 's', 'a\nb', ['a\nb']],
  ['B', 'i', 'abc', ['b']],
  ['(?i)abc', '', 'ABC', ['ABC']],
  ['a(?i)b|c', '', 'C', ['C']],
  ['(?i:a)b', '', 'AB', null],
  ['(?-i)a', 'i', 'A', null],
  ['(?x) a b # c', '', 'ab', ['ab']],
  ['(?x)a [ ]', '', 'a ', ['a ']],
  ['(?<y>\\d{4})-(?<m>\\d\\d)', '', 'on 2024-05', ['2024-05', '2024', '05']],
  ['(?P<w>\\w+) (?P=w)', '', 'the the', ['the the', 'the']],
  ["(?'q'z)\\k{q}", '', 'zz', ['zz', 'z']],
  ['(a)\\1', '', 'ab', null],
  ['(.)(.)\\g{-1}\\g1', '', 'xabbay', ['abba', 'a', 'b']],
  ['a(?=b)', '', 'ab', ['a']],
  ['a(?!b)', '', 'ab', null],
  ['(?<=\\$)\\d+', '', 'cost $42', ['42']],
  ['(?<!a)b', '', 'ab', null],
  ['(?<=a|bc|def)x', '', 'defx', ['x']],
  ['[^abc]', '', 'a', null],
  ['[]a]+', '', ']a]', [']a]']],
  ['[a-c-e]+', '', 'a-e', ['a-e']],
  ['[\\d.]+', '', 'v1.2', ['1.2']],
  ['[[:alpha:]]+', '', '1abC2', ['abC']],
  ['[[:^digit:]]+', '', '1ab2', ['ab']],
  ['\\Qa.b\\E+', '', 'a.bb', ['a.bb']],
  ['\\x41\\x{42}\\103', '', 'ABC', ['ABC']],
  ['\\h\\v', '', ' \n', [' \n']],
  ['\\R', '', '\r\n', ['\r\n']],
  ['foo\\Kbar', '', 'foobar', ['bar']],
  ['a++b', '', 'aab', ['aab']],
  ['a++ab', '', 'aab', null],
  ['(?>a+)ab', '', 'aab', null],
  ['(?:a|ab)(?>c|cd)e', '', 'abcde', null],
  ['a+?', '', 'aa', ['a']],
  ['(?U)a+', '', 'aa', ['a']],
  ['a{2,3}', '', 'aaaa', ['aaa']],
  ['a{,3}', '', 'a{,3}', ['a{,3}']],
  ['(?|(a)|(b))', '', 'b', ['b', 'b']],
  ['\\((?:[^()]|(?R))*\\)', '', 'x(a(b)c)y', ['(a(b)c)']],
  ['(\\w)-(?1)', '', 'a-b', ['a-b', 'a']],
  ['^(?:((.)(?1)\\2|)|((.)(?3)\\4|.))$', '', 'abcba', ['abcba', '', '', 'abcba', 'a']],
  ['(?(DEFINE)(?<d>\\d+))(?&d)-(?&d)', '', '12-34', ['12-34']],
  ['(a)?(?(1)b|c)', '', 'ab', ['ab', 'a']],
  ['(a)?(?(1)b|c)', '', 'c', ['c']],
  ['a(?#comment)b', '', 'ab', ['ab']],
  ['a(*SKIP)(*FAIL)|b', '', 'ab', ['b']],
  ['a(*ACCEPT)b', '', 'ac', ['a']],
  ['(*COMMIT)b', '', 'ab', ['b']],
  ['(?:(a)|b)*', '', 'ab', ['ab', 'a']],
  ['(a|b\\1)+', '', 'aba', ['aba', 'ba']],
  ['([^a]?)+', '', 'aba', ['', '']],
  ['^.$', '', 'é', null],
  ['^..$', '', 'é', ['é']],
  ['(*UTF)^.$', '', 'é', ['é']],
  ['(*UTF)é+', '', 'aééb', ['éé']],
  ['(*UTF)é', 'i', 'É', ['É']],
  ['(*UTF)(*UCP)^\\w+$', '', 'né日', ['né日']],
  ['(*UTF)^\\p{Lu}\\p{Ll}$', '', 'Éé', ['Éé']],
  ['(*UTF)[^é]', '', 'éb', ['b']],
  ['(*UTF)\\x{65e5}', '', '日本', ['日']],
  ['(*UTF)(?<=日)本', '', '日本', ['本']],
  ['(*UTF)\\p{Han}+', '', 'ab日本', ['日本']],
  ['(*UTF)^\\X$', '', '👨‍👩‍👧', ['👨‍👩‍👧']],
  ['(*ANYCRLF)^b$', 'm', 'a\r\nb\rc', ['b']],
  ['(*NOTEMPTY)a*', '', 'ba', ['a']],
];

describe('matching', () => {
  it.each(MATCHES)('/%s/%s on %j', (pattern, flags, text, groups) => {
    expect(match(pattern, text, flags)).toEqual(groups);
  });

  it.each(MATCHES)('/%s/%s on %j by the machine', (pattern, flags, text, groups) => {
    expect(machineMatch(pattern, text, flags)).toBe(groups === null ? null : groups[0]);
  });

  it('searches from a position on, and looks behind it', () => {
    const matcher = new Matcher('(?<=a)b|^c', '');
    expect(matcher.find('abc', 1, free)).toMatchObject({ start: 1, end: 2 });
    expect(matcher.find('cc', 1, free)).toBeNull();
  });

  it('matches nothing in ill-formed UTF-8 when the pattern is on characters', () => {
    expect(new Matcher('(*UTF).', '').test('\xc3', free)).toBe(false);
    expect(new Matcher('.', '').test('\xc3', free)).toBe(true);
  });

  it('keeps letters beyond ASCII apart when it disregards case', () => {
    expect(new Matcher('\xe9', 'i').test('\xc9', free)).toBe(false);
    expect(new Matcher('[\xe0-\xff]', 'i').test('\xc9', free)).toBe(false);
  });

  it('takes no byte beyond ASCII for a space or a letter', () => {
    expect(new Matcher('\\s', '').test('\xa0', free)).toBe(false);
    expect(new Matcher('\\w', '').test('\xe9', free)).toBe(false);
  });
});

const REFUSED: readonly (readonly [pattern: string, reason: string])[] = [
  ['(', 'a closing parenthesis is missing'],
  [')', 'a closing parenthesis without an opening one'],
  ['[a', 'a class lacks its closing'],
  ['*a', 'a quantifier without anything to repeat'],
  ['a**', 'a quantifier without anything to repeat'],
  ['^*', 'a quantifier without anything to repeat'],
  ['a{2,1}', 'out of order'],
  ['a{70000}', 'may be 65535 at most'],
  ['[z-a]', 'out of order'],
  ['[a-\\d]', 'a range cannot end with a set'],
  ['[[:foo:]]', 'unknown POSIX class `foo`'],
  ['[:alpha:]', 'within a class'],
  ['\\y', 'unknown escape `\\y`'],
  ['a\\', 'a backslash at the end'],
  ['\\x{100}', 'the code of the character is too large'],
  ['\\1', 'reference to group 1'],
  ['(?1)', 'reference to group 1'],
  ['\\k<n>', 'reference to group `n`'],
  ['(?<n>a)(?<n>b)', 'two groups have the name `n`'],
  ['(?<1>a)', 'must not start with a digit'],
  ['(?<=a+)b', 'not of fixed length'],
  ['(?=\\K)', 'not allowed in a lookaround'],
  ['(?z)', 'unknown kind of group'],
  ['(*FOO)', 'unknown or malformed `(*...)`'],
  ['\\p{Nope}', 'unknown Unicode property `Nope`'],
  ['(a)(?(1)b|c|d)', 'too many alternatives'],
  ['(*UTF)\xff', 'is no UTF-8'],
];

describe('refusing', () => {
  it.each(REFUSED)('/%s/ says: %s', (pattern, reason) => {
    let error: unknown;
    try {
      new Matcher(pattern, '');
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(TiError);
    expect((error as TiError).code).toBe(-60);
    expect((error as TiError).message).toContain(reason);
  });

  it('refuses unknown flags', () => {
    expect(() => new Matcher('a', 'x')).toThrow('unsupported regular expression flag: `x`');
  });

  it('refuses what grows too large', () => {
    expect(() => new Matcher('((a{1000}){1000}){1000}', '').exec('a', 0, free)).toThrow('too large');
    expect(() => new Matcher('a'.repeat(70_000), '')).toThrow('too large');
  });

  it('refuses nesting that is too deep', () => {
    expect(() => new Matcher(`${'('.repeat(300)}${')'.repeat(300)}`, '')).toThrow('250 levels');
  });
});
