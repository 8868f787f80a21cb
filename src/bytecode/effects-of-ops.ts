/** What follows from an instruction alone: its length, its operands, where control goes behind it, and whether it changes what is stored. */
import { ErrorCode, TiError } from '../errors.ts';
import { BINARY_OPS, OPS, Op, type OpInfo, type OpName } from './opcodes.ts';

export interface Instruction {
  /** Its position in the code, in words. */
  readonly at: number;
  readonly op: OpInfo;
  readonly a: number;
  /** 0 when the instruction has no second operand. */
  readonly b: number;
  /** The position of the next one. */
  readonly next: number;
}

/** What a program's damage is told as; `why` is a phrase such as `function 1 has no code`. */
export function damaged(why: string): TiError {
  return new TiError(ErrorCode.BAD_DATA, `the compiled program is damaged: ${why}`);
}

/** The instruction at a position. Throws TiError when there is none. */
export function instructionAt(code: Int32Array, at: number): Instruction {
  const word = code[at];
  const op = word === undefined ? undefined : OPS[word & 0xff];
  if (word === undefined || op === undefined) throw damaged(`there is no instruction at position ${at} of its function`);
  if (op.b === 'none') return { at, op, a: word >> 8, b: 0, next: at + 1 };
  const b = code[at + 1];
  if (b === undefined) throw damaged(`the code ends within the instruction ${op.name}`);
  return { at, op, a: word >> 8, b, next: at + 2 };
}

/** All instructions of a function, in order. Throws TiError at the first word that is none. */
export function* instructionsOf(code: Int32Array): Generator<Instruction> {
  for (let at = 0; at < code.length; ) {
    const instruction = instructionAt(code, at);
    yield instruction;
    at = instruction.next;
  }
}

const setOf = (...names: readonly OpName[]): ReadonlySet<number> => new Set(names.map((name) => Op[name]));

/** The next instruction is not reached from these. */
const ENDS = setOf('JUMP', 'LOOP', 'RETURN', 'THROW_ARGC');

export const fallsThrough = (op: OpInfo): boolean => !ENDS.has(op.code);

const BACK = setOf('LOOP', 'FOR_NEXT');

/**
 * Whether the target may lie before the instruction. Only those that count against the run's budget may: so no code can go on for ever without being
 * asked for the time.
 */
export const mayGoBack = (op: OpInfo): boolean => BACK.has(op.code);

const opsWhere = (test: (op: OpInfo) => boolean): ReadonlySet<number> => new Set(OPS.filter(test).map((op) => op.code));

const REMEMBERING = opsWhere((op) => op.a === 'name' && op.b === 'cache' && op.name !== 'GET_PROP');

/**
 * Whether it remembers the place of a variable on the stack, which holds only while the functions that own such a variable say that they come and go.
 */
export const remembersName = (op: OpInfo): boolean => REMEMBERING.has(op.code);

const FREE = opsWhere((op) => REMEMBERING.has(op.code) || op.name === 'LOAD_VARIABLE');

/** Whether operand A names a variable of another function. */
export const isFreeName = (op: OpInfo): boolean => FREE.has(op.code);

const UNSEEN = opsWhere((op) => op.a === 'local' && op.name.startsWith('STORE') && op.name !== 'STORE_SEEN');

/** Whether it sets a local without telling those that remember its place. */
export const storesUnseen = (op: OpInfo): boolean => UNSEEN.has(op.code);

const ASSIGNING = opsWhere((op) => op.name === 'COMPOUND_PROP' || /^SET_(PROP|INDEX|SLICE)/.test(op.name));

/** Whether it may change something stored in the collection. */
export const assigns = (op: OpInfo): boolean => ASSIGNING.has(op.code);

/** What a program may call, as this build has it. */
export interface KnownBuiltins {
  /** The built-in called as `name(...)`: numbers of arguments (`max` -1 for any), bits of its scopes, and bits of `Effect`; `names` is for LOCK_NAME. */
  functionInfo(name: string):
    | {
        readonly min: number;
        readonly max: number;
        readonly scopes: number;
        readonly effect: { readonly mask: number } | null;
        readonly names?: boolean;
        readonly defers: boolean;
      }
    | undefined;
  /** The effect of `x.name(...)`, whatever x is. */
  methodEffect(name: string): { readonly mask: number; readonly notOnVariable: boolean } | null;
  /** Whether a closure written as the first argument of `x.name(...)` runs later, in a change of its own. */
  methodDefers(name: string): boolean;
}

/** Built-ins that are compiled to instructions of their own and never called. */
export const SPECIAL_FORMS: ReadonlySet<string> = new Set(['try', 'run']);

/** How many arguments built-ins are called with beyond those that a text gives: `timeit` gets the time before its statement. */
export const HIDDEN_ARGUMENTS: Readonly<Record<string, number>> = { timeit: 1 };

/** How many of the three parts of a slice are there. */
export const sliceParts = (bits: number): number => (bits & 1) + ((bits >> 1) & 1) + ((bits >> 2) & 1);

/** Operand B of COMPOUND_NAME: the operator below, the cache above. */
export const compoundOp = (b: number): number => b & 0xff;
export const compoundCache = (b: number): number => b >> 8;

/** Operand B of FOR and FOR_NEXT. */
export interface LoopVariables {
  readonly count: number;
  readonly first: number;
  readonly second: number;
}

export const loopVariables = (b: number): LoopVariables => ({ count: b >> 24, first: b & 0xfff, second: (b >> 12) & 0xfff });

const COMPOUND_OPS = ['+', '-', '*', '/', '%', '&', '^', '|'];

/** Whether an operator stands before `=` in a compound assignment. */
export const isCompoundOp = (op: number): boolean => COMPOUND_OPS.includes(BINARY_OPS[op] ?? '');
