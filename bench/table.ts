/** The results as text. */

export interface Measured {
  readonly name: string;
  readonly value: number;
  /** A rate (`.../s`) is better when it is more, anything else when it is less. */
  readonly unit: string;
  /** What it is compared with: of the reference node, or of an earlier run. */
  readonly other: number | null;
  readonly isReference: boolean;
  /** How many times as good as the reference it is meant to be. */
  readonly aim?: number;
  /** What it is meant not to exceed, in its unit. */
  readonly limit?: number;
}

export interface Saved {
  /** What the numbers were measured on. */
  readonly machine: string;
  readonly values: Readonly<Record<string, number>>;
}

/** How many times as good as the other it is. */
function ratioOf({ value, unit, other }: Measured): number | null {
  if (other === null || !Number.isFinite(value) || !Number.isFinite(other)) return null;
  return unit.endsWith('/s') ? value / other : other / value;
}

function numberText(value: number | null): string {
  if (value === null) return '';
  if (!Number.isFinite(value)) return 'failed';
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

function aimText(row: Measured, ratio: number | null): string {
  if (row.limit !== undefined) return `at most ${numberText(row.limit)}, ${row.value <= row.limit ? 'met' : 'MISSED'}`;
  if (row.aim === undefined) return '';
  if (!row.isReference || ratio === null) return `aim ${row.aim}x`;
  return ratio >= row.aim ? `aim ${row.aim}x, met` : `aim ${row.aim}x, MISSED`;
}

/** `beside`: what the second column holds; the reference or what was saved, when it is left out. */
export function printGroup(title: string, rows: readonly Measured[], beside?: string): void {
  const width = Math.max(36, ...rows.map(({ name }) => name.length));
  const other = beside ?? (rows.some(({ isReference }) => isReference) ? 'reference' : 'saved');
  console.log(`\n${title.padEnd(width)} ${'this'.padStart(11)} ${other.padStart(11)}      ${'ratio'.padStart(8)}`);
  for (const row of rows) {
    const ratio = ratioOf(row);
    const cells = [row.name.padEnd(width), numberText(row.value).padStart(11), numberText(row.other).padStart(11), row.unit.padEnd(4)];
    console.log(`${cells.join(' ')} ${(ratio === null ? '' : `${ratio.toFixed(2)}x`).padStart(8)}  ${aimText(row, ratio)}`.trimEnd());
  }
}

/** `what` the rows were compared with. */
export function printSummary(rows: readonly Measured[], what: string): void {
  const ratios = rows.map(ratioOf).filter((ratio) => ratio !== null);
  if (ratios.length === 0) return;
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  console.log(`\n${ratios.length} rows beside ${what}: geometric mean ${mean.toFixed(2)}x, worst ${Math.min(...ratios).toFixed(2)}x`);
}
