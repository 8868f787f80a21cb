/**
 * The program of the matching machine. The machine holds a place in the program, a position in the text, and slots (where groups start and end, and
 * where turns of loops began), and a stack of what to try when the way it goes fails.
 *
 * Instructions, with their operands:
 */
import { valueErr } from '../errors.ts';
import type { AssertKind, CharSet, Condition, LookNode, Node, RegexTree, RepeatNode, VerbKind } from './ast.ts';
import { firstOf, isNullable } from './first.ts';
import { isAnchored } from './plan.ts';

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
  /** id, target: as the second target of a SPLIT, for THEN */
  ALTERNATIVE: 30,
  /** Ends a lookaround that may be entered again. */
  END_OPEN_LOOK: 31,
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

export const Verb: Readonly<Record<VerbKind, number>> = { accept: 0, fail: 1, commit: 2, prune: 3, skip: 4, then: 5, mark: 6 };

export const Mode = { GREEDY: 0, LAZY: 1, POSSESSIVE: 2 } as const;

export interface RegexProgram {
  readonly code: Int32Array;
  readonly texts: readonly string[];
  readonly sets: readonly CharSet[];
  /** Sets that characters are looked up in, as bytes. */
  readonly lows: readonly Uint8Array[];
  readonly groupLists: readonly (readonly number[])[];
  /** Slots: two for each group (0: the match), then those of loops. */
  readonly slotCount: number;
  readonly groupCount: number;
  /** How many instructions remember at which positions they failed. */
  readonly memoCount: number;
  /** Bytes with which a match begins; null when it may be empty or begin anyhow. */
  readonly first: Uint8Array | null;
  readonly anchored: boolean;
  readonly tree: RegexTree;
}

const MAX_CODE = 1 << 20;

/** Kinds of nodes after which failures depend on more than place and position: what failed once may succeed later. */
function dependsOnPast(node: Node): boolean {
  switch (node.kind) {
    case 'reference':
    case 'call':
    case 'condition':
    case 'verb':
      return true;
    case 'sequence':
    case 'alternatives':
      return node.items.some(dependsOnPast);
    case 'group':
    case 'atomic':
    case 'repeat':
      return dependsOnPast(node.body);
    case 'look':
      return !node.atomic || node.alternatives.some(dependsOnPast);
    default:
      return false;
  }
}

function hasThen(node: Node): boolean {
  switch (node.kind) {
    case 'verb':
      return node.verb === 'then';
    case 'sequence':
    case 'alternatives':
      return node.items.some(hasThen);
    case 'group':
    case 'atomic':
    case 'repeat':
      return hasThen(node.body);
    default:
      return false;
  }
}

class ProgramBuilder {
  readonly code: number[] = [];
  readonly texts: string[] = [];
  readonly sets: CharSet[] = [];
  readonly groupLists: (readonly number[])[] = [];
  slotCount: number;
  memoCount = 0;
  private readonly utf: boolean;
  private readonly memoizing: boolean;
  /** How many lookarounds and atomic groups are open: what fails in them is remembered in another way, or not at all. */
  private closed = 0;
  private readonly groupStarts = new Map<number, number>();
  private readonly calls: { at: number; group: number }[] = [];
  private readonly called = new Set<number>();
  /** Groups that are open at the place, and marks of lookarounds between them. */
  private readonly open: (number | number[])[] = [];
  private alternativeIds = 0;

  constructor(tree: RegexTree) {
    this.utf = tree.options.utf;
    this.slotCount = 2 * (tree.groupCount + 1);
    this.memoizing = !dependsOnPast(tree.root);
    this.findCalled(tree.root);
  }

  private findCalled(node: Node): void {
    if (node.kind === 'call') this.called.add(node.group);
    else if ('items' in node) node.items.forEach((n) => this.findCalled(n));
    else if ('body' in node) this.findCalled(node.body);
    else if (node.kind === 'look') node.alternatives.forEach((n) => this.findCalled(n));
    else if (node.kind === 'condition') {
      this.findCalled(node.yes);
      this.findCalled(node.no);
      if (node.test.kind === 'look') this.findCalled(node.test.look);
    }
  }

  build(root: Node): void {
    this.groupStarts.set(0, 0);
    this.node(root);
    if (this.called.has(0)) this.emit(Op.RETURN, 0);
    this.emit(Op.MATCH);
    for (const { at, group } of this.calls) this.code[at] = this.groupStarts.get(group) as number;
  }

  private emit(...words: number[]): number {
    const { code } = this;
    const at = code.length;
    for (const word of words) code.push(word);
    if (code.length > MAX_CODE) throw valueErr('cannot compile regular expression: it is too large');
    return at;
  }

  private get here(): number {
    return this.code.length;
  }

  private patch(at: number, target = this.here): void {
    this.code[at] = target;
  }

  private memo(): number {
    return this.memoizing && this.closed === 0 ? this.memoCount++ : -1;
  }

  private list(groups: readonly number[]): number {
    return this.groupLists.push(groups) - 1;
  }

  private node(node: Node): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'chars':
        this.chars(node.text);
        return;
      case 'set':
        this.set(node.set);
        return;
      case 'byte':
        this.emit(Op.BYTE);
        return;
      case 'sequence':
        this.sequence(node.items);
        return;
      case 'alternatives':
        this.alternatives(node.items);
        return;
      case 'group':
        this.group(node.index, node.body);
        return;
      case 'repeat':
        this.repeat(node);
        return;
      case 'atomic':
        this.atomic(() => this.node(node.body));
        return;
      case 'look':
        this.look(node);
        return;
      case 'assert':
        this.emit(Op.ASSERT, Assert[node.assert]);
        return;
      case 'reference':
        this.emit(Op.REFERENCE, this.list(node.groups), node.fold ? 1 : 0);
        return;
      case 'call':
        this.calls.push({ at: this.emit(Op.CALL, 0, node.group) + 1, group: node.group });
        return;
      case 'condition':
        this.condition(node.test, node.yes, node.no);
        return;
      case 'keep':
        this.emit(Op.KEEP);
        return;
      case 'grapheme':
        this.emit(Op.GRAPHEME);
        return;
      case 'verb':
        this.verb(node.verb, node.name);
    }
  }

  private chars(text: string): void {
    if (text.length === 1) this.emit(Op.CHAR, text.charCodeAt(0));
    else this.emit(Op.TEXT, this.texts.push(text) - 1);
  }

  private set(set: CharSet): void {
    this.emit(this.utf ? Op.CHAR_SET : Op.SET, this.sets.push(set) - 1);
  }

  private sequence(items: readonly Node[]): void {
    let text = '';
    for (const item of items) {
      if (item.kind === 'chars') {
        text += item.text;
        continue;
      }
      if (text !== '') this.chars(text);
      text = '';
      this.node(item);
    }
    if (text !== '') this.chars(text);
  }

  private alternatives(items: readonly Node[]): void {
    const id = items.some(hasThen) ? this.alternativeIds++ : -1;
    if (id >= 0) this.emit(Op.ALTERNATIVES, id);
    const ends: number[] = [];
    items.forEach((item, i) => {
      if (i === items.length - 1) {
        this.node(item);
        return;
      }
      const split = id >= 0 ? this.emit(Op.ALTERNATIVE, id, 0) + 2 : this.emit(Op.SPLIT, this.here + 4, 0, this.memo()) + 2;
      this.node(item);
      ends.push(this.emit(Op.JUMP, 0) + 1);
      this.patch(split);
    });
    for (const end of ends) this.patch(end);
  }

  private group(index: number, body: Node): void {
    const called = this.called.has(index);
    if (!this.groupStarts.has(index)) this.groupStarts.set(index, this.here);
    this.emit(Op.SAVE, 2 * index);
    this.open.push(index);
    this.node(body);
    this.open.pop();
    this.emit(Op.SAVE, 2 * index + 1);
    if (called) this.emit(Op.RETURN, index);
  }

  private atomic(body: () => void): void {
    this.emit(Op.ATOMIC);
    this.closed++;
    body();
    this.closed--;
    this.emit(Op.END_ATOMIC);
  }

  private look(node: LookNode): void {
    const open = this.emit(Op.LOOK, -1) + 1;
    this.lookBody(node);
    if (!node.negative) {
      this.emit(node.atomic ? Op.END_LOOK : Op.END_OPEN_LOOK, this.here + 3, 0);
      return;
    }
    this.emit(Op.END_LOOK, -1, 1);
    this.patch(open);
  }

  private lookBody(node: LookNode): void {
    const ends: number[] = [];
    this.open.push(ends);
    this.closed++;
    if (!node.behind) this.alternatives(node.alternatives);
    else {
      const items = node.alternatives.map((alternative, i): Node => {
        const length = node.lengths[i] as number;
        const back: Node = { kind: 'verb', verb: 'mark', name: String(length) };
        return length === 0 ? alternative : { kind: 'sequence', items: [back, alternative] };
      });
      this.backing = true;
      this.alternatives(items);
    }
    this.closed--;
    this.open.pop();
    for (const end of ends) this.patch(end);
  }
}
