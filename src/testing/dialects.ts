/** What reads and runs tests and the scripts that they load, in the dialect that the names of their files say. */
import { parseTolerant as parse2019 } from '../../grammar/2019/parser.ts';
import { parseTolerant } from '../../grammar/v1/parser.ts';
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { Expr, Script } from '../ast/nodes.ts';
import { Session2019 } from '../builtins/dialect-2019/session.ts';
import type { Program } from '../bytecode/program.ts';
import { compileTree2019 } from '../engine/dialect-2019.ts';
import type { LocalEngine } from '../engine/engine.ts';
import { compileTree } from '../engine/toolchain.ts';
import { TiError } from '../errors.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { encodeValue } from '../wire/encode.ts';
import { encodeResults2019 } from '../wire/encode-2019.ts';
import { readTests, type TestScript } from './cases.ts';
import { readTests2019 } from './cases-2019.ts';

/** How a program ended. */
export interface Ran {
  readonly error: TiError | null;
  /** What each statement gave that ended well, packed; in the language of today nothing is told of them. */
  readonly results: readonly Uint8Array[];
}

export interface Front {
  parse(text: string): { readonly script: Script; readonly diagnostics: readonly Diagnostic[] };
  readTests(text: string): TestScript;
  /** What a case runs: its statements, and what they need beside. */
  program(statements: readonly Expr[]): readonly Expr[];
  /** Throws TiError. */
  compile(script: Script, text: string, scope: string): Program;
  /** Runs a program to its end. Its answer is packed, as it would be for a client, since that may fail, too. */
  run(engine: LocalEngine, program: Program, scope: string, onLog: (line: string) => void): Ran;
}

const ADMIN = { id: 1, name: 'admin' } as const;
const NOWHERE = { start: 0, end: 0 } as const;

/** `wse()`: cases call the closures of what they test, which may change something. */
const ASK_FOR_CHANGE: Expr = { kind: 'CallExpr', callee: { kind: 'Ident', name: 'wse', ...NOWHERE }, args: [], ...NOWHERE };

/** The error that is thrown; null for none. */
function errorIn(run: () => void): TiError | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof TiError) return error;
    throw error;
  }
}

const clientFor = (onLog: (line: string) => void) => ({ warn: (_code: number, message: string): void => onLog(message) });

const today: Front = {
  parse: parseTolerant,
  readTests,
  program: (statements) => [ASK_FOR_CHANGE, ...statements],
  compile: (script, text) => compileTree(script, text),
  run(engine, program, scope, onLog) {
    const error = errorIn(() => {
      const { value, deep, flags } = engine.runProgram(program, { user: ADMIN, client: clientFor(onLog), scope, vars: null });
      encodeValue(new MsgpackWriter(), value, { deep, flags, hooks: engine.hooks });
    });
    return { error, results: [] };
  },
};

const isRoot = (scope: string): boolean => scope === '@thingsdb';

const of2019: Front = {
  parse: parse2019,
  readTests: readTests2019,
  program: (statements) => statements,
  compile: (script, text, scope) => compileTree2019(script, text, isRoot(scope) ? 'root' : 'collection'),
  run(engine, program, scope, onLog) {
    const session = new Session2019([]);
    const target = isRoot(scope) ? 0 : 'stuff';
    const request = { user: ADMIN, client: clientFor(onLog), target, code: program.source, blobs: [] };
    const results: Uint8Array[] = [];
    const failed = errorIn(() => engine.query2019(request, program, session));
    const unpacked = errorIn(() => {
      for (const value of session.results) {
        const w = new MsgpackWriter();
        encodeResults2019(w, [value], session.fetched, true);
        results.push(w.take());
      }
    });
    return { error: failed ?? unpacked, results };
  },
};

export const frontOf = (path: string): Front => (path.endsWith('.t19') ? of2019 : today);
