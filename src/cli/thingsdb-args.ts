/** The command line of `thingsdb`: the flags of the reference server, with the same rules. */
import { LOG_LEVELS, type LogLevel } from '../server/log.ts';

export interface Arguments {
  config: string | null;
  logLevel: LogLevel;
  logColorized: boolean;
  init: boolean;
  force: boolean;
  secret: string | null;
  rebuild: boolean;
  autoRebuild: boolean;
  forgetNodes: boolean;
  deploy: boolean;
  yes: boolean;
  help: boolean;
  version: boolean;
}

/** A command line that cannot be used; `showUsage` tells whether the usage belongs before the message. */
export class UsageError extends Error {
  readonly showUsage: boolean;

  constructor(message: string, showUsage: boolean) {
    super(message);
    this.showUsage = showUsage;
  }
}

interface Flag {
  readonly long: string;
  readonly short?: string;
  /** The name of the value in the help; a flag without is a switch. */
  readonly value?: string;
  readonly help: string;
  readonly set: (args: Arguments, value: string) => void;
}

const LEVELS = `{${LOG_LEVELS.join(',')}}`;
/** The longest value of an argument, in bytes. */
const MAX_VALUE = 254;

const FLAGS: readonly Flag[] = [
  { long: 'help', short: 'h', help: 'show this help and exit', set: (args) => (args.help = true) },
  { long: 'config', short: 'c', value: 'CONFIG', help: 'read settings from this file', set: (args, value) => (args.config = value) },
  {
    long: 'deploy',
    help: 'act as --init or --secret, by the name of the node (THINGSDB_NODE_NAME)',
    set: (args) => (args.deploy = true),
  },
  { long: 'init', help: 'make a new store when there is none yet', set: (args) => (args.init = true) },
  { long: 'force', help: 'with --init or --secret: remove what is stored', set: (args) => (args.force = true) },
  {
    long: 'secret',
    value: 'SECRET',
    help: 'wait for other nodes to take this one in, with a one-time secret',
    set: (args, value) => (args.secret = value),
  },
  { long: 'rebuild', help: 'take all data anew from the other nodes', set: (args) => (args.rebuild = true) },
  { long: 'auto-rebuild', help: 'rebuild when the store cannot be loaded', set: (args) => (args.autoRebuild = true) },
  { long: 'forget-nodes', help: 'forget all other nodes and run alone', set: (args) => (args.forgetNodes = true) },
  { long: 'yes', short: 'y', help: 'answer every question with yes', set: (args) => (args.yes = true) },
  { long: 'version', short: 'v', help: 'show the version and exit', set: (args) => (args.version = true) },
  { long: 'log-level', short: 'l', value: LEVELS, help: 'what to log (default: warning)', set: setLogLevel },
  { long: 'log-colorized', help: 'colour the log', set: (args) => (args.logColorized = true) },
];

function setLogLevel(args: Arguments, value: string): void {
  const level = LOG_LEVELS.find((name) => name === value);
  if (level === undefined) throw new UsageError(`argument -l/--log-level: invalid choice: '${value}'`, true);
  args.logLevel = level;
}

const isOn = (value: string | undefined): boolean => Number.parseInt(value ?? '', 10) > 0 || Number.parseInt(value ?? '', 10) < 0;

/** Reads the words behind the command, and the environment variables that stand for some of them. Throws UsageError. */
export function parseArguments(words: readonly string[], env: Readonly<Record<string, string | undefined>>): Arguments {
  const args: Arguments = {
    config: null,
    logLevel: 'warning',
    logColorized: false,
    init: isOn(env.THINGSDB_INIT),
    force: false,
    secret: env.THINGSDB_SECRET?.slice(0, MAX_VALUE) || null,
    rebuild: false,
    autoRebuild: isOn(env.THINGSDB_AUTO_REBUILD),
    forgetNodes: false,
    deploy: isOn(env.THINGSDB_DEPLOY),
    yes: false,
    help: false,
    version: false,
  };
  for (let i = 0; i < words.length; i++) {
    const flag = findFlag(words[i] as string);
    if (flag.value === undefined) flag.set(args, '');
    else flag.set(args, valueFor(flag, words[++i]));
  }
  if (!args.help && !args.version) checkTogether(args);
  return args;
}

function findFlag(word: string): Flag {
  const unrecognized = new UsageError(`unrecognized argument: ${word}`, true);
  if (!word.startsWith('-') || word.length < 2) throw unrecognized;
  if (!word.startsWith('--')) {
    const flag = FLAGS.find(({ short }) => short === word.slice(1));
    if (flag === undefined) throw unrecognized;
    return flag;
  }
  const name = word.slice(2);
  const matching = FLAGS.filter(({ long }) => name !== '' && long.startsWith(name));
  const [first] = matching;
  if (first === undefined) throw unrecognized;
  const exact = matching.find(({ long }) => long === name);
  if (exact === undefined && matching.length > 1) throw new UsageError(`ambiguous option: ${word}`, true);
  return exact ?? first;
}

function valueFor(flag: Flag, value: string | undefined): string {
  const name = flag.short === undefined ? `--${flag.long}` : `-${flag.short}/--${flag.long}`;
  if (value === undefined || value.startsWith('-')) throw new UsageError(`argument ${name}: expected one argument`, true);
  if (value.length > MAX_VALUE) throw new UsageError(`argument ${name}: longer than ${MAX_VALUE} characters`, true);
  return value;
}

/** Pairs that contradict each other: the first cannot stand with any of the others. */
const CONFLICTS: readonly (readonly [string, ...string[]])[] = [
  ['--secret', '--init'],
  ['--forget-nodes', '--rebuild', '--deploy', '--init', '--secret'],
  ['--rebuild', '--deploy', '--init', '--secret'],
  ['--deploy', '--init', '--secret'],
];

function checkTogether(args: Arguments): void {
  const given: Readonly<Record<string, boolean>> = {
    '--init': args.init,
    '--secret': args.secret !== null,
    '--deploy': args.deploy,
    '--rebuild': args.rebuild,
    '--forget-nodes': args.forgetNodes,
  };
  for (const [flag, ...others] of CONFLICTS) {
    const other = others.find((name) => given[name] === true);
    if (given[flag] === true && other !== undefined) throw new UsageError(`${flag} cannot be used together with ${other}`, false);
  }
  if (args.force && !args.init && args.secret === null) throw new UsageError('--force must be used with --secret or --init', false);
  if (args.secret !== null && !/^[\x21-\x7e]+$/.test(args.secret))
    throw new UsageError('secret must only contain graphical characters', false);
}

function optionText({ long, short, value }: Flag): string {
  const suffix = value === undefined ? '' : ` ${value}`;
  return short === undefined ? `--${long}${suffix}` : `-${short}, --${long}${suffix}`;
}

export function usage(): string {
  const words = FLAGS.map(
    ({ long, short, value }) => `[${short === undefined ? `--${long}` : `-${short}`}${value === undefined ? '' : ` ${value}`}]`,
  );
  const lines = [''];
  for (const word of words) {
    if ((lines.at(-1) as string).length + word.length > 62) lines.push('');
    lines[lines.length - 1] += ` ${word}`;
  }
  return `usage: thingsdb${lines.join('\n               ')}`;
}

export function help(): string {
  const rows = FLAGS.map((flag) => {
    const option = optionText(flag);
    return option.length > 24 ? `  ${option}\n${' '.repeat(27)}${flag.help}` : `  ${option.padEnd(25)}${flag.help}`;
  });
  return `${usage()}\n\noptions:\n${rows.join('\n')}\n`;
}
