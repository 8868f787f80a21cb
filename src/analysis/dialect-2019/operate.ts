/** The types of what operators of the 2019 dialect give. */
import { Kind } from '../../builtins/row.ts';
import { BOOL, FLOAT, INT, NEVER, ofMask, only, type Type } from '../types.ts';
import { RAW } from './calls.ts';

const INTEGER = Kind.int | Kind.bool;
const NUMBER = INTEGER | Kind.float;

/** Operands of one group go together. */
const GROUPS: Readonly<Record<string, readonly number[]>> = {
  '+': [NUMBER, RAW],
  '-': [NUMBER],
  '*': [NUMBER],
  '/': [NUMBER],
  '//': [NUMBER],
  '%': [NUMBER],
  '&': [INTEGER],
  '^': [INTEGER],
  '|': [INTEGER],
  '<': [NUMBER, RAW],
  '>': [NUMBER, RAW],
  '<=': [NUMBER, RAW],
  '>=': [NUMBER, RAW],
  '==': [~Kind.attribute],
  '!=': [~Kind.attribute],
};

/** What an operator gives; null when it cannot but fail. */
export function operationType(op: string, left: Type, right: Type): Type | null {
  if (left.mask === 0 || right.mask === 0) return NEVER;
  const fitting = (GROUPS[op] as readonly number[]).filter((group) => (left.mask & group) !== 0 && (right.mask & group) !== 0);
  const [group] = fitting;
  if (group === undefined) return null;
  switch (op) {
    case '/':
      return FLOAT;
    case '//':
    case '%':
    case '&':
    case '^':
    case '|':
      return INT;
    case '+':
    case '-':
    case '*':
      return fitting.length > 1 ? ofMask(NUMBER | RAW) : group === RAW ? ofMask(RAW) : sumType(left, right);
    default:
      return BOOL;
  }
}

function sumType(left: Type, right: Type): Type {
  if (only(left, INTEGER) && only(right, INTEGER)) return INT;
  return only(left, Kind.float) || only(right, Kind.float) ? FLOAT : ofMask(Kind.int | Kind.float);
}
