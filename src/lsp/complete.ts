/** What could be written at a place. The place is asked with a made-up name put in, so that a text that is being written has a tree there. */
import { type CompletionItem, CompletionItemKind, InsertTextFormat, type Position } from 'vscode-languageserver';
import type { Probe } from '../analysis/analyze.ts';
import { functionRows, methodRows } from '../analysis/builtin-names.ts';
import { type Owner, ownerOf } from '../analysis/names.ts';
import { describe, type Type } from '../analysis/types.ts';
import type { ChainExpr, Node } from '../ast/nodes.ts';
import { constantNames } from '../builtins/library.ts';
import { Kind, kindMask, type Row } from '../builtins/row.ts';
import { type Document, fromBytes } from './document.ts';
import { before, pathAt } from './places.ts';
import { callableHover, enumHover, rowDoc, typedSignature, typeHover } from './words.ts';

/** A name that no script has. */
const PROBE = 'zzProbe0zz';
const WORD = /[0-9A-Za-z_]*$/;

const KEYWORDS = ['if', 'else', 'for', 'in', 'return', 'break', 'continue', 'nil', 'true', 'false', 'inf', 'nan'];

const named = (label: string, kind: CompletionItemKind, more: Partial<CompletionItem> = {}): CompletionItem => ({
  label: fromBytes(label),
  kind,
  ...more,
});

const markdown = (value: string): { kind: 'markdown'; value: string } => ({ kind: 'markdown', value });

/** A call with the cursor between its parentheses, or behind them when it takes nothing. */
function callItem(row: Row, kind: CompletionItemKind): CompletionItem {
  return {
    label: row.name,
    kind,
    detail: typedSignature(row),
    documentation: markdown(rowDoc(row)),
    insertText: row.params.length === 0 ? `${row.name}()` : `${row.name}($1)`,
    insertTextFormat: InsertTextFormat.Snippet,
    ...(row.params.length === 0 ? {} : { command: { title: 'show parameters', command: 'editor.action.triggerParameterHints' } }),
  };
}

/** Methods, fields and properties of a value. */
function members({ schema }: Probe, type: Type | undefined): CompletionItem[] {
  const items = new Map<string, CompletionItem>();
  const model = type === undefined || type.name === null ? undefined : (schema.types.get(type.name) ?? schema.enums.get(type.name));
  if (model !== undefined && 'fields' in model) {
    for (const field of model.fields.values())
      items.set(
        field.name,
        named(field.name, CompletionItemKind.Field, { detail: fromBytes(field.definition), sortText: `0${field.name}` }),
      );
  }
  for (const [name, field] of type?.fields ?? [])
    items.set(name, named(name, CompletionItemKind.Property, { detail: describe(field), sortText: `0${name}` }));
  for (const method of model?.methods.values() ?? []) {
    items.set(
      method.name,
      named(method.name, CompletionItemKind.Method, {
        documentation: markdown(callableHover('method', method)),
        sortText: `0${method.name}`,
      }),
    );
  }
  const mask = type === undefined || type.mask === 0 ? -1 : type.mask & ~Kind.nil || type.mask;
  for (const row of methodRows()) {
    if ((kindMask(row.receiver ?? 'any') & mask) !== 0 && !items.has(row.name))
      items.set(row.name, callItem(row, CompletionItemKind.Method));
  }
  return [...items.values()];
}

function isVisible(analysis: Probe, name: string, owner: Owner): boolean {
  return ownerOf(analysis.names, name, owner) !== null;
}

/** Names that can stand alone. */
function globals(analysis: Probe, owner: Owner): CompletionItem[] {
  const { schema, names } = analysis;
  const items: CompletionItem[] = [];
  for (const name of names.set)
    if (name !== PROBE && isVisible(analysis, name, owner)) items.push(named(name, CompletionItemKind.Variable, { sortText: `0${name}` }));
  for (const type of schema.types.values())
    items.push(named(type.name, CompletionItemKind.Class, { documentation: markdown(typeHover(type)) }));
  for (const each of schema.enums.values())
    items.push(named(each.name, CompletionItemKind.Enum, { documentation: markdown(enumHover(each)) }));
  for (const procedure of schema.procedures.values()) {
    items.push(named(procedure.name, CompletionItemKind.Function, { documentation: markdown(callableHover('procedure', procedure)) }));
  }
  for (const row of functionRows()) items.push(callItem(row, CompletionItemKind.Function));
  for (const name of constantNames()) items.push(named(name, CompletionItemKind.Constant));
  for (const word of KEYWORDS) items.push(named(word, CompletionItemKind.Keyword));
  return items;
}

/** What can stand between the braces behind a name: fields of a type, members of an enumerator. */
function braces({ schema }: Probe, name: string): CompletionItem[] {
  const type = schema.types.get(name);
  if (type !== undefined)
    return [...type.fields.values()].map((field) =>
      named(field.name, CompletionItemKind.Field, { detail: fromBytes(field.definition), insertText: `${fromBytes(field.name)}: ` }),
    );
  const found = schema.enums.get(name);
  return found === undefined ? [] : [...found.members.keys()].map((member) => named(member, CompletionItemKind.EnumMember));
}

/** Names of types, enumerators and procedures, for strings that are to name one. */
function quoted({ schema }: Probe): CompletionItem[] {
  return [
    ...[...schema.types.keys()].map((name) => named(name, CompletionItemKind.Class)),
    ...[...schema.enums.keys()].map((name) => named(name, CompletionItemKind.Enum)),
    ...[...schema.procedures.keys()].map((name) => named(name, CompletionItemKind.Function)),
  ];
}

/** Whether a place lies in a comment. */
const inComment = ({ script }: Probe, offset: number): boolean =>
  script.comments.some(({ start, end, style }) => start < offset && (style === 'line' ? offset <= end : offset < end));

export function complete(document: Document, position: Position): CompletionItem[] {
  const offset = document.offsetAt(position);
  const line = document.bytes.slice(document.bytes.lastIndexOf('\n', offset - 1) + 1, offset);
  const word = (WORD.exec(line) as RegExpExecArray)[0];
  // A number, and no name that is being written.
  if (/^[0-9]/.test(word) && !line.endsWith(`.${word}`)) return [];
  const analysis = document.probe(offset, PROBE);
  if (inComment(analysis, offset)) return [];
  const path = pathAt(analysis.script, offset);
  const at = path.at(-1) as Node;
  if (at.kind === 'StringLiteral') return path.at(-2)?.kind === 'CallExpr' ? quoted(analysis) : [];
  if (at.kind === 'RegexLiteral' || at.kind === 'TemplateText') return [];
  return namesAt(analysis, path);
}

function namesAt(analysis: Probe, path: readonly Node[]): CompletionItem[] {
  const at = path.at(-1) as Node;
  const parent = path.at(-2);
  const outer = path.at(-3);
  if (at.kind === 'Ident' && (parent?.kind === 'PropertyLink' || parent?.kind === 'MethodLink') && outer?.kind === 'ChainExpr') {
    const base = before(outer as ChainExpr, parent);
    return members(analysis, base === null ? undefined : analysis.types.get(base));
  }
  if (at.kind === 'Ident' && parent?.kind === 'EnumMember' && at === parent.member) return braces(analysis, parent.type.name);
  if (at.kind === 'Ident' && parent?.kind === 'Field' && outer?.kind === 'InstanceLiteral') return braces(analysis, outer.type.name);
  if (at.kind === 'Ident' && (parent?.kind === 'Field' || parent?.kind === 'ClosureLiteral' || parent?.kind === 'ForExpr')) return [];
  return globals(analysis, path.findLast((node) => node.kind === 'ClosureLiteral') ?? analysis.names.whole);
}
