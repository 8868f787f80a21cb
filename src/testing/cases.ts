/**
 * Files of tests: scripts in which each case is a statement of its own.
 *
 *     // thingsc: load library.ti
 *     .add_book('Kindred', 'Octavia E. Butler', 1979, 1);
 *
 *     test('finds a book by its author', || {
 *         assert(.find_books('butler').len() == 1);
 *     });
 *
 * For each case, in a store of its own: the scripts that are loaded run, then the statements before the case, then its closure.
 */
import { parseTolerant } from '../../grammar/v1/parser.ts';
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { CallExpr, Comment, Expr, Script, Span } from '../ast/nodes.ts';
import { CASE_FUNCTIONS, type CaseMode } from '../ast/test-file.ts';

export interface Case {
  /** A byte string. */
  readonly name: string;
  readonly mode: CaseMode;
  /** What runs, from what stands before it on; null for one that is yet to be written. */
  readonly statements: readonly Expr[] | null;
  /** What some of the statements have to give. */
  readonly expected: readonly Expectation[];
  readonly at: Span;
}

/** That the statement with this index gives a value, packed, or ends in the error of this name. */
export type Expectation = { readonly index: number; readonly at: Span; readonly text: string } & (
  | { readonly value: Uint8Array }
  | { readonly error: string }
);

export interface Load {
  /** As it is written, from the folder of the file. */
  readonly path: string;
  readonly at: Span;
}

export interface TestScript {
  readonly script: Script;
  readonly loads: readonly Load[];
  /** Where the cases run, and what is loaded. */
  readonly scope: string;
  readonly cases: readonly Case[];
  /** What is wrong with the file; none of it can run then. */
  readonly problems: readonly Diagnostic[];
}

const SCOPES: Readonly<Record<string, string>> = { collection: '//stuff', thingsdb: '@thingsdb', node: '@node' };

const DIRECTIVE = /^(?:\/\/|\/\*)\s*thingsc:\s*(load|scope)\s+(.+?)\s*(?:\*\/)?$/;

export const problem = (at: Span, message: string): Diagnostic => ({ code: -52, severity: 'error', start: at.start, end: at.end, message });

function readCase(call: CallExpr, mode: CaseMode, before: readonly Expr[]): Case | Diagnostic {
  const [name, closure, ...more] = call.args;
  if (name?.kind !== 'StringLiteral')
    return problem(name ?? call, `\`${call.callee.name}\` takes the name of the case first, as a str literal`);
  const known = { name: name.value, mode, expected: [], at: call };
  if (closure === undefined && (mode === 'todo' || mode === 'skip')) return { ...known, statements: null };
  if (closure?.kind !== 'ClosureLiteral' || closure.params.length > 0 || more.length > 0) {
    return problem(closure ?? call, `\`${call.callee.name}\` takes a name and a closure without parameters: \`test('name', || { ... })\``);
  }
  return { ...known, statements: [...before, closure.body] };
}

/** What comments tell: where the cases run, and what is loaded. */
export function readComments(comments: readonly Comment[]): Pick<TestScript, 'loads' | 'scope'> {
  const loads: Load[] = [];
  let scope = '//stuff';
  for (const comment of comments) {
    const [, word, rest = ''] = DIRECTIVE.exec(comment.text) ?? [];
    if (word === 'load') loads.push({ path: rest, at: comment });
    else if (word === 'scope') scope = SCOPES[rest] ?? scope;
  }
  return { loads, scope };
}

/** Reads the text of a file of tests (a byte string). */
export function readTests(text: string): TestScript {
  const { script, diagnostics } = parseTolerant(text);
  const cases: Case[] = [];
  const problems: Diagnostic[] = [...diagnostics];
  const before: Expr[] = [];
  for (const statement of script.body) {
    const mode = statement.kind === 'CallExpr' ? CASE_FUNCTIONS.get(statement.callee.name) : undefined;
    if (mode === undefined) {
      before.push(statement);
      continue;
    }
    const found = readCase(statement as CallExpr, mode, [...before]);
    if ('severity' in found) problems.push(found);
    else cases.push(found);
  }
  return { script, ...readComments(script.comments), cases, problems };
}
