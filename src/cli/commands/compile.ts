import { saveProgram } from '../../bytecode/container.ts';
import { compileSource } from '../compile.ts';
import { type DialectOption, dialectOf } from '../dialect.ts';
import { ExitCode, usageError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import { type Io, toBytes } from '../io.ts';
import { PROGRAM_SUFFIX } from '../program-file.ts';
import { reportDiagnostics } from '../report.ts';
import { readSource } from '../source.ts';

export interface CompileOptions extends DialectOption {
  readonly eval?: string;
  /** `-` for standard output. */
  readonly output?: string;
}

/** Compiles a script into a file. */
export async function compile(file: string | undefined, options: CompileOptions, io: Io): Promise<ExitCode> {
  const source = await readSource(file, options.eval, io);
  const output = options.output ?? defaultOutput(source.path);
  const { program, diagnostics } = compileSource(source.text, dialectOf(source, options));
  if (program === null) {
    reportDiagnostics(source, diagnostics, io.err);
    return ExitCode.SCRIPT;
  }
  const bytes = saveProgram(program);
  if (output === '-') io.out.write(Buffer.from(bytes).latin1Slice());
  else {
    writeWhole(output, bytes);
    io.err.write(toBytes(`${output}: ${bytes.length} bytes\n`));
  }
  return ExitCode.FINE;
}

function defaultOutput(path: string | null): string {
  if (path === null) throw usageError('say with -o where the compiled program goes (-o - for standard output)');
  return path.replace(/\.[^./\\]*$/, '') + PROGRAM_SUFFIX;
}
