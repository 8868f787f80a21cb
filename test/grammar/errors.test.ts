import { describe, expect, test } from 'vitest';
import { parse, parseClosure } from '../../grammar/v1/parser.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { problem } from './shape.ts';

describe('messages name the place, what was found and what could stand there', () => {
  test.each([
    ['x = )', 'line 1, column 5: found `)`, expected a value'],
    ['f(1 2)', 'line 1, column 5: found `2`, expected an operator, `,` or `)`'],
    ['f(1, ;', 'line 1, column 6: found `;`, expected a value'],
    ['f(;', 'line 1, column 3: found `;`, expected a value or `)`'],
    ['[1, 2;', 'line 1, column 6: found `;`, expected an operator, `,` or `]`'],
    ['{a: 1 b: 2}', 'line 1, column 7: found `b`, expected an operator, `,` or `}`'],
    ['{a: 1, 2}', 'line 1, column 8: found `2`, expected a name'],
    ['a\nb', 'line 2, column 1: found `b`, expected an operator, `;` or the end of the text'],
    ['{ a; b', 'line 1, column 7: found the end of the text, expected an operator, `;` or `}`'],
    ['|a b| a', 'line 1, column 4: found `b`, expected `,` or `|`'],
    ['for (x of l) x', 'line 1, column 8: found `of`, expected `,` or `in`'],
    ['if true 1', 'line 1, column 4: found `true`, expected `(`'],
    ['a.5', 'line 1, column 2: found `.5`, expected an operator, `;` or the end of the text'],
    ['a.;', 'line 1, column 3: found `;`, expected a name'],
    ['a ? b', 'line 1, column 6: found the end of the text, expected an operator or `:`'],
    ['a[1:2:3:4]', 'line 1, column 8: found `:`, expected an operator or `]`'],
    ['A{5}', 'line 1, column 3: found `5`, expected a name or a closure'],
    ['`a{b`', 'line 1, column 5: found a back-tick, expected an operator or `}`'],
    ['`a', 'line 1, column 3: found the end of the text, expected a back-tick that closes the template'],
    ["x = 'abc\ndef", "line 1, column 5: found a string that is not closed: `'abc...`, expected a value"],
    ['break', 'line 1, column 1: `break` stands outside of the body of a `for`'],
    ['\xe6\x97\xa5', 'line 1, column 1: found `\xe6\x97\xa5`, expected a value'],
    ['\x07', 'line 1, column 1: found byte 0x07, expected a value'],
    [')', 'line 1, column 1: found `)`, expected a value'],
    ['a;;)', 'line 1, column 4: found `)`, expected a value or the end of the text'],
  ])('%s', (source, expected) => {
    expect(problem(source)).toBe(`syntax error at ${expected}`);
  });

  test('long tokens are cut, but not within a character', () => {
    const text = `a '${'\xc3\xa9'.repeat(40)}'`;
    const [, quoted = ''] = /found `(.*?)`,/.exec(problem(text)) ?? [];
    expect(quoted.endsWith('\xa9...')).toBe(true);
    expect(quoted.length).toBeLessThan(40);
  });

  test('carry the offset of the place', () => {
    for (const [source, start] of [
      ['a +', 3],
      ['a +\n b c', 7],
      ["x = 'a", 4],
    ] as const) {
      try {
        parse(source);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(TiError);
        expect(error).toMatchObject({ code: ErrorCode.SYNTAX, start });
      }
    }
  });
});

describe('parseClosure', () => {
  test('takes one closure', () => {
    expect(parseClosure(' |x, y| x + y; // c')).toMatchObject({ kind: 'ClosureLiteral', start: 1, end: 13 });
  });

  test.each(['x', '', '|x| x; 5', '(|x| x)', '|x| x + ', '|x x'])('refuses %s', (source) => {
    expect(() => parseClosure(source)).toThrow(expect.objectContaining({ code: ErrorCode.SYNTAX }));
  });
});
