/** What can be seen while a script stands: frames, variables, the parts of values. What it has given out numbers for is forgotten when the script goes on. */

import { preview } from '../builtins/preview.ts';
import { isDialect2019 } from '../engine/dialect-2019.ts';
import { TiError, valueErr } from '../errors.ts';
import { fromBytes, toBytes } from '../utf8.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Frame } from '../vm/frame.ts';
import type { Machine } from '../vm/machine.ts';
import type { Evaluator } from './evaluate.ts';
import type { EvaluateContext, FrameInfo, Place, ScopeInfo, VariableInfo } from './protocol.ts';
import type { Sources } from './sources.ts';
import { type Counts, countsOf, indexedParts, namedParts, type Part, ROOT } from './values.ts';

/** So many parts of a value are told when nobody says how many. */
const MOST_PARTS = 1000;
/** The name under which a result, or an error, stands among the locals. */
const RESULT = '(result)';
const ERROR = '(error)';

/** What a number stands for: the variables of a scope, or the parts of a value. */
type Held =
  | { readonly kind: 'parts'; readonly parts: readonly Part[]; readonly frame: number }
  | { readonly kind: 'value'; readonly value: Value; readonly expression: string; readonly frame: number };

/** Where the script stands. */
export interface Standing {
  readonly machine: Machine;
  /** Where the topmost frame is, when something more exact is known than its instruction tells. */
  readonly at: { readonly start: number; readonly end: number } | null;
  /** What the call gave that is just done; undefined when no call is. */
  readonly result: Value | undefined;
  readonly error: TiError | null;
}

export class Inspector {
  private readonly standing: Standing;
  private readonly sources: Sources;
  private readonly evaluator: Evaluator;
  private readonly held: Held[] = [];
  /** Numbers that were given out before; none is given out twice, so that old ones are known as such. */
  private readonly before: number;

  constructor(standing: Standing, sources: Sources, evaluator: Evaluator, before: number) {
    this.standing = standing;
    this.before = before;
    this.sources = sources;
    this.evaluator = evaluator;
  }

  private get machine(): Machine {
    return this.standing.machine;
  }

  /** How many frames there are. */
  get depth(): number {
    return this.machine.depth;
  }

  /** The last number that was given out. */
  get lastRef(): number {
    return this.before + this.held.length;
  }

  // --- frames ---

  frames(from: number, count: number): { frames: FrameInfo[]; total: number } {
    const total = this.machine.depth;
    const last = count <= 0 ? total : Math.min(total, from + count);
    const frames: FrameInfo[] = [];
    for (let index = from; index < last; index++) frames.push(this.frameInfo(index));
    return { frames, total };
  }

  private frame(index: number): Frame {
    const frame = index < this.machine.depth ? this.machine.frames[this.machine.depth - 1 - index] : undefined;
    if (frame === undefined) throw valueErr(`there is no frame ${index}`);
    return frame;
  }

  private frameInfo(index: number): FrameInfo {
    const frame = this.frame(index);
    return { index, name: this.frameName(frame), source: this.sources.of(frame.fn.program).info, place: this.placeOf(frame, index) };
  }

  private frameName({ fn }: Frame): string {
    const name = this.sources.nameOf(fn);
    const isScript = fn.index === 0 && name === '' && fn.program === this.machine.frames[0]?.fn.program;
    if (isScript && fn.params.length === 0) return 'script';
    const names = fn.params.map(fromBytes).join(', ');
    const params = isDialect2019(fn.program) ? `${names} =>` : `|${names}|`;
    return name === '' ? params : `${name} ${params}`;
  }

  private placeOf(frame: Frame, index: number): Place | null {
    const source = this.sources.of(frame.fn.program);
    if (index === 0 && this.standing.at !== null) return source.place(this.standing.at);
    const start = frame.fn.offsetAt(frame.pc - 1);
    return start < 0 ? null : source.place({ start, end: start });
  }

  // --- variables ---

  scopes(index: number): ScopeInfo[] {
    const frame = this.frame(index);
    const own = this.locals(frame, index);
    const seen = new Set(own.map(({ name }) => name));
    const callers = this.callers(index, seen);
    const sent = this.sent(seen);
    const scopes = [this.scope('Locals', 'locals', own, index)];
    if (callers.length > 0) scopes.push(this.scope('Callers', 'callers', callers, index));
    if (sent.length > 0) scopes.push(this.scope('Sent with the query', 'sent', sent, index));
    const temps = [...(this.machine.context.session?.temps ?? [])];
    if (temps.length > 0) {
      const parts = temps.map(([name, value]) => ({ name: `$${name}`, value, expression: `$${name}`, settable: true }));
      scopes.push(this.scope('Variables of the query', 'sent', parts, index));
    }
    const { collection: place } = this.machine;
    if (place !== null) {
      // In the dialect of 2019 properties of the root have bare names, and these cannot be told from arguments.
      const expression = isDialect2019(frame.fn.program) ? '' : ROOT;
      const ref = this.hold({ kind: 'value', value: place.root, expression, frame: index });
      scopes.push({ name: `Collection ${fromBytes(place.name)}`, kind: 'data', ref, indexed: 0, named: place.root.size });
    }
    return scopes;
  }

  private scope(name: string, kind: ScopeInfo['kind'], parts: readonly Part[], frame: number): ScopeInfo {
    return { name, kind, ref: this.hold({ kind: 'parts', parts, frame }), indexed: 0, named: parts.length };
  }

  private locals(frame: Frame, index: number): Part[] {
    const { result, error } = this.standing;
    const parts = this.variablesOf(frame);
    if (index === 0 && result !== undefined) parts.unshift({ name: RESULT, value: result, expression: '', settable: false });
    if (index === 0 && error !== null) parts.unshift({ name: ERROR, value: error, expression: '', settable: false });
    return parts;
  }

  private variablesOf(frame: Frame): Part[] {
    const parts: Part[] = [];
    for (const [name, slot] of frame.fn.slotOf) {
      const value = this.machine.stack[frame.fp + slot] as Value | undefined;
      // Places for values in between have names that no text can have.
      if (value === undefined || !/^[A-Za-z_]/.test(name)) continue;
      parts.push({ name, value, expression: name, settable: true });
    }
    return parts;
  }

  /** What the frame sees of its callers. */
  private callers(index: number, seen: Set<string>): Part[] {
    const parts: Part[] = [];
    for (let i = index + 1; i < this.machine.depth; i++) {
      for (const part of this.variablesOf(this.frame(i))) {
        if (seen.has(part.name)) continue;
        seen.add(part.name);
        parts.push(part);
      }
    }
    return parts;
  }

  private sent(seen: ReadonlySet<string>): Part[] {
    return [...this.machine.sent]
      .filter(([name]) => !seen.has(name))
      .map(([name, value]) => ({ name, value, expression: name, settable: true }));
  }

  /** Names of all variables that a frame sees. */
  names(index: number): string[] {
    const own = this.variablesOf(this.frame(index)).map(({ name }) => name);
    const seen = new Set(own);
    this.callers(index, seen);
    return [...seen, ...this.sent(seen).map(({ name }) => name)];
  }

  private hold(held: Held): number {
    return this.before + this.held.push(held);
  }

  private heldAt(ref: number): Held {
    const held = this.held[ref - this.before - 1];
    if (held === undefined) throw valueErr('the script has gone on since then');
    return held;
  }

  variables(ref: number, filter: 'indexed' | 'named' | undefined, start = 0, count = 0): VariableInfo[] {
    const held = this.heldAt(ref);
    return this.partsOf(held, filter, start, count > 0 ? count : MOST_PARTS).map((part) => this.info(part, held.frame));
  }

  private partsOf(held: Held, filter: 'indexed' | 'named' | undefined, start: number, count: number): Part[] {
    if (held.kind === 'parts') return filter === 'indexed' ? [] : held.parts.slice(start, start + count);
    const { value, expression } = held;
    const indexed = filter === 'named' ? [] : indexedParts(value, expression, start, count);
    return filter === 'indexed' ? indexed : [...indexed, ...namedParts(value, expression, start, count)];
  }

  private info({ name, value, expression, settable }: Part, frame: number): VariableInfo {
    const counts: Counts = countsOf(value);
    const isLeaf = counts.indexed + counts.named === 0;
    const ref = isLeaf ? 0 : this.hold({ kind: 'value', value, expression, frame });
    return { name, value: preview(value), type: typeOf(value), ref, ...counts, expression, settable };
  }

  evaluate(index: number, text: string, context: EvaluateContext): VariableInfo {
    const value = this.evaluator.evaluate(this.machine, this.machine.depth - index, toBytes(text), context === 'hover');
    // An expression in brackets can be gone on with, whatever it is; one that does something would do it again.
    const expression = /^\$?[A-Za-z_][0-9A-Za-z_.[\]]*$|^\.[0-9A-Za-z_.[\]]+$/.test(text.trim()) ? text.trim() : '';
    return this.info({ name: text, value, expression, settable: expression !== '' }, index);
  }

  setVariable(ref: number, name: string, text: string): VariableInfo {
    const held = this.heldAt(ref);
    const part = this.partsOf(held, undefined, 0, Number.POSITIVE_INFINITY).find((one) => one.name === name);
    if (part === undefined) throw valueErr(`there is no \`${name}\` here`);
    if (!part.settable) throw valueErr(`\`${name}\` cannot be set`);
    const depth = this.machine.depth - held.frame;
    const value = this.evaluator.evaluate(this.machine, depth, toBytes(`${part.expression} = ${text.trim().replace(/;+$/, '')}`));
    if (held.kind === 'parts') (held.parts as Part[])[held.parts.indexOf(part)] = { ...part, value };
    return this.info({ ...part, value }, held.frame);
  }
}

/** The type as people name it: with the id of what is stored. */
function typeOf(value: Value): string {
  if (value instanceof TiError) return 'error';
  // The name of its type would bring the thing into memory.
  if (value instanceof Thing && value.isAbsent) return 'thing';
  return fromBytes(typeName(value));
}
