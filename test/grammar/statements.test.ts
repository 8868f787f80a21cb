import { describe, expect, test } from 'vitest';
import { problem, shape } from './shape.ts';

const refused = (sources: readonly string[]): void => {
  test.each(sources)('%s is refused', (source) => {
    expect(problem(source)).toMatch(/^syntax error at line/);
  });
};

describe('scripts', () => {
  test('are statements between semicolons', () => {
    expect(shape('a; b')).toBe('a ; b');
    expect(shape('a;; b;;;')).toBe('a ; b');
    expect(shape('')).toBe('');
    expect(shape(' \n\t// nothing\n/* here */')).toBe('');
  });

  test('end at a zero byte', () => {
    expect(shape('a\0 ((')).toBe('a');
  });

  refused([';', '; a', 'a b', 'a\nb', '{ a; } b', 'a)', ']']);
});

describe('blocks and things', () => {
  test('braces hold statements or fields', () => {
    expect(shape('{}')).toBe('(thing)');
    expect(shape('{a}')).toBe('(block a)');
    expect(shape('{a;}')).toBe('(block a)');
    expect(shape('{a; b;; c}')).toBe('(block a b c)');
    expect(shape('{a: 1, b: {c: 2},}')).toBe('(thing a:1 b:(thing c:2))');
    expect(shape('{a:, b:}')).toBe('(thing a: b:)');
    expect(shape('{a: 1, a: 2}')).toBe('(thing a:1 a:2)');
    expect(shape('{if: 1, nil: 2, return: 3}')).toBe('(thing if:1 nil:2 return:3)');
    expect(shape('{a ? b : c}')).toBe('(block (? a b c))');
    expect(shape('{{}}')).toBe('(block (thing))');
    expect(shape('&{a: 1}')).toBe('(ano a:1)');
    expect(shape('&{}')).toBe('(ano)');
  });

  test('a block takes binary operators, a thing chains too', () => {
    expect(shape('{a;} + 1')).toBe('(+ (block a) 1)');
    expect(shape('{}.a')).toBe('(chain (thing) .a)');
  });

  refused([
    '{;}',
    '{,}',
    '{a: 1;}',
    '{a: 1 b: 2}',
    '{a: 1,, b: 2}',
    "{'a': 1}",
    '{1: 2}',
    '{ a; }.b',
    '{ a; }[0]',
    '& {a: 1}',
    '{ { a; } { b; } }',
  ]);
});

describe('instances and enumerators', () => {
  test('are told apart by their first words', () => {
    expect(shape('A{}')).toBe('(instance A)');
    expect(shape('A{b: 1, c:}')).toBe('(instance A b:1 c:)');
    expect(shape('A{B}')).toBe('(enum A B)');
    expect(shape('A{nil}')).toBe('(enum A nil)');
    expect(shape("A{|| 'B'}")).toBe("(enum A (|| 'B'))");
    expect(shape('A{|x| x}.name()')).toBe('(chain (enum A (|x| x)) (.name))');
    expect(shape('A {b: 1}.b')).toBe('(chain (instance A b:1) .b)');
  });

  refused(['A{B;}', 'A{5}', 'A{b: 1;}', 'A{B, C}']);
});

describe('closures', () => {
  test('take everything to their right', () => {
    expect(shape('|a, b| a + b')).toBe('(|a b| (+ a b))');
    expect(shape('|| 5')).toBe('(|| 5)');
    expect(shape('| | 5')).toBe('(|| 5)');
    expect(shape('|a,| a')).toBe('(|a| a)');
    expect(shape('|a||b| a + b')).toBe('(|a| (|b| (+ a b)))');
    expect(shape('|| || 5')).toBe('(|| (|| 5))');
    expect(shape('1 + |x| x + 1')).toBe('(+ 1 (|x| (+ x 1)))');
    expect(shape('[|x| x, |y| y]')).toBe('(array (|x| x) (|y| y))');
  });

  test('have any names as parameters, also twice', () => {
    expect(shape('|if, nil, x, x| x')).toBe('(|if nil x x| x)');
  });

  refused(['|,| 1', '|a b| a', '|x|', '|x', '|a,,b| 1', '|1| 1', '|x| { x; }()']);
});

describe('if', () => {
  test('branches take everything to their right', () => {
    expect(shape('if (a) b else c + d')).toBe('(if a b (+ c d))');
    expect(shape('if (a) b + c else d')).toBe('(if a (+ b c) d)');
    expect(shape('if (a) b')).toBe('(if a b _)');
    expect(shape('x = if (a) b else c')).toBe('(= x (if a b c))');
    expect(shape('1 + if (a) 2 else 3 + 4')).toBe('(+ 1 (if a 2 (+ 3 4)))');
    expect(shape('if (a) -1')).toBe('(if a -1 _)');
    expect(shape('if (a) [1]')).toBe('(if a (array 1) _)');
    expect(shape('if (a) .b')).toBe('(if a (chain root .b) _)');
    expect(shape('if (a) {} else {}')).toBe('(if a (thing) (thing))');
  });

  test('an else belongs to the nearest if', () => {
    expect(shape('if (a) if (b) c else d')).toBe('(if a (if b c d) _)');
    expect(shape('if (a) b else if (c) d else e')).toBe('(if a b (if c d e))');
  });

  test('without a branch it is a call', () => {
    expect(shape('if (a);')).toBe('(call if a)');
    expect(shape('if (a) * 2')).toBe('(* (call if a) 2)');
    expect(shape('if ()')).toBe('(call if)');
    expect(shape('[if (a)]')).toBe('(array (call if a))');
  });

  refused([
    'if a b',
    'if () b',
    'if (a) b else',
    'if (a) b else c else d',
    'if (a; b) c',
    'if (a) { b; } c',
    'if (a) b elsex',
    'if (a) b.c() else',
  ]);
});

describe('for', () => {
  test('has names, something to go over, and a body', () => {
    expect(shape('for (x in l) x + 1')).toBe('(for x l (+ x 1))');
    expect(shape('for (k, v in l) { k; v; }')).toBe('(for k v l (block k v))');
    expect(shape('for (in in in) in')).toBe('(for in in in)');
    expect(shape('for (x in [1]) for (y in x) y')).toBe('(for x (array 1) (for y x y))');
    expect(shape('for')).toBe('for');
    expect(shape('for(x)')).toBe('(call for x)');
  });

  refused([
    'for (in l) 1',
    'for (x of l) x',
    'for (x in l)',
    'for (x in) x',
    'for (a, in l) a',
    'for (i = 0; i < 3; i += 1) i',
    'for x in l x',
  ]);
});

describe('break and continue', () => {
  test('stand in the body of a for', () => {
    expect(shape('for (x in l) break')).toBe('(for x l break)');
    expect(shape('for (x in l) { if (x) continue; 1 + break; f(break) }')).toBe(
      '(for x l (block (if x continue _) (+ 1 break) (call f break)))',
    );
    expect(shape('for (a in l) for (b in break) b')).toBe('(for a l (for b break b))');
    expect(shape('|| for (x in l) break')).toBe('(|| (for x l break))');
  });

  test('are names where more follows', () => {
    expect(shape('continue = 5')).toBe('(= continue 5)');
    expect(shape('break.a')).toBe('(chain break .a)');
    expect(shape('break(1)')).toBe('(call break 1)');
    expect(shape('break{A}')).toBe('(enum break A)');
  });

  refused([
    'break',
    'continue',
    'if (a) break',
    '{ break; }',
    'for (x in break) x',
    'for (x in l) || break',
    'a && break',
    'for (x in l) break 5',
  ]);
  refused(['for (x in l) x; break', '|x| continue', 'for (x in l) { f = |y| { break; } }']);
});

describe('return', () => {
  test('has up to three values', () => {
    expect(shape('return')).toBe('(return _ _ _)');
    expect(shape('return a')).toBe('(return a _ _)');
    expect(shape('return a, 2')).toBe('(return a 2 _)');
    expect(shape('return a, 2, 3')).toBe('(return a 2 3)');
    expect(shape('return return a')).toBe('(return (return a _ _) _ _)');
    expect(shape('return {a: 1}')).toBe('(return (thing a:1) _ _)');
    expect(shape('return -1')).toBe('(return -1 _ _)');
    expect(shape('[return, 1]')).toBe('(array (return _ _ _) 1)');
    expect(shape('[return 1, 2, 3, 4]')).toBe('(array (return 1 2 3) 4)');
    expect(shape('return * 2')).toBe('(* (return _ _ _) 2)');
    expect(shape('a ? return : b')).toBe('(? a (return _ _ _) b)');
    expect(shape('return else')).toBe('(return else _ _)');
  });

  refused(['return 1,', 'return 1, 2, 3, 4', 'return = 5', '[return 1,]']);
});
