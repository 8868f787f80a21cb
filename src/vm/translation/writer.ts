/** What is written of a translated function so far: its lines, and what the operands are at this point of it. */
import type { OpName } from '../../bytecode/opcodes.ts';
import type { FunctionCode } from '../../bytecode/program.ts';
import type { Instruction } from './instruction.ts';

/** An operand as a JavaScript expression that can be read again and again. */
export interface Operand {
  readonly text: string;
  /** Known to be a number: a constant int. */
  readonly isInt: boolean;
  readonly isBool: boolean;
}

/** Writes one instruction. */
export type Emit = (w: Writer, i: Instruction) => void;

/** How some of the instructions are written. */
export type Emitters = Partial<Record<OpName, Emit>>;

/** Thrown where a function turns out to be one that must stay in the interpreter. */
export class Unsupported {}

/** The operand of a variable of its own. */
const variable = (height: number): Operand => ({ text: `s${height}`, isInt: false, isBool: false });

export class Writer {
  readonly fn: FunctionCode;
  readonly isLeaf: boolean;
  stack: Operand[] = [];
  /** The loops around this point. */
  readonly openLoops: { readonly id: number; readonly height: number }[] = [];
  /** Heights of the operand stack at labels, from the jumps to them. */
  readonly heights = new Map<number, number>();
  /** Whether anything comes to this point. */
  reachable = true;
  /** Whether the code gives back locks up to those that were held when it began. */
  unlocks = false;
  /** Number of loops so far. */
  loops = 0;
  private peak = 0;
  private readonly lines: string[] = [];
  private readonly caches = new Set<number>();

  constructor(fn: FunctionCode, isLeaf: boolean) {
    this.fn = fn;
    this.isLeaf = isLeaf;
  }

  line(...lines: string[]): void {
    for (const line of lines) this.lines.push(line);
  }

  /** The source of a function that gives the translated one. */
  source(): string {
    const temps = Array.from({ length: this.peak }, (_, i) => `s${i}`).concat(
      Array.from({ length: this.loops }, (_, i) => `it${i}`),
      ['t', 'i'],
    );
    const { arity, localCount } = this.fn;
    const locals = Array.from({ length: Math.max(0, localCount - arity) }, (_, i) => `l${i + arity}`);
    const body = (this.unlocks ? 'const held = m.lockTop;\n' : '') + this.lines.join('\n');
    const constants = [...this.caches].map((index) => `const c${index} = caches[${index}];`).join(' ');
    if (this.isLeaf) {
      const declared = [...temps, ...locals];
      const params = ['u0', 'u1', 'u2'].map((name, i) => (i < arity ? `l${i}` : name));
      return `${constants}\nreturn function(m, ${params.join(', ')}) {\nconst S = m.stack;\nlet ${declared.join(', ')};\n${body}\n};`;
    }
    return `${constants}\nreturn function(m, fp) {\nconst S = m.stack, F = m.frames[m.depth - 1];\nlet ${temps.join(', ')};\n${body}\n};`;
  }

  // --- operands ---

  push(text: string, isInt = false, isBool = false): void {
    this.stack.push({ text, isInt, isBool });
    this.reserve(this.stack.length);
  }

  pop(): Operand {
    const operand = this.stack.pop();
    if (operand === undefined) throw new Unsupported();
    return operand;
  }

  /** The operand that was pushed last. */
  get top(): Operand {
    return this.stack.at(-1) as Operand;
  }

  /** Pops operands; the one that was pushed last is the last. */
  take(count: number): Operand[] {
    return this.stack.splice(this.stack.length - count, count);
  }

  /** Takes operands and lays them on the machine's stack from `offset` above `m.sp` on. */
  lay(count: number, offset: number): void {
    this.take(count).forEach((o, k) => {
      const place = offset + k;
      this.line(`S[m.sp${place === 0 ? '' : ` + ${place}`}] = ${o.text};`);
    });
  }

  /** Sets the variable of the next operand and pushes it. */
  result(expression: string, isBool = false): void {
    const name = `s${this.stack.length}`;
    this.line(`${name} = ${expression};`);
    this.push(name, false, isBool);
  }

  /** Sees to it that there are variables for operands up to a height. */
  reserve(height: number): void {
    if (height > this.peak) this.peak = height;
  }

  /** Makes the stack one of so many operands, all in their variables. */
  restack(height: number): void {
    this.stack = Array.from({ length: height }, (_, i) => variable(i));
  }

  /** Brings all operands into their variables, as code at a label expects them. */
  settle(from = 0): void {
    for (let i = from; i < this.stack.length; i++) {
      const operand = this.stack[i] as Operand;
      if (operand.text !== `s${i}`) this.line(`s${i} = ${operand.text};`);
      this.stack[i] = variable(i);
    }
  }

  // --- what the code refers to ---

  /** Before a local changes: operands that stand for it are taken by value. */
  keepLocal(slot: number): void {
    const name = this.local(slot);
    this.stack.forEach((operand, i) => {
      if (operand.text !== name) return;
      this.line(`s${i} = ${name};`);
      this.stack[i] = variable(i);
    });
  }

  /** An inline cache, as a constant of the code around the function. */
  cache(index: number): string {
    this.caches.add(index);
    return `c${index}`;
  }

  local(slot: number): string {
    return this.isLeaf ? `l${slot}` : `S[fp + ${slot}]`;
  }

  localName(slot: number): string {
    return `fn.locals[${slot}]`;
  }

  /** Notes the place for errors, as an expression before the one that may raise. */
  at(i: Instruction): string {
    return this.isLeaf ? `m.leafPc = ${i.next}` : `F.pc = ${i.next}`;
  }

  // --- jumps ---

  jump(target: number): void {
    this.settle();
    this.heights.set(target, this.stack.length);
    this.line(`break L${target};`);
  }

  /** A jump under a condition that has no effect; the operands are settled before it. */
  jumpIf(condition: string, target: number): void {
    this.settle();
    this.heights.set(target, this.stack.length);
    this.line(`if (${condition}) break L${target};`);
  }
}
