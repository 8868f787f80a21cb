/** What is told of names to people: Markdown from rows, schemas and types. Texts of rows and markup are ASCII or UTF-16; names of scripts are decoded. */
import type { Callable, EnumModel, Schema, TypeModel } from '../analysis/schema.ts';
import { describe, type Type } from '../analysis/types.ts';
import type { Row } from '../builtins/row.ts';
import { fromBytes } from './document.ts';

const DOCS = 'https://docs.thingsdb.io/v1/';

export const code = (text: string): string => `\`\`\`thingsdb\n${text}\n\`\`\``;

/** `name(first: type, ...) -> type` */
export function typedSignature(row: Row): string {
  const params = row.params.map((p) => `${p.rest ? '...' : ''}${p.name}${p.optional ? '?' : ''}: ${p.type}`);
  return `${row.receiver === undefined ? '' : `${row.receiver}.`}${row.name}(${params.join(', ')}) -> ${row.returns}`;
}

/** What a built-in does, for a hover or a completion. */
export function rowDoc(row: Row): string {
  const notes = [
    ...(row.changes === undefined ? [] : ['Needs a change.']),
    ...(row.scopes === undefined ? [] : [`Only in the scope: ${row.scopes.join(', ')}.`]),
  ];
  return [row.doc, ...notes, code(row.example), `[Documentation](${DOCS}${row.page})`].join('\n\n');
}

export const rowHover = (row: Row): string => `${code(typedSignature(row))}\n\n${rowDoc(row)}`;

export const variableHover = (name: string, type: Type | undefined): string =>
  code(fromBytes(`${name}: ${type === undefined ? 'any' : describe(type)}`));

export const callableText = (what: string, { name, params }: Callable): string => fromBytes(`${what} ${name}(${params.join(', ')})`);

export function callableHover(what: string, callable: Callable): string {
  const { doc, effects } = callable;
  const head = code(callableText(what, callable));
  return [head, ...(doc === '' ? [] : [fromBytes(doc)]), ...(effects === true ? ['Needs a change.'] : [])].join('\n\n');
}

export function typeText({ name, fields, methods, wrapOnly }: TypeModel): string {
  const rows = [
    ...[...fields.values()].map((field) => `  ${field.name}: ${field.definition === '' ? '...' : field.definition}`),
    ...[...methods.values()].map((method) => `  ${method.name}(${method.params.slice(1).join(', ')})`),
  ];
  return fromBytes(`type ${name}${wrapOnly ? ' (wrap-only)' : ''}${rows.length === 0 ? '' : `\n${rows.join('\n')}`}`);
}

export const typeHover = (model: TypeModel): string => code(typeText(model));

export function enumText({ name, members }: EnumModel): string {
  const rows = [...members].map(([member, { type }]) => `  ${member}${type.value === undefined ? '' : ` = ${JSON.stringify(type.value)}`}`);
  return fromBytes(`enum ${name}${rows.length === 0 ? '' : `\n${rows.join('\n')}`}`);
}

export const enumHover = (model: EnumModel): string => code(enumText(model));

/** What a schema says of a name of a type or an enumerator; null when it knows none. */
export function schemaHover(schema: Schema, name: string): string | null {
  const type = schema.types.get(name);
  if (type !== undefined) return typeHover(type);
  const found = schema.enums.get(name);
  return found === undefined ? null : enumHover(found);
}

/** What a schema says of a part of a type or enumerator. */
export function partHover(schema: Schema, of: string, name: string): string | null {
  const model = schema.types.get(of) ?? schema.enums.get(of);
  if (model === undefined) return null;
  const method = model.methods.get(name);
  if (method !== undefined) return callableHover(`${of}.`, method);
  if ('members' in model) {
    const member = model.members.get(name);
    return member === undefined
      ? null
      : code(fromBytes(`${of}{${name}}${member.type.value === undefined ? '' : ` = ${JSON.stringify(member.type.value)}`}`));
  }
  const field = model.fields.get(name);
  return field === undefined ? null : code(fromBytes(`${of}.${name}: ${field.definition}`));
}
