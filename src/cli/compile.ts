/** From a source to a program, with all errors at once. */
import { parseTolerant as parse2019 } from '../../grammar/2019/parser.ts';
import { parseTolerant } from '../../grammar/v1/parser.ts';
import { targetOfScript } from '../analysis/dialect-2019/analyze.ts';
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { Program } from '../bytecode/program.ts';
import { compileText2019 } from '../engine/dialect-2019.ts';
import { compileText } from '../engine/toolchain.ts';
import { TiError } from '../errors.ts';
import type { Dialect } from './dialect.ts';

export interface Compiled {
  /** Null when there are errors. */
  readonly program: Program | null;
  readonly diagnostics: readonly Diagnostic[];
}

export function compileSource(text: string, dialect: Dialect = 'v1'): Compiled {
  const { script, diagnostics } = dialect === '2019' ? parse2019(text) : parseTolerant(text);
  if (diagnostics.length > 0) return { program: null, diagnostics };
  try {
    return { program: dialect === '2019' ? compileText2019(text, targetOfScript(script)) : compileText(text), diagnostics };
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    const start = Math.max(error.start, 0);
    return { program: null, diagnostics: [{ code: error.code, severity: 'error', message: error.message, start, end: start }] };
  }
}
