/** What editors ask of a script in the 2019 dialect, about a place of it. */

import type { DocumentSymbol, SemanticTokens } from 'vscode-languageserver';
import {
  type Hover,
  type Location,
  type Position,
  type Range,
  SemanticTokensBuilder,
  type SignatureHelp,
  SymbolKind,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { format } from '../../../grammar/2019/format.ts';
import { called } from '../../analysis/dialect-2019/calls.ts';
import { callAt } from '../../analysis/places.ts';
import { fromBytes } from '../document.ts';
import { RenameError } from '../navigate.ts';
import { LEGEND } from '../tokens.ts';
import type { Document2019 } from './document.ts';
import { type Meaning2019, type Occurrence2019, occurrenceAt2019, occurrences2019, occurrencesIn2019, sameMeaning2019 } from './names.ts';
import { parameter, rowsHover, signature, typeHover } from './words.ts';

const at = (document: Document2019, position: Position): Occurrence2019 | null =>
  occurrenceAt2019(document.analysis2019, document.offsetAt(position));

export function hover2019(document: Document2019, position: Position): Hover | null {
  const found = at(document, position);
  if (found === null) return null;
  const { meaning, node, span } = found;
  const { name } = meaning;
  const type = document.analysis2019.types.get(node);
  const value =
    meaning.kind === 'function'
      ? rowsHover(called.get(name)?.rows ?? [])
      : meaning.kind === 'constant'
        ? typeHover(`${name} = ${meaning.value}`, type)
        : typeHover(meaning.kind === 'temp' ? `$${name}` : name, type);
  return { contents: { kind: 'markdown', value }, range: document.range(span) };
}

// --- where names are set and used ---

/** Names that only this script gives a meaning. */
const isOwn = ({ kind }: Meaning2019): boolean => kind === 'temp' || kind === 'param' || kind === 'global';

const usesOf = (document: Document2019, meaning: Meaning2019): readonly Occurrence2019[] =>
  occurrences2019(document.analysis2019).filter((each) => sameMeaning2019(each.meaning, meaning));

const locate = (document: Document2019, { span }: Occurrence2019): Location => ({ uri: document.uri, range: document.range(span) });

/** Where the name at a position is first set. */
export function definition2019(document: Document2019, position: Position): Location[] {
  const found = at(document, position);
  if (found === null || !isOwn(found.meaning)) return [];
  const first = usesOf(document, found.meaning).find(({ sets }) => sets);
  return first === undefined ? [] : [locate(document, first)];
}

export function references2019(document: Document2019, position: Position, withDefinition: boolean): Location[] {
  const found = at(document, position);
  if (found === null) return [];
  const uses = usesOf(document, found.meaning);
  const first = withDefinition || !isOwn(found.meaning) ? undefined : uses.find(({ sets }) => sets);
  return uses.filter((each) => each !== first).map((each) => locate(document, each));
}

/** Properties are data, which a script alone cannot rename. */
const isRenamed = ({ kind }: Meaning2019): boolean => kind === 'temp' || kind === 'param';

export function prepareRename2019(document: Document2019, position: Position): { range: Range; placeholder: string } | null {
  const found = at(document, position);
  if (found === null || !isRenamed(found.meaning)) return null;
  return { range: document.range(nameSpan(found)), placeholder: found.meaning.name };
}

/** The name alone, without the `$` of a variable. */
const nameSpan = ({ meaning, span: { start, end } }: Occurrence2019): { start: number; end: number } => ({
  start: meaning.kind === 'temp' ? start + 1 : start,
  end,
});

const NAME = /^[A-Za-z_][A-Za-z_0-9]*$/;
const CONSTANTS = new Set(['nil', 'true', 'false', 'inf', 'nan']);

export function rename2019(document: Document2019, position: Position, given: string): WorkspaceEdit | null {
  const found = at(document, position);
  if (found === null || !isRenamed(found.meaning)) return null;
  const { meaning } = found;
  const newName = meaning.kind === 'temp' && given.startsWith('$') ? given.slice(1) : given;
  if (!NAME.test(newName)) throw new RenameError('a name has letters of ASCII, digits and `_`, and starts with no digit');
  if (meaning.kind === 'param' && CONSTANTS.has(newName)) throw new RenameError(`\`${newName}\` is no name`);
  const others = occurrences2019(document.analysis2019).filter(
    ({ meaning: other }) => other.kind !== 'property' && other.kind !== 'function',
  );
  const taken = others.some(({ meaning: other }) => other.name === newName && (other.kind === 'temp') === (meaning.kind === 'temp'));
  if (newName !== meaning.name && taken) throw new RenameError(`\`${newName}\` means something else here already`);
  const edits = usesOf(document, meaning).map((each): TextEdit => ({ range: document.range(nameSpan(each)), newText: newName }));
  return { changes: { [document.uri]: edits } };
}

// --- the call that is being written ---

export function signatureHelp2019(document: Document2019, position: Position): SignatureHelp | null {
  const offset = document.offsetAt(position);
  const { script, source } = document.asked(offset, 'zzProbe0zz');
  const found = callAt(script, offset, source);
  if (found === null) return null;
  const { call, index } = found;
  const known = called.get(call.kind === 'CallExpr' ? call.callee.name : call.name.name);
  if (known === undefined) return null;
  const signatures = known.rows.map((row) => ({
    label: signature(row),
    documentation: row.doc,
    parameters: row.params.map((param) => ({ label: parameter(param) })),
  }));
  // From the second argument on, the form for several is meant.
  const activeSignature = index > 0 ? signatures.length - 1 : 0;
  const last = (known.rows[activeSignature]?.params.length ?? 1) - 1;
  return { signatures, activeSignature, activeParameter: known.max < 0 ? Math.min(index, last) : index };
}

// --- the whole text ---

/** Variables, and properties of the root, where they are first set. */
export function documentSymbols2019(document: Document2019): DocumentSymbol[] {
  const seen = new Set<string>();
  const { analysis2019: analysis } = document;
  return analysis.script.body.flatMap((statement) =>
    occurrencesIn2019(analysis, [statement]).flatMap(({ meaning, span, sets }) => {
      const shown = meaning.kind === 'temp' ? `$${meaning.name}` : meaning.name;
      if (!sets || (meaning.kind !== 'temp' && meaning.kind !== 'global') || seen.has(shown)) return [];
      seen.add(shown);
      return [
        {
          name: fromBytes(shown),
          kind: meaning.kind === 'temp' ? SymbolKind.Variable : SymbolKind.Property,
          range: document.range(statement),
          selectionRange: document.range(span),
        },
      ];
    }),
  );
}

const TOKENS = { temp: 'variable', param: 'parameter', global: 'property', property: 'property', constant: 'variable' } as const;

export function semanticTokens2019(document: Document2019): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  const modifier = (name: string): number => 1 << LEGEND.tokenModifiers.indexOf(name);
  for (const { meaning, span } of occurrences2019(document.analysis2019)) {
    const { line, character } = document.positionAt(span.start);
    const name = meaning.kind === 'function' ? (meaning.isMethod ? 'method' : 'function') : TOKENS[meaning.kind];
    const bits =
      meaning.kind === 'function'
        ? modifier('defaultLibrary')
        : meaning.kind === 'constant'
          ? modifier('readonly') | modifier('defaultLibrary')
          : 0;
    builder.push(line, character, span.end - span.start, LEGEND.tokenTypes.indexOf(name), bits);
  }
  return builder.build();
}

/** The text formatted, as one edit; none when it is so already, or has errors. */
export function formatting2019(document: Document2019): TextEdit[] {
  if (document.analysis2019.diagnostics.length > 0) return [];
  const text = fromBytes(format(document.bytes));
  return text === document.text ? [] : [{ range: document.range({ start: 0, end: document.bytes.length }), newText: text }];
}
