/** What follows a backslash. */
import type { CharSet, Node } from './ast.ts';
import type { Reader } from './reader.ts';
import { complement, foldSet, fullSet, isHorizontal, isVertical, lowSet, namedSet, propertyTest } from './sets.ts';

export type Escape =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'set'; readonly set: CharSet }
  /** Only outside of classes. */
  | { readonly kind: 'node'; readonly node: Node; readonly repeatable: boolean }
  /** `\Q`, which quotes up to `\E`. */
  | { readonly kind: 'quote' }
  /** `\E` without a quote. */
  | { readonly kind: 'nothing' };

const CONTROLS: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

/** Reads an escape; the reader stands behind the backslash. */
export function readEscape(r: Reader, inClass: boolean): Escape {
  const start = r.at - 1;
  if (r.atEnd) throw r.error('a backslash at the end', start);
  const char = r.peek();
  if (!/[A-Za-z0-9]/.test(char)) return { kind: 'code', code: r.takeCode() };
  r.at++;
  if (char >= '0' && char <= '9') return readDigits(r, char, inClass, start);
  const control = CONTROLS[char];
  if (control !== undefined) return { kind: 'code', code: control };
  return readSet(r, char) ?? readCode(r, char, start) ?? (inClass ? classEscape(r, char, start) : readOther(r, char, start));
}

function readSet(r: Reader, char: string): Escape | undefined {
  const { utf, ucp } = r.settings;
  const lower = char.toLowerCase();
  let set: CharSet | undefined;
  if (lower === 'd') set = namedSet('digit', ucp);
  else if (lower === 's') set = namedSet('space', ucp);
  else if (lower === 'w') set = namedSet('word', ucp);
  else if (lower === 'h') set = fullSet(isHorizontal);
  else if (lower === 'v') set = fullSet(isVertical);
  else if (lower === 'p') return { kind: 'set', set: readProperty(r, char === 'P') };
  if (set === undefined) return undefined;
  return { kind: 'set', set: char === lower ? set : complement(set, utf) };
}

const PROPERTY = /\{\s*(\^?)([^}\\]+)\}|([A-Za-z])/y;

function readProperty(r: Reader, negated: boolean): CharSet {
  const start = r.at - 2;
  const match = r.takeMatch(PROPERTY);
  if (match === null) throw r.error('expecting the name of a Unicode property behind `\\p`', start);
  const name = (match[3] ?? match[2] ?? '').trim();
  const test = propertyTest(name);
  if (test === undefined) throw r.error(`unknown Unicode property \`${name}\``, start);
  const set = fullSet(test);
  return negated === (match[1] === '^') ? set : complement(set, r.settings.utf);
}

function checkCode(r: Reader, code: number, start: number): Escape {
  const { utf } = r.settings;
  if (code > (utf ? 0x10ffff : 0xff)) throw r.error('the code of the character is too large', start);
  if (utf && code >= 0xd800 && code < 0xe000) throw r.error('surrogates are no characters', start);
  return { kind: 'code', code };
}

const HEX = /\{([^}]*)\}|([0-9a-fA-F]{0,2})/y;

function readCode(r: Reader, char: string, start: number): Escape | undefined {
  if (char === 'x') {
    const match = r.takeMatch(HEX) as RegExpExecArray;
    const digits = match[1] ?? (match[2] === '' ? '0' : (match[2] as string));
    if (!/^[0-9a-fA-F]+$/.test(digits)) throw r.error('expecting hexadecimal digits in `\\x{}`', start);
    return checkCode(r, Number.parseInt(digits, 16), start);
  }
  if (char === 'o') {
    const match = r.takeMatch(/\{([0-7]+)\}/y);
    if (match === null) throw r.error('expecting octal digits in braces behind `\\o`', start);
    return checkCode(r, Number.parseInt(match[1] as string, 8), start);
  }
  if (char === 'c') {
    const code = r.text.charCodeAt(r.at);
    if (Number.isNaN(code)) throw r.error('`\\c` at the end', start);
    if (code < 32 || code > 126) throw r.error('expecting a printable ASCII character behind `\\c`', start);
    r.at++;
    return { kind: 'code', code: String.fromCharCode(code).toUpperCase().charCodeAt(0) ^ 0x40 };
  }
  if (char === 'N' && r.looksAt('{')) return readNamed(r, start);
  if (char === 'Q') return { kind: 'quote' };
  return char === 'E' ? { kind: 'nothing' } : undefined;
}

/** `\N{U+41}`; a quantifier such as `\N{3}` is none. */
function readNamed(r: Reader, start: number): Escape | undefined {
  if (/\{[0-9]+(?:,[0-9]*)?\}/y.test(r.text.slice(r.at))) return undefined;
  const match = r.takeMatch(/\{U\+([0-9a-fA-F]+)\}/y);
  if (match === null) throw r.error('names of characters are not supported', start);
  if (!r.settings.utf) throw r.error('`\\N{U+...}` needs `(*UTF)` at the start', start);
  return checkCode(r, Number.parseInt(match[1] as string, 16), start);
}

function readDigits(r: Reader, first: string, inClass: boolean, start: number): Escape {
  if (!inClass && first !== '0') {
    const digits = first + ((r.takeMatch(/[0-9]*/y) as RegExpExecArray)[0] ?? '');
    const group = Number(digits);
    if (group < 10 || first >= '8' || group <= r.groupCount) return { kind: 'node', node: reference(r, group, start), repeatable: true };
    r.at = start + 2;
  }
  if (first >= '8') return { kind: 'code', code: first.charCodeAt(0) };
  const more = (r.takeMatch(/[0-7]{0,2}/y) as RegExpExecArray)[0];
  return checkCode(r, Number.parseInt(first + more, 8), start);
}

function classEscape(r: Reader, char: string, start: number): Escape {
  if (char === 'b') return { kind: 'code', code: 8 };
  if (char === 'N') throw r.error('`\\N` is not supported in a class', start);
  if ('ABCGKRXZz'.includes(char)) throw r.error(`\`\\${char}\` is not allowed in a class`, start);
  throw unknown(r, char, start);
}

function unknown(r: Reader, char: string, start: number) {
  return r.error(`unknown escape \`\\${char}\``, start);
}

const ASSERTS: Readonly<Record<string, Node>> = {
  A: { kind: 'assert', assert: 'start' },
  Z: { kind: 'assert', assert: 'end' },
  z: { kind: 'assert', assert: 'very-end' },
  G: { kind: 'assert', assert: 'search-start' },
  b: { kind: 'assert', assert: 'word' },
  B: { kind: 'assert', assert: 'no-word' },
};

function readOther(r: Reader, char: string, start: number): Escape {
  const assert = ASSERTS[char];
  if (assert !== undefined) return { kind: 'node', node: assert, repeatable: false };
  switch (char) {
    case 'N':
      return { kind: 'node', node: notNewline(r), repeatable: true };
    case 'R':
      return { kind: 'node', node: anyNewline(r), repeatable: true };
    case 'X':
      return { kind: 'node', node: { kind: 'grapheme' }, repeatable: true };
    case 'C':
      return { kind: 'node', node: { kind: 'byte' }, repeatable: true };
    case 'K':
      if (r.looks > 0) throw r.error('`\\K` is not allowed in a lookaround', start);
      return { kind: 'node', node: { kind: 'keep' }, repeatable: false };
    case 'g':
      return { kind: 'node', node: readG(r, start), repeatable: true };
    case 'k':
      return { kind: 'node', node: readK(r, start), repeatable: true };
    default:
      throw unknown(r, char, start);
  }
}

/** Any character but a line end: `\N`, and the dot without flag s. */
export function notNewline(r: Reader): Node {
  const { newline } = r.settings;
  const set = (test: (c: number) => boolean): Node => ({ kind: 'set', set: fullSet((c) => !test(c)) });
  if (newline === 'lf') return set((c) => c === 10);
  if (newline === 'cr') return set((c) => c === 13);
  if (newline === 'nul') return set((c) => c === 0);
  if (newline === 'anycrlf') return set((c) => c === 10 || c === 13);
  if (newline === 'any') return set(isVertical);
  const crlf: Node = { kind: 'chars', text: '\r\n' };
  const look: Node = { kind: 'look', behind: false, negative: true, atomic: true, alternatives: [crlf], lengths: [] };
  return { kind: 'sequence', items: [look, set(() => false)] };
}

/** `\R` */
function anyNewline(r: Reader): Node {
  const test = r.settings.shortNewlines ? (c: number) => c === 10 || c === 13 : isVertical;
  const single: Node = { kind: 'set', set: r.settings.utf ? fullSet(test) : lowSet(test) };
  return { kind: 'atomic', body: { kind: 'alternatives', items: [{ kind: 'chars', text: '\r\n' }, single] } };
}

export function reference(r: Reader, group: number, at: number): Node {
  r.mustExist(group, at);
  return { kind: 'reference', groups: [group], fold: r.flags.fold };
}

export function namedReference(r: Reader, name: string, at: number): Node {
  const groups: number[] = [];
  r.resolveName(name, at, (found) => groups.push(...found));
  return { kind: 'reference', groups, fold: r.flags.fold };
}

export function call(r: Reader, group: number, at: number): Node {
  r.mustExist(group, at);
  return { kind: 'call', group };
}

export function namedCall(r: Reader, name: string, at: number): Node {
  const node = { kind: 'call' as const, group: 0 };
  r.resolveName(name, at, (found) => {
    node.group = found[0] as number;
  });
  return node;
}

const NUMBER = /([+-]?)([0-9]+)/y;

/** A number, or a name, and what ends it. */
function numberOrName(r: Reader, end: string): number | string {
  const start = r.at;
  const match = r.takeMatch(NUMBER);
  if (match === null) return r.takeName(end);
  if (!r.take(end)) throw r.error(`expecting \`${end}\` behind the number of a group`);
  return r.groupNumber(match[1] as string, match[2] as string, start);
}

function readG(r: Reader, start: number): Node {
  if (r.take('<') || r.take("'")) {
    const target = numberOrName(r, r.text.charAt(r.at - 1) === '<' ? '>' : "'");
    return typeof target === 'number' ? call(r, target, start) : namedCall(r, target, start);
  }
  if (r.take('{')) {
    const target = numberOrName(r, '}');
    return typeof target === 'number' ? checkedReference(r, target, start) : namedReference(r, target, start);
  }
  const match = r.takeMatch(NUMBER);
  if (match === null) throw r.error('expecting a number or a name behind `\\g`', start);
  return checkedReference(r, r.groupNumber(match[1] as string, match[2] as string, start), start);
}

function checkedReference(r: Reader, group: number, start: number): Node {
  if (group === 0) throw r.error('a reference to group 0 is not allowed', start);
  return reference(r, group, start);
}

function readK(r: Reader, start: number): Node {
  const ends: Readonly<Record<string, string>> = { '{': '}', '<': '>', "'": "'" };
  const end = ends[r.peek()];
  if (end === undefined) throw r.error('expecting a name in braces, angle brackets or quotes behind `\\k`', start);
  r.at++;
  return namedReference(r, r.takeName(end), start);
}

/** A set under the flags in force. */
export const folded = (r: Reader, set: CharSet): CharSet => (r.flags.fold ? foldSet(set, r.settings.utf) : set);
