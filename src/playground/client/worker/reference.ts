/** The function reference, from the rows of the built-ins. */
import { functionRows, methodRows } from '../../../analysis/builtin-names.ts';
import { rows2019 } from '../../../builtins/dialect-2019/registry.ts';
import { isFunction2019, name2019, signature2019 } from '../../../builtins/dialect-2019/words.ts';
import type { Row } from '../../../builtins/row.ts';
import { typedSignature } from '../../../lsp/words.ts';
import type { Dialect, ReferenceEntry } from '../messages.ts';

function notesOf({ changes, scopes }: Row): string[] {
  const notes = changes === undefined ? [] : ['needs a change'];
  return scopes === undefined ? notes : [...notes, `only in ${scopes.map((scope) => `@${scope}`).join(', ')}`];
}

function entry(row: Row, name: string, signature: string): ReferenceEntry {
  const { receiver = null, doc, example } = row;
  return { name, receiver, signature, doc, example, notes: notesOf(row) };
}

const rowsOf = (dialect: Dialect): ReferenceEntry[] =>
  dialect === '2019'
    ? rows2019.filter(isFunction2019).map((row) => entry(row, name2019(row), signature2019(row)))
    : [...functionRows(), ...methodRows()].map((row) => entry(row, row.name, typedSignature(row)));

/** In the order of the names, functions before methods. */
export const reference = (dialect: Dialect): ReferenceEntry[] =>
  rowsOf(dialect).sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.receiver ?? '').localeCompare(b.receiver ?? '', 'en'));
