/** Runs programs against a store of their own: one in memory, or the folder of one that no server has open. */
import type { Program } from '../bytecode/program.ts';
import type { ClientSink, UserRef } from '../engine/api.ts';
import type { LocalEngine } from '../engine/engine.ts';
import { TiError } from '../errors.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { encodeValue } from '../wire/encode.ts';
import { encodeResults2019 } from '../wire/encode-2019.ts';
import { scopeOf } from './address.ts';
import { type DialectOption, dialectOfProgram, targetOf } from './dialect.ts';
import { usageError } from './exit.ts';
import { type Io, toBytes } from './io.ts';
import { closeStore, openStoreFor } from './store.ts';

export interface LocalRunOptions extends DialectOption {
  readonly eval?: string;
  readonly data?: string;
  readonly scope: string;
  readonly user: string;
  readonly var: readonly string[];
  readonly timeout?: number;
}

/**
 * Runs a program, gives what `read` makes of its packed answer once all changes are safe, or the error with which it ended: what it did before that stays done.
 * `begin` is handed the database before, and `end` after the program ran, well or not. Rejects with CliError for a store or user that cannot be used.
 */
export async function runLocally<T>(
  program: Program,
  vars: Uint8Array | null,
  options: LocalRunOptions,
  io: Io,
  read: (packed: Buffer) => T,
  watch: { readonly begin?: (engine: LocalEngine) => void; readonly end?: (engine: LocalEngine) => void } = {},
): Promise<T | TiError> {
  const engine = await openStoreFor(options, io);
  try {
    const user = userOf(engine, options.user);
    const client = { warn: (_code: number, message: string): void => io.err.write(`${message}\n`) };
    watch.begin?.(engine);
    const answer = read(packedAnswer(engine, program, { user, client, scope: options.scope, vars }));
    watch.end?.(engine);
    await closeStore(engine);
    return answer;
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    watch.end?.(engine);
    await closeStore(engine);
    return error;
  }
}

export interface RunPlace {
  readonly user: UserRef;
  readonly client: ClientSink;
  /** A collection, or a scope in any spelling. */
  readonly scope: string;
  /** As in `QueryRequest`; not for programs in the 2019 dialect, which take none. */
  readonly vars: Uint8Array | null;
}

/** Runs a program of either dialect to its end and packs its answer. Throws TiError. */
export function packedAnswer(engine: LocalEngine, program: Program, { user, client, scope, vars }: RunPlace): Buffer {
  const w = new MsgpackWriter();
  if (dialectOfProgram(program) === '2019') {
    const { results, fetched } = engine.query2019({ user, client, target: targetOf(scope), code: program.source, blobs: [] });
    encodeResults2019(w, results, fetched, true);
  } else {
    const { value, deep, flags } = engine.runProgram(program, { user, client, scope: toBytes(scopeOf(scope)), vars });
    encodeValue(w, value, { deep, flags, hooks: engine.hooks, sizeLimit: Number.MAX_SAFE_INTEGER });
  }
  return w.bytes();
}

/** The user of that name. Throws CliError when the store has none. */
export function userOf(engine: LocalEngine, name: string): UserRef {
  const user = engine.database.userByName(toBytes(name));
  if (user === undefined) throw usageError(`the store has no user \`${name}\``);
  return user;
}
