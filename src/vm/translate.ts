/**
 * The second tier: translates the bytecode of functions that run often into JavaScript, which the engine underneath compiles to machine code.
 *
 * The meaning stays that of `loop.ts`. There are two forms. A *leaf* calls nothing that could look up its variables: its locals are JavaScript
 * variables, and it needs no frame. Any other function is *framed*: its locals stay on the machine's stack, where callees find them by name, and
 * only its operands become JavaScript variables. Functions with `try`, whose errors need no JavaScript exception there, or with assignments to slices stay in the interpreter.
 *
 * The source is put together from opcodes, numbers and references to values only, never from a user's text. Control flow is rebuilt from the jumps: the
 * compiler makes forward jumps and `for` loops, so each target of a forward jump ends a labelled block that starts where its loop's body, or the
 * function, starts.
 */

import { Builtin } from '../builtins/builtin.ts';
import { textOf } from '../builtins/text.ts';
import type { OpName } from '../bytecode/opcodes.ts';
import type { FramedCode, FunctionCode, LeafCode } from '../bytecode/program.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { add, binary, bitNot, checkedText, compare, equal, mod, mul, negate, plus, sameText, sub } from '../values/operators.ts';
import { truthy } from '../values/value.ts';
import { compound, compoundLocal, compoundName, compoundOuter, compoundProperty } from './assignments.ts';
import { checkIndex, emptySlice, indexValue, setIndex, sliceValue } from './indexing.ts';
import { startFor } from './iteration.ts';
import { beginInstance, enumOf, finishInstance, own, regex, thingOf } from './making.ts';
import { askEarly, resolveMethod, takesNoMore } from './methods.ts';
import { isType, lookup, lookupCached, procedureOf, resolveCall, root, variable } from './names.ts';
import { CALLS } from './translation/calls.ts';
import { CONTAINERS } from './translation/containers.ts';
import { ControlFlow } from './translation/control-flow.ts';
import { decode, type Instruction } from './translation/instruction.ts';
import { JUMPS } from './translation/jumps.ts';
import { OPERATORS } from './translation/operators.ts';
import { VARIABLES } from './translation/variables.ts';
import { type Emitters, Unsupported, Writer } from './translation/writer.ts';

/** What the generated source refers to by name. */
const LIBRARY = {
  Builtin,
  Closure,
  List,
  add,
  askEarly,
  beginInstance,
  binary,
  bitNot,
  checkedText,
  checkIndex,
  compare,
  compound,
  compoundLocal,
  compoundName,
  compoundOuter,
  compoundProperty,
  emptySlice,
  enumOf,
  equal,
  finishInstance,
  indexValue,
  isType,
  lookup,
  lookupCached,
  mod,
  mul,
  negate,
  own,
  plus,
  procedureOf,
  regex,
  resolveCall,
  resolveMethod,
  root,
  sameText,
  setIndex,
  sliceValue,
  startFor,
  sub,
  takesNoMore,
  textOf,
  thingOf,
  truthy,
  variable,
};

/** How each instruction is written that is not a loop. */
const EMITTERS: Emitters = { ...VARIABLES, ...OPERATORS, ...JUMPS, ...CONTAINERS, ...CALLS };

/** Instructions that run other functions, or built-ins that may; a function with one of them needs a frame. */
const FRAMED: ReadonlySet<OpName> = new Set([
  'BUILTIN',
  'RESOLVE',
  'RESOLVE_LOCAL',
  'PROCEDURE',
  'SKIP_ARG',
  'CALL',
  'METHOD',
  'CALL_METHOD',
  'CLOSURE',
  'STORE_SEEN',
]);

/** Instructions that keep a function in the interpreter. */
const UNSUPPORTED: ReadonlySet<OpName> = new Set([
  'TRY',
  'END_TRY',
  'DROP_TRY',
  'CATCH',
  'LOCK_SLICE',
  'CHECK_SLICE',
  'SET_SLICE',
  'SET_DEEP',
  'SET_FLAGS',
  'LOOP',
  'PROBE',
]);

/** Longer functions take too long to translate for what they would gain. */
const MAX_WORDS = 4000;

/** Built-in functions that never run a closure, so that a leaf may call them. */
const QUIET: ReadonlySet<string> = new Set(
  'abs bool ceil cos exp float floor int is_array is_bool is_bytes is_closure is_err is_float is_inf is_int is_list is_nan is_nil is_raw is_set is_str is_thing is_tuple log10 log2 loge pow rand randint range round sin sqrt str tan type'.split(
    ' ',
  ),
);

/** Translates a function and keeps the result with it; does nothing for one that must stay in the interpreter. */
export function translate(fn: FunctionCode): void {
  if (fn.code.length > MAX_WORDS) return;
  const list = decode(fn);
  if (list.some((i) => UNSUPPORTED.has(i.name))) return;
  const calls = list.some((i) => FRAMED.has(i.name) && !(i.name === 'BUILTIN' && QUIET.has(fn.program.rowNames[i.a] as string)));
  const isLeaf = !calls && fn.arity <= 3;
  const source = write(fn, list, isLeaf);
  if (source === null) return;
  const { program } = fn;
  // Only what this file and `translation/` write becomes source; see the head of the file.
  const make = new Function('fn', 'program', 'K', 'N', 'caches', 'sites', ...Object.keys(LIBRARY), source) as (
    ...args: unknown[]
  ) => unknown;
  const code = make(fn, program, program.constants, program.names, fn.caches, program.sites, ...Object.values(LIBRARY));
  if (isLeaf) fn.leaf = code as LeafCode;
  else fn.framed = code as FramedCode;
}

/** The source of a function that gives the translation; null when the function must stay in the interpreter. */
function write(fn: FunctionCode, list: readonly Instruction[], isLeaf: boolean): string | null {
  const writer = new Writer(fn, isLeaf);
  try {
    new ControlFlow(writer, list, EMITTERS).write();
  } catch (error) {
    if (error instanceof Unsupported) return null;
    throw error;
  }
  return writer.source();
}
