/**
 * What a change of a type does to its instances. Everything here acts on things alone: counting references and recording is the business of those who
 * call, so that a change that happens and one that is read from the log do the same.
 */
import { Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { MAX_SHAPE_KEYS, Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { initialFor } from './initial.ts';
import { FieldRule } from './rules.ts';
import { type FieldDef, own, type TypeDef, takeOut } from './types.ts';

/** The stored instances of a type; also those that nothing holds any more, until the query ends. */
export function storedInstances(collection: Collection, type: TypeDef): Thing[] {
  if (type.instances !== null) return [...type.instances];
  const found: Thing[] = [];
  for (const thing of collection.things.values()) if (thing.shape.type === type) found.push(thing);
  if (type.autoIndex) type.instances = new Set(found);
  return found;
}

/** Finds the things that nothing stored holds and that `roots` lead to: values, and arrays and maps of values. */
export function looseThings(roots: Iterable<unknown>): Set<Thing> {
  const found = new Set<Thing>();
  const seen = new Set<object>();
  const open: unknown[] = [...roots];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Thing) {
      if (value.refs > 0) continue;
      found.add(value);
      for (const item of value.dict === null ? value.slots : value.dict.values()) push(open, item);
    } else if (value instanceof List) for (const item of value.items) push(open, item);
    else if (value instanceof SetValue) for (const thing of value.things) open.push(thing);
    else if (value instanceof Wrapped) open.push(value.thing);
    else if (Array.isArray(value)) for (const item of value) push(open, item);
    else if (value instanceof Map) for (const item of value.values()) push(open, item);
  }
  return found;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

function push(open: unknown[], value: unknown): void {
  if (isObject(value)) open.push(value);
}

// --- fields ---

/** Adds a field behind the others; `valueFor` makes what an instance has in it. */
export function addField(type: TypeDef, field: FieldDef, instances: Iterable<Thing>, valueFor: (thing: Thing) => Value): void {
  type.setFields([...type.fields, field]);
  for (const thing of instances) {
    thing.shape = type.shape;
    thing.slots = [...thing.slots, null];
    thing.slots[thing.slots.length - 1] = valueFor(thing);
  }
}

/** Takes a field away; the last takes its place. Gives the values that the instances had in it. */
export function removeField(type: TypeDef, field: FieldDef, instances: Iterable<Thing>): Value[] {
  const slot = type.fields.indexOf(field);
  type.setFields(takeOut([...type.fields], (other) => other === field));
  const gone: Value[] = [];
  for (const thing of instances) {
    thing.shape = type.shape;
    const value = thing.slots[slot] as Value;
    const last = thing.slots.pop() as Value;
    if (slot < thing.slots.length) thing.slots[slot] = last;
    disown(value);
    gone.push(value);
  }
  return gone;
}

export function renameField(type: TypeDef, field: FieldDef, name: string, instances: Iterable<Thing>): void {
  field.name = name;
  type.setFields(type.fields);
  const slot = type.fields.indexOf(field);
  for (const thing of instances) {
    thing.shape = type.shape;
    own(thing, name, thing.slots[slot] as Value);
  }
}

/** Gives a field another rule. Values are not looked at, but lists and sets get the new restriction. */
export function setRule(type: TypeDef, field: FieldDef, rule: FieldRule, instances: Iterable<Thing>): void {
  field.rule = rule;
  const slot = type.fields.indexOf(field);
  for (const thing of instances) {
    const value = thing.slots[slot];
    if (value instanceof List || value instanceof SetValue) value.restriction = rule.restriction;
  }
}

function disown(value: Value): void {
  if (!(value instanceof List) && !(value instanceof SetValue)) return;
  value.parent = null;
  value.restriction = null;
}

// --- between types and plain things ---

/** Makes a plain thing of an instance, with the same properties. */
export function toPlain(thing: Thing): void {
  const { keys } = thing.shape;
  for (const value of thing.slots) if (value instanceof List || value instanceof SetValue) value.restriction = null;
  if (keys.length <= MAX_SHAPE_KEYS) {
    thing.shape = Shape.of(keys);
    return;
  }
  thing.dict = new Map(keys.map((key, slot) => [key, thing.slots[slot] as Value]));
  thing.slots = [];
  thing.shape = Shape.dictionary;
}

/** Makes an instance of a plain thing whose properties are all fields of the type and fit; gives the values of the fields that it did not have. */
export function toInstance(collection: Collection, thing: Thing, type: TypeDef): Value[] {
  const before = new Map(thing.keys().map((key) => [key, thing.get(key) as Value]));
  thing.shape = type.shape;
  thing.dict = null;
  thing.slots = type.fields.map(({ name }) => before.get(name) ?? null);
  const added: Value[] = [];
  type.fields.forEach(({ name, rule }, slot) => {
    if (!before.has(name)) {
      thing.slots[slot] = initialFor(collection, thing, slot);
      added.push(thing.slots[slot] as Value);
      return;
    }
    const value = thing.slots[slot];
    if (value instanceof List || value instanceof SetValue) value.restriction = rule.restriction;
  });
  return added;
}

/**
 * Brings an instance that is not stored to the present layout of its type. It was made before the type changed, and nobody found it then: fields are
 * matched by their names.
 */
export function refreshInstance(collection: Collection, thing: Thing): void {
  const type = thing.shape.type as TypeDef;
  if (type.gone) {
    toPlain(thing);
    return;
  }
  const before = thing.shape;
  const { slots } = thing;
  thing.shape = type.shape;
  thing.slots = new Array<Value>(type.fields.length).fill(null);
  type.fields.forEach(({ name, rule }, slot) => {
    const old = before.slotOf.get(name);
    const value = old === undefined ? undefined : slots[old];
    thing.slots[slot] = value !== undefined && rule.accepts(value) ? value : initialFor(collection, thing, slot);
  });
}

/** Ends the restrictions of plain things to what `isGone` says of. */
export function endRestrictions(collection: Collection, isGone: (rule: FieldRule) => boolean): void {
  for (const thing of collection.things.values()) {
    if (thing.restriction instanceof FieldRule && isGone(thing.restriction)) {
      collection.touch(thing.id);
      thing.restriction = null;
    }
  }
}
