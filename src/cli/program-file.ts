/** Compiled programs in files. */

import { isSavedProgram } from '../bytecode/container.ts';
import type { Program } from '../bytecode/program.ts';
import { loadCompiled } from '../engine/toolchain.ts';
import { TiError } from '../errors.ts';
import { type Compiled, compileSource } from './compile.ts';
import { type DialectOption, dialectOf } from './dialect.ts';
import { fileError } from './exit.ts';
import { fromBytes } from './io.ts';
import type { Source } from './source.ts';

/** How the names of compiled files end. */
export const PROGRAM_SUFFIX = '.tic';

/** A script is compiled; a compiled file, which is told by its first bytes, is loaded and verified. Throws CliError when it is not sound. */
export function programOf(source: Source, options: DialectOption = {}): Compiled {
  const bytes = Buffer.from(source.text, 'latin1');
  return isSavedProgram(bytes)
    ? { program: load(source.name, bytes), diagnostics: [] }
    : compileSource(source.text, dialectOf(source, options));
}

function load(name: string, bytes: Uint8Array): Program {
  try {
    return loadCompiled(bytes);
  } catch (error) {
    if (error instanceof TiError) throw fileError(`${name}: ${fromBytes(error.message)}`);
    throw error;
  }
}
