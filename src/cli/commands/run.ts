import type { Program } from '../../bytecode/program.ts';
import type { UserRef } from '../../engine/api.ts';
import type { LocalEngine } from '../../engine/engine.ts';
import { TiError } from '../../errors.ts';
import { MsgpackWriter } from '../../msgpack/writer.ts';
import { encodeValue } from '../../wire/encode.ts';
import { encodeResults2019 } from '../../wire/encode-2019.ts';
import { scopeOf } from '../address.ts';
import { answerFormat, answerText, type FormatOptions } from '../answer.ts';
import { type DialectOption, isProgram2019, targetOf } from '../dialect.ts';
import { ExitCode, usageError } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { programOf } from '../program-file.ts';
import { reportDiagnostics, reportFailure } from '../report.ts';
import { readSource, type Source } from '../source.ts';
import { closeStore, openStoreFor } from '../store.ts';
import { packVars } from '../vars.ts';

export interface RunOptions extends FormatOptions, DialectOption {
  readonly eval?: string;
  readonly data?: string;
  readonly scope: string;
  readonly user: string;
  readonly var: readonly string[];
  readonly timeout?: number;
}

/** Runs a script or a compiled file against a store of its own, and prints the answer once its changes are safe. */
export async function run(file: string | undefined, options: RunOptions, io: Io): Promise<ExitCode> {
  const source = await readSource(file, options.eval, io);
  const vars = packVars(options.var);
  const { program, diagnostics } = programOf(source, options);
  if (program === null) {
    reportDiagnostics(source, diagnostics, io.err);
    return ExitCode.SCRIPT;
  }
  return runProgram(source, program, vars, options, io);
}

async function runProgram(source: Source, program: Program, vars: Uint8Array | null, options: RunOptions, io: Io): Promise<ExitCode> {
  const engine = await openStoreFor(options, io);
  try {
    const user = userOf(engine, options.user);
    const client = { warn: (_code: number, message: string): void => io.err.write(`${message}\n`) };
    const w = new MsgpackWriter();
    if (isProgram2019(program)) {
      const { results, fetched } = engine.query2019({ user, client, target: targetOf(options.scope), code: program.source, blobs: [] });
      encodeResults2019(w, results, fetched, true);
    } else {
      const { value, deep, flags } = engine.runProgram(program, { user, client, scope: toBytes(scopeOf(options.scope)), vars });
      encodeValue(w, value, { deep, flags, hooks: engine.hooks, sizeLimit: Number.MAX_SAFE_INTEGER });
    }
    const answer = answerText(w.bytes(), answerFormat(options));
    await closeStore(engine);
    io.out.write(answer);
    return ExitCode.FINE;
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    // What a script did before its error stays done.
    await closeStore(engine);
    reportFailure({ ...source, text: program.source }, error, options.json === true, io);
    return ExitCode.SCRIPT;
  }
}

function userOf(engine: LocalEngine, name: string): UserRef {
  const user = engine.database.userByName(toBytes(name));
  if (user === undefined) throw usageError(`the store has no user \`${name}\``);
  return user;
}
