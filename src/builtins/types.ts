/** Making, removing and renaming types, and telling about them. */
import { operationErr, typeErr } from '../errors.ts';
import { dropType } from '../model/apply-types.ts';
import { ChangeOp } from '../model/change.ts';
import type { Collection } from '../model/collection.ts';
import { addType, encodeType, encodeTypeInfo, renameType, setAutoIndex } from '../model/schema-records.ts';
import { checkUnused, type TypeDef, typeByName } from '../model/types.ts';
import { checkMayWrapOnly, checkNeeds, entriesOf, fill, namesType, partsOf } from '../model/types-define.ts';
import { looseThings, storedInstances, toPlain } from '../model/types-migrate.ts';
import { List } from '../values/list.ts';
import type { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Row } from './row.ts';
import { byName, checkNewName, collectionOf, now, typeInfo } from './schema-common.ts';

const WRAP_ONLY = 2;
const HIDE_ID = 4;
const INDEX = 8;

type Flags = number | bigint | boolean | undefined;

const SCHEMA = { changes: ['collection'], scopes: ['collection'] } as const;
const INFO = { scopes: ['collection'] } as const;
const NAME = { name: 'type', type: 'str' } as const;
const FLAGS = [
  { name: 'flags', type: 'int|bool', optional: true },
  { name: 'hide_id', type: 'bool', optional: true },
] as const;

interface Modes {
  readonly wrapOnly: boolean;
  readonly hideId: boolean;
  readonly autoIndex: boolean;
}

/** The modes that a type has when these flags are added. Two bools set the first two as they are. Throws type_err for other combinations. */
function modesOf(type: Modes | null, flags: Flags, hideId: boolean | undefined): Modes {
  const old = type ?? { wrapOnly: false, hideId: false, autoIndex: false };
  if (hideId !== undefined && typeof flags !== 'boolean') {
    throw typeErr(`flags are a single \`int\`, or two values of type \`bool\`, but the first is of type \`${typeName(flags ?? null)}\``);
  }
  if (flags === undefined) return old;
  if (typeof flags === 'boolean') return { ...old, wrapOnly: flags, hideId: hideId ?? old.hideId };
  const bits = Number(BigInt.asUintN(32, BigInt(flags)));
  return {
    wrapOnly: old.wrapOnly || (bits & WRAP_ONLY) !== 0,
    hideId: old.hideId || (bits & HIDE_ID) !== 0,
    autoIndex: old.autoIndex || (bits & INDEX) !== 0,
  };
}

function setModes(type: TypeDef, modes: Modes): void {
  type.wrapOnly = modes.wrapOnly;
  type.hideId = modes.hideId;
  setAutoIndex(type, modes.autoIndex);
}

/** Records a type as a whole, and lets names be looked up anew. */
function recordType(cx: Context, type: TypeDef): void {
  const { ops } = cx.tx.need();
  ops.int(ChangeOp.TYPE);
  encodeType(ops, type);
  collectionOf(cx).schemaChanged();
  cx.namesChanged();
}

/** Records what of a type changes without its instances. */
export function recordTypeInfo(cx: Context, type: TypeDef): void {
  const { ops } = cx.tx.need();
  ops.int(ChangeOp.TYPE_INFO);
  encodeTypeInfo(ops, type);
  collectionOf(cx).schemaChanged();
}

/** A new type of that name, not recorded yet. */
function makeType(collection: Collection, name: string, modes: Modes): TypeDef {
  const type = addType(collection, collection.goneTypes.get(name)?.id ?? collection.nextTypeId, name, now());
  setModes(type, modes);
  return type;
}

function newType(cx: Context, name: string, flags: Flags, hideId: boolean | undefined): Value {
  cx.tx.need();
  const collection = collectionOf(cx);
  checkNewName(collection, 'type', name);
  recordType(cx, makeType(collection, name, modesOf(null, flags, hideId)));
  return name;
}

/** All instances of a type: the stored ones, and those that the query holds. */
export function allInstances(cx: Context, type: TypeDef): Set<Thing> {
  const found = new Set<Thing>();
  for (const thing of storedInstances(collectionOf(cx), type)) if (thing.refs > 0) found.add(thing);
  for (const thing of looseThings(cx.roots())) if (thing.shape.type === type) found.add(thing);
  return found;
}

/** How many instances of a type there are, as `allInstances` finds them. */
export function countInstances(cx: Context, type: TypeDef): number {
  let count = 0;
  for (const thing of storedInstances(collectionOf(cx), type)) if (thing.refs > 0) count++;
  for (const thing of looseThings(cx.roots())) if (thing.shape.type === type) count++;
  return count;
}

/** The instances of a type that are not stored, of those that the query holds. */
export function looseInstances(cx: Context, type: TypeDef): Thing[] {
  return [...looseThings(cx.roots())].filter((thing) => thing.id === 0 && thing.shape.type === type);
}

function setType(cx: Context, name: string, definition: Thing, flags: Flags, hideId: boolean | undefined): Value {
  cx.tx.need();
  const collection = collectionOf(cx);
  const old = collection.types.get(name);
  if (old === undefined) checkNewName(collection, 'type', name);
  else {
    checkUnused(old, 'type');
    if (old.fields.length > 0) throw operationErr(`type \`${name}\` already has fields; use \`mod_type\` to change it`);
    if (allInstances(cx, old).size > 0) throw operationErr(`type \`${name}\` has instances; use \`mod_type\` to change it`);
  }
  const modes = modesOf(old ?? null, flags, hideId);
  const nextTypeId = collection.nextTypeId;
  const type = old ?? makeType(collection, name, modes);
  const before: Modes = { wrapOnly: type.wrapOnly, hideId: type.hideId, autoIndex: type.autoIndex };
  try {
    if (modes.wrapOnly && !before.wrapOnly) checkMayWrapOnly(collection, type);
    setModes(type, modes);
    const parts = partsOf(collection, type, entriesOf(definition));
    checkNeeds(type, parts.fields);
    fill(type, parts);
  } catch (error) {
    if (old === undefined) dropUnrecorded(collection, type, nextTypeId);
    else setModes(type, before);
    throw error;
  }
  if (old !== undefined) type.modifiedAt = now();
  recordType(cx, type);
  return null;
}

/** Takes back a type that was made just now; `nextTypeId` is what it was before. */
function dropUnrecorded(collection: Collection, type: TypeDef, nextTypeId: number): void {
  const { name } = type;
  dropType(collection, type);
  // Under the name of a type that was removed, it was that type again.
  if (type.id < nextTypeId) return;
  collection.nextTypeId = nextTypeId;
  collection.typesById.delete(type.id);
  collection.goneTypes.delete(name);
}

function delType(cx: Context, name: string): Value {
  const { ops } = cx.tx.need();
  const collection = collectionOf(cx);
  const type = typeByName(collection, name);
  checkUnused(type, 'type');
  checkUnnamed(collection, type, true);
  for (const thing of looseInstances(cx, type)) toPlain(thing);
  dropType(collection, type);
  cx.namesChanged();
  ops.int(ChangeOp.DEL_TYPE);
  ops.int(type.id);
  return null;
}

/** Throws operation_err when another type names this one in a definition; `exceptItself`: that it names itself is fine. */
export function checkUnnamed(collection: Collection, type: TypeDef, exceptItself: boolean): void {
  for (const other of collection.types.values()) {
    if (other === type && exceptItself) continue;
    const field = other.fields.find(({ rule }) => namesType(rule, type));
    if (field !== undefined)
      throw operationErr(`type \`${type.name}\` is used by the definition of \`${field.name}\` on type \`${other.name}\``);
  }
}

function rename(cx: Context, from: string, to: string): Value {
  cx.tx.need();
  const collection = collectionOf(cx);
  const type = typeByName(collection, from);
  checkUnused(type, 'type');
  checkNewName(collection, 'type', to);
  renameType(collection, type, to);
  recordTypeInfo(cx, type);
  cx.namesChanged();
  return null;
}

const typeNamed = (cx: Context, name: string): TypeDef | undefined => collectionOf(cx).types.get(name);

export const typeRows: readonly Row[] = [
  {
    ...SCHEMA,
    name: 'new_type',
    commits: true,
    params: [NAME, ...FLAGS],
    returns: 'str',
    doc: 'Makes a type without fields, so that other types can name it before it is defined.',
    example: 'new_type(\'Person\');  // => "Person"',
    page: 'collection-api/new_type',
    run: newType,
  },
  {
    ...SCHEMA,
    name: 'set_type',
    commits: true,
    params: [NAME, { name: 'definition', type: 'thing' }, ...FLAGS],
    names: typeNamed,
    returns: 'nil',
    doc: 'Defines a type, or the fields of one that has none yet; methods are closures.',
    example: "set_type('Person', {name: 'str', age: 'int'}); Person{name: 'Iris'};  // => {\"name\": \"Iris\", \"age\": 0}",
    page: 'collection-api/set_type',
    run: setType,
  },
  {
    ...SCHEMA,
    name: 'del_type',
    commits: true,
    params: [NAME],
    returns: 'nil',
    doc: 'Removes a type that no other type names; its instances become plain things.',
    example: "set_type('A', {x: 'int'}); a = A{}; del_type('A'); type(a);  // => \"thing\"",
    page: 'collection-api/del_type',
    run: delType,
  },
  {
    ...SCHEMA,
    name: 'rename_type',
    commits: true,
    params: [NAME, { name: 'name', type: 'str' }],
    returns: 'nil',
    doc: 'Gives a type another name, also in the definitions of other types; the texts of methods stay as they are.',
    example: "set_type('A', {x: 'int'}); rename_type('A', 'B'); type(B{});  // => \"B\"",
    page: 'collection-api/rename_type',
    run: rename,
  },
  {
    ...INFO,
    name: 'has_type',
    params: [NAME],
    returns: 'bool',
    doc: 'Whether there is a type of that name.',
    example: "has_type('Nobody');  // => false",
    page: 'collection-api/has_type',
    run: (cx, name: string) => collectionOf(cx).types.has(name),
  },
  {
    ...INFO,
    name: 'type_info',
    params: [NAME],
    returns: 'mpdata',
    doc: 'Tells about a type: fields, methods, relations, modes and times.',
    example: "set_type('A', {x: 'int'}); type_info('A').load().fields;  // => [[\"x\", \"int\"]]",
    page: 'collection-api/type_info',
    run: (cx, name: string) => typeInfo(cx, typeByName(collectionOf(cx), name)),
  },
  {
    ...INFO,
    name: 'types_info',
    params: [],
    returns: 'list',
    doc: 'Tells about all types, in the order of their names.',
    example: 'types_info();  // => []',
    page: 'collection-api/types_info',
    run: (cx) => new List(byName(collectionOf(cx).types).map((type) => typeInfo(cx, type))),
  },
];
