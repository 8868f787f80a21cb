/** The command line of `thingsc`: what there is to say, and where it is done. Commands are loaded when they are called. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { TiError } from '../errors.ts';
import { LOG_LEVELS } from '../server/log.ts';
import type { AstOptions } from './commands/ast.ts';
import type { CheckOptions } from './commands/check.ts';
import type { CompileOptions } from './commands/compile.ts';
import type { DisasmOptions } from './commands/disasm.ts';
import type { FmtOptions } from './commands/fmt.ts';
import type { MigrateOptions } from './commands/migrate.ts';
import type { QueryOptions } from './commands/query.ts';
import type { ReplOptions } from './commands/repl.ts';
import type { RunOptions } from './commands/run.ts';
import type { SchemaOptions } from './commands/schema.ts';
import type { ServeOptions } from './commands/serve.ts';
import { CliError, EXIT_MEANINGS, ExitCode } from './exit.ts';
import { fromBytes, type Io, toBytes } from './io.ts';
import {
  ANSWER_OPTIONS,
  collect,
  DIALECT_OPTION,
  EVAL,
  FILE,
  FILE_HELP,
  integer,
  LOCAL_RUN_OPTIONS,
  LOGIN_OPTIONS,
  seconds,
  VAR_OPTION,
} from './options.ts';
import { type AddCommand, addStoreCommands } from './store-commands.ts';
import { ownVersion } from './version.ts';
import { addWatchingCommands } from './watching-commands.ts';

/** Runs the words behind `thingsc`, and gives the exit code. */
export async function main(words: readonly string[], io: Io): Promise<ExitCode> {
  const commandLine = new CommandLine(io);
  try {
    await commandLine.program.parseAsync(words, { from: 'user' });
    return commandLine.exitCode;
  } catch (error) {
    return failed(error, io);
  }
}

function failed(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.FINE : ExitCode.USAGE;
  if (error instanceof CliError) {
    io.err.write(toBytes(`thingsc: ${error.message}\n`));
    return error.exitCode;
  }
  const text =
    error instanceof TiError ? fromBytes(String(error)) : error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err.write(toBytes(`thingsc: internal error: ${text}\n`));
  return ExitCode.INTERNAL;
}

const EXIT_HELP = `\nExit codes:\n${EXIT_MEANINGS.map(([code, meaning]) => `  ${code}  ${meaning}`).join('\n')}\n`;

/** Examples below the help of a command: a line of shell and what it does. */
function examples(...rows: readonly (readonly [command: string, does: string])[]): string {
  return `\nExamples:\n${rows.map(([command, does]) => `  $ ${command}\n      ${does}`).join('\n')}\n`;
}

class CommandLine {
  exitCode: ExitCode = ExitCode.FINE;
  readonly program: Command;
  private readonly io: Io;

  constructor(io: Io) {
    this.io = io;
    this.program = new Command('thingsc')
      .description('Checks, compiles, formats, runs and explains ThingsDB scripts, and serves them.')
      .version(`thingsc ${ownVersion()}`, '-V, --version', 'print the version')
      .helpCommand(false)
      .showHelpAfterError('(thingsc --help tells more)')
      .exitOverride()
      .configureOutput({
        writeOut: (text) => io.out.write(toBytes(text)),
        writeErr: (text) => io.err.write(toBytes(text)),
        getOutHasColors: () => io.out.colored,
        getErrHasColors: () => io.err.colored,
        getOutHelpWidth: () => io.out.columns,
        getErrHelpWidth: () => io.err.columns,
      })
      .addHelpText(
        'after',
        examples(
          ["thingsc run -e 'range(5).map(|x| x * x);'", 'run a script in memory'],
          ['thingsc repl', 'try the language at a prompt'],
          ['thingsc serve --data ./data', 'serve a store'],
        ) + EXIT_HELP,
      );
    this.serve();
    this.check();
    this.schema();
    this.ast();
    this.compile();
    this.disasm();
    this.run();
    this.query();
    this.repl();
    this.fmt();
    this.migrate();
    this.lsp();
    const add: AddCommand = (name, description, shown, act) => this.command(name, description, examples(...shown), act);
    addWatchingCommands(add, this.io);
    addStoreCommands(add, this.io);
  }

  /** A command whose work is done by `act`. Its help ends with the examples. */
  private command<A extends unknown[]>(name: string, description: string, shown: string, act: (...args: A) => Promise<ExitCode>): Command {
    const command = this.program.command(name).description(description).addHelpText('after', shown);
    return command.action(async (...args: unknown[]) => {
      this.exitCode = await act(...(args as A));
    });
  }

  private serve(): void {
    const shown = examples(
      ['thingsc serve --data ./data', 'serve the store in ./data, made when there is none, at port 9200'],
      ['thingsc serve --data ./data --seed shop=shop.ti', 'the same; a new store gets the collection `shop`, filled by a script'],
      ['thingsc serve --data ./data --playground', 'the same, with a page to write and run queries at http://127.0.0.1:9280'],
    );
    this.command('serve', 'serve a store to clients', shown, async (options: ServeOptions) => {
      const { serve } = await import('./commands/serve.ts');
      return serve(options, this.io);
    })
      .option('-d, --data <dir>', 'folder of the store (default: `storage_path` of the settings)')
      .option('-p, --port <port>', 'port for clients, 0 for any free one (default: 9200)', integer(0, 65_535))
      .option('-b, --bind <address>', 'address to listen at (default: 127.0.0.1)')
      .option(
        '--playground [port]',
        'serve a page to write and run queries, to this machine alone (default port: 9280)',
        integer(1, 65_535),
      )
      .option('-c, --config <file>', 'settings; environment variables THINGSDB_... stand over them, options over both')
      .addOption(new Option('-l, --log-level <level>', 'what to log').choices(LOG_LEVELS).default('info'))
      .addOption(
        new Option('--seed <collection=file>', 'make a collection in a new store and fill it by a script; may be repeated')
          .argParser(collect)
          .default([], 'none'),
      );
  }

  private check(): void {
    const shown = examples(
      ['thingsc check *.ti', 'tell the errors of all these scripts'],
      ['thingsc check --schema shop.json shop.ti', 'check names of types, fields and procedures too; `thingsc schema` writes the file'],
      ['thingsc check --fix shop.ti', 'do what can be done without asking, and tell the rest'],
      ["thingsc check --effects -e '.users.push({});'", 'tell whether the script needs a change, and why'],
    );
    const command = this.command('check', 'tell what is wrong in scripts', shown, async (files: string[], options: CheckOptions) => {
      const { check } = await import('./commands/check.ts');
      return check(files, options, this.io);
    })
      .addArgument(new Argument('[files...]', 'scripts; standard input for `-`, or when left out, on a terminal those of the project'))
      .option(...EVAL)
      .addOption(DIALECT_OPTION)
      .option('--effects', 'tell in which scopes a script needs a change, and why')
      .addOption(
        new Option('-f, --format <format>', 'how to print what is found').choices(['pretty', 'json', 'sarif', 'github']).default('pretty'),
      )
      .option('--json', 'the same as --format json')
      .option('--fix', 'write scripts back with those errors corrected that have one safe correction')
      .option('--watch', 'check again whenever a script changes')
      .option('--schema <file>', 'types, enumerators and procedures: a file of `thingsc schema`, or a script that defines them')
      .option('--connect <host[:port]>', 'take types, enumerators and procedures from a server')
      .addOption(new Option('-s, --scope <scope>', 'the kind of scope that scripts run in').choices(['collection', 'thingsdb', 'node']))
      .addOption(
        new Option('--fail-on <severity>', 'the least that counts as a failure (default: warning)').choices(['error', 'warning', 'info']),
      )
      .option('--project <file>', 'the project file (default: `thingsc.json` here or in a folder above)')
      .option('--no-project', 'use no project file');
    for (const option of LOGIN_OPTIONS) command.addOption(option);
  }

  private schema(): void {
    const shown = examples([
      'thingsc schema --connect db.example.org -c shop -o shop.json',
      'write what is defined in the collection `shop`',
    ]);
    const command = this.command(
      'schema',
      'tell the types, enumerators and procedures of a collection',
      shown,
      async (options: SchemaOptions) => {
        const { schema } = await import('./commands/schema.ts');
        return schema(options, this.io);
      },
    )
      .option('--connect <host[:port]>', 'the server', '127.0.0.1:9200')
      .option('-o, --output <file>', 'where to write (default: standard output)');
    for (const option of LOGIN_OPTIONS) command.addOption(option);
  }

  private ast(): void {
    const shown = examples(
      ["thingsc ast -e 'a = 1 + 2;'", 'print the syntax tree as indented lines'],
      ['thingsc ast shop.ti --format dot | dot -Tsvg > shop.svg', 'draw it with Graphviz'],
    );
    this.command('ast', 'print the syntax tree of a script', shown, async (file: string | undefined, options: AstOptions) => {
      const { ast } = await import('./commands/ast.ts');
      return ast(file, options, this.io);
    })
      .argument(FILE, FILE_HELP)
      .option(...EVAL)
      .addOption(DIALECT_OPTION)
      .addOption(new Option('-f, --format <format>', 'how to print it').choices(['tree', 'json', 'dot']).default('tree'))
      .option('--json', 'the same as --format json')
      .option('--no-spans', 'leave out where nodes begin and end');
  }

  private compile(): void {
    const shown = examples(
      ['thingsc compile shop.ti', 'write shop.tic'],
      ["thingsc compile -e '1 + 1;' -o - | thingsc run -", 'compile and run without a file between'],
    );
    this.command('compile', 'compile a script into a file', shown, async (file: string | undefined, options: CompileOptions) => {
      const { compile } = await import('./commands/compile.ts');
      return compile(file, options, this.io);
    })
      .argument(FILE, FILE_HELP)
      .option(...EVAL)
      .addOption(DIALECT_OPTION)
      .option('-o, --output <file>', 'where to write, `-` for standard output (default: the name of the script, ending in .tic)');
  }

  private disasm(): void {
    const shown = examples(["thingsc disasm -e '.count += 1;'", 'print the instructions beside the lines of the script']);
    this.command(
      'disasm',
      'print the instructions of a script or compiled file',
      shown,
      async (file: string | undefined, options: DisasmOptions) => {
        const { disasm } = await import('./commands/disasm.ts');
        return disasm(file, options, this.io);
      },
    )
      .argument(FILE, 'a script or a compiled file; standard input when left out, or `-`')
      .option(...EVAL)
      .addOption(DIALECT_OPTION)
      .option('--json', 'print the whole program as JSON, for tools');
  }

  private run(): void {
    const shown = examples(
      ["thingsc run -e 'range(5).map(|x| x * x);'", 'run in memory; the collection `stuff` is there and empty'],
      ['thingsc run import.ti --data ./data --scope shop', 'run in the collection `shop` of a store that no server has open'],
      ["thingsc run -e 'name.upper();' --var 'name=\"iris\"' --raw", 'pass a variable; print the text without quotes'],
    );
    const command = this.command(
      'run',
      'run a script or compiled file without a server',
      shown,
      async (file: string | undefined, options: RunOptions) => {
        const { run } = await import('./commands/run.ts');
        return run(file, options, this.io);
      },
    )
      .argument(FILE, 'a script or a compiled file; standard input when left out, or `-`')
      .option(...EVAL)
      .option('--trace', 'tell each statement as it runs, with what it sets, on standard error');
    for (const option of LOCAL_RUN_OPTIONS) command.addOption(option);
    for (const option of ANSWER_OPTIONS) command.addOption(option);
  }

  private query(): void {
    const shown = examples(
      ["thingsc query -c shop -q '.products.filter(|p| p.stock == 0);' --table", 'ask a server at 127.0.0.1:9200'],
      [
        'thingsc query -n db.example.org -u iris -c @thingsdb -q - < script.ti',
        'run a file at another server, password from THINGSC_PASSWORD',
      ],
      ['thingsc query -c stuff --dialect 2019 -q "picture = blob(0)" -b lamp.png', 'ask in the 2019 dialect, and send a file along'],
      ['thingsc query -c shop --watch-room orders', 'print what is emitted to the room `orders`, until Ctrl-C'],
    );
    const command = this.command('query', 'ask a server', shown, async (file: string | undefined, options: QueryOptions) => {
      const { query } = await import('./commands/query.ts');
      return query(file, options, this.io);
    })
      .argument(FILE, 'a script; standard input when left out, or `-`')
      .option('-n, --node <host[:port]>', 'the server', '127.0.0.1:9200')
      .addOption(new Option('-u, --user <name>', 'the user').default('admin').env('THINGSC_USER'))
      .addOption(new Option('-p, --password <password>', 'the password').default('pass').env('THINGSC_PASSWORD'))
      .addOption(new Option('-t, --token <token>', 'a token in place of user and password').env('THINGSC_TOKEN'))
      .option('-c, --collection <name>', 'a collection or a scope such as @thingsdb', 'stuff')
      .option('-q, --query <code>', 'use this code in place of a file; `-` for standard input')
      .addOption(VAR_OPTION)
      .addOption(DIALECT_OPTION)
      .addOption(
        new Option('-b, --blob <file>', 'send the content of a file along, for `blob(0)` in the 2019 dialect; may be repeated')
          .argParser(collect)
          .default([], 'none'),
      )
      .option('--timeout <seconds>', 'how long to wait for the answer', seconds)
      .addOption(
        new Option('--watch-room <name|id>', 'print the events of a room until Ctrl-C, each on a line; may be repeated')
          .argParser(collect)
          .default([], 'none'),
      );
    for (const option of ANSWER_OPTIONS) command.addOption(option);
  }

  private repl(): void {
    const shown = examples(
      ['thingsc repl', 'a prompt on a store in memory; `.help` lists what it knows beside queries'],
      ['thingsc repl --data ./data -c shop', 'on the collection `shop` of a store that no server has open'],
      ['thingsc repl --connect db.example.org -u iris -c shop', 'at a server, password from THINGSC_PASSWORD'],
      ['thingsc repl shop.ti', 'run a script first: its types and procedures are there then'],
    );
    const does = 'ask a store or a server at a prompt, with completion and history';
    const command: Command = this.command(
      'repl',
      does,
      shown,
      async (file: string | undefined, options: Omit<ReplOptions, 'storeUser'>) => {
        const { repl } = await import('./commands/repl.ts');
        // A user that the environment names is one of a server.
        const storeUser = command.getOptionValueSource('user') === 'cli' ? options.user : 'admin';
        return repl(file, { ...options, storeUser }, this.io);
      },
    )
      .argument(FILE, 'a script that is run first')
      .option('-e, --eval <code>', 'run this code first')
      .addOption(DIALECT_OPTION)
      .option('-d, --data <dir>', 'folder of a store (default: a store in memory, gone afterwards)')
      .option('--connect <host[:port]>', 'ask a server in place of a store')
      .addOption(new Option('-u, --user <name>', 'the user, whose rights count').default('admin').env('THINGSC_USER'))
      .addOption(new Option('-p, --password <password>', 'the password, for --connect').default('pass').env('THINGSC_PASSWORD'))
      .addOption(new Option('-t, --token <token>', 'a token in place of user and password').env('THINGSC_TOKEN'))
      .option('-c, --collection <name>', 'a collection or a scope such as @thingsdb', 'stuff')
      .option('--timeout <seconds>', 'end queries on a store with an error after this time', seconds)
      .option('--no-history', 'neither read nor write the file of what was entered');
    for (const option of ANSWER_OPTIONS) command.addOption(option);
  }

  private lsp(): void {
    const shown = examples(['thingsc lsp', 'what an editor starts; docs/editors.md tells how to set it up']);
    this.command('lsp', 'serve an editor: errors, completion, hovers and more, by the Language Server Protocol', shown, async () => {
      const { lsp } = await import('./commands/lsp.ts');
      return lsp();
    }).option('--stdio', 'speak over standard input and output, as it does anyway');
  }

  private migrate(): void {
    const shown = examples(
      ['thingsc migrate shop.t19', 'print the script as one of today, and tell what has no exact counterpart'],
      ['thingsc migrate shop.t19 -o shop.ti', 'write it to a file'],
    );
    const does = 'translate a script in the 2019 dialect to the language of today';
    this.command('migrate', does, shown, async (file: string | undefined, options: MigrateOptions) => {
      const { migrate } = await import('./commands/migrate.ts');
      return migrate(file, options, this.io);
    })
      .argument(FILE, FILE_HELP)
      .option(...EVAL)
      .option('-o, --output <file>', 'where to write (default: standard output)');
  }

  private fmt(): void {
    const shown = examples(
      ['thingsc fmt shop.ti', 'print the script, formatted'],
      ['thingsc fmt --write *.ti', 'format the files in place, and name those that changed'],
      ['thingsc fmt --stdin < shop.ti', 'for editors: from standard input to standard output'],
      ['thingsc fmt --check *.ti', 'name the files that are not formatted, and end with 1 when there are some'],
    );
    this.command('fmt', 'format scripts', shown, async (files: string[], options: FmtOptions) => {
      const { fmt } = await import('./commands/fmt.ts');
      return fmt(files, options, this.io);
    })
      .addArgument(new Argument('[files...]', 'scripts; standard input when left out, or `-`'))
      .option(...EVAL)
      .addOption(DIALECT_OPTION)
      .option('-w, --write', 'write the files back in place')
      .option('--check', 'only name the files that would change')
      .option('--stdin', 'read standard input, as it does when no file is named');
  }
}
