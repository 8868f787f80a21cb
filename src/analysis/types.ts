/**
 * What can be known of a value without running the script: a set of kinds, and for some kinds a little more. Types form a lattice: `ANY` is above
 * all, `NEVER` (no value at all: the place is not reached) below.
 */
import type { ClosureLiteral } from '../ast/nodes.ts';
import { Kind, kindMask } from '../builtins/row.ts';

export type Scalar = string | number | bigint | boolean;

export interface Type {
  /** Bits of `Kind`; 0 for no value. */
  readonly mask: number;
  /** What lists, tuples and sets hold; null when that is not known. */
  readonly item: Type | null;
  /** The name of the type of things or wraps, or of the enumerator of members; null when it is none, or not known. */
  readonly name: string | null;
  /** The only value that it can be; undefined when there are more, or none is known. Strings are byte strings. */
  readonly value: Scalar | undefined;
  /** The closure, when it stands in the text. */
  readonly closure: ClosureLiteral | null;
  /** The properties of a thing that the text makes, for those who ask what could be written behind it; it may have others by then. */
  readonly fields: ReadonlyMap<string, Type> | null;
}

const HOLDING = Kind.list | Kind.tuple | Kind.set;
const LISTED = Kind.list | Kind.set;
const NAMED = Kind.thing | Kind.wrap | Kind.enum;

const made = (mask: number, more: Partial<Type> = {}): Type => ({
  mask,
  item: null,
  name: null,
  value: undefined,
  closure: null,
  fields: null,
  ...more,
});

export const ANY_MASK = kindMask('any');
/** All bits that name a kind. */
const ALL = Object.values(Kind).reduce((bits, bit) => bits | bit, 0);

export const ANY = made(ALL);
export const NEVER = made(0);
export const NIL = made(Kind.nil);
export const BOOL = made(Kind.bool);
export const INT = made(Kind.int);
export const FLOAT = made(Kind.float);
export const STR = made(Kind.str);
export const BYTES = made(Kind.bytes);
export const THING = made(Kind.thing);
export const ERROR = made(Kind.error);
export const CLOSURE = made(Kind.closure);
export const REGEX = made(Kind.regex);
export const SET = made(Kind.set);

const plain = new Map<number, Type>(
  [ANY, NEVER, NIL, BOOL, INT, FLOAT, STR, BYTES, THING, ERROR, CLOSURE, REGEX, SET].map((t) => [t.mask, t]),
);

/** The type of all values of these kinds. */
export function ofMask(mask: number): Type {
  const known = mask & ALL;
  let type = plain.get(known);
  if (type === undefined) {
    type = made(known);
    plain.set(known, type);
  }
  return type;
}

export const isAny = (type: Type): boolean => type.mask === ALL;
export const can = (type: Type, mask: number): boolean => (type.mask & mask) !== 0;
/** Whether it is of these kinds for sure. */
export const only = (type: Type, mask: number): boolean => type.mask !== 0 && (type.mask & ~mask) === 0;

export function literal(value: Scalar): Type {
  switch (typeof value) {
    case 'string':
      return made(Kind.str, { value });
    case 'boolean':
      return made(Kind.bool, { value });
    default:
      return made(Kind.int, { value });
  }
}

/** Inside of a list, lists and sets are tuples. */
const stored = (item: Type): Type =>
  (item.mask & LISTED) === 0 || item.mask === ALL ? item : { ...item, mask: (item.mask & ~LISTED) | Kind.tuple, value: undefined };

export const listOf = (item: Type | null): Type => made(Kind.list, { item: item === null ? null : stored(widened(item)) });
export const setOf = (item: Type | null): Type => made(Kind.set, { item });
export const instanceOf = (name: string): Type => made(Kind.thing, { name });
export const memberOf = (name: string): Type => made(Kind.enum, { name });
export const closureOf = (closure: ClosureLiteral): Type => made(Kind.closure, { closure });
export const thingWith = (fields: ReadonlyMap<string, Type>): Type => made(Kind.thing, { fields });

/** Without what is only known of this one value. */
export const widened = (type: Type): Type => (type.value === undefined ? type : ofMask(type.mask));

/** Without what others may change meanwhile: what it holds. */
export const shallow = (type: Type): Type => (type.item === null && type.fields === null ? type : { ...type, item: null, fields: null });

/** A detail that only some kinds have: that of both types, or of the one that has such kinds. */
function detail<T>(a: Type, b: Type, kinds: number, of: (type: Type) => T | null, same: (x: T, y: T) => T | null): T | null {
  if ((a.mask & kinds) === 0) return of(b);
  if ((b.mask & kinds) === 0) return of(a);
  const x = of(a);
  const y = of(b);
  return x === null || y === null ? null : same(x, y);
}

const equals = <T>(x: T, y: T): T | null => (x === y ? x : null);

/** What is one or the other. */
export function join(a: Type, b: Type): Type {
  if (a === b || b.mask === 0 || a.mask === ALL) return a;
  if (a.mask === 0 || b.mask === ALL) return b;
  const mask = a.mask | b.mask;
  const item = detail(a, b, HOLDING, (t) => t.item, join);
  const name = detail(a, b, NAMED, (t) => t.name, equals);
  const closure = detail(a, b, Kind.closure, (t) => t.closure, equals);
  const fields = detail(a, b, Kind.thing, (t) => t.fields, equals);
  const value = a.mask === b.mask && a.value === b.value ? a.value : undefined;
  if (item === null && name === null && closure === null && fields === null && value === undefined) return ofMask(mask);
  return { mask, item, name, value, closure, fields };
}

/** What is left of a type when it can only be of these kinds. */
export function restrict(type: Type, mask: number): Type {
  const left = type.mask & mask;
  if (left === type.mask) return type;
  if (left === 0) return NEVER;
  const { item, name, closure, fields } = type;
  return {
    mask: left,
    item: (left & HOLDING) === 0 ? null : item,
    name: (left & NAMED) === 0 ? null : name,
    value: type.value,
    closure: (left & Kind.closure) === 0 ? null : closure,
    fields: (left & Kind.thing) === 0 ? null : fields,
  };
}

export const without = (type: Type, mask: number): Type => restrict(type, ~mask);

const KINDS = Object.entries(Kind);

/** The name of one kind of a type, with what is known of it. */
function kindName(kind: string, bit: number, { item, name }: Type): string {
  if (name !== null && (bit & NAMED) !== 0) return bit === Kind.wrap ? `<${name}>` : name;
  return item !== null && !isAny(item) && (bit & HOLDING) !== 0 ? `${kind}<${describe(item)}>` : kind;
}

/** More kinds than this tell nothing. */
const MAX_KINDS = 6;

/** A type in words of the language, such as `int|nil` or `list<Person>`. */
export function describe(type: Type): string {
  if (type.mask === 0) return 'never';
  const kinds = KINDS.filter(([, bit]) => (type.mask & bit) !== 0);
  if (kinds.length > MAX_KINDS) return 'any';
  const names = kinds.map(([kind, bit]) => kindName(kind, bit, type));
  // That something may be nil is said last.
  return [...names.filter((name) => name !== 'nil'), ...names.filter((name) => name === 'nil')].join('|');
}

/** As `describe`; the value, when it is known. */
export function describeValue(type: Type): string {
  if (type.value === undefined || isAny(type)) return describe(type);
  return typeof type.value === 'string' ? `'${type.value.slice(0, 30)}'` : String(type.value);
}
