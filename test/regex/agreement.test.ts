/** JavaScript's engine and the matching machine agree wherever both may run an expression. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileTree } from '../../src/regex/compile.ts';
import { Machine } from '../../src/regex/machine.ts';
import { Matcher } from '../../src/regex/matcher.ts';
import { parsePattern } from '../../src/regex/parser.ts';
import { planFor } from '../../src/regex/plan.ts';

const free = { spend: () => {} };

const atom = fc.constantFrom('a', 'b', 'ab', '.', '[ab]', '[^a]', '\\w', '\\d', '\\s', '1', '^', '$', '\\b', '(?=a)', '(?<!b)', '(?i:B)');
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{2,}');

const pattern = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(atom, quantifier)
      .map(([a, q]) => (/^(?:[\^$]|\\b|\(\?[=<])/.test(a) || q === '' ? a : a.length > 1 && !/^[[(\\]/.test(a) ? `(?:${a})${q}` : a + q)),
    fc.tuple(tie('node'), tie('node')).map(([x, y]) => `${x}${y}`),
    fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(?:${x}|${y})`),
    fc.tuple(tie('node'), quantifier).map(([x, q]) => `(${x})${q}`),
  ),
})).node as fc.Arbitrary<string>;

const text = fc.array(fc.constantFrom('a', 'b', 'A', 'B', '1', ' ', '\n', '_'), { maxLength: 12 }).map((chars) => chars.join(''));

it('gives the same matches and groups', () => {
  let planned = 0;
  fc.assert(
    fc.property(pattern, fc.constantFrom('', 'i', 'm', 's'), text, (source, flags, subject) => {
      const tree = parsePattern(source, flags);
      if (planFor(tree) !== null) planned++;
      const machine = new Machine(compileTree(tree), subject, 0, free);
      const expected = machine.search() ? [machine.start, machine.end] : null;
      const found = new Matcher(source, flags).find(subject, 0, free);
      expect(found === null ? null : [found.start, found.end]).toEqual(expected);
      const full = new Matcher(source, flags).exec(subject, 0, free);
      expect(full === null ? null : [full.start, full.end]).toEqual(expected);
      if (full === null) return;
      for (let i = 1; i < full.groups.length; i++) {
        const [start = -1, end = -1] = [machine.slots[2 * i], machine.slots[2 * i + 1]];
        expect(full.groups[i]).toBe(end < 0 ? '' : subject.slice(start, end));
      }
    }),
    { numRuns: 5000 },
  );
  expect(planned).toBeGreaterThan(500);
});
