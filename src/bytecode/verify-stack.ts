/**
 * Kinds of what lies on the operand stack, and stacks of kinds. Equal stacks are the same node (each node knows those above it), so that stacks of
 * any height are compared and copied at no cost.
 */

/** What the verifier tells apart. The kinds from ITERATION on hold a lock, but for PLACE and RANGE, which lie above one that does. */
export const Kind = {
  VALUE: 0,
  /** A value known to be a closure; only at the top. */
  CLOSURE: 1,
  /** A value known to be a list that nobody else holds; only at the top. */
  FRESH: 2,
  /** A value known to be an error. */
  ERROR: 3,
  /** The int beyond 64 bit that PLUS refuses; no value. */
  WIDE: 4,
  /** What CALL calls. */
  CALLEE: 5,
  ITERATION: 6,
  /** A thing, locked by LOCK_PROP. */
  THING: 7,
  /** A list or thing, locked by LOCK_INDEX. */
  INDEXED: 8,
  PLACE: 9,
  /** A list, locked by LOCK_SLICE. */
  LIST: 10,
  RANGE: 11,
  /** A type, locked by TYPE_TEST. */
  TYPE: 12,
  /** A name, behind which LOCK_NAME locked what it names. */
  NAMED: 13,
  /** What CALL_METHOD calls; the number of arguments it was resolved for is added. */
  METHOD: 14,
} as const;

const NAMES = [
  'a value',
  'a closure',
  'a list',
  'an error',
  'an int beyond 64 bit',
  'a callee',
  'a loop',
  'a locked thing',
  'a locked value',
  'a place',
  'a locked list',
  'a range',
  'a locked type',
  'the name of something locked',
];

export const kindName = (kind: number): string => NAMES[kind] ?? `a method of ${kind - Kind.METHOD} arguments`;

/** Whether any instruction may take it as an ordinary value. */
export const isValue = (kind: number): boolean => kind <= Kind.ERROR;

export class StackNode {
  readonly kind: number;
  readonly below: StackNode | null;
  readonly height: number;
  /** How many of them are loops. */
  readonly loops: number;
  /** How many plain values end with this one, without one of another kind between, and what lies under them. */
  readonly run: number;
  readonly base: StackNode;
  /** Nearly every node has one above it; the others come in a map. */
  private first: StackNode | null = null;
  private others: Map<number, StackNode> | null = null;

  private constructor(kind: number, below: StackNode | null) {
    this.kind = kind;
    this.below = below;
    this.height = below === null ? 0 : below.height + 1;
    this.loops = below === null ? 0 : below.loops + (kind === Kind.ITERATION ? 1 : 0);
    this.run = kind === Kind.VALUE ? (below as StackNode).run + 1 : 0;
    this.base = kind === Kind.VALUE ? (below as StackNode).base : this;
  }

  /** The stack of a function that begins. */
  static empty(): StackNode {
    return new StackNode(-1, null);
  }

  push(kind: number): StackNode {
    const base = this.kind === Kind.CLOSURE || this.kind === Kind.FRESH ? (this.below as StackNode).child(Kind.VALUE) : this;
    return base.child(kind);
  }

  private child(kind: number): StackNode {
    if (this.first === null) {
      this.first = new StackNode(kind, this);
      return this.first;
    }
    if (this.first.kind === kind) return this.first;
    this.others ??= new Map();
    let node = this.others.get(kind);
    if (node === undefined) {
      node = new StackNode(kind, this);
      this.others.set(kind, node);
    }
    return node;
  }
}

/** What lies under `count` values, in as many steps as there are runs of plain ones; null when one of them is none, or when there are fewer. */
export function underValues(stack: StackNode, count: number): StackNode | null {
  if (count > stack.height) return null;
  let node = stack;
  for (let left = count; left > 0; ) {
    if (node.run > left) {
      // The values wanted are the upper part of a run, as in an argument list that stands in an array.
      for (; left > 0; left--) node = node.below as StackNode;
    } else if (node.run > 0) {
      left -= node.run;
      node = node.base;
    } else {
      if (!isValue(node.kind)) return null;
      left--;
      node = node.below as StackNode;
    }
  }
  return node;
}

/** What both kinds are; -1 when they have nothing in common. */
function join(a: number, b: number): number {
  if (a === b) return a;
  return isValue(a) && isValue(b) ? Kind.VALUE : -1;
}

/** What is known where two ways meet; null when the stacks do not fit. `spend` is told the work, in nodes. */
export function joinStacks(a: StackNode, b: StackNode, spend: (nodes: number) => void): StackNode | null {
  if (a === b) return a;
  if (a.height !== b.height) return null;
  const kinds: number[] = [];
  let x = a;
  let y = b;
  while (x !== y) {
    const kind = join(x.kind, y.kind);
    if (kind < 0) return null;
    kinds.push(kind);
    x = x.below as StackNode;
    y = y.below as StackNode;
  }
  spend(kinds.length);
  for (let i = kinds.length - 1; i >= 0; i--) x = x.push(kinds[i] as number);
  return x;
}
