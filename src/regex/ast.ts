/** The syntax tree of a regular expression. */

/** Which characters: `low` for codes below 256, `high` for those above, which only patterns on characters meet. */
export interface CharSet {
  /** 1 for codes that belong to it. */
  readonly low: Uint8Array;
  /** Null for none. */
  readonly high: ((code: number) => boolean) | null;
}

export type RepeatMode = 'greedy' | 'lazy' | 'possessive';

export type AssertKind =
  /** `^` */
  | 'start'
  /** `^` with flag m */
  | 'line-start'
  /** `$`, `\Z`: at the end or before a line end that is the last thing */
  | 'end'
  /** `$` with flag m */
  | 'line-end'
  /** `\z` */
  | 'very-end'
  /** `\G` */
  | 'search-start'
  /** `\b` */
  | 'word'
  /** `\B` */
  | 'no-word';

export type VerbKind = 'accept' | 'fail' | 'commit' | 'prune' | 'skip' | 'then' | 'mark';

/** What a conditional group asks. */
export type Condition =
  | { readonly kind: 'group'; readonly groups: readonly number[] }
  /** Inside a call of that group; -1 for any call. */
  | { readonly kind: 'call'; readonly groups: readonly number[] }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'look'; readonly look: LookNode };

export interface LookNode {
  readonly kind: 'look';
  readonly behind: boolean;
  readonly negative: boolean;
  /** Whether the ways in which it can match are tried one after another. */
  readonly atomic: boolean;
  /** Alternatives; of a lookbehind, each has the length of `lengths`, in characters. */
  readonly alternatives: readonly Node[];
  readonly lengths: readonly number[];
}

/** A group that captures. Mutable until the parser is done: subroutine calls come before the groups they name. */
export interface GroupNode {
  readonly kind: 'group';
  readonly index: number;
  readonly body: Node;
}

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly body: Node;
  readonly min: number;
  /** Infinity for no limit. */
  readonly max: number;
  readonly mode: RepeatMode;
}

export type Node =
  | { readonly kind: 'empty' }
  /** Bytes; of one character when it stands in a repeat. */
  | { readonly kind: 'chars'; readonly text: string }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'alternatives'; readonly items: readonly Node[] }
  | GroupNode
  | RepeatNode
  | { readonly kind: 'atomic'; readonly body: Node }
  | LookNode
  | { readonly kind: 'assert'; readonly assert: AssertKind }
  /** The text of the first of the groups that is set. */
  | { readonly kind: 'reference'; readonly groups: readonly number[]; readonly fold: boolean }
  /** Calls a group, or the whole expression (0). */
  | { readonly kind: 'call'; readonly group: number }
  | { readonly kind: 'condition'; readonly test: Condition; readonly yes: Node; readonly no: Node }
  /** `\K` */
  | { readonly kind: 'keep' }
  /** `\X` */
  | { readonly kind: 'grapheme' }
  /** `\C` */
  | { readonly kind: 'byte' }
  | { readonly kind: 'verb'; readonly verb: VerbKind; readonly name: string | null };

/** What counts as a line end. */
export type Newline = 'lf' | 'cr' | 'crlf' | 'anycrlf' | 'any' | 'nul';

export interface RegexOptions {
  /** On characters of UTF-8 instead of bytes. */
  readonly utf: boolean;
  /** Whether `\d`, `\w`, `\s`, `\b` and the POSIX classes go by Unicode. */
  readonly ucp: boolean;
  readonly newline: Newline;
  readonly notEmpty: boolean;
  readonly notEmptyAtStart: boolean;
}

export interface RegexTree {
  readonly root: Node;
  readonly groupCount: number;
  readonly options: RegexOptions;
}

export const EMPTY: Node = { kind: 'empty' };
