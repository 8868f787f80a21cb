/** Programs as short lists, for tests. */
import { disassemble, disassembleJson } from '../../src/bytecode/disassemble.ts';
import { compileText } from '../../src/engine/toolchain.ts';
import { latin1 } from '../support.ts';

/** The instructions of a function with their operands, one a line: `INT 1`. */
export function code(text: string, fn = 0): string[] {
  const { functions } = disassembleJson(compileText(latin1(text)));
  return (functions[fn]?.instructions ?? []).map((i) => `${i.op} ${i.operands}`.trim());
}

/** The disassembly without the lines of the text, for snapshots. */
export function listing(text: string): string {
  return `\n${disassemble(compileText(latin1(text)), { source: false })}`;
}
