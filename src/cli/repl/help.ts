/** What there is to know of a name: from the rows of the built-ins, from what is defined in the scope, and of the commands. */
import { functionRows, methodRows } from '../../analysis/builtin-names.ts';
import { called as called2019 } from '../../analysis/dialect-2019/calls.ts';
import { nearName } from '../../analysis/near.ts';
import type { Schema } from '../../analysis/schema.ts';
import type { Row } from '../../builtins/row.ts';
import { callableText, enumText, typedSignature, typeText } from '../../lsp/words.ts';
import { columnsOf, harmless } from '../../terminal/columns.ts';
import { writtenName } from '../../values/dialect-2019.ts';
import { fromBytes, toBytes } from '../io.ts';
import { STYLES, styled } from './colours.ts';
import { type Command, CommandError } from './command.ts';
import { highlighted } from './highlight.ts';
import type { Session } from './session.ts';

const NOTES = [
  'A query ends with Enter when it is whole; Alt-Enter begins a line. Tab completes, Ctrl-R searches the history, Ctrl-C gives up.',
  'Each query is a program of its own: its variables end with it. `.set` keeps values.',
  'A text is a command when its first character is the dot. To ask for a property of such a name: ` .mode` with a blank before it, or `.mode;`.',
];

/** The built-ins of a name in the dialect of the session. */
function rowsNamed(name: string, dialect: Session['dialect']): readonly Row[] {
  if (dialect === '2019') return called2019.get(name)?.rows ?? [];
  return [...functionRows(), ...methodRows()].filter((row) => row.name === name);
}

/** Breaks a text into lines of so many columns. */
function wrapped(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && columnsOf(line) + 1 + columnsOf(word) > columns) {
      lines.push(line);
      line = indent;
    }
    line += line.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}

const formOf = ({ name, form }: Command): string => `.${name}${form === '' ? '' : ` ${form}`}`;

function commandsText({ io }: Session, commands: readonly Command[]): string {
  const { columns, colored } = io.out;
  const width = Math.max(...commands.map((command) => formOf(command).length)) + 2;
  const isNarrow = columns < width + 30;
  const lines = commands.map((command) => {
    const form = formOf(command);
    const about =
      command.also === undefined ? command.about : `${command.about} (also ${command.also.map((name) => `.${name}`).join(', ')})`;
    const head = styled(form, STYLES.head, colored);
    if (isNarrow) return `${head}\n${wrapped(about, columns, '    ')}`;
    return head + ' '.repeat(width - form.length) + wrapped(about, columns, ' '.repeat(width)).trimStart();
  });
  return `${lines.join('\n')}\n\n${NOTES.map((note) => wrapped(note, columns, '')).join('\n')}\n`;
}

function rowText(row: Row, { io, dialect }: Session): string {
  const { columns, colored } = io.out;
  const notes = [
    ...(row.changes === undefined ? [] : ['Needs a change.']),
    ...(row.scopes === undefined ? [] : [`Only in the scope: ${row.scopes.join(', ')}.`]),
  ];
  const signature = typedSignature({ ...row, name: writtenName(row.name) });
  const example = highlighted(row.example, dialect, colored)
    .split('\n')
    .map((line) => `    ${line}`);
  return [
    styled(signature, STYLES.head, colored),
    wrapped([row.doc, ...notes].join(' '), columns, '  '),
    ...(row.example === '' ? [] : [example.join('\n')]),
    '',
  ].join('\n');
}

/** What a schema has of a name, as text; null for nothing. What a server tells must not reach the terminal as commands. */
function definedText(schema: Schema, name: string): string | null {
  const text = rawText(schema, name);
  return text === null ? null : harmless(text);
}

function rawText(schema: Schema, name: string): string | null {
  const type = schema.types.get(name);
  if (type !== undefined) return typeText(type);
  const found = schema.enums.get(name);
  if (found !== undefined) return enumText(found);
  const procedure = schema.procedures.get(name);
  if (procedure === undefined) return null;
  return `${callableText('procedure', procedure)}${procedure.doc === '' ? '' : `\n  ${fromBytes(procedure.doc)}`}`;
}

const print = ({ io }: Session, text: string): void => io.out.write(toBytes(text));

async function schemaHere(session: Session): Promise<Schema> {
  await session.known.refresh(session.scope);
  const { schema } = session.known.options;
  if (schema === undefined) throw new CommandError('nothing is known of this scope');
  return schema;
}

/** Tells of a name. A dot or parentheses may be written with it. */
export async function help(session: Session, commands: readonly Command[], argument: string): Promise<boolean> {
  if (argument === '') {
    print(session, commandsText(session, commands));
    return true;
  }
  const name = argument.replace(/^[.\s]+|\(.*$/gs, '');
  const command = commands.find((each) => each.name === name || each.also?.includes(name) === true);
  const texts = rowsNamed(name, session.dialect).map((row) => rowText(row, session));
  if (command !== undefined && (texts.length === 0 || argument.startsWith('.')))
    texts.unshift(`${styled(formOf(command), STYLES.head, session.io.out.colored)}\n  ${command.about}\n`);
  const schema = texts.length > 0 ? null : await schemaHere(session);
  const defined = schema === null ? null : definedText(schema, toBytes(name));
  if (defined !== null) texts.push(`${defined}\n`);
  if (texts.length === 0) throw new CommandError(unknown(name, schema, commands));
  print(session, texts.join('\n'));
  return true;
}

function unknown(name: string, schema: Schema | null, commands: readonly Command[]): string {
  const names = [...functionRows(), ...methodRows()].map((row) => row.name);
  const own = schema === null ? [] : [...schema.types.keys(), ...schema.enums.keys(), ...schema.procedures.keys()];
  const near = nearName(name, [...names, ...own, ...commands.map((command) => command.name)]);
  return `nothing is known of \`${name}\`${near === null ? '' : `; did you mean \`${near}\`?`}`;
}

/** Prints what is defined in the scope, or one of it. */
export async function schemaOf(session: Session, name: string): Promise<boolean> {
  const schema = await schemaHere(session);
  const names = name === '' ? [...schema.types.keys(), ...schema.enums.keys(), ...schema.procedures.keys()] : [toBytes(name)];
  const texts = names.map((each) => definedText(schema, each)).filter((text) => text !== null);
  if (texts.length === 0 && name !== '') throw new CommandError(`there is no type, enumerator or procedure \`${name}\` here`);
  if (texts.length === 0) session.note('no types, enumerators or procedures are defined here');
  else print(session, `${texts.join('\n\n')}\n`);
  return true;
}
