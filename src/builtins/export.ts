/** A collection as a script that makes its types, enumerators and procedures, or as bytes with all that it holds; and reading those bytes. */
import { operationErr, TiError, typeErr, valueErr } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import { checkRead, isDump, isEmpty, moveInto, readDump, writeDump } from '../model/collection-dump.ts';
import type { EnumDef } from '../model/enums.ts';
import { readForeignDump } from '../model/foreign-dump.ts';
import type { TypeDef } from '../model/types.ts';
import { definitionOf } from '../model/types-define.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Row } from './row.ts';
import { textOf } from './text.ts';

/** An option that is a bool; false when it is not given. Throws value_err for other options, type_err. */
function boolOption(options: Thing | undefined, name: string, page: string): boolean {
  if (options === undefined) return false;
  for (const key of options.keys()) {
    if (key !== name)
      throw valueErr(`there is no option \`${key}\`; there is \`${name}\`; see https://docs.thingsdb.io/v1/collection-api/${page}`);
  }
  const value = options.get(name);
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw typeErr(`expecting \`${name}\` to be of type \`bool\` but got type \`${typeName(value)}\` instead`);
}

function exported(cx: Context, options?: Thing): Value {
  const isDumped = boolOption(options, 'dump', 'export');
  if (cx.tx.change !== null || cx.futureCount > 0) {
    throw operationErr('`export` is not possible in a query that changes something or makes futures');
  }
  const collection = cx.collection as Collection;
  if (!isDumped) return script(cx, collection);
  const w = new MsgpackWriter(64 * 1024);
  writeDump(w, collection);
  return new Bytes(Buffer.from(w.bytes()).latin1Slice());
}

// --- the script ---

const byName = <T extends { readonly name: string }>(items: Iterable<T>): T[] => [...items].sort((a, b) => (a.name < b.name ? -1 : 1));

function script(cx: Context, { name, types, enums, procedures }: Collection): string {
  const sorted = byName(types.values());
  const sortedEnums = byName(enums.values());
  return [
    `try(commit('Source: collection \`${name}\`'));\n\n`,
    ...sorted.map(newTypeText),
    '\n',
    ...sortedEnums.map((enumeration) => enumText(cx, enumeration)),
    '\n',
    ...sorted.map((type) => typeText(cx, type)),
    '\n',
    ...relationTexts(sorted),
    '\n',
    ...sortedEnums.flatMap((enumeration) => memberTexts(cx, enumeration)),
    '\n',
    ...byName(procedures.values()).map((p) => `new_procedure('${p.name}', ${cx.definition(p.closure, 0)});\n`),
    '\n\n',
    "'DONE';\n",
  ].join('');
}

function newTypeText({ name, wrapOnly, hideId, autoIndex }: TypeDef): string {
  const flags = [wrapOnly ? 'WPO' : '', hideId ? 'HID' : '', autoIndex ? 'IDX' : ''].filter((flag) => flag !== '');
  return `new_type('${name}'${flags.length === 0 ? '' : `, ${flags.join('|')}`});\n`;
}

/** Lines `\tname: text,` between braces. */
const block = (lines: readonly (readonly [string, string])[]): string =>
  `{\n${lines.map(([name, text]) => `\t${name}: ${text},\n`).join('')}}`;

const methodLines = (cx: Context, methods: Iterable<readonly [string, Closure]>): [string, string][] =>
  [...methods].map(([name, closure]) => [name, cx.definition(closure, 1)]);

function typeText(cx: Context, { name, idName, fields, methods }: TypeDef): string {
  const lines: [string, string][] = idName === null ? [] : [[idName, "'#'"]];
  for (const field of fields) lines.push([field.name, valueText(cx, definitionOf(field.rule), 1)]);
  lines.push(...methodLines(cx, methods));
  return lines.length === 0 ? '' : `set_type('${name}', ${block(lines)});\n`;
}

/** A thing is told empty, since nothing is in the collection yet that it could hold; `memberTexts` fills it. */
function enumText(cx: Context, { name, members, methods }: EnumDef): string {
  const lines: [string, string][] = [...members.values()].map((member) => [
    member.name,
    member.value instanceof Thing ? '{}' : valueText(cx, member.value, 1),
  ]);
  return `set_enum('${name}', ${block([...lines, ...methodLines(cx, methods)])});\n`;
}

function memberTexts(cx: Context, { name, members }: EnumDef): string[] {
  const filled = [...members.values()].filter(({ value }) => value instanceof Thing && value.size > 0);
  const lines = filled.map((member) => `mod_enum('${name}', 'mod', '${member.name}', ${valueText(cx, member.value, 0)});\n`);
  return lines.length === 0 ? lines : [...lines, '\n'];
}

/** Each relation once, from the side that comes first. */
function relationTexts(types: readonly TypeDef[]): string[] {
  const told = new Set<unknown>();
  const texts: string[] = [];
  for (const type of types) {
    for (const field of type.fields) {
      if (field.relation === null || told.has(field)) continue;
      told.add(field.relation.field);
      texts.push(`mod_type('${type.name}', 'rel', '${field.name}', '${field.relation.field.name}');\n`);
    }
  }
  return texts;
}

/** In single quotes unless it has one; a quote within quotes of its kind is doubled. */
const quoted = (text: string): string => (text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "''")}'`);

/** Six digits behind the point, or as many as the value needs. */
function floatText({ value }: Float): string {
  if (!Number.isFinite(value)) return `float('${textOf(new Float(value))}')`;
  const short = value.toFixed(6);
  if (Number(short) === value && !short.includes('e')) return short;
  const [digits = '0', exponent = '0'] = value.toExponential().split('e');
  const places = Math.max(0, digits.replace(/^-?[0-9]\.?/, '').length - Number(exponent));
  return places > 100 || short.includes('e') ? `float('${value}')` : value.toFixed(places);
}

/** A value as a script makes it, `depth` tabs deep. */
function valueText(cx: Context, value: Value, depth: number): string {
  const inner = `\n${'\t'.repeat(depth + 1)}`;
  const outer = `\n${'\t'.repeat(depth)}`;
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Bytes) return `base64_decode('${Buffer.from(value.bytes, 'latin1').toString('base64')}')`;
  if (value instanceof Float) return floatText(value);
  if (value instanceof Closure) return cx.definition(value, depth);
  if (value instanceof Thing) {
    return `{${value
      .keys()
      .map((key) => `${inner}${key}: ${valueText(cx, value.get(key) as Value, depth + 1)},`)
      .join('')}${outer}}`;
  }
  if (!(value instanceof List)) return textOf(value);
  // The one definition in a list stands right within the brackets.
  const [only] = value.items;
  if (value.items.length === 1 && only instanceof Thing) return `[${valueText(cx, only, depth)}]`;
  return `[${value.items.map((item) => `${inner}${valueText(cx, item, depth + 1)},`).join('')}${outer}]`;
}

// --- import ---

function imported(cx: Context, data: Bytes, options?: Thing): Value {
  const withTasks = boolOption(options, 'import_tasks', 'import');
  const collection = cx.collection as Collection;
  if (!isEmpty(collection)) throw operationErr(`the collection \`${collection.name}\` is not empty; import into an empty one`);
  if (cx.isInUse(collection.root)) throw operationErr('the root of the collection is in use; `import` must come before');
  cx.tx.need();
  const made = readAny(cx, Buffer.from(data.bytes, 'latin1'));
  if (withTasks) for (const task of made.tasks.items) task.ownerId = cx.user.id;
  else for (const task of [...made.tasks.items]) made.tasks.remove(task);
  moveInto(cx.tx, made, collection, (text) => cx.compile(text).code);
  cx.namesChanged();
  cx.tasksChanged();
  return null;
}

/** A dump of ours, or of the reference server. Throws value_err for what is none; nothing is changed by then. */
function readAny(cx: Context, data: Uint8Array): Collection {
  const load = (text: string): Closure['code'] => cx.compile(text).code;
  try {
    const made = isDump(data) ? readDump(data, load) : readForeignDump(data, load);
    checkRead(made);
    return made;
  } catch (error) {
    const why = error instanceof TiError ? error.message : error instanceof Error ? error.message : String(error);
    throw valueErr(`the bytes are no dump of a collection: ${why}`);
  }
}

const OPTIONS = { name: 'options', type: 'thing', optional: true } as const;

export const exportRows: readonly Row[] = [
  {
    name: 'export',
    params: [OPTIONS],
    returns: 'str|bytes',
    doc: 'Gives a script that makes the types, enumerators and procedures of the collection; with the option `dump`, bytes with all that it holds.',
    example: "export().contains('DONE');  // => true",
    page: 'collection-api/export',
    scopes: ['collection'],
    run: exported,
  },
  {
    name: 'import',
    params: [{ name: 'data', type: 'bytes' }, OPTIONS],
    returns: 'nil',
    doc: 'Puts a dump that `export` gave, here or on the reference server, into an empty collection. Tasks come with the option `import_tasks`, as those of the user who asks.',
    example: "try(import(bytes('no dump'))).code();  // => -60",
    page: 'collection-api/import',
    changes: ['collection'],
    scopes: ['collection'],
    run: imported,
  },
];
