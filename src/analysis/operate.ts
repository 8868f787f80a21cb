/** The types of what operators give. */
import type { BinaryOp, PrefixOp } from '../ast/nodes.ts';
import { Kind } from '../builtins/row.ts';
import { ANY, BOOL, FLOAT, INT, literal, NEVER, ofMask, only, SET, setOf, type Type } from './types.ts';

const INTEGER = Kind.int | Kind.bool;
const NUMBER = INTEGER | Kind.float;
const RAW = Kind.str | Kind.bytes;
const DATE = Kind.datetime | Kind.timeval;
const ARRAY = Kind.list | Kind.tuple;

/** Operands of one group go together. */
const GROUPS: Readonly<Record<BinaryOp, readonly number[]>> = {
  '+': [NUMBER, RAW],
  '-': [NUMBER, Kind.set],
  '*': [NUMBER],
  '/': [NUMBER],
  '%': [NUMBER],
  '&': [INTEGER, Kind.set],
  '^': [INTEGER, Kind.set],
  '|': [INTEGER, Kind.set],
  '<<': [INTEGER],
  '>>': [INTEGER],
  '<': [NUMBER, RAW, Kind.set, DATE],
  '>': [NUMBER, RAW, Kind.set, DATE],
  '<=': [NUMBER, RAW, Kind.set, DATE],
  '>=': [NUMBER, RAW, Kind.set, DATE],
  '==': [-1],
  '!=': [-1],
};

/** Values of different groups are never equal. */
const EQUALS: readonly number[] = [NUMBER, RAW, ARRAY, DATE];

const COMPARISONS = new Set<BinaryOp>(['<', '>', '<=', '>=', '==', '!=']);

function numeric(op: BinaryOp, left: Type, right: Type): Type {
  if (op === '%') return INT;
  if (only(left, INTEGER) && only(right, INTEGER)) return INT;
  if (only(left, Kind.float) || only(right, Kind.float)) return FLOAT;
  return ofMask(Kind.int | Kind.float);
}

function joined(left: Type, right: Type): Type {
  if (only(left, Kind.str) && only(right, Kind.str)) return ofMask(Kind.str);
  if (only(left, Kind.bytes) || only(right, Kind.bytes)) return ofMask(Kind.bytes);
  return ofMask(RAW);
}

/** What an operator gives; null when it cannot but fail. */
export function binaryType(op: BinaryOp, left: Type, right: Type): Type | null {
  if (left.mask === 0 || right.mask === 0) return NEVER;
  const fitting = GROUPS[op].filter((group) => (left.mask & group) !== 0 && (right.mask & group) !== 0);
  if (fitting.length === 0) return null;
  if (COMPARISONS.has(op)) return BOOL;
  if (fitting.length > 1) return ANY;
  const [group] = fitting;
  if (group === RAW) return joined(left, right);
  if (group === Kind.set) return left.item === null ? SET : setOf(left.item);
  return numeric(op, left, right);
}

export function prefixType(op: PrefixOp, operand: Type): Type | null {
  if (operand.mask === 0) return NEVER;
  if (op === '!') return typeof operand.value === 'boolean' ? literal(!operand.value) : BOOL;
  const takes = op === '~' ? INTEGER : NUMBER;
  if ((operand.mask & takes) === 0) return null;
  if (op === '~' || only(operand, INTEGER)) return INT;
  return only(operand, Kind.float) ? FLOAT : ofMask(Kind.int | Kind.float);
}

/** Whether two values can be equal. */
export function canEqual(left: Type, right: Type): boolean {
  if (left.value !== undefined && right.value !== undefined && typeof left.value === typeof right.value) return left.value === right.value;
  if ((left.mask & right.mask) !== 0) {
    const named = Kind.enum;
    const differ = only(left, named) && only(right, named) && left.name !== null && right.name !== null && left.name !== right.name;
    return !differ;
  }
  return EQUALS.some((group) => (left.mask & group) !== 0 && (right.mask & group) !== 0);
}

/** Kinds whose values are sometimes true and sometimes false. */
const EITHER = ~(Kind.nil | Kind.error | Kind.closure | Kind.regex | DATE | Kind.future | Kind.module | Kind.ano);

/** Whether a condition on the value holds; undefined when it may or may not. */
export function truthOf(type: Type): boolean | undefined {
  if (type.value !== undefined) return type.value === '' ? false : Boolean(type.value);
  if (type.mask === 0 || (type.mask & EITHER) !== 0) return undefined;
  if (only(type, Kind.nil | Kind.error)) return false;
  return only(type, Kind.closure | Kind.regex | DATE) ? true : undefined;
}
