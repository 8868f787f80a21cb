/** Regular expressions. */
import { listTooLong, MAX_ITEMS } from '../limits.ts';
import { attempt } from '../regex/matcher.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import type { Value } from '../values/value.ts';
import type { Context, Param, Row } from './row.ts';

function makeRegex(cx: Context, pattern: string, flags: string): Regex {
  cx.spend(pattern.length);
  // As if written between slashes: what is behind the last slash are the flags.
  const text = `${pattern}/${flags}`;
  const end = text.lastIndexOf('/');
  const regex = new Regex(text.slice(0, end), text.slice(end + 1));
  void regex.matcher;
  return regex;
}

/** All matches. One that is empty where the last one ended is the last. */
function matchAll(cx: Context, regex: Regex, text: string): List {
  const { matcher } = regex;
  const all = matcher.forAll(text, cx);
  if (all !== null) {
    const found = attempt(() => text.match(all));
    if (found !== undefined) return new List(found === null ? [] : [...found]);
  }
  const matches: string[] = [];
  let start = 0;
  for (;;) {
    const match = matcher.find(text, start, cx);
    if (match === null) break;
    if (matches.push(text.slice(match.start, match.end)) > MAX_ITEMS) throw listTooLong();
    if (match.end === start) break;
    start = match.end;
  }
  cx.spend(matches.length);
  return new List(matches);
}

function match(cx: Context, regex: Regex, text: string): Value {
  if (regex.flags.includes('g')) return matchAll(cx, regex, text);
  const found = regex.matcher.exec(text, 0, cx);
  return found === null ? null : new List(found.groups);
}

const TEXT: Param = { name: 'text', type: 'str' };

export const regexRows: readonly Row[] = [
  {
    name: 'regex',
    params: [
      { name: 'pattern', type: 'str' },
      { name: 'flags', type: 'str', optional: true },
    ],
    returns: 'regex',
    doc: 'Makes a regular expression of a pattern; the flags are `i` (regardless of case), `m` (lines), `s` (the dot matches line ends) and `g` (all matches).',
    example: "regex('^the ', 'i').test('The Pretenders');  // => true",
    page: 'collection-api/regex',
    run: (cx, pattern: string, flags: string = '') => makeRegex(cx, pattern, flags),
  },
  {
    name: 'test',
    receiver: 'regex',
    params: [TEXT],
    returns: 'bool',
    doc: 'Whether the expression matches somewhere in the text.',
    example: "/^[0-9]+$/.test('2024');  // => true",
    page: 'data-types/regex/test',
    run: (cx, self: Regex, text: string) => self.matcher.test(text, cx),
  },
  {
    name: 'match',
    receiver: 'regex',
    params: [TEXT],
    returns: 'list|nil',
    doc: 'The first match and its groups, nil for none; with the flag `g` all matches without groups.',
    example: '[/([a-z])=([0-9])/.match(\'x=1\'), /[0-9]+/g.match(\'a1b22\')];  // => [["x=1","x","1"],["1","22"]]',
    page: 'data-types/regex/match',
    run: (cx, self: Regex, text: string) => match(cx, self, text),
  },
];
