/**
 * The matching machine: runs the program of a regular expression on a byte string, with a stack of its own and a count of its steps, so that no pattern
 * can use up the native stack or run without end. For patterns without references it remembers what failed where, so that the time grows with the
 * length of the text only, whatever the pattern.
 */
import { operationErr } from '../errors.ts';
import { codePointAt, widthOf } from '../values/utf8.ts';
import type { CharSet } from './ast.ts';
import { graphemeLength, isAfterLineEnd, isWordAt, lineEndAt, previous } from './lines.ts';
import { Memo } from './memo.ts';
import { Mode, Op, type RegexProgram, Verb } from './program.ts';
import { caseVariants, inSet } from './sets.ts';

/** Counts work against the budget of a query; throws when it is used up. */
export interface Budget {
  spend(units: number): void;
}

/** Words of an entry of the stack: its kind (below 0) or the place to go on at, and four more. */
const WIDTH = 5;

/** Entries that are no place to go on at. */
const Entry = {
  /** slot, old value */
  UNDO: -1,
  /** fail target, position, frame, outer barrier */
  LOOK: -2,
  /** -, -, frame, outer barrier */
  ATOMIC: -3,
  /** next place, least position, frame, present position: a greedy loop that can give back */
  GIVE: -4,
  /** place of the loop, position, frame, turns left (-1: no limit): a lazy loop that can take more */
  TAKE: -5,
  /** verb, position or name, frame */
  VERB: -6,
  /** A call begins. */
  CALL: -7,
  /** id: alternatives with THEN begin */
  ALTERNATIVES: -8,
  /** target, position, frame, id */
  ALTERNATIVE: -9,
  /** position and start of the match before `\K` */
  KEEP: -10,
  /** index, position: what was tried has failed */
  FAILED: -11,
} as const;

const MAX_STACK = 1 << 25;
const STEPS_A_CHECK = 1 << 14;
const MAX_STEPS = 30_000_000;

interface CallFrame {
  readonly target: number;
  readonly parent: number;
  readonly group: number;
  readonly position: number;
  readonly slots: Int32Array;
}

let stack = new Int32Array(WIDTH * 1024);

function grow(): void {
  if (stack.length * 2 > MAX_STACK) throw operationErr('the regular expression needs too much memory for this text');
  const larger = new Int32Array(stack.length * 2);
  larger.set(stack);
  stack = larger;
}

const memo = new Memo();

/** What becomes of a search that fails at one start. */
const NO_MATCH = -1;
const STOP = -2;

export class Machine {
  /** Start and end of each group, then slots of loops; -1 for unset. */
  readonly slots: Int32Array;
  /** Start of the match. */
  start = 0;
  /** End of the match. */
  end = 0;
  private readonly program: RegexProgram;
  private readonly text: string;
  private readonly budget: Budget;
  private readonly from: number;
  private sp = 0;
  private barrier = -1;
  private frame = -1;
  private frames: CallFrame[] = [];
  private steps = 0;
  private total = 0;
  private readonly limit: number;
  /** Where the search goes on after it failed at a start; NO_MATCH for the next character. */
  private next = NO_MATCH;
  private marks: { readonly name: number; readonly at: number }[] = [];

  constructor(program: RegexProgram, text: string, from: number, budget: Budget) {
    this.program = program;
    this.text = text;
    this.from = from;
    this.budget = budget;
    this.slots = new Int32Array(program.slotCount);
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
      if (this.matchAt(at)) return true;
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

  private push(kind: number, a: number, b: number, c: number, d: number): void {
    let { sp } = this;
    if (sp + WIDTH > stack.length) grow();
    stack[sp++] = kind;
    stack[sp++] = a;
    stack[sp++] = b;
    stack[sp++] = c;
    stack[sp++] = d;
    this.sp = sp;
  }

  private setSlot(slot: number, value: number): void {
    const old = this.slots[slot] as number;
    if (old === value) return;
    this.push(Entry.UNDO, slot, old, 0, 0);
    this.slots[slot] = value;
  }

  private inClass(set: CharSet, at: number): boolean {
    const { text } = this;
    if (at >= text.length) return false;
    const code = text.charCodeAt(at);
    return code < 128 ? set.low[code] === 1 : inSet(set, codePointAt(text, at));
  }

  /** Tries to match at one start. */
  private matchAt(start: number): boolean {
    this.slots.fill(-1);
    this.sp = 0;
    this.barrier = -1;
    this.frame = -1;
    if (this.frames.length > 0) this.frames = [];
    if (this.marks.length > 0) this.marks = [];
    this.start = start;
    this.next = NO_MATCH;
    return this.run(start);
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
          this.push(code[pc + 2] as number, at, 0, this.frame, this.frames.length);
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
          pc = this.holds(code[pc + 1] as number, at) ? pc + 2 : -1;
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

  /** Whether an instruction failed before at a position; if not, that is noted now or when it does. */
  private hasFailed(index: number, at: number): boolean {
    const { memoCount, lateMemo } = this.program;
    if (memo.has(memoCount, index, at)) return true;
    if (lateMemo) this.push(Entry.FAILED, index, at, 0, 0);
    else memo.note(memoCount, index, at);
    return false;
  }

  /** The position after an instruction that is not in the loop, or after a failure. */
  private position = 0;

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
  private give(next: number, least: number, frame: number, end: number): number {
    const before = this.program.options.utf ? previous(this.text, end) : end - 1;
    if (before > least) this.push(Entry.GIVE, next, least, frame, before);
    this.frame = frame;
    this.position = before;
    return next;
  }

  /** A lazy loop takes one more character; the place to go on at, or -1. */
  private take(pc: number, at: number, frame: number, left: number): number {
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

  // --- failing ---

  /** Takes entries off the stack up to one to go on at; gives its place and sets the position, or -1 when there is none left. */
  private backtrack(): number {
    while (this.sp > 0) {
      this.sp -= WIDTH;
      const { sp } = this;
      const kind = stack[sp] as number;
      const a = stack[sp + 1] as number;
      const b = stack[sp + 2] as number;
      const c = stack[sp + 3] as number;
      const d = stack[sp + 4] as number;
      if (kind >= 0) {
        this.position = a;
        this.frame = c;
        if (this.frames.length > d) this.frames.length = d;
        return kind;
      }
      if (kind === Entry.UNDO) {
        this.slots[a] = b;
        continue;
      }
      const pc = this.revisit(kind, a, b, c, d);
      if (pc >= 0) return pc;
      if (pc === STOP) return -1;
    }
    return -1;
  }

  private revisit(kind: number, a: number, b: number, c: number, d: number): number {
    switch (kind) {
      case Entry.GIVE:
        return this.give(a, b, c, d);
      case Entry.TAKE:
        return this.take(a, b, c, d);
      case Entry.LOOK:
        this.barrier = d;
        this.frame = c;
        this.position = b;
        return a;
      case Entry.ATOMIC:
        this.barrier = d;
        return -1;
      case Entry.ALTERNATIVE:
        this.position = b;
        this.frame = c;
        return a;
      case Entry.KEEP:
        this.start = a;
        return -1;
      case Entry.FAILED:
        memo.note(this.program.memoCount, a, b);
        return -1;
      case Entry.VERB:
        return this.failFor(a, b);
      default:
        return -1;
    }
  }

  /** The machine came back to a verb: fails what it says. */
  private failFor(verb: number, what: number): number {
    if (verb === Verb.MARK) {
      this.marks.pop();
      return -1;
    }
    if (verb === Verb.THEN && this.unwindTo((kind) => kind === Entry.ALTERNATIVE || kind === Entry.ALTERNATIVES)) return -1;
    // Within a lookaround or a call, only that fails.
    if (this.unwindTo((kind) => kind === Entry.LOOK || kind === Entry.CALL)) return -1;
    if (verb === Verb.COMMIT) this.next = STOP;
    else if (verb === Verb.SKIP) this.next = what;
    this.sp = 0;
    return STOP;
  }

  /** Takes entries off the stack down to the topmost of a kind, which stays on it; false, and nothing taken, when there is none. */
  private unwindTo(test: (kind: number) => boolean): boolean {
    let at = this.sp - WIDTH;
    while (at >= 0 && !test(stack[at] as number)) at -= WIDTH;
    if (at < 0) return false;
    this.undoTo(at + WIDTH);
    return true;
  }

  /** Takes entries off the stack and undoes what they say, without going on anywhere. */
  private undoTo(height: number): void {
    while (this.sp > height) {
      this.sp -= WIDTH;
      const kind = stack[this.sp];
      const a = stack[this.sp + 1] as number;
      if (kind === Entry.UNDO) this.slots[a] = stack[this.sp + 2] as number;
      else if (kind === Entry.KEEP) this.start = a;
      else if (kind === Entry.LOOK || kind === Entry.ATOMIC) this.barrier = stack[this.sp + 4] as number;
      else if (kind === Entry.VERB && a === Verb.MARK) this.marks.pop();
    }
  }

  /** Drops the choices of an atomic group or lookaround that matched, and keeps what undoes its effects. */
  private cut(): void {
    const base = this.barrier;
    this.barrier = stack[base + 4] as number;
    let to = base;
    for (let from = base + WIDTH; from < this.sp; from += WIDTH) {
      const kind = stack[from] as number;
      if (kind !== Entry.UNDO && kind !== Entry.KEEP && kind !== Entry.VERB) continue;
      if (to !== from) stack.copyWithin(to, from, from + WIDTH);
      to += WIDTH;
    }
    this.sp = to;
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
        return this.call(b, pc + 3) ? a : -1;
      case Op.RETURN:
        return this.frame >= 0 && (this.frames[this.frame] as CallFrame).group === a ? this.leave() : pc + 2;
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

  private open(kind: number, target: number): void {
    const base = this.sp;
    this.push(kind, target, this.position, this.frame, this.barrier);
    this.barrier = base;
  }

  private endLook(target: number, negative: boolean): number {
    this.position = stack[this.barrier + 2] as number;
    this.frame = stack[this.barrier + 3] as number;
    if (!negative) {
      this.cut();
      return target;
    }
    this.undoTo(this.barrier);
    return target;
  }

  /** The choices of a lookaround that is not atomic stay. */
  private endOpenLook(next: number): number {
    this.position = stack[this.barrier + 2] as number;
    this.barrier = stack[this.barrier + 4] as number;
    return next;
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

  private verb(verb: number, name: number): void {
    const { position } = this;
    if (verb === Verb.MARK) this.marks.push({ name, at: position });
    if (verb !== Verb.SKIP || name < 0) {
      this.push(Entry.VERB, verb, position, this.frame, 0);
      return;
    }
    // With a name, the search goes on where a mark of that name was passed; without such a mark the verb does nothing.
    const names = this.program.names;
    const mark = this.marks.findLast((m) => names[m.name] === names[name]);
    if (mark !== undefined) this.push(Entry.VERB, verb, mark.at, this.frame, 0);
  }

  private call(group: number, next: number): boolean {
    for (let f = this.frame; f >= 0; ) {
      const frame = this.frames[f] as CallFrame;
      // A call that leads to itself without having taken anything would do so forever: the search ends.
      if (frame.group === group && frame.position === this.position) {
        this.next = STOP;
        this.sp = 0;
        return false;
      }
      f = frame.parent;
    }
    this.push(Entry.CALL, 0, 0, 0, 0);
    this.frames.push({ target: next, parent: this.frame, group, position: this.position, slots: this.slots.slice() });
    this.steps += this.slots.length;
    if (this.frames.length > 100_000) throw operationErr('the regular expression recurses too deep');
    this.frame = this.frames.length - 1;
    return true;
  }

  /** The end of a call: groups are as they were before it. */
  private leave(): number {
    const frame = this.frames[this.frame] as CallFrame;
    for (let slot = 0; slot < frame.slots.length; slot++) this.setSlot(slot, frame.slots[slot] as number);
    this.frame = frame.parent;
    return frame.target;
  }

  private isCalled(groups: readonly number[]): boolean {
    if (this.frame < 0) return false;
    return groups.includes(-1) || groups.includes((this.frames[this.frame] as CallFrame).group);
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
    return this.referFolded(start, end);
  }

  private referFolded(start: number, end: number): boolean {
    const { text } = this;
    const { utf } = this.program.options;
    let at = this.position;
    for (let from = start; from < end; ) {
      if (at >= text.length) return false;
      const wanted = utf ? codePointAt(text, from) : text.charCodeAt(from);
      const given = utf ? codePointAt(text, at) : text.charCodeAt(at);
      if (wanted !== given && !caseVariants(wanted, utf).includes(given)) return false;
      from += utf ? widthOf(text.charCodeAt(from)) : 1;
      at += utf ? widthOf(text.charCodeAt(at)) : 1;
    }
    this.position = at;
    return true;
  }

  private holds(assert: number, at: number): boolean {
    const { text, program } = this;
    const { newline, utf } = program.options;
    switch (assert) {
      case 0:
        return at === 0;
      case 1:
        return at === 0 || (at < text.length && isAfterLineEnd(text, at, newline, utf));
      case 2: {
        if (at === text.length) return true;
        const length = lineEndAt(text, at, newline, utf);
        return length > 0 && at + length === text.length;
      }
      case 3:
        return at === text.length || lineEndAt(text, at, newline, utf) > 0;
      case 4:
        return at === text.length;
      case 5:
        return at === this.from;
      default: {
        const before = at > 0 && isWordAt(text, utf ? previous(text, at) : at - 1, program.options);
        return (before !== isWordAt(text, at, program.options)) === (assert === 6);
      }
    }
  }
}
