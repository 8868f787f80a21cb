/** Compiled programs in files. */
import { loadProgram } from '../bytecode/container.ts';
import type { Program } from '../bytecode/program.ts';
import { TiError } from '../errors.ts';
import { type Compiled, compileSource } from './compile.ts';
import { fileError } from './exit.ts';
import { fromBytes } from './io.ts';
import type { Source } from './source.ts';

/** How the names of compiled files end. */
export const PROGRAM_SUFFIX = '.tic';
