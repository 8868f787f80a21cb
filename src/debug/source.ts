/** Texts that run: the script, and closures that were stored or made from text. */

import { parse as parse2019 } from '../../grammar/2019/parser.ts';
import { parse } from '../../grammar/v1/parser.ts';
import { closureNames } from '../ast/closure-names.ts';
import type { Span } from '../ast/nodes.ts';
import type { ProbeSite } from '../bytecode/probes.ts';
import type { FunctionCode, Program } from '../bytecode/program.ts';
import { isDialect2019 } from '../engine/dialect-2019.ts';
import { fromBytes, toBytes } from '../utf8.ts';
import type { Place, SourceInfo } from './protocol.ts';

export class Source implements SourceInfo {
  readonly id: number;
  readonly name: string;
  readonly path: string | null;
  /** Byte strings. */
  readonly bytes: string;
  /** Where statements begin, each once, in the order of the text. */
  readonly statements: readonly Span[];
  readonly is2019: boolean;
  private readonly starts: readonly number[];
  private names: ReadonlyMap<number, string> | null = null;

  constructor(id: number, name: string, path: string | null, program: Program) {
    this.id = id;
    this.name = name;
    this.path = path;
    this.bytes = program.source;
    this.is2019 = isDialect2019(program);
    this.starts = lineStarts(this.bytes);
    this.statements = statementsOf(program.probes);
  }

  get info(): SourceInfo {
    return { id: this.id, name: this.name, path: this.path };
  }

  place({ start, end }: Span): Place {
    const from = this.position(start);
    const to = this.position(end);
    return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }

  private position(offset: number): { line: number; column: number } {
    const line = this.lineOf(offset);
    const start = this.starts[line - 1] as number;
    return { line, column: fromBytes(this.bytes.slice(start, offset)).length + 1 };
  }

  lineOf(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The byte offset of a line and column; beyond the text its end. */
  offsetOf(line: number, column: number): number {
    const start = this.starts[line - 1];
    if (start === undefined) return this.bytes.length;
    const text = fromBytes(this.bytes.slice(start, this.starts[line] ?? this.bytes.length));
    return start + toBytes(text.slice(0, column - 1)).length;
  }

  /**
   * The statement for a breakpoint: the first that begins on the line, or the one at or behind the column; when there is none, the next below. Undefined
   * behind the last.
   */
  statementFor(line: number, column: number | undefined): Span | undefined {
    if (column !== undefined) {
      const offset = this.offsetOf(line, column);
      // An editor may point into a statement; the innermost one that begins on the line and holds the place is meant, unless one begins there.
      const holding = this.statements.findLast(({ start, end }) => start <= offset && offset < end && this.lineOf(start) === line);
      const exact = this.statements.find(({ start }) => start === offset);
      if (exact !== undefined || holding !== undefined) return exact ?? holding;
    }
    const start = this.offsetOf(line, 1);
    return this.statements.find((statement) => statement.start >= start);
  }

  /** What a function is called; empty for one without a name. */
  nameOf(fn: FunctionCode): string {
    this.names ??= namesIn(this.bytes, this.is2019);
    return this.names.get(fn.start) ?? '';
  }
}

function lineStarts(bytes: string): number[] {
  const starts = [0];
  for (let at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function statementsOf(probes: readonly ProbeSite[]): Span[] {
  const found = new Map<number, Span>();
  for (const { kind, start, end } of probes) {
    if (kind === 'statement' && !found.has(start)) found.set(start, { start, end });
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}

/** Of what runs, so it can be parsed. */
const namesIn = (bytes: string, is2019: boolean): ReadonlyMap<number, string> => closureNames(is2019 ? parse2019(bytes) : parse(bytes));
