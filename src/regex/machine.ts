/**
 * The matching machine: runs the program of a regular expression on a byte string, with a stack of its own and a count of its steps, so that no pattern
 * can use up the native stack or run without end. For patterns without references it remembers what failed where, so that the time grows with the
 * length of the text only, whatever the pattern.
 */
import { operationErr } from '../errors.ts';
import { codePointAt, widthOf } from '../utf8.ts';
import type { CharSet } from './ast.ts';
import { Backtracker, Entry, STOP } from './backtracker.ts';
import { foldedEnd, holds } from './compare.ts';
import { graphemeLength, previous } from './lines.ts';
import { Memo } from './memo.ts';
import { Mode, Op, type RegexProgram } from './program.ts';
import { inSet } from './sets.ts';

/** Counts work against the budget of a query; throws when it is used up. */
export interface Budget {
  spend(units: number): void;
}

const STEPS_A_CHECK = 1 << 14;
const MAX_STEPS = 10_000_000;

const memo = new Memo();

export class Machine extends Backtracker {
  /** End of the match. */
  end = 0;
  private readonly text: string;
  private readonly budget: Budget;
  private readonly from: number;
  private steps = 0;
  private total = 0;
  private readonly limit: number;

  constructor(program: RegexProgram, text: string, from: number, budget: Budget) {
    super(program, memo);
    this.text = text;
    this.from = from;
    this.budget = budget;
    this.limit = MAX_STEPS + 100 * text.length;
  }

  /** Looks for the first match from the given position on. */
  search(): boolean {
    const { program, text, from } = this;
    const { first, anchored } = program;
    const { utf } = program.options;
    if (program.memoCount > 0) memo.reset(program.memoCount);
    let at = from;
    while (at <= text.length) {
      if (first !== null) {
        const scanned = at;
        while (at < text.length && first[text.charCodeAt(at)] === 0) at++;
        this.count((at - scanned) >> 2);
        if (at >= text.length) return false;
      }
      if (anchored && at > 0) return false;
      this.reset(at);
      if (this.run(at)) return true;
      if (this.next === STOP) return false;
      at = this.next > at ? this.next : at + (utf && at < text.length ? widthOf(text.charCodeAt(at)) : 1);
    }
    return false;
  }

  private count(steps: number): void {
    this.steps += steps;
    if (this.steps >= STEPS_A_CHECK) {
      this.budget.spend(this.steps >> 1);
      this.total += this.steps;
      this.steps = 0;
      if (this.total > this.limit) throw operationErr('the regular expression needs too many steps for this text');
    }
  }

  private inClass(set: CharSet, at: number): boolean {
    const { text } = this;
    if (at >= text.length) return false;
    const code = text.charCodeAt(at);
    return code < 128 ? set.low[code] === 1 : inSet(set, codePointAt(text, at));
  }

  /** The loop over instructions; `pc` is -1 after a failure. */
  private run(startAt: number): boolean {
    const { program, text, slots } = this;
    const { code, sets } = program;
    const length = text.length;
    let pc = 0;
    let at = startAt;
    for (;;) {
      if (++this.steps >= STEPS_A_CHECK) this.count(0);
      if (pc < 0) {
        pc = this.backtrack();
        if (pc < 0) return false;
        at = this.position;
      }
      switch (code[pc]) {
        case Op.CHAR:
          if (at < length && text.charCodeAt(at) === code[pc + 1]) {
            at++;
            pc += 2;
          } else pc = -1;
          break;
        case Op.TEXT: {
          const wanted = program.texts[code[pc + 1] as number] as string;
          if (text.startsWith(wanted, at)) {
            at += wanted.length;
            pc += 2;
          } else pc = -1;
          break;
        }
        case Op.SET:
          if (at < length && (sets[code[pc + 1] as number] as CharSet).low[text.charCodeAt(at)] === 1) {
            at++;
            pc += 2;
          } else pc = -1;
          break;
        case Op.CHAR_SET:
          if (this.inClass(sets[code[pc + 1] as number] as CharSet, at)) {
            at += widthOf(text.charCodeAt(at));
            pc += 2;
          } else pc = -1;
          break;
        case Op.BYTE:
          pc = at++ < length ? pc + 1 : -1;
          break;
        case Op.SPLIT: {
          const index = code[pc + 3] as number;
          if (index >= 0 && this.hasFailed(index, at)) {
            pc = -1;
            break;
          }
          this.pushChoice(code[pc + 2] as number, at);
          pc = code[pc + 1] as number;
          break;
        }
        case Op.JUMP:
          pc = code[pc + 1] as number;
          break;
        case Op.SAVE:
          this.setSlot(code[pc + 1] as number, at);
          pc += 2;
          break;
        case Op.CLOSE: {
          const group = code[pc + 1] as number;
          this.setSlot(2 * group, slots[code[pc + 2] as number] as number);
          this.setSlot(2 * group + 1, at);
          pc += 3;
          break;
        }
        case Op.REPEAT_SET: {
          const index = code[pc + 5] as number;
          if (index >= 0 && this.hasFailed(index, at)) pc = -1;
          else {
            at = this.repeatBytes(pc, at);
            pc = at < 0 ? -1 : pc + 6;
          }
          break;
        }
        case Op.REPEAT_CHAR_SET: {
          const index = code[pc + 5] as number;
          if (index >= 0 && this.hasFailed(index, at)) pc = -1;
          else {
            at = this.repeatChars(pc, at);
            pc = at < 0 ? -1 : pc + 6;
          }
          break;
        }
        case Op.ASSERT:
          pc = holds(program, text, code[pc + 1] as number, at, this.from) ? pc + 2 : -1;
          break;
        case Op.TURN:
          this.setSlot(code[pc + 1] as number, at);
          pc += 2;
          break;
        case Op.TURN_TEST:
          pc = slots[code[pc + 1] as number] === at ? (code[pc + 2] as number) : pc + 3;
          break;
        case Op.MATCH:
          if (this.accepts(at)) {
            this.end = at;
            return true;
          }
          pc = -1;
          break;
        default:
          this.position = at;
          pc = this.rare(pc);
          at = this.position;
      }
    }
  }

  private accepts(at: number): boolean {
    const { notEmpty, notEmptyAtStart } = this.program.options;
    if (at !== this.start) return true;
    return !notEmpty && !(notEmptyAtStart && at === this.from);
  }

  // --- loops over sets ---

  private repeatBytes(pc: number, at: number): number {
    const { code, sets } = this.program;
    const { text } = this;
    const { low } = sets[code[pc + 1] as number] as CharSet;
    const min = code[pc + 2] as number;
    const max = code[pc + 3] as number;
    const mode = code[pc + 4] as number;
    const most = max < 0 ? text.length : Math.min(text.length, at + max);
    const stop = mode === Mode.LAZY ? Math.min(most, at + min) : most;
    let end = at;
    while (end < stop && low[text.charCodeAt(end)] === 1) end++;
    this.steps += (end - at) >> 2;
    if (end - at < min) return -1;
    if (mode === Mode.GREEDY) {
      if (end > at + min) this.push(Entry.GIVE, pc + 6, at + min, this.frame, end);
    } else if (mode === Mode.LAZY && end < most) this.push(Entry.TAKE, pc, end, this.frame, max < 0 ? -1 : max - min);
    return end;
  }

  private repeatChars(pc: number, at: number): number {
    const { code, sets } = this.program;
    const { text } = this;
    const set = sets[code[pc + 1] as number] as CharSet;
    const min = code[pc + 2] as number;
    const max = code[pc + 3] as number;
    const mode = code[pc + 4] as number;
    const turns = mode === Mode.LAZY ? min : max < 0 ? Number.POSITIVE_INFINITY : max;
    let end = at;
    let least = at;
    let count = 0;
    while (count < turns && this.inClass(set, end)) {
      end += widthOf(text.charCodeAt(end));
      if (++count === min) least = end;
    }
    this.steps += count;
    if (count < min) return -1;
    if (mode === Mode.GREEDY) {
      if (end > least) this.push(Entry.GIVE, pc + 6, least, this.frame, end);
    } else if (mode === Mode.LAZY && max !== min) this.push(Entry.TAKE, pc, end, this.frame, max < 0 ? -1 : max - min);
    return end;
  }

  /** A greedy loop gives back its last character; the place to go on at. */
  protected give(next: number, least: number, frame: number, end: number): number {
    const before = this.program.options.utf ? previous(this.text, end) : end - 1;
    if (before > least) this.push(Entry.GIVE, next, least, frame, before);
    this.frame = frame;
    this.position = before;
    return next;
  }

  /** A lazy loop takes one more character; the place to go on at, or -1. */
  protected take(pc: number, at: number, frame: number, left: number): number {
    const { code, sets, options } = this.program;
    const set = sets[code[pc + 1] as number] as CharSet;
    const { text } = this;
    if (at >= text.length || !(options.utf ? this.inClass(set, at) : set.low[text.charCodeAt(at)] === 1)) return -1;
    const end = at + (options.utf ? widthOf(text.charCodeAt(at)) : 1);
    if (left !== 1) this.push(Entry.TAKE, pc, end, frame, left < 0 ? -1 : left - 1);
    this.frame = frame;
    this.position = end;
    return pc + 6;
  }

  // --- the less common instructions; they take and leave the position in `position` ---

  private rare(pc: number): number {
    const { code } = this.program;
    const a = code[pc + 1] as number;
    const b = code[pc + 2] as number;
    switch (code[pc]) {
      case Op.REFERENCE:
        return this.refer(a, b === 1) ? pc + 3 : -1;
      case Op.CALL:
        this.steps += this.slots.length;
        return this.call(b, pc + 3) ? a : -1;
      case Op.RETURN:
        return this.calledGroup() === a ? this.leave() : pc + 2;
      case Op.LOOK:
        this.open(Entry.LOOK, a);
        return pc + 2;
      case Op.END_LOOK:
        return this.endLook(a, b === 1);
      case Op.END_OPEN_LOOK:
        return this.endOpenLook(pc + 1);
      case Op.ATOMIC:
        this.open(Entry.ATOMIC, 0);
        return pc + 1;
      case Op.END_ATOMIC:
        this.cut();
        return pc + 1;
      case Op.BACK:
        return this.back(a) ? pc + 2 : -1;
      case Op.IF_GROUP:
        return this.groups(a).some((g) => (this.slots[2 * g + 1] as number) >= 0) ? pc + 3 : b;
      case Op.IF_CALL:
        return this.isCalled(this.groups(a)) ? pc + 3 : b;
      case Op.KEEP:
        this.push(Entry.KEEP, this.start, 0, 0, 0);
        this.start = this.position;
        return pc + 1;
      case Op.GRAPHEME: {
        const length = this.position < this.text.length ? graphemeLength(this.text, this.position, this.program.options.utf) : 0;
        this.position += length;
        return length > 0 ? pc + 1 : -1;
      }
      case Op.ACCEPT:
        if (this.frame >= 0) return this.leave();
        return code.length - 1;
      case Op.VERB:
        this.verb(a, b);
        return pc + 3;
      case Op.ALTERNATIVES:
        this.push(Entry.ALTERNATIVES, a, 0, 0, 0);
        return pc + 2;
      case Op.ALTERNATIVE:
        this.push(Entry.ALTERNATIVE, b, this.position, this.frame, a);
        return pc + 3;
      default:
        return -1;
    }
  }

  private groups(list: number): readonly number[] {
    return this.program.groupLists[list] as readonly number[];
  }

  private back(count: number): boolean {
    if (!this.program.options.utf) {
      this.position -= count;
      return this.position >= 0;
    }
    for (let i = 0; i < count; i++) {
      if (this.position <= 0) return false;
      this.position = previous(this.text, this.position);
    }
    return true;
  }

  private isCalled(groups: readonly number[]): boolean {
    const group = this.calledGroup();
    return group >= 0 && (groups.includes(-1) || groups.includes(group));
  }

  private refer(list: number, fold: boolean): boolean {
    const { slots, text } = this;
    const group = this.groups(list).find((g) => (slots[2 * g + 1] as number) >= 0);
    if (group === undefined) return false;
    const start = slots[2 * group] as number;
    const end = slots[2 * group + 1] as number;
    this.steps += (end - start) >> 3;
    if (!fold) {
      if (!text.startsWith(text.slice(start, end), this.position)) return false;
      this.position += end - start;
      return true;
    }
    const stop = foldedEnd(text, start, end, this.position, this.program.options.utf);
    if (stop < 0) return false;
    this.position = stop;
    return true;
  }
}
