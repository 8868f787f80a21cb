/** Translated code must mean what the interpreter does: random programs run both ways. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { FunctionCode } from '../../src/bytecode/program.ts';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { HOT } from '../../src/vm/frame.ts';
import { translate } from '../../src/vm/translate.ts';
import { ask, memoryEngine } from '../support.ts';

afterAll(() => {
  FunctionCode.initialHeat = 0;
});

async function engineWith(hot: boolean): Promise<LocalEngine> {
  FunctionCode.initialHeat = hot ? HOT - 1 : 0;
  return memoryEngine();
}

const name = fc.constantFrom('a', 'b', 'c', 'd');
const literal = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map(String),
  fc.constantFrom('0', '9007199254740991', 'INT_MAX', '1.5', "'s'", "''", 'nil', 'true', 'false', '[1, 2, 3]', '[]', '{x: 1}'),
);

/** Expressions and statements over a few variables, with loops, closures and early exits. */
const { expr } = fc.letrec<{ expr: string; body: string }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'e' },
    literal,
    name,
    fc
      .tuple(tie('expr'), fc.constantFrom('+', '-', '*', '%', '<', '>', '<=', '>=', '==', '!=', '&&', '||', '&', '/'), tie('expr'))
      .map(([a, o, b]) => `(${a} ${o} ${b})`),
    fc.tuple(tie('expr'), tie('expr'), tie('expr')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(fc.constantFrom('!', '-'), tie('expr')).map(([o, a]) => `(${o} ${a})`),
    fc.tuple(name, fc.constantFrom('=', '+=', '-=', '*='), tie('expr')).map(([n, o, e]) => `(${n} ${o} ${e})`),
    fc.tuple(tie('expr'), tie('expr')).map(([a, b]) => `[${a}, ${b}]`),
    fc.tuple(tie('expr'), tie('expr')).map(([a, b]) => `{x: ${a}, y: ${b}}.x`),
    fc.tuple(name, tie('body')).map(([n, b]) => `[1, 2, 3].map(|${n}| { ${b} })`),
    fc.tuple(name, name, tie('body')).map(([n, m, b]) => `{ f = |${n}, ${m}| { ${b} }; f(2); }`),
    fc.tuple(tie('expr')).map(([e]) => `try(${e})`),
    fc.tuple(tie('expr'), fc.constantFrom('[:1]', '[1:]', '[-2:-1]', '[::2]', '[2:0:-1]')).map(([e, cut]) => `(${e})${cut}`),
    fc.tuple(tie('expr'), tie('expr'), tie('expr')).map(([e, from, to]) => `[${e}, 4][${from}:${to}]`),
    fc.tuple(fc.constantFrom('c', "'s'", '[1]'), fc.constantFrom('len()', 'upper()', 'is_list()')).map(([r, call]) => `${r}.${call}`),
    fc
      .tuple(fc.constantFrom('c', "'s'", '[1]', 'd'), fc.constantFrom('has', 'push', 'starts_with', 'index_of'), tie('expr'))
      .map(([r, m, e]) => `${r}.${m}(${e})`),
    fc
      .tuple(fc.constantFrom('c', "'s'", 'd'), fc.constantFrom('replace', 'push', 'extend'), tie('expr'), tie('expr'))
      .map(([r, m, e, f]) => `${r}.${m}(${e}, ${f})`),
    fc.tuple(tie('expr')).map(([e]) => `c.each(|i| c.push(${e}))`),
    fc.tuple(tie('expr')).map(([e]) => `\`<{${e}}>\``),
  ),
  body: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'b' },
    tie('expr').map((e) => `${e};`),
    fc.tuple(tie('expr'), tie('body'), tie('body')).map(([c, a, b]) => `if (${c}) { ${a} } else { ${b} };`),
    fc.tuple(tie('expr'), tie('body')).map(([c, a]) => `if (${c}) { ${a} };`),
    fc.tuple(name, name, tie('body')).map(([n, i, b]) => `for (${n}, ${i} in [5, 6, 7]) { ${b} };`),
    fc
      .tuple(tie('expr'), fc.constantFrom('break', 'continue'), tie('body'))
      .map(([c, j, b]) => `for (d in [1, 2, 3]) { if (${c}) ${j}; ${b} };`),
    fc.tuple(tie('body'), tie('body')).map(([x, y]) => `${x} ${y}`),
    tie('expr').map((e) => `return ${e};`),
  ),
}));

describe('translation', () => {
  test('gives what the interpreter gives', async () => {
    const cold = await engineWith(false);
    const hot = await engineWith(true);
    fc.assert(
      fc.property(expr, expr, fc.boolean(), (first, second, inClosure) => {
        const code = inClosure
          ? `a = 1; b = 2; r = [1, 2].map(|c, d| { ${first}; ${second}; }); [r, a, b];`
          : `a = 1; b = 2; c = [3]; d = 's'; r = ${first}; s = ${second}; [r, s, a, b];`;
        FunctionCode.initialHeat = 0;
        const expected = ask(cold, code);
        FunctionCode.initialHeat = HOT - 1;
        try {
          const { main } = hot.programs.get(code);
          if (main.leaf === null && main.framed === null) translate(main);
        } catch {
          // A text that does not parse has the same answer in both.
        }
        expect(ask(hot, code), code).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  test('finds no locals of the calls before it', async () => {
    const hot = await engineWith(true);
    FunctionCode.initialHeat = HOT - 1;
    expect(ask(hot, 'a = 1; r = [1, 2].map(|c| { a = !(a -= -1); 5; }); [r, a];')).toEqual([[5, 5], 3]);
  });

  test('takes over in the middle of a loop', async () => {
    const engine = await engineWith(false);
    const code =
      'l = []; for (i in [0,1,2,3,4,5,6,7,8,9]) for (j in [0,1,2,3,4,5,6,7,8,9]) for (k in [0,1,2,3,4,5,6,7,8,9]) for (m in [0,1,2]) l.push(100 * i + 10 * j + k); l.map(|x| x + 1).reduce(|a, b| a + b);';
    expect(ask(engine, code)).toBe(3 * (499500 + 1000));
  });
});
