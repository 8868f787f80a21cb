/** Runs the cases of test files, each in a store of its own. */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { Expr, Script, Span } from '../ast/nodes.ts';
import type { ProbeSite } from '../bytecode/probes.ts';
import type { Program } from '../bytecode/program.ts';
import { LocalEngine } from '../engine/engine.ts';
import { hashPassword } from '../engine/passwords.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { memoryStore } from '../storage/memory.ts';
import type { Frame } from '../vm/frame.ts';
import type { Machine } from '../vm/machine.ts';
import type { Probe } from '../vm/probe.ts';
import { codeOf2019, errorName2019 } from '../wire/errors-2019.ts';
import type { Case, Expectation, TestScript } from './cases.ts';
import type { Coverage } from './coverage.ts';
import { frontOf, type Ran } from './dialects.ts';
import { isExpected, jsonText } from './expected.ts';
import { type Failure, failureOf } from './failure.ts';

/** A script with where it came from: the path as people know it, and the text as a byte string. */
export interface Text {
  readonly path: string;
  readonly text: string;
}

export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'todo' };

export interface CaseResult {
  /** A byte string. */
  readonly name: string;
  readonly outcome: Outcome;
  /** Milliseconds. */
  readonly time: number;
}

export interface FileResult {
  readonly file: Text;
  /** What keeps the file from being run. */
  readonly problems: readonly { readonly source: Text; readonly diagnostic: Diagnostic }[];
  readonly cases: readonly CaseResult[];
}

export interface TestOptions {
  /** Which cases run, by name (a byte string). */
  readonly wanted: (name: string) => boolean;
  /** Whether the first failure ends the run. */
  readonly bail: boolean;
  readonly coverage: Coverage | null;
  /** Seconds that a case may take. */
  readonly timeout: number;
  /** Lines that scripts `log`. */
  readonly onLog: (line: string) => void;
}

interface Loaded {
  readonly source: Text;
  readonly script: Script;
  readonly scope: string;
}

/** Remembers the error that ended a program, and counts what ran. */
class Watcher implements Probe {
  failure: Failure | null = null;
  private isTelling = false;
  private readonly coverage: Coverage | null;
  private readonly scripts: ReadonlyMap<Program, Script>;

  constructor(coverage: Coverage | null, scripts: ReadonlyMap<Program, Script>) {
    this.coverage = coverage;
    this.scripts = scripts;
  }

  reached(_machine: Machine, _frame: Frame, site: ProbeSite): void {
    this.coverage?.reached(site);
  }

  raised(machine: Machine, error: TiError, isHandled: boolean): void {
    // What is asked to tell of a failure may fail, too.
    if (isHandled || this.isTelling) return;
    this.isTelling = true;
    this.failure = failureOf(machine, error, (program) => this.scripts.get(program));
    this.isTelling = false;
  }
}

export class TestRun {
  private readonly options: TestOptions;
  private readonly hash: string;
  /** Where each program came from. */
  readonly sources = new WeakMap<Program, Text>();

  private constructor(options: TestOptions, hash: string) {
    this.options = options;
    this.hash = hash;
  }

  static async open(options: TestOptions): Promise<TestRun> {
    return new TestRun(options, await hashPassword('pass'));
  }

  /** Runs the cases of a file. `onlyOnes`: just those that are marked so. */
  async file(file: Text, onlyOnes: boolean): Promise<FileResult> {
    const tests = frontOf(file.path).readTests(file.text);
    const problems: { source: Text; diagnostic: Diagnostic }[] = tests.problems.map((diagnostic) => ({ source: file, diagnostic }));
    const loaded = tests.loads.flatMap((load) => {
      const found = this.load(file, load.path, load.at);
      if ('script' in found) return [found];
      problems.push(found);
      return [];
    });
    if (problems.length > 0) return { file, problems, cases: [] };
    const cases: CaseResult[] = [];
    for (const each of tests.cases) {
      if (!this.options.wanted(each.name) || (onlyOnes && each.mode !== 'only')) continue;
      const result = await this.case(file, tests, loaded, each);
      cases.push(result);
      if (this.options.bail && result.outcome.kind === 'failed') break;
    }
    return { file, problems: [], cases };
  }

  private load(file: Text, path: string, at: Span): Loaded | { source: Text; diagnostic: Diagnostic } {
    const full = resolve(dirname(file.path), path);
    let text: string;
    try {
      text = readFileSync(full).latin1Slice();
    } catch {
      const message = Buffer.from(`cannot read ${path}`, 'utf8').latin1Slice();
      return { source: file, diagnostic: { code: -51, severity: 'error', message, start: at.start, end: at.end } };
    }
    const source = { path: relative('.', full), text };
    const front = frontOf(source.path);
    const { script, diagnostics } = front.parse(text);
    const [diagnostic] = diagnostics;
    return diagnostic === undefined ? { source, script, scope: front.readTests(text).scope } : { source, diagnostic };
  }

  private async case(file: Text, tests: TestScript, loaded: readonly Loaded[], each: Case): Promise<CaseResult> {
    const { name, mode, statements, expected } = each;
    if (statements === null || mode === 'skip' || mode === 'todo') {
      return { name, outcome: { kind: mode === 'todo' ? 'todo' : 'skipped' }, time: 0 };
    }
    const { coverage, timeout, onLog } = this.options;
    const scripts = new Map<Program, Script>();
    const engine = new LocalEngine(memoryStore(), { queryDurationError: timeout });
    await engine.initialize(this.hash);
    const watcher = new Watcher(coverage, scripts);
    engine.watchWith(watcher);
    const run = (source: Text, script: Script, scope: string): Outlook => {
      const front = frontOf(source.path);
      const program = front.compile(script, source.text, scope);
      scripts.set(program, script);
      this.sources.set(program, source);
      coverage?.watch(source.path, script, program);
      return { program, ...front.run(engine, program, scope, onLog) };
    };
    const started = performance.now();
    const failure = failureIn(watcher, () => {
      for (const { source, script, scope } of loaded) {
        const { error } = run(source, script, scope);
        if (error !== null) throw error;
      }
      const body = frontOf(file.path).program(statements);
      return judged(run(file, { ...tests.script, body: [...body] }, tests.scope), statements, expected);
    });
    const time = performance.now() - started;
    coverage?.settle();
    await engine.close();
    return { name, time, outcome: failure === null ? { kind: 'passed' } : { kind: 'failed', failure } };
  }
}

/** A program of a case, and how it ended. */
interface Outlook extends Ran {
  readonly program: Program;
}

/** Gives the failure that is found, or that of the error that is thrown. */
function failureIn(watcher: Watcher, find: () => Failure | null): Failure | null {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    // Errors that come before a program runs have no place in it.
    return watcher.failure?.error === error ? watcher.failure : { error, calls: [], notes: [] };
  }
}

/** What is not as it is expected, of the first statement of which that is so; null when all is. Throws the error that nobody expects. */
function judged({ program, error, results }: Outlook, statements: readonly Expr[], expected: readonly Expectation[]): Failure | null {
  const unlike = (index: number, message: string, wanted: string, given: string): Failure => ({
    error: new TiError(ErrorCode.ASSERT, message),
    isExpectation: true,
    calls: [{ program, offset: statements[index]?.start ?? -1 }],
    notes: [`expected: ${wanted}`, `given: ${given}`],
  });
  for (const each of expected) {
    const given = results[each.index];
    if (given === undefined) {
      if (error === null || !('error' in each) || results.length !== each.index) break;
      const name = errorName2019(codeOf2019(error.code)) ?? '';
      return name === each.error ? null : unlike(each.index, `the statement ends in another error: ${error.message}`, each.error, name);
    }
    if ('error' in each) return unlike(each.index, 'the statement ends in no error', each.error, jsonText(given));
    if (!isExpected(each.value, given)) return unlike(each.index, 'the statement gives another value', each.text, jsonText(given));
  }
  if (error !== null) throw error;
  return null;
}

/** Whether a file marks cases as the only ones to run. */
export const hasOnly = ({ path, text }: Text): boolean =>
  frontOf(path)
    .readTests(text)
    .cases.some(({ mode }) => mode === 'only');
