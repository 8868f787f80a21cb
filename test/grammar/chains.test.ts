import { describe, expect, test } from 'vitest';
import { problem, shape } from './shape.ts';

describe('chains', () => {
  test('start at the root or at a value', () => {
    expect(shape('.a')).toBe('(chain root .a)');
    expect(shape('..a')).toBe('(chain root ..a)');
    expect(shape('.a.b..c')).toBe('(chain root .a .b ..c)');
    expect(shape('a . b .. c')).toBe('(chain a .b ..c)');
    expect(shape('a.f().g(1, 2)')).toBe('(chain a (.f) (.g 1 2))');
    expect(shape("'a'.f()")).toBe("(chain 'a' (.f))");
    expect(shape('(a + b).c')).toBe('(chain (paren (+ a b)) .c)');
    expect(shape('[1][0]')).toBe('(chain (array 1) [0])');
    expect(shape('/a/.test(b)')).toBe('(chain /a/ (.test b))');
    expect(shape('nil.a')).toBe('(chain nil .a)');
    expect(shape('`a`.b')).toBe('(chain (template a) .b)');
    expect(shape('f().a[0]')).toBe('(chain (call f) .a [0])');
  });

  test('any word is a property', () => {
    expect(shape('.if.nil.return.in()')).toBe('(chain root .if .nil .return (.in))');
  });

  test('assignments in them take everything to their right', () => {
    expect(shape('.a.b = 1 + 2')).toBe('(chain root .a .b = (+ 1 2))');
    expect(shape('a[0].b += c.d')).toBe('(chain a [0] .b += (chain c .d))');
    expect(shape('a[0] = b[1] = 2')).toBe('(chain a [0] = (chain b [1] = 2))');
  });

  test('numbers need a space before a point', () => {
    expect(shape('5 .abs()')).toBe('(chain 5 (.abs))');
    expect(shape('1.5 .a')).toBe('(chain 1.5 .a)');
    expect(shape('inf .a')).toBe('(chain inf .a)');
    expect(shape('inf.a')).toBe('(chain inf .a)');
    expect(shape('5[0]')).toBe('(chain 5 [0])');
  });

  test.each([
    'a.',
    '.',
    'a...b',
    'a.1',
    "a.'b'",
    'f()()',
    'a[0]()',
    '(a)(b)',
    'a.b{}',
    'nil()',
    '5()',
    '5.abs()',
    '1.5.a',
    'a?.b',
    'a.(b)',
  ])('%s is refused', (source) => {
    expect(problem(source)).toMatch(/^syntax error at line 1/);
  });
});

describe('indexes and slices', () => {
  test.each([
    ['a[0]', '[0]'],
    ['a[]', '[]'],
    ['a[:]', '[:]'],
    ['a[1:]', '[1:]'],
    ['a[:2]', '[:2]'],
    ['a[1:2]', '[1:2]'],
    ['a[::]', '[::]'],
    ['a[1:2:3]', '[1:2:3]'],
    ['a[::-1]', '[::-1]'],
    ['a[b ? c : d]', '[(? b c d)]'],
    ['a[b ? c : d : e]', '[(? b c d):e]'],
    ['a[i = 0]', '[(= i 0)]'],
    ['a[{ 1; }]', '[(block 1)]'],
    ['a[1:2] = [3]', '[1:2] = (array 3)'],
    ['a[] += 1', '[] += 1'],
  ])('%s', (source, expected) => {
    expect(shape(source)).toBe(`(chain a ${expected})`);
  });

  test.each(['a[', 'a[0', 'a[1:2:3:4]', 'a[1, 2]', 'a[0]]'])('%s is refused', (source) => {
    expect(problem(source)).toMatch(/^syntax error at line 1/);
  });
});

describe('calls and lists', () => {
  test('may end with a comma', () => {
    expect(shape('f()')).toBe('(call f)');
    expect(shape('f(1,)')).toBe('(call f 1)');
    expect(shape('f (1, a = 2, |x| x,)')).toBe('(call f 1 (= a 2) (|x| x))');
    expect(shape('[]')).toBe('(array)');
    expect(shape('[1, [2],]')).toBe('(array 1 (array 2))');
  });

  test.each(['f(,)', 'f(1,,2)', 'f(1 2)', 'f(1; 2)', 'f(1', '[,]', '[1 2]', '[1; 2]', '[1, 2', '(1, 2)', '()', '(1; 2)'])(
    '%s is refused',
    (source) => {
      expect(problem(source)).toMatch(/^syntax error at line 1/);
    },
  );
});
