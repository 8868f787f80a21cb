/** Methods of lists and tuples that look at the items or make a new list of them, and the function `list`. */
import { typeErr } from '../errors.ts';
import { listTooLong, MAX_ITEMS, MAX_TEXT, textTooLong } from '../limits.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { typeName, type Value } from '../values/value.ts';
import { emptyError, idOf, wrongArgument } from './lists-common.ts';
import { type EarlyRow, USE_ARGUMENT } from './lists-early.ts';
import { Distinct, indexOf } from './lists-search.ts';
import type { Context, FunctionRow, MethodRow, Row } from './row.ts';
import { cannotConvert } from './text.ts';

const JOIN = 'data-types/list/join';

const list: FunctionRow = {
  name: 'list',
  params: [{ name: 'value', type: 'any', optional: true }],
  returns: 'list|tuple',
  doc: 'Gives an empty list, or a list of the things of a set; a list or tuple is given back as it is.',
  example: 'list(set({a: 1}));  // => [{"a": 1}]',
  page: 'collection-api/list',
  run: (cx, value: Value | undefined) => {
    if (value === undefined) return new List([]);
    if (value instanceof List) return value;
    if (!(value instanceof SetValue)) throw cannotConvert(value, 'list');
    cx.spend(value.things.size);
    return new List([...value.things]);
  },
};

const len: MethodRow = {
  name: 'len',
  receiver: 'array',
  params: [],
  returns: 'int',
  doc: 'Gives the number of items.',
  example: '[5, 6].len();  // => 2',
  page: 'data-types/list/len',
  run: (_cx, self: List) => self.items.length,
};

const first: EarlyRow = {
  name: 'first',
  receiver: 'array',
  params: [{ name: 'alt', type: 'any', optional: true }],
  returns: 'any',
  gives: 'item|arg1',
  doc: 'Gives the first item, or the alternative when there is none.',
  example: '[[5, 6].first(), [].first(0)];  // => [5, 0]',
  page: 'data-types/list/first',
  early: (_cx, self: List) => (self.items.length > 0 ? (self.items[0] as Value) : USE_ARGUMENT),
  run: (_cx, self: List, alt: Value | undefined) => {
    if (self.items.length > 0) return self.items[0] as Value;
    if (alt === undefined) throw emptyError('first', 'list');
    return alt;
  },
};

const last: EarlyRow = {
  name: 'last',
  receiver: 'array',
  params: [{ name: 'alt', type: 'any', optional: true }],
  returns: 'any',
  gives: 'item|arg1',
  doc: 'Gives the last item, or the alternative when there is none.',
  example: '[[5, 6].last(), [].last(0)];  // => [6, 0]',
  page: 'data-types/list/last',
  early: (_cx, self: List) => (self.items.length > 0 ? (self.items.at(-1) as Value) : USE_ARGUMENT),
  run: (_cx, self: List, alt: Value | undefined) => {
    if (self.items.length > 0) return self.items.at(-1) as Value;
    if (alt === undefined) throw emptyError('last', 'list');
    return alt;
  },
};

const choice: MethodRow = {
  name: 'choice',
  receiver: 'array',
  params: [],
  returns: 'any',
  gives: 'item',
  doc: 'Gives an item at random.',
  example: '[7].choice();  // => 7',
  page: 'data-types/list/choice',
  run: (_cx, self: List) => {
    if (self.items.length === 0) throw emptyError('choice', 'list');
    return self.items[Math.floor(Math.random() * self.items.length)] as Value;
  },
};

const has: MethodRow = {
  name: 'has',
  receiver: 'array',
  params: [{ name: 'value', type: 'any' }],
  returns: 'bool',
  doc: 'Whether an item equals the value.',
  example: '[1, 2].has(2);  // => true',
  page: 'data-types/list/has',
  run: (cx, self: List, value: Value) => {
    cx.spend(self.items.length);
    return indexOf(self.items, value, 0) >= 0;
  },
};

const indexOfRow: MethodRow = {
  name: 'index_of',
  receiver: 'array',
  params: [{ name: 'value', type: 'any' }],
  returns: 'int|nil',
  doc: 'Gives the index of the first item that equals the value, or nil.',
  example: "['a', 'b'].index_of('b');  // => 1",
  page: 'data-types/list/index_of',
  run: (cx, self: List, value: Value) => {
    cx.spend(self.items.length);
    const at = indexOf(self.items, value, 0);
    return at < 0 ? null : at;
  },
};

/** Tells whether all items are strings, and how long they are together. */
function textLength(items: readonly Value[]): number {
  let length = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as Value;
    if (typeof item !== 'string') {
      throw typeErr(
        `function \`join\` expects item ${i} to be of type \`str\` but got type \`${typeName(item)}\` instead; see https://docs.thingsdb.io/v1/${JOIN}`,
      );
    }
    length += item.length;
  }
  return length;
}

const FEW = 8;

function joinItems(cx: Context, items: readonly Value[], separator: Value): string {
  if (items.length >= 2 && typeof separator !== 'string') throw wrongArgument('join', JOIN, 1, '`str`', separator);
  const between = items.length < 2 ? '' : (separator as string);
  const length = textLength(items) + between.length * Math.max(items.length - 1, 0);
  if (length > MAX_TEXT) throw textTooLong();
  cx.spend(items.length + Math.floor(length / 64));
  const texts = items as readonly string[];
  if (texts.length > FEW) return texts.join(between);
  // JavaScript's own join takes longer to begin than this takes in all.
  let text = texts[0] ?? '';
  for (let i = 1; i < texts.length; i++) text += between + (texts[i] as string);
  return text;
}

const join: EarlyRow = {
  name: 'join',
  receiver: 'array',
  // Not looked at when there are less than two items.
  params: [{ name: 'separator', type: 'any', optional: true }],
  returns: 'str',
  doc: 'Joins items of type `str`, with a separator of type `str` between them.',
  example: "['a', 'b'].join('-');  // => \"a-b\"",
  page: JOIN,
  early: (cx, self: List) => (self.items.length < 2 ? joinItems(cx, self.items, '') : undefined),
  run: (cx, self: List, separator: Value = '') => joinItems(cx, self.items, separator),
};

/** Copies items to `target`, and in place of a tuple its items, `depth` levels down. */
function flatten(cx: Context, items: readonly Value[], depth: number, target: Value[]): void {
  cx.spend(items.length);
  if (target.length > MAX_ITEMS) throw listTooLong();
  for (const item of items) {
    if (item instanceof List && depth > 0) flatten(cx, item.items, depth - 1, target);
    else target.push(item);
  }
}

const flat: MethodRow = {
  name: 'flat',
  receiver: 'array',
  params: [{ name: 'depth', type: 'int', optional: true }],
  returns: 'list',
  doc: 'Gives a new list with the items of tuples in place of the tuples, one level down or as many as said.',
  example: '[[1, [2]].flat(), [1, [2, [3]]].flat(2)];  // => [[1, 2], [1, 2, 3]]',
  page: 'data-types/list/flat',
  run: (cx, self: List, depth: number | bigint = 1) => {
    const items: Value[] = [];
    flatten(cx, self.items, Number(depth), items);
    return new List(items);
  },
};

const reverse: MethodRow = {
  name: 'reverse',
  receiver: 'array',
  params: [],
  returns: 'list',
  gives: '[item]',
  doc: 'Gives a new list with the items in reverse order.',
  example: '[1, 2, 3].reverse();  // => [3, 2, 1]',
  page: 'data-types/list/reverse',
  run: (cx, self: List) => {
    cx.spend(self.items.length);
    return new List(self.items.slice().reverse());
  },
};

const unique: MethodRow = {
  name: 'unique',
  receiver: 'array',
  params: [],
  returns: 'list',
  gives: '[item]',
  doc: 'Gives a new list without items that equal an earlier one.',
  example: '[1, 2, 1].unique();  // => [1, 2]',
  page: 'data-types/list/unique',
  run: (cx, self: List) => new List(distinct(cx, self.items, new Distinct())),
};

/** Those of the items that equal none before them, nor what is in `seen`. */
export function distinct(cx: Context, items: readonly Value[], seen: Distinct): Value[] {
  const result: Value[] = [];
  for (const item of items) {
    if (seen.add(item)) result.push(item);
    cx.spend(1 + seen.work);
    seen.work = 0;
  }
  return result;
}

const isUnique: MethodRow = {
  name: 'is_unique',
  receiver: 'array',
  params: [],
  returns: 'bool',
  doc: 'Whether no two items are equal.',
  example: '[[1, 2].is_unique(), [1, 1].is_unique()];  // => [true, false]',
  page: 'data-types/list/is_unique',
  run: (cx, self: List) => {
    const seen = new Distinct();
    for (const item of self.items) {
      if (!seen.add(item)) return false;
      cx.spend(1 + seen.work);
      seen.work = 0;
    }
    return true;
  },
};

const mapId: MethodRow = {
  name: 'map_id',
  receiver: 'array',
  params: [],
  returns: 'list',
  doc: 'Gives a list of the ids of the things in the list; nil for those that are not stored.',
  example: '[{}].map_id();  // => [null]',
  page: 'data-types/list/map_id',
  run: (cx, self: List) => {
    cx.spend(self.items.length);
    return new List(self.items.map(idOf));
  },
};

const restriction: MethodRow = {
  name: 'restriction',
  receiver: 'list',
  params: [],
  returns: 'str|nil',
  doc: 'Gives what the items of the list must be, or nil when they may be anything.',
  example: '[].restriction();  // => null',
  page: 'data-types/list/restriction',
  run: (_cx, self: List) => {
    const rule = self.restriction;
    return rule === null || rule.definition === 'any' ? null : rule.definition;
  },
};

export const listReadRows: readonly Row[] = [
  list,
  len,
  first,
  last,
  choice,
  has,
  indexOfRow,
  join,
  flat,
  reverse,
  unique,
  isUnique,
  mapId,
  restriction,
];
