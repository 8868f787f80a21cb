/**
 * Watches a machine run: stops it at breakpoints, after steps, at errors and on demand. While the machine stands, `wait` is called, which gives the requests of a front end their
 * answers and comes back when the script is to go on.
 */
import { isDeepStrictEqual } from 'node:util';
import { preview } from '../builtins/preview.ts';
import type { ProbeSite } from '../bytecode/probes.ts';
import { ErrorCode, TiError } from '../errors.ts';
import { fromBytes } from '../utf8.ts';
import { truthy, type Value } from '../values/value.ts';
import type { Frame } from '../vm/frame.ts';
import type { Machine } from '../vm/machine.ts';
import type { Probe } from '../vm/probe.ts';
import { Breakpoint, SourceBreakpoints } from './breakpoints.ts';
import { Evaluator } from './evaluate.ts';
import { Inspector, type Standing } from './inspector.ts';
import {
  type BreakpointInfo,
  type BreakpointSpec,
  type ErrorStops,
  type Event,
  type FunctionBreakpointSpec,
  type Place,
  type Resume,
  refOf,
  type SourceRef,
  type Stop,
  type StopReason,
} from './protocol.ts';
import type { Source } from './source.ts';
import { Sources, type Stored } from './sources.ts';

export interface DebuggerHost {
  /** Tells the front end. */
  tell(event: Event): void;
  /** Takes requests until one has the script go on. */
  wait(): void;
  /** Takes the requests that are there; called at each probe, so it must be quick when there are none. */
  poll(): void;
}

/** Until where the script runs. */
interface Step {
  readonly how: 'in' | 'over' | 'out';
  /** How many frames there were when it began. */
  readonly depth: number;
}

export class Debugger implements Probe {
  readonly evaluator = new Evaluator();
  readonly sources: Sources;
  /** What can be seen; null while the script runs. */
  inspector: Inspector | null = null;
  errorStops: ErrorStops = 'none';
  private readonly host: DebuggerHost;
  private readonly wanted = new Map<string, readonly Breakpoint[]>();
  private readonly bound = new Map<Source, SourceBreakpoints>();
  private functionBreakpoints: readonly Breakpoint[] = [];
  /** The breakpoint of a function that was entered, until its first statement, and the depth of its frame. */
  private entered: { readonly depth: number; readonly breakpoint: Breakpoint } | null = null;
  private lastId = 0;
  private lastRef = 0;
  private step: Step | null = null;
  private stopNext: StopReason | null = null;
  private isEnded = false;

  constructor(stored: Stored, host: DebuggerHost) {
    this.host = host;
    this.sources = new Sources(stored, (source) => {
      this.bindNew(source);
      host.tell({ event: 'loaded', source: source.info });
    });
  }

  // --- what is asked for ---

  setBreakpoints(ref: SourceRef, specs: readonly BreakpointSpec[]): BreakpointInfo[] {
    const source = this.sourceOf(ref);
    const before = [...(this.wanted.get(keyOf(ref)) ?? [])];
    const breakpoints = specs.map((spec) => this.kept(before, spec) ?? this.breakpointAt(source, spec, ++this.lastId));
    this.wanted.set(keyOf(ref), breakpoints);
    if (source !== null) this.bound.set(source, new SourceBreakpoints(breakpoints));
    return breakpoints.map((breakpoint) => breakpoint.info(source));
  }

  /** A breakpoint that was there before goes on with its count of hits. Each is taken once. */
  private kept(before: Breakpoint[], spec: BreakpointSpec | FunctionBreakpointSpec): Breakpoint | undefined {
    const at = before.findIndex((breakpoint) => isDeepStrictEqual(breakpoint.spec, spec));
    return at < 0 ? undefined : before.splice(at, 1)[0];
  }

  private breakpointAt(source: Source | null, spec: BreakpointSpec, id: number): Breakpoint {
    const span = source?.statementFor(spec.line, spec.column) ?? null;
    return new Breakpoint(id, spec, source, span, this.evaluator);
  }

  /** Breakpoints may wait for a text that is not known yet. */
  private bindNew(source: Source): void {
    const key = keyOf(refOf(source));
    const waiting = this.wanted.get(key);
    if (waiting === undefined) return;
    const breakpoints = waiting.map(({ spec, id }) => this.breakpointAt(source, spec as BreakpointSpec, id));
    this.wanted.set(key, breakpoints);
    this.bound.set(source, new SourceBreakpoints(breakpoints));
    for (const breakpoint of breakpoints) this.host.tell({ event: 'breakpoint', breakpoint: breakpoint.info(source), isGone: false });
  }

  setFunctionBreakpoints(specs: readonly FunctionBreakpointSpec[]): BreakpointInfo[] {
    const before = [...this.functionBreakpoints];
    this.functionBreakpoints = specs.map(
      (spec) => this.kept(before, spec) ?? new Breakpoint(++this.lastId, spec, null, null, this.evaluator),
    );
    // A function may only be made while the script runs: nothing can be said of it before.
    return this.functionBreakpoints.map(({ id, fault }) => ({ id, place: null, message: fault }));
  }

  statements(ref: SourceRef, line: number, endLine: number): Place[] {
    const source = this.sourceOf(ref);
    if (source === null) return [];
    return source.statements.map((span) => source.place(span)).filter((place) => place.line >= line && place.line <= endLine);
  }

  sourceOf(ref: SourceRef): Source | null {
    const key = keyOf(ref);
    // A procedure may have been made anew.
    return this.sources.list.findLast((source) => keyOf(refOf(source)) === key) ?? null;
  }

  stopAtNext(reason: StopReason): void {
    this.stopNext = reason;
  }

  /** To be called while the script stands, before it goes on. */
  resume(how: Resume): void {
    const depth = this.inspector?.depth ?? 0;
    this.step = how === 'continue' ? null : { how, depth };
  }

  /** Has the script end at its next probe, and nothing of its change be kept. */
  end(): void {
    this.isEnded = true;
  }

  // --- what the machine tells ---

  reached(machine: Machine, frame: Frame, site: ProbeSite): void {
    this.host.poll();
    this.endWhenAsked(machine);
    if (site.kind === 'statement') this.statement(machine, frame, site);
    else if (site.kind === 'enter') this.enter(machine, frame);
    else if (site.kind === 'done' && this.step !== null && machine.depth < this.step.depth) {
      this.stand({ machine, at: site, result: machine.stack[machine.sp - 1] as Value, error: null }, 'step', []);
    }
  }

  raised(machine: Machine, error: TiError, handled: boolean): void {
    if (this.isEnded || this.errorStops === 'none' || (handled && this.errorStops === 'uncaught')) return;
    if (machine.depth === 0) return;
    this.stand({ machine, at: null, result: undefined, error }, 'error', [], {
      message: fromBytes(error.message),
      code: error.code,
      handled,
    });
  }

  private endWhenAsked(machine: Machine): void {
    if (!this.isEnded) return;
    machine.tx.change?.drop();
    // No `try` takes this one.
    throw new TiError(ErrorCode.REQUEST_CANCEL, 'ended by the debugger');
  }

  private enter(machine: Machine, frame: Frame): void {
    // Binds breakpoints that wait for this text.
    this.sources.of(frame.fn.program);
    if (this.functionBreakpoints.length === 0) return;
    const name = this.sources.nameOf(frame.fn);
    const hit = name === '' ? undefined : this.functionBreakpoints.find((b) => (b.spec as FunctionBreakpointSpec).name === name);
    if (hit !== undefined && this.isHit(machine, hit)) this.entered = { depth: machine.depth, breakpoint: hit };
  }

  private statement(machine: Machine, frame: Frame, site: ProbeSite): void {
    const hit = this.hitAt(machine, frame, site);
    const entered = this.takeEntered(machine.depth);
    const reason = hit.length > 0 ? 'breakpoint' : entered.length > 0 ? 'function breakpoint' : this.reasonFor(machine.depth);
    if (reason === null) return;
    this.stand({ machine, at: site, result: undefined, error: null }, reason, [...hit, ...entered]);
  }

  /** The breakpoint of the function whose first statement this is. */
  private takeEntered(depth: number): Breakpoint[] {
    const { entered } = this;
    if (entered === null || depth > entered.depth) return [];
    this.entered = null;
    return depth === entered.depth ? [entered.breakpoint] : [];
  }

  /** Why to stop at a statement, besides breakpoints. */
  private reasonFor(depth: number): StopReason | null {
    if (this.stopNext !== null) return this.stopNext;
    const { step } = this;
    if (step === null) return null;
    const isThere = step.how === 'in' || (step.how === 'over' ? depth <= step.depth : depth < step.depth);
    return isThere ? 'step' : null;
  }

  /** The breakpoints at a statement that count; what is to be logged is. */
  private hitAt(machine: Machine, frame: Frame, site: ProbeSite): Breakpoint[] {
    if (this.bound.size === 0) return [];
    const there = this.bound.get(this.sources.of(frame.fn.program))?.at(site.start);
    if (there === undefined || there.length === 0) return [];
    const hit = there.filter((breakpoint) => this.isHit(machine, breakpoint));
    for (const { log } of hit)
      if (log !== null) this.host.tell({ event: 'output', kind: 'logpoint', text: `${this.logLine(machine, log)}\n` });
    return hit.filter(({ log }) => log === null);
  }

  private isHit(machine: Machine, breakpoint: Breakpoint): boolean {
    const { condition, fault } = breakpoint;
    if (fault !== '') return false;
    if (condition !== '') {
      try {
        if (!truthy(this.evaluator.evaluate(machine, machine.depth, condition))) return false;
      } catch (error) {
        if (!(error instanceof TiError)) throw error;
        const text = `the condition \`${fromBytes(condition)}\` of breakpoint ${breakpoint.id} failed: ${fromBytes(error.message)}\n`;
        this.host.tell({ event: 'output', kind: 'warning', text });
        return true;
      }
    }
    return breakpoint.hit();
  }

  private logLine(machine: Machine, parts: NonNullable<Breakpoint['log']>): string {
    return parts.map((part) => ('text' in part ? part.text : this.logged(machine, part.expression))).join('');
  }

  private logged(machine: Machine, expression: string): string {
    try {
      const value = this.evaluator.evaluate(machine, machine.depth, expression);
      return typeof value === 'string' ? fromBytes(value) : preview(value);
    } catch (error) {
      if (!(error instanceof TiError)) throw error;
      return `<${fromBytes(error.message)}>`;
    }
  }

  // --- standing ---

  private stand(standing: Standing, reason: StopReason, breakpoints: readonly Breakpoint[], error: Stop['error'] = null): void {
    this.step = null;
    this.stopNext = null;
    this.entered = null;
    this.inspector = new Inspector(standing, this.sources, this.evaluator, this.lastRef);
    this.host.tell({ event: 'stopped', stop: { reason, breakpoints: breakpoints.map(({ id }) => id), error } });
    for (const breakpoint of breakpoints) if (breakpoint.spec.once === true) this.remove(breakpoint);
    this.host.wait();
    this.lastRef = this.inspector.lastRef;
    this.inspector = null;
    this.host.tell({ event: 'continued' });
    if (error === null) this.endWhenAsked(standing.machine);
    // This error is on its way already, and may end the script by itself.
    else if (this.isEnded) standing.machine.tx.change?.drop();
  }

  private remove(breakpoint: Breakpoint): void {
    for (const there of this.bound.values()) there.remove(breakpoint);
    for (const [key, list] of this.wanted)
      this.wanted.set(
        key,
        list.filter((one) => one !== breakpoint),
      );
    this.functionBreakpoints = this.functionBreakpoints.filter((one) => one !== breakpoint);
    this.host.tell({ event: 'breakpoint', breakpoint: { id: breakpoint.id, place: null, message: '' }, isGone: true });
  }
}

const keyOf = (ref: SourceRef): string => ('path' in ref ? `path ${ref.path}` : `name ${ref.name}`);
