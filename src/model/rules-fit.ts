/** How definitions relate: which values of one another accepts, what a wrap shows, and what `mod_type` may turn into what. */
import { EnumMember } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { EnumDef } from './enums.ts';
import { type FieldRule, RuleKind as K, WrapFlag } from './rules.ts';

type Kinds = ReadonlySet<number>;

const WIDER: ReadonlyMap<number, Kinds> = new Map<number, Kinds>([
  [K.UINT, new Set([K.INT, K.NUMBER])],
  [K.PINT, new Set([K.UINT, K.INT, K.NUMBER])],
  [K.NINT, new Set([K.INT, K.NUMBER])],
  [K.INT, new Set([K.NUMBER])],
  [K.FLOAT, new Set([K.NUMBER])],
  [K.INT_RANGE, new Set([K.INT, K.NUMBER])],
  [K.FLOAT_RANGE, new Set([K.FLOAT, K.NUMBER])],
  [K.STR, new Set([K.RAW])],
  [K.UTF8, new Set([K.STR, K.RAW])],
  [K.BYTES, new Set([K.RAW])],
  [K.EMAIL, new Set([K.STR, K.RAW])],
  [K.URL, new Set([K.STR, K.RAW])],
  [K.TEL, new Set([K.STR, K.RAW])],
  [K.STR_RANGE, new Set([K.STR, K.RAW])],
  [K.UTF8_RANGE, new Set([K.UTF8, K.STR, K.RAW])],
  [K.PATTERN, new Set([K.STR, K.RAW])],
]);

/** Kinds of str that also take the empty one, unless the definition tells another default. */
const ADDRESSES: Kinds = new Set([K.EMAIL, K.URL, K.TEL]);
const THINGS: Kinds = new Set([K.THING, K.TYPE, K.RESTRICTED]);
const CONTAINERS: Kinds = new Set([K.LIST, K.SET]);

/** Whether each value of a single kind, nil aside, is one of the other. */
function scalarFits(from: FieldRule, to: FieldRule): boolean {
  if (to.kind === K.INT_RANGE || to.kind === K.FLOAT_RANGE || to.kind === K.STR_RANGE || to.kind === K.UTF8_RANGE)
    return rangeFits(from, to);
  if (from.kind === K.INT_RANGE) {
    if (to.kind === K.UINT) return from.min >= 0;
    if (to.kind === K.PINT) return from.min > 0;
    if (to.kind === K.NINT) return from.max < 0;
  }
  if (from.kind === K.MEMBER && to.kind === K.ENUM) return true;
  if (from.kind === K.MEMBER && to.kind === K.MEMBER) return from.enumeration === to.enumeration;
  if (from.kind === K.PATTERN && to.kind === K.PATTERN) return false;
  if (from.kind === to.kind && ADDRESSES.has(to.kind)) return (from.preset === undefined) === (to.preset === undefined);
  return from.kind === to.kind || WIDER.get(from.kind)?.has(to.kind) === true;
}

function rangeFits(from: FieldRule, to: FieldRule): boolean {
  if (from.kind !== to.kind && !(from.kind === K.UTF8_RANGE && to.kind === K.STR_RANGE)) return false;
  return from.min >= to.min && from.max <= to.max;
}

const nilFits = (from: FieldRule, to: FieldRule): boolean => !from.nillable || to.nillable;

// --- mod_type ---

/** Whether all values of `from` may stay when the definition becomes `to`, so that no closure is needed. */
export function isCompatible(from: FieldRule, to: FieldRule): boolean {
  if (to.kind === K.ANY) return true;
  if (from.kind === K.ANY || !nilFits(from, to)) return false;
  if (THINGS.has(from.kind) && THINGS.has(to.kind)) return thingsCompatible(from, to);
  if (from.kind === K.LIST && to.kind === K.LIST) return itemsCompatible(from.restriction, to.restriction);
  if (from.kind === K.SET && to.kind === K.SET) {
    const item = to.restriction;
    return item === null || item.kind === K.THING || item.type === (from.restriction?.type ?? null);
  }
  if (ADDRESSES.has(to.kind) && to.preset !== undefined) return false;
  return !CONTAINERS.has(from.kind) && !CONTAINERS.has(to.kind) && scalarFits(from, to);
}

function thingsCompatible(from: FieldRule, to: FieldRule): boolean {
  if (to.kind === K.THING) return true;
  if (to.kind === K.TYPE) return from.type === to.type;
  if (to.restriction === null) return true;
  return from.kind === K.RESTRICTED && itemsCompatible(from.restriction, to.restriction);
}

function itemsCompatible(from: FieldRule | null, to: FieldRule | null): boolean {
  if (to === null) return true;
  if (from === null || !nilFits(from, to)) return false;
  if (THINGS.has(from.kind) || THINGS.has(to.kind)) return from.kind === to.kind && from.type === to.type;
  return scalarFits(from, to);
}

// --- wraps of instances: the definitions decide ---

/** Whether a wrap with the field `to` shows a field of an instance that is defined as `from`. */
export function isShown(from: FieldRule, to: FieldRule): boolean {
  if (to.kind === K.ANY) return true;
  if (to.kind === K.NESTED) return THINGS.has(from.kind);
  if (to.kind === K.NESTED_LIST) return isShownList(from);
  if (from.kind === K.ANY || !nilFits(from, to)) return false;
  if (THINGS.has(from.kind)) return THINGS.has(to.kind);
  if (from.kind === K.LIST && to.kind === K.LIST) return isShownItem(from.restriction, to.restriction);
  if (from.kind === K.SET && to.kind === K.SET) return true;
  if (from.kind === K.SET && to.kind === K.LIST) return to.restriction === null || THINGS.has(to.restriction.kind);
  if (CONTAINERS.has(from.kind) || CONTAINERS.has(to.kind)) return false;
  return isShownScalar(from, to);
}

const isShownList = (from: FieldRule): boolean =>
  from.kind === K.SET ||
  (from.kind === K.LIST && from.restriction !== null && THINGS.has(from.restriction.kind) && !from.restriction.nillable);

function isShownItem(from: FieldRule | null, to: FieldRule | null): boolean {
  if (to === null) return true;
  if (from === null || !nilFits(from, to)) return false;
  if (THINGS.has(from.kind)) return THINGS.has(to.kind);
  return isShownScalar(from, to);
}

function isShownScalar(from: FieldRule, to: FieldRule): boolean {
  if (from.kind === K.PATTERN && to.kind === K.PATTERN) return from.pattern?.text === to.pattern?.text;
  if (from.kind === K.MEMBER && to.kind !== K.MEMBER && to.kind !== K.ENUM) {
    return (to.flags & WrapFlag.MEMBER_NAME) !== 0 ? acceptsNames(to) : acceptsMembersOf(from.enumeration as EnumDef, to);
  }
  return scalarFits(from, to);
}

const acceptsNames = (rule: FieldRule): boolean => rule.kind === K.STR || rule.kind === K.RAW || rule.kind === K.UTF8;

function acceptsMembersOf(enumeration: EnumDef, rule: FieldRule): boolean {
  const { value } = enumeration.first;
  if (typeof value === 'string') return rule.kind === K.STR || rule.kind === K.RAW;
  if (value instanceof Float) return rule.kind === K.FLOAT || rule.kind === K.NUMBER;
  if (value instanceof Bytes) return rule.kind === K.BYTES || rule.kind === K.RAW;
  if (value instanceof Thing) return THINGS.has(rule.kind);
  return rule.kind === K.INT || rule.kind === K.NUMBER;
}

// --- wraps of plain things: the values decide ---

/** Whether a wrap with this field shows a value that a plain thing has. */
export function fitsWrap(rule: FieldRule, value: Value): boolean {
  switch (rule.kind) {
    case K.TYPE:
      return value instanceof Thing || (value === null && rule.nillable);
    case K.NESTED:
      return value instanceof Thing;
    case K.RESTRICTED:
      return rule.accepts(value) || (rule.restriction === null && value instanceof Thing);
    case K.NESTED_LIST:
      return (value instanceof List && value.items.every((item) => item instanceof Thing)) || value instanceof SetValue;
    case K.LIST:
      if (value instanceof List) return itemsFit(rule.restriction, value.items);
      if (value instanceof SetValue) return takesThings(rule.restriction) && itemsFit(rule.restriction, value.things);
      return value === null && rule.nillable;
    case K.SET:
      return value instanceof SetValue ? itemsFit(rule.restriction, value.things) : value === null && rule.nillable;
    default:
      return rule.accepts(value) || (value instanceof EnumMember && rule.accepts(shownMember(rule, value)));
  }
}

/** Whether items of a list may be things: a set, even an empty one, is only shown as such a list. */
const takesThings = (rule: FieldRule | null): boolean => rule === null || rule.kind === K.TYPE || rule.kind === K.THING;

const shownMember = (rule: FieldRule, member: EnumMember): Value =>
  (rule.flags & WrapFlag.MEMBER_NAME) !== 0 ? member.name : member.value;

function itemsFit(rule: FieldRule | null, items: Iterable<Value>): boolean {
  if (rule === null) return true;
  for (const item of items) if (!fitsWrap(rule, item)) return false;
  return true;
}
