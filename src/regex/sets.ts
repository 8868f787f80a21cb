/** Sets of characters: of names such as `\w` and `[:alpha:]`, Unicode properties, and regardless of case. */
import type { CharSet } from './ast.ts';

export type Test = (code: number) => boolean;

/** A set of codes below 256. */
export function lowSet(test: Test): CharSet {
  return { low: Uint8Array.from({ length: 256 }, (_, code) => (test(code) ? 1 : 0)), high: null };
}

/** A set of any codes. */
export function fullSet(test: Test): CharSet {
  return { low: lowSet(test).low, high: test };
}

export const inSet = (set: CharSet, code: number): boolean => (code < 256 ? set.low[code] === 1 : set.high?.(code) === true);

/** All that are not in a set; of codes above 255 too when `utf` is set. */
export function complement(set: CharSet, utf: boolean): CharSet {
  const { high } = set;
  return { low: set.low.map((bit) => 1 - bit), high: utf ? (code) => high?.(code) !== true : null };
}

const range =
  (low: number, high: number): Test =>
  (c) =>
    c >= low && c <= high;

const isDigit = range(48, 57);
const isUpper = range(65, 90);
const isLower = range(97, 122);
const isAlpha: Test = (c) => isUpper(c) || isLower(c);
const isSpace: Test = (c) => c === 32 || (c >= 9 && c <= 13);
const isWord: Test = (c) => isAlpha(c) || isDigit(c) || c === 95;
const isGraph = range(33, 126);

export const isHorizontal: Test = (c) =>
  c === 9 ||
  c === 32 ||
  c === 0xa0 ||
  c === 0x1680 ||
  c === 0x180e ||
  range(0x2000, 0x200a)(c) ||
  c === 0x202f ||
  c === 0x205f ||
  c === 0x3000;
export const isVertical: Test = (c) => range(10, 13)(c) || c === 0x85 || c === 0x2028 || c === 0x2029;

/** The POSIX classes, of ASCII. */
const POSIX: Readonly<Record<string, Test>> = {
  alpha: isAlpha,
  lower: isLower,
  upper: isUpper,
  alnum: (c) => isAlpha(c) || isDigit(c),
  ascii: (c) => c < 128,
  blank: (c) => c === 9 || c === 32,
  cntrl: (c) => c < 32 || c === 127,
  digit: isDigit,
  graph: isGraph,
  print: range(32, 126),
  punct: (c) => isGraph(c) && !isAlpha(c) && !isDigit(c),
  space: isSpace,
  word: isWord,
  xdigit: (c) => isDigit(c) || range(65, 70)(c) || range(97, 102)(c),
};

const unicodeTest = (source: string): Test => {
  const regex = new RegExp(`^[${source}]$`, 'u');
  const known = new Map<number, boolean>();
  return (code) => {
    let result = known.get(code);
    if (result === undefined) {
      result = code <= 0x10ffff && regex.test(String.fromCodePoint(code));
      known.set(code, result);
    }
    return result;
  };
};

const xan = '\\p{L}\\p{N}';
/** What the names mean by Unicode's properties. */
const UCP_SOURCE: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  lower: '\\p{Ll}',
  upper: '\\p{Lu}',
  alnum: xan,
  blank: '\\t \\u00a0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000',
  cntrl: '\\p{Cc}',
  digit: '\\p{Nd}',
  space: '\\p{Z}\\t-\\r\\x85',
  word: `${xan}_`,
  graph: '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}',
  print: '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}\\p{Zs}',
  punct: '\\p{P}\\x24\\x2b\\x3c-\\x3e\\x5e\\x60\\x7c\\x7e',
};

const ucpTests = new Map<string, Test>();

function ucpTest(name: string): Test | undefined {
  const source = UCP_SOURCE[name];
  if (source === undefined) return POSIX[name];
  let test = ucpTests.get(name);
  if (test === undefined) {
    test = unicodeTest(source);
    ucpTests.set(name, test);
  }
  return test;
}

const namedSets = new Map<string, CharSet>();

/** The set of a POSIX name, or of `\d` (digit), `\s` (space), `\w` (word); undefined for no such name. */
export function namedSet(name: string, ucp: boolean): CharSet | undefined {
  const key = `${ucp} ${name}`;
  let set = namedSets.get(key);
  if (set === undefined) {
    const test = ucp ? ucpTest(name) : POSIX[name];
    if (test === undefined) return undefined;
    set = ucp ? fullSet(test) : lowSet(test);
    namedSets.set(key, set);
  }
  return set;
}

/** Names of properties that the engine's own Unicode support lacks. */
const SPECIAL: Readonly<Record<string, string>> = {
  any: '\\u{0}-\\u{10ffff}',
  'l&': '\\p{Lu}\\p{Ll}\\p{Lt}',
  lc: '\\p{Lu}\\p{Ll}\\p{Lt}',
  xan,
  xsp: '\\p{Z}\\t-\\r\\x85',
  xps: '\\p{Z}\\t-\\r\\x85',
  xwd: `${xan}_`,
  xuc: '$@`\\u00a0-\\ud7ff\\u{e000}-\\u{10ffff}',
};

const properties = new Map<string, Test>();

/** Spellings under which JavaScript may know a property that is written without regard to case, spaces, hyphens and underscores. */
function* spellings(name: string): Iterable<string> {
  const value = name.replace(/^(?:sc|script|scx|scriptextensions)[:=]/i, '');
  const words = value
    .split(/[\s_-]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
  const title = words.join('_');
  const joined = words.join('');
  const exact = value.replace(/[\s-]/g, '');
  if (value === name) yield* [exact, title, joined, joined.toUpperCase()];
  const script = /^(?:sc|script)[:=]/i.test(name) ? 'Script' : 'Script_Extensions';
  for (const spelling of [exact, title, joined]) yield `${script}=${spelling}`;
}

/** The test for a Unicode property; undefined for one that is not known. */
export function propertyTest(name: string): Test | undefined {
  const known = properties.get(name);
  if (known !== undefined) return known;
  const special = SPECIAL[name.replace(/[\s_-]/g, '').toLowerCase()];
  if (special !== undefined) return remember(name, special);
  for (const spelling of spellings(name)) {
    try {
      return remember(name, `\\p{${spelling}}`);
    } catch {
      // The next spelling may be the one.
    }
  }
  return undefined;
}

function remember(name: string, source: string): Test {
  const test = unicodeTest(source);
  properties.set(name, test);
  return test;
}

// --- case ---

const swapCase = (c: number): number => (isUpper(c) ? c + 32 : isLower(c) ? c - 32 : c);

const singleCode = (text: string, old: number): number => {
  const code = text.codePointAt(0) as number;
  return text.length === (code > 0xffff ? 2 : 1) ? code : old;
};

let families: Map<number, number[]> | null = null;

/** Characters that are the same but for their case, each with itself; those that have no other are left out. */
function caseFamilies(): Map<number, number[]> {
  if (families !== null) return families;
  const root = (code: number): number => {
    const upper = singleCode(String.fromCodePoint(code).toUpperCase(), code);
    return singleCode(String.fromCodePoint(upper).toLowerCase(), upper);
  };
  const byRoot = new Map<number, number[]>();
  for (let code = 0; code < 0x1f000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const key = root(code);
    const family = byRoot.get(key);
    if (family === undefined) byRoot.set(key, [code]);
    else family.push(code);
  }
  families = new Map();
  for (const family of byRoot.values()) if (family.length > 1) for (const code of family) families.set(code, family);
  return families;
}

const PLAIN: readonly number[] = [];

/** All characters that equal one regardless of case, itself too. */
export function caseVariants(code: number, utf: boolean): readonly number[] {
  if (!utf) {
    const other = swapCase(code);
    return other === code ? [code] : [code, other];
  }
  return caseFamilies().get(code) ?? [code];
}

/** The set, and what differs from its members only in case. */
export function foldSet(set: CharSet, utf: boolean): CharSet {
  if (!utf) return lowSet((c) => set.low[c] === 1 || set.low[swapCase(c)] === 1);
  const all = caseFamilies();
  const test: Test = (code) => inSet(set, code) || (all.get(code) ?? PLAIN).some((c) => inSet(set, c));
  return fullSet(test);
}
