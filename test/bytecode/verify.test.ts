import { describe, expect, test } from 'vitest';
import { library } from '../../src/builtins/library.ts';
import { BINARY_OPS, OPS } from '../../src/bytecode/opcodes.ts';
import { Program } from '../../src/bytecode/program.ts';
import { heightsOf, verifyProgram } from '../../src/bytecode/verify.ts';
import { compileText } from '../../src/engine/toolchain.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { List } from '../../src/values/list.ts';
import { Regex } from '../../src/values/regex.ts';
import { Float } from '../../src/values/scalars.ts';
import { cpuMs } from '../cpu.ts';
import { fieldsOf } from '../fuzz/bytecode-mutate.ts';
import { type Line, main, program } from './assemble.ts';

/** Why a program is refused; null when it is not. */
function fault(p: Program): string | null {
  try {
    verifyProgram(p, library);
    return null;
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    expect(error.code).toBe(ErrorCode.BAD_DATA);
    return error.message;
  }
}

const faultOf = (lines: readonly Line[]): string | null => fault(main(lines));

const PLUS = BINARY_OPS.indexOf('+');
const LESS = BINARY_OPS.indexOf('<');
const oneVariable = 1 << 24;

/** A `for` over a list, with `body` in it. */
const loop = (...body: readonly Line[]): Line[] => [
  ['INT', 1],
  ['ARRAY', 1],
  ['FOR', 'end', oneVariable],
  ['JUMP', 'next'],
  'body',
  ...body,
  'next',
  ['FOR_NEXT', 'body', oneVariable],
  'end',
  ['RETURN'],
];

describe('sound code', () => {
  test.each<[string, Line[]]>([
    ['a value', [['NIL'], ['RETURN']]],
    ['a way around', [['TRUE'], ['JUMP_FALSE', 'L'], ['INT', 1], ['RETURN'], 'L', ['INT', 2], ['RETURN']]],
    ['unreachable code', [['NIL'], ['RETURN'], ['POP'], ['ADD'], ['RETURN']]],
    ['a loop', loop()],
    ['break', loop(['FOR_BREAK', 0], ['JUMP', 'end'])],
    ['continue', loop(['FOR_TRIM', 0], ['JUMP', 'next'])],
    ['a handler', [['TRY', 'H'], ['INT', 1], ['END_TRY'], ['RETURN'], 'H', ['RETURN']]],
    ['an error that is looked at', [['TRY', 'H'], ['INT', 1], ['END_TRY'], ['RETURN'], 'H', ['NIL'], ['CATCH', 1], ['RETURN']]],
    ['a call', [['RESOLVE', 2, 0], ['SKIP_ARG', 'C', 0], ['INT', 1], 'C', ['CALL', 1], ['RETURN']]],
    ['a method', [['NIL'], ['METHOD', 1, 2], ['INT', 1], ['SKIP_ARG', 'C', 1], ['INT', 2], 'C', ['CALL_METHOD', 2], ['RETURN']]],
    ['a property', [['ROOT'], ['LOCK_PROP', 0], ['ARRAY', 0], ['SET_PROP', 0, 1], ['RETURN']]],
    ['an index', [['ROOT'], ['LOCK_INDEX'], ['NIL'], ['CHECK_INDEX'], ['NIL'], ['SET_INDEX', 0], ['RETURN']]],
    ['a slice', [['ROOT'], ['LOCK_SLICE'], ['NIL'], ['CHECK_SLICE', 2], ['NIL'], ['SET_SLICE', PLUS], ['RETURN']]],
    ['a test of the scope', [['SCOPE_TEST', 2], ['CONST', 0], ['BUILTIN', 2, 1], ['RETURN']]],
    ['a wrong number of arguments', [['THROW_ARGC', 0, 2], ['RETURN']]],
    ['a locked name', [['SCOPE_TEST', 4], ['CONST', 0], ['LOCK_NAME', 4], ['CONST', 0], ['NIL'], ['BUILTIN', 4, 3], ['RETURN']]],
    ['an instance', [['TYPE_TEST', 0], ['NIL'], ['INSTANCE', 0, 1], ['RETURN']]],
    ['a loop left with a lock', loop(['ROOT'], ['LOCK_PROP', 0], ['FOR_BREAK', 0], ['JUMP', 'end'])],
    ['a jump back that counts', ['L', ['LOOP', 'L']]],
  ])('%s', (_, lines) => {
    expect(faultOf(lines)).toBeNull();
  });
});

describe('code that is refused', () => {
  test.each<[string, Line[], RegExp]>([
    ['nothing', [], /no instruction at position 0/],
    ['an end without RETURN', [['NIL'], ['POP']], /runs out of the code/],
    ['a jump behind the end', [['JUMP', 99]], /no instruction starts at 99/],
    ['a jump into an instruction', [['NIL'], ['JUMP', 3], ['BUILTIN', 0, 0], ['RETURN']], /no instruction starts at 3/],
    ['a jump back for nothing', ['L', ['JUMP', 'L']], /counts against no budget/],
    ['a handler further back', ['L', ['NIL'], ['TRY', 'L'], ['RETURN']], /counts against no budget/],
    ['an empty stack', [['POP'], ['RETURN']], /1 operands, where 0/],
    ['stacks that differ', [['TRUE'], ['TRUE'], ['JUMP_FALSE', 'L'], ['NIL'], 'L', ['RETURN']], /the stack differs/],
    ['a constant that is none', [['CONST', 2], ['RETURN']], /constant 2/],
    ['a constant that is no value', [['CONST', 1], ['RETURN']], /constant 1 is no value/],
    ['a negative index', [['CONST', -1], ['RETURN']], /constant -1/],
    ['a name that is none', [['LOAD_NAME', 3, 0], ['RETURN']], /name 3/],
    ['a local that is none', [['LOAD', 3], ['RETURN']], /local 3/],
    ['a local that is said to be set', [['LOAD_SET', 0], ['RETURN']], /no parameter/],
    ['a free name that is a local', [['LOAD_NAME', 0, 0], ['RETURN']], /that of a local/],
    ['a cache that is none', [['LOAD_NAME', 2, 3], ['RETURN']], /cache 3/],
    ['a cache of two', [['LOAD_NAME', 2, 0], ['POP'], ['LOAD_NAME', 2, 0], ['RETURN']], /that of another/],
    ['an operator that is none', [['NIL'], ['NIL'], ['BINARY', 99], ['RETURN']], /operator 99/],
    ['a compound assignment without its operator', [['NIL'], ['COMPOUND', 0, 0], ['RETURN']], /operator 0/],
    ['a compound assignment by a comparison', [['NIL'], ['COMPOUND', 0, LESS], ['RETURN']], /operator/],
    ['flags that are none', [['NIL'], ['SLICE', 8], ['RETURN']], /flags 8/],
    ['a negative count', [['ARRAY', -1], ['RETURN']], /negative/],
    ['more items than there are', [['NIL'], ['ARRAY', 2], ['RETURN']], /2 operands, where 1/],
    ['an operand where none is', [['NIL', 1], ['RETURN']], /the operand 1/],
    ['keys that are none', [['NIL'], ['THING', 0, 1], ['RETURN']], /no tuple of keys/],
    ['a regex that is none', [['REGEX', 0], ['RETURN']], /no regex/],
    ['a function in itself', [['CLOSURE', 0, 0], ['RETURN']], /does not come behind/],
    ['too many arguments of a built-in', [['NIL'], ['NIL'], ['BUILTIN', 0, 2], ['RETURN']], /`int` with 2/],
    ['a count that would be right', [['THROW_ARGC', 0, 1], ['RETURN']], /`int` with 1/],
    ['a call of `try`', [['NIL'], ['BUILTIN', 3, 1], ['RETURN']], /never called/],
    ['a call without a test of the scope', [['CONST', 0], ['BUILTIN', 2, 1], ['RETURN']], /without a test of the scope/],
    [
      'a test of the scope on one way only',
      [['TRUE'], ['JUMP_FALSE', 'L'], ['SCOPE_TEST', 2], 'L', ['CONST', 0], ['BUILTIN', 2, 1], ['RETURN']],
      /without a test of the scope/,
    ],
    ['a call of a value', [['NIL'], ['CALL', 0], ['RETURN']], /calls a value/],
    [
      'a name that is not locked',
      [['SCOPE_TEST', 4], ['CONST', 0], ['CONST', 0], ['NIL'], ['BUILTIN', 4, 3], ['RETURN']],
      /without a lock/,
    ],
    ['a name that is locked for nothing', [['CONST', 0], ['LOCK_NAME', 0], ['BUILTIN', 0, 1], ['RETURN']], /is no name/],
    ['a name locked in any scope', [['CONST', 0], ['LOCK_NAME', 4], ['RETURN']], /without a test of the scope/],
    ['a locked name as a value', [['SCOPE_TEST', 4], ['CONST', 0], ['LOCK_NAME', 4], ['RETURN']], /finds the name of something locked/],
    ['an instance of no type', [['NIL'], ['NIL'], ['INSTANCE', 0, 1], ['RETURN']], /where a locked type/],
    ['a callee as a value', [['RESOLVE', 2, 0], ['RETURN']], /finds a callee/],
    ['a callee in a local', [['RESOLVE', 2, 0], ['STORE_POP', 0], ['NIL'], ['RETURN']], /other things than values/],
    ['a method called for other arguments', [['NIL'], ['METHOD', 0, 1], ['CALL_METHOD', 0], ['RETURN']], /finds a method of 1/],
    ['a method that is no method', [['NIL'], ['RESOLVE', 2, 0], ['CALL_METHOD', 0], ['RETURN']], /finds a callee/],
    [
      'arguments skipped to elsewhere',
      [['RESOLVE', 2, 0], ['SKIP_ARG', 'L', 0], ['NIL'], 'L', ['POP'], ['RETURN']],
      /does not lead to the call/,
    ],
    [
      'arguments skipped that are not taken',
      [['RESOLVE', 2, 0], ['NIL'], ['SKIP_ARG', 'C', 1], 'C', ['CALL', 1], ['RETURN']],
      /does not lead to the call/,
    ],
    ['a property of what is not locked', [['ROOT'], ['NIL'], ['SET_PROP', 0, 0], ['RETURN']], /finds a value where a locked thing/],
    ['a lock that is not given back', [['ROOT'], ['LOCK_PROP', 0], ['POP'], ['NIL'], ['RETURN']], /other things than values/],
    ['a place of what is not locked', [['NIL'], ['NIL'], ['CHECK_INDEX'], ['RETURN']], /finds a value where a locked value/],
    ['an index that was not checked', [['ROOT'], ['LOCK_INDEX'], ['NIL'], ['NIL'], ['SET_INDEX', 0], ['RETURN']], /where a place/],
    [
      'a range of another kind',
      [['ROOT'], ['LOCK_INDEX'], ['CHECK_SLICE', 0], ['NIL'], ['SET_SLICE', 0], ['RETURN']],
      /where a locked list/,
    ],
    [
      'a value that others may hold',
      [['ROOT'], ['LOCK_PROP', 0], ['ARRAY', 0], ['STORE', 0], ['SET_PROP', 0, 1], ['RETURN']],
      /nobody else holds/,
    ],
    ['END_TRY without TRY', [['NIL'], ['END_TRY'], ['RETURN']], /none is open/],
    ['more handlers dropped than open', [['NIL'], ['TRY', 'H'], ['DROP_TRY', 2], 'H', ['RETURN']], /none is open/],
    [
      'a handler on one way only',
      [['TRUE'], ['JUMP_FALSE', 'L'], ['TRY', 'H'], 'L', ['NIL'], ['RETURN'], 'H', ['RETURN']],
      /open handlers differ/,
    ],
    ['what lies under a handler', [['NIL'], ['TRY', 'H'], ['POP'], 'H', ['RETURN']], /under an open handler/],
    ['an error that is none', [['NIL'], ['CATCH', 0], ['RETURN']], /where an error/],
    ['a loop without its parts', [['NIL'], ['FOR', 'L', oneVariable], 'L', ['RETURN']], /at the head of a loop/],
    [
      'a loop whose variables differ',
      loop().map((l) => (l[0] === 'FOR_NEXT' ? ['FOR_NEXT', 'body', 1 | oneVariable] : l) as Line),
      /do not fit/,
    ],
    ['a loop without variables', loop().map((l) => (l[0] === 'FOR' ? ['FOR', 'end', 0] : l) as Line), /with 0 variables/],
    ['the end of no loop', [['NIL'], 'L', ['FOR_NEXT', 'L', oneVariable], ['RETURN']], /the end of no loop/],
    ['a jump into a loop', [['TRUE'], ['JUMP_FALSE', 'body'], ...loop()], /jumps into a loop/],
    ['a jump out of a loop that stays open', loop(['TRUE'], ['JUMP_FALSE', 'end']), /loops are open/],
    ['a break with code behind it', loop(['FOR_BREAK', 0], ['POP'], ['NIL'], ['RETURN']), /no jump follows/],
    ['a break out of no loop', [['NIL'], ['FOR_BREAK', 0], ['JUMP', 'L'], 'L', ['RETURN']], /where a loop must be/],
    ['a break through an open handler', loop(['TRY', 'H'], ['FOR_BREAK', 0], ['JUMP', 'end'], 'H', ['POP']), /under an open handler/],
    ['a loop as a value', loop(['POP'], ['JUMP', 'end']), /other things than values/],
  ])('%s', (_, lines, why) => {
    expect(faultOf(lines)).toMatch(why);
  });

  test('an int beyond 64 bit, but for the one thing that refuses it', () => {
    const wide = { constants: [2n ** 63n] };
    expect(fault(main([['CONST', 0], ['RETURN']], {}, wide))).toMatch(/finds an int/);
    expect(fault(main([['CONST', 0], ['PLUS'], ['RETURN']], {}, wide))).toBeNull();
  });

  test('words that are no instructions', () => {
    const fields = fieldsOf(main([['NIL'], ['RETURN']]));
    for (const words of [[0xff], [OPS.length], [OPS.findIndex((op) => op.b !== 'none')]]) {
      const functions = fields.functions.map((fn) => ({ ...fn, cacheCount: 0, maxStack: 1, code: Int32Array.from(words) }));
      expect(fault(new Program({ ...fields, functions }, (same) => same))).toMatch(/no instruction|ends within/);
    }
  });
});

describe('tables', () => {
  const ok: Line[] = [['NIL'], ['RETURN']];

  test.each<[string, Program, RegExp]>([
    ['no functions', program({ functions: [] }), /no functions/],
    ['text that is no byte string', main(ok, {}, { source: '\u20ac' }), /no byte string/],
    ['a float as int', main(ok, {}, { constants: [1.5] }), /constant 0/],
    ['an int that is not exact', main(ok, {}, { constants: [2 ** 53] }), /constant 0/],
    ['a small int as a large one', main(ok, {}, { constants: [5n] }), /constant 0/],
    ['an int beyond all', main(ok, {}, { constants: [2n ** 64n] }), /constant 0/],
    ['a list', main(ok, {}, { constants: [new List(['a'])] }), /constant 0/],
    ['keys that are no names', main(ok, {}, { constants: [new List(['a', '#'], true)] }), /constant 0/],
    ['nil', main(ok, {}, { constants: [null] }), /constant 0/],
    ['a name that is none', main(ok, {}, { names: ['a b'] }), /naming rules/],
    ['a method that is none', main(ok, {}, { sites: [''] }), /naming rules/],
    ['a function that does not exist', main(ok, {}, { rows: ['no_such_function'] }), /does not exist here: `no_such_function`/],
    ['a local that is no name', main(ok, { locals: ['1'] }), /naming rules/],
    ['parameters that are no locals', main(ok, { locals: ['x'], params: ['y'] }), /no locals/],
    ['too many locals', main(ok, { locals: Array.from({ length: 4097 }, (_, i) => `v${i}`) }), /more than 4096/],
    ['more caches than code', main(ok, { cacheCount: 1000 }), /caches/],
    ['more operands than code', main(ok, { maxStack: 1000 }), /operands/],
    ['fewer operands than there are', main(ok, { maxStack: 0 }), /1 operands/],
    ['a place outside of the text', main(ok, { start: 5, end: 99 }), /outside of the text/],
    ['lines out of order', main(ok, { lines: Int32Array.of(1, 0, 0, 0) }), /not in order/],
    ['lines outside of the text', main(ok, { lines: Int32Array.of(0, 99) }), /outside of the text/],
    ['half a line', main(ok, { lines: Int32Array.of(0) }), /half a line/],
    ['effects that are none', main(ok, { effects: 4 }), /no such effects/],
    ['a function that is no closure', program({ source: 'x', functions: [{ code: ok }, { code: ok }] }), /no closure/],
  ])('%s', (_, p, why) => {
    expect(fault(p)).toMatch(why);
  });

  test('constants of every kind', () => {
    const constants = ['\xff', 1, -(2n ** 63n), new Float(Number.NaN), new Regex('[', 'q'), new List(['a', 'a'], true)];
    expect(fault(main(ok, {}, { constants }))).toBeNull();
  });

  test('variables that others remember must not be hidden', () => {
    const functions = (seen: boolean, store: 'STORE_POP' | 'STORE_SEEN') => [
      { code: [['CLOSURE', 1, 0], [store, 0], ['NIL'], ['RETURN']] as Line[], locals: ['a'], seen },
      { code: [['LOAD_NAME', 0, 0], ['RETURN']] as Line[], params: [] },
    ];
    const seenStore: Line[] = [['NIL'], ['STORE_SEEN', 0], ['RETURN']];
    const sound = program({
      names: ['a'],
      functions: [{ code: seenStore, locals: ['a'], seen: true }, functions(true, 'STORE_SEEN')[1] as never],
    });
    expect(fault(sound)).toBeNull();
    expect(fault(program({ names: ['a'], functions: functions(false, 'STORE_POP') as never }))).toMatch(/hides/);
    expect(fault(program({ names: ['a'], functions: functions(true, 'STORE_POP') as never }))).toMatch(/hides/);
  });
});

describe('effects', () => {
  /** A compiled program that says that it has none; with `inner`, its closures still say theirs. */
  function silent(text: string, inner = false): Program {
    const fields = fieldsOf(compileText(text));
    const functions = fields.functions.map((fn, i) => (inner && i > 0 ? fn : { ...fn, effects: 0 }));
    return new Program({ ...fields, functions, effects: { collection: null, thingsdb: null } }, (same) => same);
  }

  test.each([
    '.a = 1;',
    '.a += 1;',
    '.a[0] = 1;',
    '.a[:] = [];',
    "set_type('T', {});",
    "new_collection('x');",
    '|| .a = 1;',
    '.a.del("x");',
  ])('%s', (text) => {
    expect(fault(compileText(text))).toBeNull();
    expect(fault(silent(text))).toMatch(/does not say/);
  });

  test('of closures behind `nse` do not count for what they stand in', () => {
    const program = compileText('nse(1); || .a = 1;');
    expect(program.functions.map((fn) => fn.effects)).toEqual([0, 1]);
    expect(fault(program)).toBeNull();
  });

  test('of a closure count for what it stands in', () => {
    expect(fault(silent('|| .a = 1;', true))).toMatch(/function 0 has effects/);
  });

  test.each(['.a;', 'a = 1;', '(.a).push(1);', 'a.push(1);', 'nse(.a = 1);'])('none: %s', (text) => {
    expect(fault(silent(text))).toBeNull();
  });

  test('the reasons must be there when there are effects', () => {
    const p = main([['NIL'], ['RETURN']], { effects: 1 }, { effects: { collection: null, thingsdb: null } });
    expect(fault(p)).toMatch(/does not say so/);
    expect(
      fault(
        main(
          [['NIL'], ['RETURN']],
          {},
          { effects: { collection: { what: '', start: 3, end: 1 }, thingsdb: { what: '', start: 0, end: 0 } } },
        ),
      ),
    ).toMatch(/no place/);
  });
});

describe('heights', () => {
  test('are told for every instruction that is reached', () => {
    const p = main([['INT', 1], ['INT', 2], ['ADD'], ['RETURN'], ['NIL']]);
    expect([...heightsOf(p, p.main)]).toEqual([0, 1, 2, 1, -1]);
  });
});

/** Programs made to take long to verify. */
describe('time', () => {
  const N = 20_000;
  const repeated = (n: number, ...lines: Line[]): Line[] => Array.from({ length: n }, () => lines).flat();

  test.each<[string, Line[]]>([
    ['a high stack', [...repeated(N, ['NIL']), ['ARRAY', N], ['RETURN']]],
    ['many handlers', [...repeated(N, ['TRY', 'H']), ['NIL'], ['RETURN'], 'H', ['RETURN']]],
    [
      'many ways that meet with high stacks',
      [
        ['TRY', 'H'],
        ['NIL'],
        ['END_TRY'],
        ...repeated(N, ['NIL']),
        ...Array.from({ length: N }, (_, i): Line => ['CHAIN_TEST', `L${i}`]),
        ['RETURN'],
        'H',
        ...repeated(N, ['NIL']),
        ...Array.from({ length: N }, (_, i): Line[] => [['CHAIN_TEST', `L${N - 1 - i}`]]).flat(),
        ['RETURN'],
        ...Array.from({ length: N }, (_, i): Line[] => [`L${i}`, ['RETURN']]).flat(),
      ],
    ],
    [
      'many jumps back',
      ['B', ['NIL'], ['POP'], ...repeated(N, ['TRUE'], ['JUMP_FALSE', 'E'], 'E' as Line).filter((l) => l !== 'E'), 'E', ['LOOP', 'B']],
    ],
    [
      'arguments skipped again and again',
      [
        ['RESOLVE', 2, 0],
        ...Array.from({ length: 2000 }, (_, i): Line[] => [['SKIP_ARG', 'C', i], ['NIL']]).flat(),
        'C',
        ['CALL', 2000],
        ['RETURN'],
      ],
    ],
  ])('%s', (_, lines) => {
    const p = main(lines);
    const start = cpuMs();
    fault(p);
    expect(cpuMs() - start).toBeLessThan(2000);
  });
});
