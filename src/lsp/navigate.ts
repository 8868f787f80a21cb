/** Where names are defined and used, and other names for them. */
import type { Location, Position, Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { Span } from '../ast/nodes.ts';
import { library } from '../builtins/library.ts';
import { type Document, fromBytes, toBytes } from './document.ts';
import { definitions, type Meaning, type Occurrence, occurrenceAt, occurrences, sameMeaning, variableDefinition } from './symbols.ts';

/** Names that only mean something in their own script. */
const isLocal = (meaning: Meaning): boolean => meaning.kind === 'variable';
/** Names that nobody defines in a script. */
const isForeign = (meaning: Meaning): boolean => meaning.kind === 'function' || meaning.kind === 'method' || meaning.kind === 'property';

const locate = (document: Document, span: Span): Location => ({ uri: document.uri, range: document.range(span) });

const at = (document: Document, position: Position): Occurrence | null => occurrenceAt(document.analysis, document.offsetAt(position));

/** Where the name at a position is defined, in this or in another script. */
export function definition(document: Document, position: Position, all: readonly Document[]): Location[] {
  const found = at(document, position);
  if (found === null) return [];
  const { meaning } = found;
  if (isLocal(meaning)) {
    const span = variableDefinition(document.analysis, meaning);
    return span === null ? [] : [locate(document, span)];
  }
  return all.flatMap((other) =>
    definitions(other.analysis)
      .filter((each) => sameMeaning(each.meaning, meaning))
      .map(({ span }) => locate(other, span)),
  );
}

interface Found {
  readonly document: Document;
  readonly occurrence: Occurrence;
}

function usesOf(document: Document, meaning: Meaning, all: readonly Document[]): Found[] {
  const documents = isLocal(meaning) ? [document] : all;
  const found = documents.flatMap((other) =>
    occurrences(other.analysis)
      .filter((each) => sameMeaning(each.meaning, meaning) && (each.meaning.kind !== 'property' || other === document))
      .map((occurrence) => ({ document: other, occurrence })),
  );
  // A name may be met twice at one place: as a field, and as the variable of its short form.
  const seen = new Set<string>();
  return found.filter(({ document: { uri }, occurrence: { span } }) => {
    const key = `${uri} ${span.start}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
}

export function references(document: Document, position: Position, all: readonly Document[], withDefinition: boolean): Location[] {
  const found = at(document, position);
  if (found === null) return [];
  const { meaning } = found;
  const uses = usesOf(document, meaning, all).map(({ document: other, occurrence }) => locate(other, occurrence.span));
  if (withDefinition) return uses;
  const defined = new Set(definition(document, position, all).map((place) => JSON.stringify(place)));
  return uses.filter((place) => !defined.has(JSON.stringify(place)));
}

/** The name at a position, if it is one that can be changed. */
export function prepareRename(document: Document, position: Position): { range: Range; placeholder: string } | null {
  const found = at(document, position);
  if (found === null || isForeign(found.meaning)) return null;
  return { range: document.range(found.span), placeholder: fromBytes(found.meaning.name) };
}

/** Why a name cannot be given. */
export class RenameError extends Error {}

const NAME = /^[A-Za-z_][A-Za-z_0-9]*$/;

export function rename(document: Document, position: Position, newName: string, all: readonly Document[]): WorkspaceEdit | null {
  const found = at(document, position);
  if (found === null || isForeign(found.meaning)) return null;
  if (!NAME.test(newName)) throw new RenameError('a name has letters of ASCII, digits and `_`, and starts with no digit');
  const { meaning } = found;
  const name = toBytes(newName);
  if (meaning.kind === 'variable' && name !== meaning.name && document.analysis.names.uses.some((use) => use.name === name)) {
    throw new RenameError(`there is a variable \`${newName}\` already, and variables are seen by the closures that are called`);
  }
  if (meaning.kind !== 'part' && library.functionRow(name) !== undefined) throw new RenameError(`\`${newName}\` is a built-in function`);
  const changes: Record<string, TextEdit[]> = {};
  for (const { document: other, occurrence } of usesOf(document, meaning, all)) {
    const edits = changes[other.uri] ?? [];
    changes[other.uri] = edits;
    edits.push(editOf(other, occurrence, meaning, newName));
  }
  return { changes };
}

/**
 * The short form of a field, `{a:}`, takes field and variable from one word: that is written out when only one of them changes. The colon is there already,
 * so a variable goes behind it.
 */
function editOf(document: Document, { span, short }: Occurrence, wanted: Meaning, newName: string): TextEdit {
  const { start, end } = document.range(span);
  if (short !== true) return { range: { start, end }, newText: newName };
  if (wanted.kind === 'variable') {
    const colon = document.positionAt(document.bytes.indexOf(':', span.end) + 1);
    return { range: { start: colon, end: colon }, newText: ` ${newName}` };
  }
  const old = fromBytes(document.bytes.slice(span.start, span.end));
  const colon = document.positionAt(document.bytes.indexOf(':', span.end) + 1);
  return { range: { start, end: colon }, newText: `${newName}: ${old}` };
}
