import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { type Analysis, type AnalyzeOptions, analyze } from '../../analysis/analyze.ts';
import type { ScopeKind } from '../../analysis/context.ts';
import { analyze2019 } from '../../analysis/dialect-2019/analyze.ts';
import type { Finding, Severity } from '../../analysis/findings.ts';
import { applyEdits, safeEdits } from '../../analysis/fix.ts';
import {
  findProject,
  optionsOf,
  type Project,
  ProjectError,
  projectFiles,
  readProject,
  readSchema,
  settingsFor,
} from '../../analysis/project.ts';
import type { Schema } from '../../analysis/schema.ts';
import { schemaFromJson } from '../../analysis/schema-json.ts';
import { withTests } from '../../analysis/test-files.ts';
import { type Checked, type CheckFormat, printChecked } from '../check/formats.ts';
import { fetchSchema, type LoginOptions } from '../check/schema.ts';
import { type Compiled, compileSource } from '../compile.ts';
import { type DialectOption, dialectOf } from '../dialect.ts';
import { CliError, ExitCode, fileError, usageError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import { type Io, toBytes } from '../io.ts';
import { readSources, type Source } from '../source.ts';

export interface CheckOptions extends LoginOptions, DialectOption {
  readonly eval?: string;
  readonly effects?: boolean;
  readonly json?: boolean;
  readonly format: CheckFormat;
  readonly fix?: boolean;
  readonly watch?: boolean;
  readonly schema?: string;
  readonly connect?: string;
  readonly scope?: ScopeKind;
  readonly project?: string | false;
  readonly failOn?: Severity;
}

const RANKS: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** What holds for all files of a run. */
interface Run {
  readonly project: Project | null;
  readonly options: CheckOptions;
  readonly schemaOf: (path: string) => Schema;
  /** The schema of `--schema` or `--connect`; it stands over that of the project. */
  readonly schema: Schema | null;
  readonly failOn: Severity;
}

/** Tells what is wrong in each text, and with `--effects` whether a text needs a change and why. */
export async function check(files: readonly string[], options: CheckOptions, io: Io): Promise<ExitCode> {
  const run = await begin(options);
  const names = filesOf(files, run, io);
  if (options.watch === true) return watchFiles(names, run, io);
  return checkOnce(names, run, io);
}

async function begin(options: CheckOptions): Promise<Run> {
  if (options.schema !== undefined && options.connect !== undefined) throw usageError('give either --schema or --connect, not both');
  try {
    const project = options.project === false ? null : options.project === undefined ? findProject('.') : readProject(options.project);
    const schemas = new Map<string, Schema>();
    const schemaOf = (path: string): Schema => {
      const schema = schemas.get(path) ?? readSchema(path);
      schemas.set(path, schema);
      return schema;
    };
    const { connect } = options;
    const fetched = connect === undefined ? null : schemaFromJson(await fetchSchema(connect, options));
    const schema = options.schema === undefined ? fetched : schemaOf(options.schema);
    return { project, options, schemaOf, schema, failOn: options.failOn ?? project?.failOn ?? 'warning' };
  } catch (error) {
    if (error instanceof ProjectError) throw fileError(error.message);
    throw error;
  }
}

/** The files that are named, or those of the project when the input comes from a terminal. */
function filesOf(files: readonly string[], { project, options }: Run, io: Io): readonly string[] {
  if (files.length > 0 || options.eval !== undefined || project === null || !io.inputIsTerminal) return files;
  return projectFiles(project, '.');
}

async function checkOnce(files: readonly string[], run: Run, io: Io): Promise<ExitCode> {
  const { options } = run;
  const sources = await readSources(files, options.eval, io);
  const results = sources.map((source) => checkSource(options.fix === true ? fixed(source, run, io) : source, run));
  printChecked(results, options.json === true ? 'json' : options.format, options.effects === true, io);
  return results.every(({ ok }) => ok) ? ExitCode.FINE : ExitCode.SCRIPT;
}

function optionsFor(source: Source, { project, options, schemaOf, schema }: Run): AnalyzeOptions {
  try {
    const own = project === null ? {} : optionsOf(settingsFor(project, source.path), schemaOf);
    const all = { ...own, ...(schema === null ? {} : { schema }), ...(options.scope === undefined ? {} : { scope: options.scope }) };
    return withTests(all, source.path);
  } catch (error) {
    if (error instanceof ProjectError) throw fileError(error.message);
    throw error;
  }
}

function checkSource(source: Source, run: Run): Checked {
  const { findings, effects } =
    dialectOf(source, run.options) === '2019' ? analyze2019(source.text, optionsFor(source, run)) : checkV1(source, run);
  const ok = findings.every(({ severity }) => RANKS[severity] < RANKS[run.failOn]);
  return { source, findings, effects, ok };
}

type Found = Pick<Analysis, 'findings' | 'effects'>;

const refused = ({ diagnostics }: Compiled): Finding[] =>
  diagnostics.map(({ start, end, message }) => ({ code: 'syntax', severity: 'error', start, end, message }));

/** What is found, and what only the compiler refuses: a script that is too large for it. */
function checkV1(source: Source, run: Run): Found {
  const { findings, effects } = analyze(source.text, optionsFor(source, run));
  const known = findings.some(({ code }) => code === 'syntax');
  return { findings: known ? findings : [...refused(compileSource(source.text)), ...findings], effects };
}

/** A fix may show the next. */
const MAX_ROUNDS = 10;

/** Writes a file back with all safe fixes done; a text that is no file goes to the output. */
function fixed(source: Source, run: Run, io: Io): Source {
  if (dialectOf(source, run.options) === '2019') return source;
  let { text } = source;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const edits = safeEdits(analyze(text, optionsFor(source, run)).findings);
    if (edits.length === 0) break;
    text = applyEdits(text, edits);
  }
  if (source.path === null) io.out.write(text);
  else if (text !== source.text) writeWhole(source.path, Buffer.from(text, 'latin1'));
  return { ...source, text };
}

/** How long to wait for a burst of changes to end, in ms. */
const SETTLE = 50;

/** Checks again whenever one of the files changes, until a signal comes. */
async function watchFiles(files: readonly string[], run: Run, io: Io): Promise<ExitCode> {
  if (files.length === 0 || files.includes('-')) throw usageError('--watch needs files to watch');
  const again = async (): Promise<void> => {
    if (io.out.colored) io.out.write('\x1b[2J\x1b[H');
    const code = await checkOnce(files, run, io).catch((error: unknown) => {
      if (!(error instanceof CliError)) throw error;
      io.err.write(toBytes(`${error.message}\n`));
      return error.exitCode;
    });
    io.err.write(code === ExitCode.FINE ? 'nothing to tell; waiting for changes\n' : 'waiting for changes\n');
  };
  let timer: NodeJS.Timeout | null = null;
  const changed = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void again(), SETTLE);
  };
  // Editors put a new file in the place of the old one, which a watch of the file itself would lose.
  const watchers = [...new Set(files.map((file) => dirname(file)))].map((folder) => watch(folder, changed));
  await again();
  await new Promise<void>((resolve) => {
    const off = io.onSignal(() => {
      off();
      resolve();
    });
  });
  for (const watcher of watchers) watcher.close();
  if (timer !== null) clearTimeout(timer);
  return ExitCode.FINE;
}
