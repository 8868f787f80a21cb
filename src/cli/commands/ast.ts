import { dumpDot, dumpJson, dumpTree } from '../../ast/dump.ts';
import { type DialectOption, frontOf } from '../dialect.ts';
import { ExitCode } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { reportDiagnostics } from '../report.ts';
import { readSource } from '../source.ts';

export const AST_FORMATS = ['tree', 'json', 'dot'] as const;

export interface AstOptions extends DialectOption {
  readonly eval?: string;
  readonly format: (typeof AST_FORMATS)[number];
  readonly json?: boolean;
  readonly spans: boolean;
}

/** Prints the syntax tree; of a text with errors too, in which `ErrorExpr` stands for what could not be read. */
export async function ast(file: string | undefined, options: AstOptions, io: Io): Promise<ExitCode> {
  const source = await readSource(file, options.eval, io);
  const { script, diagnostics } = frontOf(source, options).parseTolerant(source.text);
  const format = options.json === true ? 'json' : options.format;
  const { spans } = options;
  const text = format === 'json' ? dumpJson(script, { spans }) : format === 'dot' ? dumpDot(script) : dumpTree(script, { spans });
  io.out.write(toBytes(`${text}\n`));
  reportDiagnostics(source, diagnostics, io.err);
  return diagnostics.length === 0 ? ExitCode.FINE : ExitCode.SCRIPT;
}
