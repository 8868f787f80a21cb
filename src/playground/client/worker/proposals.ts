/** What could be written at a place, what stands there, and the parameters of the call around it. */
import {
  type CompletionItem,
  CompletionItemKind,
  type Hover,
  type MarkupContent,
  type Position,
  type SignatureHelp,
} from 'vscode-languageserver';
import { complete } from '../../../lsp/complete.ts';
import { hover2019, signatureHelp2019 } from '../../../lsp/dialect-2019/answers.ts';
import { complete2019 } from '../../../lsp/dialect-2019/complete.ts';
import { Document2019 } from '../../../lsp/dialect-2019/document.ts';
import type { Document } from '../../../lsp/document.ts';
import { hover } from '../../../lsp/hover.ts';
import { signatureHelp } from '../../../lsp/signature.ts';
import type { Hint, Proposal, Signature } from '../messages.ts';
import type { Source } from './source.ts';

const KINDS: ReadonlyMap<CompletionItemKind, string> = new Map<CompletionItemKind, string>([
  [CompletionItemKind.Method, 'method'],
  [CompletionItemKind.Function, 'function'],
  [CompletionItemKind.Field, 'property'],
  [CompletionItemKind.Property, 'property'],
  [CompletionItemKind.Variable, 'variable'],
  [CompletionItemKind.Class, 'class'],
  [CompletionItemKind.Enum, 'enum'],
  [CompletionItemKind.EnumMember, 'enum'],
  [CompletionItemKind.Constant, 'constant'],
  [CompletionItemKind.Keyword, 'keyword'],
]);

/** Where the cursor goes in what is written. */
const HOLE = '$\u007b}';

const markdown = (doc: string | MarkupContent | undefined): string | null =>
  doc === undefined ? null : typeof doc === 'string' ? doc : doc.value;

/** Asks about a place by what answers for the dialect of the text. */
function ask<T>(
  { document, places }: Source,
  at: number,
  ofToday: (document: Document, position: Position) => T,
  of2019: (document: Document2019, position: Position) => T,
): T {
  const position = document.positionAt(places.byteAt(at));
  return document instanceof Document2019 ? of2019(document, position) : ofToday(document, position);
}

export function proposals(source: Source, at: number): Proposal[] {
  const items: CompletionItem[] = ask(source, at, complete, complete2019);
  return items.map(({ label, kind, detail, documentation, insertText, sortText }) => ({
    label,
    kind: KINDS.get(kind ?? CompletionItemKind.Text) ?? 'text',
    detail: detail ?? null,
    doc: markdown(documentation),
    snippet: insertText === undefined ? null : insertText.replaceAll('$1', HOLE),
    boost: sortText === undefined ? 0 : 10,
  }));
}

export function hint(source: Source, at: number): Hint | null {
  const { document, places } = source;
  const found: Hover | null = ask(source, at, hover, hover2019);
  if (found?.range === undefined) return null;
  const mark = places.mark({ start: document.offsetAt(found.range.start), end: document.offsetAt(found.range.end) });
  return { ...mark, doc: (found.contents as MarkupContent).value };
}

/** The call around a place; of several methods of the name, the first. */
export function signature(source: Source, at: number): Signature | null {
  const help: SignatureHelp | null = ask(source, at, signatureHelp, signatureHelp2019);
  const first = help?.signatures[help.activeSignature ?? 0];
  if (help === null || first === undefined) return null;
  const label = first.parameters?.[help.activeParameter ?? 0]?.label;
  // A word may be that of the receiver too: parameters stand behind the parenthesis.
  const start = typeof label === 'string' ? first.label.indexOf(label, first.label.indexOf('(')) : -1;
  return {
    label: first.label,
    active: typeof label === 'string' && start >= 0 ? [start, start + label.length] : null,
  };
}
