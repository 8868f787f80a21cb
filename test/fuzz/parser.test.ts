import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format } from '../../grammar/v1/format.ts';
import { parse, parseTolerant } from '../../grammar/v1/parser.ts';
import { walk } from '../../src/ast/visitor.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { sourceText } from '../ast/arbitrary.ts';
import { caseSources } from '../cases.ts';

/** Whatever the text: a tree or one kind of error; with recovery always a tree, and errors just when the strict parser has one. */
function check(source: string): void {
  let refused = false;
  try {
    parse(source);
  } catch (error) {
    refused = true;
    expect(error).toBeInstanceOf(TiError);
    const { code, start } = error as TiError;
    expect(code).toBe(ErrorCode.SYNTAX);
    expect(start >= 0 && start <= source.length).toBe(true);
  }
  const { script, diagnostics } = parseTolerant(source);
  expect(diagnostics.length > 0).toBe(refused);
  for (const { start, end } of diagnostics) expect(start >= 0 && start <= end && end <= source.length).toBe(true);
  walk(script, {
    enter(node) {
      expect(node.start >= 0 && node.end <= source.length).toBe(true);
      return undefined;
    },
  });
  if (!refused) format(source);
}

const pieces = [
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '|',
    '||',
    '`',
    "'",
    '"',
    '/',
    '//',
    '/*',
    '*/',
    ';',
    ',',
    ':',
    '?',
    '.',
    '..',
    '&{',
    '&',
    '!',
    '-',
    '~',
  ],
  ...[
    '=',
    '+=',
    '==',
    '<<',
    '%',
    '^',
    ' ',
    '\n',
    'if',
    'else',
    'for',
    'in',
    'return',
    'break',
    'continue',
    'nil',
    'true',
    'inf',
    'a',
    'A{',
    'x',
  ],
  ...['1', '1.5', '0x', '.5', "'s'", '/r/', '`t{', '{a:', '(a', ' ', '\0', '\xff', '\xc3\xa9', '#', '\\'],
];

describe('any text', () => {
  test('of random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => check(Buffer.from(bytes).toString('latin1'))),
      { numRuns: 1000 },
    );
  });

  test('of random tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (all) => check(all.join(''))),
      { numRuns: 2000 },
    );
  });

  test('right but for one change', () => {
    const sources = caseSources().filter((source) => source.length < 300);
    const change = fc.record({
      source: fc.oneof(fc.constantFrom(...sources), sourceText),
      at: fc.nat(),
      remove: fc.nat({ max: 5 }),
      piece: fc.constantFrom('', ...pieces),
    });
    fc.assert(
      fc.property(change, ({ source, at, remove, piece }) => {
        const place = at % (source.length + 1);
        check(source.slice(0, place) + piece + source.slice(place + remove));
      }),
      { numRuns: 1000 },
    );
  });

  test('cut off anywhere', () => {
    fc.assert(
      fc.property(sourceText, fc.nat(), (source, at) => check(source.slice(0, at % (source.length + 1)))),
      { numRuns: 300 },
    );
  });

  test('of one token, over and over', () => {
    for (const piece of pieces) check(piece.repeat(200));
    for (const left of ['(', '[', '{', 'f(', '`{', '{a:', 'if(']) for (const right of pieces) check((left + right).repeat(25));
  });
});
