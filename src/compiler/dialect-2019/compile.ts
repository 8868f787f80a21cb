/**
 * The 2019 dialect: from its tree to a program for the same machine.
 *
 * What differs from the language of today is done by built-ins whose names begin with `2019:`, which no text of today's language can call: they are rows
 * like all others. The program hands the value of each statement to `2019:.result`.
 */
import type { ArrowLiteral, Script } from '../../ast/nodes.ts';
import { type FunctionFields, Program } from '../../bytecode/program.ts';
import type { Catalog } from '../catalog.ts';
import type { ClosureTexts, CompileOptions } from '../compile.ts';
import { Tables } from '../tables.ts';
import { CollectionCompiler } from './collection.ts';
import { RootCompiler } from './root.ts';

/** What a query asks: the root of everything, or a collection. */
export type Target2019 = 'root' | 'collection';

function emptyTables(catalog: Catalog, { probes }: CompileOptions): Tables {
  const tables = new Tables(catalog, { scopes: new Map(), free: new Set() }, probes);
  // The place of the main function.
  tables.functions.push(null);
  return tables;
}

/** Compiles a query; the values of its statements are what `2019:.result` was given. Throws TiError (-52) for what only the compiler can see. */
export function compileScript2019(
  script: Script,
  source: string,
  target: Target2019,
  catalog: Catalog,
  texts: ClosureTexts,
  options: CompileOptions = {},
): Program {
  const tables = emptyTables(catalog, options);
  const main = target === 'root' ? new RootCompiler(tables, [], null) : new CollectionCompiler(tables, [], null);
  tables.functions[0] = main.script(script);
  return program(tables, source, texts);
}

/** Compiles an arrow function as a program of its own, whose main function takes its parameters. */
export function compileArrow2019(
  arrow: ArrowLiteral,
  source: string,
  catalog: Catalog,
  texts: ClosureTexts,
  options: CompileOptions = {},
): Program {
  const tables = emptyTables(catalog, options);
  tables.functions[0] = new CollectionCompiler(tables, arrow.params, null).body(arrow);
  return program(tables, source, texts);
}

function program(tables: Tables, source: string, texts: ClosureTexts): Program {
  const { constants, names, sites, rows, collection, thingsdb } = tables;
  const functions = tables.functions as FunctionFields[];
  const probes = tables.probes === null ? {} : { probes: tables.probes };
  return new Program(
    { source, constants, names, sites, rows, functions, effects: { collection, thingsdb }, ...probes },
    texts.compact,
    texts.definition,
  );
}
