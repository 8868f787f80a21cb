/** Queries in the 2019 dialect: their targets and their programs. */

import { compactArrow } from '../../grammar/2019/compact.ts';
import { parse, parseArrow } from '../../grammar/2019/parser.ts';
import type { Script } from '../ast/nodes.ts';
import { library } from '../builtins/library.ts';
import type { FunctionCode, Program } from '../bytecode/program.ts';
import type { ClosureTexts } from '../compiler/compile.ts';
import { compileArrow2019, compileScript2019, type Target2019 } from '../compiler/dialect-2019/compile.ts';
import { lookupErr } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { PREFIX_2019 } from '../values/dialect-2019.ts';
import { compileOptions } from './compile-options.ts';

/** Arrow functions are told as they are stored. */
const texts: ClosureTexts = { compact: compactArrow, definition: compactArrow };

/** Compiles a query text (a byte string). Throws TiError: -52, -53, and -59 for an int that is none. */
export function compileText2019(text: string, target: Target2019): Program {
  return compileTree2019(parse(text), text, target);
}

/** Compiles a tree that was read from a text (a byte string), or is made of parts of one that was. Throws as `compileText2019`. */
export function compileTree2019(script: Script, text: string, target: Target2019): Program {
  return compileScript2019(script, text, target, library, texts, compileOptions());
}

/** Compiles the text of an arrow function. Throws TiError (-52). */
export function arrowCode(text: string): FunctionCode {
  return compileArrow2019(parseArrow(text), text, library, texts, compileOptions()).main;
}

/** Whether the text of a closure is that of an arrow function: a closure of today begins with a bar. */
export const isArrow = (text: string): boolean => /^\s*[A-Za-z_][0-9A-Za-z_]*\s*(?:,|=>)/.test(text);

/** Whether a program is one of the dialect: a script, or an arrow function. */
export const isDialect2019 = (program: Program): boolean =>
  program.rowNames.some((name) => name.startsWith(PREFIX_2019)) || isArrow(program.source);

/** The collection of a target; null for the root. Throws lookup_err. */
export function collectionOfTarget(database: Database, target: string | number): Collection | null {
  if (target === 0) return null;
  if (typeof target === 'string') return database.collectionByName(target);
  const collection = database.collections.get(target);
  if (collection === undefined) throw lookupErr(`there is no collection with id ${target}`);
  return collection;
}
