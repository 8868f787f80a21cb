/** Where a case failed, and what the sides of a comparison were that did not hold. */
import { parseClosure } from '../../grammar/v1/parser.ts';
import type { Expr, Script, Span } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import { preview } from '../builtins/preview.ts';
import type { Program } from '../bytecode/program.ts';
import { closureCode } from '../engine/toolchain.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { toBytes } from '../utf8.ts';
import { Closure } from '../values/closure.ts';
import type { Frame } from '../vm/frame.ts';
import type { Machine } from '../vm/machine.ts';

export interface Call {
  readonly program: Program;
  /** Byte offset in the program's source; -1 when it is not known. */
  readonly offset: number;
}

export interface Failure {
  readonly error: TiError;
  /** Whether no error was raised, but something is not as the file of tests expects it. */
  readonly isExpectation?: boolean;
  /** The calls that were open, the innermost first. */
  readonly calls: readonly Call[];
  /** `left: 1`: byte strings. */
  readonly notes: readonly string[];
}

/** Comparisons whose sides are worth telling. */
const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** What an assertion says that starts at a byte offset: its condition. */
function assertedAt(script: Script, offset: number): Expr | null {
  let found: Expr | null = null;
  walk(script, {
    enter(node) {
      if (node.kind === 'CallExpr' && node.callee.name === 'assert' && node.start === offset) found = node.args[0] ?? null;
      return undefined;
    },
  });
  return found;
}

/** The value of a part of the source as the innermost frame sees it; null when it cannot be told (any more). */
function valueAt(machine: Machine, source: string, { start, end }: Span): string | null {
  try {
    const text = `|| ${source.slice(start, end)}`;
    parseClosure(text);
    return toBytes(preview(machine.call(new Closure(closureCode(text)), [])));
  } catch (error) {
    if (error instanceof TiError) return null;
    throw error;
  }
}

function sidesOf(machine: Machine, script: Script, source: string, offset: number): string[] {
  const asserted = assertedAt(script, offset);
  if (asserted === null) return [];
  const told = (what: string, part: Span): string[] => {
    const value = valueAt(machine, source, part);
    return value === null ? [] : [`${what}: ${value}`];
  };
  if (asserted.kind === 'BinaryExpr' && COMPARISONS.has(asserted.op))
    return [...told('left', asserted.left), ...told('right', asserted.right)];
  return told('value', asserted);
}

/**
 * What is to be told of an error, at the moment at which it is raised: the frames are those that raised it. `scriptOf` gives the tree of a program that has one.
 */
export function failureOf(machine: Machine, error: TiError, scriptOf: (program: Program) => Script | undefined): Failure {
  const calls: Call[] = [];
  for (let i = machine.depth - 1; i >= 0; i--) {
    const { fn, pc } = machine.frames[i] as Frame;
    calls.push({ program: fn.program, offset: fn.offsetAt(pc - 1) });
  }
  const [top] = calls;
  const script = top === undefined ? undefined : scriptOf(top.program);
  const isAssertion = error.code === ErrorCode.ASSERT && top !== undefined && script !== undefined;
  return { error, calls, notes: isAssertion ? sidesOf(machine, script, top.program.source, top.offset) : [] };
}
