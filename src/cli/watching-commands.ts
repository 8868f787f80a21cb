/** The commands that watch scripts run: tests, profiles and the debugger. */
import { Argument, InvalidArgumentError, Option } from 'commander';
import type { DebugOptions } from './commands/debug.ts';
import type { ProfileOptions } from './commands/profile.ts';
import type { TestCommandOptions } from './commands/test.ts';
import type { Io } from './io.ts';
import { EVAL, FILE, FILE_HELP, integer, LOCAL_RUN_OPTIONS, PLACE_OPTIONS, seconds } from './options.ts';
import type { AddCommand } from './store-commands.ts';

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'iu');
  } catch {
    throw new InvalidArgumentError('It must be a regular expression.');
  }
}

function percentage(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 100.');
}

export function addWatchingCommands(add: AddCommand, io: Io): void {
  addTest(add, io);
  addProfile(add, io);
  addDebug(add, io);
}

function addTest(add: AddCommand, io: Io): void {
  add(
    'test',
    'run tests: files that end in .test.ti or .test.t19, each case in a store of its own',
    [
      ['thingsc test', 'run all tests below this folder'],
      ['thingsc test shop.test.ti -t refund', 'run the cases of a file whose names have `refund` in them'],
      ['thingsc test --coverage', 'tell which lines ran, and write coverage/index.html and coverage/lcov.info'],
      ['thingsc test --tap', 'tell the results as TAP, for other programs'],
    ],
    async (paths: string[], options: TestCommandOptions) => (await import('./commands/test.ts')).test(paths, options, io),
  )
    .addArgument(new Argument('[paths...]', 'files of tests, or folders that have some (default: this folder)'))
    .addOption(new Option('-t, --filter <pattern>', 'run only cases whose names match this regular expression').argParser(pattern))
    .option('--tap', 'tell the results by the Test Anything Protocol')
    .option('--bail', 'end at the first case that fails')
    .option('--coverage', 'tell which lines and ways of conditions ran, and write pages and lcov.info')
    .option('--coverage-dir <dir>', 'where to write them', 'coverage')
    .addOption(new Option('--min-coverage <percent>', 'fail when fewer of the lines ran').argParser(percentage))
    .addOption(new Option('--timeout <seconds>', 'what each script of a case may take').argParser(seconds).default(10));
}

function addProfile(add: AddCommand, io: Io): void {
  const command = add(
    'profile',
    'run a script without a server, and tell where its time goes',
    [
      [
        'thingsc profile import.ti',
        'print the script with counts and times before each line, then its closures and the built-ins it calls',
      ],
      ['thingsc profile import.ti --svg flame.svg', 'draw a flame graph'],
      ['thingsc profile report.ti -d ./data -s shop --speedscope report.json', 'on a store, for https://www.speedscope.app'],
    ],
    async (file: string | undefined, options: ProfileOptions) => (await import('./commands/profile.ts')).profile(file, options, io),
  )
    .argument(FILE, FILE_HELP)
    .option(...EVAL)
    .option('--svg <file>', 'draw a flame graph')
    .option('--speedscope <file>', 'write a profile for https://www.speedscope.app')
    .addOption(new Option('--most <number>', 'how many closures and built-ins to tell').argParser(integer(0, 10_000)).default(20))
    .option('--answer', 'print the answer of the script, too, on standard error');
  for (const option of LOCAL_RUN_OPTIONS) command.addOption(option);
}

function addDebug(add: AddCommand, io: Io): void {
  const command = add(
    'debug',
    'run a script or procedure step by step, and look at its variables',
    [
      ['thingsc debug shop.ti', 'stop, step and look on this terminal; `help` there tells how'],
      ['thingsc debug -d ./data -s shop --procedure order --args \'[3, "tea"]\'', 'debug a procedure of a store'],
      ['thingsc debug --dap', 'what an editor starts; docs/debug.md tells how to set it up'],
    ],
    async (file: string | undefined, options: DebugOptions) => (await import('./commands/debug.ts')).debug(file, options, io),
  )
    .argument(FILE, 'a script')
    .option(...EVAL)
    .option('--procedure <name>', 'debug a procedure of the store in place of a script')
    .option('--args <json>', 'arguments of the procedure: a list, or an object by the names of parameters')
    .option('--dap', 'serve an editor by the Debug Adapter Protocol over standard input and output')
    .addOption(new Option('--port <port>', 'serve editors at a port of this machine, 0 for any free one').argParser(integer(0, 65_535)));
  for (const option of PLACE_OPTIONS) command.addOption(option);
}
