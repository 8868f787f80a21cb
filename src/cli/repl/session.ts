/** A session at the prompt: where queries run, how their answers are shown, and what has been asked so far. */
import { parseTolerant as parse2019 } from '../../../grammar/2019/parser.ts';
import { parseTolerant } from '../../../grammar/v1/parser.ts';
import { ErrorCode, TiError } from '../../errors.ts';
import { harmless } from '../../terminal/columns.ts';
import { type AnswerFormat, answerText } from '../answer.ts';
import { compileSource } from '../compile.ts';
import type { Dialect } from '../dialect.ts';
import { CliError } from '../exit.ts';
import { fromBytes, type Io, toBytes } from '../io.ts';
import { reportDiagnostics, reportFailure } from '../report.ts';
import type { Source } from '../source.ts';
import { tableOf } from '../table.ts';
import { STYLES, styled } from './colours.ts';
import { Known } from './known.ts';
import { Interrupted, type Place } from './place.ts';
import { treeOf } from './tree.ts';
import { Variables } from './variables.ts';

export const MODES = ['tree', 'table', 'json', 'raw'] as const;
export type Mode = (typeof MODES)[number];

export interface SessionOptions {
  readonly io: Io;
  readonly place: Place;
  readonly scope: string;
  readonly dialect: Dialect;
  readonly mode: Mode;
  /** Whether a person reads the answers; a program gets them whole and without decorations. */
  readonly isInteractive: boolean;
}

const FORMATS: Readonly<Record<Mode, AnswerFormat>> = { tree: 'pretty', table: 'table', json: 'json', raw: 'raw' };

const DEFAULT_LIMIT = 100;
const UNDEFINED_VARIABLE = /^variable `(.*)` is undefined$/;

export class Session {
  readonly io: Io;
  readonly place: Place;
  readonly isInteractive: boolean;
  readonly variables = new Variables();
  readonly known: Known;
  scope: string;
  dialect: Dialect;
  mode: Mode;
  /** How many items of a list are shown; 0 for all. */
  limit: number;
  isTimed = false;
  /** The queries that ran without an error, in order. */
  readonly done: string[] = [];
  /** The last query, as text. */
  last: string | null = null;
  lastAnswer: Buffer | null = null;
  /** Names of variables of earlier queries. */
  private readonly assigned = new Set<string>();

  constructor({ io, place, scope, dialect, mode, isInteractive }: SessionOptions) {
    this.io = io;
    this.place = place;
    this.scope = scope;
    this.dialect = dialect;
    this.mode = mode;
    this.isInteractive = isInteractive;
    this.limit = isInteractive ? DEFAULT_LIMIT : 0;
    this.known = new Known((text) => this.ask(text, 'v1'));
  }

  /** Runs a query (text, not bytes) and shows its answer, or its error; true when it went well. Rejects with CliError for faults of other kinds. */
  async run(text: string, { isTimed = this.isTimed, name = 'query', dialect = this.dialect } = {}): Promise<boolean> {
    const source: Source = { name, path: null, text: toBytes(text) };
    this.last = text;
    const { diagnostics } = compileSource(source.text, dialect);
    if (diagnostics.length > 0) {
      reportDiagnostics(source, diagnostics, this.io.err);
      return false;
    }
    const started = performance.now();
    try {
      const answer = await this.ask(source.text, dialect);
      const took = performance.now() - started;
      this.lastAnswer = answer;
      this.done.push(text);
      this.known.outdated();
      this.io.out.write(this.shown(answer));
      if (isTimed) this.note(`${took < 10 ? took.toFixed(2) : took.toFixed(0)} ms`);
      return true;
    } catch (error) {
      this.known.outdated();
      this.failed(source, error);
      return false;
    } finally {
      this.remember(source.text, dialect);
    }
  }

  /** Runs a text (a byte string) here, with the variables that it mentions. */
  ask(text: string, dialect: Dialect, scope = this.scope): Promise<Buffer> {
    const vars = dialect === '2019' ? null : this.variables.packedFor(text);
    return this.place.ask({ dialect, scope, text, vars });
  }

  /** An answer in the present mode: bytes. */
  shown(answer: Buffer): string {
    const { mode, limit, io } = this;
    if (!this.isInteractive) return answerText(answer, FORMATS[mode]);
    const { columns, colored } = io.out;
    if (mode === 'table') return tableOf(answer, { columns, limit, colored });
    if (mode === 'tree') return toBytes(treeOf(answer, { columns, colored, limit }));
    const text = answerText(answer, FORMATS[mode]);
    // What a text holds must not reach the terminal as commands.
    return toBytes(harmless(fromBytes(text.endsWith('\n') ? text : `${text}\n`)));
  }

  /** Tells of an error of a query. Throws what is none. */
  private failed(source: Source, error: unknown): void {
    if (error instanceof Interrupted) {
      this.note(error.message);
      return;
    }
    if (error instanceof CliError && this.isInteractive) {
      this.fault(error.message);
      return;
    }
    if (!(error instanceof TiError)) throw error;
    reportFailure(source, error, !this.isInteractive && this.mode === 'json', this.io);
    if (error.code === ErrorCode.LOOKUP) this.explain(error);
  }

  /** Variables do not outlive their query, which is what people find out first. */
  private explain({ message }: TiError): void {
    const name = UNDEFINED_VARIABLE.exec(message)?.[1];
    if (name === undefined || !this.assigned.has(name)) return;
    this.note(
      `variables end with their query: enter both together (Alt-Enter begins a line), or keep an answer with \`.set ${fromBytes(name)}\``,
    );
  }

  private remember(text: string, dialect: Dialect): void {
    const { script } = dialect === '2019' ? parse2019(text) : parseTolerant(text);
    for (const statement of script.body) if (statement.kind === 'AssignExpr') this.assigned.add(statement.target.name);
  }

  /** Tells of a fault that has no place in a query: text, not bytes. */
  fault(message: string): void {
    const { err } = this.io;
    err.write(toBytes(`${styled('error', STYLES.bad, err.colored)}: ${harmless(message)}\n`));
  }

  /** A line for people that is not a part of an answer: text, not bytes. */
  note(text: string): void {
    if (!this.isInteractive) return;
    const { err } = this.io;
    err.write(toBytes(`${styled(text, STYLES.dim, err.colored)}\n`));
  }
}
