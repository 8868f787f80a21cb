/** Lengths of what can match. */
import type { Node } from './ast.ts';

const MAX_STEPS = 10_000;

/** How many characters a node takes; -1 when that is not fixed. `bodies` are the groups by number. */
export function lengthOf(node: Node, bodies: ReadonlyMap<number, Node>, utf: boolean): number {
  let steps = 0;
  const measure = (n: Node): number => {
    // Calls can go in circles.
    if (++steps > MAX_STEPS) return -1;
    switch (n.kind) {
      case 'chars':
        return utf ? n.text.replace(/[\x80-\xbf]/g, '').length : n.text.length;
      case 'set':
        return 1;
      case 'byte':
        return utf ? -1 : 1;
      case 'empty':
      case 'assert':
      case 'look':
      case 'keep':
      case 'verb':
        return 0;
      case 'sequence':
        return total(n.items.map(measure));
      case 'alternatives':
        return same(n.items.map(measure));
      case 'group':
      case 'atomic':
        return measure(n.body);
      case 'repeat': {
        const length = n.min === n.max ? measure(n.body) : -1;
        return length < 0 ? -1 : length * n.min;
      }
      case 'call':
      case 'reference': {
        const targets = n.kind === 'call' ? [n.group] : n.groups;
        return same(targets.map((group) => (bodies.has(group) ? measure(bodies.get(group) as Node) : -1)));
      }
      case 'condition':
        return same([measure(n.yes), measure(n.no)]);
      case 'grapheme':
        return -1;
    }
  };
  return measure(node);
}

const total = (lengths: readonly number[]): number => (lengths.includes(-1) ? -1 : lengths.reduce((sum, n) => sum + n, 0));
const same = (lengths: readonly number[]): number => (lengths.every((n) => n === lengths[0]) ? (lengths[0] ?? -1) : -1);
