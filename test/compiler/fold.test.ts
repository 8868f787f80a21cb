/** What is computed while compiling, and what must not be. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { ErrorCode } from '../../src/errors.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';
import { code } from './listing.ts';

let engine: LocalEngine;
beforeAll(async () => {
  engine = await memoryEngine();
});

describe('constants', () => {
  test.each<[string, string]>([
    ['1 + 2 * 3', 'INT 7'],
    ['(1 + 2) * 3', 'INT 9'],
    ['-5', 'INT -5'],
    ['- -5', 'INT 5'],
    ['!0', 'TRUE'],
    ['!!"a"', 'TRUE'],
    ['~0', 'INT -1'],
    ['7 / 2', 'INT 3'],
    ['7.0 / 2', 'CONST 3.5'],
    ['1 < 2', 'TRUE'],
    ["'a' + 'b'", "CONST 'ab'"],
    ["'it''s'", "CONST 'it''s'"],
    ['1 << 10', 'INT 1024'],
    ['nil == nil', 'TRUE'],
    ['0.0', 'CONST 0.0'],
    ['-0.0', 'CONST 0.0'],
    ['8388607', 'INT 8388607'],
    ['8388608', 'CONST 8388608'],
    ['9007199254740993', 'CONST 9007199254740993'],
    ['-9223372036854775807', 'CONST -9223372036854775807'],
  ])('%s', (text, instruction) => {
    expect(code(text)).toEqual([instruction, 'RETURN']);
  });

  test('are gathered: equal ones are one', () => {
    expect(code("['text', 'text', 2.5, 2.5];")).toEqual(["CONST 'text'", "CONST 'text'", 'CONST 2.5', 'CONST 2.5', 'ARRAY 4', 'RETURN']);
    expect(ask(engine, '[1.0, 1, true, "1"];')).toEqual([{ $f: '1' }, 1, true, '1']);
  });

  test('that nobody wants are dropped', () => {
    expect(code("1; 'a'; 2 + 3; nil; 4;")).toEqual(['INT 4', 'RETURN']);
  });

  test('on the right of an operator are part of it', () => {
    expect(code('x + 1; x < 5;')).toEqual(['LOAD_NAME x', 'ADD_INT 1', 'POP', 'LOAD_NAME x', 'LT_INT 5', 'RETURN']);
    expect(code('x + 8388608;')).toContain('ADD');
  });

  test('fold to what the run gives', () => {
    const literal = fc.oneof(
      fc.integer({ min: -20, max: 20 }).map(String),
      fc.constantFrom('2.5', '0.0', "'a'", "''", 'nil', 'true', 'false', '9007199254740991', '9223372036854775807'),
    );
    const operator = fc.constantFrom('+', '-', '*', '/', '%', '<', '>', '<=', '>=', '==', '!=', '&', '|', '^', '<<', '>>');
    fc.assert(
      fc.property(literal, operator, literal, operator, literal, (a, o, b, p, c) => {
        const folded = ask(engine, `${a} ${o} (${b} ${p} ${c});`);
        const run = ask(engine, `a = ${a}; b = ${b}; c = ${c}; a ${o} (b ${p} c);`);
        const plain = (answer: unknown): unknown =>
          answer !== null && typeof answer === 'object' && 'error' in answer ? answer.error : answer;
        expect(plain(folded)).toEqual(plain(run));
      }),
    );
  });
});

describe('what is left to the run', () => {
  test.each<[string, number]>([
    ['1 / 0', ErrorCode.ZERO_DIV],
    ['1 + nil', ErrorCode.TYPE],
    ['9223372036854775807 + 1', ErrorCode.OVERFLOW],
    ['-nil', ErrorCode.TYPE],
    ['9223372036854775808', ErrorCode.OVERFLOW],
    ['-9223372036854775808', ErrorCode.OVERFLOW],
  ])('an error: %s', (text, error) => {
    expect(errorOf(engine, text)).toBe(error);
    expect(ask(engine, `false && ${text};`)).toBe(false);
    expect(ask(engine, `false ? ${text} : 1;`)).toBe(1);
  });

  test('a text that would become long', () => {
    const long = `'${'x'.repeat(3000)}'`;
    expect(code(`${long} + ${long};`)).toHaveLength(4);
    expect(ask(engine, `(${long} + ${long}).len();`)).toBe(6000);
  });
});
