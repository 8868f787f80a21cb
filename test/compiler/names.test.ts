/** Which names get slots, and which are looked up when they are met. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { compileText } from '../../src/engine/toolchain.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';
import { code } from './listing.ts';

let engine: LocalEngine;
beforeAll(async () => {
  engine = await memoryEngine();
});

const locals = (text: string, fn = 0): readonly string[] => compileText(text).functions[fn]?.locals ?? [];

describe('slots', () => {
  test.each<[string, string[]]>([
    ['a = 1; b = a; a = 2;', ['a', 'b']],
    ['for (x in []) { y = x; };', ['x', 'y']],
    ['for (k, v, w in {}) k;', ['k', 'v', 'w']],
    ['f(a = 1); .x = (b = 2); [c = 3][d = 0];', ['a', 'b', 'c', 'd']],
    ['a += 1; b; c();', []],
    ['|x| y = x;', []],
    ['if (a = 1) { b = 2 } else c = 3; {d: e = 4};', ['a', 'b', 'c', 'e']],
  ])('%s', (text, names) => {
    expect(locals(text)).toEqual(names);
  });

  test('of closures: parameters first', () => {
    const program = compileText('|p, q| { r = p; |s| t = s; q = 1; };');
    expect(program.functions.map((fn) => [fn.params, fn.locals])).toEqual([
      [[], []],
      [
        ['p', 'q'],
        ['p', 'q', 'r'],
      ],
      [['s'], ['s', 't']],
    ]);
  });

  test('parameters are known to be set, other locals are not', () => {
    expect(code('|x| { x; y = 1; y; }', 1)).toEqual(['LOAD_SET x', 'POP', 'INT 1', 'STORE_POP y', 'LOAD y', 'RETURN']);
  });

  test('of a name given twice are two, and the last counts', () => {
    expect(locals('|a, a| a', 1)).toEqual(['a', 'a']);
    expect(ask(engine, '(|a, a| a).call(1, 2);')).toBe(2);
  });

  test('are at most 4096', () => {
    const text = (count: number): string => Array.from({ length: count }, (_, i) => `v${i} = 1;`).join('');
    expect(locals(text(4096))).toHaveLength(4096);
    expect(() => compileText(text(4097))).toThrow(TiError);
    expect(errorOf(engine, text(4097))).toBe(ErrorCode.SYNTAX);
    expect(ask(engine, `${text(4095)} x = 0; for (x in [7]) nil; x;`)).toBe(7);
  });
});

describe('free names', () => {
  test('are looked up by name', () => {
    expect(code('a; b(); c += 1; {d:};')).toEqual([
      'LOAD_NAME a',
      'POP',
      'RESOLVE b',
      'CALL 0',
      'POP',
      'INT 1',
      'COMPOUND_NAME c, +=',
      'POP',
      'LOAD_VARIABLE d',
      'THING {d}, 1',
      'RETURN',
    ]);
  });

  test('make others tell when they set a local of that name', () => {
    const text = 'a = 1; b = 2; |x| a;';
    expect(code(text)).toEqual(['INT 1', 'STORE_SEEN a', 'POP', 'INT 2', 'STORE_POP b', 'CLOSURE function 1', 'RETURN']);
    expect(compileText(text).functions.map((fn) => fn.seen)).toEqual([true, false]);
  });

  test('are those of the callers, at the time of the call', () => {
    expect(ask(engine, 'f = |x| x + n; g = |n| f(1); n = 10; [f(1), g(20), f(2)];')).toEqual([11, 21, 12]);
    expect(ask(engine, 'f = || n; g = || { n = 5; f(); }; h = || f(); n = 1; [f(), g(), h()];')).toEqual([1, 5, 1]);
    expect(errorOf(engine, 'f = || n; g = || { n = 5; 1; }; g(); f();')).toBe(ErrorCode.LOOKUP);
  });

  test('may be set from inside', () => {
    expect(ask(engine, 'n = 0; add = |x| n += x; add(3); add(4); n;')).toBe(7);
  });

  test('a local that is not set yet is the one of a caller', () => {
    expect(ask(engine, 'x = 1; f = || { y = x; x = 2; [y, x]; }; [f(), x];')).toEqual([[1, 2], 1]);
    expect(ask(engine, 'x = 1; f = || { x += 1; if (false) x = 0; x; }; [f(), x];')).toEqual([2, 2]);
  });

  test('constants of the language are no variables', () => {
    expect(ask(engine, 'INT_MAX > 0;')).toBe(true);
    expect(errorOf(engine, '{INT_MAX:};')).toBe(ErrorCode.LOOKUP);
  });
});
