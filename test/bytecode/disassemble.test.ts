import { describe, expect, test } from 'vitest';
import { disassemble, disassembleJson } from '../../src/bytecode/disassemble.ts';
import { compileText } from '../../src/engine/toolchain.ts';
import { TiError } from '../../src/errors.ts';
import { List } from '../../src/values/list.ts';
import { Regex } from '../../src/values/regex.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import { latin1 } from '../support.ts';
import { main, program } from './assemble.ts';

const TEXT = `// Doubles what is stored.
.list = [1, 2];
f = |x| {
  x * 2;
};

.list.map(f);
`;

describe('as text', () => {
  test('shows the lines of the text above their code', () => {
    expect(disassemble(compileText(TEXT))).toMatchInlineSnapshot(`
      "changes the collection: assignment to the property \`list\` (line 2, column 1)

      function 0, main: locals f, stack 4, changes collection
         2 | .list = [1, 2];
               0   0  ROOT
               1   1  LOCK_PROP      list
               2   1  INT            1
               3   2  INT            2
               4   3  ARRAY          2
               5   2  SET_PROP       list, fresh
               7   1  POP
         3 | f = |x| {
               8   0  CLOSURE        function 1
              10   1  STORE_POP      f
         7 | .list.map(f);
              11   0  ROOT
              12   1  GET_PROP       list
              14   1  METHOD         .map, 1
              16   2  SKIP_ARG       L1, 0
              18   2  LOAD           f
          L1:
              19   3  CALL_METHOD    1
              20   1  RETURN

      function 1, |x| on line 3: locals x, stack 2
         4 |   x * 2;
               0   0  LOAD_SET       x
               1   1  MUL_INT        2
               2   1  RETURN
      "
    `);
  });

  test('leaves them out when they are not wanted', () => {
    const text = disassemble(compileText(TEXT), { source: false });
    expect(text).not.toContain(' | ');
    expect(text).toContain('function 1, |x| on line 3: locals x, stack 2');
  });

  test('names the targets of jumps in their order', () => {
    const text = disassemble(
      main([['TRUE'], ['JUMP_FALSE', 'A'], ['JUMP', 'B'], 'A', ['INT', 1], ['RETURN'], 'B', ['INT', 2], ['RETURN']]),
      { source: false },
    );
    expect(
      text
        .split('\n')
        .slice(4)
        .map((line) => line.trim()),
    ).toEqual([
      '0   0  TRUE',
      '1   1  JUMP_FALSE     L1',
      '2   0  JUMP           L2',
      'L1:',
      '3   0  INT            1',
      '4   1  RETURN',
      'L2:',
      '5   0  INT            2',
      '6   1  RETURN',
      '',
    ]);
  });

  test('of a long line shows the part that the code comes from', () => {
    const long = disassemble(compileText(`${'a = 1; '.repeat(100)}f(|x| x + 12345); ${'b = 2; '.repeat(100)}`));
    expect(Math.max(...long.split('\n').map((line) => line.length))).toBeLessThan(200);
    expect(long).toContain('   1 | ...a = 1; a = 1; f(|x| x + 12345); b = 2;');
    const bytes = disassemble(compileText(latin1(`x = '${'é€'.repeat(200)}'; |y| '${'é€'.repeat(200)}';`)));
    expect(bytes).not.toContain('\\x');
  });

  test('shows nothing that a terminal would obey', () => {
    const text = disassemble(compileText("x = '\x1b[31m\x07'; y = '\xff\xfe';"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\xff]/);
    expect(text).toContain("CONST          '\\x1b[31m\\x07'");
    expect(text).toContain("CONST          '\\xff\\xfe'");
  });

  test('keeps UTF-8 as it is', () => {
    expect(disassemble(compileText(latin1("'é€';")))).toContain(latin1("CONST          'é€'"));
  });
});

describe('operands', () => {
  test('that are constants', () => {
    const constants = [
      "it's",
      'x'.repeat(100),
      -5,
      2n ** 62n,
      new Float(2),
      new Float(-0),
      new Float(1e300),
      new Float(Number.NaN),
      new Bytes('ab'),
      new Regex('a b', 'i'),
      new List(['k', 'l'], true),
    ];
    expect(disassembleJson(main([['NIL'], ['RETURN']], {}, { constants })).constants).toEqual([
      "'it''s'",
      `'${'x'.repeat(40)}...'`,
      '-5',
      '4611686018427387904',
      '2.0',
      '-0.0',
      '1e+300',
      'NaN',
      "bytes('ab')",
      '/a b/i',
      '{k, l}',
    ]);
  });

  test('that are not there are told as such', () => {
    const listing = disassembleJson(
      main([
        ['CONST', 99],
        ['LOAD', 99],
        ['GET_PROP', 99, 0],
        ['METHOD', 99, 0],
        ['BUILTIN', 99, 0],
        ['BINARY', 99],
        ['JUMP', 99],
      ]),
    );
    expect(listing.functions[0]?.instructions.map((i) => i.operands)).toEqual(['?', '?', '?', '.?, 0', '?, 0', '?', 'L1']);
    expect(listing.functions[0]?.instructions.every((i) => i.height === null)).toBe(true);
  });

  test('of words that are no instructions are an error', () => {
    const broken = program({ functions: [{ code: [['NIL']] }] });
    broken.main.code[0] = 0xff;
    expect(() => disassemble(broken)).toThrow(TiError);
  });
});

describe('as data', () => {
  test('has everything that the text has', () => {
    const { functions, effects, names } = disassembleJson(compileText(TEXT));
    expect(effects).toEqual({ collection: { what: 'assignment to the property `list`', line: 2, column: 1 }, thingsdb: null });
    expect(names).toEqual(['list']);
    const { instructions, ...closure } = functions[1] as (typeof functions)[number];
    expect(closure).toEqual({ index: 1, title: '|x|', line: 3, params: ['x'], locals: ['x'], maxStack: 2, caches: 0, changes: [] });
    expect(instructions).toEqual([
      { at: 0, op: 'LOAD_SET', a: 0, b: null, operands: 'x', label: null, height: 0, line: 4, column: 3 },
      { at: 1, op: 'MUL_INT', a: 2, b: null, operands: '2', label: null, height: 1, line: 4, column: 3 },
      { at: 2, op: 'RETURN', a: null, b: null, operands: '', label: null, height: 1, line: 4, column: 3 },
    ]);
  });

  test('is plain JSON', () => {
    const data = disassembleJson(compileText(TEXT));
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  });
});
