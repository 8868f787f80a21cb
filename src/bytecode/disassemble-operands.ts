/** Operands of instructions as people read them: names instead of indexes. */

import { isUtf8 } from '../utf8.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import type { Value } from '../values/value.ts';
import { compoundOp, type Instruction, loopVariables } from './effects-of-ops.ts';
import { BINARY_OPS, Op, type OperandKind } from './opcodes.ts';
import type { FunctionCode, Program } from './program.ts';

/** Longer texts are cut. */
const MAX_TEXT = 40;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/g;

/** Bytes that a terminal would take for commands, or that are no UTF-8, as `\x1b`. */
export function printable(text: string): string {
  const unsafe = isUtf8(text) ? CONTROLS : /[^\t\x20-\x7e]/g;
  return text.replace(unsafe, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function quoted(text: string): string {
  const shown = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
  return `'${printable(shown.replaceAll("'", "''")).replaceAll('\t', '\\x09')}'`;
}

function floatText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
}

/** A constant as it would stand in a text, or nearly. */
export function constantText(value: Value | undefined): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Bytes) return `bytes(${quoted(value.bytes)})`;
  if (value instanceof Regex) return printable(value.text);
  if (value instanceof List) return `{${value.items.map((key) => printable(String(key))).join(', ')}}`;
  return '?';
}

const SLICE_PARTS = ['from', 'to', 'step'];

function bitsText(i: Instruction, bits: number): string {
  if (i.op.code === Op.SET_PROP) return bits === 1 ? 'fresh' : '';
  return SLICE_PARTS.filter((_, n) => (bits & (1 << n)) !== 0).join(' ') || 'all';
}

function operatorText(i: Instruction, op: number): string {
  const text = BINARY_OPS[op] ?? '?';
  return i.op.code === Op.BINARY || op === 0 ? text : `${text}=`;
}

function variablesText(fn: FunctionCode, b: number): string {
  const { count, first, second } = loopVariables(b);
  return [first, second]
    .slice(0, count)
    .map((slot) => fn.locals[slot] ?? '?')
    .join(' ');
}

/** Empty for what says nothing to people: which cache an instruction has. */
function operandText(
  program: Program,
  fn: FunctionCode,
  i: Instruction,
  kind: OperandKind,
  value: number,
  label: (at: number) => string,
): string {
  switch (kind) {
    case 'none':
      return '';
    case 'int':
    case 'count':
      return String(value);
    case 'const':
    case 'shape':
      return constantText(program.constants[value]);
    case 'name':
      return program.names[value] ?? '?';
    case 'local':
      return fn.locals[value] ?? '?';
    case 'func':
      return `function ${value}`;
    case 'site':
      return `.${program.sites[value]?.name ?? '?'}`;
    case 'row':
      return program.rowNames[value] ?? '?';
    case 'cache':
      return i.op.code === Op.COMPOUND_NAME ? operatorText(i, compoundOp(value)) : '';
    case 'to':
      return label(value);
    case 'op':
      return operatorText(i, value);
    case 'bits':
      return bitsText(i, value);
    case 'vars':
      return variablesText(fn, value);
    case 'probe':
      return program.probes[value]?.kind ?? '?';
  }
}

/** Both operands of an instruction; `label` names the target of a jump. */
export function operandsText(program: Program, fn: FunctionCode, i: Instruction, label: (at: number) => string): string {
  const a = operandText(program, fn, i, i.op.a, i.a, label);
  const b = operandText(program, fn, i, i.op.b, i.b, label);
  return printable(a !== '' && b !== '' ? `${a}, ${b}` : a + b);
}
