/** The Debug Adapter Protocol: what editors ask of a debugger, and how it tells them. */
import {
  BreakpointEvent,
  DebugSession,
  ExitedEvent,
  InitializedEvent,
  InvalidatedEvent,
  LoadedSourceEvent,
  OutputEvent,
  StoppedEvent,
  TerminatedEvent,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Launch, targetOf } from '../launch.ts';
import type { BreakpointInfo, Ending, EvaluateContext, Event, Place, SourceRef, Stop, VariableInfo } from '../protocol.ts';
import { Session } from '../session.ts';
import { CAPABILITIES, errorStopsOf, failureText, realPath, scopeOf, sourceOf, stopText, variableOf } from './words.ts';

const THREAD = 1;
const SCRIPT_FAILED = 1;

/** Answers one request: fills the body of the response; what it throws becomes its error. */
type Answer<R extends DebugProtocol.Response> = (response: R) => Promise<void>;

export interface AdapterOptions {
  /** See `Session`. */
  readonly entry?: URL;
  /** Why there are no stores on disk, where there are none. */
  readonly noStores?: string;
}

export class Adapter extends DebugSession {
  /** Resolves when the editor is gone and nothing runs any more. */
  readonly closed: Promise<void>;
  private close: () => void = () => undefined;
  private session: Session | null = null;
  private launch: Launch = {};
  /** Where the script lies, as it is and as the editor calls it. */
  private path = '';
  private lastError: Stop['error'] = null;
  private hasInvalidated = false;
  private isStarted = false;
  private readonly options: AdapterOptions;

  constructor(options: AdapterOptions = {}) {
    super();
    this.options = options;
    this.setDebuggerLinesStartAt1(true);
    this.setDebuggerColumnsStartAt1(true);
    this.closed = new Promise((resolve) => {
      this.close = resolve;
    });
  }

  /** Ends with the connection; the library's own way would end the process. */
  override shutdown(): void {
    void this.endSession().then(this.close);
  }

  private async endSession(): Promise<void> {
    const { session } = this;
    this.session = null;
    await session?.end();
  }

  private get running(): Session {
    if (this.session === null) throw new Error('nothing is being debugged');
    return this.session;
  }

  private answer<R extends DebugProtocol.Response>(response: R, answer: Answer<R>): void {
    answer(response).then(
      () => this.sendResponse(response),
      (error: unknown) => {
        const format = error instanceof Error ? error.message : String(error);
        // Braces stand for variables in the format of the protocol.
        this.sendErrorResponse(response, { id: 1, format: '{_text}', variables: { _text: format }, showUser: true });
      },
    );
  }

  // --- begin and end ---

  /** Paths are paths unless the editor says else: the library takes nothing for something else. */
  protected override dispatchRequest(request: DebugProtocol.Request): void {
    if (request.command === 'initialize') request.arguments = { pathFormat: 'path', ...request.arguments };
    super.dispatchRequest(request);
  }

  protected override initializeRequest(response: DebugProtocol.InitializeResponse, args: DebugProtocol.InitializeRequestArguments): void {
    this.hasInvalidated = args.supportsInvalidatedEvent === true;
    response.body = CAPABILITIES;
    this.sendResponse(response);
  }

  protected override launchRequest(response: DebugProtocol.LaunchResponse, args: DebugProtocol.LaunchRequestArguments & Launch): void {
    this.answer(response, async () => {
      if (this.session !== null) throw new Error('something is being debugged already');
      const target = targetOf(args);
      const { noStores, entry } = this.options;
      if (target.data !== null && noStores !== undefined) throw new Error(noStores);
      this.launch = args;
      this.path = target.what.kind === 'script' ? (target.what.path ?? '') : '';
      const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
      this.session = new Session(
        target,
        (event) => {
          if (event.event === 'ready') resolve();
          else if (event.event === 'failed' && !this.isStarted) reject(new Error(failureText(event, target)));
          else this.hear(event);
        },
        entry,
      );
      void this.session.gone.then(() => reject(new Error('it was ended before it began')));
      try {
        await ready;
      } catch (error) {
        await this.endSession();
        throw error;
      }
      // Not before the script is known: breakpoints are given their places by it.
      this.sendEvent(new InitializedEvent());
    });
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.answer(response, async () => {
      this.isStarted = true;
      const stopOnEntry = this.launch.stopOnEntry === true && !this.isWithoutStops;
      await this.running.ask('start', { stopOnEntry });
    });
  }

  private get isWithoutStops(): boolean {
    return (this.launch as DebugProtocol.LaunchRequestArguments).noDebug === true;
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    void this.endSession().then(() => {
      this.sendResponse(response);
      this.close();
    });
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    this.answer(response, async () => {
      await this.endSession();
      this.sendEvent(new TerminatedEvent());
    });
  }

  // --- what the script tells ---

  private hear(event: Event): void {
    switch (event.event) {
      case 'stopped':
        this.stopped(event.stop);
        break;
      case 'output':
        this.sendEvent(new OutputEvent(event.text, event.kind === 'log' ? 'stdout' : event.kind === 'warning' ? 'stderr' : 'console'));
        break;
      case 'breakpoint':
        this.sendEvent(new BreakpointEvent(event.isGone ? 'removed' : 'changed', this.breakpoint(event.breakpoint)));
        break;
      case 'loaded':
        this.sendEvent(new LoadedSourceEvent('new', sourceOf(event.source) as LoadedSourceEvent['body']['source']));
        break;
      case 'done':
        this.ended(event.ending);
        break;
      case 'failed':
        this.sendEvent(new OutputEvent(`${event.message}\n`, 'stderr'));
        this.over(SCRIPT_FAILED);
        break;
      default:
    }
  }

  private stopped(stop: Stop): void {
    this.lastError = stop.error;
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(stop.reason === 'error' ? 'exception' : stop.reason, THREAD);
    event.body.allThreadsStopped = true;
    if (stop.error !== null) event.body.text = stopText(stop.error);
    if (stop.breakpoints.length > 0) event.body.hitBreakpointIds = [...stop.breakpoints];
    this.sendEvent(event);
  }

  private ended(ending: Ending): void {
    if (ending.kind === 'answer') this.sendEvent(new OutputEvent(`${ending.text}\n`, 'stdout'));
    if (ending.kind === 'error') {
      const event: DebugProtocol.OutputEvent = new OutputEvent(`error: ${stopText(ending)}\n`, 'stderr');
      if (ending.at !== null) {
        event.body.source = sourceOf(ending.at.source);
        event.body.line = this.convertDebuggerLineToClient(ending.at.place.line);
        event.body.column = this.convertDebuggerColumnToClient(ending.at.place.column);
      }
      this.sendEvent(event);
    }
    this.over(ending.kind === 'error' ? SCRIPT_FAILED : 0);
  }

  private over(code: number): void {
    this.session = null;
    this.sendEvent(new ExitedEvent(code));
    this.sendEvent(new TerminatedEvent());
  }

  // --- sources and breakpoints ---

  private sourceRef(source: DebugProtocol.Source | undefined): SourceRef {
    if (source?.path === undefined || (source.sourceReference ?? 0) > 0) return { name: source?.name ?? '' };
    const { path } = source;
    // The editor may call the script by another path that leads to it.
    return { path: this.path !== '' && realPath(path) === realPath(this.path) ? this.path : path };
  }

  private breakpoint({ id, place, message }: BreakpointInfo): DebugProtocol.Breakpoint {
    return { id, verified: place !== null, ...(place === null ? {} : this.range(place)), ...(message === '' ? {} : { message }) };
  }

  private range(place: Place): { line: number; column: number; endLine: number; endColumn: number } {
    return {
      line: this.convertDebuggerLineToClient(place.line),
      column: this.convertDebuggerColumnToClient(place.column),
      endLine: this.convertDebuggerLineToClient(place.endLine),
      endColumn: this.convertDebuggerColumnToClient(place.endColumn),
    };
  }

  private columnOf(column: number | undefined): number | undefined {
    return column === undefined ? undefined : this.convertClientColumnToDebugger(column);
  }

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    args: DebugProtocol.SetBreakpointsArguments,
  ): void {
    this.answer(response, async () => {
      const asked = this.isWithoutStops ? [] : (args.breakpoints ?? []);
      const breakpoints = await this.running.ask('setBreakpoints', {
        source: this.sourceRef(args.source),
        breakpoints: asked.map(({ line, column, condition, hitCondition, logMessage }) => ({
          line: this.convertClientLineToDebugger(line),
          column: this.columnOf(column),
          condition,
          hits: hitCondition,
          log: logMessage,
        })),
      });
      response.body = { breakpoints: breakpoints.map((one) => this.breakpoint(one)) };
    });
  }

  protected override setFunctionBreakPointsRequest(
    response: DebugProtocol.SetFunctionBreakpointsResponse,
    args: DebugProtocol.SetFunctionBreakpointsArguments,
  ): void {
    this.answer(response, async () => {
      const breakpoints = await this.running.ask('setFunctionBreakpoints', {
        breakpoints: args.breakpoints.map(({ name, condition, hitCondition }) => ({ name, condition, hits: hitCondition })),
      });
      // Whether there is such a function shows when it is called.
      response.body = {
        breakpoints: breakpoints.map(({ id, message }) => ({ id, verified: message === '', ...(message === '' ? {} : { message }) })),
      };
    });
  }

  protected override setExceptionBreakPointsRequest(
    response: DebugProtocol.SetExceptionBreakpointsResponse,
    args: DebugProtocol.SetExceptionBreakpointsArguments,
  ): void {
    this.answer(response, async () => {
      const stops = this.isWithoutStops ? 'none' : errorStopsOf(args.filters);
      await this.running.ask('setErrorStops', { stops });
    });
  }

  protected override breakpointLocationsRequest(
    response: DebugProtocol.BreakpointLocationsResponse,
    args: DebugProtocol.BreakpointLocationsArguments,
  ): void {
    this.answer(response, async () => {
      const line = this.convertClientLineToDebugger(args.line);
      const endLine = args.endLine === undefined ? line : this.convertClientLineToDebugger(args.endLine);
      const places = await this.running.ask('statements', { source: this.sourceRef(args.source), line, endLine });
      response.body = { breakpoints: places.map((place) => this.range(place)) };
    });
  }

  protected override loadedSourcesRequest(response: DebugProtocol.LoadedSourcesResponse): void {
    this.answer(response, async () => {
      const sources = await this.running.ask('sources', null);
      response.body = { sources: sources.map((one) => sourceOf(one)) };
    });
  }

  protected override sourceRequest(response: DebugProtocol.SourceResponse, args: DebugProtocol.SourceArguments): void {
    this.answer(response, async () => {
      const id = args.source?.sourceReference ?? args.sourceReference;
      response.body = { content: await this.running.ask('source', { id }), mimeType: 'text/x-thingsdb' };
    });
  }

  // --- going on ---

  private resume(response: DebugProtocol.Response, how: 'continue' | 'over' | 'in' | 'out'): void {
    this.answer(response, async () => {
      await this.running.ask('resume', { how });
    });
  }

  protected override continueRequest(response: DebugProtocol.ContinueResponse): void {
    response.body = { allThreadsContinued: true };
    this.resume(response, 'continue');
  }

  protected override nextRequest(response: DebugProtocol.NextResponse): void {
    this.resume(response, 'over');
  }

  protected override stepInRequest(response: DebugProtocol.StepInResponse): void {
    this.resume(response, 'in');
  }

  protected override stepOutRequest(response: DebugProtocol.StepOutResponse): void {
    this.resume(response, 'out');
  }

  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    this.answer(response, async () => {
      await this.running.ask('pause', null);
    });
  }

  // --- looking ---

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: [{ id: THREAD, name: 'script' }] };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(response: DebugProtocol.StackTraceResponse, args: DebugProtocol.StackTraceArguments): void {
    this.answer(response, async () => {
      const { frames, total } = await this.running.ask('frames', { from: args.startFrame ?? 0, count: args.levels ?? 0 });
      const stackFrames = frames.map(({ index, name, source, place }) => ({
        id: index + 1,
        name,
        source: sourceOf(source),
        ...(place === null ? { line: 0, column: 0 } : this.range(place)),
      }));
      response.body = { stackFrames, totalFrames: total };
    });
  }

  protected override scopesRequest(response: DebugProtocol.ScopesResponse, { frameId }: DebugProtocol.ScopesArguments): void {
    this.answer(response, async () => {
      const scopes = await this.running.ask('scopes', { frame: frameId - 1 });
      response.body = { scopes: scopes.map(scopeOf) };
    });
  }

  protected override variablesRequest(response: DebugProtocol.VariablesResponse, args: DebugProtocol.VariablesArguments): void {
    this.answer(response, async () => {
      const { variablesReference: ref, filter, start, count } = args;
      const variables = await this.running.ask('variables', { ref, filter, start, count });
      response.body = { variables: variables.map((one) => variableOf(one)) };
    });
  }

  protected override setVariableRequest(response: DebugProtocol.SetVariableResponse, args: DebugProtocol.SetVariableArguments): void {
    this.answer(response, async () => {
      const { variablesReference: ref, name, value } = args;
      response.body = variableOf(await this.running.ask('setVariable', { ref, name, value }));
    });
  }

  protected override setExpressionRequest(response: DebugProtocol.SetExpressionResponse, args: DebugProtocol.SetExpressionArguments): void {
    this.answer(response, async () => {
      response.body = variableOf(await this.evaluated(`${args.expression} = ${args.value}`, args.frameId, 'repl'));
    });
  }

  protected override evaluateRequest(response: DebugProtocol.EvaluateResponse, args: DebugProtocol.EvaluateArguments): void {
    this.answer(response, async () => {
      const context: EvaluateContext = args.context === 'hover' || args.context === 'repl' ? args.context : 'watch';
      const { value, ...rest } = variableOf(await this.evaluated(args.expression, args.frameId, context));
      response.body = { ...rest, result: value };
      if (context === 'repl' && this.hasInvalidated) this.sendEvent(new InvalidatedEvent(['variables']));
    });
  }

  private evaluated(text: string, frameId: number | undefined, context: EvaluateContext): Promise<VariableInfo> {
    return this.running.ask('evaluate', { frame: frameId === undefined ? null : frameId - 1, text, context });
  }

  protected override exceptionInfoRequest(response: DebugProtocol.ExceptionInfoResponse): void {
    this.answer(response, async () => {
      if (this.lastError === null) throw new Error('the script does not stand at an error');
      const { message, code, handled } = this.lastError;
      response.body = { exceptionId: String(code), description: message, breakMode: handled ? 'always' : 'unhandled' };
    });
  }

  protected override completionsRequest(response: DebugProtocol.CompletionsResponse, args: DebugProtocol.CompletionsArguments): void {
    this.answer(response, async () => {
      const names = await this.running.ask('names', { frame: args.frameId === undefined ? null : args.frameId - 1 });
      const before = args.text.slice(0, this.convertClientColumnToDebugger(args.column) - 1);
      const word = /(?:^|[^.\w])(\w*)$/.exec(before)?.[1] ?? null;
      const targets =
        word === null ? [] : names.filter((name) => name.startsWith(word)).map((name) => ({ label: name, type: 'variable' as const }));
      response.body = { targets };
    });
  }
}
