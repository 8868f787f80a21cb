/** What could be put in the place of what was typed, shown in columns below it. */
import { clip, columnsOf, padded } from './columns.ts';
import { paint, type Row } from './layout.ts';

export interface Completion {
  readonly label: string;
  /** What is put in the place of what was typed; the label when left out. */
  readonly insert?: string;
  /** A line about it. */
  readonly about?: string;
}

export interface Completions {
  /** Where what is replaced starts; it ends at the cursor. */
  readonly start: number;
  readonly items: readonly Completion[];
}

export const insertedBy = ({ label, insert }: Completion): string => insert ?? label;

/** The longest text with which all of them start. */
export function commonStart(texts: readonly string[]): string {
  let common = texts[0] ?? '';
  for (const text of texts) while (!text.startsWith(common)) common = common.slice(0, -1);
  return common;
}

const MOST_ROWS = 8;
const GAP = 2;
const DIM = '2';
const SELECTED = '7';

export class Menu {
  readonly start: number;
  readonly items: readonly Completion[];
  /** -1 for none. */
  selected = -1;

  constructor({ start, items }: Completions) {
    this.start = start;
    this.items = items;
  }

  get selection(): Completion | undefined {
    return this.items[this.selected];
  }

  /** Selects the item that lies so many behind, or before; behind the last comes the first. */
  move(by: number): void {
    const count = this.items.length;
    const from = this.selected < 0 && by < 0 ? 0 : this.selected;
    this.selected = (((from + by) % count) + count) % count;
  }

  private grid(columns: number): { readonly width: number; readonly perRow: number } {
    const widest = this.items.reduce((most, { label }) => Math.max(most, columnsOf(label)), 0);
    const width = Math.min(widest + GAP, columns);
    return { width, perRow: Math.max(1, Math.floor(columns / width)) };
  }

  /** How many items stand in a row. */
  perRow(columns: number): number {
    return this.grid(columns).perRow;
  }

  /** Rows for a screen of so many columns, of which no more than `most` are used; those around the selection. */
  rows(columns: number, most: number): Row[] {
    const { width, perRow } = this.grid(columns);
    const all = Math.ceil(this.items.length / perRow);
    const height = Math.max(1, Math.min(MOST_ROWS, most, all));
    const current = Math.floor(Math.max(0, this.selected) / perRow);
    const top = Math.max(0, Math.min(current - Math.floor(height / 2), all - height));
    const rows: Row[] = [];
    for (let row = top; row < top + height; row++) rows.push(this.row(row, perRow, width));
    const hidden = this.items.length - Math.min(this.items.length, (top + height) * perRow) + top * perRow;
    const about = this.selection?.about ?? (hidden > 0 ? `${hidden} more` : '');
    if (about !== '') rows.push(dimRow(about, columns));
    return rows;
  }

  private row(row: number, perRow: number, width: number): Row {
    const parts = this.items.slice(row * perRow, (row + 1) * perRow).map(({ label }, i) => {
      const text = clip(label, width);
      const shown = paint({ text, style: row * perRow + i === this.selected ? SELECTED : '' });
      return shown + padded('', width - columnsOf(text));
    });
    return { text: parts.join('').trimEnd(), width: parts.length * width };
  }
}

/** A line about something, below the text. */
export function dimRow(text: string, columns: number): Row {
  const shown = clip(text.replace(/\s+/g, ' '), columns);
  return { text: paint({ text: shown, style: DIM }), width: columnsOf(shown) };
}
