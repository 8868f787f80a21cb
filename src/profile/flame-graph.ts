/** A profile as a drawing: each part of the program as wide as the time in it, what it called above it. */
import { timeText } from './annotate.ts';
import { entryLabel, type Labels } from './labels.ts';
import { type Entry, totalOf } from './recorder.ts';

const WIDTH = 1200;
const ROW = 18;
const HEAD = 34;
/** What would be narrower is left out. */
const LEAST = 0.4;
/** About what a letter takes. */
const LETTER = 6.7;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char);

const HUES: Readonly<Record<Entry['kind'], number>> = { program: 215, closure: 28, statement: 48, builtin: 145 };

/** The same part has the same colour wherever it stands. */
function colour(kind: Entry['kind'], label: string): string {
  let hash = 0;
  for (const char of label) hash = (hash * 31 + char.charCodeAt(0)) | 0;
  return `hsl(${HUES[kind] + (Math.abs(hash) % 15) - 7} ${60 + (Math.abs(hash >> 4) % 15)}% ${72 + (Math.abs(hash >> 8) % 8)}%)`;
}

interface Box {
  readonly entry: Entry;
  readonly x: number;
  readonly width: number;
  readonly depth: number;
  readonly total: number;
}

/** Parts in one another, the longest first. */
function* boxes(entries: Iterable<Entry>, x: number, scale: number, depth: number): Iterable<Box> {
  const sorted = [...entries].map((entry) => ({ entry, total: totalOf(entry) })).sort((a, b) => b.total - a.total);
  let at = x;
  for (const { entry, total } of sorted) {
    const width = total * scale;
    if (width < LEAST) return;
    yield { entry, x: at, width, depth, total };
    yield* boxes(entry.below.values(), at, scale, depth + 1);
    at += width;
  }
}

/** The drawing as SVG; text. */
export function flameGraph(roots: readonly Entry[], labels: Labels, name: string): string {
  const whole = roots.reduce((sum, root) => sum + totalOf(root), 0);
  const all = whole > 0 ? [...boxes(roots, 0, WIDTH / whole, 0)] : [];
  const height = HEAD + ROW * (1 + all.reduce((most, { depth }) => Math.max(most, depth), 0)) + 8;
  const parts = all.map(({ entry, x, width, depth, total }) => {
    const label = entryLabel(entry, labels);
    const y = height - 8 - ROW * (depth + 1);
    const room = Math.floor((width - 6) / LETTER);
    const shown = room < 3 ? '' : label.length <= room ? label : `${label.slice(0, room - 1)}…`;
    const title = `${label}: ${timeText(total)} (${((100 * total) / whole).toFixed(1)} %), ${timeText(entry.self)} itself, ${entry.count} times`;
    const box = `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(width - 0.5, 0.3).toFixed(1)}" height="${ROW - 1}" rx="2" fill="${colour(entry.kind, label)}"/>`;
    const words = shown === '' ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 13}">${escaped(shown)}</text>`;
    return `<g><title>${escaped(title)}</title>${box}${words}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
<text x="6" y="20" font-size="14">${escaped(name)}: ${timeText(whole)}</text>
${parts.join('\n')}
</svg>
`;
}
