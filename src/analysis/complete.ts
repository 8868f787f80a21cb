/** What could be written at a place. The place is asked with a made-up name put in, so that a text that is being written has a tree there. */
import { keywordTexts } from '../../grammar/v1/tokens.ts';
import type { ChainExpr, Node } from '../ast/nodes.ts';
import { constantNames } from '../builtins/library.ts';
import { Kind, kindMask, type Row } from '../builtins/row.ts';
import { type AnalyzeOptions, analyze, type Probe } from './analyze.ts';
import { functionRows, methodRows } from './builtin-names.ts';
import { type Owner, ownerOf } from './names.ts';
import { openedBefore } from './opened.ts';
import { before, pathAt } from './places.ts';
import { reader } from './reader.ts';
import type { Callable, EnumModel, FieldModel, TypeModel } from './schema.ts';
import { THING, type Type } from './types.ts';

/** A name that no script has. */
const PROBE = 'zzProbe0zz';
const WORD = /[0-9A-Za-z_]*$/;
/** Names are not longer. */
const MAX_WORD = 256;

/** Something that could be written, by its name (a byte string), and what is known of it. */
export type Candidate =
  /** Built-ins: `method` behind a value, `function` alone. */
  | { readonly kind: 'function' | 'method'; readonly name: string; readonly row: Row }
  /** A field of a type: behind a value, or as the key of a new instance. */
  | { readonly kind: 'field' | 'key'; readonly name: string; readonly field: FieldModel }
  /** A property that a thing is known to have. */
  | { readonly kind: 'property'; readonly name: string; readonly type: Type }
  /** A method of a type or an enumerator, and a procedure. */
  | { readonly kind: 'own-method' | 'procedure'; readonly name: string; readonly callable: Callable }
  | { readonly kind: 'type'; readonly name: string; readonly model: TypeModel }
  | { readonly kind: 'enum'; readonly name: string; readonly model: EnumModel }
  | { readonly kind: 'member' | 'variable' | 'constant' | 'keyword'; readonly name: string };

/** Methods, fields and properties of a value. */
function members({ schema }: Probe, type: Type | undefined): Candidate[] {
  const items = new Map<string, Candidate>();
  const model = type === undefined || type.name === null ? undefined : (schema.types.get(type.name) ?? schema.enums.get(type.name));
  if (model !== undefined && 'fields' in model)
    for (const field of model.fields.values()) items.set(field.name, { kind: 'field', name: field.name, field });
  for (const [name, field] of type?.fields ?? []) items.set(name, { kind: 'property', name, type: field });
  for (const callable of model?.methods.values() ?? []) items.set(callable.name, { kind: 'own-method', name: callable.name, callable });
  const mask = type === undefined || type.mask === 0 ? -1 : type.mask & ~Kind.nil || type.mask;
  for (const row of methodRows()) {
    if ((kindMask(row.receiver ?? 'any') & mask) !== 0 && !items.has(row.name))
      items.set(row.name, { kind: 'method', name: row.name, row });
  }
  return [...items.values()];
}

/** Names that can stand alone. */
function globals({ schema, names }: Probe, owner: Owner, { vars }: Around): Candidate[] {
  const items: Candidate[] = [];
  for (const name of names.set) if (name !== PROBE && ownerOf(names, name, owner) !== null) items.push({ kind: 'variable', name });
  for (const name of vars?.keys() ?? []) if (!names.set.has(name)) items.push({ kind: 'variable', name });
  for (const model of schema.types.values()) items.push({ kind: 'type', name: model.name, model });
  for (const model of schema.enums.values()) items.push({ kind: 'enum', name: model.name, model });
  for (const callable of schema.procedures.values()) items.push({ kind: 'procedure', name: callable.name, callable });
  for (const row of functionRows()) items.push({ kind: 'function', name: row.name, row });
  for (const name of constantNames()) items.push({ kind: 'constant', name });
  for (const name of keywordTexts) items.push({ kind: 'keyword', name });
  return items;
}

/** What can stand between the braces behind a name: fields of a type, members of an enumerator. */
function braces({ schema }: Probe, name: string): Candidate[] {
  const type = schema.types.get(name);
  if (type !== undefined) return [...type.fields.values()].map((field) => ({ kind: 'key', name: field.name, field }));
  return [...(schema.enums.get(name)?.members.keys() ?? [])].map((member) => ({ kind: 'member', name: member }));
}

/** Types, enumerators and procedures, for strings that are to name one. */
function quoted({ schema }: Probe): Candidate[] {
  return [
    ...[...schema.types.values()].map((model): Candidate => ({ kind: 'type', name: model.name, model })),
    ...[...schema.enums.values()].map((model): Candidate => ({ kind: 'enum', name: model.name, model })),
    ...[...schema.procedures.values()].map((callable): Candidate => ({ kind: 'procedure', name: callable.name, callable })),
  ];
}

/** Whether a place lies in a comment. */
const inComment = ({ script }: Probe, offset: number): boolean =>
  script.comments.some(({ start, end, style }) => start < offset && (style === 'line' ? offset <= end : offset < end));

/** The word that ends at an offset of a text. */
export const wordBefore = (source: string, offset: number): string =>
  (WORD.exec(source.slice(Math.max(0, offset - MAX_WORD), offset)) as RegExpExecArray)[0];

/** What is known from outside, beside what the text says. */
export type Around = Pick<AnalyzeOptions, 'root' | 'vars'>;

/**
 * What could stand at a byte offset in place of the word that ends there.
 *
 * @param ask what is known of the text with something put in at the offset
 */
export function candidatesAt(source: string, offset: number, ask: (inserted: string) => Probe, around: Around = {}): Candidate[] {
  const word = wordBefore(source, offset);
  // A number, and no name that is being written.
  if (/^[0-9]/.test(word) && source[offset - word.length - 1] !== '.') return [];
  const probe = ask(PROBE);
  if (inComment(probe, offset)) return [];
  const opened = openedBefore(reader, source, probe.from, offset);
  if (opened !== '') return opened === '/*' ? [] : inString(probe, offset, () => ask(PROBE + opened));
  const path = pathAt(probe.script, offset);
  const at = path.at(-1) as Node;
  if (at.kind === 'StringLiteral' || at.kind === 'RegexLiteral' || at.kind === 'TemplateText') return [];
  return namesAt(probe, path, around);
}

/** What a string could be to name something; `closed`: what is known when the string is closed, for one that is open. */
function inString(probe: Probe, offset: number, closed: () => Probe): Candidate[] {
  const path = pathAt(probe.script, offset);
  if (path.at(-1)?.kind === 'StringLiteral') return path.at(-2)?.kind === 'CallExpr' ? quoted(probe) : [];
  const other = closed();
  const [at, parent] = pathAt(other.script, offset).toReversed();
  return at?.kind === 'StringLiteral' && parent?.kind === 'CallExpr' ? quoted(other) : [];
}

/** As `candidatesAt`, of a text that stands alone. */
export function candidatesIn(source: string, offset: number, options: AnalyzeOptions): Candidate[] {
  const ask = (inserted: string): Probe => {
    const analysis = analyze(source.slice(0, offset) + inserted + source.slice(offset), options);
    const { script, names, schema, types } = analysis;
    return { source: analysis.source, from: 0, script, names, schema, types };
  };
  return candidatesAt(source, offset, ask, options);
}

function namesAt(probe: Probe, path: readonly Node[], around: Around): Candidate[] {
  const at = path.at(-1) as Node;
  const parent = path.at(-2);
  const outer = path.at(-3);
  if (at.kind === 'Ident' && (parent?.kind === 'PropertyLink' || parent?.kind === 'MethodLink') && outer?.kind === 'ChainExpr') {
    const base = before(outer as ChainExpr, parent);
    return members(probe, base === null ? (around.root ?? THING) : probe.types.get(base));
  }
  if (at.kind === 'Ident' && parent?.kind === 'EnumMember' && at === parent.member) return braces(probe, parent.type.name);
  if (at.kind === 'Ident' && parent?.kind === 'Field' && outer?.kind === 'InstanceLiteral') return braces(probe, outer.type.name);
  if (at.kind === 'Ident' && (parent?.kind === 'Field' || parent?.kind === 'ClosureLiteral' || parent?.kind === 'ForExpr')) return [];
  return globals(probe, path.findLast((node) => node.kind === 'ClosureLiteral') ?? probe.names.whole, around);
}
