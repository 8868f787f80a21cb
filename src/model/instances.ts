/** Makes instances of types. */
import { lookupErr, typeErr } from '../errors.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { initialFor, templateOf } from './initial.ts';
import { checkStored } from './relations.ts';
import type { Transaction } from './transaction.ts';
import { checkField, type FieldDef, type TypeDef } from './types.ts';

/** How instances are made at one place of a text: which of the given values goes into which field. */
export interface InstancePlan {
  /** Of which `Collection.schema` this is; with another number it no longer holds. */
  readonly schema: number;
  readonly type: TypeDef;
  readonly slots: readonly Value[];
  /** Position among the given values, slot and field of each that the type has. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly fields: readonly FieldDef[];
  /** Slots that nobody gives a value and that need a new one in each instance. */
  readonly fresh: readonly number[];
}

/** Plans instances that get values for these keys. Keys that the type does not have are passed over; of two equal ones the later counts. */
function planInstance(collection: Collection, type: TypeDef, keys: readonly string[]): InstancePlan {
  const { slots, fresh } = templateOf(collection, type);
  const places = new Map(keys.map((key, i) => [key, i]));
  const from: number[] = [];
  const to: number[] = [];
  const fields: FieldDef[] = [];
  type.fields.forEach((field, slot) => {
    const place = places.get(field.name);
    if (place === undefined) return;
    from.push(place);
    to.push(slot);
    fields.push(field);
  });
  return { schema: collection.schema, type, slots, from, to, fields, fresh: fresh.filter((slot) => !to.includes(slot)) };
}

/** Plans by the tuple of keys: that of a place of a text, or of a layout. */
const plans = new WeakMap<readonly string[], InstancePlan>();
let lastKeys: readonly string[] = [];
let lastPlan: InstancePlan | undefined;

/** As `planInstance`, remembered for the array of keys. */
export function planFor(collection: Collection, type: TypeDef, keys: readonly string[]): InstancePlan {
  let plan = keys === lastKeys ? lastPlan : plans.get(keys);
  if (plan === undefined || plan.schema !== collection.schema || plan.type !== type) {
    plan = planInstance(collection, type, keys);
    plans.set(keys, plan);
  }
  lastKeys = keys;
  lastPlan = plan;
  return plan;
}

/** Makes an instance of the values that lie at `base` of the stack. Throws type_err and value_err. */
export function makeInstance(tx: Transaction, plan: InstancePlan, stack: readonly Value[], base: number): Thing {
  const { from, to, fields, type, fresh } = plan;
  const slots = plan.slots.slice();
  const thing = new Thing(type.shape, slots);
  for (let i = 0; i < from.length; i++) {
    const value = stack[base + (from[i] as number)] as Value;
    const { name, rule, relation } = fields[i] as FieldDef;
    checkField(type, name, rule, value);
    if (typeof value !== 'object' || value === null) slots[to[i] as number] = value;
    else {
      if (relation !== null) checkUnrelated(thing, fields[i] as FieldDef, value);
      slots[to[i] as number] = tx.property(thing, name, value, false);
    }
  }
  for (let i = 0; i < fresh.length; i++) slots[fresh[i] as number] = initialFor(tx.collection as Collection, thing, fresh[i] as number);
  return thing;
}

/** A new instance is not stored yet, so it cannot be related. */
function checkUnrelated(thing: Thing, field: FieldDef, value: object): void {
  if (value instanceof Thing || ('things' in value && (value.things as ReadonlySet<Thing>).size > 0)) checkStored(thing, field.name);
}

/** An instance with the properties of a thing that its type has. Throws type_err for an instance of another type. */
export function instanceFrom(tx: Transaction, type: TypeDef, source: Thing): Thing {
  if (source.shape.type !== null && source.shape.type !== type) {
    throw typeErr(`cannot make an instance of type \`${type.name}\` from one of type \`${source.typeName}\``);
  }
  const keys = source.keys();
  const collection = tx.collection as Collection;
  if (source.dict === null) return makeInstance(tx, planFor(collection, type, keys), source.slots, 0);
  const values = keys.map((key) => source.get(key) as Value);
  return makeInstance(tx, planInstance(collection, type, keys), values, 0);
}

/** What `Type(value)` gives: the instance of an id, an instance as it is, or a new one from a plain thing. Throws lookup_err, type_err. */
export function instanceOf(tx: Transaction, type: TypeDef, value: Value): Thing {
  if (value instanceof Thing) return value.shape.type === type ? value : instanceFrom(tx, type, value);
  if (typeof value === 'number' || typeof value === 'bigint') return instanceById(tx.collection as Collection, type, value);
  throw typeErr(`cannot make an instance of type \`${type.name}\` from a value of type \`${typeName(value)}\``);
}

/** The stored instance with that id. Throws lookup_err when there is no such thing, type_err when it is no instance of the type. */
export function instanceById(collection: Collection, type: TypeDef, id: number | bigint): Thing {
  const thing = collection.things.get(Number(id));
  // One that nothing holds any more leaves the collection when the query ends.
  if (thing === undefined || thing.refs === 0) throw lookupErr(`collection \`${collection.name}\` has no \`thing\` with id ${id}`);
  if (thing.shape.type !== type) throw typeErr(`\`#${id}\` is of type \`${thing.typeName}\`, not of type \`${type.name}\``);
  return thing;
}
