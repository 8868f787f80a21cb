/** What could be written at a place, what stands there, and the parameters of the call around it. */
import { CompletionItemKind, type MarkupContent, type Position } from 'vscode-languageserver-types';
import { complete } from '../../../lsp/complete.ts';
import { hover } from '../../../lsp/hover.ts';
import { signatureHelp } from '../../../lsp/signature.ts';
import type { Hint, Proposal, Signature } from '../messages.ts';
import { hint2019, proposals2019 } from './proposals-2019.ts';
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

function positionAt({ document, places }: Source, at: number): Position {
  return document.positionAt(places.byteAt(at));
}

export function proposals(source: Source, at: number): Proposal[] {
  if (source.given.dialect === '2019') return proposals2019(source, at, HOLE);
  return complete(source.document, positionAt(source, at)).map(({ label, kind, detail, documentation, insertText, sortText }) => ({
    label,
    kind: KINDS.get(kind ?? CompletionItemKind.Text) ?? 'text',
    detail: detail ?? null,
    doc: markdown(documentation),
    snippet: insertText === undefined ? null : insertText.replaceAll('$1', HOLE),
    boost: sortText === undefined ? 0 : 10,
  }));
}

export function hint(source: Source, at: number): Hint | null {
  if (source.given.dialect === '2019') return hint2019(source, at);
  const { document, places } = source;
  const found = hover(document, positionAt(source, at));
  if (found?.range === undefined) return null;
  const mark = places.mark({ start: document.offsetAt(found.range.start), end: document.offsetAt(found.range.end) });
  return { ...mark, doc: (found.contents as MarkupContent).value };
}

/** The call around a place; of several methods of the name, the first. */
export function signature(source: Source, at: number): Signature | null {
  if (source.given.dialect === '2019') return null;
  const help = signatureHelp(source.document, positionAt(source, at));
  const first = help?.signatures[0];
  if (help === null || first === undefined) return null;
  const label = first.parameters?.[help.activeParameter ?? 0]?.label;
  // A word may be that of the receiver too: parameters stand behind the parenthesis.
  const start = typeof label === 'string' ? first.label.indexOf(label, first.label.indexOf('(')) : -1;
  return {
    label: first.label,
    active: typeof label === 'string' && start >= 0 ? [start, start + label.length] : null,
    doc: markdown(first.documentation),
  };
}
