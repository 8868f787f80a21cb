import { findProject, ProjectError, projectFiles } from '../../analysis/project.ts';
import { type DialectOption, frontOf } from '../dialect.ts';
import { ExitCode, fileError, usageError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import { type Io, toBytes } from '../io.ts';
import { reportDiagnostics } from '../report.ts';
import { readSources, type Source } from '../source.ts';

export interface FmtOptions extends DialectOption {
  readonly eval?: string;
  readonly check?: boolean;
  readonly write?: boolean;
  readonly stdin?: boolean;
}

/** Formats texts: prints them, writes them back, or only tells which would change. A text with errors stays as it is. */
export async function fmt(files: readonly string[], options: FmtOptions, io: Io): Promise<ExitCode> {
  if (options.write === true && options.check === true) throw usageError('--write and --check exclude each other');
  if (options.stdin === true && (files.length > 0 || options.eval !== undefined)) throw usageError('--stdin excludes files and -e CODE');
  const sources = await readSources(namesOf(files, options, io), options.eval, io);
  if (options.write === true && sources.some(({ path }) => path === null)) throw usageError('--write needs files to write to');
  let exitCode: ExitCode = ExitCode.FINE;
  for (const source of sources) {
    const formatted = formatSource(source, options, io);
    if (formatted === null) exitCode = ExitCode.SCRIPT;
    else if (options.check !== true && options.write !== true) io.out.write(formatted);
    else if (formatted !== source.text) {
      io.out.write(toBytes(`${source.name}\n`));
      if (options.check === true) exitCode = ExitCode.SCRIPT;
      else if (source.path !== null) writeWhole(source.path, Buffer.from(formatted, 'latin1'));
    }
  }
  return exitCode;
}

/** The files that are named; with `--check` or `--write`, when the input comes from a terminal, those of the project. */
function namesOf(files: readonly string[], options: FmtOptions, io: Io): readonly string[] {
  const wantsFiles = options.check === true || options.write === true;
  if (files.length > 0 || options.eval !== undefined || options.stdin === true || !wantsFiles || !io.inputIsTerminal) return files;
  try {
    const project = findProject('.');
    return project === null ? files : projectFiles(project, '.');
  } catch (error) {
    if (error instanceof ProjectError) throw fileError(error.message);
    throw error;
  }
}

/** Null, with the errors told, when the text has some. */
function formatSource(source: Source, options: FmtOptions, io: Io): string | null {
  const front = frontOf(source, options);
  const { diagnostics } = front.parseTolerant(source.text);
  if (diagnostics.length === 0) return front.format(source.text);
  reportDiagnostics(source, diagnostics, io.err);
  return null;
}
