import { disassemble, disassembleJson } from '../../bytecode/disassemble.ts';
import type { DialectOption } from '../dialect.ts';
import { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { programOf } from '../program-file.ts';
import { reportDiagnostics } from '../report.ts';
import { readSource } from '../source.ts';

export interface DisasmOptions extends DialectOption {
  readonly eval?: string;
  readonly json?: boolean;
}

/** Prints the instructions of a script or of a compiled file beside its lines. */
export async function disasm(file: string | undefined, options: DisasmOptions, io: Io): Promise<ExitCode> {
  const source = await readSource(file, options.eval, io);
  const { program, diagnostics } = programOf(source, options);
  if (program === null) {
    reportDiagnostics(source, diagnostics, io.err);
    return ExitCode.SCRIPT;
  }
  // The listing holds byte strings, which JSON leaves as they are.
  io.out.write(options.json === true ? `${JSON.stringify(disassembleJson(program))}\n` : disassemble(program));
  return ExitCode.FINE;
}
