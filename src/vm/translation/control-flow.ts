/** Rebuilds the control flow of a function from its jumps: labelled blocks and loops, with the instructions in them. */
import type { Instruction } from './instruction.ts';
import { type Emitters, Unsupported, type Writer } from './writer.ts';

export class ControlFlow {
  private readonly w: Writer;
  private readonly list: readonly Instruction[];
  private readonly emitters: Emitters;
  private readonly indexAt = new Map<number, number>();

  constructor(w: Writer, list: readonly Instruction[], emitters: Emitters) {
    this.w = w;
    this.list = list;
    this.emitters = emitters;
    for (const [index, i] of list.entries()) this.indexAt.set(i.at, index);
  }

  /** Writes the whole function. Throws Unsupported. */
  write(): void {
    this.level(0, this.list.length, -1);
  }

  /** Writes the instructions [from, to) as one level: labelled blocks for the targets in it, loops inside. `end` is the label behind it, if any. */
  private level(from: number, to: number, end: number): void {
    const { w } = this;
    const labels = this.labelsOf(from, to, end);
    for (const label of [...labels].reverse()) w.line(`L${label}: {`);
    for (let index = from; index < to; index++) {
      const i = this.list[index] as Instruction;
      if (labels[0] === i.at) this.close(labels);
      if (!w.reachable) {
        if (i.name === 'FOR') index = this.loopEnd(index);
        continue;
      }
      if (i.name === 'FOR') index = this.loop(index, i);
      else this.instruction(i);
    }
    if (labels.length > 0) this.close(labels);
  }

  private instruction(i: Instruction): void {
    const emit = this.emitters[i.name];
    if (emit === undefined) throw new Unsupported();
    emit(this.w, i);
  }

  private close(labels: number[]): void {
    const { w } = this;
    const label = labels.shift() as number;
    if (w.reachable) w.settle();
    w.line(`} // L${label}`);
    const height = w.heights.get(label);
    if (height === undefined) return;
    w.reachable = true;
    w.restack(height);
    w.reserve(height);
  }

  /** Targets of forward jumps that lie in this level, in order. */
  private labelsOf(from: number, to: number, end: number): number[] {
    const first = this.list[from]?.at ?? 0;
    const limit = to < this.list.length ? (this.list[to] as Instruction).at : Number.POSITIVE_INFINITY;
    const inner = this.innerRanges(from, to);
    const labels = new Set<number>();
    for (let index = from; index < to; index++) {
      const target = this.target(this.list[index] as Instruction);
      if (target <= first || target > limit) continue;
      if (target === limit && target !== end) continue;
      if (inner.some(([low, high]) => target > low && target <= high)) continue;
      labels.add(target);
    }
    return [...labels].sort((a, b) => a - b);
  }

  /** Positions of the bodies of the loops directly inside of a level. */
  private innerRanges(from: number, to: number): [number, number][] {
    const ranges: [number, number][] = [];
    for (let index = from; index < to; index++) {
      if ((this.list[index] as Instruction).name !== 'FOR') continue;
      const last = this.loopEnd(index);
      ranges.push([(this.list[index] as Instruction).at, (this.list[last] as Instruction).at]);
      index = last;
    }
    return ranges;
  }

  private target(i: Instruction): number {
    return i.name === 'FOR_NEXT' ? -1 : i.to;
  }

  /** Index of the FOR_NEXT of the loop whose FOR is at `index`. */
  private loopEnd(index: number): number {
    let jump = index + 1;
    while ((this.list[jump] as Instruction).name !== 'JUMP') jump++;
    const last = this.indexAt.get((this.list[jump] as Instruction).to);
    if (last === undefined || (this.list[last] as Instruction).name !== 'FOR_NEXT') throw new Unsupported();
    return last;
  }

  /** Writes the loop whose FOR is at `index`, and gives the index of its FOR_NEXT. */
  private loop(index: number, i: Instruction): number {
    const { w } = this;
    const last = this.loopEnd(index);
    const next = this.list[last] as Instruction;
    const id = w.loops++;
    const iterable = w.pop();
    const height = w.stack.length;
    const it = `it${id}`;
    w.settle();
    w.reserve(height + 1);
    w.line(`s${height} = ${iterable.text};`, `${w.at(i)};`, `${it} = startFor(m, s${height});`);
    w.line(`if (${it} !== null) {`);
    if (w.fn.seen) w.line('m.epoch++;');
    const body = this.clearVariables(index + 1);
    w.line(`for (;;) {`, `i = ${it}.index;`);
    w.line(`if (i >= ${it}.count) { m.unlockTo(${it}.locks); s${height} = null; break; }`, `${it}.index = i + 1;`);
    const first = i.b & 4095;
    const second = (i.b >> 12) & 4095;
    if (i.b >> 24 === 2) w.line(`${w.local(second)} = ${it}.second === null ? i : ${it}.second[i];`);
    w.line(`${w.local(first)} = ${it}.first[i];`, w.isLeaf ? `m.tickLeaf(${next.next});` : `m.tickFrame(F, ${next.next});`);
    w.push(`s${height}`);
    w.openLoops.push({ id, height });
    w.heights.set(next.at, height + 1);
    this.level(body, last, next.at);
    w.openLoops.pop();
    w.line('}', '}');
    w.reachable = true;
    w.restack(height + 1);
    return last;
  }

  /** Sets the variables of a loop to nil before its first turn, and gives the index of its body. */
  private clearVariables(from: number): number {
    let index = from;
    for (; (this.list[index] as Instruction).name !== 'JUMP'; index++) {
      const init = this.list[index] as Instruction;
      if (init.name === 'STORE_POP') this.w.line(`${this.w.local(init.a)} = null;`);
    }
    return index + 1;
  }
}
