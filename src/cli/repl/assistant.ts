/** What the line editor asks: colours, whether a text is whole, completion, and hints on calls. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AnalyzeOptions } from '../../analysis/analyze.ts';
import { functionRows, methodRows } from '../../analysis/builtin-names.ts';
import { type Candidate, candidatesIn, wordBefore } from '../../analysis/complete.ts';
import { type Called, called as called2019 } from '../../analysis/dialect-2019/calls.ts';
import { reader2019 } from '../../analysis/dialect-2019/reader.ts';
import { openedBefore } from '../../analysis/opened.ts';
import { ANY, describe, type Type } from '../../analysis/types.ts';
import { TiError } from '../../errors.ts';
import { signaturesIn } from '../../lsp/signature.ts';
import { callableText, typedSignature } from '../../lsp/words.ts';
import type { Assistant } from '../../terminal/editor.ts';
import type { Span } from '../../terminal/layout.ts';
import type { Completion, Completions } from '../../terminal/menu.ts';
import { msgpackToJson } from '../../wire/json.ts';
import { CliError } from '../exit.ts';
import { fromBytes, toBytes } from '../io.ts';
import { STYLES } from './colours.ts';
import { COMMANDS, commandNamed, isCommand } from './commands.ts';
import { isWhole } from './enter.ts';
import { spansOf } from './highlight.ts';
import { type Input, readInput } from './input.ts';
import { scopeKind } from './known.ts';
import { Interrupted } from './place.ts';
import type { Session } from './session.ts';

/** In a text longer than this, in code units, there are no hints: each key would take too long. */
const MOST_TEXT = 5000;

const ROOT_SCOPES: readonly string[] = ['@thingsdb', '@node'];

/** That something cannot be had now is no reason to disturb who writes. */
const isNoAnswer = (error: unknown): boolean => error instanceof TiError || error instanceof CliError || error instanceof Interrupted;

/** What the scope itself has comes before what all scopes have. */
const RANKS: Readonly<Record<Candidate['kind'], number>> = {
  field: 0,
  key: 0,
  property: 0,
  member: 0,
  variable: 0,
  'own-method': 1,
  procedure: 1,
  type: 1,
  enum: 1,
  method: 2,
  function: 2,
  keyword: 3,
  constant: 4,
};

/** What was defined stays in the order of its definition. */
function byRank(a: Candidate, b: Candidate): number {
  const rank = RANKS[a.kind];
  if (rank !== RANKS[b.kind] || rank === 0) return rank - RANKS[b.kind];
  return a.name < b.name ? -1 : 1;
}

function aboutOf(candidate: Candidate): string {
  switch (candidate.kind) {
    case 'function':
    case 'method':
      return `${typedSignature(candidate.row)}  ${candidate.row.doc}`;
    case 'field':
    case 'key':
      return `${candidate.name}: ${candidate.field.definition}`;
    case 'property':
      return `${candidate.name}: ${describe(candidate.type)}`;
    case 'own-method':
    case 'procedure':
      return callableText(candidate.kind === 'procedure' ? 'procedure' : 'method', candidate.callable);
    case 'type':
    case 'enum':
      return `${candidate.kind} ${candidate.name}`;
    default:
      return candidate.kind;
  }
}

/** What is written: a call up to its first argument, or whole when it has none. */
function insertOf(candidate: Candidate, previous: string | undefined, next: string | undefined): string {
  const name = fromBytes(candidate.name);
  // In a string it is only named.
  if (previous === "'" || previous === '"') return name;
  if (candidate.kind === 'key') return `${name}: `;
  if (next === '(') return name;
  if (candidate.kind === 'function' || candidate.kind === 'method') return candidate.row.params.length === 0 ? `${name}()` : `${name}(`;
  if (candidate.kind === 'own-method') return candidate.callable.params.length <= 1 ? `${name}()` : `${name}(`;
  if (candidate.kind === 'procedure') return candidate.callable.params.length === 0 ? `${name}()` : `${name}(`;
  return name;
}

export class SessionAssistant implements Assistant {
  private readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  private read(text: string): Input {
    return readInput(text, isCommand);
  }

  /** Where the query of a text begins; null when it has none. */
  private queryStart(text: string): number | null {
    const input = this.read(text);
    if (input.kind !== 'command') return 0;
    return commandNamed(input.name)?.takes === 'query' ? input.at : null;
  }

  highlight(text: string): readonly Span[] {
    if (!this.session.io.out.colored) return [];
    const input = this.read(text);
    const start = this.queryStart(text);
    const spans = start === null ? [] : spansOf(text.slice(start), this.session.dialect);
    const moved = spans.map((span) => ({ ...span, start: span.start + (start ?? 0), end: span.end + (start ?? 0) }));
    return input.kind === 'command' ? [{ start: 0, end: 1 + input.name.length, style: STYLES.command }, ...moved] : moved;
  }

  isComplete(text: string): boolean {
    return isWhole(text, this.session);
  }

  hint(text: string, cursor: number): string {
    const start = this.queryStart(text);
    if (start === null || this.session.dialect === '2019' || text.length > MOST_TEXT || !text.includes('(')) return '';
    const query = text.slice(start);
    const offset = toBytes(query.slice(0, Math.max(0, cursor - start))).length;
    const [first, second] = signaturesIn(toBytes(query), offset, this.analyzeOptions)?.signatures ?? [];
    if (first === undefined) return '';
    return second === undefined ? `${first.label}  ${first.documentation}` : `${first.label}  (and others)`;
  }

  async complete(text: string, cursor: number): Promise<Completions | null> {
    const before = text.slice(0, cursor);
    const input = this.read(before);
    const start = this.queryStart(before);
    if (input.kind === 'command' && start === null) return this.completeArgument(input.name, before.slice(input.at), input.at);
    const found = await this.completeQuery(text.slice(start ?? 0), cursor - (start ?? 0));
    const command = /^\.[a-z]*$/.test(before) ? commandItems(before.slice(1)) : [];
    const words = input.kind === 'command' ? wordItems(commandNamed(input.name)?.words ?? [], before.slice(input.at)) : [];
    const items = [...words, ...command, ...found];
    return items.length === 0 ? null : { start: cursor - wordBefore(before, cursor).length, items };
  }

  private get analyzeOptions(): AnalyzeOptions {
    const { known, scope, variables } = this.session;
    const vars = new Map(variables.names.map((name): [string, Type] => [name, ANY]));
    return { ...known.options, scope: scopeKind(scope), vars };
  }

  private async completeQuery(text: string, cursor: number): Promise<Completion[]> {
    const offset = toBytes(text.slice(0, cursor)).length;
    const word = wordBefore(text, cursor);
    if (this.session.dialect === '2019') return this.complete2019(toBytes(text), offset, word);
    await this.refreshed();
    const candidates = candidatesIn(toBytes(text), offset, this.analyzeOptions)
      .filter(({ name }) => fromBytes(name).startsWith(word))
      .sort(byRank);
    return candidates.map((candidate) => ({
      label: fromBytes(candidate.name),
      insert: insertOf(candidate, text[cursor - word.length - 1], text[cursor]),
      about: fromBytes(aboutOf(candidate)),
    }));
  }

  /** In the 2019 dialect, functions of the scope, or methods, of whatever the value is. */
  private complete2019(text: string, offset: number, word: string): Completion[] {
    if (openedBefore(reader2019, text, 0, offset) !== '') return [];
    const isMethod = text[offset - word.length - 1] === '.';
    const isRoot = scopeKind(this.session.scope) === 'thingsdb';
    const fitting = [...called2019.values()].filter(({ receiver, isOfRoot }) =>
      isMethod ? receiver !== 0 : receiver === 0 && isOfRoot === isRoot,
    );
    return wordItems(fitting.map(({ name }) => name).sort(), word).map(({ label }) => {
      const [row] = (called2019.get(label) as Called).rows;
      return { label, insert: row.params.length === 0 ? `${label}()` : `${label}(`, about: row.doc };
    });
  }

  /** Asks what there is; without an answer, what was known has to do. */
  private async refreshed(): Promise<void> {
    const { known, scope } = this.session;
    try {
      await known.refresh(scope);
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
    }
  }

  private async completeArgument(name: string, argument: string, at: number): Promise<Completions | null> {
    const command = commandNamed(name);
    if (command === undefined) return null;
    const items = await this.argumentItems(command.takes, argument, command.words ?? []);
    return items.length === 0 ? null : { start: at, items };
  }

  private async argumentItems(takes: string, argument: string, words: readonly string[]): Promise<Completion[]> {
    if (takes === 'file') return fileItems(argument);
    if (takes === 'scope') return wordItems(await this.scopes(), argument);
    if (takes !== 'name') return wordItems(words, argument);
    const { variables, known, dialect } = this.session;
    await this.refreshed();
    const { schema } = known.options;
    const own = [...(schema?.types.keys() ?? []), ...(schema?.enums.keys() ?? []), ...(schema?.procedures.keys() ?? [])].map(fromBytes);
    const builtins = dialect === '2019' ? [...called2019.keys()] : [...functionRows(), ...methodRows()].map(({ name }) => name);
    return wordItems([...new Set([...variables.names, ...own, ...builtins])].sort(), argument);
  }

  private async scopes(): Promise<readonly string[]> {
    try {
      const answer = await this.session.ask('collections_info().map(|c| c.load().name);', 'v1', '@thingsdb');
      const names = JSON.parse(fromBytes(msgpackToJson(answer, { unsupported: 'text', indent: 0 }))) as readonly string[];
      return [...names, ...ROOT_SCOPES];
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      return ROOT_SCOPES;
    }
  }
}

const wordItems = (words: readonly string[], start: string): Completion[] =>
  words.filter((word) => word.startsWith(start)).map((label) => ({ label }));

const commandItems = (start: string): Completion[] =>
  COMMANDS.filter(({ name }) => name.startsWith(start)).map(({ name, form, about }) => ({
    label: name,
    insert: form === '' ? name : `${name} `,
    about,
  }));

/** Files whose path begins like this. */
function fileItems(start: string): Completion[] {
  const folder = start.endsWith('/') ? start : dirname(start);
  const prefix = start.endsWith('/') || start.includes('/') ? join(folder, '/') : '';
  try {
    return readdirSync(folder, { withFileTypes: true })
      .map((entry) => `${prefix}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .filter((path) => path.startsWith(start))
      .sort()
      .map((label) => ({ label }));
  } catch {
    // A folder that cannot be read has no files for us.
    return [];
  }
}
