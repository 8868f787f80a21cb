/** What the parts of the parser share: the text of the pattern, the place in it, the flags in force, and the groups so far. */
import { type TiError, valueErr } from '../errors.ts';
import { codePointAt, encodeCodePoint, widthOf } from '../utf8.ts';
import type { Newline, Node } from './ast.ts';
import { caseVariants, fullSet, lowSet } from './sets.ts';

/** The flags that `(?i)` and the like set. */
export interface Flags {
  /** i */
  readonly fold: boolean;
  /** m */
  readonly lines: boolean;
  /** s */
  readonly dotAll: boolean;
  /** x */
  readonly extended: boolean;
  /** xx */
  readonly extendedMore: boolean;
  /** n */
  readonly noCapture: boolean;
  /** U */
  readonly ungreedy: boolean;
  /** J */
  readonly sameNames: boolean;
}

/** Options of the whole pattern, as verbs at its start set them. */
export interface Settings {
  utf: boolean;
  ucp: boolean;
  newline: Newline;
  /** Whether `\R` is CR, LF and CRLF only. */
  shortNewlines: boolean;
  notEmpty: boolean;
  notEmptyAtStart: boolean;
}

const MAX_SHOWN = 60;

export class Reader {
  readonly text: string;
  at = 0;
  flags: Flags;
  readonly settings: Settings = { utf: false, ucp: false, newline: 'lf', shortNewlines: false, notEmpty: false, notEmptyAtStart: false };
  groupCount = 0;
  readonly names = new Map<string, number[]>();
  readonly nameOf = new Map<number, string>();
  /** Bodies of the groups, for the lengths of lookbehinds. */
  readonly bodies = new Map<number, Node>();
  /** What can only be done when all groups are known. */
  readonly later: (() => void)[] = [];
  depth = 0;
  /** How many lookarounds are open. */
  looks = 0;
  private readonly shownFlags: string;

  constructor(text: string, flags: Flags, shownFlags: string) {
    this.text = text;
    this.flags = flags;
    this.shownFlags = shownFlags;
  }

  error(reason: string, at = this.at): TiError {
    const shown = this.text.length > MAX_SHOWN ? `${this.text.slice(0, MAX_SHOWN)}...` : this.text;
    return valueErr(`cannot compile regular expression \`/${shown}/${this.shownFlags}\`: ${reason} (at position ${at})`);
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The byte at the place; an empty text at the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  looksAt(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  take(text: string): boolean {
    if (!this.looksAt(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Takes what a sticky expression matches; null, and nothing taken, when it does not. */
  takeMatch(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.text);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  /** Takes one character and gives its code. */
  takeCode(): number {
    const byte = this.text.charCodeAt(this.at);
    if (!this.settings.utf || byte < 0x80) {
      this.at++;
      return byte;
    }
    const code = codePointAt(this.text, this.at);
    this.at += widthOf(byte);
    return code;
  }

  /** A literal character under the flags in force. */
  literal(code: number): Node {
    const { utf } = this.settings;
    const variants = this.flags.fold ? caseVariants(code, utf) : null;
    if (variants === null || variants.length < 2) return { kind: 'chars', text: utf ? encodeCodePoint(code) : String.fromCharCode(code) };
    const test = (c: number): boolean => variants.includes(c);
    return { kind: 'set', set: utf ? fullSet(test) : lowSet(test) };
  }

  /** The number of a group as it is written: absolute, or counted from here with a sign. Throws when there can be none. */
  groupNumber(sign: string, digits: string, at: number): number {
    const n = Number(digits);
    if (n > 65_535) throw this.error('the number of the group is too large', at);
    if (sign === '') return n;
    const group = sign === '-' ? this.groupCount - n + 1 : this.groupCount + n;
    if (n === 0) throw this.error('a relative reference must not be zero', at);
    if (group <= 0) throw this.error('reference to a group that does not exist', at);
    return group;
  }

  /** Throws, when the whole pattern is read, unless there is a group of that number. */
  mustExist(group: number, at: number): void {
    this.later.push(() => {
      if (group > this.groupCount) throw this.error(`reference to group ${group}, which does not exist`, at);
    });
  }

  /** Calls `found` with the groups of a name, when the whole pattern is read. */
  resolveName(name: string, at: number, found: (groups: readonly number[]) => void): void {
    this.later.push(() => {
      const groups = this.names.get(name);
      if (groups === undefined) throw this.error(`reference to group \`${name}\`, which does not exist`, at);
      found(groups);
    });
  }

  private static readonly NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

  /** Takes a name and what ends it. */
  takeName(end: string): string {
    const start = this.at;
    const match = this.takeMatch(Reader.NAME);
    if (match === null) {
      const isDigit = /[0-9]/.test(this.peek());
      throw this.error(isDigit ? 'the name of a group must not start with a digit' : 'the name of a group is expected', start);
    }
    if (match[0].length > 32) throw this.error('the name of a group may have 32 characters at most', start);
    if (!this.take(end)) throw this.error(`expecting \`${end}\` behind the name of a group`);
    return match[0];
  }

  addName(name: string, group: number): void {
    const owner = this.nameOf.get(group);
    if (owner !== undefined && owner !== name) throw this.error('groups of the same number must not have different names');
    const groups = this.names.get(name);
    if (groups === undefined) this.names.set(name, [group]);
    else if (!groups.includes(group)) {
      if (!this.flags.sameNames) throw this.error(`two groups have the name \`${name}\``);
      groups.push(group);
    }
    this.nameOf.set(group, name);
  }
}
