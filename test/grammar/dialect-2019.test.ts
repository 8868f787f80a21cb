import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compactArrow } from '../../grammar/2019/compact.ts';
import { format } from '../../grammar/2019/format.ts';
import { parse, parseArrow, parseTolerant } from '../../grammar/2019/parser.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { cases2019 } from '../dialect-2019/cases.ts';
import { shapeOf } from './shape.ts';

const texts = cases2019.flatMap((each) => each.steps.map((step) => ({ ...step, code: Buffer.from(step.code).toString('latin1') })));

const shape = (text: string): string => shapeOf(parse(text));

/** What parsing a text throws. */
function failure(text: string): TiError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof TiError) return error;
    throw error;
  }
  throw new Error(`no error in ${text}`);
}

describe('the trees of the 2019 dialect', () => {
  test.each([
    ['lamp = 5;', '(= lamp 5)'],
    ['a.b[0][-1].c', '(chain a .b [0] [-1] .c)'],
    ['a.b = c = 3', '(chain a .b = (= c 3))'],
    ['(10 - 3 - 2)', '(paren (- (- 10 3) 2))'],
    ['(5-3)', '(paren (- 5 3))'],
    ['(5 - -3)', '(paren (- 5 -3))'],
    ['(7 // 2 * 3)', '(paren (* (// 7 2) 3))'],
    ['(1 /2/ 3)', '(paren (/ (/ 1 2) 3))'],
    ['x //= 2', '(//= x 2)'],
    ['$n += 3; $n', '(+= $n 3) ; $n'],
    ['(a) ? b : c.d', '(? (paren a) b (chain c .d))'],
    ['x.map(a, b => (a + b), 1)', '(chain x (.map (a b => (paren (+ a b))) 1))'],
    ['x => y => z', '(x => (y => z))'],
    ['{a: 1, b: [2,],}', '(thing a:1 b:(array 2))'],
    ['!!x.y', '(!! (chain x .y))'],
    ['/a\\/b/i.x', '(chain /a\\/b/i .x)'],
    ['/* a */ 1; /* b */', '1'],
    ['(1 /* a/b */ + 2)', '(paren (+ 1 2))'],
    ['id = nil; id', '(= id nil) ; id'],
    ['-inf; x.inf; isinf(nan)', '-inf ; (chain x .inf) ; (call isinf nan)'],
    ["'it''s'", "'it''s'"],
    ['5.ret()', '(chain 5 (.ret))'],
    ['', ''],
  ])('%s', (text, wanted) => {
    expect(shape(text)).toBe(wanted);
  });

  it('keep whether a comma stands behind the last argument', () => {
    expect(parse('thing(1,); thing(1); t.get(2,)').body).toMatchObject([
      { trailing: true },
      { trailing: false },
      { links: [{ trailing: true }] },
    ]);
  });

  test.each([
    ['1 + 2', 2, '`+` outside of parentheses'],
    ['9 // 2', 2, '`//` outside of parentheses'],
    ['a;;b', 2, '`;`'],
    [';', 0, '`;`'],
    ['x[0:1]', 3, '`:`'],
    ['x[y]', 2, 'a whole number'],
    ['(1 + )', 5, 'an expression'],
    ["'abc", 0, 'a string that is not closed'],
    ['1; /* x', 3, 'a comment that is not closed'],
    ['1e5', 0, 'a malformed number'],
    ['[1].map((x) => x)', 12, '`=>`'],
    ['a b', 2, '`b`, expected `;` or the end'],
    ['1 2', 2, 'found `2`, expected `;`'],
    ['a;;b', 2, 'expected an expression or the end'],
    ['(1, 2)', 2, 'expected `)`'],
    ['true = 1', 5, '`=`'],
    ['nil()', 3, '`(`'],
    ['x, true => 1', 1, '`,`'],
    ['a\xc3\xa9 = 1', 1, '`\xc3\xa9`'],
  ])('refuse %s', (text, start, words) => {
    const error = failure(text);
    expect([error.code, error.start]).toEqual([ErrorCode.SYNTAX, start]);
    expect(error.message).toContain(words);
  });

  it('tell an int beyond 64 bit before anything runs', () => {
    expect(failure('a = 1; 9223372036854775808').code).toBe(ErrorCode.OVERFLOW);
    expect(failure('9223372036854775808; +').code).toBe(ErrorCode.SYNTAX);
  });

  it('bear no endless nesting', () => {
    for (const open of ['[', '(', '{a:', 'f(', 'x => ', '$a = ']) expect(failure(open.repeat(100_000)).code).toBe(ErrorCode.SYNTAX);
    expect(failure(`(1${' + 1'.repeat(100_000)})`).message).toContain('operators');
  });
});

describe('texts of the acceptance cases', () => {
  it('parse unless a syntax error is wanted', () => {
    for (const { code, err } of texts) {
      const { diagnostics } = parseTolerant(code);
      const syntax = diagnostics.some((d) => d.code === ErrorCode.SYNTAX);
      expect([code, syntax]).toEqual([code, err === 'QUERY_ERROR']);
    }
  });

  it('are the same trees after formatting, and formatting twice changes nothing', () => {
    let count = 0;
    for (const { code } of texts) {
      if (parseTolerant(code).diagnostics.length > 0) continue;
      const formatted = format(code);
      expect(shape(formatted)).toBe(shape(code));
      expect(format(formatted)).toBe(formatted);
      count++;
    }
    expect(count).toBeGreaterThan(350);
  });
});

describe('arrow functions', () => {
  it('are stored without white space', () => {
    expect(compactArrow('a , b =>  ( a /* x */ / /x/i )')).toBe('a,b=>(a/ /x/i)');
    expect(shapeOf(parseArrow(compactArrow('a , b =>  ( a / /x/i )')))).toBe('(a b => (paren (/ a /x/i)))');
  });

  it('are nothing else', () => {
    expect(() => parseArrow('5')).toThrow();
    expect(() => parseArrow('x => x; 1')).toThrow();
  });
});

describe('any text', () => {
  it('parses or is a syntax error with a place in it', () => {
    const piece = fc.constantFrom(
      ...'()[]{},;:.=+-*/%&|^!<>?$\'"',
      'a',
      'b1',
      '12',
      '1.5',
      ' ',
      '\n',
      '=>',
      '//',
      '/*',
      '*/',
      'nil',
      '\xff',
      '\0',
      'inf',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        const { diagnostics, script } = parseTolerant(text);
        for (const { start, end } of diagnostics) expect(0 <= start && start <= end && start <= text.length).toBe(true);
        if (diagnostics.length > 0) expect([ErrorCode.SYNTAX, ErrorCode.OVERFLOW]).toContain(failure(text).code);
        else expect(shape(text)).toBe(shapeOf(script));
      }),
      { numRuns: 2000 },
    );
  });
});
