/** Reads regular expressions: the syntax of PCRE2, on bytes, or on characters when the pattern starts with `(*UTF)`. */
import { isUtf8 } from '../utf8.ts';
import { EMPTY, type Newline, type Node, type RegexTree, type RepeatMode } from './ast.ts';
import { readClass } from './classes.ts';
import { notNewline, readEscape } from './escapes.ts';
import { oneOf, readGroup } from './groups.ts';
import { Reader, type Settings } from './reader.ts';
import { fullSet } from './sets.ts';

const MAX_COUNT = 65_535;
/** In bytes of the pattern. */
const MAX_PATTERN = 65_536;

/**
 * Reads a pattern. `flags` are letters out of `ims`; others are passed over. Throws TiError (-60) that says what is wrong and where.
 */
export function parsePattern(pattern: string, flags: string): RegexTree {
  const has = (flag: string): boolean => flags.includes(flag);
  const r = new Reader(
    pattern,
    {
      fold: has('i'),
      lines: has('m'),
      dotAll: has('s'),
      extended: false,
      extendedMore: false,
      noCapture: false,
      ungreedy: false,
      sameNames: false,
    },
    flags,
  );
  if (pattern.length > MAX_PATTERN) throw r.error('the regular expression is too large', 0);
  readSettings(r);
  if (r.settings.utf && !isUtf8(pattern)) throw r.error('the pattern is no UTF-8', 0);
  const root = oneOf(readAlternatives(r));
  if (!r.atEnd) throw r.error('a closing parenthesis without an opening one');
  for (const task of r.later) task();
  return { root, groupCount: r.groupCount, options: r.settings };
}

const SETTING = /\(\*([A-Z0-9_]+)(?:=[0-9]+)?\)/y;
const NEWLINES: Readonly<Record<string, Newline>> = { CR: 'cr', LF: 'lf', CRLF: 'crlf', ANY: 'any', ANYCRLF: 'anycrlf', NUL: 'nul' };

/** Hints on how to match, which change no result. */
const IGNORED = new Set([
  'NO_AUTO_POSSESS',
  'NO_START_OPT',
  'NO_JIT',
  'NO_DOTSTAR_ANCHOR',
  'LIMIT_MATCH',
  'LIMIT_DEPTH',
  'LIMIT_RECURSION',
  'LIMIT_HEAP',
]);

function readSettings(r: Reader): void {
  for (;;) {
    const start = r.at;
    const name = r.takeMatch(SETTING)?.[1];
    if (name === undefined) return;
    if (!applySetting(r.settings, name)) {
      r.at = start;
      return;
    }
  }
}

function applySetting(settings: Settings, name: string): boolean {
  const newline = NEWLINES[name];
  if (newline !== undefined) settings.newline = newline;
  else if (name === 'UTF' || name === 'UTF8') settings.utf = true;
  else if (name === 'UCP') settings.ucp = true;
  else if (name === 'BSR_ANYCRLF') settings.shortNewlines = true;
  else if (name === 'BSR_UNICODE') settings.shortNewlines = false;
  else if (name === 'NOTEMPTY') settings.notEmpty = true;
  else if (name === 'NOTEMPTY_ATSTART') settings.notEmptyAtStart = true;
  else return IGNORED.has(name);
  return true;
}

/** Reads alternatives up to a closing parenthesis or the end. With `resetNumbers` all of them number their groups from the same one on. */
function readAlternatives(r: Reader, resetNumbers = false): Node[] {
  const alternatives: Node[] = [];
  const first = r.groupCount;
  let last = first;
  do {
    if (resetNumbers) r.groupCount = first;
    alternatives.push(readSequence(r));
    last = Math.max(last, r.groupCount);
  } while (r.take('|'));
  r.groupCount = last;
  return alternatives;
}

const BLANK = /(?:[ \t-\r]|#[^\n]*\n?)+/y;

function readSequence(r: Reader): Node {
  const items: Node[] = [];
  // Whether a quantifier may follow.
  let repeatable = false;
  for (;;) {
    if (r.flags.extended) r.takeMatch(BLANK);
    const char = r.peek();
    if (char === '' || char === '|' || char === ')') break;
    const quantifier = readQuantifier(r);
    if (quantifier !== null) {
      if (!repeatable) throw r.error('a quantifier without anything to repeat');
      items.push({ kind: 'repeat', body: items.pop() as Node, ...quantifier });
      repeatable = false;
      continue;
    }
    r.at++;
    repeatable = readItem(r, char, items, repeatable);
  }
  return items.length === 0 ? EMPTY : items.length === 1 ? (items[0] as Node) : { kind: 'sequence', items };
}

/** Reads one item and adds it; says whether a quantifier may follow. `before` says it of what came before. */
function readItem(r: Reader, char: string, items: Node[], before: boolean): boolean {
  switch (char) {
    case '(': {
      const { node, repeatable, transparent } = readGroup(r, readAlternatives);
      if (node !== null) items.push(node);
      return transparent === true ? before : repeatable;
    }
    case '[':
      items.push(readClass(r));
      return true;
    case '\\':
      return readEscaped(r, items, before);
    case '.':
      items.push(r.flags.dotAll ? { kind: 'set', set: fullSet(() => true) } : notNewline(r));
      return true;
    case '^':
      items.push({ kind: 'assert', assert: r.flags.lines ? 'line-start' : 'start' });
      return false;
    case '$':
      items.push({ kind: 'assert', assert: r.flags.lines ? 'line-end' : 'end' });
      return false;
    default:
      r.at--;
      items.push(r.literal(r.takeCode()));
      return true;
  }
}

function readEscaped(r: Reader, items: Node[], before: boolean): boolean {
  const escaped = readEscape(r, false);
  switch (escaped.kind) {
    case 'code':
      items.push(r.literal(escaped.code));
      return true;
    case 'set':
      items.push({ kind: 'set', set: escaped.set });
      return true;
    case 'node':
      items.push(escaped.node);
      return escaped.repeatable;
    case 'nothing':
      return before;
    case 'quote': {
      const end = r.text.indexOf('\\E', r.at);
      const stop = end < 0 ? r.text.length : end;
      const any = r.at < stop;
      while (r.at < stop) items.push(r.literal(r.takeCode()));
      r.at = end < 0 ? stop : end + 2;
      return any || before;
    }
  }
}

const COUNT = /\{([0-9]+)(?:(,)([0-9]*))?\}/y;

function readQuantifier(r: Reader): { min: number; max: number; mode: RepeatMode } | null {
  const start = r.at;
  let min = 0;
  let max = Number.POSITIVE_INFINITY;
  if (r.take('?')) max = 1;
  else if (r.take('+')) min = 1;
  else if (!r.take('*')) {
    const match = r.takeMatch(COUNT);
    if (match === null) return null;
    min = Number(match[1]);
    max = match[2] === undefined ? min : match[3] === '' ? max : Number(match[3]);
    if (min > MAX_COUNT || (max !== Number.POSITIVE_INFINITY && max > MAX_COUNT))
      throw r.error(`a quantifier may be ${MAX_COUNT} at most`, start);
    if (min > max) throw r.error('the numbers of a quantifier are out of order', start);
  }
  if (r.flags.extended) r.takeMatch(BLANK);
  if (r.take('+')) return { min, max, mode: 'possessive' };
  const lazy = r.take('?') !== r.flags.ungreedy;
  return { min, max, mode: lazy ? 'lazy' : 'greedy' };
}
