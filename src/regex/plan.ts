/**
 * Whether JavaScript's own engine may run an expression. It is fast, but nobody can interrupt it, and it tries again and again what failed before. So it
 * only gets what it has all features for, and texts so short that the worst case stays within milliseconds.
 */
import type { Node, RegexTree } from './ast.ts';
import { areDisjoint, type First, firstOf, union } from './first.ts';
import { lengthOf } from './length.ts';

export interface Plan {
  /** The degree of the polynomial that bounds the steps in the length of the text. */
  readonly degree: number;
  readonly factor: number;
  /** Whether groups are told as they should be: JavaScript forgets those of earlier turns of a loop. */
  readonly groups: boolean;
}

/** Steps that may be made without a look at the clock. */
const MAX_STEPS = 4_000_000;

export const isAllowed = ({ degree, factor }: Plan, length: number): boolean => degree <= 1 || factor * length ** degree <= MAX_STEPS;

/** What follows a place of the pattern. */
interface Next extends First {
  /** Whether the rest can fail. */
  readonly canFail: boolean;
}

const NO_BODIES: ReadonlyMap<number, Node> = new Map();
const NEWLINE = new Uint8Array(256);
NEWLINE[10] = 1;

class Planner {
  private readonly utf: boolean;
  degree = 0;
  factor = 1;
  groups = true;
  possible = true;
  /** Whether there is a loop that what follows may send back, though to no effect. */
  private rescans = false;
  private loops = 0;
  private readonly seen = new Set<number>();

  constructor(utf: boolean) {
    this.utf = utf;
  }

  plan(tree: RegexTree): Plan | null {
    const end = this.visit(tree.root, { bytes: new Uint8Array(256), nullable: true, canFail: false });
    if (!this.possible) return null;
    if (this.rescans) this.degree++;
    if (this.degree > 0 && end.canFail && !isAnchored(tree.root)) this.degree++;
    return this.factor > 1000 ? null : { degree: this.degree, factor: this.factor, groups: this.groups };
  }

  private impossible(next: Next): Next {
    this.possible = false;
    return next;
  }

  private visit(node: Node, next: Next): Next {
    switch (node.kind) {
      case 'empty':
        return next;
      case 'chars':
      case 'set':
        return { ...firstOf(node, this.utf), canFail: true };
      case 'byte':
        return { ...firstOf(node, this.utf), canFail: true };
      case 'sequence':
        return node.items.reduceRight((rest: Next, item) => this.visit(item, rest), next);
      case 'group':
        // Groups of one number are one group here, two there.
        if (this.seen.has(node.index) || (this.loops > 0 && !setsItself(node.body))) this.groups = false;
        this.seen.add(node.index);
        return this.visit(node.body, next);
      case 'alternatives':
        return this.alternatives(node.items, next);
      case 'repeat':
        if (node.mode === 'possessive') return this.impossible(next);
        return this.repeat(node.body, node.min, node.max, next);
      case 'assert':
        return this.assert(node.assert, next);
      case 'look':
        return this.look(node, next);
      default:
        return this.impossible(next);
    }
  }

  private alternatives(items: readonly Node[], next: Next): Next {
    const { degree } = this;
    let highest = degree;
    let overlap = false;
    let result: Next | null = null;
    if (this.loops > 0) this.groups = false;
    for (const item of items) {
      this.degree = degree;
      const one = this.visit(item, next);
      highest = Math.max(highest, this.degree);
      if (result === null) result = one;
      else {
        overlap ||= one.nullable || result.nullable || !areDisjoint(one.bytes, result.bytes);
        result = {
          bytes: union(result.bytes, one.bytes),
          nullable: result.nullable || one.nullable,
          canFail: result.canFail && one.canFail,
        };
      }
    }
    this.degree = highest;
    if (overlap && next.canFail) this.factor *= items.length;
    return result as Next;
  }

  private repeat(body: Node, min: number, max: number, next: Next): Next {
    if (max === 0) return next;
    const first = firstOf(body, this.utf);
    // Turns that take nothing end a loop here, there they count as failed.
    if (first.nullable) return this.impossible(next);
    const isSimple = isFixed(body);
    if (!isSimple && max > 1) return this.impossible(next);
    this.loops += max > 1 ? 1 : 0;
    if (min !== max) this.weigh(first.bytes, max - min, next);
    // What is in the body stands before its next turn as well as before what follows the loop.
    const after = { bytes: union(next.bytes, first.bytes), nullable: next.nullable, canFail: true };
    this.visit(body, max === 1 ? next : after);
    this.loops -= max > 1 ? 1 : 0;
    this.factor *= isSimple ? 1 : 2;
    if (min > 0) return { bytes: first.bytes, nullable: false, canFail: true };
    return { bytes: union(first.bytes, next.bytes), nullable: next.nullable, canFail: next.canFail };
  }

  private weigh(bytes: Uint8Array, range: number, next: Next): void {
    if (!next.canFail) return;
    if (!next.nullable && areDisjoint(bytes, next.bytes)) this.rescans = true;
    else if (range > 100) this.degree++;
    else this.factor *= range + 1;
  }

  private assert(kind: string, next: Next): Next {
    if (kind === 'search-start') return this.impossible(next);
    const isEnd = kind === 'end' || kind === 'very-end' || kind === 'line-end';
    return isEnd ? { bytes: NEWLINE, nullable: false, canFail: true } : { ...next, canFail: true };
  }

  private look(node: Extract<Node, { kind: 'look' }>, next: Next): Next {
    if (!node.atomic || (node.behind && node.alternatives.some(hasGroup))) return this.impossible(next);
    if (node.alternatives.some(hasGroup)) this.groups = false;
    const { degree, rescans } = this;
    this.rescans = false;
    const rest: Next = { bytes: new Uint8Array(256).fill(1), nullable: true, canFail: true };
    this.alternatives(node.alternatives, rest);
    // Loops within are run again for each way to get here.
    if (this.rescans || this.degree > degree) this.degree++;
    this.rescans = rescans;
    return { ...next, canFail: true };
  }
}

/** Whether a body has one length and one way to match. */
function isFixed(node: Node): boolean {
  switch (node.kind) {
    case 'chars':
    case 'set':
    case 'byte':
      return true;
    case 'sequence':
      return node.items.every(isFixed);
    case 'group':
      return isFixed(node.body);
    case 'repeat':
      return node.min === node.max && node.max < 100 && isFixed(node.body);
    default:
      return false;
  }
}

/** Whether a group in a loop is set in each turn. */
const setsItself = (body: Node): boolean => lengthOf(body, NO_BODIES, false) >= 0 && isFixed(body);

function hasGroup(node: Node): boolean {
  switch (node.kind) {
    case 'group':
      return true;
    case 'sequence':
    case 'alternatives':
      return node.items.some(hasGroup);
    case 'repeat':
    case 'atomic':
      return hasGroup(node.body);
    case 'look':
      return node.alternatives.some(hasGroup);
    default:
      return false;
  }
}

/** Whether a match can only begin at the start of the text. */
export function isAnchored(node: Node): boolean {
  switch (node.kind) {
    case 'assert':
      return node.assert === 'start';
    case 'sequence':
      return isAnchored(node.items[0] as Node);
    case 'group':
    case 'atomic':
      return isAnchored(node.body);
    case 'alternatives':
      return node.items.every(isAnchored);
    default:
      return false;
  }
}

/** Whether a search takes steps in proportion to the length of the text, without a memory of what failed. */
export function isLinear(tree: RegexTree): boolean {
  const plan = new Planner(tree.options.utf).plan(tree);
  return plan !== null && plan.degree <= 1;
}

/** How JavaScript's engine would do on an expression; null when it must not run it. */
export function planFor(tree: RegexTree): Plan | null {
  const { utf, ucp, newline, notEmpty, notEmptyAtStart } = tree.options;
  if (utf || ucp || newline !== 'lf' || notEmpty || notEmptyAtStart) return null;
  return new Planner(utf).plan(tree);
}
