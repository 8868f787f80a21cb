/** Functions and methods of the 2019 dialect as the checker and editors need them, from their rows. */
import type { Span } from '../../ast/nodes.ts';
import { rows2019 } from '../../builtins/dialect-2019/registry.ts';
import { Kind, kindMask, maxArgs, minArgs, type Row } from '../../builtins/row.ts';
import { wantedType2019, writtenName } from '../../values/dialect-2019.ts';
import { ANY, listOf, ofMask, type Type } from '../types.ts';
import type { Findings } from './findings.ts';

/** What a name means when it is called; the forms for several count to the name. */
export interface Called {
  readonly name: string;
  /** Not empty; the first is that of the usual form. */
  readonly rows: readonly [Row, ...Row[]];
  /** The fewest and the most arguments; the most is -1 where there is no limit. */
  readonly min: number;
  readonly max: number;
  /** Types that it can be called on; 0 for a function without a receiver. */
  readonly receiver: number;
  readonly isOfRoot: boolean;
}

function calledOf(name: string, rows: readonly [Row, ...Row[]]): Called {
  const most = rows.map(maxArgs);
  return {
    name,
    rows,
    min: Math.min(...rows.map(minArgs)),
    max: most.includes(-1) ? -1 : Math.max(...most),
    receiver: rows[0].receiver === undefined ? 0 : kindMask(rows[0].receiver),
    isOfRoot: rows[0].scopes?.includes('thingsdb') === true,
  };
}

/** By name; no name is that of a function and of a method, nor of a collection and of the root. */
export const called: ReadonlyMap<string, Called> = (() => {
  const byName = new Map<string, [Row, ...Row[]]>();
  for (const row of rows2019) {
    const name = writtenName(row.name);
    if (!/^[a-z]/.test(name)) continue;
    const rows = byName.get(name);
    if (rows === undefined) byName.set(name, [row]);
    else rows.push(row);
  }
  return new Map([...byName].map(([name, rows]) => [name, calledOf(name, rows)]));
})();

/** The row of a call: of two, the second is the form for several. */
export function rowOf({ rows }: Called, count: number, trailing: boolean): Row {
  const [one, several] = rows;
  return several !== undefined && (count > 1 || trailing) ? several : one;
}

/** Methods that make a query a changing one wherever they stand. */
export const CHANGING: ReadonlySet<string> = new Set(
  [...called.values()].filter(({ receiver, rows }) => receiver !== 0 && rows[0].changes !== undefined).map(({ name }) => name),
);

export const RAW = Kind.str | Kind.bytes;
export const ARRAY = Kind.list | Kind.tuple;
/** What has properties. */
export const THING = Kind.thing | Kind.wrap;

const RESULTS: Readonly<Record<string, Type>> = {
  raw: ofMask(RAW),
  array: ofMask(Kind.list),
  'array-of-things': listOf(ofMask(Kind.thing)),
  'array|thing': ofMask(Kind.list | Kind.thing),
  object: ofMask(Kind.mpdata),
  'attribute|nil': ofMask(Kind.attribute | Kind.nil),
  any: ANY,
};

/** What a row says that a call gives. */
export const resultOf = ({ returns }: Row): Type => RESULTS[returns] ?? ofMask(kindMask(returns));

const NAMES = Object.entries(Kind);
const WORDS: Readonly<Record<string, string>> = {
  str: 'raw',
  bytes: 'raw',
  closure: 'arrow-function',
  list: 'array',
  mpdata: 'object',
};
const MAX_KINDS = 6;

/** A type in the words of the dialect. */
export function describe2019({ mask, item }: Type): string {
  const words = new Set(NAMES.filter(([, bit]) => (mask & bit) !== 0).map(([name]) => WORDS[name] ?? name));
  if (words.size > MAX_KINDS) return 'any';
  if (words.has('array') && item?.mask === Kind.thing) {
    words.delete('array');
    words.add('array-of-things');
  }
  const hasNil = words.delete('nil');
  return [...words, ...(hasNil ? ['nil'] : [])].join('|') || 'never';
}

/** Whether the number of arguments is right; tells when it is not. */
export function counted(findings: Findings, { name, min, max }: Called, given: number, at: Span): boolean {
  if (given >= min && (max < 0 || given <= max)) return true;
  const wanted = max < 0 ? `at least ${min}` : min === max ? String(min) : `${min} to ${max}`;
  const s = /^(?:at least )?1$/.test(wanted) ? '' : 's';
  findings.fails('argument-count', at, `\`${name}\` takes ${wanted} argument${s}, not ${given}`);
  return false;
}

/** Tells of an argument of a wrong type; `index` counts from 0. */
export function fits(findings: Findings, row: Row, index: number, type: Type, at: Span): void {
  const param = row.params[Math.min(index, row.params.length - 1)];
  if (param === undefined || type.mask === 0 || (kindMask(param.type) & type.mask) !== 0) return;
  const wanted = param.type.split('|').map(wantedType2019).join('|');
  const name = writtenName(row.name);
  findings.fails('argument-type', at, `\`${name}\` takes \`${wanted}\` as argument ${index + 1}, not \`${describe2019(type)}\``);
}
