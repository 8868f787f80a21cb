/** From the tree to the program of the matching machine. */
import { valueErr } from '../errors.ts';
import type { CharSet, Condition, LookNode, Node, RegexTree, RepeatNode, VerbKind } from './ast.ts';
import { firstOf, isNullable } from './first.ts';
import { isAnchored, isLinear } from './plan.ts';
import { Assert, Mode, Op, type RegexProgram, Verb } from './program.ts';

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

/**
 * Whether what is tried can come up again before it has failed (in a loop whose turns may take nothing), or can fail without that all fails (in a
 * lookaround or an atomic group).
 */
function needsLateMemo(node: Node): boolean {
  switch (node.kind) {
    case 'sequence':
    case 'alternatives':
      return node.items.some(needsLateMemo);
    case 'group':
      return needsLateMemo(node.body);
    case 'repeat':
      return node.mode === 'possessive' || isNullable(node.body) || needsLateMemo(node.body);
    case 'atomic':
    case 'look':
      return true;
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
  readonly names: string[] = [];
  readonly groupLists: (readonly number[])[] = [];
  slotCount: number;
  memoCount = 0;
  private readonly beginSlots: number;
  private readonly utf: boolean;
  private readonly memoizing: boolean;
  private readonly groupStarts = new Map<number, number>([[0, 0]]);
  private readonly calls: { readonly at: number; readonly group: number }[] = [];
  private readonly called = new Set<number>();
  /** Groups that are open at the place, and for each lookaround between them the jumps to its end. */
  private readonly open: (number | number[])[] = [];
  private alternativeIds = 0;

  constructor(tree: RegexTree) {
    this.utf = tree.options.utf;
    this.beginSlots = 2 * (tree.groupCount + 1);
    this.slotCount = 3 * (tree.groupCount + 1);
    this.memoizing = !dependsOnPast(tree.root) && !isLinear(tree);
    this.findCalled(tree.root);
  }

  private findCalled(node: Node): void {
    if (node.kind === 'call') this.called.add(node.group);
    else if (node.kind === 'look') for (const n of node.alternatives) this.findCalled(n);
    else if (node.kind === 'condition') {
      this.findCalled(node.yes);
      this.findCalled(node.no);
      if (node.test.kind === 'look') this.findCalled(node.test.look);
    } else if ('items' in node) for (const n of node.items) this.findCalled(n);
    else if ('body' in node) this.findCalled(node.body);
  }

  build(root: Node): void {
    this.node(root);
    if (this.called.has(0)) this.emit(Op.RETURN, 0);
    this.emit(Op.MATCH);
    for (const { at, group } of this.calls) this.patch(at, this.groupStarts.get(group));
  }

  private emit(...words: number[]): number {
    const { code } = this;
    const at = code.length;
    for (const word of words) code.push(word);
    if (code.length > MAX_CODE) throw valueErr('cannot compile regular expression: it is too large');
    return at;
  }

  private patch(at: number, target = this.code.length): void {
    this.code[at] = target;
  }

  private memo(): number {
    return this.memoizing ? this.memoCount++ : -1;
  }

  private node(node: Node): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'chars':
        this.chars(node.text);
        return;
      case 'set':
        this.emit(this.utf ? Op.CHAR_SET : Op.SET, this.sets.push(node.set) - 1);
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
      case 'condition':
        this.condition(node.test, node.yes, node.no);
        return;
      case 'verb':
        this.verb(node.verb, node.name);
        return;
      default:
        this.simple(node);
    }
  }

  private simple(node: Extract<Node, { kind: 'assert' | 'reference' | 'call' | 'keep' | 'grapheme' }>): void {
    switch (node.kind) {
      case 'assert':
        this.emit(Op.ASSERT, Assert[node.assert]);
        return;
      case 'reference':
        this.emit(Op.REFERENCE, this.groupLists.push(node.groups) - 1, node.fold ? 1 : 0);
        return;
      case 'call':
        this.calls.push({ at: this.emit(Op.CALL, 0, node.group) + 1, group: node.group });
        return;
      case 'keep':
        this.emit(Op.KEEP);
        return;
      case 'grapheme':
        this.emit(Op.GRAPHEME);
    }
  }

  private chars(text: string): void {
    if (text.length === 1) this.emit(Op.CHAR, text.charCodeAt(0));
    else this.emit(Op.TEXT, this.texts.push(text) - 1);
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

  /** `lengths`, of a lookbehind, are how far to go back before each. */
  private alternatives(items: readonly Node[], lengths: readonly number[] = []): void {
    const id = items.some(hasThen) ? this.alternativeIds++ : -1;
    if (id >= 0) this.emit(Op.ALTERNATIVES, id);
    const ends: number[] = [];
    items.forEach((item, i) => {
      const isLast = i === items.length - 1;
      const split = isLast ? -1 : id >= 0 ? this.emit(Op.ALTERNATIVE, id, 0) : this.emit(Op.SPLIT, this.code.length + 4, 0, this.memo());
      const length = lengths[i] ?? 0;
      if (length > 0) this.emit(Op.BACK, length);
      this.node(item);
      if (isLast) return;
      ends.push(this.emit(Op.JUMP, 0) + 1);
      this.patch(split + 2);
    });
    for (const end of ends) this.patch(end);
  }

  private group(index: number, body: Node): void {
    if (!this.groupStarts.has(index)) this.groupStarts.set(index, this.code.length);
    this.emit(Op.SAVE, this.beginSlots + index);
    this.open.push(index);
    this.node(body);
    this.open.pop();
    this.emit(Op.CLOSE, index, this.beginSlots + index);
    if (this.called.has(index)) this.emit(Op.RETURN, index);
  }

  private atomic(body: () => void): void {
    this.emit(Op.ATOMIC);
    body();
    this.emit(Op.END_ATOMIC);
  }

  /** Opens a lookaround and writes its body; gives where its fail target stands. */
  private lookBody(node: LookNode): number {
    const target = this.emit(Op.LOOK, -1) + 1;
    const ends: number[] = [];
    this.open.push(ends);
    this.alternatives(node.alternatives, node.lengths);
    this.open.pop();
    for (const end of ends) this.patch(end);
    return target;
  }

  private look(node: LookNode): void {
    const target = this.lookBody(node);
    if (node.negative) {
      this.emit(Op.END_LOOK, -1, 1);
      this.patch(target);
    } else if (node.atomic) this.emit(Op.END_LOOK, this.code.length + 3, 0);
    else this.emit(Op.END_OPEN_LOOK);
  }

  private condition(test: Condition, yes: Node, no: Node): void {
    let otherwise: number;
    switch (test.kind) {
      case 'group':
      case 'call':
        otherwise = this.emit(test.kind === 'group' ? Op.IF_GROUP : Op.IF_CALL, this.groupLists.push(test.groups) - 1, 0) + 2;
        break;
      case 'constant':
        // The other side is there for the calls of its groups.
        otherwise = test.value ? -1 : this.emit(Op.JUMP, 0) + 1;
        break;
      case 'look': {
        const target = this.lookBody(test.look);
        if (test.look.negative) {
          otherwise = this.emit(Op.END_LOOK, 0, 1) + 1;
          this.patch(target);
        } else {
          this.emit(Op.END_LOOK, this.code.length + 3, 0);
          otherwise = target;
        }
      }
    }
    this.node(yes);
    const end = this.emit(Op.JUMP, 0) + 1;
    if (otherwise >= 0) this.patch(otherwise);
    this.node(no);
    this.patch(end);
  }

  private verb(verb: VerbKind, name: string | null): void {
    if (verb === 'fail') this.emit(Op.FAIL);
    else if (verb !== 'accept')
      this.emit(Op.VERB, Verb[verb.toUpperCase() as keyof typeof Verb], name === null ? -1 : this.names.push(name) - 1);
    else {
      for (const open of [...this.open].reverse()) {
        if (typeof open === 'number') this.emit(Op.CLOSE, open, this.beginSlots + open);
        else {
          open.push(this.emit(Op.JUMP, 0) + 1);
          return;
        }
      }
      this.emit(Op.ACCEPT);
    }
  }

  // --- loops ---

  /** The set of a node that is a single byte, or a single character of a pattern on characters. */
  private singleSet(node: Node): CharSet | null {
    if (node.kind === 'set') return node.set;
    if (node.kind === 'byte' && !this.utf) return { low: new Uint8Array(256).fill(1), high: null };
    if (node.kind !== 'chars' || node.text.length !== 1) return null;
    const low = new Uint8Array(256);
    low[node.text.charCodeAt(0)] = 1;
    return { low, high: null };
  }

  private repeat(node: RepeatNode): void {
    const { body, min, max, mode } = node;
    if (max === 0) {
      // Nothing but the target of calls.
      const skip = this.emit(Op.JUMP, 0) + 1;
      this.node(body);
      this.patch(skip);
      return;
    }
    const set = this.singleSet(body);
    const unbounded = max === Number.POSITIVE_INFINITY;
    const stepwise = this.memoizing && unbounded && mode !== 'possessive';
    if (set !== null && !stepwise) {
      const kind = mode === 'greedy' ? Mode.GREEDY : mode === 'lazy' ? Mode.LAZY : Mode.POSSESSIVE;
      this.emit(this.utf ? Op.REPEAT_CHAR_SET : Op.REPEAT_SET, this.sets.push(set) - 1, min, unbounded ? -1 : max, kind, this.memo());
    } else if (mode === 'possessive') this.atomic(() => this.repeat({ ...node, mode: 'greedy' }));
    else this.loop(body, min, max, mode === 'lazy');
  }

  private loop(body: Node, min: number, max: number, lazy: boolean): void {
    const unbounded = max === Number.POSITIVE_INFINITY;
    for (let i = unbounded ? 1 : 0; i < min; i++) this.node(body);
    if (!unbounded) {
      this.optional(body, max - min, lazy);
      return;
    }
    const slot = isNullable(body) ? this.slotCount++ : -1;
    const enter = min === 0 ? this.split(lazy) : -1;
    const start = this.code.length;
    if (slot >= 0) this.emit(Op.TURN, slot);
    this.node(body);
    const test = slot >= 0 ? this.emit(Op.TURN_TEST, slot, 0) : -1;
    const again = this.split(lazy);
    this.patch(again + (lazy ? 2 : 1), start);
    this.patch(again + (lazy ? 1 : 2));
    if (test >= 0) this.patch(test + 2);
    if (enter >= 0) this.patch(enter + (lazy ? 1 : 2));
  }

  /** A choice between what follows at once, which a greedy one takes first, and a place that is still to be patched in. */
  private split(lazy: boolean): number {
    const at = this.emit(Op.SPLIT, 0, 0, this.memo());
    this.patch(at + (lazy ? 2 : 1));
    return at;
  }

  private optional(body: Node, count: number, lazy: boolean): void {
    const splits: number[] = [];
    for (let i = 0; i < count; i++) {
      splits.push(this.split(lazy));
      this.node(body);
    }
    for (const at of splits) this.patch(at + (lazy ? 1 : 2));
  }
}

/** Compiles the tree of an expression. Throws TiError (-60) when it is too large. */
export function compileTree(tree: RegexTree): RegexProgram {
  const builder = new ProgramBuilder(tree);
  builder.build(tree.root);
  const first = firstOf(tree.root, tree.options.utf);
  return {
    code: Int32Array.from(builder.code),
    texts: builder.texts,
    names: builder.names,
    sets: builder.sets,
    groupLists: builder.groupLists,
    slotCount: builder.slotCount,
    groupCount: tree.groupCount,
    memoCount: builder.memoCount,
    lateMemo: needsLateMemo(tree.root),
    first: first.nullable ? null : first.bytes,
    anchored: isAnchored(tree.root),
    options: tree.options,
  };
}
