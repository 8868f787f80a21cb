/** A schema as `thingsc schema` writes it: what `types_info()`, `enums_info()` and `procedures_info()` tell, under three keys. */
import { type Callable, Schema } from './schema.ts';
import { ANY, FLOAT, literal, NIL, type Type } from './types.ts';

/** Why a text is no schema. `message` is text, not bytes. */
export class SchemaError extends Error {}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Members = { readonly [key: string]: Json };

const bytes = (text: string): string => Buffer.from(text, 'utf8').latin1Slice();

function listUnder(value: Json, key: string): readonly Json[] {
  const list = isMap(value) ? value[key] : undefined;
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw new SchemaError(`\`${key}\` is no list`);
  return list as readonly Json[];
}

const isMap = (value: Json | undefined): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

function map(value: Json | undefined, what: string): Members {
  if (isMap(value)) return value;
  throw new SchemaError(`${what} is not told as an object`);
}

function text(value: Json | undefined, what: string): string {
  if (typeof value === 'string') return bytes(value);
  throw new SchemaError(`${what} is no text`);
}

function callable(name: string, told: Members): Callable {
  const params = Array.isArray(told['arguments']) ? (told['arguments'] as readonly Json[]) : [];
  return {
    name,
    params: params.map((param) => text(param, `an argument of \`${name}\``)),
    doc: typeof told['doc'] === 'string' ? bytes(told['doc']) : '',
    effects: typeof told['with_side_effects'] === 'boolean' ? told['with_side_effects'] : null,
    at: null,
  };
}

function addMethods(methods: Map<string, Callable>, told: Json | undefined): void {
  if (!isMap(told)) return;
  for (const [name, method] of Object.entries(told)) methods.set(bytes(name), callable(bytes(name), map(method, `the method \`${name}\``)));
}

function addType(schema: Schema, told: Members): void {
  const type = schema.type(text(told['name'], 'the name of a type'));
  type.wrapOnly = told['wrap_only'] === true;
  for (const field of listUnder(told, 'fields')) {
    if (!Array.isArray(field)) throw new SchemaError(`a field of \`${type.name}\` is no list of name and definition`);
    const [first, definition] = field as readonly Json[];
    const name = text(first, `a name of a field of \`${type.name}\``);
    if (definition === '#') type.idName = name;
    else type.fields.set(name, { name, definition: typeof definition === 'string' ? bytes(definition) : '', at: null });
  }
  addMethods(type.methods, told['methods']);
}

function memberType(value: Json | undefined): Type {
  if (value === null) return NIL;
  if (typeof value === 'number') return Number.isInteger(value) ? literal(value) : FLOAT;
  return typeof value === 'string' ? literal(bytes(value)) : ANY;
}

function addEnum(schema: Schema, told: Members): void {
  const found = schema.enumeration(text(told['name'], 'the name of an enumerator'));
  for (const member of listUnder(told, 'members')) {
    if (!Array.isArray(member)) throw new SchemaError(`a member of \`${found.name}\` is no list of name and value`);
    const [name, value] = member as readonly Json[];
    found.members.set(text(name, `a name of a member of \`${found.name}\``), { type: memberType(value), at: null });
  }
  addMethods(found.methods, told['methods']);
}

/** Reads a schema. Throws SchemaError. */
export function schemaFromJson(json: string): Schema {
  let told: Json;
  try {
    told = JSON.parse(json) as Json;
  } catch (error) {
    throw new SchemaError(error instanceof Error ? error.message : String(error));
  }
  map(told, 'a schema');
  const schema = new Schema(true);
  for (const type of listUnder(told, 'types')) addType(schema, map(type, 'a type'));
  for (const each of listUnder(told, 'enums')) addEnum(schema, map(each, 'an enumerator'));
  for (const procedure of listUnder(told, 'procedures')) {
    const members = map(procedure, 'a procedure');
    const name = text(members['name'], 'the name of a procedure');
    schema.procedures.set(name, callable(name, members));
  }
  return schema;
}
