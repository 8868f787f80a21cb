/** The commands of the prompt: the texts that begin with a dot. */
import { existsSync } from 'node:fs';
import { TiError } from '../../errors.ts';
import { isName } from '../../values/thing.ts';
import { msgpackToJson } from '../../wire/json.ts';
import { DIALECTS } from '../dialect.ts';
import { CliError } from '../exit.ts';
import { writeWhole } from '../files.ts';
import { fromBytes, toBytes } from '../io.ts';
import { readSourceFile } from '../source.ts';
import { tableOf } from '../table.ts';
import { packText } from '../vars.ts';
import { type Command, CommandError, type Shell } from './command.ts';
import { help, schemaOf } from './help.ts';
import { ast, bytecode, effects } from './inspect.ts';
import { Interrupted } from './place.ts';
import { MODES, type Session } from './session.ts';
import { sendable, shown } from './variables.ts';

const SWITCH = ['on', 'off'] as const;

function need(argument: string, form: string): string {
  if (argument === '') throw new CommandError(`write \`${form}\``);
  return argument;
}

function oneOf<T extends string>(argument: string, words: readonly T[]): T {
  const found = words.find((word) => word === argument);
  if (found === undefined) throw new CommandError(`\`${argument}\` is none of ${words.join(', ')}`);
  return found;
}

/** The query that a command is about: what was told, or the last. */
function queryOf({ last }: Session, argument: string): string {
  if (argument !== '') return argument;
  if (last === null) throw new CommandError('there is no query yet: write one behind the command');
  return last;
}

async function use({ session }: Shell, scope: string): Promise<boolean> {
  if (scope === '') {
    session.io.out.write(toBytes(`${session.scope}, ${session.place.about}\n`));
    return true;
  }
  // Asking shows whether it is there.
  await session.ask('nil', session.dialect, scope);
  session.scope = scope;
  session.known.outdated();
  return true;
}

const COLLECTIONS = `collections_info().map(|info| {
  c = info.load();
  {name: c.name, things: c.things, time_zone: c.time_zone};
});`;

async function collections({ session }: Shell): Promise<boolean> {
  const answer = await session.ask(COLLECTIONS, 'v1', '@thingsdb');
  const { columns, colored } = session.io.out;
  session.io.out.write(tableOf(answer, session.isInteractive ? { columns, colored } : {}));
  return true;
}

async function time({ session }: Shell, argument: string): Promise<boolean> {
  if (argument !== '' && !SWITCH.some((word) => word === argument)) return session.run(argument, { isTimed: true });
  session.isTimed = argument === '' ? !session.isTimed : argument === 'on';
  session.note(`times are ${session.isTimed ? 'shown' : 'not shown'}`);
  return true;
}

async function mode({ session }: Shell, argument: string): Promise<boolean> {
  if (argument !== '') session.mode = oneOf(argument, MODES);
  session.note(`answers are shown as ${session.mode}`);
  return true;
}

async function limit({ session }: Shell, argument: string): Promise<boolean> {
  if (argument !== '') {
    if (!/^\d{1,9}$/.test(argument)) throw new CommandError(`\`${argument}\` is no number of items; 0 shows all`);
    session.limit = Number(argument);
  }
  session.note(session.limit === 0 ? 'all items are shown' : `of each list, ${session.limit} items are shown`);
  return true;
}

async function dialect({ session }: Shell, argument: string): Promise<boolean> {
  if (argument !== '') session.dialect = oneOf(argument, DIALECTS);
  session.note(`queries are read in the dialect ${session.dialect}`);
  return true;
}

async function set({ session }: Shell, argument: string): Promise<boolean> {
  const [name = '', json = ''] = need(argument, '.set NAME JSON').split(/\s+(.*)/s);
  if (!isName(name)) throw new CommandError(`\`${name}\` is no name of a variable`);
  if (json !== '') session.variables.set(name, jsonValue(json));
  else if (session.lastAnswer === null) throw new CommandError('there is no answer yet that could be kept');
  else session.variables.set(name, sendable(session.lastAnswer));
  return true;
}

function jsonValue(json: string): Uint8Array {
  try {
    return packText(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`the value is no JSON: ${error.message}`);
  }
}

async function unset({ session }: Shell, argument: string): Promise<boolean> {
  const name = need(argument, '.unset NAME');
  if (!session.variables.delete(name)) throw new CommandError(`there is no variable \`${name}\``);
  return true;
}

async function vars({ session }: Shell): Promise<boolean> {
  const { names } = session.variables;
  if (names.length === 0) session.note('no variables; `.set NAME JSON` makes one, `.set NAME` keeps the last answer');
  for (const name of names) {
    const value = session.variables.get(name) as Uint8Array;
    session.io.out.write(`${name} = ${msgpackToJson(shown(value), { unsupported: 'text', indent: 0 })}\n`);
  }
  return true;
}

async function load({ session }: Shell, argument: string): Promise<boolean> {
  const { path, text } = readSourceFile(need(argument, '.load FILE'));
  const isOld = path?.endsWith('.t19') === true;
  return session.run(fromBytes(text), { name: argument, dialect: isOld ? '2019' : session.dialect });
}

async function save({ session }: Shell, argument: string): Promise<boolean> {
  const file = need(argument, '.save FILE');
  if (session.done.length === 0) throw new CommandError('there is no query yet that could be saved');
  if (existsSync(file)) throw new CommandError(`${file} is there already`);
  const texts = session.done.map((text) => (text.trimEnd().endsWith(';') ? text.trimEnd() : `${text.trimEnd()};`));
  writeWhole(file, Buffer.from(`${texts.join('\n')}\n`));
  session.note(`${file}: ${texts.length} ${texts.length === 1 ? 'query' : 'queries'}`);
  return true;
}

async function edit({ session, edit: editor }: Shell, argument: string): Promise<boolean> {
  if (editor === null) throw new CommandError('there is no terminal for an editor');
  const text = await editor(argument === '' ? (session.last ?? '') : argument);
  return text === null || text.trim() === '' ? true : session.run(text);
}

async function history({ session, entered }: Shell, argument: string): Promise<boolean> {
  const found = entered().filter((text) => text.includes(argument));
  for (const text of found.slice(-session.limit)) session.io.out.write(toBytes(`${text}\n`));
  return true;
}

const leave = async (): Promise<'leave'> => 'leave';

export const COMMANDS: readonly Command[] = [
  {
    name: 'help',
    form: '[NAME]',
    takes: 'name',
    about: 'tell what a function, method, type, procedure or command does; alone: the commands',
    act: ({ session }, argument) => help(session, COMMANDS, argument),
  },
  {
    name: 'use',
    also: ['scope'],
    form: '[SCOPE]',
    takes: 'scope',
    about: 'go to a collection, or a scope such as @thingsdb; alone: tell where we are',
    act: use,
  },
  { name: 'collections', form: '', takes: 'nothing', about: 'list the collections', act: collections },
  {
    name: 'schema',
    form: '[NAME]',
    takes: 'name',
    about: 'print the types, enumerators and procedures here, or one of them',
    act: ({ session }, argument) => schemaOf(session, argument),
  },
  { name: 'mode', form: '[tree|table|json|raw]', takes: 'word', words: MODES, about: 'how answers are shown', act: mode },
  { name: 'limit', form: '[NUMBER]', takes: 'word', about: 'how many items of a list are shown; 0 for all', act: limit },
  {
    name: 'time',
    form: '[on|off|QUERY]',
    takes: 'query',
    words: SWITCH,
    about: 'show how long queries take, or how long one takes',
    act: time,
  },
  {
    name: 'ast',
    form: '[QUERY]',
    takes: 'query',
    about: 'print the syntax tree of a query, or of the last',
    act: async ({ session }, argument) => ast(session, queryOf(session, argument)),
  },
  {
    name: 'bytecode',
    form: '[QUERY]',
    takes: 'query',
    about: 'print the instructions that a query is compiled to',
    act: async ({ session }, argument) => bytecode(session, queryOf(session, argument)),
  },
  {
    name: 'effects',
    form: '[QUERY]',
    takes: 'query',
    about: 'tell whether a query needs a change, and why',
    act: async ({ session }, argument) => effects(session, queryOf(session, argument)),
  },
  {
    name: 'set',
    form: 'NAME [JSON]',
    takes: 'word',
    about: 'keep a value as a variable of the queries that follow; without JSON: the last answer',
    act: set,
  },
  { name: 'unset', form: 'NAME', takes: 'name', about: 'forget a variable', act: unset },
  { name: 'vars', form: '', takes: 'nothing', about: 'list the variables', act: vars },
  { name: 'load', form: 'FILE', takes: 'file', about: 'run a script', act: load },
  { name: 'save', form: 'FILE', takes: 'file', about: 'write the queries of this session that went well into a file', act: save },
  { name: 'edit', form: '[QUERY]', takes: 'query', about: 'edit a query, or the last, in $EDITOR and run it', act: edit },
  { name: 'history', form: '[WORDS]', takes: 'word', about: 'list what was entered', act: history },
  { name: 'dialect', form: '[v1|2019]', takes: 'word', words: DIALECTS, about: 'the dialect of queries', act: dialect },
  { name: 'exit', also: ['quit'], form: '', takes: 'nothing', about: 'leave, as Ctrl-D does', act: leave },
];

/** The command of a name; undefined for any other name. */
export const commandNamed = (name: string): Command | undefined =>
  COMMANDS.find((command) => command.name === name || command.also?.includes(name) === true);

export const isCommand = (name: string): boolean => commandNamed(name) !== undefined;

/** Runs a command; true when it went well, `leave` to leave. */
export async function runCommand(shell: Shell, command: Command, argument: string): Promise<boolean | 'leave'> {
  const { session } = shell;
  try {
    if (command.takes === 'nothing' && argument !== '') throw new CommandError(`\`.${command.name}\` takes nothing behind it`);
    return await command.act(shell, argument);
  } catch (error) {
    if (error instanceof TiError) session.fault(fromBytes(error.message));
    else if (error instanceof Interrupted) session.note(error.message);
    else if (error instanceof CommandError || error instanceof CliError) session.fault(error.message);
    else throw error;
    return false;
  }
}
