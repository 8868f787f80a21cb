/** Types: named layouts for things, with a rule for each field. */
import { lookupErr, TiError, typeErr, valueErr } from '../errors.ts';
import { Closure } from '../values/closure.ts';
import { DateTime } from '../values/datetime.ts';
import { AnoType, EnumMember, Room, Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Regex } from '../values/regex.ts';
import type { Restriction } from '../values/restriction.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Shape, type TypeInfo } from '../values/shape.ts';
import { isName, Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Collection } from './collection.ts';

/** What a field, the items of an array or the things of a set must be. */
export interface FieldRule extends Restriction {
  /** The type through which a wrap shows the things of this field; null for as they are. */
  readonly through: TypeInfo | null;
  /** What a field holds when an instance is made without it. Throws for fields that must be given. */
  initial(collection: Collection): Value;
}

export interface FieldDef {
  readonly name: string;
  readonly rule: FieldRule;
}

export class TypeDef implements TypeInfo {
  readonly id: number;
  name: string;
  readonly createdAt: number;
  modifiedAt: number | null = null;
  fields: FieldDef[] = [];
  readonly methods = new Map<string, Closure>();
  /** The layout of instances; replaced when fields come or go. */
  shape: Shape;
  /** Name under which instances tell their id, in place of `#`. */
  idName: string | null = null;
  /** Only for wrapping: no instances. */
  wrapOnly = false;
  hideId = false;

  constructor(id: number, name: string, createdAt: number) {
    this.id = id;
    this.name = name;
    this.createdAt = createdAt;
    this.shape = new Shape([], new Map(), this);
  }

  setFields(fields: readonly FieldDef[]): void {
    this.fields = [...fields];
    const keys = fields.map((f) => f.name);
    this.shape = new Shape(keys, new Map(keys.map((key, slot) => [key, slot])), this);
  }

  /** The rule of the field in a slot of `shape`. */
  rule(slot: number): FieldRule {
    return (this.fields[slot] as FieldDef).rule;
  }
}

type Accepts = (value: Value) => boolean;

interface Primitive {
  readonly accepts: Accepts;
  readonly initial: (collection: Collection) => Value;
}

const isInt: Accepts = (v) => typeof v === 'number' || typeof v === 'bigint';
const isFloat: Accepts = (v) => v instanceof Float;
const isStr: Accepts = (v) => typeof v === 'string';

const PRIMITIVES: Readonly<Record<string, Primitive>> = {
  any: { accepts: () => true, initial: () => null },
  str: { accepts: isStr, initial: () => '' },
  utf8: { accepts: (v) => isStr(v) && isUtf8(v as string), initial: () => '' },
  raw: { accepts: (v) => isStr(v) || v instanceof Bytes, initial: () => '' },
  bytes: { accepts: (v) => v instanceof Bytes, initial: () => new Bytes('') },
  int: { accepts: isInt, initial: () => 0 },
  uint: { accepts: (v) => isInt(v) && (v as number) >= 0, initial: () => 0 },
  pint: { accepts: (v) => isInt(v) && (v as number) > 0, initial: () => 1 },
  nint: { accepts: (v) => isInt(v) && (v as number) < 0, initial: () => -1 },
  float: { accepts: isFloat, initial: () => new Float(0) },
  number: { accepts: (v) => isInt(v) || isFloat(v), initial: () => 0 },
  bool: { accepts: (v) => typeof v === 'boolean', initial: () => false },
  thing: { accepts: (v) => v instanceof Thing, initial: () => new Thing(Shape.empty, []) },
  regex: { accepts: (v) => v instanceof Regex, initial: () => new Regex('.*', '') },
  closure: { accepts: (v) => v instanceof Closure, initial: () => null },
  error: { accepts: (v) => v instanceof TiError, initial: () => new TiError(-100, 'error:-100') },
  datetime: {
    accepts: (v) => v instanceof DateTime && !v.isTimeval,
    initial: (c) => new DateTime(Math.floor(Date.now() / 1000), 0, c.timeZone, false),
  },
  timeval: {
    accepts: (v) => v instanceof DateTime && v.isTimeval,
    initial: (c) => new DateTime(Math.floor(Date.now() / 1000), 0, c.timeZone, true),
  },
  room: { accepts: (v) => v instanceof Room, initial: () => new Room() },
  task: { accepts: (v) => v instanceof Task, initial: () => new Task(0) },
};

function isUtf8(text: string): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
    return true;
  } catch {
    return false;
  }
}

class Rule implements FieldRule {
  readonly definition: string;
  private readonly test: Accepts;
  private readonly start: (collection: Collection) => Value;
  readonly through: TypeInfo | null;

  constructor(definition: string, test: Accepts, start: (collection: Collection) => Value, through: TypeInfo | null = null) {
    this.definition = definition;
    this.through = through;
    this.test = test;
    this.start = start;
  }

  accepts(value: Value): boolean {
    return this.test(value);
  }

  initial(collection: Collection): Value {
    return this.start(collection);
  }
}

/** Reads a field's definition such as `str`, `int?`, `[Person]`. Throws value_err or type_err that names the field. */
export function parseRule(collection: Collection, type: TypeDef, field: string, definition: string): FieldRule {
  const where = `invalid declaration for \`${field}\` on type \`${type.name}\``;
  if (definition === '') throw valueErr(`${where}; declarations must not be empty`);
  const nillable = definition.endsWith('?');
  const base = nillable ? definition.slice(0, -1) : definition;
  const rule = containerRule(collection, type, where, base) ?? itemRule(collection, type, where, base);
  if (!nillable) return rule;
  return new Rule(
    definition,
    (v) => v === null || rule.accepts(v),
    () => null,
    rule.through,
  );
}

function containerRule(collection: Collection, type: TypeDef, where: string, text: string): FieldRule | null {
  if (text.startsWith('[') && text.endsWith(']')) {
    const inner = text.slice(1, -1);
    const item = inner === '' ? null : parseRule(collection, type, where, inner);
    return new Rule(
      text,
      (v) => v instanceof List && (item === null || v.items.every((i) => item.accepts(i))),
      () => {
        const list = new List([]);
        list.restriction = item;
        return list;
      },
      item?.through ?? null,
    );
  }
  if (text.startsWith('{') && text.endsWith('}')) {
    const inner = text.slice(1, -1);
    const item = inner === '' ? null : itemRule(collection, type, where, inner);
    return new Rule(
      text,
      (v) => v instanceof SetValue && (item === null || [...v.things].every((t) => item.accepts(t))),
      () => {
        const set = new SetValue();
        set.restriction = item;
        return set;
      },
      item?.through ?? null,
    );
  }
  return null;
}

function itemRule(collection: Collection, type: TypeDef, where: string, text: string): FieldRule {
  const primitive = PRIMITIVES[text];
  if (primitive !== undefined) return new Rule(text, primitive.accepts, primitive.initial);
  const other = text === type.name ? type : collection.types.get(text);
  if (other !== undefined) {
    return new Rule(
      text,
      (v) => v instanceof Thing && v.shape.type === other,
      () => newInstance(collection, other, new Map()),
      other,
    );
  }
  const enumeration = collection.enums.get(text);
  if (enumeration !== undefined) {
    return new Rule(
      text,
      (v) => v instanceof EnumMember && v.enumeration === enumeration,
      () => enumeration.first,
    );
  }
  if (!isName(text)) throw valueErr(`${where}; expecting a type name but got \`${text}\``);
  throw typeErr(`${where}; unknown type \`${text}\` in declaration`);
}

/** The type of that name. Throws lookup_err. */
export function typeByName(collection: Collection, name: string): TypeDef {
  const type = collection.types.get(name);
  if (type === undefined) throw lookupErr(`type \`${name}\` not found`);
  return type;
}

/** An instance with the given fields and the initial values of the others; fields that the type does not have are passed over. */
export function newInstance(collection: Collection, type: TypeDef, values: ReadonlyMap<string, Value>): Thing {
  const slots = new Array<Value>(type.fields.length).fill(null);
  type.fields.forEach(({ name, rule }, i) => {
    const given = values.get(name);
    if (given !== undefined) checkField(type, name, rule, given);
    slots[i] = given === undefined ? rule.initial(collection) : given;
  });
  return new Thing(type.shape, slots);
}

/** Throws type_err when a field cannot hold the value. */
export function checkField(type: TypeDef, name: string, rule: FieldRule, value: Value): void {
  if (rule.accepts(value)) return;
  throw typeErr(
    `mismatch in type \`${type.name}\`; type \`${typeName(value)}\` is invalid for property \`${name}\` with definition \`${rule.definition}\``,
  );
}

/** An anonymous type from its fields: definitions as str, or closures that compute. */
export function makeAnoType(collection: Collection, fields: ReadonlyMap<string, Value>): AnoType {
  const type = new TypeDef(0, 'anonymous', 0);
  type.wrapOnly = true;
  type.hideId = true;
  const rules: FieldDef[] = [];
  for (const [name, definition] of fields) {
    if (definition instanceof Closure) type.methods.set(name, definition);
    else if (typeof definition === 'string') rules.push({ name, rule: parseRule(collection, type, name, definition) });
    else throw typeErr(`expecting a definition of type \`str\` or \`closure\` but got type \`${typeName(definition)}\` instead`);
  }
  type.setFields(rules);
  return new AnoType(type, fields);
}
