/** Types, enumerators and wraps. */
import { lookupErr, typeErr, valueErr } from '../errors.ts';
import { ChangeOp } from '../model/change.ts';
import type { Collection } from '../model/collection.ts';
import { EnumDef } from '../model/enums.ts';
import { encodeEnum, encodeType } from '../model/schema-records.ts';
import { type FieldDef, parseRule, TypeDef, typeByName } from '../model/types.ts';
import { Closure } from '../values/closure.ts';
import { AnoType, type EnumMember, Wrapped } from '../values/handles.ts';
import { isName, type Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Row } from './row.ts';

const now = (): number => Math.floor(Date.now() / 1000);

function checkName(what: string, name: string): void {
  if (!isName(name)) throw valueErr(`${what} name must follow the naming rules; see https://docs.thingsdb.io/v1/overview/names`);
}

function setType(cx: Context, name: string, definition: Thing, flags: number | boolean | undefined): Value {
  const { ops } = cx.tx.need();
  const collection = cx.collection as Collection;
  checkName('type', name);
  if (collection.enums.has(name)) throw lookupErr(`enum \`${name}\` already exists`);
  const old = collection.types.get(name);
  if (old !== undefined && old.fields.length > 0) throw lookupErr(`type \`${name}\` already has fields; use \`mod_type\` to change it`);
  const type = old ?? new TypeDef(collection.nextTypeId, name, now());
  const fields: FieldDef[] = [];
  const methods = new Map<string, Closure>();
  for (const key of definition.keys()) {
    const value = definition.get(key) as Value;
    if (value instanceof Closure) methods.set(key, value);
    else if (value === '#') type.idName = key;
    else if (typeof value === 'string') fields.push({ name: key, rule: parseRule(collection, type, key, value) });
    else
      throw typeErr(
        `field \`${key}\` of type \`${name}\` needs a definition of type \`str\` or \`closure\` but got type \`${typeName(value)}\``,
      );
  }
  const bits = Number(flags ?? 0);
  type.wrapOnly = flags === true || (bits & 2) !== 0;
  type.hideId = (bits & 4) !== 0;
  type.setFields(fields);
  for (const [key, method] of methods) type.methods.set(key, method);
  if (old === undefined) {
    collection.nextTypeId++;
    collection.types.set(name, type);
    collection.typesById.set(type.id, type);
  }
  cx.namesChanged();
  ops.int(ChangeOp.TYPE);
  encodeType(ops, type);
  return null;
}

function setEnum(cx: Context, name: string, definition: Thing): Value {
  const { ops } = cx.tx.need();
  const collection = cx.collection as Collection;
  checkName('enum', name);
  if (collection.enums.has(name)) throw lookupErr(`enum \`${name}\` already exists`);
  if (collection.types.has(name)) throw lookupErr(`type \`${name}\` already exists`);
  if (definition.size === 0) throw valueErr(`enum \`${name}\` needs at least one member`);
  const enumeration = new EnumDef(collection.nextEnumId, name, now());
  for (const key of definition.keys()) {
    checkName('member', key);
    const value = definition.get(key) as Value;
    enumeration.add(key, value);
    cx.tx.keep(value);
  }
  collection.nextEnumId++;
  collection.enums.set(name, enumeration);
  collection.enumsById.set(enumeration.id, enumeration);
  cx.namesChanged();
  ops.int(ChangeOp.ENUM);
  encodeEnum(ops, enumeration);
  return null;
}

function wrap(cx: Context, self: Thing, which: string | AnoType | undefined): Value {
  if (which instanceof AnoType) return new Wrapped(self, which.type);
  if (which === undefined) {
    if (self.shape.type === null) throw typeErr('a plain thing needs the name of a type to be wrapped');
    return new Wrapped(self, self.shape.type);
  }
  return new Wrapped(self, typeByName(cx.collection as Collection, which));
}

export const typeRows: readonly Row[] = [
  {
    name: 'set_type',
    params: [
      { name: 'name', type: 'str' },
      { name: 'definition', type: 'thing' },
      { name: 'flags', type: 'int|bool', optional: true },
    ],
    returns: 'nil',
    doc: 'Defines a type, or the fields of one that has none yet.',
    example: "set_type('Person', {name: 'str', age: 'int'}); Person{name: 'Iris'}.age;  // => 0",
    page: 'collection-api/set_type',
    changes: ['collection'],
    scopes: ['collection'],
    run: setType,
  },
  {
    name: 'set_enum',
    params: [
      { name: 'name', type: 'str' },
      { name: 'members', type: 'thing' },
    ],
    returns: 'nil',
    doc: 'Defines an enumerator; the first member is its default.',
    example: "set_enum('Color', {RED: '#f00', GREEN: '#0f0'}); Color{GREEN}.value();  // => \"#0f0\"",
    page: 'collection-api/set_enum',
    changes: ['collection'],
    scopes: ['collection'],
    run: setEnum,
  },
  {
    name: 'wrap',
    receiver: 'thing',
    params: [{ name: 'type', type: 'str|ano', optional: true }],
    returns: '<Type>',
    doc: 'The thing seen through a type: only the fields of the type that it has.',
    example: "set_type('Named', {name: 'str'}); {name: 'Iris', age: 6}.wrap('Named');  // => {\"name\": \"Iris\"}",
    page: 'data-types/thing/wrap',
    run: wrap,
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
];
