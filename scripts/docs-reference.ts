/** The pages of `docs/reference`: all functions and methods, made from their rows. */
import { topics } from '../src/builtins/registry.ts';
import type { Param, Row } from '../src/builtins/row.ts';

const NOTE = '<!-- Written by `npm run docs` from the rows in src/builtins. -->';

/** The types that a name of several stands for. */
const GROUPS = [
  ['any', 'everything'],
  ['number', 'int, float and bool'],
  ['raw', 'str and bytes'],
  ['array', 'list and tuple'],
  ['date', 'datetime and timeval'],
] as const;

const SCOPE_NAMES = { collection: 'collections', thingsdb: '`@thingsdb`', node: '`@node`' } as const;

/** How a row is called on its page: `abs`, `list.push`. */
export const titleOf = (row: Row): string =>
  row.receiver === undefined ? row.name : `${row.receiver.replaceAll('|', ' or ')}.${row.name}`;

const anchorOf = (row: Row): string =>
  titleOf(row)
    .toLowerCase()
    .replace(/[^a-z0-9_ -]/g, '')
    .replaceAll(' ', '-');

function parameter(param: Param): string {
  const text = `${param.name}${param.rest ? '...' : ''}: ${param.type}`;
  return param.optional ? `[${text}]` : text;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What a call changes, where it may be, and which right it needs. */
function rules(row: Row): string[] {
  const lines: string[] = [];
  if (row.changes !== undefined) {
    const exception = row.receiver !== undefined && row.notOnVariable ? ', unless it is called on a variable' : '';
    lines.push(`Changes what is stored in ${listed(row.changes.map((scope) => SCOPE_NAMES[scope]))}${exception}.`);
  }
  if (row.scopes !== undefined) lines.push(`Exists in ${listed(row.scopes.map((scope) => SCOPE_NAMES[scope]))} only.`);
  if (row.right !== undefined) lines.push(`Needs the right \`${row.right}\`.`);
  if (row.commits) lines.push('Where the scope keeps a history, the query must have made a commit.');
  return lines;
}

/** JSON with a space behind each comma and colon. */
const spaced = (json: string): string =>
  json.replace(/("(?:[^"\\]|\\.)*")|([,:])\s*/g, (_all, text?: string, sign?: string) => text ?? `${sign} `);

function exampleOf(row: Row): string {
  const at = row.example.indexOf('// => ');
  return at < 0 ? row.example : `${row.example.slice(0, at)}// => ${spaced(row.example.slice(at + 6))}`;
}

function section(row: Row): string {
  const signature = `${titleOf(row)}(${row.params.map(parameter).join(', ')}) -> ${row.returns}`;
  return [`## ${titleOf(row)}`, `    ${signature}`, [row.doc, ...rules(row)].join(' '), `\`\`\`ti\n${exampleOf(row)}\n\`\`\``].join('\n\n');
}

function indexPage(): string {
  const link = (topic: string, row: Row): string => `[\`${titleOf(row)}\`](${topic}.md#${anchorOf(row)})`;
  const entries = topics.map(({ name, title, rows }) => `## [${title}](${name}.md)\n\n${rows.map((row) => link(name, row)).join(' · ')}`);
  const groups = GROUPS.map(([name, what]) => `| \`${name}\` | ${what} |`).join('\n');
  return `# Functions and methods

${NOTE}

A function is called as \`name(...)\`, a method as \`receiver.name(...)\`. Parameters in brackets may be left out, and \`...\` stands for any number of arguments. A wrong
number or type of arguments is an error that says which argument is wrong, what was expected and what was given. Where several types are meant at once, they are called

| name | types |
|---|---|
${groups}

Each example is a query of its own; behind \`// =>\` is its answer as JSON.

${entries.join('\n\n')}
`;
}

/** All pages by the names of their files. */
export function referencePages(): ReadonlyMap<string, string> {
  const pages = new Map([['README.md', indexPage()]]);
  for (const { name, title, about, rows } of topics) {
    const parts = [`# ${title}`, NOTE, ...(about === '' ? [] : [about]), ...rows.map(section)];
    pages.set(`${name}.md`, `${parts.join('\n\n')}\n`);
  }
  return pages;
}
