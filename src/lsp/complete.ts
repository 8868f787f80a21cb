/** What could be written at a place, as editors show it. */
import { type CompletionItem, CompletionItemKind, InsertTextFormat, type Position } from 'vscode-languageserver';
import { type Candidate, candidatesAt } from '../analysis/complete.ts';
import { describe } from '../analysis/types.ts';
import type { Row } from '../builtins/row.ts';
import { type Document, fromBytes } from './document.ts';
import { callableHover, enumHover, rowDoc, typedSignature, typeHover } from './words.ts';

const KINDS: Readonly<Record<Candidate['kind'], CompletionItemKind>> = {
  function: CompletionItemKind.Function,
  method: CompletionItemKind.Method,
  field: CompletionItemKind.Field,
  key: CompletionItemKind.Field,
  property: CompletionItemKind.Property,
  'own-method': CompletionItemKind.Method,
  procedure: CompletionItemKind.Function,
  type: CompletionItemKind.Class,
  enum: CompletionItemKind.Enum,
  member: CompletionItemKind.EnumMember,
  variable: CompletionItemKind.Variable,
  constant: CompletionItemKind.Constant,
  keyword: CompletionItemKind.Keyword,
};

/** What a script itself has stands before the built-ins. */
const FIRST: ReadonlySet<Candidate['kind']> = new Set(['field', 'property', 'own-method', 'variable']);

const markdown = (value: string): { kind: 'markdown'; value: string } => ({ kind: 'markdown', value });

/** A call with the cursor between its parentheses, or behind them when it takes nothing. */
function callParts(row: Row): Partial<CompletionItem> {
  return {
    detail: typedSignature(row),
    documentation: markdown(rowDoc(row)),
    insertText: row.params.length === 0 ? `${row.name}()` : `${row.name}($1)`,
    insertTextFormat: InsertTextFormat.Snippet,
    ...(row.params.length === 0 ? {} : { command: { title: 'show parameters', command: 'editor.action.triggerParameterHints' } }),
  };
}

function partsOf(candidate: Candidate): Partial<CompletionItem> {
  switch (candidate.kind) {
    case 'function':
    case 'method':
      return callParts(candidate.row);
    case 'field':
      return { detail: fromBytes(candidate.field.definition) };
    case 'key':
      return { detail: fromBytes(candidate.field.definition), insertText: `${fromBytes(candidate.name)}: ` };
    case 'property':
      return { detail: describe(candidate.type) };
    case 'own-method':
      return { documentation: markdown(callableHover('method', candidate.callable)) };
    case 'procedure':
      return { documentation: markdown(callableHover('procedure', candidate.callable)) };
    case 'type':
      return { documentation: markdown(typeHover(candidate.model)) };
    case 'enum':
      return { documentation: markdown(enumHover(candidate.model)) };
    default:
      return {};
  }
}

function itemOf(candidate: Candidate): CompletionItem {
  return {
    label: fromBytes(candidate.name),
    kind: KINDS[candidate.kind],
    ...(FIRST.has(candidate.kind) ? { sortText: `0${candidate.name}` } : {}),
    ...partsOf(candidate),
  };
}

export function complete(document: Document, position: Position): CompletionItem[] {
  const offset = document.offsetAt(position);
  return candidatesAt(document.bytes, offset, (inserted) => document.probe(offset, inserted), document.vars).map(itemOf);
}
