/**
 * The instruction set: one line an instruction, from which numbers, names, the verifier and the disassembler follow.
 *
 * The machine. A program is a list of functions over one table of constants and one of names. A function's code is an array of 32 bit words. An
 * instruction is one word: the opcode in the low 8 bits, operand A in the upper 24 (signed); those with a second operand B take the next word. The
 * machine has one operand stack; a frame owns the part that starts with its locals (parameters first) and goes on with its operands. An
 * unset local holds `undefined`. Free names are looked up in the frames of the callers (scope is dynamic). Beside the operands, a stack
 * of locks says which lists, sets and things must not change now, and a stack of handlers says where errors go.
 *
 * Kinds of operands: `int` a number, `const` an index of the constants, `name` of the names, `local` of the frame's locals, `func` of the functions,
 * `site` of the method calls, `row` of the functions called by name, `shape` a constant with the
 * tuple of keys, `cache` an index of the function's inline caches, `to` a position in the
 * code, `count` a number of operands on the stack, `op` a BinaryOp code, `bits` flags, `probe` an index of the probes.
 */

import type { BinaryOpText } from '../values/operators.ts';

export type OperandKind =
  | 'none'
  | 'int'
  | 'const'
  | 'name'
  | 'local'
  | 'func'
  | 'site'
  | 'row'
  | 'shape'
  | 'cache'
  | 'to'
  | 'count'
  | 'op'
  | 'bits'
  | 'vars'
  | 'probe';

type Line = readonly [name: string, a: OperandKind, b: OperandKind, pops: number, pushes: number, picture: string];

/**
 * `pops` and `pushes` are the effect when the instruction is followed by the next one; -1 for `pops` when it depends on the operands (see
 * `STEPS` in verify-steps.ts).
 */
const LINES = [
  ['NIL', 'none', 'none', 0, 1, '-- nil'],
  ['TRUE', 'none', 'none', 0, 1, '-- true'],
  ['FALSE', 'none', 'none', 0, 1, '-- false'],
  ['INT', 'int', 'none', 0, 1, '-- A'],
  ['CONST', 'const', 'none', 0, 1, '-- constant'],
  ['CLOSURE', 'func', 'cache', 0, 1, '-- closure'],
  ['POP', 'none', 'none', 1, 0, 'x --'],
  ['LOAD', 'local', 'none', 0, 1, '-- x; of a caller when unset'],
  ['LOAD_SET', 'local', 'none', 0, 1, '-- x; known to be set'],
  ['LOAD_NAME', 'name', 'cache', 0, 1, '-- x'],
  ['LOAD_VARIABLE', 'name', 'none', 0, 1, '-- x; a variable, no constant'],
  ['STORE', 'local', 'none', 1, 1, 'x -- x'],
  ['STORE_POP', 'local', 'none', 1, 0, 'x --'],
  ['STORE_SEEN', 'local', 'none', 1, 1, 'x -- x; a local that other functions of the program read'],
  ['COMPOUND', 'local', 'op', 1, 1, 'y -- x op y, also into the local'],
  ['COMPOUND_POP', 'local', 'op', 1, 0, 'y --; as COMPOUND'],
  ['COMPOUND_NAME', 'name', 'cache', 1, 1, 'y -- x op y, also into the variable; the op is in the low bits of B'],
  ['ADD', 'none', 'none', 2, 1, 'x y -- x + y'],
  ['SUB', 'none', 'none', 2, 1, 'x y -- x - y'],
  ['MUL', 'none', 'none', 2, 1, 'x y -- x * y'],
  ['BINARY', 'op', 'none', 2, 1, 'x y -- x op y'],
  ['ADD_INT', 'int', 'none', 1, 1, 'x -- x + A'],
  ['SUB_INT', 'int', 'none', 1, 1, 'x -- x - A'],
  ['MUL_INT', 'int', 'none', 1, 1, 'x -- x * A'],
  ['MOD_INT', 'int', 'none', 1, 1, 'x -- x % A'],
  ['LT', 'none', 'none', 2, 1, 'x y -- x < y'],
  ['GT', 'none', 'none', 2, 1, 'x y -- x > y'],
  ['LE', 'none', 'none', 2, 1, 'x y -- x <= y'],
  ['GE', 'none', 'none', 2, 1, 'x y -- x >= y'],
  ['EQ', 'none', 'none', 2, 1, 'x y -- x == y'],
  ['NE', 'none', 'none', 2, 1, 'x y -- x != y'],
  ['LT_INT', 'int', 'none', 1, 1, 'x -- x < A'],
  ['GT_INT', 'int', 'none', 1, 1, 'x -- x > A'],
  ['EQ_INT', 'int', 'none', 1, 1, 'x -- x == A'],
  ['NOT', 'none', 'none', 1, 1, 'x -- !x'],
  ['NEG', 'none', 'none', 1, 1, 'x -- -x'],
  ['PLUS', 'none', 'none', 1, 1, 'x -- +x'],
  ['BIT_NOT', 'none', 'none', 1, 1, 'x -- ~x'],
  ['JUMP', 'to', 'none', 0, 0, '--'],
  ['LOOP', 'to', 'none', 0, 0, '--; a jump back, counts against the budget'],
  ['JUMP_FALSE', 'to', 'none', 1, 0, 'x --'],
  ['UNLESS_LT', 'to', 'none', 2, 0, 'x y --; jumps unless x < y'],
  ['UNLESS_GT', 'to', 'none', 2, 0, 'x y --; jumps unless x > y'],
  ['UNLESS_EQ', 'to', 'none', 2, 0, 'x y --; jumps unless x == y'],
  ['UNLESS_LT_INT', 'to', 'int', 1, 0, 'x --; jumps unless x < B'],
  ['UNLESS_GT_INT', 'to', 'int', 1, 0, 'x --; jumps unless x > B'],
  ['UNLESS_EQ_INT', 'to', 'int', 1, 0, 'x --; jumps unless x == B'],
  ['AND', 'to', 'none', 1, 0, 'x --; jumps with x left when it is false'],
  ['OR', 'to', 'none', 1, 0, 'x --; jumps with x left when it is true'],
  ['CHAIN_TEST', 'to', 'none', 1, 1, 'x -- x; jumps when x is nil or an error'],
  [
    'FOR',
    'to',
    'vars',
    1,
    1,
    'iterable -- loop; jumps with the iterable left when it is empty. B: number of variables (at most 2) << 24 | second local << 12 | first local',
  ],
  ['FOR_NEXT', 'to', 'vars', 1, 1, 'loop -- loop; sets the variables and jumps, or leaves nil when done. B as for FOR'],
  ['FOR_BREAK', 'count', 'none', 0, 0, 'loop ... -- nil; A operands lie under the loop'],
  ['FOR_TRIM', 'count', 'none', 0, 0, 'loop ... -- loop; A operands lie under the loop'],
  ['RETURN', 'none', 'none', 1, 0, 'x --'],
  ['SET_DEEP', 'none', 'none', 1, 0, 'deep --'],
  ['SET_FLAGS', 'none', 'none', 1, 0, 'flags --'],
  ['TRY', 'to', 'none', 0, 0, '--; errors from here to END_TRY go to A, with the error on the stack'],
  ['END_TRY', 'none', 'none', 0, 0, '--'],
  ['DROP_TRY', 'count', 'none', 0, 0, '--; forgets A handlers'],
  ['CATCH', 'count', 'none', -1, 1, 'error e0 ... eA-1 -- error; raised again when it is none of them'],
  ['THROW_ARGC', 'row', 'count', 0, 1, '-- never; called with B arguments'],
  ['ROOT', 'none', 'none', 0, 1, '-- root thing of the collection'],
  ['GET_PROP', 'name', 'cache', 1, 1, 'x -- x.name'],
  ['LOCK_PROP', 'name', 'none', 1, 1, 'x -- x; must be a thing, locked until SET_PROP'],
  ['SET_PROP', 'name', 'bits', 2, 1, 'thing y -- thing.name; B is 1 when nobody else holds y'],
  ['COMPOUND_PROP', 'name', 'op', 2, 1, 'thing y -- thing.name op y'],
  ['INDEX', 'none', 'none', 2, 1, 'x i -- x[i]'],
  ['SLICE', 'bits', 'none', -1, 1, 'x from? to? step? -- x[from:to:step]; A bits 1, 2, 4: which are given'],
  ['SLICE_TEST', 'to', 'none', 1, 1, 'x -- x; jumps when x is empty and needs no parts'],
  ['LOCK_INDEX', 'none', 'none', 1, 1, 'x -- x; must allow assignment by index, locked until SET_INDEX'],
  ['CHECK_INDEX', 'none', 'none', 2, 2, 'x i -- x i; must be a place in x'],
  ['SET_INDEX', 'op', 'none', 3, 1, 'x i y -- y'],
  ['LOCK_SLICE', 'none', 'none', 1, 1, 'x -- x; must be a list, locked until SET_SLICE'],
  ['CHECK_SLICE', 'bits', 'none', -1, 2, 'x from? to? step? -- x range'],
  ['SET_SLICE', 'op', 'none', 3, 1, 'x range list -- nil'],
  ['ARRAY', 'count', 'none', -1, 1, 'x0 ... xA-1 -- list'],
  ['ITEM', 'none', 'none', 1, 1, 'x -- x; as a list keeps it: lists and sets become tuples'],
  ['OWN', 'none', 'none', 1, 1, 'x -- x; as a thing keeps it: lists and sets are copied'],
  ['THING', 'shape', 'count', -1, 1, 'x0 ... xB-1 -- thing'],
  ['INSTANCE', 'name', 'const', -1, 1, 'type x0 ... -- instance; B: constant with the tuple of keys'],
  ['TYPE_TEST', 'name', 'none', 0, 1, '-- type; must exist, locked until INSTANCE'],
  ['REGEX', 'const', 'none', 0, 1, '-- regex; must be a valid one'],
  ['ANO', 'const', 'none', -1, 1, 'x0 ... -- anonymous type; A: constant with the tuple of keys'],
  ['ENUM', 'name', 'name', 0, 1, '-- member'],
  ['ENUM_BY_NAME', 'name', 'none', 1, 1, 'name -- member'],
  ['TEMPLATE', 'count', 'none', -1, 1, 'x0 ... xA-1 -- str'],
  ['SCOPE_TEST', 'row', 'none', 0, 0, '--; the scope must have the function'],
  ['LOCK_NAME', 'row', 'none', 1, 1, 'name -- name; the type or enumerator of that name is locked until BUILTIN'],
  ['BUILTIN', 'row', 'count', -1, 1, 'x0 ... xB-1 -- result'],
  ['RESOLVE', 'name', 'cache', 0, 1, '-- callee; a type, an enumerator or a closure of that name'],
  ['RESOLVE_LOCAL', 'local', 'name', 0, 1, '-- callee; as RESOLVE, for a name that is a local'],
  ['SKIP_ARG', 'to', 'count', 0, 0, '--; jumps when the callee takes no more than the B arguments given so far'],
  ['CALL', 'count', 'none', -1, 1, 'callee x0 ... -- result; the callee lies under its arguments'],
  ['METHOD', 'site', 'count', 1, 2, 'x -- x callee; will be called with B arguments'],
  ['CALL_METHOD', 'count', 'none', -1, 1, 'x callee x0 ... -- result'],
  ['PROCEDURE', 'none', 'none', 1, 1, 'name -- callee; the closure of the procedure of that name'],
  ['PROBE', 'probe', 'none', 0, 0, '--; tells who watches the machine that this place is reached'],
] as const satisfies readonly Line[];

export type OpName = (typeof LINES)[number][0];

export interface OpInfo {
  readonly code: number;
  readonly name: OpName;
  readonly a: OperandKind;
  readonly b: OperandKind;
  readonly pops: number;
  readonly pushes: number;
  readonly picture: string;
}

export const OPS: readonly OpInfo[] = LINES.map(([name, a, b, pops, pushes, picture], code) => ({
  code,
  name,
  a,
  b,
  pops,
  pushes,
  picture,
}));

export const Op = Object.fromEntries(OPS.map((op) => [op.name, op.code])) as { readonly [K in OpName]: number };

/** Operators as operands: of BINARY, and of compound assignments; SET (0) is the plain assignment. */
export const BINARY_OPS = [
  '=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '^',
  '|',
  '<<',
  '>>',
  '<',
  '>',
  '==',
  '!=',
  '<=',
  '>=',
] as const satisfies readonly BinaryOpText[];

/** Version of the instruction set and of the container; a file of another version is compiled again or refused. */
export const BYTECODE_VERSION = 1;
