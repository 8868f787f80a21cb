import { OPS, type OpName } from '../../bytecode/opcodes.ts';
import type { FunctionCode } from '../../bytecode/program.ts';

/** An instruction of a function, decoded. */
export interface Instruction {
  readonly at: number;
  readonly name: OpName;
  readonly a: number;
  readonly b: number;
  readonly next: number;
  /** Target of the jump, if it is one. */
  readonly to: number;
}

export function decode(fn: FunctionCode): Instruction[] {
  const list: Instruction[] = [];
  for (let at = 0; at < fn.code.length; ) {
    const word = fn.code[at] as number;
    const info = OPS[word & 255] as (typeof OPS)[number];
    const next = at + (info.b === 'none' ? 1 : 2);
    const a = word >> 8;
    const b = info.b === 'none' ? 0 : (fn.code[at + 1] as number);
    list.push({ at, name: info.name, a, b, next, to: info.a === 'to' ? a : -1 });
    at = next;
  }
  return list;
}
