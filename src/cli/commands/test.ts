import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { TEST_SUFFIX, TEST_SUFFIX_2019 } from '../../ast/test-file.ts';
import { Coverage, type FileCoverage, lineShare, percent, sumOf } from '../../testing/coverage.ts';
import { type FileResult, hasOnly, TestRun, type Text } from '../../testing/run.ts';
import { CliError, ExitCode, fileError } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { readSourceFile } from '../source.ts';
import { printCoverage, writeCoverage } from '../testing/coverage-report.ts';
import { PrettyReporter, type Reporter, TapReporter, type Totals } from '../testing/reporters.ts';
import { watched } from '../watched.ts';

export interface TestCommandOptions {
  readonly filter?: RegExp;
  readonly tap?: boolean;
  readonly bail?: boolean;
  readonly coverage?: boolean;
  readonly coverageDir: string;
  readonly minCoverage?: number;
  readonly timeout: number;
}

/** Runs test files, and tells what failed. */
export async function test(paths: readonly string[], options: TestCommandOptions, io: Io): Promise<ExitCode> {
  const files = testFiles(paths).map((path): Text => ({ path, text: readSourceFile(path).text }));
  if (files.length === 0) throw new CliError(ExitCode.SCRIPT, `there are no files that end in ${TEST_SUFFIX} or ${TEST_SUFFIX_2019} here`);
  // Probes also tell where an error was raised.
  return watched(() => runAll(files, options, io));
}

async function runAll(files: readonly Text[], options: TestCommandOptions, io: Io): Promise<ExitCode> {
  const { filter, bail = false, timeout } = options;
  const wantsCoverage = options.coverage === true || options.minCoverage !== undefined;
  const coverage = wantsCoverage ? new Coverage() : null;
  const run = await TestRun.open({
    wanted: (name) => filter === undefined || filter.test(Buffer.from(name, 'latin1').toString('utf8')),
    bail,
    coverage,
    timeout,
    onLog: (line) => io.err.write(`${line}\n`),
  });
  const reporter: Reporter = options.tap === true ? new TapReporter(io, run) : new PrettyReporter(io, run);
  const totals: Totals = { passed: 0, failed: 0, skipped: 0, todo: 0 };
  const started = performance.now();
  const only = files.some(hasOnly);
  for (const file of files) {
    const result = await run.file(file, only);
    count(result, totals);
    if (result.cases.length > 0 || result.problems.length > 0) reporter.file(result);
    if (bail && totals.failed > 0) break;
  }
  reporter.end(totals, performance.now() - started);
  const isCovered = coverage === null || tellCoverage(coverage, files, options, io);
  return totals.failed === 0 && isCovered ? ExitCode.FINE : ExitCode.SCRIPT;
}

function count({ problems, cases }: FileResult, totals: Totals): void {
  if (problems.length > 0) totals.failed++;
  for (const { outcome } of cases) totals[outcome.kind]++;
}

/** Tells the coverage of the scripts that were loaded, or of the tests when they loaded none; false when it is less than is asked for. */
function tellCoverage(coverage: Coverage, files: readonly Text[], options: TestCommandOptions, io: Io): boolean {
  const tests = new Set(files.map(({ path }) => path));
  const loaded = coverage.files((path) => !tests.has(path));
  const covered: FileCoverage[] = loaded.length > 0 ? loaded : coverage.files(() => true);
  if (options.tap !== true) printCoverage(covered, io);
  if (options.coverage === true) writeCoverage(covered, options.coverageDir);
  const got = percent(sumOf(covered.map(lineShare)));
  const wanted = options.minCoverage ?? 0;
  if (got >= wanted) return true;
  io.err.write(toBytes(`thingsc: ${got} % of the lines ran, which is less than ${wanted} %\n`));
  return false;
}

/** The files that are named, and those below the folders that are; without any, below where we are. Throws CliError. */
function testFiles(paths: readonly string[]): string[] {
  return (paths.length > 0 ? paths : ['.']).flatMap((path) => {
    if (!existsSync(path)) throw fileError(`cannot read ${path}: there is no such file or folder`);
    return statSync(path).isDirectory() ? below(path) : [path];
  });
}

function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(TEST_SUFFIX) || name.endsWith(TEST_SUFFIX_2019))
    .filter((name) => !name.split(sep).some((part) => part === 'node_modules' || part.startsWith('.')))
    .sort()
    .map((name) => join(folder, name));
}
