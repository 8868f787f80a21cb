/** The server as a command, used as the reference server is. All it says goes to standard output. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TiError } from '../errors.ts';
import { type Config, loadConfig } from '../server/config.ts';
import { ConfigError } from '../server/config-error.ts';
import { StatusPort } from '../server/http/status-port.ts';
import { createLog, type Log } from '../server/log.ts';
import { ListenError } from '../server/ports.ts';
import { type RunningServer, startServer } from '../server/serve.ts';
import { warmMemory } from '../server/warm-memory.ts';
import { type Arguments, help, parseArguments, UsageError, usage } from './thingsdb-args.ts';
import { ownVersion } from './version.ts';

/** Where the process meets the world; tests bring their own. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes text, as it is, to standard output. */
  readonly print: (text: string) => void;
  /** Asks a question on the terminal; null at the end of input. */
  readonly ask: (question: string) => Promise<string | null>;
  /** Calls `listener` with the name of each signal that asks for the end, until the returned function is called. */
  readonly onSignal: (listener: (name: string) => void) => () => void;
}

const FIRST_TIME = 'There is no store yet: use --init to make a new one, or --secret to wait for an invitation of another node.';

/** Runs the command to its end; gives the exit code. */
export async function main(words: readonly string[], world: World): Promise<number> {
  const version = ownVersion();
  world.print(banner(version));
  let args: Arguments;
  try {
    args = parseArguments(words, world.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    world.print(error.showUsage ? `${usage()}\nthingsdb: error: ${error.message}\n` : `${error.message}\n`);
    return 1;
  }
  if (args.help) world.print(help());
  else if (args.version) world.print(`ThingsDB-compatible node ${version}\nPart of thingsc, licence MIT\n`);
  else return serve(args, world);
  return 0;
}

function banner(version: string): string {
  return `  _   _    _
 | |_| |_ (_)_ _  __ _ ___ __
 |  _| ' \\| | ' \\/ _\` (_-</ _|
  \\__|_||_|_|_||_\\__, /__/\\__|   version: ${version}
                 |___/\n\n`;
}

async function serve(args: Arguments, world: World): Promise<number> {
  const log = createLog({ level: args.logLevel, colorized: args.logColorized, write: world.print });
  try {
    const config = loadConfig({ file: args.config, env: world.env, warn: log.warning });
    log.info(`running on: ${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`);
    return await prepare(args, config, log, world);
  } catch (error) {
    if (error instanceof ConfigError) world.print(`${error.message}\n`);
    else log.error(reason(error));
    log.error('exit with error code 1');
    return 1;
  }
}

function reason(error: unknown): string {
  if (error instanceof TiError) return Buffer.from(error.message, 'latin1').toString();
  if (error instanceof ListenError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Decides by what was asked for and what is stored whether to run. */
async function prepare(args: Arguments, config: Config, log: Log, world: World): Promise<number> {
  const dir = config.storage_path;
  if (dir === null) throw new ConfigError('`storage_path` is not set');
  if (args.rebuild) {
    world.print('At least 2 nodes are required for a rebuild; to start anew use --init with --force.\n');
    return 0;
  }
  if (args.forgetNodes) log.warning('there are no other nodes to forget; this server works alone');
  let stored = isStored(dir);
  if (args.force && stored) {
    if (!args.yes && !(await confirm(world))) return 0;
    await removeStore(dir, log);
    stored = false;
  }
  const { init, secret } = args.deploy ? deployAs(config, world.env) : args;
  if (!stored && !init) {
    if (secret !== null) throw new ConfigError('this server works alone: it cannot wait for an invitation; use --init to make a new store');
    world.print(`${FIRST_TIME}\n`);
    return 0;
  }
  if (stored && args.init) log.warning(`\`${dir}\` holds a store already, which is used; to remove it and make a new one, add --force`);
  if (stored && args.secret !== null) log.warning(`\`${dir}\` holds a store already, which is used; no invitation is waited for`);
  makeModulesFolder(config.modules_path, log);
  return runServer(config, dir, log, world);
}

/** `--deploy`: the first node (its name ends in `-0`) makes the store, the others wait to be taken in. */
function deployAs(config: Config, env: World['env']): { readonly init: boolean; readonly secret: string | null } {
  const name = config.node_name;
  if (name === '0' || name.endsWith('-0')) return { init: true, secret: null };
  return { init: false, secret: env.THINGSDB_NODE_SECRET ?? name };
}

/** Whether the folder holds a store. */
function isStored(dir: string): boolean {
  return existsSync(join(dir, 'store')) || existsSync(join(dir, 'log'));
}

async function confirm(world: World): Promise<boolean> {
  world.print('\nWarning: all data on this node will be removed!!\n\n');
  return (await world.ask('Type `yes` + ENTER if you really want to continue: ')) === 'yes';
}

/** Removes what a store consists of, unless a live process has it open. */
async function removeStore(dir: string, log: Log): Promise<void> {
  const { lockDir } = await import('../storage/lock.ts');
  const lock = lockDir(dir, log.warning);
  for (const name of ['store', 'log']) rmSync(join(dir, name), { recursive: true, force: true });
  lock.release();
}

function makeModulesFolder(path: string | null, log: Log): void {
  if (path === null || existsSync(path)) return;
  try {
    mkdirSync(path);
  } catch (error) {
    log.warning(`cannot make the folder \`${path}\` for modules: ${(error as Error).message}`);
  }
}

async function runServer(config: Config, dir: string, log: Log, world: World): Promise<number> {
  let server: RunningServer | null = null;
  let stopping = false;
  // From here on a signal means a clean stop, even while the store is being opened.
  const offSignals = world.onSignal((name) => {
    log.warning(stopping ? `signal (${name}) received but a shutdown is already initiated` : `received stop signal (${name})`);
    stopping = true;
    void server?.stop();
  });
  const statusPort = config.http_status_port === 0 ? null : await StatusPort.open(config, log);
  try {
    // Loaded late: usage and version are told without the engine.
    const { openEngine } = await import('../engine/open.ts');
    const { engineMetrics } = await import('../engine/metrics.ts');
    const { moduleHost } = await import('./modules.ts');
    const { playgroundFiles } = await import('../playground/files.ts');
    const modules = moduleHost(config, log);
    const { engine, created } = await openEngine({
      dir,
      durability: config.durability,
      onWarning: log.warning,
      queryDurationError: config.query_duration_error,
      cacheSize: config.cache_size,
      ...(modules === undefined ? {} : { modules }),
      queryMemoryLimit: config.query_memory_limit,
    });
    if (created) world.print(WELCOME);
    try {
      server = await startServer(engine, config, {
        log,
        version: ownVersion(),
        hooks: engine.hooks,
        node: engine.node,
        metrics: engineMetrics(engine),
        statusPort,
        onFailure: (listener) => engine.store.onFailure(listener),
        playground: playgroundFiles,
      });
      void warmMemory(config.warm_memory);
      engine.startSchedules();
      if (stopping) void server.stop();
      else engine.startModules();
      await server.stopped;
    } finally {
      await engine.close();
    }
  } finally {
    statusPort?.close();
    offSignals();
  }
  log.info('bye');
  if (server?.hasFailed !== true) return 0;
  log.error('exit with error code 1');
  return 1;
}

/** The first line is what tools wait for. */
const WELCOME = `Well done, you successfully initialized ThingsDB!!

You can now connect by using the default user \`admin\` and password \`pass\`

`;
