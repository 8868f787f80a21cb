/** What a name means, and of which type it is. */
import type { Hover, Position } from 'vscode-languageserver';
import { library } from '../builtins/library.ts';
import type { Row } from '../builtins/row.ts';
import type { Document } from './document.ts';
import { type Occurrence, occurrenceAt } from './symbols.ts';
import { callableHover, partHover, rowHover, schemaHover, variableHover } from './words.ts';

/** The built-ins that a method may be, by the type that it is called on; all of the name when that is not known. */
export function rowsOf(name: string, mask: number | undefined): Row[] {
  const { builtins } = library.methodTable(name);
  return builtins.filter(({ receiver }) => mask === undefined || (receiver & mask) !== 0).map(({ row }) => row);
}

/** More methods of one name than this are not told at once. */
const MAX_ROWS = 4;

function text({ analysis }: Document, { meaning, node }: Occurrence): string | null {
  const { schema, types } = analysis;
  switch (meaning.kind) {
    case 'function': {
      const row = library.functionRow(meaning.name)?.row;
      return row === undefined ? null : rowHover(row);
    }
    case 'method': {
      const rows = rowsOf(meaning.name, meaning.on?.mask).slice(0, MAX_ROWS);
      return rows.length === 0 ? null : rows.map(rowHover).join('\n\n---\n\n');
    }
    case 'schema':
      return schemaHover(schema, meaning.name);
    case 'part':
      return partHover(schema, meaning.of, meaning.name);
    case 'procedure': {
      const procedure = schema.procedures.get(meaning.name);
      return procedure === undefined ? null : callableHover('procedure', procedure);
    }
    case 'variable':
    case 'property':
      return variableHover(meaning.name, types.get(node));
  }
}

export function hover(document: Document, position: Position): Hover | null {
  const found = occurrenceAt(document.analysis, document.offsetAt(position));
  const value = found === null ? null : text(document, found);
  return found === null || value === null ? null : { contents: { kind: 'markdown', value }, range: document.range(found.span) };
}
