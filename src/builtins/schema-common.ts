/** What the built-ins on types, enumerators and wraps share. */
import { ErrorCode, lookupErr, TiError, typeErr, valueErr } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import type { EnumDef } from '../model/enums.ts';
import { isReservedName } from '../model/rules-parse.ts';
import { type MethodMap, type TypeDef, typeByName, unknownName } from '../model/types.ts';
import { definitionOf } from '../model/types-define.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure } from '../values/closure.ts';
import { MpData } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { isName, Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { Encoder } from '../wire/encode.ts';
import type { Context } from './row.ts';

const NAMES = 'https://docs.thingsdb.io/v1/overview/names';

export const now = (): number => Math.floor(Date.now() / 1000);

/** The collection of the query: these built-ins exist in no other scope. */
export const collectionOf = (cx: Context): Collection => cx.collection as Collection;

/** The type of that name, for methods that exist in all scopes: those without a collection have no types. Throws lookup_err. */
export function typeNamed(cx: Context, name: string): TypeDef {
  if (cx.collection === null) throw unknownName('type', name);
  return typeByName(cx.collection, name);
}

/** Throws value_err for what cannot be the name of a `what`. */
export function checkName(what: string, name: string): void {
  if (!isName(name)) throw valueErr(`${what} name must follow the naming rules; see ${NAMES}`);
}

/** Throws for a name that no new type or enumerator can have. */
export function checkNewName(collection: Collection, what: 'type' | 'enum', name: string): void {
  checkName(what, name);
  if (isReservedName(name)) throw valueErr(`name \`${name}\` is reserved; choose another for the ${what}`);
  checkNotTaken(collection, name);
}

/** Throws lookup_err when a type or an enumerator has the name. */
export function checkNotTaken(collection: Collection, name: string): void {
  if (collection.types.has(name)) throw lookupErr(`type \`${name}\` already exists`);
  if (collection.enums.has(name)) throw lookupErr(`enum \`${name}\` already exists`);
}

export function enumByName(collection: Collection, name: string): EnumDef {
  const enumeration = collection.enums.get(name);
  if (enumeration === undefined) throw unknownName('enum', name);
  return enumeration;
}

/** Throws num_arguments_err unless a call of `name` with this action has as many arguments as it takes, all counted. */
export function checkCount(name: string, action: string, given: number, min: number, max: number): void {
  if (given >= min && given <= max) return;
  const want =
    min === max ? `takes ${min} arguments` : given < min ? `requires at least ${min} arguments` : `takes at most ${max} arguments`;
  throw new TiError(
    ErrorCode.NUM_ARGUMENTS,
    `function \`${name}\` with action \`${action}\` ${want} but ${given} were given; see https://docs.thingsdb.io/v1/collection-api/${name}/${action}`,
  );
}

export function expectStr(value: Value | undefined, where: string): string {
  if (typeof value === 'string') return value;
  throw typeErr(`${where} must be of type \`str\` but got type \`${typeName(value ?? null)}\` instead`);
}

export function expectClosure(value: Value | undefined, where: string): Closure {
  if (value instanceof Closure) return value;
  throw typeErr(`${where} must be of type \`closure\` but got type \`${typeName(value ?? null)}\` instead`);
}

export function expectBool(value: Value | undefined, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw typeErr(`${where} must be of type \`bool\` but got type \`${typeName(value ?? null)}\` instead`);
}

// --- information ---

const CHANGE = 2;

/** Whether who asks may see the definitions of methods. */
function maySee(cx: Context): boolean {
  return ((cx.user.access.get(String(collectionOf(cx).id)) ?? 0) & CHANGE) !== 0;
}

/** Packs what `write` tells. */
export function mpdata(write: (w: MsgpackWriter) => void): MpData {
  const w = new MsgpackWriter(256);
  write(w);
  return new MpData(w.take());
}

function writeMethods(cx: Context, w: MsgpackWriter, methods: MethodMap): void {
  const isSeen = maySee(cx);
  w.str('methods');
  w.mapHeader(methods.size);
  for (const [name, closure] of methods) {
    w.str(name);
    w.mapHeader(isSeen ? 4 : 3);
    w.str('doc');
    w.str(closure.code.doc);
    if (isSeen) {
      w.str('definition');
      w.str(closure.code.definition);
    }
    w.str('with_side_effects');
    w.bool(closure.code.effects !== 0);
    w.str('arguments');
    w.arrayHeader(closure.code.params.length);
    for (const param of closure.code.params) w.str(param);
  }
}

function writeTime(w: MsgpackWriter, key: string, time: number | null): void {
  w.str(key);
  if (time === null) w.nil();
  else w.int(time);
}

function writeDefinition(w: MsgpackWriter, definition: Value): void {
  if (definition instanceof Thing) {
    w.mapHeader(definition.size);
    for (const key of definition.keys()) {
      w.str(key);
      writeDefinition(w, definition.get(key) as Value);
    }
  } else if (definition instanceof List) {
    w.arrayHeader(definition.items.length);
    for (const item of definition.items) writeDefinition(w, item);
  } else w.str(definition instanceof Closure ? definition.code.compactText : (definition as string));
}

function writeRelations(w: MsgpackWriter, type: TypeDef): void {
  const related = type.fields.filter((field) => field.relation !== null);
  w.str('relations');
  w.mapHeader(related.length);
  for (const { name, relation } of related) {
    w.str(name);
    w.mapHeader(3);
    w.str('type');
    w.str(relation?.type.name ?? '');
    w.str('property');
    w.str(relation?.field.name ?? '');
    w.str('definition');
    w.str(relation?.field.rule.definition ?? '');
  }
}

/** The number of a type or enumerator as it is told: the first has 0, as clients know it, while 0 stands for none here. */
const toldId = ({ id }: TypeDef | EnumDef): number => id - 1;

/** What `type_info` tells. */
export function typeInfo(cx: Context, type: TypeDef): MpData {
  return mpdata((w) => {
    w.mapHeader(10);
    w.str('type_id');
    w.int(toldId(type));
    w.str('name');
    w.str(type.name);
    w.str('wrap_only');
    w.bool(type.wrapOnly);
    w.str('hide_id');
    w.bool(type.hideId);
    w.str('auto_index');
    w.bool(type.autoIndex);
    writeTime(w, 'created_at', type.createdAt);
    writeTime(w, 'modified_at', type.modifiedAt);
    w.str('fields');
    w.arrayHeader(type.fields.length + (type.idName === null ? 0 : 1));
    if (type.idName !== null) writePair(w, type.idName, '#');
    for (const { name, rule } of type.fields) writePair(w, name, definitionOf(rule));
    writeMethods(cx, w, type.methods);
    writeRelations(w, type);
  });
}

function writePair(w: MsgpackWriter, name: string, definition: Value): void {
  w.arrayHeader(2);
  w.str(name);
  writeDefinition(w, definition);
}

/** What `enum_info` tells. */
export function enumInfo(cx: Context, enumeration: EnumDef): MpData {
  return mpdata((w) => {
    const encoder = new Encoder(w, cx.hooks);
    w.mapHeader(7);
    w.str('enum_id');
    w.int(toldId(enumeration));
    w.str('name');
    w.str(enumeration.name);
    w.str('default');
    w.str(enumeration.first.name);
    writeTime(w, 'created_at', enumeration.createdAt);
    writeTime(w, 'modified_at', enumeration.modifiedAt);
    w.str('members');
    w.arrayHeader(enumeration.members.size);
    for (const { name, value } of enumeration.members.values()) {
      w.arrayHeader(2);
      w.str(name);
      encoder.encode(value, 0, 0);
    }
    writeMethods(cx, w, enumeration.methods);
  });
}

/** Values of a map in the order of the bytes of their names. */
export function byName<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
