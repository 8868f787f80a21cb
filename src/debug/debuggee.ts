/** What is debugged: a script or a procedure, run in a thread of its own that does what the front end asks also while the script stands. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { parseTolerant as parse2019 } from '../../grammar/2019/parser.ts';
import { parseTolerant } from '../../grammar/v1/parser.ts';
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { Program } from '../bytecode/program.ts';
import type { UserRef } from '../engine/api.ts';
import { compileText2019 } from '../engine/dialect-2019.ts';
import type { LocalEngine } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';
import { codeOf, compileText, compileWithProbes } from '../engine/toolchain.ts';
import { ErrorCode, lookupErr, TiError, valueErr } from '../errors.ts';
import { parseScope } from '../model/scope.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { fromBytes, toBytes } from '../utf8.ts';
import type { Probe } from '../vm/probe.ts';
import { encodeValue } from '../wire/encode.ts';
import { encodeResults2019 } from '../wire/encode-2019.ts';
import { msgpackToJson } from '../wire/json.ts';
import { Debugger } from './debugger.ts';
import type { Inspector } from './inspector.ts';
import type { Ending, Event, Message, Request, Requests, Target } from './protocol.ts';

export interface DebuggeeData {
  readonly target: Target;
  /** Grows by one with each request, so that a thread which does not look at its messages sees that there are some. */
  readonly signal: Int32Array;
}

type Handlers = { readonly [K in keyof Requests]: (params: Requests[K]['params']) => Requests[K]['result'] };

/** Errors in a script. */
class ScriptErrors {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    this.diagnostics = diagnostics;
  }
}

/** Runs a target to its end. Comes back when the store is closed. */
export async function runDebuggee({ target, signal }: DebuggeeData, port: MessagePort): Promise<void> {
  compileWithProbes(true);
  const tell = (event: Event): void => port.postMessage(event satisfies Message);
  let engine: LocalEngine | null = null;
  try {
    const opened = await openEngine({
      dir: target.data,
      onWarning: (message) => tell({ event: 'output', kind: 'warning', text: `${message}\n` }),
    });
    engine = opened.engine;
    const debuggee = new Debuggee(target, engine, signal, port);
    await debuggee.started();
    const ending = debuggee.run();
    await (ending.kind === 'ended' ? engine.leave() : closed(engine));
    engine = null;
    tell({ event: 'done', ending });
  } catch (error) {
    tell({ event: 'failed', ...reasonOf(error) });
  } finally {
    await engine?.leave();
    port.close();
  }
}

function reasonOf(error: unknown): { diagnostics: readonly Diagnostic[]; message: string } {
  if (error instanceof ScriptErrors) return { diagnostics: error.diagnostics, message: '' };
  if (error instanceof TiError) return { diagnostics: [], message: fromBytes(error.message) };
  return { diagnostics: [], message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Closes the store when all changes are safe. Throws TiError when they are not. */
async function closed(engine: LocalEngine): Promise<void> {
  const { lastChangeId } = engine;
  await engine.close();
  const { failure, durableId } = engine.store.status();
  if (failure !== null || durableId < lastChangeId) {
    throw new TiError(ErrorCode.NODE, `the changes could not be saved: ${failure ?? 'the store took no more'}`);
  }
}

/** A script as a program with probes. Throws ScriptErrors. */
function compiled({ what, scope }: Target & { what: { kind: 'script' } }): Program {
  const { text } = what;
  const is2019 = what.dialect === '2019';
  const { diagnostics } = is2019 ? parse2019(text) : parseTolerant(text);
  if (diagnostics.length > 0) throw new ScriptErrors(diagnostics);
  try {
    return is2019 ? compileText2019(text, targetOf(scope) === 0 ? 'root' : 'collection') : compileText(text);
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    const start = Math.max(error.start, 0);
    throw new ScriptErrors([{ code: error.code, severity: 'error', message: error.message, start, end: start }]);
  }
}

/** What a query in the dialect of 2019 asks: 0 is the root, all else a collection. */
function targetOf(text: string): string | 0 {
  const scope = parseScope(toBytes(text));
  return scope.kind === 'collection' ? scope.name : 0;
}

class Debuggee {
  private readonly target: Target;
  private readonly engine: LocalEngine;
  private readonly signal: Int32Array;
  private readonly port: MessagePort;
  private readonly debug: Debugger;
  /** What runs: the script itself or the closure of the procedure. */
  private readonly program: Program;
  private readonly user: UserRef;
  /** How many requests were there when messages were last looked at. */
  private seen = 0;
  private state: 'ready' | 'starting' | 'running' | 'over' = 'ready';
  private begin: () => void = () => undefined;
  /** While the script stands. */
  private isWaiting = false;
  private isEnded = false;

  constructor(target: Target, engine: LocalEngine, signal: Int32Array, port: MessagePort) {
    this.target = target;
    this.engine = engine;
    this.signal = signal;
    this.port = port;
    const { database } = engine;
    this.debug = new Debugger(database, { tell: (event) => this.tell(event), wait: () => this.wait(), poll: () => this.poll() });
    const user = database.userByName(toBytes(target.user));
    if (user === undefined) throw lookupErr(`the store has no user \`${toBytes(target.user)}\``);
    this.user = user;
    const { what } = target;
    this.program = what.kind === 'script' ? compiled({ ...target, what }) : this.procedure(toBytes(what.name));
    if (what.kind === 'script') this.debug.sources.add(this.program, what.name, what.path);
  }

  private procedure(name: string): Program {
    const { database } = this.engine;
    const scope = parseScope(toBytes(this.target.scope));
    const procedures = scope.kind === 'collection' ? database.collectionByName(scope.name).procedures : database.procedures;
    const procedure = procedures.get(name);
    if (procedure === undefined) throw lookupErr(`procedure \`${name}\` not found`);
    const code = codeOf(procedure.closure);
    procedure.closure.code = code;
    return code.program;
  }

  private tell(event: Event): void {
    this.port.postMessage(event satisfies Message);
  }

  // --- requests ---

  /** Comes back when the front end has the target run, or wants its end. */
  async started(): Promise<void> {
    const begun = new Promise<void>((resolve) => {
      this.begin = resolve;
    });
    const listener = (request: Request): void => this.answer(request);
    this.port.on('message', listener);
    this.tell({ event: 'ready', source: this.debug.sources.of(this.program).info });
    await begun;
    this.port.off('message', listener);
  }

  private poll(): void {
    const now = Atomics.load(this.signal, 0);
    if (now === this.seen) return;
    this.seen = now;
    while (this.take());
  }

  /** Answers the next request; false when there is none. */
  private take(): boolean {
    const received = receiveMessageOnPort(this.port) as { message: Request } | undefined;
    if (received !== undefined) this.answer(received.message);
    return received !== undefined;
  }

  private wait(): void {
    this.isWaiting = true;
    while (this.isWaiting) {
      const now = Atomics.load(this.signal, 0);
      if (!this.take()) Atomics.wait(this.signal, 0, now);
    }
    // What came behind the request to go on is for a script that runs.
    this.seen = -1;
  }

  private answer(request: Request): void {
    const { id, method, params } = request;
    try {
      const handler = this.handlers[method] as (params: unknown) => unknown;
      this.port.postMessage({ event: 'answer', id, result: handler(params), error: null } satisfies Message);
    } catch (error) {
      const why = error instanceof TiError ? fromBytes(error.message) : error instanceof Error ? error.message : String(error);
      this.port.postMessage({ event: 'answer', id, result: null, error: why } satisfies Message);
    }
  }

  private get inspector(): Inspector {
    const { inspector } = this.debug;
    if (inspector === null) throw valueErr('the script does not stand');
    return inspector;
  }

  private readonly handlers: Handlers = {
    setBreakpoints: ({ source, breakpoints }) => this.debug.setBreakpoints(source, breakpoints),
    setFunctionBreakpoints: ({ breakpoints }) => this.debug.setFunctionBreakpoints(breakpoints),
    setErrorStops: ({ stops }) => {
      this.debug.errorStops = stops;
      return null;
    },
    start: ({ stopOnEntry }) => {
      if (this.state !== 'ready') throw valueErr('the script runs already');
      this.state = 'starting';
      if (stopOnEntry) this.debug.stopAtNext('entry');
      this.begin();
      return null;
    },
    resume: ({ how }) => {
      void this.inspector;
      this.debug.resume(how);
      this.isWaiting = false;
      return null;
    },
    pause: () => {
      if (this.debug.inspector === null) this.debug.stopAtNext('pause');
      return null;
    },
    end: () => {
      this.isEnded = true;
      this.debug.end();
      this.isWaiting = false;
      this.begin();
      return null;
    },
    frames: ({ from, count }) => this.inspector.frames(from, count),
    scopes: ({ frame }) => this.inspector.scopes(frame),
    variables: ({ ref, filter, start, count }) => this.inspector.variables(ref, filter, start, count),
    evaluate: ({ frame, text, context }) => this.inspector.evaluate(frame ?? 0, text, context),
    setVariable: ({ ref, name, value }) => this.inspector.setVariable(ref, name, value),
    source: ({ id }) => {
      const source = this.debug.sources.list.find((one) => one.id === id);
      if (source === undefined) throw valueErr(`there is no text ${id}`);
      return fromBytes(source.bytes);
    },
    sources: () => this.debug.sources.list.map((source) => source.info),
    statements: ({ source, line, endLine }) => this.debug.statements(source, line, endLine),
    names: ({ frame }) => (this.debug.inspector === null ? [] : this.debug.inspector.names(frame ?? 0)),
  };

  // --- running ---

  run(): Ending {
    if (this.isEnded) return { kind: 'ended' };
    this.state = 'running';
    this.engine.watchWith(this.debug satisfies Probe);
    try {
      const w = new MsgpackWriter();
      this.ask(w);
      return { kind: 'answer', text: msgpackToJson(w.bytes(), { unsupported: 'text', indent: 2 }) };
    } catch (error) {
      if (!(error instanceof TiError)) throw error;
      return this.isEnded ? { kind: 'ended' } : this.failure(error);
    } finally {
      this.engine.watchWith(null);
      this.state = 'over';
    }
  }

  /** Runs the target, and packs its answer: that may run closures, too. */
  private ask(w: MsgpackWriter): void {
    const { what } = this.target;
    const scope = toBytes(this.target.scope);
    const client = {
      warn: (_code: number, message: string): void => this.tell({ event: 'output', kind: 'log', text: `${fromBytes(message)}\n` }),
    };
    const { user } = this;
    if (what.kind === 'script' && what.dialect === '2019') {
      const request = { user, client, target: targetOf(this.target.scope), code: this.program.source, blobs: [] };
      const { results, fetched } = this.engine.query2019(request, this.program);
      encodeResults2019(w, results, fetched, true);
      return;
    }
    const { value, deep, flags } =
      what.kind === 'script'
        ? this.engine.runProgram(this.program, { user, client, scope, vars: what.vars })
        : this.engine.run({ user, client, scope, procedure: toBytes(what.name), args: what.args });
    encodeValue(w, value, { deep, flags, hooks: this.engine.hooks, sizeLimit: Number.MAX_SAFE_INTEGER });
  }

  private failure(error: TiError): Ending {
    const source = this.debug.sources.of(this.program);
    const isPlaced = error.start >= 0 && error.start <= source.bytes.length;
    const at = isPlaced ? { source: source.info, place: source.place({ start: error.start, end: error.start }) } : null;
    return { kind: 'error', message: fromBytes(error.message), code: error.code, at };
  }
}
