/** The commands that work on the folder of a store, which no server has open then. */
import { Argument, type Command } from 'commander';
import type { DumpOptions } from './commands/dump.ts';
import type { ImportOptions } from './commands/import.ts';
import type { VerifyOptions } from './commands/verify.ts';
import type { ExitCode } from './exit.ts';
import type { Io } from './io.ts';

type Examples = readonly (readonly [command: string, does: string])[];

/** Adds a command; `act` does its work. */
export type AddCommand = <A extends unknown[]>(
  name: string,
  description: string,
  examples: Examples,
  act: (...args: A) => Promise<ExitCode>,
) => Command;

const DIR = new Argument('<dir>', 'folder of a store');
const NEW_DIR = new Argument('<dir>', 'an empty folder, made when it is missing');

export function addStoreCommands(add: AddCommand, io: Io): void {
  add(
    'verify',
    'read all of a store or backup, and tell what is wrong',
    [
      ['thingsc verify ./data', 'compare all checksums, references, counts, relations and indexes'],
      ['thingsc verify backup.tar.gz', 'the same with what a backup holds'],
    ],
    async (path: string, options: VerifyOptions) => (await import('./commands/verify.ts')).verify(path, options, io),
  )
    .addArgument(new Argument('<path>', 'folder of a store, or a backup'))
    .option('--json', 'print what was found as a JSON object');
  add(
    'dump',
    'print all that a store holds as text',
    [
      ['thingsc dump ./data -o before.txt', 'write a dump, passwords (hashed) and tokens too, into a file that only you can read'],
      ['diff before.txt after.txt', 'see what became of a store: equal stores have equal dumps'],
    ],
    async (dir: string, options: DumpOptions) => (await import('./commands/dump.ts')).dump(dir, options, io),
  )
    .addArgument(DIR)
    .option('-o, --output <file>', 'where to write, `-` for standard output (default: standard output)');
  add(
    'load',
    'make a store from a dump',
    [['thingsc load before.txt ./new', 'make a store that holds what the dumped one held']],
    async (file: string, dir: string) => (await import('./commands/load.ts')).load(file, dir, io),
  )
    .addArgument(new Argument('<file>', 'a dump; `-` for standard input'))
    .addArgument(NEW_DIR);
  add(
    'import',
    'make a store from a store or backup of the reference server',
    [
      ['thingsc import /var/lib/thingsdb --store ./data', 'the server must not run; then serve it: thingsc serve --data ./data'],
      ['thingsc import backup.tar.gz --store ./data --password secret', 'and set the password of the first user with all rights'],
    ],
    async (source: string, options: ImportOptions) => (await import('./commands/import.ts')).importStore(source, options, io),
  )
    .addArgument(new Argument('<source>', 'folder of a store (its `storage_path`), or a backup (.tar.gz)'))
    .requiredOption('-d, --store <dir>', 'an empty folder, made when it is missing')
    .option('--password <password>', 'the password of the first user with all rights (default: one is made up, and printed)');
  add(
    'backup',
    'write a backup of a store that is not being served',
    [['thingsc backup ./data backup.tar.gz', 'write the backup; for a running server, ask it: `new_backup(...)`']],
    async (dir: string, file: string) => (await import('./commands/backup.ts')).backup(dir, file, io),
  )
    .addArgument(DIR)
    .addArgument(new Argument('<file>', 'the backup, usually ending in .tar.gz; one that is there is replaced'));
  add(
    'restore',
    'make a store from a backup',
    [['thingsc restore backup.tar.gz ./data', 'then serve it: thingsc serve --data ./data']],
    async (file: string, dir: string) => (await import('./commands/restore.ts')).restore(file, dir, io),
  )
    .addArgument(new Argument('<file>', 'a backup'))
    .addArgument(NEW_DIR);
}
