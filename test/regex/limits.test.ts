/** No pattern takes the time of more than a bounded number of steps. */
import { describe, expect, it } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { Matcher } from '../../src/regex/matcher.ts';

const free = { spend: () => {} };

const a = (count: number): string => 'a'.repeat(count);

/** Patterns on which engines that only backtrack take exponential or polynomial time. */
const CATASTROPHIC: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['(a+)+$', `${a(100_000)}b`, false],
  ['^(a+)+$', `${a(100_000)}b`, false],
  ['(a|aa)+$', `${a(50_000)}b`, false],
  ['(a|a)*b', a(50_000), false],
  ['(.*)*x', a(50_000), false],
  ['((a*)*)*b', a(20_000), false],
  ['(x+x+)+y', 'x'.repeat(50_000), false],
  ['a*a*a*a*a*b', a(20_000), false],
  ['.*.*=.*', a(20_000), false],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', a(50_000), false],
  ['([a-zA-Z]+)*@', a(50_000), false],
  ['(a?){50}a{50}', a(50), true],
  ['\\s+$', `${' '.repeat(100_000)}x`, false],
  ['\\d+px', '1'.repeat(100_000), false],
  ['(*UTF)(a+)+$', `${a(20_000)}b`, false],
  ['(?=(a+)+$)a', `${a(2_000)}b`, false],
];

describe('catastrophic patterns', () => {
  it.each(CATASTROPHIC)('/%s/ comes to an end', (pattern, text, matches) => {
    expect(new Matcher(pattern, '').test(text, free)).toBe(matches);
  });

  it.each(['(a+)+\\1$', '(a(?1)?a)+b', '(?>(a+)+)$'])('/%s/ is stopped', (pattern) => {
    const matcher = new Matcher(pattern, '');
    expect(() => matcher.test(`${a(10_000)}b`, free)).toThrow('the regular expression');
  });

  it('stops when the budget of the query is used up', () => {
    let left = 100_000;
    const budget = {
      spend: (units: number): void => {
        left -= units;
        if (left < 0) throw new TiError(-63, 'used up');
      },
    };
    expect(() => new Matcher('(a+)+\\1$', '').test(`${a(60)}b`, budget)).toThrow('used up');
  });

  it('takes steps in proportion to the text', () => {
    const steps = (count: number): number => {
      let sum = 0;
      new Matcher('(a+)+$', '').test(`${a(count)}b`, {
        spend: (units) => {
          sum += units;
        },
      });
      return sum;
    };
    const [small, large] = [steps(50_000), steps(400_000)];
    expect(large / small).toBeGreaterThan(6);
    expect(large / small).toBeLessThan(10);
  });

  it('matches long texts without using up the stack', () => {
    expect(new Matcher('^(?:ab|cd)*$', '').test('abcd'.repeat(500_000), free)).toBe(true);
    expect(new Matcher('(a)*b', '').exec(`${a(300_000)}b`, 0, free)?.groups).toEqual([`${a(300_000)}b`, 'a']);
  });
});
