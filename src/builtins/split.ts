/** Splitting of texts. */

import { numArgsErr, overflowErr, typeErr, valueErr } from '../errors.ts';
import { listTooLong, MAX_ITEMS } from '../limits.ts';
import { attempt } from '../regex/matcher.ts';
import { List } from '../values/list.ts';
import { INT_MIN } from '../values/operators.ts';
import { Regex } from '../values/regex.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, MethodRow } from './row.ts';

const PAGE = 'data-types/str/split';
const SEE = `see https://docs.thingsdb.io/v1/${PAGE}`;

/** A limit as a number; undefined for none. Throws overflow_err for INT_MIN, which has no positive counterpart. */
function limitOf(limit: number | bigint): number {
  if (limit === INT_MIN) throw overflowErr();
  return Number(limit);
}

const SPACES = /[ \t-\r]+/;
const SPACES_EACH = /[ \t-\r]+/g;

function splitSpaces(text: string, limit: number): string[] {
  if (limit === Number.POSITIVE_INFINITY) return text.split(SPACES, MAX_ITEMS + 1);
  const parts: string[] = [];
  if (limit < 0) return splitSpacesBack(text, -limit);
  let start = 0;
  SPACES_EACH.lastIndex = 0;
  while (parts.length < limit) {
    const match = SPACES_EACH.exec(text);
    if (match === null) break;
    parts.push(text.slice(start, match.index));
    start = SPACES_EACH.lastIndex;
  }
  parts.push(text.slice(start));
  return parts;
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

function splitSpacesBack(text: string, limit: number): string[] {
  const parts: string[] = [];
  let end = text.length;
  let at = end;
  while (parts.length < limit) {
    while (at > 0 && !isSpace(text.charCodeAt(at - 1))) at--;
    if (at === 0) break;
    parts.push(text.slice(at, end));
    while (at > 0 && isSpace(text.charCodeAt(at - 1))) at--;
    end = at;
  }
  parts.push(text.slice(0, end));
  return parts.reverse();
}

function splitText(text: string, separator: string, limit: number): string[] {
  if (separator === '') throw valueErr(`function \`split\` expects a separator that is not empty; ${SEE}`);
  if (limit === Number.POSITIVE_INFINITY) return text.split(separator, MAX_ITEMS + 1);
  const parts: string[] = [];
  if (limit < 0) {
    let end = text.length;
    while (parts.length < -limit) {
      const at = end < separator.length ? -1 : text.lastIndexOf(separator, end - separator.length);
      if (at < 0) break;
      parts.push(text.slice(at + separator.length, end));
      end = at;
    }
    parts.push(text.slice(0, end));
    return parts.reverse();
  }
  let start = 0;
  while (parts.length < limit) {
    const at = text.indexOf(separator, start);
    if (at < 0) break;
    parts.push(text.slice(start, at));
    start = at + separator.length;
  }
  parts.push(text.slice(start));
  return parts;
}

/** Groups come between the parts. A match that is empty where the last one ended is the last. */
function splitRegex(cx: Context, text: string, regex: Regex, limit: number): string[] {
  if (limit < 0)
    throw valueErr(`function \`split\` does not support backward (negative) splits when used with a regular expression; ${SEE}`);
  const { matcher } = regex;
  const all = limit === Number.POSITIVE_INFINITY && !matcher.hasGroups ? matcher.forAll(text, cx) : null;
  if (all !== null) {
    const found = attempt(() => text.split(all, MAX_ITEMS + 1));
    if (found !== undefined) return found;
  }
  const parts: string[] = [];
  let start = 0;
  for (let count = 0; count < limit; count++) {
    const match = matcher.exec(text, start, cx);
    if (match === null) break;
    if (parts.push(text.slice(start, match.start)) > MAX_ITEMS) throw listTooLong();
    for (let i = 1; i < match.groups.length; i++) parts.push(match.groups[i] as string);
    const done = match.end === start;
    start = match.end;
    if (done) break;
  }
  parts.push(text.slice(start));
  return parts;
}

function split(cx: Context, text: string, separator: string | Regex | number | bigint | undefined, limit: Value | undefined): List {
  cx.spend(text.length >> 3);
  const parts = splitParts(cx, text, separator, limit);
  if (parts.length > MAX_ITEMS) throw listTooLong();
  cx.spend(parts.length);
  return new List(parts);
}

function splitParts(
  cx: Context,
  text: string,
  separator: string | Regex | number | bigint | undefined,
  limit: Value | undefined,
): string[] {
  if (separator === undefined) return splitSpaces(text, Number.POSITIVE_INFINITY);
  if (typeof separator === 'number' || typeof separator === 'bigint') {
    if (limit !== undefined)
      throw numArgsErr(`function \`split\` takes at most 1 argument when the first argument is of type \`int\`; ${SEE}`);
    return splitSpaces(text, limitOf(separator));
  }
  if (limit !== undefined && typeof limit !== 'number' && typeof limit !== 'bigint') {
    throw typeErr(`function \`split\` expects argument 2 to be of type \`int\` but got type \`${typeName(limit)}\` instead; ${SEE}`);
  }
  if (separator instanceof Regex) {
    return splitRegex(cx, text, separator, limit === undefined ? Number.POSITIVE_INFINITY : Number(limit));
  }
  return splitText(text, separator, limit === undefined ? Number.POSITIVE_INFINITY : limitOf(limit));
}

export const splitRow: MethodRow = {
  name: 'split',
  receiver: 'str',
  params: [
    { name: 'separator', type: 'str|regex|int', optional: true },
    { name: 'limit', type: 'any', optional: true },
  ],
  returns: 'list',
  gives: '[str]',
  doc: 'The parts of the text between separators (white space when left out), splitting at most `limit` times; from the end when that is negative.',
  example: '[\'a,b,c\'.split(\',\'), \'a b c\'.split(1), \'a1b2\'.split(/[0-9]/)];  // => [["a","b","c"],["a","b c"],["a","b",""]]',
  page: PAGE,
  run: (cx, self: string, separator?: string | Regex | number | bigint, limit?: Value) => split(cx, self, separator, limit),
};
