/** What stands in parentheses. */
import { type Condition, EMPTY, type LookNode, type Node, type VerbKind } from './ast.ts';
import { call, namedCall, namedReference } from './escapes.ts';
import { lengthOf } from './length.ts';
import type { Flags, Reader } from './reader.ts';

/** Reads alternatives up to the closing parenthesis, which it leaves. */
export type ReadAlternatives = (r: Reader, resetNumbers?: boolean) => Node[];

/** What was read: a node, or null for a comment or a change of flags. */
export interface GroupItem {
  readonly node: Node | null;
  readonly repeatable: boolean;
  /** A comment, which does not come between an item and its quantifier. */
  readonly transparent?: boolean;
}

const MAX_DEPTH = 250;

const item = (node: Node): GroupItem => ({ node, repeatable: true });

/** Alternatives as one node; several that are single bytes are a set. */
export function oneOf(items: readonly Node[]): Node {
  if (items.length === 1) return items[0] as Node;
  const low = new Uint8Array(256);
  for (const alternative of items) {
    const code = alternative.kind === 'chars' && alternative.text.length === 1 ? alternative.text.charCodeAt(0) : -1;
    if (code < 0) return { kind: 'alternatives', items };
    low[code] = 1;
  }
  return { kind: 'set', set: { low, high: null } };
}

/** Reads a group; the reader stands behind the opening parenthesis. */
export function readGroup(r: Reader, read: ReadAlternatives): GroupItem {
  const start = r.at - 1;
  if (r.looksAt('*') && r.peek(1) !== ')') return readStar(r, read, start);
  if (!r.take('?')) return item(r.flags.noCapture ? plain(r, read) : capture(r, read));
  const special = readSpecial(r, read, start);
  if (special !== undefined) return special;
  return readFlags(r, read, start);
}

function close(r: Reader): void {
  if (!r.take(')')) throw r.error('a closing parenthesis is missing');
}

/** The alternatives of a group and its end; flags that are set within do not leave it. */
function inside(r: Reader, read: ReadAlternatives, resetNumbers = false): Node[] {
  if (++r.depth > MAX_DEPTH) throw r.error(`parentheses may be nested ${MAX_DEPTH} levels deep, no deeper`);
  const { flags } = r;
  const alternatives = read(r, resetNumbers);
  r.flags = flags;
  r.depth--;
  close(r);
  return alternatives;
}

const plain = (r: Reader, read: ReadAlternatives): Node => oneOf(inside(r, read));

function capture(r: Reader, read: ReadAlternatives, name?: string): Node {
  const index = ++r.groupCount;
  if (name !== undefined) r.addName(name, index);
  const body = oneOf(inside(r, read));
  r.bodies.set(index, body);
  return { kind: 'group', index, body };
}

function look(r: Reader, read: ReadAlternatives, behind: boolean, negative: boolean, atomic = true): Node {
  const start = r.at;
  r.looks++;
  const alternatives = inside(r, read);
  r.looks--;
  const lengths: number[] = [];
  if (behind) r.later.push(() => lengths.push(...alternatives.map((node) => lookbehindLength(r, node, start))));
  return { kind: 'look', behind, negative, atomic, alternatives, lengths };
}

const MAX_BEHIND = 65_535;

function lookbehindLength(r: Reader, node: Node, start: number): number {
  const length = lengthOf(node, r.bodies, r.settings.utf);
  if (length < 0) throw r.error('a lookbehind is not of fixed length', start);
  if (length > MAX_BEHIND) throw r.error('a lookbehind is too long', start);
  return length;
}

function readSpecial(r: Reader, read: ReadAlternatives, start: number): GroupItem | undefined {
  if (r.take(':')) return item(plain(r, read));
  if (r.take('|')) return item(oneOf(inside(r, read, true)));
  if (r.take('>')) return item({ kind: 'atomic', body: plain(r, read) });
  if (r.take('=')) return item(look(r, read, false, false));
  if (r.take('!')) return item(look(r, read, false, true));
  if (r.take('*')) return item(look(r, read, false, false, false));
  if (r.take('<=')) return item(look(r, read, true, false));
  if (r.take('<!')) return item(look(r, read, true, true));
  if (r.take('<*')) return item(look(r, read, true, false, false));
  if (r.take('#')) return comment(r, start);
  if (r.take('(')) return item(readCondition(r, read));
  if (r.take('C')) return callout(r, start);
  if (r.take('<') || r.take('P<')) return item(capture(r, read, r.takeName('>')));
  if (r.take("'")) return item(capture(r, read, r.takeName("'")));
  return readReference(r, start);
}

function comment(r: Reader, start: number): GroupItem {
  const end = r.text.indexOf(')', r.at);
  if (end < 0) throw r.error('a comment lacks its closing parenthesis', start);
  r.at = end + 1;
  return { node: null, repeatable: false, transparent: true };
}

const CALLOUT = /([0-9]*)\)|([`'"^%#$])(?:(?!\2)[\s\S]|\2\2)*\2\)|\{(?:[^}]|\}\})*\}\)/y;

/** A callout does nothing: there is nobody to call. */
function callout(r: Reader, start: number): GroupItem {
  const match = r.takeMatch(CALLOUT);
  if (match === null) throw r.error('a callout takes a number up to 255 or a text', start);
  if (Number(match[1] ?? 0) > 255) throw r.error('the number of a callout may be 255 at most', start);
  return { node: EMPTY, repeatable: false };
}

const CALL_NUMBER = /(?:R|([+-]?)([0-9]+))\)/y;

/** `(?R)`, `(?1)`, `(?&name)`, `(?P>name)`, `(?P=name)`. */
function readReference(r: Reader, start: number): GroupItem | undefined {
  if (r.take('&') || r.take('P>')) return item(namedCall(r, r.takeName(')'), start));
  if (r.take('P=')) return item(namedReference(r, r.takeName(')'), start));
  if (r.looksAt('P') && r.peek(1) !== '') throw r.error('expecting `<`, `=` or `>` behind `(?P`', start);
  const match = r.takeMatch(CALL_NUMBER);
  if (match === null) return undefined;
  return item(match[2] === undefined ? call(r, 0, start) : call(r, r.groupNumber(match[1] as string, match[2], start), start));
}

const FLAG_NAMES: Readonly<Record<string, keyof Flags>> = {
  i: 'fold',
  m: 'lines',
  s: 'dotAll',
  x: 'extended',
  n: 'noCapture',
  U: 'ungreedy',
  J: 'sameNames',
};

/** `(?i)`, which holds up to the end of the group around it, or `(?i:...)`. */
function readFlags(r: Reader, read: ReadAlternatives, start: number): GroupItem {
  const flags: { -readonly [name in keyof Flags]: boolean } = { ...r.flags };
  const reset = r.take('^');
  if (reset) Object.assign(flags, { fold: false, lines: false, dotAll: false, extended: false, extendedMore: false, noCapture: false });
  let value = true;
  for (;;) {
    const char = r.peek();
    if (char === ')' || char === ':') break;
    if (char === '') throw r.error('a closing parenthesis is missing');
    r.at++;
    const name = FLAG_NAMES[char];
    if (char === '-') {
      if (reset || !value) throw r.error('an unexpected hyphen in flags', start);
      value = false;
    } else if (name === undefined) throw r.error(`unknown kind of group \`(?${char}\``, start);
    else {
      flags[name] = value;
      if (char === 'x') flags.extendedMore = value && r.take('x');
    }
  }
  const outer = r.flags;
  r.flags = flags;
  if (r.take(')')) return { node: null, repeatable: false };
  r.at++;
  const node = plain(r, read);
  r.flags = outer;
  return item(node);
}

// --- conditions ---

const GROUP_CONDITION = /([+-]?)([0-9]+)\)/y;
const VERSION_CONDITION = /VERSION(>?)=([0-9]+)(?:\.([0-9]+))?\)/y;
const CALL_CONDITION = /R(?:([0-9]+)|&([A-Za-z_][A-Za-z0-9_]*))?\)/y;
/** What the language is that this speaks. */
const VERSION = 10.42;

/** `(?(test)yes|no)`; the reader stands behind the second parenthesis. */
function readCondition(r: Reader, read: ReadAlternatives): Node {
  const start = r.at - 3;
  const isDefinition = r.take('DEFINE)');
  const test: Condition = isDefinition ? { kind: 'constant', value: false } : readTest(r, read, start);
  const alternatives = inside(r, read);
  if (alternatives.length > (isDefinition ? 1 : 2)) throw r.error('a conditional group has too many alternatives', start);
  return { kind: 'condition', test, yes: alternatives[0] as Node, no: alternatives[1] ?? EMPTY };
}

function readTest(r: Reader, read: ReadAlternatives, start: number): Condition {
  if (r.looksAt('?') || r.looksAt('*')) {
    const found = readGroup(r, read).node;
    if (found === null || found.kind !== 'look') throw r.error('expecting an assertion as condition', start);
    return { kind: 'look', look: found as LookNode };
  }
  const byNumber = r.takeMatch(GROUP_CONDITION);
  if (byNumber !== null) {
    const group = r.groupNumber(byNumber[1] as string, byNumber[2] as string, start);
    if (group === 0) throw r.error('a condition on group 0 is not allowed', start);
    r.mustExist(group, start);
    return { kind: 'group', groups: [group] };
  }
  const version = r.takeMatch(VERSION_CONDITION);
  if (version !== null) {
    const wanted = Number(`${version[2]}.${version[3] ?? '0'}`);
    return { kind: 'constant', value: version[1] === '>' ? VERSION >= wanted : VERSION === wanted };
  }
  return readNamedTest(r, start);
}

function readNamedTest(r: Reader, start: number): Condition {
  const recursion = r.looksAt('R)') && r.names.has('R') ? null : r.takeMatch(CALL_CONDITION);
  if (recursion !== null) {
    const [, number, name] = recursion;
    const groups: number[] = [];
    if (name !== undefined) r.resolveName(name, start, (found) => groups.push(...found));
    else groups.push(number === undefined ? -1 : Number(number));
    if (number !== undefined) r.mustExist(Number(number), start);
    return { kind: 'call', groups };
  }
  const quote = r.take('<') ? '>' : r.take("'") ? "'" : '';
  const name = r.takeName(`${quote})`);
  const groups: number[] = [];
  r.resolveName(name, start, (found) => groups.push(...found));
  return { kind: 'group', groups };
}

// --- verbs ---

const LONG_NAMES: Readonly<Record<string, string>> = {
  positive_lookahead: 'pla',
  negative_lookahead: 'nla',
  positive_lookbehind: 'plb',
  negative_lookbehind: 'nlb',
  non_atomic_positive_lookahead: 'napla',
  non_atomic_positive_lookbehind: 'naplb',
};

const ALPHA_GROUP = /\*([a-z_]+):/y;
const VERB = /\*([A-Z]*)(?::([^)]*))?\)/y;

const VERBS: Readonly<Record<string, VerbKind>> = {
  ACCEPT: 'accept',
  F: 'fail',
  FAIL: 'fail',
  COMMIT: 'commit',
  PRUNE: 'prune',
  SKIP: 'skip',
  THEN: 'then',
  MARK: 'mark',
  '': 'mark',
};

/** `(*pla:...)`, `(*FAIL)`, ... */
function readStar(r: Reader, read: ReadAlternatives, start: number): GroupItem {
  const group = r.takeMatch(ALPHA_GROUP);
  if (group !== null) return item(alphaGroup(r, read, LONG_NAMES[group[1] as string] ?? (group[1] as string), start));
  const match = r.takeMatch(VERB);
  const verb = match === null ? undefined : VERBS[match[1] as string];
  if (match === null || verb === undefined) throw r.error('unknown or malformed `(*...)`', start);
  const name = match[2] === undefined || match[2] === '' ? null : match[2];
  if (verb === 'mark' && name === null) throw r.error('`(*MARK:...)` needs a name', start);
  return { node: { kind: 'verb', verb, name }, repeatable: false };
}

function alphaGroup(r: Reader, read: ReadAlternatives, name: string, start: number): Node {
  switch (name) {
    case 'atomic':
      return { kind: 'atomic', body: plain(r, read) };
    case 'pla':
      return look(r, read, false, false);
    case 'nla':
      return look(r, read, false, true);
    case 'plb':
      return look(r, read, true, false);
    case 'nlb':
      return look(r, read, true, true);
    case 'napla':
      return look(r, read, false, false, false);
    case 'naplb':
      return look(r, read, true, false, false);
    default:
      throw r.error(`\`(*${name}:\` is not supported`, start);
  }
}
