import { beforeAll, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { ask, errorOf, memoryEngine } from '../support.ts';

let engine: LocalEngine;
beforeAll(async () => {
  engine = await memoryEngine();
});

describe('names', () => {
  test('a free name means the nearest caller that has it at the time of the call', () => {
    expect(ask(engine, "v = 'q'; f = || v; g = || { v = 'g'; f(); }; h = || { g(); v = 'h'; f(); }; [f(), g(), h(), f()];")).toEqual([
      'q',
      'g',
      'h',
      'q',
    ]);
  });

  test('the same call at another height of the stack sees its own variables', () => {
    // The place of a variable must not be remembered from one call to another.
    expect(ask(engine, 'ap = |f, x| f(x); [ap(|n| n * 2, 4), [ap(|n| [n], 1)], {a: ap(|n| n, 5)}.a];')).toEqual([8, [[1]], 5]);
  });

  test('a local that is set late hides the caller only from then on', () => {
    expect(ask(engine, "f = |n| { if (n == 0) return once; once = 'set'; f(n - 1); }; f(2);")).toBe('set');
    expect(errorOf(engine, 'f = || once; f();')).toBe(-54);
  });

  test('a closure of the store sees the variables of its caller, each time anew', () => {
    ask(engine, '.read = || v; .through = |f| { v = 2; f.call(); };');
    expect(ask(engine, 'v = 1; a = .read(); g = || { v = 3; .read(); }; [a, g(), .read(), .through(.read)];')).toEqual([1, 3, 1, 2]);
  });

  test('a compound assignment changes the variable of the caller, a plain one makes a local', () => {
    expect(ask(engine, 'x = 1; f = || x += 5; g = || { x = 10; f(); x; }; [f(), g(), x];')).toEqual([6, 15, 6]);
  });

  test('arguments that a closure does not take are not evaluated', () => {
    expect(ask(engine, 'n = 0; f = |a| a; g = || 7; [f(1, n += 1), g(n += 1, nope), n];')).toEqual([1, 7, 0]);
  });
});

describe('errors', () => {
  test('carry the place in the text', () => {
    const code = 'x = 1;\ny = [1, 2].map(|i| i + nope);';
    try {
      engine.query({ user: { id: 1, name: 'admin' }, client: null, scope: '//stuff', code, vars: null });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: -54, start: code.indexOf('nope') });
    }
  });

  test('leave no lock and no frame behind', () => {
    expect(
      ask(engine, 'l = [1, 2]; r = []; for (x in l) { r.push(try({ for (y in l) { l.push(y); }; }).code()); }; l.push(3); [r, l];'),
    ).toEqual([
      [-63, -63],
      [1, 2, 3],
    ]);
  });

  test('endless recursion ends, by calls and through built-ins', () => {
    expect(errorOf(engine, 'f = || f(); f();')).toBe(-63);
    expect(errorOf(engine, 'f = |x| [x].map(f); f(1);')).toBe(-63);
    expect(errorOf(engine, 'f = |x| [2, 1].sort(|a, b| f(a)); f(1);')).toBe(-63);
    expect(ask(engine, '1 + 1;')).toBe(2);
  });

  test('500 calls deep are fine', () => {
    expect(ask(engine, 'f = |n| n ? 1 + f(n - 1) : 0; f(500);')).toBe(500);
    expect(ask(engine, 'f = |n| n ? [n].map(|m| 1 + f(m - 1))[0] : 0; f(500);')).toBe(500);
  });
});
