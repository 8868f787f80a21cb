/** Programs written by hand, instruction by instruction: for what the compiler would never make. */
import { OPS, Op, type OpName } from '../../src/bytecode/opcodes.ts';
import { type FunctionFields, Program, type ProgramFields } from '../../src/bytecode/program.ts';
import { List } from '../../src/values/list.ts';
import type { Value } from '../../src/values/value.ts';

/** A label, or an instruction: its name, and its operands. A label as operand is its position. */
export type Line = string | readonly [op: OpName, a?: number | string, b?: number];

export function code(lines: readonly Line[]): Int32Array {
  const labels = new Map<string, number>();
  let at = 0;
  for (const line of lines) {
    if (typeof line === 'string') labels.set(line, at);
    else at += OPS[Op[line[0]]]?.b === 'none' ? 1 : 2;
  }
  const words: number[] = [];
  for (const line of lines) {
    if (typeof line === 'string') continue;
    const [name, a = 0, b = 0] = line;
    const first = typeof a === 'string' ? labels.get(a) : a;
    if (first === undefined) throw new Error(`no label ${a}`);
    words.push(Op[name] | (first << 8));
    if (OPS[Op[name]]?.b !== 'none') words.push(b);
  }
  return Int32Array.from(words);
}

export type FunctionParts = Partial<Omit<FunctionFields, 'code'>> & { readonly code: readonly Line[] };

export interface Parts extends Partial<Omit<ProgramFields, 'functions'>> {
  readonly functions: readonly FunctionParts[];
}

/** Fills in what a test leaves out; the numbers of caches and operands are as large as they may be. */
export function program({ functions, ...rest }: Parts): Program {
  const source = rest.source ?? '|x, y, z| nothing';
  return new Program(
    {
      constants: [],
      names: [],
      sites: [],
      rows: [],
      effects: { collection: null, thingsdb: null },
      ...rest,
      source,
      functions: functions.map((parts) => {
        const words = code(parts.code);
        return {
          params: [],
          locals: parts.params ?? [],
          lines: new Int32Array(0),
          maxStack: words.length,
          cacheCount: words.length,
          effects: 0,
          start: 0,
          end: source.length,
          doc: '',
          seen: true,
          ...parts,
          code: words,
        };
      }),
    },
    (text) => text,
  );
}

/** A program of one function with tables that most tests can do with. */
export function main(
  lines: readonly Line[],
  rest: Partial<Omit<FunctionParts, 'code'>> = {},
  tables: Partial<Omit<Parts, 'functions'>> = {},
): Program {
  return program({
    constants: ['text', new List(['a'], true)] as readonly Value[],
    names: ['a', 'b', 'free'],
    sites: ['len', 'push', 'map'],
    rows: ['int', 'range', 'new_collection', 'try', 'mod_type'],
    ...tables,
    functions: [{ locals: ['x', 'y', 'a'], effects: 3, ...rest, code: lines }],
    effects: tables.effects ?? { collection: { what: 'it', start: 0, end: 1 }, thingsdb: { what: 'it', start: 0, end: 1 } },
  });
}
