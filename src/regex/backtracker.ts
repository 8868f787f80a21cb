/** The state of the matching machine that failing takes back: slots, the stack of what is still to try, calls, and marks. */
import { operationErr } from '../errors.ts';
import type { Memo } from './memo.ts';
import { type RegexProgram, Verb } from './program.ts';

/** Words of an entry of the stack: its kind (below 0) or the place to go on at, and four more. */
const WIDTH = 5;

/** Entries that are no place to go on at. */
export const Entry = {
  /** slot, old value */
  UNDO: -1,
  /** fail target, position, frame, outer barrier */
  LOOK: -2,
  /** -, position, frame, outer barrier */
  ATOMIC: -3,
  /** next place, least position, frame, present position: a greedy loop that can give back */
  GIVE: -4,
  /** place of the loop, position, frame, turns left (-1: no limit): a lazy loop that can take more */
  TAKE: -5,
  /** verb, position */
  VERB: -6,
  /** A call begins. */
  CALL: -7,
  /** id: alternatives with THEN begin */
  ALTERNATIVES: -8,
  /** target, position, frame, id */
  ALTERNATIVE: -9,
  /** start of the match before `\K` */
  KEEP: -10,
  /** index, position: what was tried has failed */
  FAILED: -11,
} as const;

/** A call of a group, or of the whole expression. */
interface CallFrame {
  /** Where to go on behind it. */
  readonly target: number;
  readonly parent: number;
  readonly group: number;
  readonly position: number;
  /** The slots as they were before it. */
  readonly slots: Int32Array;
}

/** No place to go on at. */
export const NO_MATCH = -1;
/** The search ends. */
export const STOP = -2;

const MAX_STACK = 1 << 25;
const MAX_FRAMES = 100_000;

// One stack for all searches, which run one after another.
let stack = new Int32Array(WIDTH * 1024);

function grow(): void {
  if (stack.length * 2 > MAX_STACK) throw operationErr('the regular expression needs too much memory for this text');
  const larger = new Int32Array(stack.length * 2);
  larger.set(stack);
  stack = larger;
}

export abstract class Backtracker {
  /** See `RegexProgram.slotCount`; -1 for unset. */
  readonly slots: Int32Array;
  /** Start of the match. */
  start = 0;
  protected readonly program: RegexProgram;
  protected readonly memo: Memo;
  /** Where the machine stands in the text, between instructions that are not in its loop. */
  protected position = 0;
  /** The call that the machine runs for; -1 for none. */
  protected frame = -1;
  protected frames: CallFrame[] = [];
  /** Where the search goes on after it failed at a start: NO_MATCH for the next character, or STOP. */
  protected next: number = NO_MATCH;
  private sp = 0;
  /** The entry of the innermost open lookaround or atomic group; -1 for none. */
  private barrier = -1;
  private marks: { readonly name: number; readonly at: number }[] = [];

  constructor(program: RegexProgram, memo: Memo) {
    this.program = program;
    this.memo = memo;
    this.slots = new Int32Array(program.slotCount);
  }

  /** A greedy loop gives back its last character; the place to go on at. */
  protected abstract give(next: number, least: number, frame: number, end: number): number;
  /** A lazy loop takes one more character; the place to go on at, or NO_MATCH. */
  protected abstract take(pc: number, at: number, frame: number, left: number): number;

  /** Begins anew at a start. */
  protected reset(start: number): void {
    this.slots.fill(-1);
    this.sp = 0;
    this.barrier = -1;
    this.frame = -1;
    if (this.frames.length > 0) this.frames = [];
    if (this.marks.length > 0) this.marks = [];
    this.start = start;
    this.next = NO_MATCH;
  }

  protected push(kind: number, a: number, b: number, c: number, d: number): void {
    let { sp } = this;
    if (sp + WIDTH > stack.length) grow();
    stack[sp++] = kind;
    stack[sp++] = a;
    stack[sp++] = b;
    stack[sp++] = c;
    stack[sp++] = d;
    this.sp = sp;
  }

  /** A place to go on at, should what comes now fail. */
  protected pushChoice(pc: number, at: number): void {
    this.push(pc, at, 0, this.frame, this.frames.length);
  }

  protected setSlot(slot: number, value: number): void {
    const old = this.slots[slot] as number;
    if (old === value) return;
    this.push(Entry.UNDO, slot, old, 0, 0);
    this.slots[slot] = value;
  }

  /** Whether an instruction failed before at a position; if not, that is noted now or when it does. */
  protected hasFailed(index: number, at: number): boolean {
    const { memoCount, lateMemo } = this.program;
    if (this.memo.has(memoCount, index, at)) return true;
    if (lateMemo) this.push(Entry.FAILED, index, at, 0, 0);
    else this.memo.note(memoCount, index, at);
    return false;
  }

  // --- failing ---

  /** Takes entries off the stack up to one to go on at; gives its place and sets the position, or NO_MATCH when there is none left. */
  protected backtrack(): number {
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
      if (pc === STOP) return NO_MATCH;
    }
    return NO_MATCH;
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
        return NO_MATCH;
      case Entry.ALTERNATIVE:
        this.position = b;
        this.frame = c;
        return a;
      case Entry.KEEP:
        this.start = a;
        return NO_MATCH;
      case Entry.FAILED:
        this.memo.note(this.program.memoCount, a, b);
        return NO_MATCH;
      case Entry.VERB:
        return this.failFor(a, b);
      default:
        return NO_MATCH;
    }
  }

  /** The machine came back to a verb: fails what it says. */
  private failFor(verb: number, at: number): number {
    if (verb === Verb.MARK) {
      this.marks.pop();
      return NO_MATCH;
    }
    if (verb === Verb.THEN && this.unwindTo(Entry.ALTERNATIVE, Entry.ALTERNATIVES)) return NO_MATCH;
    // Within a lookaround or a call, only that fails.
    if (this.unwindTo(Entry.LOOK, Entry.CALL)) return NO_MATCH;
    if (verb === Verb.COMMIT) this.next = STOP;
    else if (verb === Verb.SKIP) this.next = at;
    this.sp = 0;
    return STOP;
  }

  /** Takes entries off the stack down to the topmost of two kinds, which stays on it; false, and nothing taken, when there is none. */
  private unwindTo(one: number, other: number): boolean {
    let at = this.sp - WIDTH;
    while (at >= 0 && stack[at] !== one && stack[at] !== other) at -= WIDTH;
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

  // --- lookarounds and atomic groups ---

  protected open(kind: number, target: number): void {
    const base = this.sp;
    this.push(kind, target, this.position, this.frame, this.barrier);
    this.barrier = base;
  }

  /** Drops the choices of an atomic group or lookaround that matched, and keeps what undoes its effects. */
  protected cut(): void {
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

  /** A lookaround matched: the text is where it was before it. */
  protected endLook(target: number, negative: boolean): number {
    this.position = stack[this.barrier + 2] as number;
    this.frame = stack[this.barrier + 3] as number;
    if (negative) this.undoTo(this.barrier);
    else this.cut();
    return target;
  }

  /** The same of one whose choices stay. */
  protected endOpenLook(next: number): number {
    this.position = stack[this.barrier + 2] as number;
    this.barrier = stack[this.barrier + 4] as number;
    return next;
  }

  // --- verbs and calls ---

  protected verb(verb: number, name: number): void {
    const { position } = this;
    if (verb === Verb.MARK) this.marks.push({ name, at: position });
    if (verb !== Verb.SKIP || name < 0) {
      this.push(Entry.VERB, verb, position, this.frame, 0);
      return;
    }
    // With a name, the search goes on where a mark of that name was passed; without such a mark the verb does nothing.
    const { names } = this.program;
    const mark = this.marks.findLast((m) => names[m.name] === names[name]);
    if (mark !== undefined) this.push(Entry.VERB, verb, mark.at, this.frame, 0);
  }

  /** Begins a call; false when the search must fail. */
  protected call(group: number, next: number): boolean {
    for (let f = this.frame; f >= 0; ) {
      const frame = this.frames[f] as CallFrame;
      if (frame.position !== this.position) break;
      // A call that leads to itself without having taken anything would do so forever: the search ends.
      if (frame.group === group) {
        this.next = STOP;
        this.sp = 0;
        return false;
      }
      f = frame.parent;
    }
    this.push(Entry.CALL, 0, 0, 0, 0);
    this.frames.push({ target: next, parent: this.frame, group, position: this.position, slots: this.slots.slice() });
    if (this.frames.length > MAX_FRAMES) throw operationErr('the regular expression recurses too deep');
    this.frame = this.frames.length - 1;
    return true;
  }

  /** The group that the machine runs for; -1 for none. */
  protected calledGroup(): number {
    return this.frame < 0 ? -1 : (this.frames[this.frame] as CallFrame).group;
  }

  /** The end of a call: groups are as they were before it. Gives the place to go on at. */
  protected leave(): number {
    const frame = this.frames[this.frame] as CallFrame;
    for (let slot = 0; slot < frame.slots.length; slot++) this.setSlot(slot, frame.slots[slot] as number);
    this.frame = frame.parent;
    return frame.target;
  }
}
