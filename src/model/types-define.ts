/** Definitions of whole types: reading them, what they need of one another, and telling them. */
import { ErrorCode, lookupErr, operationErr, TiError, typeErr, valueErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { AnoType } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Shape } from '../values/shape.ts';
import { isName, Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { FieldRule, RuleKind } from './rules.ts';
import { parseRule, type RuleScope } from './rules-parse.ts';
import { FieldDef, TypeDef } from './types.ts';

/** A type may name the same other type in so many definitions. */
const MAX_USES = 255;

const NAMES = 'https://docs.thingsdb.io/v1/overview/names';

/** What a definition says, before it is put into a type. */
export interface TypeParts {
  readonly fields: FieldDef[];
  readonly methods: Map<string, Closure>;
  /** Name under which the id is told; null when the definition names none. */
  readonly idName: string | null;
}

function scopeOf(collection: Collection | null, type: TypeDef, field: string): RuleScope {
  return {
    where: `invalid declaration for \`${field}\` on type \`${type.name}\``,
    type: (name) => (name === type.name && type.id !== 0 ? type : collection?.types.get(name)),
    enumeration: (name) => collection?.enums.get(name),
  };
}

/**
 * The rule that a definition means: a str, or in a wrap-only type a thing or a list with one thing, which define a nested type. Throws value_err, type_err,
 * lookup_err. What the types need of one another is not looked at.
 */
export function ruleOf(collection: Collection | null, type: TypeDef, field: string, definition: Value): FieldRule {
  if (typeof definition === 'string') return parseRule(scopeOf(collection, type, field), definition);
  const { where } = scopeOf(collection, type, field);
  const isList = definition instanceof List;
  if (isList && definition.items.length !== 1) throw valueErr(`${where}; a nested definition in a list must be a single thing`);
  const nested = isList ? definition.items[0] : definition;
  if (!(nested instanceof Thing)) {
    throw typeErr(
      `${where}; expecting a definition of type \`str\`, \`closure\` or \`thing\` but got type \`${typeName(nested as Value)}\``,
    );
  }
  if (!type.wrapOnly) throw valueErr(`${where}; only types in wrap-only mode can have nested definitions`);
  const inner = new TypeDef(0, `${type.name}.${field}`, 0);
  inner.wrapOnly = true;
  inner.hideId = true;
  fill(inner, partsOf(collection, inner, entriesOf(nested)));
  return new FieldRule({ kind: isList ? RuleKind.NESTED_LIST : RuleKind.NESTED, type: inner });
}

/** The properties of a thing, as a definition of a type has them. */
export function* entriesOf(thing: Thing): Iterable<readonly [string, Value]> {
  for (const key of thing.keys()) yield [key, thing.get(key) as Value];
}

/** Reads the definition of a type that is to get these fields beside those that it has. Throws as `ruleOf`, and for names that it has already. */
export function partsOf(collection: Collection | null, type: TypeDef, entries: Iterable<readonly [string, Value]>): TypeParts {
  const fields: FieldDef[] = [];
  const methods = new Map<string, Closure>();
  let idName: string | null = null;
  for (const [name, definition] of entries) {
    if (!isName(name))
      throw valueErr(`\`${name}\` cannot be a property of type \`${type.name}\`: it does not follow the naming rules; see ${NAMES}`);
    if (type.hasName(name)) throw taken(type, name);
    if (definition instanceof Closure) methods.set(name, definition);
    else if (definition === '#') {
      if (idName !== null || type.idName !== null)
        throw lookupErr(`type \`${type.name}\` names its id already, as \`${idName ?? type.idName}\``);
      idName = name;
    } else {
      const field = new FieldDef(name, ruleOf(collection, type, name, definition));
      checkNeeded(type, field);
      fields.push(field);
    }
  }
  return { fields, methods, idName };
}

export const taken = (type: TypeDef, name: string): TiError =>
  lookupErr(`property or method \`${name}\` already exists on type \`${type.name}\``);

/** Puts what a definition says behind what the type has. */
export function fill(type: TypeDef, parts: TypeParts): void {
  type.setFields([...type.fields, ...parts.fields]);
  type.methods.assign([...type.methods, ...parts.methods]);
  if (parts.idName === null) return;
  type.idName = parts.idName;
  // A nested or anonymous type shows ids when it says under which name.
  if (type.id === 0) type.hideId = false;
}

/** An anonymous type from field and definition. It knows the types of the language only. Throws as `ruleOf`. */
export function makeAnoType(fields: Iterable<readonly [string, Value]>): AnoType {
  const type = new TypeDef(0, '<anonymous>', 0);
  type.wrapOnly = true;
  type.hideId = true;
  const entries = [...fields];
  fill(type, partsOf(null, type, entries));
  const told = new Map(entries.map(([name, definition]) => [name, snapshot(definition)]));
  type.told = told;
  return new AnoType(type, told, JSON.stringify([...told].map(([name, value]) => [name, signatureOf(value)])));
}

/** A definition that nobody else can change. */
function snapshot(definition: Value): Value {
  if (definition instanceof List) return new List(definition.items.map(snapshot), true);
  if (definition instanceof Closure) definition.unbound = true;
  if (!(definition instanceof Thing)) return definition;
  const copy = new Thing(Shape.empty, []);
  for (const [name, value] of entriesOf(definition)) copy.put(name, snapshot(value));
  return copy;
}

function signatureOf(definition: Value): unknown {
  if (definition instanceof List) return ['[', ...definition.items.map(signatureOf)];
  if (definition instanceof Closure) return ['|', definition.code.compactText];
  if (definition instanceof Thing) return ['{', ...[...entriesOf(definition)].map(([name, value]) => [name, signatureOf(value)])];
  return definition;
}

/** A definition as it is told: a str; for a nested one a thing, or a list with one. */
export function definitionOf(rule: FieldRule): Value {
  if (rule.kind === RuleKind.NESTED) return membersOf(rule.type as TypeDef);
  if (rule.kind === RuleKind.NESTED_LIST) return new List([membersOf(rule.type as TypeDef)], true);
  return rule.definition;
}

function membersOf(type: TypeDef): Thing {
  const members = new Thing(Shape.empty, []);
  if (type.idName !== null) members.put(type.idName, '#');
  for (const { name, rule } of type.fields) members.put(name, definitionOf(rule));
  for (const [name, closure] of type.methods) members.put(name, closure);
  return members;
}

// --- what types need of one another ---

/** The rules in a definition: the rule itself, that of its items, and those of the fields of a nested type. */
function* rulesIn(rule: FieldRule): Iterable<FieldRule> {
  yield rule;
  if (rule.item !== null) yield rule.item;
  if (rule.kind === RuleKind.NESTED || rule.kind === RuleKind.NESTED_LIST) {
    for (const field of (rule.type as TypeDef).fields) yield* rulesIn(field.rule);
  }
}

/** Whether a definition names a type. */
export function namesType(rule: FieldRule, type: TypeDef): boolean {
  for (const inner of rulesIn(rule)) if (inner.kind === RuleKind.TYPE && inner.type === type) return true;
  return false;
}

/** All rules of all types of a collection, with their types. */
export function* allRules(collection: Collection): Iterable<readonly [TypeDef, FieldRule]> {
  for (const type of collection.types.values()) {
    for (const field of type.fields) for (const rule of rulesIn(field.rule)) yield [type, rule];
  }
}

/** The type of which each instance must have an instance; null for none. */
const needed = (rule: FieldRule): TypeDef | null => (rule.kind === RuleKind.TYPE && !rule.nillable ? rule.type : null);

/** Whether making an instance of `type` makes one of `target`. */
function leadsTo(type: TypeDef, target: TypeDef, seen = new Set<TypeDef>()): boolean {
  if (type === target) return true;
  if (seen.has(type)) return false;
  seen.add(type);
  return type.fields.some(({ rule }) => {
    const next = needed(rule);
    return next !== null && leadsTo(next, target, seen);
  });
}

/** Throws unless `type` may have fields with these rules beside the others: -60 for a circle, -61 for a wrap-only type, -57 for too many. */
export function checkNeeds(type: TypeDef, added: readonly FieldDef[], others: readonly FieldDef[] = type.fields): void {
  const uses = new Map<TypeDef, number>();
  const count = (fields: readonly FieldDef[]): void => {
    for (const { rule } of fields) {
      for (const inner of rulesIn(rule))
        if (inner.kind === RuleKind.TYPE) uses.set(inner.type as TypeDef, (uses.get(inner.type as TypeDef) ?? 0) + 1);
    }
  };
  count(others);
  count(added);
  for (const [used, times] of uses) {
    if (times > MAX_USES)
      throw new TiError(ErrorCode.MAX_QUOTA, `type \`${type.name}\` names type \`${used.name}\` more than ${MAX_USES} times`);
  }
  for (const field of added) checkNeeded(type, field);
}

/** Throws unless there can be instances of a type with this field: -60 for a circle, -61 for a wrap-only type. */
function checkNeeded(type: TypeDef, { name, rule }: FieldDef): void {
  const next = type.wrapOnly ? null : needed(rule);
  if (next === null) return;
  const where = `invalid declaration for \`${name}\` on type \`${type.name}\``;
  if (next.wrapOnly && next !== type)
    throw typeErr(`${where}; type \`${next.name}\` is in wrap-only mode, so there are no instances of it`);
  if (leadsTo(next, type)) {
    throw valueErr(
      `${where}; an instance of \`${type.name}\` would need another one, without end; make one of the definitions nillable with \`?\``,
    );
  }
}

/** Throws operation_err unless the type may be switched to wrap-only mode, given that it has no instances. */
export function checkMayWrapOnly(collection: Collection, type: TypeDef): void {
  for (const owner of collection.types.values()) {
    // What lists and sets may hold need not be there.
    if (owner !== type && !owner.wrapOnly && owner.fields.some(({ rule }) => needed(rule) === type)) {
      throw operationErr(`type \`${type.name}\` is required by type \`${owner.name}\`, which is not in wrap-only mode`);
    }
  }
}

/** Throws operation_err unless instances of the type can be made. */
export function checkMayHaveInstances(type: TypeDef): void {
  for (const { name, rule } of type.fields) {
    if (rule.kind === RuleKind.NESTED || rule.kind === RuleKind.NESTED_LIST) {
      throw operationErr(`type \`${type.name}\` must stay in wrap-only mode: the definition of \`${name}\` is nested`);
    }
    const next = needed(rule);
    if (next !== null && (next.wrapOnly || leadsTo(next, type))) {
      throw operationErr(`type \`${type.name}\` must stay in wrap-only mode: \`${name}\` needs an instance of type \`${next.name}\``);
    }
  }
}
