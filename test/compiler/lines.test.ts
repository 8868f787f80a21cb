/** Where an instruction comes from: what errors and listings tell. */
import { beforeAll, describe, expect, test } from 'vitest';
import { instructionsOf } from '../../src/bytecode/effects-of-ops.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { compileText } from '../../src/engine/toolchain.ts';
import { TiError } from '../../src/errors.ts';
import { memoryEngine } from '../support.ts';

let engine: LocalEngine;
beforeAll(async () => {
  engine = await memoryEngine();
});

/** The text from the place of its error on. */
function errorAt(text: string): string {
  try {
    engine.query({ user: { id: 1, name: 'admin' }, client: null, scope: '//stuff', code: text, vars: null });
  } catch (error) {
    if (error instanceof TiError) return error.start < 0 ? 'nowhere' : text.slice(error.start);
    throw error;
  }
  return 'no error';
}

describe('the place of an error', () => {
  test.each<[string, string]>([
    ['a = 1;\nb = nope;', 'nope;'],
    ['x = [1,\n  2,\n  3 + nil];', '3 + nil];'],
    ['x = 1; x.y;', '.y;'],
    ['x = {}; x.b.c = 1;', '.b.c = 1;'],
    ['f = |x| x / 0;\nf(1);', 'x / 0;\nf(1);'],
    ['[1, 2].map(|x| x + nil);', 'x + nil);'],
    ["1; range('a');", "range('a');"],
    ['int(1, 2);', 'int(1, 2);'],
    ['nope(1);', 'nope(1);'],
    ['x = 1; x.foo(2);', '.foo(2);'],
    ['l = [1]; l[5];', '[5];'],
    ['l = [1]; l[5] = 1;', '[5] = 1;'],
    ['for (x in 5) x;', '5) x;'],
    ['x = 1;\n-x;\n!x;\n-nil;', '-nil;'],
    ['{a:, b: 1};', 'a:, b: 1};'],
    ["return 1, 'a';", "'a';"],
    ['try(1 / 0, lookup_err());', '1 / 0, lookup_err());'],
  ])('%s', (text, rest) => {
    expect(errorAt(text)).toBe(rest);
  });
});

describe('the line table', () => {
  const text = 'a = 1;\nf = |x, y| {\n  z = x + y;\n  z * 2;\n};\n|| 5;\nif (a) f(1,\n  2);';

  test('is in order, and inside of the text', () => {
    for (const fn of compileText(text).functions) {
      const positions = fn.lines.filter((_, i) => i % 2 === 0);
      expect([...positions]).toEqual([...new Set(positions)].sort((x, y) => x - y));
      for (const offset of fn.lines.filter((_, i) => i % 2 === 1)) expect(offset).toBeLessThan(text.length);
    }
  });

  test('has a place for every instruction', () => {
    for (const fn of compileText(text).functions) {
      for (const { at } of instructionsOf(fn.code)) expect(fn.offsetAt(at)).toBeGreaterThanOrEqual(fn.start);
    }
  });

  test('starts each statement anew', () => {
    const { main } = compileText('a = 1;\nb = 2;\n[1, 2];');
    expect([...main.lines]).toEqual([0, 0, 2, 7, 4, 14]);
  });
});
