import { TiError } from '../../errors.ts';
import { Tracer } from '../../profile/trace.ts';
import { answerFormat, answerText, type FormatOptions } from '../answer.ts';
import { dialectOfProgram } from '../dialect.ts';
import { ExitCode } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { type LocalRunOptions, runLocally } from '../local-run.ts';
import { programOf } from '../program-file.ts';
import { reportDiagnostics, reportFailure } from '../report.ts';
import { readSource } from '../source.ts';
import { packVars } from '../vars.ts';
import { labelsFor, scriptProgramOf, watched } from '../watched.ts';

export interface RunOptions extends FormatOptions, LocalRunOptions {
  readonly trace?: boolean;
}

/** Runs a script or a compiled file against a store of its own, and prints the answer once its changes are safe. */
export async function run(file: string | undefined, options: RunOptions, io: Io): Promise<ExitCode> {
  return options.trace === true ? watched(() => runSource(file, options, io)) : runSource(file, options, io);
}

async function runSource(file: string | undefined, options: RunOptions, io: Io): Promise<ExitCode> {
  const source = await readSource(file, options.eval, io);
  const vars = packVars(options.var);
  const { program, diagnostics } = options.trace === true ? scriptProgramOf(source, options) : programOf(source, options);
  if (program === null) {
    reportDiagnostics(source, diagnostics, io.err);
    return ExitCode.SCRIPT;
  }
  const read = (packed: Buffer): string => answerText(packed, answerFormat(options));
  const answer = await runLocally(program, vars, options, io, read, {
    begin: (engine) => {
      if (options.trace !== true) return;
      engine.watchWith(new Tracer(labelsFor(source, options, program, engine), (line) => io.err.write(toBytes(`${line}\n`))));
    },
  });
  if (answer instanceof TiError) {
    reportFailure({ ...source, text: program.source }, answer, options.json === true, io, dialectOfProgram(program));
    return ExitCode.SCRIPT;
  }
  io.out.write(answer);
  return ExitCode.FINE;
}
