/** Collects the instructions of one function, keeping the height of the operand stack, and patches jumps. */

import { OPS, Op } from '../bytecode/opcodes.ts';
import { ErrorCode, TiError } from '../errors.ts';

/** A place in the code that jumps refer to before it is known. */
export interface Label {
  at: number;
  readonly uses: number[];
}

export const newLabel = (): Label => ({ at: -1, uses: [] });

/** Comparisons that melt with a JUMP_FALSE behind them. */
const FUSED_JUMPS: Readonly<Record<number, number>> = {
  [Op.LT]: Op.UNLESS_LT,
  [Op.GT]: Op.UNLESS_GT,
  [Op.EQ]: Op.UNLESS_EQ,
  [Op.LT_INT]: Op.UNLESS_LT_INT,
  [Op.GT_INT]: Op.UNLESS_GT_INT,
  [Op.EQ_INT]: Op.UNLESS_EQ_INT,
};

const MAX_OPERAND = 0x7fffff;

export class Assembler {
  private readonly words: number[] = [];
  private readonly lineTable: number[] = [];
  private lastOffset = -1;
  private caches = 0;
  /** Operands on the stack now, locals not counted. */
  height = 0;
  private peak = 0;
  /** Where the last instruction starts, when nothing jumps behind it; else -1. */
  private lastStart = -1;

  get position(): number {
    return this.words.length;
  }

  /** Says that what is emitted from here on stands at this byte offset of the source. */
  mark(offset: number): void {
    if (offset === this.lastOffset) return;
    this.lastOffset = offset;
    const { lineTable, words } = this;
    // Of several marks at one instruction, the last is meant.
    if (lineTable.at(-2) === words.length) lineTable[lineTable.length - 1] = offset;
    else lineTable.push(words.length, offset);
  }

  newCache(): number {
    return this.caches++;
  }

  private word(op: number, a: number): void {
    if (a > MAX_OPERAND || a < -MAX_OPERAND) throw new TiError(ErrorCode.SYNTAX, 'the query is too large to compile');
    this.words.push((op & 0xff) | (a << 8));
  }

  /** Emits an instruction; `effect` is pushes minus pops, told where the table cannot know. */
  emit(op: number, a = 0, b?: number, effect?: number): void {
    const info = OPS[op] as (typeof OPS)[number];
    this.lastStart = this.words.length;
    this.word(op, a);
    if (info.b !== 'none') this.words.push(b as number);
    this.adjust(effect ?? info.pushes - info.pops);
  }

  adjust(effect: number): void {
    this.height += effect;
    if (this.height > this.peak) this.peak = this.height;
  }

  /** Emits a jump; the height behind it is that of the path that goes on. */
  jump(op: number, label: Label, b?: number, effect?: number): void {
    if (label.at < 0) label.uses.push(this.words.length);
    this.emit(op, Math.max(label.at, 0), b, effect);
  }

  /** Pops a value and jumps when it is false; takes the comparison that made it along. */
  jumpFalse(label: Label): void {
    const start = this.lastStart;
    const last = start < 0 ? 0 : (this.words[start] as number);
    const fused = start < 0 ? undefined : FUSED_JUMPS[last & 0xff];
    if (fused === undefined) {
      this.jump(Op.JUMP_FALSE, label);
      return;
    }
    this.words.length = start;
    // The result that the comparison pushed is no longer there; its operands are.
    const info = OPS[fused] as (typeof OPS)[number];
    this.adjust(info.pops - 1);
    if (info.b === 'none') this.jump(fused, label);
    else this.jump(fused, label, last >> 8);
  }

  place(label: Label): void {
    this.lastStart = -1;
    label.at = this.words.length;
    for (const use of label.uses) {
      if (label.at > MAX_OPERAND) throw new TiError(ErrorCode.SYNTAX, 'the query is too large to compile');
      this.words[use] = ((this.words[use] as number) & 0xff) | (label.at << 8);
    }
  }

  finish(): { code: Int32Array; lines: Int32Array; maxStack: number; cacheCount: number } {
    // One more than the peak: the machine puts an error on the stack of the function that handles it.
    return {
      code: Int32Array.from(this.words),
      lines: Int32Array.from(this.lineTable),
      maxStack: this.peak + 1,
      cacheCount: this.caches,
    };
  }
}

/** Whether `value` fits in the operand of an instruction. */
export const fitsOperand = (value: number): boolean => value <= MAX_OPERAND && value >= -MAX_OPERAND;
