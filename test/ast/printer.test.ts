import { describe, expect, test } from 'vitest';
import { format } from '../../grammar/v1/format.ts';
import { parse } from '../../grammar/v1/parser.ts';
import { print } from '../../src/ast/printer.ts';
import { ErrorCode } from '../../src/errors.ts';

/** Lines without the indentation of the test. */
const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

describe('statements', () => {
  test('one a line, each with its semicolon', () => {
    expect(format('a;b ;;\n c')).toBe(lines('a;', 'b;', 'c;'));
    expect(format('')).toBe('');
    expect(format(' \n ')).toBe('');
  });

  test('keep one empty line where there were some', () => {
    expect(format('a;\n\n\n\nb;\nc')).toBe(lines('a;', '', 'b;', 'c;'));
    expect(format('\n\na')).toBe(lines('a;'));
    expect(format('{\n\n a;\n\n b;\n\n}')).toBe(lines('{', '  a;', '', '  b;', '};'));
  });
});

describe('expressions', () => {
  test.each([
    ['a+b*c', 'a + b * c;'],
    ['x=1', 'x = 1;'],
    ['.a.b=c', '.a.b = c;'],
    ['x[ 1:2 ]=[ 3,]', 'x[1:2] = [3];'],
    ['x[ : : 2 ]', 'x[::2];'],
    ['f( 1,a , )', 'f(1, a);'],
    ['a . b .. c ( )', 'a.b..c();'],
    ['|a,b|a+b', '|a, b| a + b;'],
    ['| | 5', '|| 5;'],
    ['- 5', '- 5;'],
    ['- x', '-x;'],
    ['! ! x', '!!x;'],
    ['- 5 .abs()', '- 5 .abs();'],
    ['5 .abs()', '5 .abs();'],
    ['{a:1,b:}', '{a: 1, b:};'],
    ['A{ }', 'A{};'],
    ['A{ B }', 'A{B};'],
    ["A{ ||'b' }", "A{|| 'b'};"],
    ['&{a:1}', '&{a: 1};'],
    ['{a}', '{ a; };'],
    ['a?b:c', 'a ? b : c;'],
    ['if(a)b else c', 'if (a) b else c;'],
    ['if(a){b}else if(c){d}', 'if (a) { b; } else if (c) { d; };'],
    ['for(k,v in x)k', 'for (k, v in x) k;'],
    ['return  a ,1', 'return a, 1;'],
    ['`a{ x }b`', '`a{x}b`;'],
    ['`{ {a:1} }`', '`{ {a: 1}}`;'],
    ['a| |x|x', 'a | |x| x;'],
    ['a & &{b:1}', 'a & &{b: 1};'],
    ['"a""b"', '"a""b";'],
  ])('%s', (source, expected) => {
    expect(format(source)).toBe(`${expected}\n`);
  });
});

describe('long lines', () => {
  const name = 'a_rather_long_name_of_something';

  test('break between operands', () => {
    expect(format(`x = ${name} + ${name} + ${name} + ${name}`)).toBe(
      lines('x =', `  ${name} +`, `  ${name} +`, `  ${name} +`, `  ${name};`),
    );
  });

  test('break between arguments, items and fields', () => {
    expect(format(`f(${name}, ${name}, ${name}, ${name})`)).toBe(lines('f(', `  ${name},`, `  ${name},`, `  ${name},`, `  ${name}`, ');'));
    expect(format(`[${name}, ${name}, ${name}, ${name}]`)).toBe(lines('[', `  ${name},`, `  ${name},`, `  ${name},`, `  ${name}`, '];'));
    expect(format(`{a: ${name}, b: ${name}, c: ${name}, d: 1}`)).toBe(
      lines('{', `  a: ${name},`, `  b: ${name},`, `  c: ${name},`, '  d: 1', '};'),
    );
  });

  test('break before calls of a long chain', () => {
    expect(format(`${name}.map(|x| x.name).filter(|x| x != nil && x != '').sort(|a, b| a > b).join(', ')`)).toBe(
      lines(name, '  .map(|x| x.name)', "  .filter(|x| x != nil && x != '')", '  .sort(|a, b| a > b)', "  .join(', ');"),
    );
  });

  test('break before the parts of a ternary', () => {
    expect(format(`${name} ? ${name} : ${name} ? ${name} : 1`)).toBe(lines(name, `  ? ${name}`, `  : ${name}`, `  ? ${name}`, '  : 1;'));
  });

  test('follow the width that is asked for', () => {
    expect(print(parse('f(aaaa, bbbb)'), { width: 10 })).toBe(lines('f(', '  aaaa,', '  bbbb', ');'));
    expect(print(parse('f(aaaa, bbbb)'), { width: 14 })).toBe(lines('f(aaaa, bbbb);'));
  });

  test('let a last argument with brackets stay with the others', () => {
    expect(format('f(a, |x| { x; y; })')).toBe(lines('f(a, |x| {', '  x;', '  y;', '});'));
    expect(format('f({\n a: 1})')).toBe(lines('f({', '  a: 1', '});'));
  });
});

describe('long statements', () => {
  const narrow = (source: string): string => print(parse(source), { source, width: 40 });

  test('have all branches of a condition alike', () => {
    expect(narrow('if (a) { b; } else if (c) { d; } else { e; f; }')).toBe(
      lines('if (a) {', '  b;', '} else if (c) {', '  d;', '} else {', '  e;', '  f;', '};'),
    );
    expect(narrow('if (a) { b; } else { c; }')).toBe(lines('if (a) { b; } else { c; };'));
  });

  test('break chains before calls with closures, and go on behind one that ends with a block', () => {
    expect(narrow('orders = .orders.filter(|o| o.count > 1).map(|o| o.count)')).toBe(
      lines('orders = .orders', '  .filter(|o| o.count > 1)', '  .map(|o| o.count);'),
    );
    expect(narrow('.orders.each(|o| o.lines.each(|line| { a; b; }))')).toBe(
      lines('.orders.each(|o| o.lines.each(|line| {', '  a;', '  b;', '}));'),
    );
  });

  test('break an assignment before its operators', () => {
    expect(narrow('.a_property_of_the_root = .another_property_of_it + 1')).toBe(
      lines('.a_property_of_the_root =', '  .another_property_of_it + 1;'),
    );
  });

  test('have several short values in a line', () => {
    expect(narrow(`list = [${Array.from({ length: 14 }, (_, i) => i + 10).join(', ')}]`)).toBe(
      lines('list = [', '  10, 11, 12, 13, 14, 15, 16, 17, 18,', '  19, 20, 21, 22, 23', '];'),
    );
  });
});

describe('line breaks of the source', () => {
  test('behind an opening brace keep it open', () => {
    expect(format('{ a }')).toBe(lines('{ a; };'));
    expect(format('{\na }')).toBe(lines('{', '  a;', '};'));
    expect(format('x = {\na: 1, b: 2}')).toBe(lines('x = {', '  a: 1,', '  b: 2', '};'));
    expect(format('x = {a: 1,\n b: 2}')).toBe(lines('x = {a: 1, b: 2};'));
  });

  test('in strings and templates stay as they are', () => {
    expect(format("{\nx = 'a\nb'; `c\n{x}` }")).toBe(lines('{', "  x = 'a", "b';", '  `c', '{x}`;', '};'));
  });
});

describe('comments', () => {
  test('keep their lines', () => {
    expect(format('// one\n\n/* two */\na; // three\n// four\n\n// five\nb\n// six')).toBe(
      lines('// one', '', '/* two */', 'a; // three', '// four', '', '// five', 'b;', '// six'),
    );
    expect(format('// alone')).toBe(lines('// alone'));
  });

  test('stay in lists and blocks', () => {
    expect(format('[1, // one\n2 /* two */, 3\n// end\n]')).toBe(lines('[', '  1, // one', '  2 /* two */,', '  3', '  // end', '];'));
    expect(format('{ a; // b\n}')).toBe(lines('{', '  a; // b', '};'));
    expect(format('f(// none\n)')).toBe(lines('f(', '  // none', ');'));
    expect(format('{a: /* b */ 1}')).toBe(lines('{a: /* b */ 1};'));
    expect(format('f(a /* one */, /* two */ b)')).toBe(lines('f(a /* one */, /* two */ b);'));
  });

  test('stay in expressions', () => {
    expect(format('a + /* b */ c')).toBe(lines('a + /* b */ c;'));
    expect(format('(a /* b */)')).toBe(lines('(a /* b */);'));
    expect(format('if (a) { b; } // c\nelse d')).toBe(lines('if (a) {', '  b;', '} // c', 'else d;'));
    expect(format('x = // why\n 1')).toBe(lines('x = // why', '1;'));
  });
});

test('a text with an error is refused', () => {
  expect(() => format('a +')).toThrow(expect.objectContaining({ code: ErrorCode.SYNTAX }));
});
