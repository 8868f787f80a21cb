import { Packr, Unpackr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { isSavedProgram, loadProgram, openContainer, saveProgram, sealContainer } from '../../src/bytecode/container.ts';
import { packCode, packLines, unpackCode, unpackLines } from '../../src/bytecode/container-code.ts';
import { BYTECODE_VERSION } from '../../src/bytecode/opcodes.ts';
import { Program } from '../../src/bytecode/program.ts';
import { compileText, loadCompiled } from '../../src/engine/toolchain.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { Closure } from '../../src/values/closure.ts';
import { List } from '../../src/values/list.ts';
import { Regex } from '../../src/values/regex.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import type { Value } from '../../src/values/value.ts';
import { fieldsOf } from '../fuzz/bytecode-mutate.ts';
import { latin1 } from '../support.ts';
import { code, main } from './assemble.ts';

const TEXT = latin1(`// Grüße
double = |x| { "Twice as much: ü"; x * 2 };
.list = [1, 2.5, 'text', "é", 9223372036854775807, -0.0];
for (x, i in .list) { if (i > 3) break; try(double(x), type_err()); };
{a: 1, b: /r[ü]*/i, c: || nil};
return .list.map(|v, i| \`{v} {i}\`), 2;
`);

const same = (text: string): string => text;

/** The message with which a file is refused. */
function refusal(bytes: Uint8Array): string {
  try {
    loadProgram(bytes, same);
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    expect(error.code).toBe(ErrorCode.BAD_DATA);
    return error.message;
  }
  throw new Error('the file was loaded');
}

describe('a saved program', () => {
  test('comes back as it was', () => {
    const saved = compileText(TEXT);
    const loaded = loadProgram(saveProgram(saved), same);
    expect(fieldsOf(loaded)).toEqual(fieldsOf(saved));
    expect(loaded.source).toBe(TEXT);
    expect(loaded.main.offsetAt(5)).toBe(saved.main.offsetAt(5));
    expect(loaded.functions[1]?.doc).toBe(latin1('Twice as much: ü'));
    expect(loaded.functions[1]?.text).toBe(saved.functions[1]?.text);
  });

  test('saved again, gives the same bytes', () => {
    const bytes = saveProgram(compileText(TEXT));
    expect(saveProgram(loadCompiled(bytes))).toEqual(bytes);
  });

  test('keeps every byte of its texts', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    const program = main([['CONST', 0], ['RETURN']], { doc: all }, { constants: [all, new Bytes(all), ''], source: all });
    const loaded = loadProgram(saveProgram(program), same);
    expect(loaded.constants).toEqual([all, new Bytes(all), '']);
    expect(loaded.source).toBe(all);
    expect(loaded.main.doc).toBe(all);
  });

  test('keeps constants of every kind apart', () => {
    const constants: Value[] = [
      0,
      -1,
      2 ** 31,
      -(2 ** 40),
      Number.MAX_SAFE_INTEGER,
      9223372036854775807n,
      -9223372036854775808n,
      2n ** 63n,
      new Float(2),
      new Float(-0),
      new Float(0.1),
      new Float(5e-324),
      new Float(Number.NaN),
      new Float(Number.NEGATIVE_INFINITY),
      '2',
      new Bytes('2'),
      new Regex('2', 'i'),
      new List(['a', 'b'], true),
      new List([], true),
    ];
    const loaded = loadProgram(saveProgram(main([['NIL'], ['RETURN']], {}, { constants })), same);
    expect(loaded.constants).toEqual(constants);
    expect(loaded.constants.map((c) => typeof c)).toEqual(constants.map((c) => typeof c));
    expect(Object.is((loaded.constants[9] as Float).value, -0)).toBe(true);
  });

  test('cannot have constants that no text has', () => {
    const closure = new Closure(compileText('1').main);
    for (const value of [closure, null, true])
      expect(() => saveProgram(main([['NIL'], ['RETURN']], {}, { constants: [value] }))).toThrow(TiError);
  });

  test('does not fail when the text of a closure is asked for in the middle of a change', () => {
    const program = loadProgram(saveProgram(compileText('|x| x')), () => {
      throw new TiError(ErrorCode.SYNTAX, 'no closure');
    });
    expect(program.functions[1]?.compactText).toBe('|x| x');
  });

  test('takes about as much again as its text', () => {
    const text = TEXT.repeat(50);
    expect(saveProgram(compileText(text)).length).toBeLessThan(3 * text.length);
  });
});

describe('code', () => {
  test.each([
    [
      'operands of all sizes',
      code([
        ['INT', 0],
        ['INT', -1],
        ['INT', 63],
        ['INT', 64],
        ['INT', 0x7fffff],
        ['INT', -0x800000],
        ['CONST', 0x7fffff],
        ['CONST', -1],
      ]),
    ],
    [
      'second operands',
      code([
        ['SET_PROP', 5, 0x7fffffff],
        ['SET_PROP', 5, -1],
        ['UNLESS_LT_INT', 0, -0x80000000],
        ['UNLESS_LT_INT', 9, 0x7fffffff],
      ]),
    ],
    ['jumps both ways', code(['A', ['LOOP', 'A'], ['JUMP', 'B'], ['JUMP', 'A'], 'B', ['JUMP', 0x7fffff]])],
    ['nothing', code([])],
  ])('with %s comes back', (_, words) => {
    expect(unpackCode(packCode(words))).toEqual(words);
  });

  test('takes about two bytes an instruction', () => {
    const program = compileText(TEXT);
    const words = program.functions.reduce((sum, fn) => sum + fn.code.length, 0);
    const bytes = program.functions.reduce((sum, fn) => sum + packCode(fn.code).length, 0);
    expect(bytes).toBeLessThan(2 * words);
  });

  test.each([
    ['an unknown instruction', [255]],
    ['a missing operand', [3]],
    ['half a number', [3, 0x80]],
    ['a number without end', [3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['a number of 33 bits', [3, 0xff, 0xff, 0xff, 0xff, 0x1f]],
    ['an operand of 25 bits', [3, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('with %s is refused', (_, bytes) => {
    expect(() => unpackCode(Uint8Array.from(bytes))).toThrow(TiError);
  });

  test('line tables come back', () => {
    const lines = Int32Array.of(0, 5, 0, 1, 3, 100_000, 90, 0, 70_000, 0x7fffffff);
    expect(unpackLines(packLines(lines))).toEqual(lines);
    expect(() => unpackLines(Uint8Array.of(1))).toThrow(TiError);
  });
});

describe('a file that is refused', () => {
  const bytes = saveProgram(compileText(TEXT));

  const changed = (at: number): Uint8Array => {
    const copy = bytes.slice();
    copy[at] = (copy[at] as number) ^ 0x40;
    return copy;
  };

  test('is none', () => {
    expect(isSavedProgram(bytes)).toBe(true);
    for (const other of [new Uint8Array(0), Buffer.from(TEXT, 'latin1'), changed(0), changed(7), bytes.subarray(0, 7)]) {
      expect(isSavedProgram(other)).toBe(false);
      expect(refusal(other)).toBe('this is no compiled program');
    }
  });

  test('is of another version', () => {
    expect(refusal(changed(8))).toBe(
      `the program was compiled by another version (version ${BYTECODE_VERSION ^ 0x40}, where this is ${BYTECODE_VERSION}); compile it again`,
    );
    expect(refusal(changed(10))).toBe(
      `the program was compiled by another version (another build of version ${BYTECODE_VERSION}); compile it again`,
    );
  });

  test('is damaged, in whatever byte', () => {
    for (let at = 14; at < bytes.length; at++) expect(refusal(changed(at))).toBe('the compiled program is damaged: its checksum is wrong');
  });

  test('is cut off, at whatever byte', () => {
    for (let end = 8; end < bytes.length; end++) expect(refusal(bytes.subarray(0, end))).toMatch(/^the compiled program is damaged/);
  });
});

/** Files with the right checksum and a body that nothing here writes. */
describe('a hostile body', () => {
  const pack = (value: unknown): Uint8Array => sealContainer(new Packr({ useRecords: false }).pack(value));
  const body = new Unpackr({ useRecords: false }).unpack(openContainer(saveProgram(compileText(TEXT)))) as unknown[];

  test.each<[string, number[], RegExp]>([
    ['nothing', [], /breaks off/],
    ['an array of four thousand millions', [0xdd, 0xff, 0xff, 0xff, 0xff], /breaks off/],
    ['arrays of millions within arrays of millions', Array.from({ length: 50 }, () => [0xdd, 0x00, 0x98, 0x96, 0x80]).flat(), /breaks off/],
    ['arrays within arrays', Array.from({ length: 100_000 }, () => 0x91), /nested too deep/],
    ['a string longer than the file', [0xdb, 0xff, 0xff, 0xff, 0xff], /breaks off/],
    ['a map', [0x81, 0xa1, 0x61, 0x01], /that no program has/],
    ['an extension', [0xc7, 0x01, 0x74, 0x00], /that no program has/],
    ['a fixed extension', [0xd4, 0x72, 0x40], /that no program has/],
    ['an int of 64 bit', [0xcf, 0, 0, 0, 0, 0, 0, 0, 1], /that no program has/],
    ['the byte that is nothing', [0xc1], /that no program has/],
    ['something behind it', [0x90, 0x90], /something follows/],
    ['something else', [0xc0], /list of the right length/],
  ])('%s', (_, packed, why) => {
    expect(refusal(sealContainer(Uint8Array.from(packed)))).toMatch(why);
  });

  test.each<[string, number, unknown, RegExp]>([
    ['another dialect', 0, '2019', /dialect/],
    ['a text that is a number', 1, 5, /text/],
    ['a text that is no ASCII', 1, 'ü', /text/],
    ['constants that are no list', 2, 'a', /list/],
    ['a constant of an unknown kind', 2, [[9, 1]], /unknown kind/],
    ['a constant of no kind', 2, [[]], /unknown kind/],
    ['a fraction', 2, [1.5], /no integer/],
    ['nil as a constant', 2, [null], /text/],
    ['a float of seven bytes', 2, [[0, Buffer.alloc(7)]], /eight bytes/],
    ['a large int that is none', 2, [[1, '1e9']], /no integer/],
    ['a regex without flags', 2, [[3, 'a']], /list of the right length/],
    ['a name that is a list', 3, [[]], /text/],
    ['a function of other parts', 6, [[0]], /list of the right length/],
    ['effects of three', 7, [null, null, null], /list of the right length/],
    ['a reason without a place', 7, [['x', -1, 0], null], /number/],
  ])('%s', (_, at, part, why) => {
    expect(refusal(pack(body.with(at, part)))).toMatch(why);
  });

  test.each<[string, number, unknown, RegExp]>([
    ['more parameters than locals', 0, 99, /no locals/],
    ['locals that are numbers', 1, [1], /text/],
    ['code that is text', 2, 'a', /bytes/],
    ['code that breaks off', 2, Buffer.of(3), /breaks off/],
    ['millions of caches', 5, 100_000_000, /caches/],
    ['a negative number', 7, -1, /number/],
    ['a number beyond 32 bit', 7, 2 ** 33, /number/],
    ['a number that is not there', 8, null, /number/],
    ['a bool that is a number', 10, 1, /bool/],
  ])('%s of a function', (_, at, part, why) => {
    const functions = body[6] as unknown[][];
    expect(refusal(pack(body.with(6, [(functions[0] as unknown[]).with(at, part)])))).toMatch(why);
  });

  test('a list of functions that is empty is for the verifier to refuse', () => {
    const empty = pack(body.with(6, []));
    expect(loadProgram(empty, same)).toBeInstanceOf(Program);
    expect(() => loadCompiled(empty)).toThrow(TiError);
  });
});
