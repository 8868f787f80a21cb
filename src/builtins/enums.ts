/** Enumerators and their members. */
import { lookupErr, operationErr, valueErr } from '../errors.ts';
import { dropEnum } from '../model/apply-types.ts';
import { ChangeOp } from '../model/change.ts';
import type { Collection } from '../model/collection.ts';
import { checkMemberValue, EnumDef } from '../model/enums.ts';
import { valuesOf } from '../model/references.ts';
import { encodeEnum } from '../model/schema-records.ts';
import { checkUnused } from '../model/types.ts';
import { allRules } from '../model/types-define.ts';
import { looseThings } from '../model/types-migrate.ts';
import { Closure } from '../values/closure.ts';
import { EnumMember } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Bytes } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Context, Row } from './row.ts';
import { byName, checkName, checkNewName, collectionOf, enumByName, enumInfo, now } from './schema-common.ts';
import { newThing } from './things-common.ts';

const SCHEMA = { changes: ['collection'], scopes: ['collection'] } as const;
const INFO = { scopes: ['collection'] } as const;
const NAME = { name: 'enum', type: 'str' } as const;

/** Records an enumerator as a whole, and lets names be looked up anew. */
export function recordEnum(cx: Context, enumeration: EnumDef): void {
  const { ops } = cx.tx.need();
  ops.int(ChangeOp.ENUM);
  encodeEnum(ops, enumeration);
  collectionOf(cx).schemaChanged();
  cx.namesChanged();
}

function setEnum(cx: Context, name: string, definition: Thing): Value {
  cx.tx.need();
  const collection = collectionOf(cx);
  checkNewName(collection, 'enum', name);
  const enumeration = new EnumDef(collection.nextEnumId, name, now());
  const methods: [string, Closure][] = [];
  for (const key of definition.keys()) {
    checkName('member', key);
    const value = definition.get(key) as Value;
    if (value instanceof Closure) methods.push([key, value]);
    else {
      checkMemberValue(enumeration, value);
      enumeration.add(key, value);
    }
  }
  if (enumeration.members.size === 0) throw valueErr(`enum \`${name}\` needs at least one member`);
  for (const member of enumeration.members.values()) cx.tx.keep(member.value);
  enumeration.methods.assign(methods);
  collection.nextEnumId++;
  collection.enums.set(name, enumeration);
  collection.enumsById.set(enumeration.id, enumeration);
  recordEnum(cx, enumeration);
  return null;
}

/** Whether a value is the member, or a list that has it in it. */
function holds(value: unknown, isIt: (member: EnumMember) => boolean): boolean {
  if (value instanceof EnumMember) return isIt(value);
  if (value instanceof List) return value.items.some((item) => holds(item, isIt));
  if (Array.isArray(value)) return value.some((item) => holds(item, isIt));
  return value instanceof Map && [...value.values()].some((item) => holds(item, isIt));
}

/** Throws operation_err when a member of which `isIt` says so is used: by a thing, a variable, or as the default of a definition. */
export function checkMembersFree(cx: Context, enumeration: EnumDef, isIt: (member: EnumMember) => boolean): void {
  const collection = collectionOf(cx);
  const isUsed =
    [...cx.roots()].some((root) => holds(root, isIt)) ||
    usedBy(collection.things.values(), isIt) ||
    usedBy(looseThings(cx.roots()), isIt) ||
    usedByDefault(collection, isIt);
  if (isUsed) throw operationErr(`a member of enum \`${enumeration.name}\` is still being used`);
}

function usedBy(things: Iterable<Thing>, isIt: (member: EnumMember) => boolean): boolean {
  for (const thing of things) {
    if (thing.id !== 0 && thing.refs === 0) continue;
    for (const value of valuesOf(thing)) if (typeof value === 'object' && value !== null && holds(value, isIt)) return true;
  }
  return false;
}

function usedByDefault(collection: Collection, isIt: (member: EnumMember) => boolean): boolean {
  for (const [, rule] of allRules(collection)) if (rule.preset instanceof EnumMember && isIt(rule.preset)) return true;
  return false;
}

function delEnum(cx: Context, name: string): Value {
  const { ops } = cx.tx.need();
  const collection = collectionOf(cx);
  const enumeration = enumByName(collection, name);
  checkUnused(enumeration, 'enum');
  for (const [type, rule] of allRules(collection)) {
    if (rule.enumeration === enumeration) throw operationErr(`enum \`${name}\` is used by the definition of type \`${type.name}\``);
  }
  checkMembersFree(cx, enumeration, (member) => member.enumeration === enumeration);
  for (const member of enumeration.members.values()) cx.tx.drop(member.value);
  dropEnum(collection, enumeration);
  cx.namesChanged();
  ops.int(ChangeOp.DEL_ENUM);
  ops.int(enumeration.id);
  return null;
}

function rename(cx: Context, from: string, to: string): Value {
  cx.tx.need();
  const collection = collectionOf(cx);
  const enumeration = enumByName(collection, from);
  checkUnused(enumeration, 'enum');
  checkNewName(collection, 'enum', to);
  collection.enums.delete(from);
  enumeration.name = to;
  collection.enums.set(to, enumeration);
  recordEnum(cx, enumeration);
  return null;
}

function enumMap(cx: Context, name: string): Value {
  const map = newThing();
  for (const member of enumByName(collectionOf(cx), name).members.values()) map.put(member.name, member.value);
  return map;
}

function memberLength(_cx: Context, { value, typeName }: EnumMember): Value {
  if (typeof value === 'string') return value.length;
  if (value instanceof Bytes) return value.bytes.length;
  if (value instanceof List) return value.items.length;
  if (value instanceof SetValue) return value.things.size;
  if (typeof value === 'object' && value !== null && 'size' in value) return (value as Thing).size;
  throw lookupErr(`type \`${typeName}\` has no function \`len\``);
}

export const enumNames = (cx: Context, name: string): EnumDef => enumByName(collectionOf(cx), name);

export const enumRows: readonly Row[] = [
  {
    ...SCHEMA,
    name: 'set_enum',
    commits: true,
    params: [NAME, { name: 'members', type: 'thing' }],
    returns: 'nil',
    doc: 'Defines an enumerator; the first member is its default, and closures are methods of the members.',
    example: "set_enum('Color', {RED: '#f00', GREEN: '#0f0'}); Color{GREEN}.value();  // => \"#0f0\"",
    page: 'collection-api/set_enum',
    run: setEnum,
  },
  {
    ...SCHEMA,
    name: 'del_enum',
    params: [NAME],
    returns: 'nil',
    doc: 'Removes an enumerator that no type names and whose members nothing holds.',
    example: "set_enum('E', {A: 1}); del_enum('E'); has_enum('E');  // => false",
    page: 'collection-api/del_enum',
    run: delEnum,
  },
  {
    ...SCHEMA,
    name: 'rename_enum',
    commits: true,
    params: [NAME, { name: 'name', type: 'str' }],
    returns: 'nil',
    doc: 'Gives an enumerator another name, also in the definitions of types.',
    example: "set_enum('E', {A: 1}); rename_enum('E', 'F'); F{A}.name();  // => \"A\"",
    page: 'collection-api/rename_enum',
    run: rename,
  },
  {
    ...INFO,
    name: 'has_enum',
    params: [NAME],
    returns: 'bool',
    doc: 'Whether there is an enumerator of that name.',
    example: "has_enum('Nothing');  // => false",
    page: 'collection-api/has_enum',
    run: (cx, name: string) => collectionOf(cx).enums.has(name),
  },
  {
    ...INFO,
    name: 'enum',
    params: [NAME, { name: 'value', type: 'any', optional: true }],
    names: enumNames,
    returns: 'any',
    gives: 'member',
    doc: 'Gives the member with a value, or the default member.',
    example: "set_enum('Size', {S: 1, L: 9}); [enum('Size').name(), enum('Size', 9).name()];  // => [\"S\", \"L\"]",
    page: 'collection-api/enum',
    run: (cx, name: string, value: Value | undefined) => {
      const enumeration = enumByName(collectionOf(cx), name);
      return value === undefined ? enumeration.first : enumeration.byValue(value);
    },
  },
  {
    ...INFO,
    name: 'enum_map',
    params: [NAME],
    returns: 'thing',
    doc: 'Gives a thing with the values of all members under their names.',
    example: 'set_enum(\'Size\', {S: 1, L: 9}); enum_map(\'Size\');  // => {"S": 1, "L": 9}',
    page: 'collection-api/enum_map',
    run: enumMap,
  },
  {
    ...INFO,
    name: 'enum_info',
    params: [NAME],
    returns: 'mpdata',
    doc: 'Tells about an enumerator: members, default, methods and times.',
    example: "set_enum('Size', {S: 1}); enum_info('Size').load().members;  // => [[\"S\", 1]]",
    page: 'collection-api/enum_info',
    run: (cx, name: string) => enumInfo(cx, enumByName(collectionOf(cx), name)),
  },
  {
    ...INFO,
    name: 'enums_info',
    params: [],
    returns: 'list',
    doc: 'Tells about all enumerators, in the order of their names.',
    example: 'enums_info();  // => []',
    page: 'collection-api/enums_info',
    run: (cx) => new List(byName(collectionOf(cx).enums).map((enumeration) => enumInfo(cx, enumeration))),
  },
  {
    name: 'value',
    receiver: 'enum',
    params: [],
    returns: 'any',
    doc: 'The value of a member.',
    example: "set_enum('Size', {S: 1, L: 9}); Size{L}.value();  // => 9",
    page: 'data-types/enum/value',
    run: (_cx, self: EnumMember) => self.value,
  },
  {
    name: 'name',
    receiver: 'enum',
    params: [],
    returns: 'str',
    doc: 'The name of a member.',
    example: 'set_enum(\'Size\', {S: 1, L: 9}); Size{L}.name();  // => "L"',
    page: 'data-types/enum/name',
    run: (_cx, self: EnumMember) => self.name,
  },
  {
    name: 'len',
    receiver: 'enum',
    params: [],
    returns: 'int',
    doc: 'The length of the value of a member.',
    example: "set_enum('Word', {A: 'abc'}); Word{A}.len();  // => 3",
    page: 'data-types/enum',
    run: memberLength,
  },
];
