import { TiError } from '../../errors.ts';
import { annotate } from '../../profile/annotate.ts';
import { flameGraph } from '../../profile/flame-graph.ts';
import type { Labels } from '../../profile/labels.ts';
import { Recorder } from '../../profile/recorder.ts';
import { speedscope } from '../../profile/speedscope.ts';
import { answerText } from '../answer.ts';
import { dialectOfProgram } from '../dialect.ts';
import { ExitCode } from '../exit.ts';
import { writeWhole } from '../files.ts';
import { type Io, toBytes } from '../io.ts';
import { type LocalRunOptions, runLocally } from '../local-run.ts';
import { reportDiagnostics, reportFailure } from '../report.ts';
import { readSource } from '../source.ts';
import { packVars } from '../vars.ts';
import { labelsFor, scriptProgramOf, watched } from '../watched.ts';

export interface ProfileOptions extends LocalRunOptions {
  readonly svg?: string;
  readonly speedscope?: string;
  readonly most: number;
  readonly answer?: boolean;
}

/** Runs a script and tells how often and how long each part of it ran; also of one that ends with an error. */
export const profile = (file: string | undefined, options: ProfileOptions, io: Io): Promise<ExitCode> =>
  watched(() => profileWatched(file, options, io));

async function profileWatched(file: string | undefined, options: ProfileOptions, io: Io): Promise<ExitCode> {
  const source = await readSource(file, options.eval, io);
  const vars = packVars(options.var);
  const { program, diagnostics } = scriptProgramOf(source, options);
  if (program === null) {
    reportDiagnostics(source, diagnostics, io.err);
    return ExitCode.SCRIPT;
  }
  const recorder = new Recorder();
  const read = (packed: Buffer): string => (options.answer === true ? answerText(packed, 'pretty') : '');
  const answer = await runLocally(program, vars, options, io, read, {
    begin: (engine) => engine.watchWith(recorder),
    end: (engine) => {
      engine.watchWith(null);
      tell(recorder, labelsFor(source, options, program, engine), source.name, options, io);
    },
  });
  if (answer instanceof TiError) {
    reportFailure({ ...source, text: program.source }, answer, false, io, dialectOfProgram(program));
    return ExitCode.SCRIPT;
  }
  io.err.write(answer);
  return ExitCode.FINE;
}

function tell({ roots }: Recorder, labels: Labels, name: string, options: ProfileOptions, io: Io): void {
  const entries = [...roots.values()];
  io.out.write(toBytes(annotate(entries, labels, options.most)));
  if (options.svg !== undefined) writeWhole(options.svg, Buffer.from(flameGraph(entries, labels, name)));
  if (options.speedscope !== undefined) writeWhole(options.speedscope, Buffer.from(JSON.stringify(speedscope(entries, labels, name))));
}
