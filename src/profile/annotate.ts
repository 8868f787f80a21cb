/** A profile as text: the sources with counts and times before each line, then closures and built-ins. */
import type { Program } from '../bytecode/program.ts';
import { functionLabel, type Labels, placeLabel } from './labels.ts';
import type { Entry } from './recorder.ts';
import { totalOf } from './recorder.ts';
import { builtins, closures, type Lines, lines, type Spent } from './views.ts';

const text = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

/** Milliseconds with three digits that say something. */
export function timeText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 1 ? `${ms.toFixed(ms >= 100 ? 0 : 1)} ms` : `${(1000 * ms).toFixed(ms >= 0.01 ? 0 : 1)} µs`;
}

/** Cells as columns; those in `left` stand at the left, the last is not filled up. */
function columns(rows: readonly (readonly string[])[], left: ReadonlySet<number>): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => (cells[i] ?? '').length)));
  return rows.map((cells) =>
    cells
      .map((cell, i) =>
        left.has(i) ? (i === cells.length - 1 ? cell : cell.padEnd(widths[i] as number)) : cell.padStart(widths[i] as number),
      )
      .join('  ')
      .trimEnd(),
  );
}

const share = (part: number, whole: number): string => `${whole === 0 ? '0.0' : ((100 * part) / whole).toFixed(1)} %`;

function annotated(program: Program, found: Lines, whole: number, labels: Labels): string[] {
  const rows: string[][] = [['count', 'self', 'total', '', '', labels.sourceOf(program)]];
  const source = program.source.endsWith('\n') ? program.source.slice(0, -1) : program.source;
  source.split('\n').forEach((line, i) => {
    const spent = found.get(i + 1);
    const code = text(line).replaceAll('\t', '    ');
    const told =
      spent === undefined
        ? ['', '', '', '']
        : [spent.count > 0 ? String(spent.count) : '', timeText(spent.self), timeText(spent.total), share(spent.self, whole)];
    rows.push([...told, String(i + 1), code]);
  });
  return columns(rows, new Set([5]));
}

function table(
  title: string,
  rows: readonly { readonly spent: Spent; readonly label: string; readonly place: string }[],
  whole: number,
): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ spent, label, place }) => [
    String(spent.count),
    timeText(spent.self),
    timeText(spent.total),
    share(spent.self, whole),
    label,
    place,
  ]);
  return ['', ...columns([['calls', 'self', 'total', '', title, ''], ...cells], new Set([4, 5]))];
}

/** The whole report; text, not bytes. `most`: how many closures and built-ins to tell. */
export function annotate(roots: readonly Entry[], labels: Labels, most = 20): string {
  const whole = roots.reduce((sum, root) => sum + totalOf(root), 0);
  const out: string[] = [];
  for (const [program, found] of lines(roots)) out.push(...annotated(program, found, whole, labels), '');
  const called = closures(roots).map((spent) => ({
    spent,
    label: functionLabel(spent.fn, spent.name, labels),
    place: placeLabel(spent.fn.program, spent.fn.start, labels),
  }));
  out.pop();
  out.push(...table('closures', called.slice(0, most), whole));
  out.push(
    ...table(
      'built-ins',
      builtins(roots)
        .slice(0, most)
        .map((spent) => ({ spent, label: text(spent.name), place: '' })),
      whole,
    ),
  );
  return `${out.join('\n')}\n`;
}
