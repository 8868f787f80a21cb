/** Writes the opcode numbers into the machine's loop, from the names in its comments. Run it after a change to the list of opcodes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Op } from '../src/bytecode/opcodes.ts';

const file = new URL('../src/vm/loop.ts', import.meta.url);
const numbers: Readonly<Record<string, number>> = Op;

const text = readFileSync(file, 'utf8')
  .replace(
    /case \d+:( \{)?(\s*)\/\/ ([A-Z_]+)$/gm,
    (_, brace: string | undefined, space: string, name: string) => `case ${numbers[name]}:${brace ?? ''}${space}// ${name}`,
  )
  .replace(/\d+; \/\* ([A-Z_]+) \*\//g, (_, name: string) => `${numbers[name]}; /* ${name} */`);
writeFileSync(file, text);
