/** Programs as people and tools read them. Works on what the verifier would refuse too, as far as the code consists of instructions. */
import { TiError } from '../errors.ts';
import { Effect } from '../values/closure.ts';
import { constantText, operandsText, printable } from './disassemble-operands.ts';
import { type Instruction, instructionsOf } from './effects-of-ops.ts';
import { BYTECODE_VERSION } from './opcodes.ts';
import type { EffectReason, FunctionCode, Program } from './program.ts';
import { heightsOf } from './verify.ts';

export interface DisassembleOptions {
  /** Whether the lines of the text stand above their code; true when absent. */
  readonly source?: boolean;
}

export interface InstructionListing {
  /** Position in the code, in words. */
  readonly at: number;
  readonly op: string;
  /** The operands as they are; null when the instruction has none. */
  readonly a: number | null;
  readonly b: number | null;
  /** The operands with names for what they stand for; a jump goes to a label. */
  readonly operands: string;
  /** The label of the instruction, when something jumps to it. */
  readonly label: string | null;
  /** Operands on the stack before it; null when it is never reached, or when the code is not fit to run. */
  readonly height: number | null;
  /** Where it comes from, both from 1; the column in bytes. Null when unknown. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface FunctionListing {
  readonly index: number;
  /** The parameters of a closure, as in its text: `|x, y|`; `main` for the program itself. */
  readonly title: string;
  readonly line: number;
  readonly params: readonly string[];
  readonly locals: readonly string[];
  readonly maxStack: number;
  readonly caches: number;
  readonly changes: readonly string[];
  readonly instructions: readonly InstructionListing[];
}

export interface ReasonListing {
  readonly what: string;
  readonly line: number;
  readonly column: number;
}

export interface ProgramListing {
  readonly version: number;
  readonly effects: { readonly collection: ReasonListing | null; readonly thingsdb: ReasonListing | null };
  readonly constants: readonly string[];
  readonly names: readonly string[];
  readonly functions: readonly FunctionListing[];
}

/** Bytes of a line that are shown, and how many of them stand before the place in question. */
const MAX_LINE = 160;
const BEFORE = 20;

/** The lines of a text, for finding places in it. */
class Lines {
  readonly text: string;
  private readonly starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** Line and column of an offset, both from 1. */
  place(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.starts[low] as number) + 1 };
  }

  /** A line without its end; of a long one, the part where `column` is. */
  line(number: number, column: number): string {
    const start = this.starts[number - 1] as number;
    const end = number < this.starts.length ? (this.starts[number] as number) - 1 : this.text.length;
    if (end - start <= MAX_LINE) return this.text.slice(start, end).replace(/\r$/, '');
    const from = this.wholeCharacter(Math.max(start, Math.min(start + column - 1 - BEFORE, end - MAX_LINE)));
    const to = this.wholeCharacter(Math.min(end, from + MAX_LINE));
    return `${from > start ? '...' : ''}${this.text.slice(from, to)}${to < end ? '...' : ''}`;
  }

  /** Moves out of a character of several bytes. */
  private wholeCharacter(offset: number): number {
    let at = offset;
    while ((this.text.charCodeAt(at) & 0xc0) === 0x80) at++;
    return at;
  }
}

/** A program as plain data, for tools that read JSON. Throws TiError when its code does not consist of instructions. */
export function disassembleJson(program: Program): ProgramListing {
  return listing(program, new Lines(program.source));
}

function listing(program: Program, lines: Lines): ProgramListing {
  const { collection, thingsdb } = program.effects;
  return {
    version: BYTECODE_VERSION,
    effects: { collection: reasonListing(lines, collection), thingsdb: reasonListing(lines, thingsdb) },
    constants: program.constants.map(constantText),
    names: program.names,
    functions: program.functions.map((fn) => functionListing(program, fn, lines)),
  };
}

const reasonListing = (lines: Lines, reason: EffectReason | null): ReasonListing | null =>
  reason === null ? null : { what: reason.what, ...lines.place(reason.start) };

function changesOf(effects: number): string[] {
  const changes: string[] = [];
  if ((effects & Effect.COLLECTION) !== 0) changes.push('collection');
  if ((effects & Effect.THINGSDB) !== 0) changes.push('thingsdb');
  return changes;
}

function functionListing(program: Program, fn: FunctionCode, lines: Lines): FunctionListing {
  const instructions = [...instructionsOf(fn.code)];
  const labels = labelsOf(instructions);
  const heights = heightsOrNull(program, fn);
  return {
    index: fn.index,
    title: fn.index === 0 ? 'main' : `|${fn.params.join(', ')}|`,
    line: lines.place(fn.start).line,
    params: fn.params,
    locals: fn.locals,
    maxStack: fn.maxStack,
    caches: fn.cacheCount,
    changes: changesOf(fn.effects),
    instructions: instructions.map((i) => {
      const offset = fn.offsetAt(i.at);
      const place = offset < 0 ? null : lines.place(offset);
      const height = heights?.[i.at] ?? -1;
      return {
        at: i.at,
        op: i.op.name,
        a: i.op.a === 'none' ? null : i.a,
        b: i.op.b === 'none' ? null : i.b,
        operands: operandsText(program, fn, i, (at) => labels.get(at) ?? '?'),
        label: labels.get(i.at) ?? null,
        height: height < 0 ? null : height,
        line: place?.line ?? null,
        column: place?.column ?? null,
      };
    }),
  };
}

/** Labels for the targets of jumps, numbered in their order. */
function labelsOf(instructions: readonly Instruction[]): ReadonlyMap<number, string> {
  const targets = new Set<number>();
  for (const i of instructions) if (i.op.a === 'to') targets.add(i.a);
  return new Map([...targets].sort((x, y) => x - y).map((at, n) => [at, `L${n + 1}`]));
}

function heightsOrNull(program: Program, fn: FunctionCode): Int32Array | null {
  try {
    return heightsOf(program, fn);
  } catch (error) {
    if (error instanceof TiError) return null;
    throw error;
  }
}

/**
 * A program as text, a byte string: for each function its head, and an instruction a line with position, height of the stack before it (`-` where control
 * never comes), name and operands. Lines of the text stand above what comes from them, with their number.
 *
 * @throws TiError when the code does not consist of instructions
 */
export function disassemble(program: Program, options: DisassembleOptions = {}): string {
  const lines = new Lines(program.source);
  const { effects, functions } = listing(program, lines);
  const out: string[] = [];
  if (effects.collection !== null) out.push(`changes the collection: ${reasonText(effects.collection)}`);
  if (effects.thingsdb !== null) out.push(`changes users or collections: ${reasonText(effects.thingsdb)}`);
  for (const fn of functions) {
    if (out.length > 0) out.push('');
    writeFunction(out, fn, options.source === false ? null : lines);
  }
  return `${out.join('\n')}\n`;
}

const reasonText = ({ what, line, column }: ReasonListing): string => `${printable(what)} (line ${line}, column ${column})`;

function writeFunction(out: string[], fn: FunctionListing, lines: Lines | null): void {
  const facts = [`stack ${fn.maxStack}`];
  if (fn.locals.length > 0) facts.unshift(`locals ${fn.locals.join(' ')}`);
  if (fn.changes.length > 0) facts.push(`changes ${fn.changes.join(' ')}`);
  out.push(`function ${fn.index}, ${fn.title}${fn.index === 0 ? '' : ` on line ${fn.line}`}: ${facts.join(', ')}`);
  let line: number | null = null;
  for (const i of fn.instructions) {
    if (i.label !== null) out.push(`${i.label.padStart(6)}:`);
    if (lines !== null && i.line !== null && i.line !== line) {
      line = i.line;
      out.push(`${String(line).padStart(4)} | ${printable(lines.line(line, i.column ?? 1))}`.trimEnd());
    }
    const height = i.height === null ? '-' : String(i.height);
    out.push(`${String(i.at).padStart(10)} ${height.padStart(3)}  ${i.op.padEnd(14)} ${i.operands}`.trimEnd());
  }
}
