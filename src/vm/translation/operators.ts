/** Operators, and the jumps that compare: numbers are done in the place, all else by the functions of `values/operators.ts`. */
import { BINARY_OPS } from '../../bytecode/opcodes.ts';
import type { Instruction } from './instruction.ts';
import type { Emit, Emitters, Operand, Writer } from './writer.ts';

/** Whether both operands are numbers, as an expression. */
export function bothNumbers(x: Operand, y: Operand): string {
  const tests = [x, y].filter((o) => !o.isInt).map((o) => `typeof ${o.text} === 'number'`);
  return tests.length === 0 ? 'true' : tests.join(' && ');
}

/** Whether an operand counts as true, as an expression. */
export function truth(x: Operand): string {
  return x.isBool ? x.text : `(${x.text} === true || (${x.text} !== false && truthy(${x.text})))`;
}

/** An int in an instruction. */
const int = (value: number): Operand => ({ text: value < 0 ? `(${value})` : `${value}`, isInt: true, isBool: false });

/** The operand on top, or the int that the instruction has in its place. */
type Right = (w: Writer, i: Instruction) => Operand;
const popped: Right = (w) => w.pop();
const first: Right = (_, i) => int(i.a);
const second: Right = (_, i) => int(i.b);

function safe(op: string, slow: string, right: Right): Emit {
  const zero = op === '*' ? ' && t !== 0' : '';
  return (w, i) => {
    const y = right(w, i);
    const x = w.pop();
    w.result(
      `(${bothNumbers(x, y)} && Number.isSafeInteger(t = ${x.text} ${op} ${y.text})${zero}) ? t : (${w.at(i)}, ${slow}(${x.text}, ${y.text}))`,
    );
  };
}

/** A comparison of two operands, as an expression. */
type Test = (w: Writer, i: Instruction, x: Operand, y: Operand) => string;

const order =
  (op: string): Test =>
  (w, i, x, y) =>
    `((${bothNumbers(x, y)}) ? ${x.text} ${op} ${y.text} : (${w.at(i)}, compare('${op}', ${x.text}, ${y.text})))`;

const same: Test = (_w, _i, x, y) => {
  if (y.isInt) return `(typeof ${x.text} === 'number' ? ${x.text} === ${y.text} : equal(${x.text}, ${y.text}))`;
  return `(typeof ${x.text} === 'string' ? sameText(${x.text}, ${y.text}) : ${x.text} === ${y.text} || equal(${x.text}, ${y.text}))`;
};

const less = order('<');
const greater = order('>');

function comparison(test: Test, right: Right, not = ''): Emit {
  return (w, i) => {
    const y = right(w, i);
    w.result(not + test(w, i, w.pop(), y), true);
  };
}

function jumpUnless(test: Test, right: Right): Emit {
  return (w, i) => {
    const y = right(w, i);
    w.jumpIf(`!${test(w, i, w.pop(), y)}`, i.to);
  };
}

const unary =
  (name: string): Emit =>
  (w, i) =>
    w.result(`(${w.at(i)}, ${name}(${w.pop().text}))`);

export const OPERATORS: Emitters = {
  ADD: safe('+', 'add', popped),
  SUB: safe('-', 'sub', popped),
  MUL: safe('*', 'mul', popped),
  ADD_INT: safe('+', 'add', first),
  SUB_INT: safe('-', 'sub', first),
  MUL_INT: safe('*', 'mul', first),
  MOD_INT: (w, i) => {
    const x = w.pop().text;
    const fast = i.a > 0 ? `(typeof ${x} === 'number' && ${x} >= 0) ? ${x} % ${i.a} : ` : '';
    w.result(`${fast}(${w.at(i)}, mod(${x}, ${int(i.a).text}))`);
  },
  BINARY: (w, i) => {
    const y = w.pop();
    const x = w.pop();
    w.result(`(${w.at(i)}, binary('${BINARY_OPS[i.a]}', ${x.text}, ${y.text}))`);
  },
  NOT: (w) => w.result(`!${truth(w.pop())}`, true),
  NEG: unary('negate'),
  PLUS: unary('plus'),
  BIT_NOT: unary('bitNot'),
  LT: comparison(less, popped),
  GT: comparison(greater, popped),
  LE: comparison(order('<='), popped),
  GE: comparison(order('>='), popped),
  EQ: comparison(same, popped),
  NE: comparison(same, popped, '!'),
  LT_INT: comparison(less, first),
  GT_INT: comparison(greater, first),
  EQ_INT: comparison(same, first),
  UNLESS_LT: jumpUnless(less, popped),
  UNLESS_GT: jumpUnless(greater, popped),
  UNLESS_EQ: jumpUnless(same, popped),
  UNLESS_LT_INT: jumpUnless(less, second),
  UNLESS_GT_INT: jumpUnless(greater, second),
  UNLESS_EQ_INT: jumpUnless(same, second),
};
