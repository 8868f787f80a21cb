/** The commands that watch scripts run: tests and profiles. */
import { Argument, InvalidArgumentError, Option } from 'commander';
import type { ProfileOptions } from './commands/profile.ts';
import type { TestCommandOptions } from './commands/test.ts';
import type { Io } from './io.ts';
import { EVAL, FILE, FILE_HELP, integer, LOCAL_RUN_OPTIONS, seconds } from './options.ts';
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
}

function addTest(add: AddCommand, io: Io): void {
  add(
    'test',
    'run tests: files that end in .test.ti, each case in a store of its own',
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
