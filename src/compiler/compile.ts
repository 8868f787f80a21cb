/** From the tree to a program: resolve names, then emit each function. */
import type { ClosureLiteral, Script } from '../ast/nodes.ts';
import { type FunctionFields, Program } from '../bytecode/program.ts';
import type { Catalog } from './catalog.ts';
import { FunctionCompiler } from './function.ts';
import { resolve } from './resolve.ts';
import { Tables } from './tables.ts';

/** Other forms of the text of a closure: that in which it is stored, and that in which its definition is told. Both may throw TiError (-52). */
export interface ClosureTexts {
  compact(text: string): string;
  definition(text: string): string;
}

export interface CompileOptions {
  /** Whether the program is to be watched while it runs (see `src/bytecode/probes.ts`). */
  readonly probes?: boolean;
}

/**
 * Compiles a script; its value is that of the last statement. `texts` gives other forms of the text of closures.
 * Throws TiError (-52) for what only the compiler can see.
 */
export function compileScript(
  script: Script,
  source: string,
  catalog: Catalog,
  texts: ClosureTexts,
  options: CompileOptions = {},
): Program {
  const tables = new Tables(catalog, resolve(script), options.probes);
  tables.functions.push(null);
  const main = new FunctionCompiler(tables, script);
  main.statements(script.body);
  tables.functions[0] = main.finish(script, script);
  return program(tables, source, texts);
}

/** Compiles the text of a closure as a program of its own, whose main function takes the closure's parameters. */
export function compileClosure(
  closure: ClosureLiteral,
  source: string,
  catalog: Catalog,
  texts: ClosureTexts,
  options: CompileOptions = {},
): Program {
  const tables = new Tables(catalog, resolve(closure), options.probes);
  tables.functions.push(null);
  const main = new FunctionCompiler(tables, closure);
  main.body(closure.body);
  tables.functions[0] = main.finish(closure, closure);
  return program(tables, source, texts);
}

function program(tables: Tables, source: string, texts: ClosureTexts): Program {
  return new Program(
    {
      source,
      constants: tables.constants,
      names: tables.names,
      sites: tables.sites,
      rows: tables.rows,
      functions: tables.functions as FunctionFields[],
      effects: { collection: tables.collection, thingsdb: tables.thingsdb },
      ...(tables.probes === null ? {} : { probes: tables.probes }),
    },
    texts.compact,
    texts.definition,
  );
}
