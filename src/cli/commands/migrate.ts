import { parseTolerant } from '../../../grammar/2019/parser.ts';
import { migrate as migrateScript } from '../../migrate/migrate.ts';
import { ExitCode } from '../exit.ts';
import { writeWhole } from '../files.ts';
import type { Io } from '../io.ts';
import { reportDiagnostics } from '../report.ts';
import { readSource } from '../source.ts';

export interface MigrateOptions {
  readonly eval?: string;
  readonly output?: string;
}

/** Writes a script in the 2019 dialect as one of today, and tells what has no exact counterpart. */
export async function migrate(file: string | undefined, options: MigrateOptions, io: Io): Promise<ExitCode> {
  const source = await readSource(file, options.eval, io);
  const { diagnostics } = parseTolerant(source.text);
  if (diagnostics.length > 0) {
    reportDiagnostics(source, diagnostics, io.err);
    return ExitCode.SCRIPT;
  }
  const { text, notes } = migrateScript(source.text);
  reportDiagnostics(
    source,
    notes.map((note) => ({ ...note, severity: 'warning' as const })),
    io.err,
  );
  if (options.output === undefined || options.output === '-') io.out.write(text);
  else writeWhole(options.output, Buffer.from(text, 'latin1'));
  return ExitCode.FINE;
}
