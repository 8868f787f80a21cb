import { resolve } from 'node:path';
import { adaptStreams, serveAdapters } from '../../debug/dap/serve.ts';
import type { Target } from '../../debug/protocol.ts';
import { scopeOf } from '../address.ts';
import { debugOnTerminal } from '../debug/terminal.ts';
import { type DialectOption, dialectOf } from '../dialect.ts';
import { CliError, ExitCode, systemReason, usageError } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { readSource } from '../source.ts';
import { packArgs, packVars } from '../vars.ts';
import { needScript } from '../watched.ts';

export interface DebugOptions extends DialectOption {
  readonly eval?: string;
  readonly data?: string;
  readonly scope: string;
  readonly user: string;
  readonly var: readonly string[];
  readonly procedure?: string;
  readonly args?: string;
  readonly dap?: boolean;
  readonly port?: number;
}

/** Debugs a script or a procedure on this terminal, or serves editors that do. */
export async function debug(file: string | undefined, options: DebugOptions, io: Io): Promise<ExitCode> {
  if (options.port !== undefined) return serve(options.port, io);
  if (options.dap === true) {
    await adaptStreams(process.stdin, process.stdout);
    // Whoever started it may keep the other end open.
    process.stdin.destroy();
    return ExitCode.FINE;
  }
  return debugOnTerminal(() => targetOf(file, options, io), io);
}

async function serve(port: number, io: Io): Promise<ExitCode> {
  const server = await serveAdapters(port).catch((error: unknown) => {
    throw new CliError(ExitCode.CONNECTION, `cannot listen at port ${port}: ${systemReason(error)}`);
  });
  io.out.write(toBytes(`editors can debug at 127.0.0.1:${server.port}; Ctrl-C ends it\n`));
  await new Promise<void>((done) => {
    const off = io.onSignal(() => {
      off();
      done();
    });
  });
  await server.close();
  return ExitCode.FINE;
}

async function targetOf(file: string | undefined, options: DebugOptions, io: Io): Promise<Target> {
  const common = { data: options.data ?? null, scope: scopeOf(options.scope), user: options.user };
  if (options.procedure !== undefined) {
    if (file !== undefined || options.eval !== undefined) throw usageError('give either a script or --procedure, not both');
    if (options.data === undefined) throw usageError('a procedure lies in a store: --data says in which folder');
    const args = options.args === undefined ? null : packArgs(options.args);
    return { ...common, what: { kind: 'procedure', name: options.procedure, args } };
  }
  if (options.args !== undefined) throw usageError('--args are those of a --procedure; a script gets variables by --var');
  // Commands come from standard input.
  if (file === '-' || (file === undefined && options.eval === undefined))
    throw usageError('name a script to debug, or give its code by -e');
  const source = await readSource(file, options.eval, io);
  needScript(source);
  const path = source.path === null ? null : resolve(source.path);
  const what = {
    kind: 'script',
    name: source.name,
    path,
    text: source.text,
    dialect: dialectOf(source, options),
    vars: packVars(options.var),
  } as const;
  return { ...common, what };
}
