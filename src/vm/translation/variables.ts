/** Constants, variables, and assignments to them. */

import type { Instruction } from './instruction.ts';
import { bothNumbers } from './operators.ts';
import type { Emitters, Operand, Writer } from './writer.ts';

export const VARIABLES: Emitters = {
  NIL: (w) => w.push('null'),
  TRUE: (w) => w.push('true', false, true),
  FALSE: (w) => w.push('false', false, true),
  INT: (w, i) => w.push(`(${i.a})`, true),
  CONST: (w, i) => w.push(`K[${i.a}]`, typeof w.fn.program.constants[i.a] === 'number'),
  POP: (w) => {
    w.pop();
  },
  LOAD_SET: (w, i) => {
    if (w.isLeaf) w.push(w.local(i.a));
    else w.result(w.local(i.a));
  },
  LOAD: (w, i) => w.result(`(t = ${w.local(i.a)}) === undefined ? (${w.at(i)}, lookup(m, ${w.localName(i.a)})) : t`),
  LOAD_NAME: (w, i) => {
    const c = w.cache(i.b);
    w.result(`(${c}.epoch === m.epoch && (t = S[${c}.slot]) !== undefined) ? t : (${w.at(i)}, lookupCached(m, N[${i.a}], ${c}))`);
  },
  LOAD_VARIABLE: (w, i) => w.result(`(${w.at(i)}, variable(m, N[${i.a}]))`),
  ROOT: (w, i) => w.result(`(${w.at(i)}, root(m))`),
  STORE: (w, i) => {
    w.settle(w.stack.length - 1);
    const value = w.top;
    w.keepLocal(i.a);
    w.line(`${w.local(i.a)} = ${value.text};`);
  },
  STORE_POP: (w, i) => {
    const value = w.pop();
    w.keepLocal(i.a);
    w.line(`${w.local(i.a)} = ${value.text};`);
  },
  STORE_SEEN: (w, i) => {
    w.line(`if (${w.local(i.a)} === undefined) m.epoch++;`, `${w.local(i.a)} = ${w.top.text};`);
  },
  COMPOUND: (w, i) => w.result(compound(w, i)),
  COMPOUND_POP: (w, i) => w.line(`${compound(w, i)};`),
  COMPOUND_NAME: (w, i) => {
    const y = w.pop();
    w.result(`(${w.at(i)}, compoundName(m, N[${i.a}], ${w.cache(i.b >> 8)}, ${i.b & 255}, ${y.text}))`);
  },
};

/** A local that is not set yet means the variable of a caller, which changes in its place. */
function compound(w: Writer, i: Instruction): string {
  const y = w.pop();
  const name = w.local(i.a);
  w.keepLocal(i.a);
  const old: Operand = { text: name, isInt: false, isBool: false };
  const sign = i.b === 1 ? '+' : i.b === 2 ? '-' : null;
  const fast = sign === null ? '' : `(${bothNumbers(old, y)} && Number.isSafeInteger(t = ${name} ${sign} ${y.text})) ? (${name} = t) : `;
  // Sets know no `+`, so that nothing is changed in place.
  const combine = i.b === 1 ? `add(${name}, ${y.text})` : `compound(m, ${i.b}, ${name}, ${y.text})`;
  const outer = `compoundOuter(m, ${w.localName(i.a)}, ${i.b}, ${y.text})`;
  const slow = w.isLeaf
    ? `${name} === undefined ? ${outer} : (${name} = ${combine})`
    : `compoundLocal(m, fn, fp, ${i.a}, ${i.b}, ${y.text})`;
  return `${fast}(${w.at(i)}, ${slow})`;
}
