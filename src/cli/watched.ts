/** Programs that are watched while they run: how they are compiled, and what their parts are called. */
import { closureNames } from '../ast/closure-names.ts';
import { isSavedProgram } from '../bytecode/container.ts';
import type { FunctionCode, Program } from '../bytecode/program.ts';
import type { LocalEngine } from '../engine/engine.ts';
import { compileWithProbes } from '../engine/toolchain.ts';
import type { Labels } from '../profile/labels.ts';
import { type Compiled, compileSource } from './compile.ts';
import { type DialectOption, dialectOf, frontOf } from './dialect.ts';
import { usageError } from './exit.ts';
import type { Source } from './source.ts';

/** Has all that is compiled while `act` works made so that it can be watched. */
export async function watched<T>(act: () => Promise<T>): Promise<T> {
  compileWithProbes(true);
  try {
    return await act();
  } finally {
    compileWithProbes(false);
  }
}

/** Throws CliError for a compiled file. */
export function needScript(source: Source): void {
  if (isSavedProgram(Buffer.from(source.text, 'latin1'))) {
    throw usageError(`${source.name} is a compiled file, which cannot be watched; give the script that it was made of`);
  }
}

/** Compiles a script that is to be watched. Throws CliError for a compiled file. */
export function scriptProgramOf(source: Source, options: DialectOption): Compiled {
  needScript(source);
  return compileSource(source.text, dialectOf(source, options));
}

/** The names of the procedures that the database has now, by their code. */
function* procedures({ database }: LocalEngine): Iterable<readonly [object, string]> {
  for (const { procedures: own } of [database, ...database.collections.values()]) {
    for (const { name, closure } of own.values()) yield [closure.code, name];
  }
}

/**
 * Labels for a program that was made of a source and for the closures of a database. What is stored has no file: it is called by the procedure that it is.
 */
export function labelsFor(source: Source, options: DialectOption, program: Program, engine: LocalEngine): Labels {
  const own = closureNames(frontOf(source, options).parseTolerant(source.text).script);
  const nameOf = (fn: FunctionCode): string | null => {
    if (fn.program === program) return own.get(fn.start) ?? null;
    for (const [code, name] of procedures(engine)) {
      if (code === fn || (code as { readonly code?: unknown }).code === fn) return name;
    }
    return null;
  };
  return {
    sourceOf: (of) =>
      of.source === program.source ? source.name : `stored closure ${Buffer.from(nameOf(of.main) ?? '', 'latin1').toString('utf8')}`.trim(),
    nameOf,
  };
}
