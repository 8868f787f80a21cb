import { TiError } from '../../errors.ts';
import { parseAddress, scopeOf } from '../address.ts';
import { answerFormat, answerText, type FormatOptions } from '../answer.ts';
import { Client, ConnectionError } from '../client.ts';
import { type DialectOption, dialectOf, targetOf, unwrapped2019 } from '../dialect.ts';
import { CliError, ExitCode, usageError } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { type Login, login } from '../login.ts';
import { reportFailure } from '../report.ts';
import { readSource, readSourceFile, type Source } from '../source.ts';
import { packVars } from '../vars.ts';
import { RoomWatcher } from '../watch.ts';

export interface QueryOptions extends FormatOptions, DialectOption, Login {
  /** Files whose content goes with a query in the 2019 dialect. */
  readonly blob: readonly string[];
  readonly node: string;
  readonly collection: string;
  /** `-` for standard input. */
  readonly query?: string;
  readonly var: readonly string[];
  readonly timeout?: number;
  /** Names or ids of rooms whose events are told until a signal. */
  readonly watchRoom: readonly string[];
}

/** Asks a server, and prints its answer; then, if rooms are watched, their events. */
export async function query(file: string | undefined, options: QueryOptions, io: Io): Promise<ExitCode> {
  if (file !== undefined && options.query !== undefined) throw usageError('give either a file or -q CODE, not both');
  const watcher = options.watchRoom.length === 0 ? null : new RoomWatcher(options.watchRoom, options.json === true, io);
  // Who only watches has nothing to ask.
  const asks = watcher === null || file !== undefined || options.query !== undefined;
  const source = asks ? await readSource(file, options.query === '-' ? undefined : options.query, io) : null;
  const vars = packVars(options.var);
  const onWarning = (message: string): void => io.err.write(`${message}\n`);
  try {
    const onPush = watcher === null ? {} : { onPush: watcher.onPush };
    const client = await Client.open({ ...parseAddress(options.node), onWarning, ...onPush });
    try {
      await login(client, options);
      await watcher?.join(client, toBytes(scopeOf(options.collection)));
      const code = source === null ? ExitCode.FINE : await ask(client, source, vars, options, io);
      if (watcher === null || code !== ExitCode.FINE) return code;
      await watcher.untilOver(client);
      return ExitCode.FINE;
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof ConnectionError) throw new CliError(ExitCode.CONNECTION, error.message);
    throw error;
  }
}

async function ask(client: Client, source: Source, vars: Uint8Array | null, options: QueryOptions, io: Io): Promise<ExitCode> {
  try {
    const answer = await within(options.timeout, answerOf(client, source, vars, options));
    io.out.write(answerText(answer, answerFormat(options)));
    return ExitCode.FINE;
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    reportFailure(source, error, options.json === true, io, dialectOf(source, options));
    return ExitCode.SCRIPT;
  }
}

function answerOf(client: Client, source: Source, vars: Uint8Array | null, options: QueryOptions): Promise<Buffer> {
  if (dialectOf(source, options) === 'v1') return client.query(toBytes(scopeOf(options.collection)), source.text, vars);
  const blobs = options.blob.map((file) => readSourceFile(file).text);
  return client.query2019(targetOf(options.collection), source.text, blobs).then(unwrapped2019);
}

function within<T>(seconds: number | undefined, promise: Promise<T>): Promise<T> {
  if (seconds === undefined) return promise;
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConnectionError(`no answer within ${seconds} seconds`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
