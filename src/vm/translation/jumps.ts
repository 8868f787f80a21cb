/** Jumps, the ends of loops, and returns. */
import type { Instruction } from './instruction.ts';
import { truth } from './operators.ts';
import { type Emitters, Unsupported, type Writer } from './writer.ts';

export const JUMPS: Emitters = {
  JUMP: (w, i) => {
    w.jump(i.to);
    w.reachable = false;
  },
  JUMP_FALSE: (w, i) => w.jumpIf(`!${truth(w.pop())}`, i.to),
  AND: (w, i) => {
    w.settle();
    w.jumpIf(`!${truth(w.top)}`, i.to);
    w.pop();
  },
  OR: (w, i) => {
    w.settle();
    w.jumpIf(truth(w.top), i.to);
    w.pop();
  },
  CHAIN_TEST: (w, i) => {
    w.settle();
    w.jumpIf(`m.endsChain(${w.top.text})`, i.to);
  },
  SLICE_TEST: (w, i) => {
    w.settle();
    const x = w.top.text;
    w.heights.set(i.to, w.stack.length);
    w.line(`if (emptySlice(${x}) !== null) { ${x} = emptySlice(${x}); break L${i.to}; }`);
  },
  FOR_BREAK: (w, i) => {
    const { id } = loopOf(w, i);
    w.stack.length = i.a + 1;
    w.line(`m.unlockTo(it${id}.locks);`, `s${i.a} = null;`);
    w.stack[i.a] = { text: `s${i.a}`, isInt: false, isBool: false };
  },
  FOR_TRIM: (w, i) => {
    const { id } = loopOf(w, i);
    w.stack.length = i.a + 1;
    w.line(`m.unlockTo(it${id}.locks + 1);`);
  },
  RETURN: (w) => {
    const value = w.pop();
    // What still lies under the value may be locked: a loop, the target of an assignment, the receiver of a method.
    if (w.stack.length > 0) {
      w.unlocks = true;
      w.line('m.unlockTo(held);');
    }
    w.line(`return ${value.text};`);
    w.reachable = false;
  },
};

/** The open loop that an instruction leaves. */
function loopOf(w: Writer, i: Instruction): Writer['openLoops'][number] {
  const loop = w.openLoops.find(({ height }) => height === i.a);
  if (loop === undefined) throw new Unsupported();
  return loop;
}
