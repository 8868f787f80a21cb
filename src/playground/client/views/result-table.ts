/** An answer as a table: a row for each item of a list, a column for each name that its things have. */
import { FloatValue, ThingValue, type Value } from '../net/values.ts';
import { counted, h } from '../ui/dom.ts';
import { summaryElement } from './values.ts';

/** More rows are not shown. */
const MAX_ROWS = 1000;

interface Row {
  readonly head: string;
  readonly value: Value;
}

function rowsOf(value: Value): { readonly rows: readonly Row[]; readonly corner: string } {
  if (Array.isArray(value)) return { rows: (value as readonly Value[]).map((item, i) => ({ head: String(i), value: item })), corner: '' };
  if (value instanceof ThingValue) return { rows: [...value.fields].map(([head, field]) => ({ head, value: field })), corner: 'name' };
  return { rows: [{ head: '', value }], corner: '' };
}

const ID = '#';
const VALUE = 'value';

function cellOf(value: Value, column: string): Value | undefined {
  if (!(value instanceof ThingValue)) return column === VALUE ? value : undefined;
  return column === ID ? (value.id ?? undefined) : value.fields.get(column);
}

function columnsOf(rows: readonly Row[]): string[] {
  const names = new Set<string>();
  let hasIds = false;
  let hasPlain = false;
  for (const { value } of rows) {
    if (!(value instanceof ThingValue)) hasPlain = true;
    else {
      hasIds ||= value.id !== null;
      for (const name of value.fields.keys()) names.add(name);
    }
  }
  return [...(hasIds ? [ID] : []), ...names, ...(hasPlain ? [VALUE] : [])];
}

const isNumber = (value: Value | undefined): boolean =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof FloatValue;

export function resultTable(value: Value): HTMLElement {
  const { rows, corner } = rowsOf(value);
  if (rows.length === 0) return h('p', { class: 'empty' }, 'There is nothing in it.');
  const shown = rows.slice(0, MAX_ROWS);
  const columns = columnsOf(shown);
  const head = h('tr', {}, h('th', { scope: 'col', class: 'row-head' }, corner), ...columns.map((name) => h('th', { scope: 'col' }, name)));
  const body = shown.map((row) => {
    const cells = columns.map((name) => {
      const cell = cellOf(row.value, name);
      return h('td', { class: isNumber(cell) ? 'is-number' : null }, cell === undefined ? null : summaryElement(cell));
    });
    return h('tr', {}, h('th', { scope: 'row', class: 'row-head' }, row.head), ...cells);
  });
  const table = h('table', { class: 'grid' }, h('thead', {}, head), h('tbody', {}, ...body));
  const left = rows.length - shown.length;
  return h(
    'div',
    { class: 'table-frame' },
    table,
    left > 0 ? h('p', { class: 'empty' }, `${counted(left, 'more row')}; a query can take a part: \`.slice(...)\`.`) : null,
  );
}
