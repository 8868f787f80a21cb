/** Options and arguments that several commands of `thingsc` have. */
import { InvalidArgumentError, Option } from 'commander';
import { DIALECTS } from './dialect.ts';

/** A parser of whole numbers in a range. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
  };
}

export function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a number of seconds.');
}

/** For options that may be repeated. */
export const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

export const FILE = '[file]';
export const FILE_HELP = 'a script; standard input when left out, or `-`';
export const EVAL = ['-e, --eval <code>', 'use this code in place of a file'] as const;

export const ANSWER_OPTIONS = [
  new Option('--json', 'print the answer, or the error, as JSON in one line').conflicts(['table', 'raw']),
  new Option('--table', 'print a list of things as a table').conflicts(['json', 'raw']),
  new Option('--raw', 'print a str without quotes').conflicts(['json', 'table']),
];

export const LOGIN_OPTIONS = [
  new Option('-u, --user <name>', 'the user, for --connect').default('admin').env('THINGSC_USER'),
  new Option('-p, --password <password>', 'the password').default('pass').env('THINGSC_PASSWORD'),
  new Option('-t, --token <token>', 'a token in place of user and password').env('THINGSC_TOKEN'),
  new Option('-c, --collection <name>', 'the collection').default('stuff'),
];

export const DIALECT_OPTION = new Option(
  '--dialect <dialect>',
  'the language of the script (default: by the name of the file; .t19 is 2019)',
).choices(DIALECTS);

export const VAR_OPTION = new Option('--var <name=json>', 'a variable for the script; may be repeated')
  .argParser(collect)
  .default([], 'none');

/** What says where a script runs without a server, and with what. */
export const PLACE_OPTIONS = [
  DIALECT_OPTION,
  new Option('-d, --data <dir>', 'folder of a store (default: a store in memory, gone afterwards)'),
  new Option('-s, --scope <scope>', 'a collection or a scope such as @thingsdb').default('stuff'),
  new Option('-u, --user <name>', 'whose rights count').default('admin'),
  VAR_OPTION,
];

/** What says how a script runs without a server; see `LocalRunOptions`. */
export const LOCAL_RUN_OPTIONS = [
  ...PLACE_OPTIONS,
  new Option('--timeout <seconds>', 'end the script with an error after this time').argParser(seconds),
];
