/** What is only evaluated when it is needed, and arguments that nobody takes. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { ErrorCode } from '../../src/errors.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';
import { code } from './listing.ts';

let engine: LocalEngine;
beforeAll(async () => {
  engine = await memoryEngine();
});

/** Runs a text in which `t(v)` notes v and gives it; gives the answer and what was noted. */
function traced(text: string): unknown {
  return ask(engine, `seen = []; t = |v| { seen.push(v); v; }; answer = { ${text} }; [answer, seen];`);
}

describe('operands', () => {
  test.each<[string, unknown, unknown[]]>([
    ['t(0) && t(1)', 0, [0]],
    ['t(2) && t(1)', 1, [2, 1]],
    ['t(0) || t(1)', 1, [0, 1]],
    ['t(2) || t(1)', 2, [2]],
    ['t(1) ? t(2) : t(3)', 2, [1, 2]],
    ['t(0) ? t(2) : t(3)', 3, [0, 3]],
    ['if (t(0)) t(1)', 0, [0]],
    ['if (t(0)) t(1) else t(2)', 2, [0, 2]],
    ['if (t(5)) t(1)', 1, [5, 1]],
    ['t(1) + t(2) * t(3)', 7, [1, 2, 3]],
    ['[t(1), t(2)][t(0)]', 1, [1, 2, 0]],
    ['nil..a(t(1)).b[t(2)]', null, []],
    ["{a: 1}..has(t('a'))", true, ['a']],
    ['try(t(1), t(2))', 1, [1]],
    ['try(1 / 0, { t(1); zero_div_err(); }) == zero_div_err()', true, [1]],
    ["''[t(1):t(2)]", '', []],
    ["'abc'[t(1):t(2)]", 'b', [1, 2]],
  ])('%s', (text, answer, seen) => {
    expect(traced(text)).toEqual([answer, seen]);
  });

  test('errors that are none of those in `try` go on', () => {
    expect(errorOf(engine, 'try(1 / 0, lookup_err());')).toBe(ErrorCode.ZERO_DIV);
    expect(errorOf(engine, 'try(1 / 0, 5);')).toBe(ErrorCode.TYPE);
    expect(ask(engine, 'try(try(1 / 0, lookup_err()), zero_div_err()) == zero_div_err();')).toBe(true);
  });

  test('an error of the engine underneath is caught as one of the language', () => {
    expect(ask(engine, 'f = |x| [2, 1].sort(|a, b| f(a)); try(f(1)) == operation_err();')).toBe(true);
  });

  test('of a comparison melt with the jump', () => {
    expect(code('if (x < 5) y() else z();')).toEqual([
      'LOAD_NAME x',
      'UNLESS_LT_INT L1, 5',
      'RESOLVE y',
      'CALL 0',
      'JUMP L2',
      'RESOLVE z',
      'CALL 0',
      'RETURN',
    ]);
    expect(code('(a && b < 5) ? 1 : 2;')).toContain('JUMP_FALSE L2');
  });
});

describe('arguments', () => {
  test.each<[string, unknown, unknown[]]>([
    ['f = |x| x; f(t(1), t(2), t(3))', 1, [1]],
    ['f = || 5; f(t(1))', 5, []],
    ['f = |x, y| y; f(t(1))', null, [1]],
    ['f = |x, y| y; f(t(1), t(2))', 2, [1, 2]],
    ['o = {f: |x| x}; o.f(t(1), t(2))', 1, [1]],
    ['(|x| x).call(t(1), t(2))', 1, [1]],
    ['[3].map(|x| x * t(2))', [6], [2]],
  ])('%s', (text, answer, seen) => {
    expect(traced(text)).toEqual([answer, seen]);
  });

  test('that are constants need no test', () => {
    expect(code('f(1, a);')).toEqual(['RESOLVE f', 'INT 1', 'SKIP_ARG L1, 1', 'LOAD_NAME a', 'CALL 2', 'RETURN']);
  });

  test('too few or too many for a built-in are an error when the call is reached, and not evaluated', () => {
    expect(code('int(1, 2);')).toEqual(['THROW_ARGC int, 2', 'RETURN']);
    expect(ask(engine, 'false && int(1, 2);')).toBe(false);
    expect(errorOf(engine, 'int(1, 2);')).toBe(ErrorCode.NUM_ARGUMENTS);
    expect(traced('try(int(t(1), 2)) == num_arguments_err()')).toEqual([true, []]);
  });
});

describe('leaving early', () => {
  test.each<[string, unknown]>([
    ['f = |n| { for (x in [1, 2, 3]) if (x == n) return x * 10; -1; }; [f(2), f(9)];', [20, -1]],
    ['r = []; for (x in [1, 2, 3, 4]) { if (x == 2) continue; if (x == 4) break; r.push(x); }; r;', [1, 3]],
    [
      'r = []; for (x in [1, 2]) for (y in [1, 2, 3]) { if (y == 2) break; r.push([x, y]); }; r;',
      [
        [1, 1],
        [2, 1],
      ],
    ],
    ['r = 0; for (x in [1, 2, 3]) { try({ if (x == 2) continue; r += x; if (x == 3) break; }); r += 10; }; r;', 14],
    ['l = [1, 2]; for (x in l) { y = {}; y.z = { break; }; }; l.push(3); l.len();', 3],
    ['for (x in []) 1;', []],
    ['for (x in [1]) 1;', null],
    ['x = { return 5; 6; }; 7;', 5],
    ['f = || { try({ return 1; }); 2; }; f();', 1],
    ['[1, 2, 3].map(|x| { if (x > 1) return 0; x; });', [1, 0, 0]],
  ])('%s', (text, answer) => {
    expect(ask(engine, text)).toEqual(answer);
  });

  test.each(['break;', 'continue;', 'for (x in [1]) (|| break);'])('%s stands outside of a loop', (text) => {
    expect(errorOf(engine, text)).toBe(ErrorCode.SYNTAX);
  });
});
