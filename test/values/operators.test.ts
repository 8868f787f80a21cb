import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { binary, bitNot, compare, equal, INT_MAX, INT_MIN, intOf, negate } from '../../src/values/operators.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import type { Value } from '../../src/values/value.ts';

/** 64 bit integers with many near the edges of safe integers and of 64 bit. */
const int64 = fc.oneof(
  fc.bigInt({ min: INT_MIN, max: INT_MAX }),
  fc.bigInt({ min: -20n, max: 20n }),
  fc.bigInt({ min: 2n ** 53n - 5n, max: 2n ** 53n + 5n }),
  fc.bigInt({ min: INT_MAX - 5n, max: INT_MAX }),
  fc.bigInt({ min: INT_MIN, max: INT_MIN + 5n }),
);

type Outcome = { readonly value: Value } | { readonly code: number };

function outcome(run: () => Value): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof TiError) return { code: error.code };
    throw error;
  }
}

/** What exact arithmetic gives, as the language would tell it. */
function exact(run: () => bigint): Outcome {
  return outcome(() => intOf(run()));
}

describe('integers', () => {
  const operators = {
    '+': (a: bigint, b: bigint) => a + b,
    '-': (a: bigint, b: bigint) => a - b,
    '*': (a: bigint, b: bigint) => a * b,
    '&': (a: bigint, b: bigint) => a & b,
    '|': (a: bigint, b: bigint) => a | b,
    '^': (a: bigint, b: bigint) => a ^ b,
  } as const;

  for (const [name, reference] of Object.entries(operators)) {
    test(`${name} is exact, or an overflow`, () => {
      fc.assert(
        fc.property(int64, int64, (a, b) => {
          expect(outcome(() => binary(name as keyof typeof operators, intOf(a), intOf(b)))).toEqual(exact(() => reference(a, b)));
        }),
      );
    });
  }

  test('/ and % truncate towards zero, and tell a division by zero', () => {
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        const zero = { code: ErrorCode.ZERO_DIV };
        expect(outcome(() => binary('/', intOf(a), intOf(b)))).toEqual(b === 0n ? zero : exact(() => a / b));
        expect(outcome(() => binary('%', intOf(a), intOf(b)))).toEqual(b === 0n ? zero : exact(() => a % b));
      }),
    );
  });

  test('shifts work on 64 bit, with the count modulo 64', () => {
    fc.assert(
      fc.property(int64, fc.bigInt({ min: -100n, max: 200n }), (a, n) => {
        const count = n & 63n;
        expect(binary('<<', intOf(a), intOf(n))).toEqual(intOf(BigInt.asIntN(64, a << count)));
        expect(binary('>>', intOf(a), intOf(n))).toEqual(intOf(a >> count));
      }),
    );
  });

  test('comparisons and equality agree with exact order', () => {
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        const [x, y] = [intOf(a), intOf(b)];
        expect([compare('<', x, y), compare('>', x, y), compare('<=', x, y), compare('>=', x, y), equal(x, y)]).toEqual([
          a < b,
          a > b,
          a <= b,
          a >= b,
          a === b,
        ]);
      }),
    );
  });

  test('prefix operators', () => {
    fc.assert(
      fc.property(int64, (a) => {
        expect(outcome(() => negate(intOf(a)))).toEqual(exact(() => -a));
        expect(bitNot(intOf(a))).toEqual(intOf(~a));
      }),
    );
  });

  test('a result is a number exactly when it is a safe integer', () => {
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        const result = outcome(() => binary('+', intOf(a), intOf(b)));
        if (!('value' in result)) return;
        const isNumber = typeof result.value === 'number';
        expect(isNumber).toBe(Number.isSafeInteger(Number(a + b)));
      }),
    );
  });
});

describe('mixed operands', () => {
  test('a float makes the result a float', () => {
    expect(binary('+', 1, new Float(1.5))).toEqual(new Float(2.5));
    expect(binary('*', new Float(2), true)).toEqual(new Float(2));
  });

  test('modulo of floats works on their integer parts', () => {
    expect(binary('%', new Float(7.9), new Float(3.9))).toBe(1);
    expect(() => binary('%', 7, new Float(0.5))).toThrow(expect.objectContaining({ code: ErrorCode.ZERO_DIV }));
    expect(() => binary('%', new Float(1e19), 3)).toThrow(expect.objectContaining({ code: ErrorCode.OVERFLOW }));
  });

  test('str and bytes join to bytes, compare by bytes, and are equal by content', () => {
    expect(binary('+', 'a', new Bytes('b'))).toEqual(new Bytes('ab'));
    expect(compare('<', 'a', new Bytes('b'))).toBe(true);
    expect(equal('\xff', new Bytes('\xff'))).toBe(true);
  });

  test('nan equals only itself as an object', () => {
    const nan = new Float(Number.NaN);
    expect([equal(nan, nan), equal(nan, new Float(Number.NaN))]).toEqual([true, false]);
  });

  test('types that do not go together are named', () => {
    expect(() => binary('+', null, 1)).toThrow(
      expect.objectContaining({ code: ErrorCode.TYPE, message: '`+` not supported between `nil` and `int`' }),
    );
  });
});
