import type { Program } from '../../bytecode/program.ts';
import type { LocalEngine } from '../../engine/engine.ts';
import { engineMetrics } from '../../engine/metrics.ts';
import { openEngine } from '../../engine/open.ts';
import { TiError } from '../../errors.ts';
import { playgroundFiles } from '../../playground/files.ts';
import { type Config, loadConfig } from '../../server/config.ts';
import { ConfigError } from '../../server/config-error.ts';
import { createLog, type Log, type LogLevel } from '../../server/log.ts';
import { ListenError } from '../../server/ports.ts';
import { startServer } from '../../server/serve.ts';
import { warmMemory } from '../../server/warm-memory.ts';
import { compileSource } from '../compile.ts';
import { dialectOf, dialectOfProgram } from '../dialect.ts';
import { CliError, ExitCode, fileError, usageError } from '../exit.ts';
import { fromBytes, type Io, toBytes } from '../io.ts';
import { moduleHost } from '../modules.ts';
import { reportDiagnostics, reportFailure } from '../report.ts';
import { readSource, type Source } from '../source.ts';
import { ownVersion } from '../version.ts';

export interface ServeOptions {
  readonly config?: string;
  readonly data?: string;
  readonly port?: number;
  readonly bind?: string;
  /** The port of the playground; true for the usual one. */
  readonly playground?: number | true;
  readonly logLevel: LogLevel;
  readonly seed: readonly string[];
}

/** Serves a store until a signal or a script asks for the end. */
export async function serve(options: ServeOptions, io: Io): Promise<ExitCode> {
  const log = createLog({ level: options.logLevel, colorized: io.out.colored, write: io.out.write });
  const warn = (message: string): void => log.warning(toBytes(message));
  const config = settings(options, io, warn);
  const dir = config.storage_path;
  if (dir === null) throw usageError('say with --data where the store is');
  const seeds = await readSeeds(options.seed, io);
  if (seeds === null) return ExitCode.SCRIPT;
  const { engine, created } = await open(dir, config, log, warn);
  try {
    if (created && !seeds.every((seed) => plant(seed, engine, io))) return ExitCode.SCRIPT;
    const server = await startServer(engine, config, {
      log,
      version: ownVersion(),
      hooks: engine.hooks,
      node: engine.node,
      metrics: engineMetrics(engine),
      onFailure: (listener) => engine.store.onFailure(listener),
      playground: playgroundFiles,
    });
    void warmMemory(config.warm_memory);
    engine.startSchedules();
    engine.startModules();
    io.out.write(toBytes(welcome(io.program, config, server.port, seeds[0]?.collection ?? 'stuff')));
    const offSignals = io.onSignal((name) => {
      log.info(`stopping (${name})`);
      void server.stop();
    });
    await server.stopped;
    offSignals();
    log.info('bye');
    return ExitCode.FINE;
  } catch (error) {
    if (error instanceof ListenError) throw new CliError(ExitCode.CONNECTION, error.message);
    throw error;
  } finally {
    await engine.close();
  }
}

/** The settings of file and environment, over which those of the command line stand. This server works alone: it has no port for other nodes. */
function settings(
  options: ServeOptions,
  io: Io,
  warn: (message: string) => void,
): Omit<Config, 'listen_node_port'> & { listen_node_port: null } {
  try {
    const config = loadConfig({ file: options.config ?? null, env: io.env, warn });
    return {
      ...config,
      listen_node_port: null,
      storage_path: options.data ?? config.storage_path,
      listen_client_port: options.port ?? config.listen_client_port,
      bind_client_addr: options.bind ?? config.bind_client_addr,
      playground_port: playgroundPort(options.playground, config),
    };
  } catch (error) {
    if (error instanceof ConfigError) throw fileError(error.message);
    throw error;
  }
}

/** Where the playground is when nothing says another port. */
const PLAYGROUND_PORT = 9280;

function playgroundPort(asked: number | true | undefined, { playground_port }: Pick<Config, 'playground_port'>): number {
  if (typeof asked === 'number') return asked;
  return asked === true && playground_port === 0 ? PLAYGROUND_PORT : playground_port;
}

async function open(
  dir: string,
  config: Parameters<typeof moduleHost>[0] & Pick<Config, 'durability' | 'query_duration_error' | 'query_memory_limit' | 'cache_size'>,
  log: Log,
  warn: (message: string) => void,
) {
  try {
    const modules = moduleHost(config, log);
    return await openEngine({
      dir,
      durability: config.durability,
      onWarning: warn,
      queryDurationError: config.query_duration_error,
      cacheSize: config.cache_size,
      ...(modules === undefined ? {} : { modules }),
      queryMemoryLimit: config.query_memory_limit,
    });
  } catch (error) {
    if (error instanceof TiError) throw fileError(fromBytes(error.message));
    throw error;
  }
}

/** What is to be in a new store. */
interface Seed {
  readonly collection: string;
  readonly source: Source;
  readonly program: Program;
}

/** Reads and compiles the seeds; null when one has errors, which were told. Throws CliError. */
async function readSeeds(texts: readonly string[], io: Io): Promise<Seed[] | null> {
  const seeds: Seed[] = [];
  for (const text of texts) {
    const [collection, file] = splitSeed(text);
    const source = await readSource(file, undefined, io);
    const { program, diagnostics } = compileSource(source.text, dialectOf(source, {}));
    reportDiagnostics(source, diagnostics, io.err);
    if (program === null) return null;
    seeds.push({ collection, source, program });
  }
  return seeds;
}

/** Fills the collection in a new store; false when the script raised an error, which was told. */
function plant({ collection, source, program }: Seed, engine: LocalEngine, io: Io): boolean {
  const admin = { user: { id: 1, name: 'admin' }, client: null, vars: null };
  try {
    if (!hasCollection(engine, collection)) engine.query({ ...admin, scope: '@thingsdb', code: `new_collection('${collection}');` });
    if (dialectOfProgram(program) === 'v1') engine.runProgram(program, { ...admin, scope: `//${collection}` });
    else engine.query2019({ ...admin, target: collection, code: program.source, blobs: [] });
    return true;
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    reportFailure(source, error, false, io, dialectOfProgram(program));
    return false;
  }
}

function hasCollection(engine: LocalEngine, name: string): boolean {
  return [...engine.database.collections.values()].some((collection) => collection.name === name);
}

function splitSeed(seed: string): [string, string] {
  const at = seed.indexOf('=');
  const name = seed.slice(0, Math.max(at, 0));
  if (!/^[A-Za-z_]\w{0,254}$/.test(name)) throw usageError(`--seed takes COLLECTION=FILE, not \`${seed}\``);
  return [name, seed.slice(at + 1)];
}

function playgroundLine({ playground_port, bind_playground_addr: bound, playground_cert_file }: Served): string {
  if (playground_port === 0) return 'In a browser:   add --playground, for a page to write and run queries\n';
  const host = bound === '::' || bound === '0.0.0.0' ? 'localhost' : bound.includes(':') ? `[${bound}]` : bound;
  return `In a browser:   ${playground_cert_file === null ? 'http' : 'https'}://${host}:${playground_port}/\n`;
}

type Served = Pick<Config, 'storage_path' | 'bind_client_addr' | 'playground_port' | 'bind_playground_addr' | 'playground_cert_file'>;

function welcome(program: string, config: Served, port: number, collection: string): string {
  const node = port === 9200 ? '' : ` -n :${port}`;
  return `thingsc ${ownVersion()} serves ${config.storage_path} at ${config.bind_client_addr}:${port}, user \`admin\`, password \`pass\` unless changed. Stop with Ctrl-C.

${playgroundLine(config)}With thingsc:   ${program} query${node} -c ${collection} -q '.keys();'
With Python:    pip install python-thingsdb, then

    import asyncio
    from thingsdb.client import Client

    async def main():
        client = Client()
        await client.connect('127.0.0.1', ${port})
        await client.authenticate('admin', 'pass')
        print(await client.query('.keys();', scope='//${collection}'))
        await client.close_and_wait()

    asyncio.run(main())

`;
}
