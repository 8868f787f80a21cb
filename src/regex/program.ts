/**
 * The program of the matching machine. The machine holds a place in the program, a position in the text, and slots (where groups start and end, and
 * where turns of loops began), and a stack of what to try when the way it goes fails.
 *
 * Instructions, with their operands:
 */
import type { AssertKind, CharSet, RegexOptions } from './ast.ts';

export const Op = {
  /** Success. */
  MATCH: 0,
  /** byte: goes on behind it */
  CHAR: 1,
  /** text: goes on behind it */
  TEXT: 2,
  /** set: of bytes */
  SET: 3,
  /** set: of characters */
  CHAR_SET: 4,
  /** any byte */
  BYTE: 5,
  /** first, second, memo: goes to the first, and if that fails to the second */
  SPLIT: 6,
  /** target */
  JUMP: 7,
  /** slot: notes the position */
  SAVE: 8,
  /** kind */
  ASSERT: 9,
  /** set, min, max (-1: none), mode, memo: a loop over a set of bytes */
  REPEAT_SET: 10,
  /** set, min, max, mode, memo: over a set of characters */
  REPEAT_CHAR_SET: 11,
  /** groups, fold: what a group holds */
  REFERENCE: 12,
  /** target, group */
  CALL: 13,
  /** group: back to the call, when this runs for one */
  RETURN: 14,
  /** fail target (-1: fails): opens a lookaround; if it fails, goes on there */
  LOOK: 15,
  /** target (-1: fails), negative: the lookaround matched */
  END_LOOK: 16,
  /** opens an atomic group */
  ATOMIC: 17,
  END_ATOMIC: 18,
  /** characters: goes back in the text */
  BACK: 19,
  /** slot: notes where a turn of a loop began */
  TURN: 20,
  /** slot, exit: leaves the loop when its turn took nothing */
  TURN_TEST: 21,
  /** groups, else target */
  IF_GROUP: 22,
  /** groups, else target */
  IF_CALL: 23,
  /** the match begins here */
  KEEP: 24,
  GRAPHEME: 25,
  FAIL: 26,
  /** ends the match, or the call that this runs for */
  ACCEPT: 27,
  /** verb, name: fails for good when the machine comes back here */
  VERB: 28,
  /** id: where alternatives with THEN in them begin */
  ALTERNATIVES: 29,
  /** id, target: as SPLIT, with what follows first; THEN leads to the target */
  ALTERNATIVE: 30,
  /** Ends a lookaround that may be entered again. */
  END_OPEN_LOOK: 31,
  /** group, slot: the group ends here, and began where the slot says */
  CLOSE: 32,
} as const;

export const Assert: Readonly<Record<AssertKind, number>> = {
  start: 0,
  'line-start': 1,
  end: 2,
  'line-end': 3,
  'very-end': 4,
  'search-start': 5,
  word: 6,
  'no-word': 7,
};

export const Verb = { COMMIT: 0, PRUNE: 1, SKIP: 2, THEN: 3, MARK: 4 } as const;

export const Mode = { GREEDY: 0, LAZY: 1, POSSESSIVE: 2 } as const;

export interface RegexProgram {
  readonly code: Int32Array;
  readonly texts: readonly string[];
  readonly names: readonly string[];
  readonly sets: readonly CharSet[];
  readonly groupLists: readonly (readonly number[])[];
  /** Slots: two for each group (0: the match), one more for where a group that is open began, then those of loops. */
  readonly slotCount: number;
  readonly groupCount: number;
  /** How many instructions remember at which positions they failed. */
  readonly memoCount: number;
  /** Whether they are noted when they have failed, not already when they are tried. */
  readonly lateMemo: boolean;
  /** Bytes with which a match begins; null when it may be empty or begin anyhow. */
  readonly first: Uint8Array | null;
  readonly anchored: boolean;
  readonly options: RegexOptions;
}
