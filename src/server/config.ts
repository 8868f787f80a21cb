/** Settings: defaults, then the configuration file, then environment variables; the later wins. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error.ts';
import { parseIni } from './ini.ts';

const MAX_PORT = 65_535;
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

type Default<T> = T | (() => T);

interface StringOption {
  readonly kind: 'string';
  readonly fallback: Default<string>;
}
interface PathOption {
  readonly kind: 'path';
  readonly fallback: Default<string | null>;
}
interface IntOption {
  readonly kind: 'int';
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}
interface FloatOption {
  readonly kind: 'float';
  readonly fallback: number;
}
interface ChoiceOption<T extends string> {
  readonly kind: 'choice';
  readonly fallback: T;
  readonly choices: readonly T[];
}
type Option = StringOption | PathOption | IntOption | FloatOption | ChoiceOption<string>;

const text = (fallback: Default<string>): StringOption => ({ kind: 'string', fallback });
const path = (fallback: Default<string | null> = null): PathOption => ({ kind: 'path', fallback });
const int = (fallback: number, min = 0, max = UNBOUNDED): IntOption => ({ kind: 'int', fallback, min, max });
const port = (fallback: number): IntOption => int(fallback, 0, MAX_PORT);
const seconds = (fallback = 0): FloatOption => ({ kind: 'float', fallback });
const choice = <T extends string>(...choices: [T, ...T[]]): ChoiceOption<T> => ({ kind: 'choice', fallback: choices[0], choices });

/** All keys of the section `[thingsdb]`. The environment has each of them in capitals behind `THINGSDB_`. */
const OPTIONS = {
  listen_client_port: port(9200),
  bind_client_addr: text('127.0.0.1'),
  listen_node_port: port(9220),
  bind_node_addr: text('127.0.0.1'),
  node_name: text(hostname),
  http_api_port: port(0),
  http_status_port: port(0),
  ws_port: port(0),
  ws_cert_file: path(),
  ws_key_file: path(),
  ip_support: choice('ALL', 'IPV4ONLY', 'IPV6ONLY'),
  storage_path: path(defaultStoragePath),
  modules_path: path(defaultModulesPath),
  python_interpreter: text('python'),
  wait_for_modules: int(0, 0, 1),
  module_timeout: seconds(),
  pipe_client_name: path(),
  threshold_full_storage: int(1000),
  result_size_limit: int(20_971_520),
  threshold_query_cache: int(160),
  cache_expiration_time: int(900),
  zone: int(0, 0, 255),
  shutdown_period: int(6, 0, 255),
  query_duration_warn: seconds(),
  query_duration_error: seconds(),
  gcloud_key_file: path(),
  // From here on the settings are this server's own.
  durability: choice('sync', 'async'),
  /** About how much memory things may take; 0: a part of what there is. */
  cache_size: int(0),
  bind_http_addr: path(),
  bind_ws_addr: path(),
  playground_port: port(0),
  bind_playground_addr: text('127.0.0.1'),
  playground_hosts: path(),
  playground_cert_file: path(),
  playground_key_file: path(),
  tls_cert_file: path(),
  tls_key_file: path(),
  max_connections: int(0),
  login_timeout: seconds(),
  idle_timeout: seconds(),
  tcp_keepalive: seconds(60),
  max_push_backlog: int(64 * 1024 * 1024),
  login_failures: int(0),
  login_delay: seconds(1),
  query_memory_limit: int(0),
  /** What is taken from the system before queries need it; -1: as much as is good for most. */
  warm_memory: int(-1, -1),
} as const;

type ValueOf<O> = O extends ChoiceOption<infer T> ? T : O extends StringOption ? string : O extends PathOption ? string | null : number;

/**
 * The settings under the keys of the configuration file. Ports are 0 for off, except that of clients, where 0 lets the system choose; sizes are in
 * bytes, times in seconds.
 */
export type Config = { -readonly [K in keyof typeof OPTIONS]: ValueOf<(typeof OPTIONS)[K]> };

export interface ConfigSources {
  /** The configuration file; null for none. */
  readonly file: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is told of each setting that is refused; its default is used then. */
  readonly warn: (text: string) => void;
}

function isHomeless(): boolean {
  return process.getuid?.() === 0 || process.env.HOME === undefined || process.env.USER === undefined;
}

function defaultStoragePath(): string {
  return isHomeless() ? '/var/lib/thingsdb/' : join(homedir(), '.thingsdb/');
}

function defaultModulesPath(): string {
  return isHomeless() ? '/usr/lib/thingsdb-modules' : join(homedir(), '.thingsdb-modules/');
}

/** All settings at their defaults. */
export function defaultConfig(): Config {
  const entries = Object.entries(OPTIONS).map(([key, option]) => [key, fallbackOf(option)]);
  return Object.fromEntries(entries) as Config;
}

function fallbackOf(option: Option): string | number | null {
  return typeof option.fallback === 'function' ? option.fallback() : option.fallback;
}

/** Reads the settings. Throws ConfigError when the file cannot be read or has a line that is no setting. */
export function loadConfig(sources: ConfigSources): Config {
  const settings: Record<string, string | number | null> = defaultConfig();
  const fromFile = sources.file === null ? new Map<string, string>() : readFile(sources.file);
  for (const [key, option] of Object.entries<Option>(OPTIONS)) {
    const written = fromFile.get(key);
    if (written !== undefined) assign(settings, key, option, written, `\`${key}\` in \`${sources.file}\``, sources.warn);
    const variable = `THINGSDB_${key.toUpperCase()}`;
    const value = sources.env[variable];
    if (value === undefined || value === '') continue;
    if (option.kind === 'string' || option.kind === 'path') settings[key] = value;
    else assign(settings, key, option, value, `the environment variable \`${variable}\``, sources.warn);
  }
  return settings as Config;
}

function readFile(file: string): Map<string, string> {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`cannot read \`${file}\`: ${existsSync(file) ? (error as Error).message : 'there is no such file'}`);
  }
  try {
    return parseIni(content, 'thingsdb');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`cannot read \`${file}\`: ${error.message}`);
  }
}

function assign(
  settings: Record<string, string | number | null>,
  key: string,
  option: Option,
  written: string,
  where: string,
  warn: (text: string) => void,
): void {
  const result = readValue(option, written);
  if (typeof result !== 'object') settings[key] = result;
  else warn(`${where} ${result.refusal}; \`${settings[key] ?? 'none'}\` is used`);
}

interface Refusal {
  readonly refusal: string;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;

function readValue(option: Option, written: string): string | number | Refusal {
  if (written === '') return { refusal: 'has no value' };
  switch (option.kind) {
    case 'int': {
      const value = /^[+-]?\d+$/.test(written) ? Number(written) : Number.NaN;
      if (value >= option.min && value <= option.max) return value;
      return {
        refusal: `must be an integer ${option.max === UNBOUNDED ? `from ${option.min} on` : `from ${option.min} to ${option.max}`}`,
      };
    }
    case 'float': {
      const value = NUMBER.test(written) ? Number(written) : Number.NaN;
      return value >= 0 ? value : { refusal: 'must be a number of seconds, 0 or more' };
    }
    case 'choice':
      return option.choices.includes(written) ? written : { refusal: `must be one of ${option.choices.join(', ')}` };
    default:
      return NUMBER.test(written) ? { refusal: 'must be a text, not a number' } : written;
  }
}
