import { describe, expect, test } from 'vitest';
import { PRECEDENCE } from '../../src/ast/precedence.ts';
import { problem, shape } from './shape.ts';

describe('binary operators', () => {
  const pairs = PRECEDENCE.flatMap((group, level) =>
    PRECEDENCE.slice(level + 1).flatMap((looser) => group.map((op) => [op, looser[0]] as const)),
  );

  test.each(pairs)('%s binds tighter than %s', (tight, loose) => {
    expect(shape(`a ${loose} b ${tight} c`)).toBe(`(${loose} a (${tight} b c))`);
    expect(shape(`a ${tight} b ${loose} c`)).toBe(`(${loose} (${tight} a b) c)`);
  });

  test.each(PRECEDENCE)('%s associates to the left', (...ops) => {
    const [first] = ops;
    const last = ops.at(-1);
    expect(shape(`a ${first} b ${last} c ${first} d`)).toBe(`(${first} (${last} (${first} a b) c) d)`);
  });

  test('a long mix', () => {
    expect(shape('a || b && c == d | e ^ f & g << h + i * j')).toBe('(|| a (&& b (== c (| d (^ e (& f (<< g (+ h (* i j)))))))))');
    expect(shape('a * b + c << d & e ^ f | g == h && i || j')).toBe('(|| (&& (== (| (^ (& (<< (+ (* a b) c) d) e) f) g) h) i) j)');
    expect(shape('1 + 2 * 3 - 4 * 5 + 6')).toBe('(+ (- (+ 1 (* 2 3)) (* 4 5)) 6)');
  });

  test('need no space', () => {
    expect(shape('a<b')).toBe('(< a b)');
    expect(shape('a||b')).toBe('(|| a b)');
    expect(shape('a&&b')).toBe('(&& a b)');
    expect(shape('a-1')).toBe('(- a 1)');
    expect(shape('a--1')).toBe('(- a -1)');
    expect(shape('a<<-1')).toBe('(<< a -1)');
    expect(shape('1/2/3')).toBe('(/ (/ 1 2) 3)');
  });

  test.each(['a & & b', 'a | | b', 'a = = b', 'a < = b', 'a > > b', 'a ! = b'])('%s: an operator has no space in it', (source) => {
    expect(problem(source)).toMatch(/^syntax error at line/);
  });

  test('the bars of a closure beside the operators of bars', () => {
    expect(shape('a | |x| x')).toBe('(| a (|x| x))');
    expect(shape('a || |x| x')).toBe('(|| a (|x| x))');
    expect(shape('a |||x| x')).toBe('(|| a (|x| x))');
    expect(shape('a | || x')).toBe('(| a (|| x))');
    expect(shape('a || || x')).toBe('(|| a (|| x))');
    expect(shape('a ||b| x')).toBe('(|| a (| b x))');
  });

  test('braces and anonymous types behind an ampersand', () => {
    expect(shape('a & {b}')).toBe('(& a (block b))');
    expect(shape('a &{b}')).toBe('(& a (block b))');
    expect(shape('a & &{b: 1}')).toBe('(& a (ano b:1))');
    expect(shape('a &&{b: 1}')).toBe('(&& a (thing b:1))');
  });
});

describe('the ternary', () => {
  test('is looser than all operators and associates to the right', () => {
    expect(shape('a || b ? c : d || e')).toBe('(? (|| a b) c (|| d e))');
    expect(shape('a ? b : c ? d : e')).toBe('(? a b (? c d e))');
    expect(shape('a ? b ? c : d : e')).toBe('(? a (? b c d) e)');
  });

  test('takes what assignments and closures take', () => {
    expect(shape('x = a ? b : c')).toBe('(= x (? a b c))');
    expect(shape('a ? x = 1 : y = 2')).toBe('(? a (= x 1) (= y 2))');
    expect(shape('a ? |x| x : |y| y + 1')).toBe('(? a (|x| x) (|y| (+ y 1)))');
  });
});

describe('prefix operators', () => {
  test('apply to the whole chain and assignment behind them', () => {
    expect(shape('-a.b[0].c()')).toBe('(- (chain a .b [0] (.c)))');
    expect(shape('-x = 5')).toBe('(- (= x 5))');
    expect(shape('!.a.b = 5')).toBe('(! (chain root .a .b = 5))');
    expect(shape('-a + b')).toBe('(+ (- a) b)');
    expect(shape('a + -b * c')).toBe('(+ a (* (- b) c))');
  });

  test('stack in one order', () => {
    expect(shape('~~!-+x')).toBe('(~~!-+ x)');
    expect(shape('! ! x')).toBe('(!! x)');
    expect(problem('-~x')).toMatch(/^syntax error at line/);
    expect(problem('!~x')).toMatch(/^syntax error at line/);
  });

  test('a sign directly before a digit belongs to the number', () => {
    expect(shape('-5')).toBe('-5');
    expect(shape('+5')).toBe('+5');
    expect(shape('- 5')).toBe('(- 5)');
    expect(shape('--5')).toBe('(- -5)');
    expect(shape('~-5')).toBe('(~ -5)');
    expect(shape('-.5')).toBe('(- .5)');
    expect(shape('-inf')).toBe('(- inf)');
    expect(shape('-0x1f')).toBe('-0x1f');
    expect(shape('1 -1')).toBe('(- 1 1)');
    expect(shape('1 - -1')).toBe('(- 1 -1)');
    expect(shape('-5 .abs()')).toBe('(chain -5 (.abs))');
  });

  test('make names of keywords', () => {
    expect(shape('!return')).toBe('(! return)');
    expect(shape('-if(1)')).toBe('(- (call if 1))');
    expect(shape('!break')).toBe('(! break)');
    expect(problem('!return 5')).toMatch(/^syntax error at line/);
  });

  test.each(['!{a}', '!|x| x', '-{ a; }'])('%s: only a chain may follow', (source) => {
    expect(problem(source)).toMatch(/^syntax error at line/);
  });
});

describe('assignments', () => {
  test('take everything to their right', () => {
    expect(shape('1 + x = 3')).toBe('(+ 1 (= x 3))');
    expect(shape('x = y = 1 + 2')).toBe('(= x (= y (+ 1 2)))');
    expect(shape('x = |a| a + 1')).toBe('(= x (|a| (+ a 1)))');
    expect(shape('a && x = b || c')).toBe('(&& a (= x (|| b c)))');
  });

  test.each(['=', '+=', '-=', '*=', '/=', '%=', '&=', '^=', '|='])('by %s', (op) => {
    expect(shape(`x ${op} 1`)).toBe(`(${op} x 1)`);
    expect(shape(`x${op}-1`)).toBe(`(${op} x -1)`);
    expect(shape(`.a ${op} 1`)).toBe(`(chain root .a ${op} 1)`);
    expect(shape(`x[0] ${op} 1`)).toBe(`(chain x [0] ${op} 1)`);
    expect(shape(`x[1:] ${op} 1`)).toBe(`(chain x [1:] ${op} 1)`);
  });

  test.each(['5 = 3', "'a' = 3", 'f() = 3', 'x.f() = 3', '[a] = 3', '{a: b} = 3', 'nil = 1', 'inf = 1', 'x <<= 2', 'x ||= 2', 'x + = 2'])(
    '%s is refused',
    (source) => {
      expect(problem(source)).toMatch(/^syntax error at line/);
    },
  );

  test('start a chain when their value cannot', () => {
    expect(shape('x = { 1; }.a')).toBe('(chain (= x (block 1)) .a)');
    expect(shape('.x = { 1; }.a')).toBe('(chain root .x = (block 1) .a)');
    expect(shape('x = y.a')).toBe('(= x (chain y .a))');
  });
});
