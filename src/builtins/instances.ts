/** Instances of types: making them, finding them, and turning things into them and back. */
import { lookupErr, typeErr, valueErr } from '../errors.ts';
import { recordWhole } from '../model/change-records.ts';
import { defaultInstance } from '../model/initial.ts';
import { instanceById, instanceFrom } from '../model/instances.ts';
import { checkField, checkUnused, type TypeDef, typeByName } from '../model/types.ts';
import { toInstance, toPlain } from '../model/types-migrate.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { isName, Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, FunctionRow, MethodRow, Row } from './row.ts';
import { checkName, collectionOf, typeNamed } from './schema-common.ts';
import { allInstances, checkUnnamed, countInstances } from './types.ts';

const TYPE = { name: 'type', type: 'str' } as const;
const COLLECTION = { scopes: ['collection'] } as const;

/** The type of that name, of which there may be instances. */
function instantiable(cx: Context, name: string): TypeDef {
  const type = typeNamed(cx, name);
  if (type.wrapOnly) throw typeErr(`type \`${name}\` is in wrap-only mode, so there are no instances of it`);
  return type;
}

const make: FunctionRow = {
  ...COLLECTION,
  name: 'new',
  params: [TYPE, { name: 'value', type: 'thing', optional: true }],
  names: (cx, name) => typeByName(collectionOf(cx), name),
  returns: 'thing',
  gives: 'instance',
  doc: 'Makes an instance of a type from the properties of a thing; what is missing gets its default.',
  example: "set_type('P', {name: 'str', n: 'int'}); new('P', {name: 'Iris'});  // => {\"name\": \"Iris\", \"n\": 0}",
  page: 'collection-api/new',
  run: (cx, name: string, value: Thing | undefined) => {
    const type = instantiable(cx, name);
    return value === undefined ? defaultInstance(collectionOf(cx), type) : instanceFrom(cx.tx, type, value);
  },
};

const typeAll: FunctionRow = {
  ...COLLECTION,
  name: 'type_all',
  params: [TYPE],
  returns: 'set',
  gives: '{instance}',
  doc: 'Gives a set of all instances of a type.',
  example: "set_type('P', {n: 'int'}); .p = P{n: 4}; type_all('P').map(|p| p.n);  // => [4]",
  page: 'collection-api/type_all',
  run: (cx, name: string) => {
    const instances = allInstances(cx, typeByName(collectionOf(cx), name));
    cx.spend(instances.size);
    return new SetValue(instances);
  },
};

const typeCount: FunctionRow = {
  ...COLLECTION,
  name: 'type_count',
  params: [TYPE],
  returns: 'int',
  doc: 'Counts the instances of a type.',
  example: "set_type('P', {n: 'int'}); .p = [P{}, P{}]; type_count('P');  // => 2",
  page: 'collection-api/type_count',
  run: (cx, name: string) => countInstances(cx, typeByName(collectionOf(cx), name)),
};

function toType(cx: Context, self: Thing, name: string): Value {
  const { tx } = cx;
  if (self.shape.type !== null) throw lookupErr(`type \`${self.typeName}\` has no function \`to_type\``);
  if (self.id !== 0) tx.need();
  if (self === cx.collection?.root) cx.checkCommit('to_type');
  checkName('type', name);
  const type = instantiable(cx, name);
  checkUnused(type, 'type');
  if (self.restriction !== null)
    throw valueErr(`a thing that is restricted to \`${self.restriction.definition}\` cannot become an instance of a type`);
  for (const key of self.keys()) {
    const field = isName(key) ? type.field(key) : undefined;
    if (field === undefined) throw typeErr(`type \`${name}\` has no property \`${key}\``);
    if (field.relation !== null)
      throw typeErr(`property \`${key}\` of type \`${name}\` has a relation; a thing that has it cannot become an instance`);
    checkField(type, key, field.rule, self.get(key) as Value);
  }
  if (self.id !== 0) collectionOf(cx).touch(self.id);
  const added = toInstance(collectionOf(cx), self, type);
  for (const [slot, field] of type.fields.entries()) tx.adopt(field, self.slots[slot] as Value);
  if (self.id === 0) return null;
  for (const value of added) tx.keep(value);
  type.instances?.add(self);
  recordWhole(cx.tx.need(), self);
  return null;
}

function toThing(cx: Context, self: Thing): Value {
  const type = self.shape.type as TypeDef | null;
  if (type === null) throw lookupErr('type `thing` has no function `to_thing`');
  if (self.id !== 0) cx.tx.need();
  checkUnused(type, 'type');
  checkUnnamed(collectionOf(cx), type, false);
  if (self.id !== 0) collectionOf(cx).touch(self.id);
  type.instances?.delete(self);
  toPlain(self);
  if (self.id !== 0) recordWhole(cx.tx.need(), self);
  return null;
}

const CONVERTS = { receiver: 'thing', changes: ['collection'], notUnderNse: true, locks: true, returns: 'nil' } as const;

const toTypeRow: MethodRow = {
  ...CONVERTS,
  name: 'to_type',
  params: [TYPE],
  doc: 'Makes a thing an instance of a type: all its properties must be those of the type.',
  example: "set_type('P', {name: 'str', n: 'int'}); t = {name: 'Iris'}; t.to_type('P'); [type(t), t.n];  // => [\"P\", 0]",
  page: 'data-types/thing/to_type',
  run: toType,
};

const toThingRow: MethodRow = {
  ...CONVERTS,
  name: 'to_thing',
  params: [],
  doc: 'Makes an instance a plain thing; no type may name its type.',
  example: "set_type('P', {name: 'str'}); p = P{name: 'Iris'}; p.to_thing(); type(p);  // => \"thing\"",
  page: 'data-types/typed/to_thing',
  run: toThing,
};

function mapType(cx: Context, self: List, name: string): Value {
  const type = instantiable(cx, name);
  cx.spend(self.items.length);
  return new List(
    self.items.map((item) => {
      if (item instanceof Thing) return instanceFrom(cx.tx, type, item);
      if (typeof item === 'number' || typeof item === 'bigint') return instanceById(collectionOf(cx), type, item);
      throw typeErr(`cannot make an instance of type \`${name}\` from a value of type \`${typeName(item)}\``);
    }),
  );
}

const mapTypeRow: MethodRow = {
  ...COLLECTION,
  name: 'map_type',
  receiver: 'array',
  params: [TYPE],
  returns: 'list',
  gives: '[instance]',
  doc: 'Makes instances of a type from the things in a list; of ids, the stored instances.',
  example: "set_type('P', {n: 'int'}); [{n: 1}, {n: 2}].map_type('P').map(|p| type(p));  // => [\"P\", \"P\"]",
  page: 'data-types/list/map_type',
  run: mapType,
};

export const instanceRows: readonly Row[] = [make, typeAll, typeCount, toTypeRow, toThingRow, mapTypeRow];
