import { describe, expect, test } from 'vitest';
import { parseTolerant } from '../../grammar/v1/parser.ts';
import { ErrorCode } from '../../src/errors.ts';
import { shapeOf } from './shape.ts';

/** What comes of a text with errors: its shape, and the offsets of its errors. */
function recovered(source: string): [shape: string, offsets: number[]] {
  const { script, diagnostics } = parseTolerant(source);
  return [shapeOf(script), diagnostics.map((diagnostic) => diagnostic.start)];
}

describe('recovery', () => {
  test.each([
    ['x = 1 y = 2; z = 3', '(= x 1) ; (= z 3)', [6]],
    ['a; x = ; b', 'a ; error ; b', [7]],
    ['a; x = ; b; y = * 2; c', 'a ; error ; b ; error ; c', [7, 16]],
    ['f(1 +, 2); x', '(call f error 2) ; x', [5]],
    ['a = [1, 2; b = 5', '(= a (array 1 2)) ; (= b 5)', [9]],
    ['if (x) { y = 1 z; }; a', '(if x (block (= y 1)) _) ; a', [15]],
    ['foo(; bar', '(call foo) ; bar', [4]],
    ['|a b| a; c', '(|a| a) ; c', [3]],
    ['a.; b', 'error ; b', [2]],
    ['$ + 1; b', 'error ; b', [0]],
    ['{ a; b', '(block a b)', [6]],
    ["x = 'abc; y", 'error', [4]],
    ['f({a: }, [}, g(', 'error', [10, 15]],
  ])('%s', (source, shape, offsets) => {
    expect(recovered(source)).toEqual([shape, offsets]);
  });

  test('reports what the grammar does not know of, and goes on', () => {
    expect(recovered('break; for (x in l) break; continue')).toEqual(['break ; (for x l break) ; continue', [0, 27]]);
    const name = 'n'.repeat(256);
    expect(recovered(`${name}; a + ; b`)).toEqual([`${name} ; error ; b`, [0, 262]]);
  });

  test('keeps the state of loops and nesting right behind an error', () => {
    expect(recovered('for (x in l) { a + ; break; }; break')).toEqual(['(for x l (block error break)) ; break', [19, 31]]);
    const { diagnostics } = parseTolerant('(a + ; '.repeat(60));
    expect(diagnostics.every((diagnostic) => !diagnostic.message.includes('nesting'))).toBe(true);
  });

  test('tells the code, the span, the message and what was expected', () => {
    expect(parseTolerant('f(1 abc)').diagnostics).toEqual([
      {
        code: ErrorCode.SYNTAX,
        severity: 'error',
        message: 'found `abc`, expected an operator, `,` or `)`',
        start: 4,
        end: 7,
        expected: ['an operator', '`,`', '`)`'],
      },
    ]);
  });

  test('finds the same first error as the strict parser', () => {
    for (const source of ['a b', 'f(1,,2)', '`a}`', '{a: 1;}', 'x = )', 'a +', '[1 2]']) {
      const [first] = parseTolerant(source).diagnostics;
      expect(first?.start, source).toBeGreaterThanOrEqual(0);
    }
  });

  test('gives up after a hundred errors, with the tree so far', () => {
    const { script, diagnostics } = parseTolerant('a + ; '.repeat(1000));
    expect(diagnostics.length).toBe(100);
    expect(script.body.at(-1)).toMatchObject({ kind: 'ErrorExpr', end: script.end });
  });
});
