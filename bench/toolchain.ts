/** Parsing and compiling, in this process. */
import { parse } from '../grammar/v1/parser.ts';
import { analyze } from '../src/analysis/analyze.ts';
import { analyze2019 } from '../src/analysis/dialect-2019/analyze.ts';
import { compileText } from '../src/engine/toolchain.ts';
import { longScript } from './script.ts';
import { longScript2019 } from './script-2019.ts';

export interface ToolchainRow {
  readonly name: string;
  /** Milliseconds that one turn took. */
  readonly turn: () => number;
  /** What it is meant not to exceed, in ms. */
  readonly limit?: number;
}

const SMALL = '.products.filter(|p| p.stock < 3 && p.price > 10.0).map(|p| `{p.name}: {p.stock}`);';
const STATEMENT =
  'for (x in .list) { if (x.n > 10) { x.n -= 1; .log.push({at: x.n, text: `now {x.n}`}); } else { x.set("done", true); }; };\n';
const MEDIUM = STATEMENT.repeat(80);
const LARGE = STATEMENT.repeat(Math.ceil((1024 * 1024) / STATEMENT.length));

const SCRIPT = longScript(5000);
const SCRIPT_2019 = longScript2019(5000);

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function repeated(times: number, work: () => unknown): () => number {
  return () =>
    timed(() => {
      for (let i = 0; i < times; i++) work();
    });
}

export const TOOLCHAIN_ROWS: readonly ToolchainRow[] = [
  { name: `parse a query of ${SMALL.length} bytes, 1000 times`, turn: repeated(1000, () => parse(SMALL)) },
  { name: `compile it, 1000 times`, turn: repeated(1000, () => compileText(SMALL)) },
  { name: 'parse 10 KB', turn: repeated(1, () => parse(MEDIUM)) },
  { name: 'compile 10 KB', turn: repeated(1, () => compileText(MEDIUM)) },
  { name: 'parse 1 MB', turn: repeated(1, () => parse(LARGE)) },
  { name: 'check a script of 5,000 lines, from nothing', turn: repeated(1, () => analyze(SCRIPT)) },
  { name: 'check one in the 2019 dialect, from nothing', turn: repeated(1, () => analyze2019(SCRIPT_2019)) },
];
