/**
 * Relations: two fields that say the same thing from both sides. Whoever changes one side changes the other; only stored things are related. A side is
 * a field with one thing or nil, or with a set. A loop over a set goes on with what the set held when it began, so the other side may change meanwhile.
 */
import { typeErr } from '../errors.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { RuleKind } from './rules.ts';
import type { FieldDef, RelationEnd, TypeDef } from './types.ts';

/** What relations use of a transaction; nothing here looks at the other side. */
export interface Linker {
  /** Sets a field of a stored thing and records it. */
  put(thing: Thing, key: string, value: Value): void;
  /** Adds a thing to a stored set, or takes it out, and records it. */
  include(set: SetValue, thing: Thing): void;
  exclude(set: SetValue, thing: Thing): void;
}

/** The relation of a property; null for one that has none. */
export function relationOf(thing: Thing, key: string): RelationEnd | null {
  const type = thing.shape.type as TypeDef | null;
  return type === null ? null : (type.field(key)?.relation ?? null);
}

/** Whether a definition can be one side of a relation: a nillable instance of a type, or a set of instances. */
export const canRelate = ({ rule }: FieldDef): boolean =>
  (rule.kind === RuleKind.TYPE && rule.nillable) ||
  (rule.kind === RuleKind.SET && !rule.nillable && rule.restriction?.kind === RuleKind.TYPE);

/** The type of the things on the other side. */
export const relatedType = ({ rule }: FieldDef): TypeDef => (rule.kind === RuleKind.SET ? rule.restriction?.type : rule.type) as TypeDef;

const sideOf = (thing: Thing, field: FieldDef): Value => thing.get(field.name) ?? null;

/** Whether a thing names another in a field. */
function names(thing: Thing, field: FieldDef, other: Thing): boolean {
  const side = sideOf(thing, field);
  return side instanceof SetValue ? side.things.has(other) : side === other;
}

/** The side of `other` that would lose its present partner if it were linked to someone else; null when none would. */
const partnerOf = (other: Thing, { field }: RelationEnd): Thing | null => {
  const side = sideOf(other, field);
  return side instanceof Thing ? side : null;
};

/** Throws type_err for a thing that is not stored. */
export function checkStored(thing: Thing, key: string): void {
  if (thing.id === 0)
    throw typeErr(`mismatch in type \`${thing.typeName}\`; the relation of \`${key}\` must be created with stored things`);
}

/** After `thing` came to name `other` in its field: `other` names it, and nobody else if it can name only one. */
export function link(linker: Linker, own: FieldDef, end: RelationEnd, thing: Thing, other: Thing): void {
  const side = sideOf(other, end.field);
  if (side instanceof SetValue) {
    if (!side.things.has(thing)) linker.include(side, thing);
    return;
  }
  if (side === thing) return;
  if (side instanceof Thing) leave(linker, side, own, other);
  linker.put(other, end.field.name, thing);
}

/** After `thing` ceased to name `other` in its field: neither does `other`. */
export function unlink(linker: Linker, end: RelationEnd, thing: Thing, other: Thing): void {
  if (names(other, end.field, thing)) leave(linker, other, end.field, thing);
}

/** `thing` no longer names `other` in that field. */
function leave(linker: Linker, thing: Thing, field: FieldDef, other: Thing): void {
  const side = sideOf(thing, field);
  if (side instanceof SetValue) {
    if (side.things.has(other)) linker.exclude(side, other);
  } else if (side === other) linker.put(thing, field.name, null);
}

/** The things in one side. */
const thingsIn = (side: Value): Thing[] => (side instanceof SetValue ? [...side.things] : side instanceof Thing ? [side] : []);

/**
 * After a thing got its id: what it names is completed from the other side. It may name things that are related to others, since it may be a
 * duplicate; those it leaves to them.
 */
export function settle(linker: Linker, thing: Thing): void {
  const type = thing.shape.type as TypeDef;
  for (const field of type.fields) {
    const end = field.relation;
    if (end === null) continue;
    for (const other of thingsIn(sideOf(thing, field))) {
      const partner = partnerOf(other, end);
      if (partner === null || partner === thing) link(linker, field, end, thing, other);
      else leave(linker, thing, field, other);
    }
  }
}

/** Links that a new relation needs: in `thing`, `field` must come to name `other`. */
interface Missing {
  readonly thing: Thing;
  readonly field: FieldDef;
  readonly other: Thing;
}

/** What must be linked so that both sides of a new relation say the same; throws type_err when they contradict one another. */
function missingLinks(a: FieldDef, b: FieldDef, things: Iterable<Thing>): Missing[] {
  const missing: Missing[] = [];
  // Who will name whom in a field that takes only one.
  const single = new Map<FieldDef, Map<Thing, Thing>>([
    [a, new Map()],
    [b, new Map()],
  ]);
  const claim = (field: FieldDef, thing: Thing, other: Thing): void => {
    if (field.rule.kind === RuleKind.SET) return;
    const claims = single.get(field) as Map<Thing, Thing>;
    const known = claims.get(thing);
    if (known !== undefined && known !== other) {
      throw typeErr(`failed to create the relation: \`${field.name}\` of a thing would have to name two things`);
    }
    claims.set(thing, other);
  };
  for (const thing of things) {
    for (const [own, far] of a === b
      ? [[a, b]]
      : [
          [a, b],
          [b, a],
        ]) {
      const field = own as FieldDef;
      if ((thing.shape.type as TypeDef).field(field.name) !== field) continue;
      for (const other of thingsIn(sideOf(thing, field))) {
        claim(field, thing, other);
        claim(far as FieldDef, other, thing);
        if (!names(other, far as FieldDef, thing)) missing.push({ thing: other, field: far as FieldDef, other: thing });
      }
    }
  }
  return missing;
}

/**
 * Makes the two sides of a relation and completes what the stored instances of both types name; `note` is called between. Throws type_err, and does
 * nothing then.
 */
export function relate(
  linker: Linker,
  [typeA, a]: readonly [TypeDef, FieldDef],
  [typeB, b]: readonly [TypeDef, FieldDef],
  instances: Iterable<Thing>,
  note: () => void,
): void {
  const missing = missingLinks(a, b, instances);
  a.relation = { type: typeB, field: b };
  b.relation = { type: typeA, field: a };
  note();
  for (const { thing, field, other } of missing) {
    const side = sideOf(thing, field);
    if (side instanceof SetValue) {
      if (!side.things.has(other)) linker.include(side, other);
    } else if (side !== other) linker.put(thing, field.name, other);
  }
}
