/** From a source to a program, with all errors at once. */
import { parseTolerant } from '../../grammar/v1/parser.ts';
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { Program } from '../bytecode/program.ts';
import { compileText } from '../engine/toolchain.ts';
import { TiError } from '../errors.ts';

export interface Compiled {
  /** Null when there are errors. */
  readonly program: Program | null;
  readonly diagnostics: readonly Diagnostic[];
}

export function compileSource(text: string): Compiled {
  const { diagnostics } = parseTolerant(text);
  if (diagnostics.length > 0) return { program: null, diagnostics };
  try {
    return { program: compileText(text), diagnostics };
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    const start = Math.max(error.start, 0);
    return { program: null, diagnostics: [{ code: error.code, severity: 'error', message: error.message, start, end: start }] };
  }
}
