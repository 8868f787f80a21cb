/** A profile as a file of https://www.speedscope.app: each way through the program, with the time at its end. */
import { entryLabel, type Labels } from './labels.ts';
import { type Entry, entriesOf } from './recorder.ts';
import { lineOf } from './views.ts';

interface FrameInfo {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
}

/** The file as an object, for JSON. `name` is text. Weights are in milliseconds. */
export function speedscope(roots: readonly Entry[], labels: Labels, name: string): object {
  const frames: FrameInfo[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (entry: Entry): number => {
    const label = entryLabel(entry, labels);
    const { program } = entry.fn;
    const isPlaced = entry.kind !== 'builtin';
    const key = isPlaced ? `${label} ${labels.sourceOf(program)} ${entry.start}` : label;
    let index = indexes.get(key);
    if (index === undefined) {
      index = frames.length;
      indexes.set(key, index);
      frames.push({ name: label, ...(isPlaced ? { file: labels.sourceOf(program), line: lineOf(program.source, entry.start) } : {}) });
    }
    return index;
  };
  const samples: number[][] = [];
  const weights: number[] = [];
  for (const { entry, way } of entriesOf(roots)) {
    if (entry.self <= 0) continue;
    samples.push([...way, entry].map(indexOf));
    weights.push(entry.self);
  }
  const endValue = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'thingsc',
    name,
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [{ type: 'sampled', name, unit: 'milliseconds', startValue: 0, endValue, samples, weights }],
  };
}
