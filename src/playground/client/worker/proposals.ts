/** What could be written at a place, what stands there, and the parameters of the call around it. */
import { CompletionItemKind, type MarkupContent, type Position } from 'vscode-languageserver-types';
import { rows2019 } from '../../../builtins/dialect-2019/registry.ts';
import { isFunction2019, name2019, signature2019 } from '../../../builtins/dialect-2019/words.ts';
import type { Row } from '../../../builtins/row.ts';
import { complete } from '../../../lsp/complete.ts';
import { hover } from '../../../lsp/hover.ts';
import { signatureHelp } from '../../../lsp/signature.ts';
import { code } from '../../../lsp/words.ts';
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

function positionAt({ document, places }: Source, at: number): Position {
  return document.positionAt(places.byteAt(at));
}

export function proposals(source: Source, at: number): Proposal[] {
  if (source.given.dialect === '2019') return proposals2019(source, at);
  return complete(source.document, positionAt(source, at)).map(({ label, kind, detail, documentation, insertText, sortText }) => ({
    label,
    kind: KINDS.get(kind ?? CompletionItemKind.Text) ?? 'text',
    detail: detail ?? null,
    doc: markdown(documentation),
    snippet: insertText === undefined ? null : insertText.replaceAll('$1', HOLE),
    boost: sortText === undefined ? 0 : 10,
  }));
}

const docOf = (row: Row): string => [row.doc, ...(row.example === '' ? [] : [code(row.example)])].join('\n\n');

/** Functions by name: the dialect tells no types before it runs. */
function proposals2019(source: Source, at: number): Proposal[] {
  const offset = source.places.byteAt(at);
  const { tokens } = source.tokens();
  const before = tokens.findLast(({ startOffset, image }) => startOffset < offset && image !== '');
  const isInside = before !== undefined && offset <= before.startOffset + before.image.length;
  // Behind a closed string a name may begin, in one that is open it may not.
  if (isInside && /^(?:\$|\d|['"/](?!.*['"/]$))/s.test(before.image)) return [];
  const isMember = /\.\s*\w*$/.test(source.document.bytes.slice(0, offset));
  const found = new Map<string, Proposal>();
  for (const row of rows2019) {
    const isOfRoot = row.scopes?.includes('thingsdb') === true;
    if (!isFunction2019(row) || isOfRoot !== (source.given.scope === 'thingsdb') || (isMember && row.receiver === undefined)) continue;
    const label = name2019(row);
    const kind = row.receiver === undefined ? 'function' : 'method';
    const snippet = row.params.length === 0 ? `${label}()` : `${label}(${HOLE})`;
    found.set(label, { label, kind, detail: signature2019(row), doc: docOf(row), snippet, boost: 0 });
  }
  return [...found.values()];
}

export function hint(source: Source, at: number): Hint | null {
  if (source.given.dialect === '2019') return hint2019(source, at);
  const { document, places } = source;
  const found = hover(document, positionAt(source, at));
  if (found?.range === undefined) return null;
  const mark = places.mark({ start: document.offsetAt(found.range.start), end: document.offsetAt(found.range.end) });
  return { ...mark, doc: (found.contents as MarkupContent).value };
}

function hint2019(source: Source, at: number): Hint | null {
  const offset = source.places.byteAt(at);
  const { tokens } = source.tokens();
  const i = tokens.findIndex(({ startOffset, image }) => startOffset <= offset && offset < startOffset + image.length);
  const token = tokens[i];
  if (token === undefined || tokens[i + 1]?.image !== '(') return null;
  const rows = rows2019.filter((row) => isFunction2019(row) && name2019(row) === token.image);
  if (rows.length === 0) return null;
  const { startOffset: start, image } = token;
  const doc = rows.map((row) => `${code(signature2019(row))}\n\n${docOf(row)}`).join('\n\n---\n\n');
  return { ...source.places.mark({ start, end: start + image.length }), doc };
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
