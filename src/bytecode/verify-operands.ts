/** Operands on their own: each must be within the table that its kind names, and of a form that the compiler gives it. */
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import type { Value } from '../values/value.ts';
import {
  compoundCache,
  compoundOp,
  damaged,
  HIDDEN_ARGUMENTS,
  type Instruction,
  isCompoundOp,
  isFreeName,
  type KnownBuiltins,
  loopVariables,
  mayGoBack,
  SPECIAL_FORMS,
} from './effects-of-ops.ts';
import { BINARY_OPS, Op, type OperandKind } from './opcodes.ts';
import type { FunctionCode, Program } from './program.ts';

/** What is being checked. */
export interface Place {
  readonly program: Program;
  readonly fn: FunctionCode;
  /** 1 where an instruction starts, by position. */
  readonly starts: Uint8Array;
  /** 1 for each inline cache that an instruction has. */
  readonly caches: Uint8Array;
  /** Null when the numbers of arguments are not to be checked. */
  readonly builtins: KnownBuiltins | null;
}

/** The error for an instruction. */
export function refuse(fn: FunctionCode, i: Instruction, why: string): never {
  throw damaged(`${why} (function ${fn.index}, position ${i.at}, ${i.op.name})`);
}

/** Throws TiError unless all operands of the instruction are as the compiler makes them. */
export function checkOperands(place: Place, i: Instruction): void {
  checkKind(place, i, i.op.a, i.a);
  if (i.op.b !== 'none') checkKind(place, i, i.op.b, i.b);
  checkSpecial(place, i);
}

function below(place: Place, i: Instruction, value: number, limit: number, what: string): void {
  if (value < 0 || value >= limit) refuse(place.fn, i, `${what} ${value} is none of ${limit}`);
}

function checkKind(place: Place, i: Instruction, kind: OperandKind, value: number): void {
  const { program, fn } = place;
  switch (kind) {
    case 'int':
      break;
    case 'none':
      below(place, i, value, 1, 'the operand');
      break;
    case 'const':
    case 'shape':
      below(place, i, value, program.constants.length, 'constant');
      break;
    case 'name':
      below(place, i, value, program.names.length, 'name');
      break;
    case 'local':
      below(place, i, value, fn.localCount, 'local');
      break;
    case 'func':
      below(place, i, value, program.functions.length, 'function');
      break;
    case 'site':
      below(place, i, value, program.sites.length, 'call');
      break;
    case 'row':
      below(place, i, value, program.rowNames.length, 'built-in');
      break;
    case 'cache':
      if (i.op.code === Op.COMPOUND_NAME) {
        checkOperator(place, i, compoundOp(value));
        checkCache(place, i, compoundCache(value));
      } else checkCache(place, i, value);
      break;
    case 'to':
      checkTarget(place, i, value);
      break;
    case 'count':
      if (value < 0) refuse(fn, i, `the count ${value} is negative`);
      break;
    case 'op':
      checkOperator(place, i, value);
      break;
    case 'bits':
      below(place, i, value, i.op.code === Op.SET_PROP ? 2 : 8, 'flags');
      break;
    case 'vars':
      checkVariables(place, i, value);
      break;
    case 'probe':
      below(place, i, value, program.probes.length, 'probe');
      break;
  }
}

function checkCache(place: Place, i: Instruction, cache: number): void {
  below(place, i, cache, place.fn.cacheCount, 'cache');
  if (place.caches[cache] === 1) refuse(place.fn, i, `cache ${cache} is that of another instruction`);
  place.caches[cache] = 1;
}

function checkTarget(place: Place, i: Instruction, target: number): void {
  if (place.starts[target] !== 1) refuse(place.fn, i, `no instruction starts at ${target}`);
  if (target <= i.at && !mayGoBack(i.op)) refuse(place.fn, i, `a jump back to ${target} that counts against no budget`);
}

function checkVariables(place: Place, i: Instruction, b: number): void {
  const { count, first, second } = loopVariables(b);
  if (count !== 1 && count !== 2) refuse(place.fn, i, `a loop with ${count} variables`);
  below(place, i, first, place.fn.localCount, 'local');
  below(place, i, second, place.fn.localCount, 'local');
}

/** A constant that CONST may push. */
const isScalar = (value: Value | undefined): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Float || value instanceof Bytes;

/** The number of keys in a constant tuple of keys. */
function keyCount(place: Place, i: Instruction, index: number): number {
  const keys = place.program.constants[index];
  if (!(keys instanceof List)) refuse(place.fn, i, `constant ${index} is no tuple of keys`);
  return keys.items.length;
}

/** What the kinds of the operands do not say. */
function checkSpecial(place: Place, i: Instruction): void {
  const { program, fn } = place;
  switch (i.op.code) {
    case Op.CONST:
      if (!isScalar(program.constants[i.a])) refuse(fn, i, `constant ${i.a} is no value`);
      break;
    case Op.REGEX:
      if (!(program.constants[i.a] instanceof Regex)) refuse(fn, i, `constant ${i.a} is no regex`);
      break;
    case Op.CLOSURE:
      // So no function contains itself.
      if (i.a <= fn.index) refuse(fn, i, `function ${i.a} does not come behind the one it stands in`);
      break;
    case Op.LOAD_SET:
      if (i.a >= fn.arity) refuse(fn, i, `local ${i.a} is no parameter`);
      break;
    case Op.RESOLVE_LOCAL:
      if (fn.locals[i.a] !== program.names[i.b]) refuse(fn, i, `local ${i.a} is not of the name ${i.b}`);
      break;
    case Op.THING:
      if (keyCount(place, i, i.a) !== i.b) refuse(fn, i, `${i.b} values for other than ${i.b} keys`);
      break;
    case Op.INSTANCE:
      keyCount(place, i, i.b);
      break;
    case Op.ANO:
      keyCount(place, i, i.a);
      break;
    default:
      if (isFreeName(i.op) && fn.slotOf.has(program.names[i.a] as string)) refuse(fn, i, `name ${i.a} is that of a local`);
      checkRow(place, i);
  }
}

function checkOperator({ fn }: Place, i: Instruction, op: number): void {
  const { code } = i.op;
  if (code === Op.BINARY) {
    if (op <= 0 || op >= BINARY_OPS.length) refuse(fn, i, `operator ${op} is none`);
    return;
  }
  if (op === 0 && (code === Op.SET_INDEX || code === Op.SET_SLICE)) return;
  if (!isCompoundOp(op)) refuse(fn, i, `operator ${op} is none of a compound assignment`);
}

function checkRow({ program, fn, builtins }: Place, i: Instruction): void {
  const { code } = i.op;
  if (builtins === null || (code !== Op.BUILTIN && code !== Op.THROW_ARGC)) return;
  const name = program.rowNames[i.a] as string;
  const info = builtins.functionInfo(name);
  if (info === undefined) refuse(fn, i, `there is no function \`${name}\``);
  const most = info.max < 0 ? Number.POSITIVE_INFINITY : info.max;
  const isCall = code === Op.BUILTIN;
  const fits = i.b >= info.min && i.b <= most + (isCall ? (HIDDEN_ARGUMENTS[name] ?? 0) : 0);
  if (fits !== isCall) refuse(fn, i, `\`${name}\` with ${i.b} arguments`);
  if (isCall && SPECIAL_FORMS.has(name)) refuse(fn, i, `\`${name}\` is never called`);
}
