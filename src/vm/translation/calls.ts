/** Closures, and calls of them, of built-ins and of methods. */
import type { Instruction } from './instruction.ts';
import type { Emitters, Operand, Writer } from './writer.ts';

export const CALLS: Emitters = {
  CLOSURE: (w, i) => w.result(`m.closure(${w.cache(i.b)}, program.functions[${i.a}])`),
  SCOPE_TEST: (w, i) => w.line(`${w.at(i)}; m.checkScope(m.rowOf(program, ${i.a}));`),
  LOCK_NAME: (w, i) => {
    w.settle();
    w.line(`${w.at(i)}; m.lockName(m.rowOf(program, ${i.a}), ${w.top.text});`);
  },
  BUILTIN: (w, i) => {
    if (i.b === 1) {
      w.result(`(${w.at(i)}, m.builtinOne(m.rowOf(program, ${i.a}), ${w.pop().text}))`);
      return;
    }
    w.lay(i.b, 0);
    w.result(`(${w.at(i)}, m.builtinFrom(m.rowOf(program, ${i.a}), ${i.b}))`);
  },
  RESOLVE: (w, i) => {
    const c = w.cache(i.b);
    w.result(`(${c}.epoch === m.epoch && (t = S[${c}.slot]) instanceof Closure) ? t : (${w.at(i)}, resolveCall(m, N[${i.a}], ${c}))`);
  },
  RESOLVE_LOCAL: (w, i) =>
    w.result(`((t = ${w.local(i.a)}) instanceof Closure && !isType(m, N[${i.b}])) ? t : (${w.at(i)}, resolveCall(m, N[${i.b}], null))`),
  PROCEDURE: (w, i) => w.result(`(${w.at(i)}, procedureOf(m, ${w.pop().text}))`),
  SKIP_ARG: skipArgument,
  CALL: (w, i) => {
    w.lay(i.a, 1);
    w.result(`(${w.at(i)}, m.callFrom(${w.pop().text}, ${i.a}, program))`);
  },
  METHOD: (w, i) => {
    w.settle();
    w.result(`(${w.at(i)}, resolveMethod(m, sites[${i.a}], ${w.top.text}, ${i.b}))`);
  },
  CALL_METHOD: (w, i) => {
    if (i.a <= 2) {
      const args = w.take(i.a).map((o) => `, ${o.text}`);
      const callee = w.pop();
      w.result(`(${w.at(i)}, m.methodFrom${i.a}(${w.pop().text}, ${callee.text}${args.join('')}, program))`);
      return;
    }
    w.lay(i.a, 1);
    const callee = w.pop();
    w.result(`(${w.at(i)}, m.methodFrom(${w.pop().text}, ${callee.text}, ${i.a}, program))`);
  },
};

/** Jumps over arguments that nobody takes: they become nil in the call. */
function skipArgument(w: Writer, i: Instruction): void {
  w.settle();
  const height = w.stack.length;
  const given = i.b;
  const count = (w.fn.code[i.to] as number) >> 8;
  const callee = (w.stack[height - given - 1] as Operand).text;
  const fill = Array.from({ length: count - given }, (_, k) => `s${height + k} = null;`).join(' ');
  w.reserve(height + count - given);
  w.heights.set(i.to, height + count - given);
  const skip = `${fill} break L${i.to};`;
  const others = `if (takesNoMore(m, ${callee}, ${given})) { ${skip} }`;
  if (height - given - 2 < 0) {
    w.line(others);
    return;
  }
  const self = (w.stack[height - given - 2] as Operand).text;
  const first = given > 0 ? (w.stack[height - given] as Operand).text : 'null';
  w.line(
    `if (${callee} instanceof Builtin) {`,
    `if (${callee}.early !== null && (t = askEarly(m, ${callee}, ${self}, ${given}, ${first}, m.sp)) !== undefined) {`,
    `${callee} = t; if (t.value !== undefined) { ${skip} } }`,
    `} else ${others}`,
  );
}
