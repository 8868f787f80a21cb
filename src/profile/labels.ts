/** What parts of programs are called where they are shown. */
import type { FunctionCode, Program } from '../bytecode/program.ts';
import type { Entry } from './recorder.ts';
import { lineOf } from './views.ts';

export interface Labels {
  /** The path of a program's file, or what else to call it. Text, not bytes. */
  sourceOf(program: Program): string;
  /** The name that a function has by itself, as the closure of a procedure or of a variable (a byte string); null when it has none. */
  nameOf(fn: FunctionCode): string | null;
}

const text = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

const MAX_CODE = 40;

/** The beginning of a piece of code, on one line. */
export function codeText(source: string, start: number, end: number): string {
  const code = text(source.slice(start, end)).replace(/\s+/g, ' ').trim();
  return code.length <= MAX_CODE ? code : `${code.slice(0, MAX_CODE - 3)}...`;
}

/** The name of a function: its own, or that by which it was called, or how it begins. */
export function functionLabel(fn: FunctionCode, calledBy: string, labels: Labels): string {
  if (fn.index === 0 && fn.params.length === 0 && !fn.text.trimStart().startsWith('|')) return labels.sourceOf(fn.program);
  const name = labels.nameOf(fn) ?? (calledBy === '' ? null : calledBy.replace(/^\./, ''));
  return name === null ? codeText(fn.program.source, fn.start, fn.end) : text(name);
}

export const placeLabel = (program: Program, start: number, labels: Labels): string =>
  `${labels.sourceOf(program)}:${lineOf(program.source, start)}`;

/** The label of an entry in a drawing of calls. */
export function entryLabel(entry: Entry, labels: Labels): string {
  const { kind, fn, start, end, name } = entry;
  if (kind === 'builtin') return text(name);
  if (kind === 'statement') return `${lineOf(fn.program.source, start)}: ${codeText(fn.program.source, start, end)}`;
  return functionLabel(fn, name, labels);
}
