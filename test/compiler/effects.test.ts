/** Whether a text changes something, in which kind of scope, and why: known before it runs. */
import { describe, expect, test } from 'vitest';
import { compileText } from '../../src/engine/toolchain.ts';
import { Effect } from '../../src/values/closure.ts';

/** The reasons, and the part of the text that each names. */
function effects(text: string): Record<string, [string, string]> {
  const program = compileText(text);
  const found: Record<string, [string, string]> = {};
  for (const kind of ['collection', 'thingsdb'] as const) {
    const reason = program.effects[kind];
    if (reason !== null) found[kind] = [reason.what, text.slice(reason.start, reason.end)];
  }
  return found;
}

describe('a text', () => {
  test.each<[string, Record<string, [string, string]>]>([
    ['1 + 1;', {}],
    ['.a; .b.c(1); a = 1;', {}],
    ['x = {}; x;', {}],
    ['.a = 1; .b = 2;', { collection: ['assignment to the property `a`', '.a = 1'] }],
    ['x.y.a += 1;', { collection: ['assignment to the property `a`', '.a += 1'] }],
    ['.l[0] = 1;', { collection: ['assignment by index', '[0] = 1'] }],
    ['.l[1:] = [];', { collection: ['assignment to a slice', '[1:] = []'] }],
    ['.l.push(1);', { collection: ['`.push`', '.push(1)'] }],
    ['false && .l.push(1);', { collection: ['`.push`', '.push(1)'] }],
    ["set_type('T', {});", { collection: ['`set_type`', "set_type('T', {})"] }],
    ["new_collection('x');", { thingsdb: ['`new_collection`', "new_collection('x')"] }],
    [
      "new_collection('x'); .a = 1;",
      { collection: ['assignment to the property `a`', '.a = 1'], thingsdb: ['`new_collection`', "new_collection('x')"] },
    ],
    ['|x| x.a = 1;', { collection: ['assignment to the property `a`', '.a = 1'] }],
    ['[1].map(|x| .l.push(x));', { collection: ['`.push`', '.push(x)'] }],
    ['wse(f());', { collection: ['`wse`', 'wse(f())'], thingsdb: ['`wse`', 'wse(f())'] }],
  ])('%s', (text, expected) => {
    expect(effects(text)).toEqual(expected);
  });

  test.each(['l = []; l.push(1);', '[].push(1);', '(.l).push(1);'])('%s changes what nobody stores', (text) => {
    expect(effects(text)).toEqual({});
  });

  test.each(['x.l.push(1);', 'l[0].push(1);', '.l[0].push(1);'])('%s may change what is stored', (text) => {
    expect(effects(text)).toHaveProperty('collection');
  });

  test.each(['nse(1); .a = 1;', 'nse(1); .a.push(1);', 'nse(1); || .a = 1;', '|| nse(1); .a = 1;'])(
    '%s promises that nothing is changed',
    (text) => {
      expect(effects(text)).toEqual({});
    },
  );

  test('functions that change keep their effect under `nse`', () => {
    expect(effects("nse(new_collection('x'));")).toHaveProperty('thingsdb');
  });
});

describe('closures', () => {
  const masks = (text: string): number[] => compileText(text).functions.map((fn) => fn.effects);

  test('have their own effects, and those of the closures in them', () => {
    expect(masks("[|| 1, || .a = 1, || || .b = 1, || new_collection('x')];")).toEqual([
      Effect.COLLECTION | Effect.THINGSDB,
      0,
      Effect.COLLECTION,
      Effect.COLLECTION,
      Effect.COLLECTION,
      Effect.THINGSDB,
    ]);
  });

  test('are counted where they stand, not where they are called', () => {
    expect(masks('f = || g(); f();')).toEqual([0, 0]);
  });
});
