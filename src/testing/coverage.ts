/** Which statements, functions and ways of conditions ran, and how often: counted by the probes of the programs that ran. */
import { closureNames } from '../ast/closure-names.ts';
import type { Script, Span } from '../ast/nodes.ts';
import type { ProbeSite } from '../bytecode/probes.ts';
import type { Program } from '../bytecode/program.ts';

export interface Counted extends Span {
  /** From 1. */
  readonly line: number;
  /** How often it ran. */
  readonly count: number;
}

export interface CountedFunction extends Counted {
  /** A byte string. */
  readonly name: string;
}

/** A condition or a loop, and the ways that it can go. */
export interface CountedBranch extends Span {
  readonly line: number;
  readonly ways: readonly { readonly name: string; readonly count: number }[];
}

export interface FileCoverage {
  readonly path: string;
  /** A byte string. */
  readonly text: string;
  readonly statements: readonly Counted[];
  readonly functions: readonly CountedFunction[];
  readonly branches: readonly CountedBranch[];
  /** How often the lines ran in which statements begin. */
  readonly lines: ReadonlyMap<number, number>;
}

/** How many of how many. */
export interface Share {
  readonly covered: number;
  readonly total: number;
}

const shareOf = (counts: Iterable<number>): Share => {
  let covered = 0;
  let total = 0;
  for (const count of counts) {
    total++;
    if (count > 0) covered++;
  }
  return { covered, total };
};

export const lineShare = ({ lines }: FileCoverage): Share => shareOf(lines.values());
export const functionShare = ({ functions }: FileCoverage): Share => shareOf(functions.map(({ count }) => count));
export const branchShare = ({ branches }: FileCoverage): Share => shareOf(branches.flatMap(({ ways }) => ways.map(({ count }) => count)));
export const sumOf = (shares: readonly Share[]): Share => ({
  covered: shares.reduce((sum, { covered }) => sum + covered, 0),
  total: shares.reduce((sum, { total }) => sum + total, 0),
});

/** Per cent, with one decimal, rounded down so that 100 means all of it; of nothing it is 100. */
export const percent = ({ covered, total }: Share): number => (total === 0 ? 100 : Math.floor((1000 * covered) / total) / 10);

/** The site in the text: the same in every program that was made of the text. */
const keyOf = ({ kind, start, end, arm }: ProbeSite): string =>
  arm === null ? `${kind} ${start} ${end}` : `${kind} ${arm.start} ${arm.end} ${arm.name}`;

interface Source {
  readonly text: string;
  readonly script: Script;
  /** Sites by what they are in the text, with how often they were reached. */
  readonly sites: Map<string, { readonly site: ProbeSite; count: number }>;
}

export class Coverage {
  private readonly sources = new Map<string, Source>();
  private counts = new Map<ProbeSite, number>();
  private readonly programs: { readonly path: string; readonly program: Program }[] = [];

  /** Counts what runs of a program that was made of the text of a file. */
  watch(path: string, script: Script, program: Program): void {
    if (!this.sources.has(path)) this.sources.set(path, { text: program.source, script, sites: new Map() });
    this.programs.push({ path, program });
  }

  reached(site: ProbeSite): void {
    this.counts.set(site, (this.counts.get(site) ?? 0) + 1);
  }

  /** Takes what was counted into the sums of the files: the programs of a case are not needed beyond it. */
  settle(): void {
    for (const { path, program } of this.programs) {
      const { sites } = this.sources.get(path) as Source;
      for (const site of program.probes) {
        // What stands nowhere in the text was put there for the run.
        if (site.start === site.end) continue;
        const key = keyOf(site);
        const known = sites.get(key);
        const count = this.counts.get(site) ?? 0;
        if (known === undefined) sites.set(key, { site, count });
        else known.count += count;
      }
    }
    this.programs.length = 0;
    this.counts = new Map();
  }

  /** What was counted, by file. `wanted` says of which files. */
  files(wanted: (path: string) => boolean): FileCoverage[] {
    this.settle();
    return [...this.sources]
      .filter(([path]) => wanted(path))
      .map(([path, source]) => fileCoverage(path, source))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

/** The line of each byte offset asked for. */
function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function fileCoverage(path: string, { text, script, sites }: Source): FileCoverage {
  const lineOf = lineFinder(text);
  const names = closureNames(script);
  const statements: Counted[] = [];
  const functions: CountedFunction[] = [];
  const branches = new Map<string, { start: number; end: number; line: number; ways: { name: string; count: number }[] }>();
  const lines = new Map<number, number>();
  for (const { site, count } of sites.values()) {
    const { kind, start, end, arm } = site;
    const line = lineOf(start);
    if (kind === 'statement') {
      statements.push({ start, end, line, count });
      lines.set(line, Math.max(lines.get(line) ?? 0, count));
    } else if (kind === 'enter' && site.fn > 0) {
      functions.push({ start, end, line, count, name: names.get(start) ?? `closure in line ${line}` });
    } else if (arm !== null) {
      const key = `${arm.start} ${arm.end}`;
      const known = branches.get(key) ?? { start: arm.start, end: arm.end, line: lineOf(arm.start), ways: [] };
      known.ways.push({ name: arm.name, count });
      branches.set(key, known);
    }
  }
  const inOrder = (a: Span, b: Span): number => a.start - b.start || b.end - a.end;
  return {
    path,
    text,
    statements: statements.sort(inOrder),
    functions: functions.sort(inOrder),
    branches: [...branches.values()].sort(inOrder),
    lines: new Map([...lines].sort(([a], [b]) => a - b)),
  };
}
