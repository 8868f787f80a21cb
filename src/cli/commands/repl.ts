import { homedir } from 'node:os';
import { join } from 'node:path';
import { harmless } from '../../terminal/columns.ts';
import { History } from '../../terminal/history.ts';
import { parseAddress } from '../address.ts';
import type { FormatOptions } from '../answer.ts';
import { type DialectOption, dialectOf } from '../dialect.ts';
import { ExitCode, usageError } from '../exit.ts';
import { fromBytes, type Io, toBytes } from '../io.ts';
import type { Login } from '../login.ts';
import type { Shell } from '../repl/command.ts';
import type { Place } from '../repl/place.ts';
import { runLines } from '../repl/plain.ts';
import { PromptLoop } from '../repl/prompt.ts';
import { RemotePlace } from '../repl/remote.ts';
import { Session } from '../repl/session.ts';
import { StorePlace } from '../repl/store-place.ts';
import { ThreadPlace } from '../repl/thread.ts';
import { readSourceFile } from '../source.ts';

export interface ReplOptions extends FormatOptions, DialectOption, Login {
  readonly data?: string;
  /** The user of a store; that of a server is `user`. */
  readonly storeUser: string;
  /** A server in place of a store. */
  readonly connect?: string;
  readonly collection: string;
  readonly eval?: string;
  readonly timeout?: number;
  /** False for none. */
  readonly history: boolean;
}

/** Reads queries and commands, and answers, until the end of the input. What is told beforehand runs first. */
export async function repl(file: string | undefined, options: ReplOptions, io: Io): Promise<ExitCode> {
  if (options.connect !== undefined && options.data !== undefined) throw usageError('give either --data or --connect, not both');
  if (options.eval !== undefined && file !== undefined) throw usageError('give either a file or -e CODE, not both');
  const source = file === undefined ? null : readSourceFile(file);
  const before = source === null ? options.eval : fromBytes(source.text);
  // Until there is a line being edited, what a store or server says is written as it is.
  let print = (bytes: string): void => io.err.write(bytes);
  // What is typed meanwhile is for the prompt, which shows it then. (While a server is being waited for, Ctrl-C is to end us.)
  if (options.connect === undefined) io.terminal?.input.setRawMode?.(true);
  const place = await openPlace(options, io, (message) => print(`${shownBy(io, message)}\n`)).catch((error: unknown) => {
    io.terminal?.input.setRawMode?.(false);
    throw error;
  });
  try {
    const { terminal } = io;
    const session = new Session({
      io: terminal === null ? io : { ...io, ...outputs(io, (bytes) => print(bytes)) },
      place,
      scope: options.collection,
      dialect: dialectOf({ path: file ?? null }, options),
      mode: options.json === true ? 'json' : options.table === true ? 'table' : options.raw === true ? 'raw' : 'tree',
      isInteractive: terminal !== null,
    });
    const loop = terminal === null ? null : new PromptLoop(session, terminal, historyFor(options, io));
    if (loop !== null) print = (bytes) => loop.print(bytes);
    const first = async (): Promise<boolean> => before === undefined || session.run(before, { name: file ?? 'command line' });
    if (loop !== null) return await loop.run(io, first);
    const shell: Shell = { session, entered: () => [], edit: null };
    return (await first()) ? await runLines(shell, io) : ExitCode.SCRIPT;
  } finally {
    await place.close();
  }
}

function openPlace(options: ReplOptions, { terminal }: Io, onWarning: (message: string) => void): Promise<Place> {
  const { connect, data, storeUser: user, timeout } = options;
  const store = { data, user, timeout };
  // Without a terminal there is nobody to press Ctrl-C.
  if (connect === undefined) return terminal === null ? StorePlace.open(store, onWarning) : ThreadPlace.open(store, onWarning);
  return RemotePlace.open({ ...parseAddress(connect), login: options, onWarning });
}

/** A message of a script or server, for a terminal without what could command it. */
const shownBy = ({ terminal }: Io, message: string): string => (terminal === null ? message : toBytes(harmless(fromBytes(message))));

/** Outputs to the terminal, which has one line that is being edited, and may change its size. */
function outputs({ out, terminal }: Io, write: (bytes: string) => void): Pick<Io, 'out' | 'err'> {
  const output = {
    write,
    ready: () => out.ready(),
    colored: out.colored,
    get columns() {
      return terminal?.screen.columns ?? out.columns;
    },
  };
  return { out: output, err: output };
}

/** The history of all prompts lies where programs keep their state. */
function historyFor({ history }: ReplOptions, { env, err }: Io): History {
  if (!history) return new History();
  const state = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state');
  return new History(join(state, 'thingsc', 'history'), (problem) => err.write(`thingsc: no history is kept: ${problem}\n`));
}
