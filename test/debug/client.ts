/** An editor that debugs: a client of the Debug Adapter Protocol over the streams of `thingsc debug --dap`, or over a port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PROGRAM } from '../cli/harness.ts';

type Sent = DebugProtocol.Response | DebugProtocol.Event;

interface Waiting {
  readonly resolve: (response: DebugProtocol.Response) => void;
  readonly reject: (error: Error) => void;
}

export interface Standing {
  readonly reason: string;
  /** `name:line:column` of each frame, innermost first. */
  readonly frames: readonly string[];
  readonly event: DebugProtocol.StoppedEvent['body'];
}

export class Client {
  readonly events: DebugProtocol.Event[] = [];
  private readonly output: Writable;
  private readonly waiting = new Map<number, Waiting>();
  private readonly wakers: (() => void)[] = [];
  private data = Buffer.alloc(0);
  private seq = 0;
  /** Events before this one were waited for. */
  private seen = 0;

  constructor(input: Readable, output: Writable) {
    this.output = output;
    output.on('error', () => {});
    input.on('data', (chunk: Buffer) => this.take(chunk));
    input.on('error', () => {});
    input.on('close', () => this.refuse());
  }

  private take(chunk: Buffer): void {
    this.data = Buffer.concat([this.data, chunk]);
    for (;;) {
      const end = this.data.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.data.subarray(0, end).toString())?.[1]);
      if (this.data.length < end + 4 + length) return;
      const message = JSON.parse(this.data.subarray(end + 4, end + 4 + length).toString()) as Sent;
      this.data = this.data.subarray(end + 4 + length);
      this.hear(message);
    }
  }

  private hear(message: Sent): void {
    if (message.type === 'event') {
      this.events.push(message as DebugProtocol.Event);
      for (const wake of this.wakers.splice(0)) wake();
      return;
    }
    const response = message as DebugProtocol.Response;
    const waiting = this.waiting.get(response.request_seq);
    this.waiting.delete(response.request_seq);
    if (response.success) waiting?.resolve(response);
    else {
      const { format, variables } = (response as DebugProtocol.ErrorResponse).body.error ?? { format: response.message ?? '' };
      waiting?.reject(new Error(format.replace(/\{(\w+)\}/g, (_, name: string) => variables?.[name] ?? '')));
    }
  }

  private refuse(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('the adapter is gone'));
    this.waiting.clear();
    for (const wake of this.wakers.splice(0)) wake();
  }

  /** Rejects with the text of the answer. */
  async ask<R extends DebugProtocol.Response>(command: R['command'], args: object = {}): Promise<R['body']> {
    const seq = ++this.seq;
    const answered = new Promise<DebugProtocol.Response>((resolve, reject) => {
      this.waiting.set(seq, { resolve, reject });
    });
    const json = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.output.write(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
    return (await answered).body as R['body'];
  }

  /** The next event of that name, behind those that were waited for. */
  async event<E extends DebugProtocol.Event>(name: string): Promise<E['body']> {
    for (;;) {
      const at = this.events.findIndex(({ event }, i) => i >= this.seen && event === name);
      if (at >= 0) {
        this.seen = at + 1;
        return this.events[at]?.body as E['body'];
      }
      await new Promise<void>((resolve) => {
        this.wakers.push(resolve);
      });
    }
  }

  /** Output of a category, as far as it came. */
  printed(category: string): string {
    const outputs = this.events.filter(({ event, body }) => event === 'output' && body.category === category);
    return outputs.map(({ body }) => body.output as string).join('');
  }

  // --- what editors do ---

  /** Launches; `configure` is done before the script starts. */
  async launch(args: object, configure: () => Promise<unknown> = async () => {}): Promise<void> {
    await this.ask('initialize', { adapterID: 'thingsdb', supportsInvalidatedEvent: true });
    await this.ask('launch', args);
    await this.event('initialized');
    await configure();
    await this.ask('configurationDone');
  }

  async breakpoints(
    source: DebugProtocol.Source | string,
    ...breakpoints: DebugProtocol.SourceBreakpoint[]
  ): Promise<DebugProtocol.Breakpoint[]> {
    const where = typeof source === 'string' ? { path: source } : source;
    return (await this.ask<DebugProtocol.SetBreakpointsResponse>('setBreakpoints', { source: where, breakpoints })).breakpoints;
  }

  /** Waits until the script stands. */
  async stands(): Promise<Standing> {
    const event = await this.event<DebugProtocol.StoppedEvent>('stopped');
    const frames = (await this.frames()).map(({ name, line, column }) => `${name}:${line}:${column}`);
    return { reason: event.reason, frames, event };
  }

  async frames(): Promise<DebugProtocol.StackFrame[]> {
    return (await this.ask<DebugProtocol.StackTraceResponse>('stackTrace', { threadId: 1 })).stackFrames;
  }

  async goOn(command: 'continue' | 'next' | 'stepIn' | 'stepOut'): Promise<Standing> {
    await this.ask(command, { threadId: 1 });
    return this.stands();
  }

  /** The variables of each scope of a frame, as texts. */
  async scopes(frame = 0): Promise<Record<string, Record<string, string>>> {
    const frameId = (await this.frames())[frame]?.id;
    const { scopes } = await this.ask<DebugProtocol.ScopesResponse>('scopes', { frameId });
    const shown: Record<string, Record<string, string>> = {};
    for (const { name, variablesReference } of scopes) {
      const variables = await this.variables(variablesReference);
      shown[name] = Object.fromEntries(variables.map((variable) => [variable.name, variable.value]));
    }
    return shown;
  }

  async variables(ref: number, more: object = {}): Promise<DebugProtocol.Variable[]> {
    return (await this.ask<DebugProtocol.VariablesResponse>('variables', { variablesReference: ref, ...more })).variables;
  }

  async evaluate(expression: string, frame = 0, context = 'repl'): Promise<string> {
    const frameId = (await this.frames())[frame]?.id;
    return (await this.ask<DebugProtocol.EvaluateResponse>('evaluate', { expression, frameId, context })).result;
  }

  /** Waits until the script has ended, and gives its exit code. */
  async ended(): Promise<number> {
    const { exitCode } = await this.event<DebugProtocol.ExitedEvent>('exited');
    await this.event('terminated');
    return exitCode;
  }
}

/** A client of an adapter at a port. */
export class Connected extends Client {
  private readonly socket: Socket;

  constructor(port: number) {
    const socket = connect(port, '127.0.0.1');
    super(socket, socket);
    this.socket = socket;
  }

  /** Disconnects, and waits until the adapter has hung up. */
  async disconnect(): Promise<void> {
    const closed = once(this.socket, 'close');
    await this.ask('disconnect');
    await closed;
  }

  hangUp(): void {
    this.socket.destroy();
  }
}

/** A client with an adapter of its own. */
export class Adapted extends Client {
  readonly child: ChildProcess;

  constructor(program: string = PROGRAM, words: readonly string[] = ['debug', '--dap']) {
    const child = spawn(process.execPath, [program, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    super(child.stdout, child.stdin);
    this.child = child;
  }

  /** Disconnects, and gives the exit code of the adapter. */
  async disconnect(): Promise<number | null> {
    const exited = once(this.child, 'exit') as Promise<[number | null]>;
    await this.ask('disconnect');
    return (await exited)[0];
  }
}
