/** Character classes: `[a-z]`, `[^\d]`, `[[:alpha:]]`. */
import type { CharSet, Node } from './ast.ts';
import { folded, readEscape } from './escapes.ts';
import type { Reader } from './reader.ts';
import { complement, fullSet, inSet, lowSet, namedSet, type Test } from './sets.ts';

const POSIX = /\[:(\^?)([a-z]*):\]/y;
const COLLATING = /\[([.=])[^\]]*\1\]/y;
const POSIX_OUTSIDE = /\[(?::[^\]]*:|([.=])[^\]]*\1)\]/y;

/** One item of a class: a single character, which may begin or end a range, or a set. */
type Item = { readonly code: number } | { readonly set: CharSet };

class ClassBuilder {
  readonly ranges: [number, number][] = [];
  readonly sets: CharSet[] = [];

  build(r: Reader): CharSet {
    const { ranges, sets } = this;
    const plain: Test = (code) => ranges.some(([low, high]) => code >= low && code <= high);
    const set = folded(r, r.settings.utf ? fullSet(plain) : lowSet(plain));
    if (sets.length === 0) return set;
    const test: Test = (code) => inSet(set, code) || sets.some((s) => inSet(s, code));
    return r.settings.utf ? fullSet(test) : lowSet(test);
  }
}

/** Reads a class; the reader stands behind the opening bracket. */
export function readClass(r: Reader): Node {
  const start = r.at - 1;
  const edge = wordEdge(r, start);
  if (edge !== undefined) return edge;
  checkOutside(r, start);
  const negated = r.take('^');
  const builder = new ClassBuilder();
  let first = true;
  let quoting = false;
  for (;;) {
    if (r.atEnd) throw r.error('a class lacks its closing `]`', start);
    if (quoting && r.take('\\E')) {
      quoting = false;
      continue;
    }
    if (!quoting && r.take('\\Q')) {
      quoting = true;
      continue;
    }
    if (!quoting && (r.take('\\E') || (r.flags.extendedMore && (r.take(' ') || r.take('\t'))))) continue;
    if (!quoting && !first && r.take(']')) break;
    first = false;
    quoting = readItem(r, builder, quoting);
  }
  const set = builder.build(r);
  return { kind: 'set', set: negated ? complement(set, r.settings.utf) : set };
}

/** `[[:<:]]` and `[[:>:]]`: the start and the end of a word. */
function wordEdge(r: Reader, start: number): Node | undefined {
  const behind = r.looksAt('[:>:]]');
  if (!behind && !r.looksAt('[:<:]]')) return undefined;
  r.at = start + 7;
  const word: Node = { kind: 'set', set: namedSet('word', r.settings.ucp) as CharSet };
  const look: Node = { kind: 'look', behind, negative: false, atomic: true, alternatives: [word], lengths: behind ? [1] : [] };
  return { kind: 'sequence', items: [{ kind: 'assert', assert: 'word' }, look] };
}

function checkOutside(r: Reader, start: number): void {
  POSIX_OUTSIDE.lastIndex = start;
  if (POSIX_OUTSIDE.test(r.text)) throw r.error('POSIX classes are only supported within a class, as in `[[:alpha:]]`', start);
}

/** Reads one item and, behind a hyphen, the end of its range. Says whether a quote is open. */
function readItem(r: Reader, builder: ClassBuilder, quoting: boolean): boolean {
  const start = r.at;
  const item = readSingle(r, quoting);
  if (item === null) return quoting;
  if ('set' in item) {
    builder.sets.push(item.set);
    if (!quoting && r.peek() === '-' && r.peek(1) !== ']' && r.peek(1) !== '') throw r.error('a range cannot begin with a set', start);
    return quoting;
  }
  let open = quoting;
  if (open && r.looksAt('\\E-')) {
    r.at += 2;
    open = false;
  }
  if (open || r.peek() !== '-' || r.peek(1) === ']' || r.peek(1) === '') {
    builder.ranges.push([item.code, item.code]);
    return open;
  }
  r.at++;
  while (r.take('\\E'));
  if (r.take('\\Q')) open = true;
  if (!open && r.peek() === ']') {
    builder.ranges.push([item.code, item.code], [45, 45]);
    return open;
  }
  const end = readSingle(r, open);
  if (end === null || 'set' in end) throw r.error('a range cannot end with a set', start);
  if (end.code < item.code) throw r.error('a range is out of order', start);
  builder.ranges.push([item.code, end.code]);
  return open;
}

function readSingle(r: Reader, quoting: boolean): Item | null {
  const start = r.at;
  if (!quoting && r.peek() === '[') {
    const posix = r.takeMatch(POSIX);
    if (posix !== null) return { set: posixSet(r, posix[2] as string, posix[1] === '^', start) };
    COLLATING.lastIndex = start;
    if (COLLATING.test(r.text)) throw r.error('POSIX collating elements are not supported', start);
  }
  if (quoting || r.peek() !== '\\') return { code: r.takeCode() };
  r.at++;
  const escaped = readEscape(r, true);
  if (escaped.kind === 'code') return { code: escaped.code };
  return escaped.kind === 'set' ? { set: escaped.set } : null;
}

function posixSet(r: Reader, name: string, negated: boolean, start: number): CharSet {
  const { utf, ucp } = r.settings;
  const either = r.flags.fold && (name === 'upper' || name === 'lower') ? 'alpha' : name;
  const set = namedSet(either, ucp);
  if (set === undefined) throw r.error(`unknown POSIX class \`${name}\``, start);
  return negated ? complement(set, utf) : set;
}
