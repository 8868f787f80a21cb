import type { Diagnostic } from '../../ast/diagnostic.ts';
import { lineColumn } from '../../ast/position.ts';
import type { EffectReason, Effects } from '../../bytecode/program.ts';
import { compileSource } from '../compile.ts';
import { ExitCode } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { diagnosticJson, placeOf, reportDiagnostics } from '../report.ts';
import { readSources, type Source } from '../source.ts';

export interface CheckOptions {
  readonly eval?: string;
  readonly effects?: boolean;
  readonly json?: boolean;
}

interface Checked {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  /** Null for a text with errors. */
  readonly effects: Effects | null;
}

/** Tells the errors of each text, and with `--effects` whether a text needs a change and why. */
export async function check(files: readonly string[], options: CheckOptions, io: Io): Promise<ExitCode> {
  const sources = await readSources(files, options.eval, io);
  const results = sources.map(checkSource);
  if (options.json === true) io.out.write(toBytes(`${JSON.stringify(results.map(toJson))}\n`));
  else for (const result of results) print(result, options.effects === true, io);
  return results.every(({ diagnostics }) => diagnostics.length === 0) ? ExitCode.FINE : ExitCode.SCRIPT;
}

function checkSource(source: Source): Checked {
  const { program, diagnostics } = compileSource(source.text);
  return { source, diagnostics, effects: program?.effects ?? null };
}

function print({ source, diagnostics, effects }: Checked, withEffects: boolean, io: Io): void {
  reportDiagnostics(source, diagnostics, io.err);
  if (!withEffects || effects === null) return;
  io.out.write(toBytes(`${source.name}\n`));
  io.out.write(effectLine('in a collection', effects.collection, source));
  io.out.write(effectLine('in @thingsdb', effects.thingsdb, source));
  io.out.write('  in @node: changes nothing\n');
}

function effectLine(where: string, reason: EffectReason | null, source: Source): string {
  if (reason === null) return `  ${where}: changes nothing\n`;
  const { line, column } = lineColumn(source.text, reason.start);
  return `  ${where}: needs a change, because of ${reason.what} at line ${line}, column ${column}\n`;
}

const effectJson = (reason: EffectReason | null, source: Source): object | null =>
  reason === null ? null : { what: reason.what, ...placeOf(source, reason) };

function toJson({ source, diagnostics, effects }: Checked): object {
  return {
    file: source.name,
    ok: diagnostics.length === 0,
    errors: diagnostics.map((diagnostic) => diagnosticJson(source, diagnostic)),
    effects:
      effects === null ? null : { collection: effectJson(effects.collection, source), thingsdb: effectJson(effects.thingsdb, source) },
  };
}
