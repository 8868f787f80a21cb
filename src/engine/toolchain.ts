/** From text to program with the built-ins of this project, and a cache of the programs of recent texts. */

import { compactArrow } from '../../grammar/2019/compact.ts';
import { compactClosure } from '../../grammar/v1/compact.ts';
import { closureDefinition } from '../../grammar/v1/definition.ts';
import { parse, parseClosure } from '../../grammar/v1/parser.ts';
import type { Script } from '../ast/nodes.ts';
import { library } from '../builtins/library.ts';
import { loadProgram } from '../bytecode/container.ts';
import { FunctionCode, type Program } from '../bytecode/program.ts';
import { verifyProgram } from '../bytecode/verify.ts';
import { type ClosureTexts, compileClosure, compileScript } from '../compiler/compile.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { Closure, type ClosureCode } from '../values/closure.ts';
import { compileOptions, compileWithProbes } from './compile-options.ts';
import { arrowCode, isArrow } from './dialect-2019.ts';
import { laidOut } from './laid-out.ts';

export { closureDefinition, compileWithProbes };

/** Of closures in either dialect: an arrow function is told as it is stored. */
const texts: ClosureTexts = {
  compact: (text) => (isArrow(text) ? compactArrow(text) : compactClosure(text)),
  definition: (text) => (isArrow(text) ? compactArrow(text) : closureDefinition(text)),
};

/** Compiles a query text (a byte string). Throws TiError (-52). */
export function compileText(text: string): Program {
  return compileTree(parse(text), text);
}

/** Compiles a tree that was read from a text (a byte string), or is made of parts of one that was. Throws TiError (-52). */
export function compileTree(script: Script, text: string): Program {
  return compileScript(script, text, library, texts, compileOptions());
}

/** The program in the bytes of a compiled file, fit to run. Throws TiError (-53). */
export function loadCompiled(bytes: Uint8Array): Program {
  const program = loadProgram(bytes, texts.compact, texts.definition);
  verifyProgram(program, library);
  return program;
}

/** Compiles the text of a closure, in either dialect, and gives its code. Throws TiError (-52). */
export function closureCode(text: string): FunctionCode {
  if (isArrow(text)) return arrowCode(text);
  return compileClosure(parseClosure(text), text, library, texts, compileOptions()).main;
}

/** The code of a closure from its compact text. */
function storedCode(text: string): FunctionCode {
  const layout = compileOptions().probes !== true || isArrow(text) ? null : laidOut(text);
  if (layout === null) return closureCode(text);
  return compileClosure(parseClosure(layout.text), layout.text, library, layout.texts, compileOptions()).main;
}

/** A closure from its text, which is trusted to be one: compiled when it is first called or asked for more than its text. */
class LazyCode implements ClosureCode {
  readonly text: string;
  private compiled: FunctionCode | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get code(): FunctionCode {
    this.compiled ??= storedCode(this.text);
    return this.compiled;
  }

  /** Closures are stored by their compact text. */
  get compactText(): string {
    return this.text;
  }

  get definition(): string {
    return isArrow(this.text) ? this.text : closureDefinition(this.text);
  }

  get params(): readonly string[] {
    return this.code.params;
  }

  get effects(): number {
    return this.code.effects;
  }

  get doc(): string {
    return this.code.doc;
  }
}

export const lazyCode = (text: string): ClosureCode => new LazyCode(text);

/** The code of a closure that has none yet. */
export function codeOf(closure: Closure): FunctionCode {
  const { code } = closure;
  if (code instanceof FunctionCode) return code;
  return code instanceof LazyCode ? code.code : closureCode(code.text);
}

/** A new closure from a text of unknown origin. Throws TiError: -52 for what does not parse, -53 for what is no closure. */
export function closureFromText(text: string): Closure {
  if (isArrow(text)) return new Closure(arrowCode(text));
  const { body } = parse(text);
  if (body.length !== 1 || body[0]?.kind !== 'ClosureLiteral') throw new TiError(ErrorCode.BAD_DATA, 'the text is not that of a closure');
  return new Closure(closureCode(text));
}

const MAX_PROGRAMS = 2000;
/** Longer texts are compiled each time: they are rarely sent twice, and would push many short ones out. */
const MAX_CACHED_TEXT = 64 * 1024;

/** Programs by text; the least recently used leave first. */
export class ProgramCache {
  private readonly programs = new Map<string, Program>();
  private lastText = '';
  private last: Program | null = null;
  private readonly compile: (text: string) => Program;
  /** How often a program was found. */
  hits = 0;

  constructor(compile: (text: string) => Program = compileText) {
    this.compile = compile;
  }

  get(text: string): Program {
    if (this.last !== null && text === this.lastText) {
      this.hits++;
      return this.last;
    }
    let program = this.programs.get(text);
    if (program === undefined) {
      program = this.compile(text);
      if (text.length > MAX_CACHED_TEXT) return program;
      if (this.programs.size >= MAX_PROGRAMS) this.programs.delete(this.programs.keys().next().value as string);
    } else {
      this.hits++;
      this.programs.delete(text);
    }
    this.programs.set(text, program);
    this.last = program;
    this.lastText = text;
    return program;
  }

  get size(): number {
    return this.programs.size;
  }
}
