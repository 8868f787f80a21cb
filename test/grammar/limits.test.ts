import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, parseTolerant } from '../../grammar/v1/parser.ts';
import { cpuMs } from '../cpu.ts';
import { problem } from './shape.ts';

const nested = (open: string, inner: string, close: string, depth: number): string => open.repeat(depth) + inner + close.repeat(depth);

describe('nesting', () => {
  const forms: [name: string, at: (depth: number) => string][] = [
    ['parentheses', (n) => nested('(', '1', ')', n)],
    ['lists', (n) => nested('[', '1', ']', n)],
    ['empty lists', (n) => nested('[', '', ']', n)],
    ['blocks', (n) => nested('{', '1', ';}', n)],
    ['things', (n) => nested('{a:', '1', '}', n)],
    ['anonymous types', (n) => nested('&{a:', '1', '}', n)],
    ['instances', (n) => nested('A{a:', '1', '}', n)],
    ['arguments', (n) => nested('f(', '1', ')', n)],
    ['arguments of methods', (n) => nested('a.f(', '1', ')', n)],
    ['indexes', (n) => nested('a[', '1', ']', n)],
    ['closures', (n) => nested('|x|', '1', '', n)],
    ['branches', (n) => nested('if(a)', '1', '', n)],
    ['else branches', (n) => nested('if(a)1 else ', '1', '', n)],
    ['loops', (n) => nested('for(a in b)', '1', '', n)],
    ['return', (n) => nested('return ', '1', '', n)],
    ['templates', (n) => nested('`{', '1', '}`', n)],
    ['assignments', (n) => nested('x=', '1', '', n)],
    ['assignments to properties', (n) => nested('.x=', '1', '', n)],
    ['ternaries', (n) => nested('a?1:', '1', '', n)],
    ['ternaries in ternaries', (n) => nested('a?', '1', ':1', n)],
    ['operators', (n) => nested('1+', '1', '', n)],
    ['different operators', (n) => nested('1+1*', '1', '', n / 2)],
    ['prefix operators before parentheses', (n) => nested('-(', '1', ')', n)],
  ];

  test.each(forms)('%s: 500 levels and no more', (_name, at) => {
    expect(problem(at(500))).toBe('none');
    expect(problem(at(502))).toContain('more than 500 levels of nesting');
    expect(problem(at(20_000))).toContain('more than 500 levels of nesting');
  });

  test.skipIf(!process.features.typescript)(
    'fits on the stack of a process that has not warmed up',
    () => {
      const script = fileURLToPath(new URL('./cold.ts', import.meta.url));
      for (const [name, at] of forms) {
        if (!['parentheses', 'things', 'arguments of methods', 'templates'].includes(name)) continue;
        expect(execFileSync(process.execPath, ['--no-warnings', script, at(500)], { encoding: 'utf8' }), name).toBe('none');
      }
    },
    30_000,
  );

  test('operators of a left side count, as it comes to lie under them', () => {
    let source = '1';
    for (let i = 0; i < 10; i++) source = `(${source})${'+1'.repeat(400)}`;
    expect(problem(source)).toContain('a tree of more than 1000 levels');
  });

  test('is an error for tools, too', () => {
    expect(parseTolerant(nested('(', '1', ')', 100_000)).diagnostics.length).toBe(1);
    expect(parseTolerant(`${nested('[', '1', ']', 400)} +`).diagnostics.length).toBe(1);
  });
});

describe('flat texts', () => {
  const size = 60_000;
  const flat: [name: string, source: string][] = [
    ['statements', 'a;'.repeat(size)],
    ['properties', `a${'.b'.repeat(size)}`],
    ['calls', `a${'.b(1)'.repeat(size)}`],
    ['indexes', `a${'[0]'.repeat(size)}`],
    ['prefix operators', `${'!'.repeat(size)}a`],
    ['items', `[${'1,'.repeat(size)}]`],
    ['arguments', `f(${'1,'.repeat(size)})`],
    ['fields', `{${'a:1,'.repeat(size)}}`],
    ['parameters', `|${'a,'.repeat(size)}| 1`],
    ['parts of a template', `\`${'a{b}'.repeat(size)}\``],
    ['doubled quotes', `'${"''".repeat(size)}'`],
    ['doubled braces', `\`${'{{'.repeat(size)}\``],
    ['comments', '/* c */'.repeat(size)],
    ['semicolons', `a${';'.repeat(size)}`],
  ];

  test.each(flat)('%s are not nested', (_name, source) => {
    expect(problem(source)).toBe('none');
  });
});

describe('time', () => {
  const timed = (source: string): number => {
    const start = cpuMs();
    problem(source);
    return cpuMs() - start;
  };
  const best = (source: string): number => Math.min(timed(source), timed(source), timed(source));

  test.each([
    ['statements', "x = .a.b[1:2] + f(1, 'two'); if (x) { y = [1, 2]; } else |z| z / 2; // end\n"],
    ['unclosed comments', '/* a\n'],
    ['regular expressions that open comments', '[/* a/, '],
    ['slashes behind brackets', '((a)/'],
    ['conditions before slashes', 'if(a) / '],
    ['quotes', "''' "],
    ['back-ticks', '`{`'],
    ['malformed numbers', '1_.'],
  ])('grows with the text, not with its square: %s', (_name, unit) => {
    timed(unit.repeat(1000));
    const short = best(unit.repeat(1_500));
    const long = best(unit.repeat(12_000));
    // Eight times the text; a square would be sixty-four times the time.
    expect(long).toBeLessThan(Math.max(short, 5) * 40);
  });

  test('all of a long text arrives in the tree', () => {
    expect(parse('a = 1; '.repeat(50_000)).body.length).toBe(50_000);
  });
});
