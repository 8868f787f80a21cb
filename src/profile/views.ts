/** What was recorded, by line, by closure and by built-in. */
import type { FunctionCode, Program } from '../bytecode/program.ts';
import { type Entry, entriesOf, totalOf } from './recorder.ts';

/** Times are in milliseconds. */
export interface Spent {
  count: number;
  /** Without what it called. */
  self: number;
  /** With what it called, once for all calls of itself. */
  total: number;
}

export interface ClosureSpent extends Spent {
  readonly fn: FunctionCode;
  /** What it was called by; empty when there was no name. */
  readonly name: string;
}

export interface BuiltinSpent extends Spent {
  readonly name: string;
}

const none = (): Spent => ({ count: 0, self: 0, total: 0 });

/** The parts of a closure itself: its statements, without what these call. */
function ownTime({ self, below }: Entry): number {
  let time = self;
  for (const each of below.values()) if (each.kind === 'statement') time += each.self;
  return time;
}

function put<K, V extends Spent>(found: Map<K, V>, key: K, make: () => V): V {
  let spent = found.get(key);
  if (spent === undefined) {
    spent = make();
    found.set(key, spent);
  }
  return spent;
}

/** Closures that were called, and the program itself, those that took longest first. */
export function closures(roots: Iterable<Entry>): ClosureSpent[] {
  const found = new Map<FunctionCode, ClosureSpent>();
  for (const { entry, way } of entriesOf(roots)) {
    if (entry.kind !== 'closure' && entry.kind !== 'program') continue;
    const spent = put(found, entry.fn, () => ({ ...none(), fn: entry.fn, name: entry.name }));
    spent.count += entry.count;
    spent.self += ownTime(entry);
    if (!way.some(({ kind, fn }) => (kind === 'closure' || kind === 'program') && fn === entry.fn)) spent.total += totalOf(entry);
  }
  return [...found.values()].sort((a, b) => b.total - a.total);
}

/** Built-ins that were called, those that took longest themselves first. */
export function builtins(roots: Iterable<Entry>): BuiltinSpent[] {
  const found = new Map<string, BuiltinSpent>();
  for (const { entry, way } of entriesOf(roots)) {
    if (entry.kind !== 'builtin') continue;
    const spent = put(found, entry.name, () => ({ ...none(), name: entry.name }));
    spent.count += entry.count;
    spent.self += entry.self;
    if (!way.some(({ kind, name }) => kind === 'builtin' && name === entry.name)) spent.total += totalOf(entry);
  }
  return [...found.values()].sort((a, b) => b.self - a.self);
}

/** Lines of a text by number from 1. `self` is the time of what stands in the line, built-ins too, without the closures that these call. */
export type Lines = ReadonlyMap<number, Spent>;

export function lineOf(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) line++;
  return line;
}

/** The lines of each program. */
export function lines(roots: Iterable<Entry>): ReadonlyMap<Program, Lines> {
  const found = new Map<Program, Map<number, Spent>>();
  /** How often each statement ran, by where it starts: of several in a line, the most counts. */
  const counts = new Map<Program, Map<number, number>>();
  const lineNumbers = new Map<Entry, number>();
  const lineFor = (entry: Entry): number => {
    let line = lineNumbers.get(entry);
    if (line === undefined) {
      line = lineOf(entry.fn.program.source, entry.start);
      lineNumbers.set(entry, line);
    }
    return line;
  };
  for (const { entry, way } of entriesOf(roots)) {
    if (entry.kind !== 'statement' && entry.kind !== 'builtin') continue;
    const { program } = entry.fn;
    const line = lineFor(entry);
    const own = found.get(program) ?? new Map<number, Spent>();
    found.set(program, own);
    const spent = put(own, line, none);
    spent.self += entry.self;
    const isInside = way.some(
      (each) => (each.kind === 'statement' || each.kind === 'builtin') && each.fn.program === program && lineFor(each) === line,
    );
    if (!isInside) spent.total += totalOf(entry);
    if (entry.kind !== 'statement') continue;
    const starts = counts.get(program) ?? new Map<number, number>();
    counts.set(program, starts);
    const count = (starts.get(entry.start) ?? 0) + entry.count;
    starts.set(entry.start, count);
    spent.count = Math.max(spent.count, count);
  }
  return found;
}
