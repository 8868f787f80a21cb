/** What becomes of a query on its way to the machine, without running it. */
import { dumpTree } from '../../ast/dump.ts';
import { disassemble } from '../../bytecode/disassemble.ts';
import type { Program } from '../../bytecode/program.ts';
import { printEffects } from '../check/formats.ts';
import { compileSource } from '../compile.ts';
import { frontOf } from '../dialect.ts';
import { toBytes } from '../io.ts';
import { reportDiagnostics } from '../report.ts';
import type { Source } from '../source.ts';
import type { Session } from './session.ts';

const sourceOf = (text: string): Source => ({ name: 'query', path: null, text: toBytes(text) });

/** Prints the syntax tree, of a text with errors too; false when it has some. */
export function ast({ io, dialect }: Session, text: string): boolean {
  const source = sourceOf(text);
  const { script, diagnostics } = frontOf(source, { dialect }).parseTolerant(source.text);
  io.out.write(toBytes(`${dumpTree(script, { spans: true })}\n`));
  reportDiagnostics(source, diagnostics, io.err);
  return diagnostics.length === 0;
}

function compiled({ io, dialect }: Session, source: Source): Program | null {
  const { program, diagnostics } = compileSource(source.text, dialect);
  reportDiagnostics(source, diagnostics, io.err);
  return program;
}

export function bytecode(session: Session, text: string): boolean {
  const program = compiled(session, sourceOf(text));
  if (program !== null) session.io.out.write(disassemble(program));
  return program !== null;
}

export function effects(session: Session, text: string): boolean {
  const source = sourceOf(text);
  const program = compiled(session, source);
  if (program !== null) printEffects(source, program.effects, session.io);
  return program !== null;
}
