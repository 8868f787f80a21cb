/** A text that is being edited, with its cursor. Offsets are code units, always between two characters as people count them. */
import { graphemes } from './columns.ts';

interface State {
  readonly text: string;
  readonly cursor: number;
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{M}\p{N}_]/u.test(char);

const MOST_STATES = 500;

export class TextBuffer {
  private value = '';
  private place = 0;
  private undone: State[] = [];
  private redone: State[] = [];
  /** Whether the last edit was one that the next may join: letters that are typed are taken back together. */
  private isTyping = false;
  private killed = '';
  /** Where the cursor wants to be when it moves through lines; null when it is where it wants to be. */
  private wanted: number | null = null;

  get text(): string {
    return this.value;
  }

  get cursor(): number {
    return this.place;
  }

  /** Another text, which is no edit that can be taken back. */
  reset(text = '', cursor = text.length): void {
    this.value = text;
    this.place = cursor;
    this.undone = [];
    this.redone = [];
    this.isTyping = false;
    this.wanted = null;
  }

  // --- edits ---

  /** Puts text at the cursor; what is `typed` letter by letter is one edit up to the next blank. */
  insert(text: string, typed = false): void {
    this.edit(this.place, this.place, text, typed && text.trim() !== '');
  }

  /** Puts text in the place of what lies between two offsets; the cursor goes behind it. */
  replace(start: number, end: number, text: string): void {
    this.edit(start, end, text, false);
  }

  deleteBefore(): void {
    this.edit(this.before(), this.place, '', false);
  }

  deleteAfter(): void {
    this.edit(this.place, this.after(), '', false);
  }

  /** Removes what lies between the cursor and an offset, and keeps it for `yank`. */
  private kill(to: number): void {
    const [start, end] = to < this.place ? [to, this.place] : [this.place, to];
    if (start === end) return;
    this.killed = this.value.slice(start, end);
    this.edit(start, end, '', false);
  }

  killToLineEnd(): void {
    const end = this.lineEnd();
    this.kill(end === this.place && end < this.value.length ? end + 1 : end);
  }

  killToLineStart(): void {
    this.kill(this.lineStart());
  }

  killWordBefore(): void {
    this.kill(this.wordBefore());
  }

  killWordAfter(): void {
    this.kill(this.wordAfter());
  }

  yank(): void {
    if (this.killed !== '') this.insert(this.killed);
  }

  /** Swaps the characters around the cursor. */
  transpose(): void {
    const at = this.place === this.lineEnd() ? this.before() : this.place;
    const start = this.before(at);
    const end = this.after(at);
    if (start < this.lineStart() || start === at || end === at) return;
    this.edit(start, end, this.value.slice(at, end) + this.value.slice(start, at), false);
  }

  undo(): void {
    this.restore(this.undone, this.redone);
  }

  redo(): void {
    this.restore(this.redone, this.undone);
  }

  private restore(from: State[], to: State[]): void {
    const state = from.pop();
    if (state === undefined) return;
    to.push({ text: this.value, cursor: this.place });
    this.value = state.text;
    this.place = state.cursor;
    this.isTyping = false;
    this.wanted = null;
  }

  private edit(start: number, end: number, text: string, isTyping: boolean): void {
    if (start === end && text === '') return;
    if (!(isTyping && this.isTyping)) {
      this.undone.push({ text: this.value, cursor: this.place });
      if (this.undone.length > MOST_STATES) this.undone.shift();
    }
    this.redone = [];
    this.isTyping = isTyping;
    this.value = this.value.slice(0, start) + text + this.value.slice(end);
    this.place = start + text.length;
    this.wanted = null;
  }

  // --- moves ---

  private go(to: number): void {
    this.place = to;
    this.isTyping = false;
    this.wanted = null;
  }

  left(): void {
    this.go(this.before());
  }

  right(): void {
    this.go(this.after());
  }

  toWordBefore(): void {
    this.go(this.wordBefore());
  }

  toWordAfter(): void {
    this.go(this.wordAfter());
  }

  toLineStart(): void {
    this.go(this.lineStart());
  }

  toLineEnd(): void {
    this.go(this.lineEnd());
  }

  toStart(): void {
    this.go(0);
  }

  toEnd(): void {
    this.go(this.value.length);
  }

  /** Moves to the line above; false when there is none. */
  up(): boolean {
    const start = this.lineStart();
    if (start === 0) return false;
    this.toColumn(this.lineStart(start - 1));
    return true;
  }

  /** Moves to the line below; false when there is none. */
  down(): boolean {
    const end = this.lineEnd();
    if (end === this.value.length) return false;
    this.toColumn(end + 1);
    return true;
  }

  /** Moves to the line that starts at `line`, as far into it as the cursor was, or wanted to be, in its own. */
  private toColumn(line: number): void {
    const wanted = this.wanted ?? graphemes(this.value.slice(this.lineStart(), this.place)).length;
    const chars = graphemes(this.value.slice(line, this.lineEnd(line)));
    this.go(line + chars.slice(0, wanted).join('').length);
    this.wanted = wanted;
  }

  // --- places ---

  private before(from = this.place): number {
    if (from === 0) return 0;
    const start = this.lineStart(from);
    if (start === from) return from - 1;
    return from - (graphemes(this.value.slice(start, from)).at(-1)?.length ?? 0);
  }

  private after(from = this.place): number {
    if (from === this.value.length) return from;
    const end = this.lineEnd(from);
    if (end === from) return from + 1;
    return from + (graphemes(this.value.slice(from, end))[0]?.length ?? 0);
  }

  lineStart(from = this.place): number {
    return from === 0 ? 0 : this.value.lastIndexOf('\n', from - 1) + 1;
  }

  lineEnd(from = this.place): number {
    const end = this.value.indexOf('\n', from);
    return end < 0 ? this.value.length : end;
  }

  private wordBefore(): number {
    let at = this.place;
    while (at > 0 && !isWord(this.value[at - 1])) at--;
    while (at > 0 && isWord(this.value[at - 1])) at--;
    return at;
  }

  private wordAfter(): number {
    let at = this.place;
    while (at < this.value.length && !isWord(this.value[at])) at++;
    while (at < this.value.length && isWord(this.value[at])) at++;
    return at;
  }
}
