/** A debugged script as a person at a terminal sees it: starts runs, tells of stops, and knows which frame is looked at. */
import { renderDiagnostic } from '../../ast/position.ts';
import type { BreakpointInfo, Ending, Event, FrameInfo, Resume, SourceInfo, Stop, Target, VariableInfo } from '../../debug/protocol.ts';
import { Session } from '../../debug/session.ts';
import { toBytes } from '../../utf8.ts';
import type { Output } from '../io.ts';
import { BreakpointList } from './breakpoint-list.ts';
import { linesOf } from './colours.ts';

/** What went wrong with a command, for the person who gave it. */
export class CommandError extends Error {}

/** Errors in a script, as pictures. */
export class ScriptError extends CommandError {}

/** Lines around the one where the script stands. */
const AROUND = 3;
const MOST_CHILDREN = 50;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass.
const visible = (bytes: string): string => bytes.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '?');

export class DebugConsole {
  readonly breakpoints = new BreakpointList();
  /** Expressions that are shown at each stop. */
  readonly displays: string[] = [];
  errorStops: 'none' | 'uncaught' | 'all' = 'uncaught';
  /** The frame that is looked at. */
  frame = 0;
  /** How the last run ended; null while there was none. */
  ending: Ending['kind'] | null = null;
  /** Whether the script runs right now. */
  isRunning = false;
  private session: Session | null = null;
  private isStarted = false;
  private readonly readTarget: () => Promise<Target>;
  private readonly out: Output;
  private target: Target | null = null;
  private main: SourceInfo | null = null;
  private stop: Stop | null = null;
  /** Numbers of breakpoints that went by themselves, until that was told. */
  private readonly gone: number[] = [];
  private wake: () => void = () => undefined;
  private readonly texts = new Map<number, readonly string[]>();

  /** `readTarget` reads the script anew for each run. */
  constructor(readTarget: () => Promise<Target>, out: Output) {
    this.readTarget = readTarget;
    this.out = out;
  }

  write(text: string): void {
    this.out.write(toBytes(text));
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  paint(style: string, text: string): string {
    return this.out.colored ? `\x1b[${style}m${text}\x1b[0m` : text;
  }

  // --- runs ---

  /** Whether there is a run that stands somewhere. */
  get stands(): boolean {
    return this.isStarted && !this.isRunning;
  }

  /** The run; it is made, but not started, when there is none. Throws CommandError when the script cannot be run. */
  async ready(): Promise<Session> {
    if (this.session !== null) return this.session;
    const target = await this.readTarget();
    this.target = target;
    this.texts.clear();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const session = new Session(target, (event) => {
      if (event.event === 'ready') {
        this.main = event.source;
        resolve();
      } else if (event.event === 'failed' && !this.isStarted) reject(this.failure(event));
      else this.hear(event);
    });
    try {
      await promise;
    } catch (error) {
      await session.gone;
      throw error;
    }
    this.session = session;
    await this.breakpoints.sendAll(session);
    await session.ask('setErrorStops', { stops: this.errorStops });
    return session;
  }

  private failure({ message, diagnostics }: Extract<Event, { event: 'failed' }>): CommandError {
    const what = this.target?.what;
    if (what?.kind !== 'script' || diagnostics.length === 0) return new CommandError(message);
    const pictures = diagnostics
      .map((one) => renderDiagnostic(visible(what.text), one, { name: what.name, colour: this.out.colored }))
      .join('\n\n');
    return new ScriptError(pictures);
  }

  /** The script itself. */
  async mainSource(): Promise<SourceInfo> {
    await this.ready();
    return this.main as SourceInfo;
  }

  /** Starts the script and waits until it stands or has ended. */
  async start(stopOnEntry: boolean): Promise<void> {
    if (this.isStarted) await this.end();
    const session = await this.ready();
    this.isStarted = true;
    this.ending = null;
    await this.goOn(() => session.ask('start', { stopOnEntry }));
  }

  async resume(how: Resume): Promise<void> {
    const session = this.standing();
    await this.goOn(() => session.ask('resume', { how }));
  }

  private async goOn(ask: () => Promise<unknown>): Promise<void> {
    await this.run(ask);
    if (this.stands) await this.showStop();
  }

  /** Lets the script go on, and waits until it stands or has ended. */
  private async run(ask: () => Promise<unknown>): Promise<void> {
    this.isRunning = true;
    const stopped = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    await ask();
    await stopped;
  }

  /** Steps over statements until one on a line further down, or until the function is left. */
  async resumeDown(): Promise<void> {
    const session = this.standing();
    const top = async () => session.ask('frames', { from: 0, count: 1 });
    const first = await top();
    const line = first.frames[0]?.place?.line ?? 0;
    for (;;) {
      await this.run(() => session.ask('resume', { how: 'over' }));
      if (!this.stands) return;
      const now = await top();
      const isBack = now.total === first.total && (now.frames[0]?.place?.line ?? 0) <= line;
      if (!isBack || this.stop?.reason !== 'step') break;
    }
    await this.showStop();
  }

  pause(): void {
    this.session?.ask('pause', null).catch(() => undefined);
  }

  /** Ends the run, if there is one. */
  async end(): Promise<void> {
    const { session } = this;
    this.over();
    await session?.end();
  }

  private over(): void {
    this.session = null;
    this.isStarted = false;
    this.isRunning = false;
  }

  /** The run, which stands. Throws CommandError. */
  standing(): Session {
    if (this.session === null || !this.isStarted) throw new CommandError('the script does not run; `run` or `start` starts it');
    return this.session;
  }

  async setErrorStops(stops: 'none' | 'uncaught' | 'all'): Promise<void> {
    this.errorStops = stops;
    await this.session?.ask('setErrorStops', { stops });
  }

  // --- what the script tells ---

  private hear(event: Event): void {
    switch (event.event) {
      case 'stopped':
        this.stop = event.stop;
        this.isRunning = false;
        this.wake();
        break;
      case 'output':
        this.write(
          event.kind === 'log' ? event.text : this.paint(event.kind === 'warning' ? '33' : '36', event.text.trimEnd()).concat('\n'),
        );
        break;
      case 'breakpoint':
        this.placed(event.breakpoint, event.isGone);
        break;
      case 'done':
        this.ended(event.ending);
        break;
      case 'failed':
        this.line(event.message);
        this.ended({ kind: 'ended' });
        break;
      default:
    }
  }

  /** A breakpoint of a text that is known only now, or one that went by itself. */
  private placed({ id, place, message }: BreakpointInfo, isGone: boolean): void {
    const entry = this.breakpoints.byId(id);
    if (entry === undefined) return;
    if (isGone) this.gone.push(entry.number);
    else Object.assign(entry, { place, message });
  }

  private ended(ending: Ending): void {
    this.over();
    this.ending = ending.kind;
    if (ending.kind === 'answer') this.line(`${this.paint('2', 'The script has ended with')} ${ending.text}`);
    else if (ending.kind === 'error') this.line(this.errorText(ending));
    this.wake();
  }

  private errorText({ message, code, at }: Extract<Ending, { kind: 'error' }>): string {
    const place = at === null ? '' : ` at ${at.source.name}:${at.place.line}:${at.place.column}`;
    return `The script has ended with ${this.paint('31', `error ${code}: ${message}`)}${place}`;
  }

  // --- showing ---

  private async showStop(): Promise<void> {
    const { stop } = this;
    if (stop === null) return;
    this.frame = 0;
    const session = this.standing();
    const [frame] = (await session.ask('frames', { from: 0, count: 1 })).frames;
    if (frame === undefined) return;
    const why = this.reasonText(stop);
    this.line(`${why}${why === '' ? '' : ', '}${this.frameText(frame)}`);
    for (const number of this.gone.splice(0)) {
      const entry = this.breakpoints.find(number);
      if (entry !== undefined) this.breakpoints.forget(entry);
    }
    await this.showResult(session);
    await this.list(frame.source, frame.place?.line ?? 1, frame);
    await this.showDisplays();
  }

  private reasonText({ reason, breakpoints, error }: Stop): string {
    if (error !== null) return this.paint('31', `${error.handled ? 'caught error' : 'error'} ${error.code}: ${error.message}`);
    const numbers = breakpoints.flatMap((id) => this.breakpoints.byId(id)?.number ?? []);
    if (numbers.length > 0) return this.paint('1', `breakpoint ${numbers.join(', ')}`);
    return reason === 'pause' ? this.paint('1', 'paused') : '';
  }

  /** What the call gave that is just done. */
  private async showResult(session: Session): Promise<void> {
    const [locals] = await session.ask('scopes', { frame: 0 });
    if (locals === undefined) return;
    const [first] = await session.ask('variables', { ref: locals.ref, count: 1 });
    if (first?.name === '(result)') this.line(`${this.paint('2', 'gave')} ${first.value}`);
  }

  frameText({ name, source, place }: FrameInfo): string {
    return `${name} at ${source.name}${place === null ? '' : `:${place.line}`}`;
  }

  /** The frame that is looked at. Throws CommandError. */
  async currentFrame(): Promise<FrameInfo> {
    const [frame] = (await this.standing().ask('frames', { from: this.frame, count: 1 })).frames;
    if (frame === undefined) throw new CommandError(`there is no frame ${this.frame}`);
    return frame;
  }

  private async linesOf(source: SourceInfo): Promise<readonly string[]> {
    let lines = this.texts.get(source.id);
    if (lines === undefined) {
      const text = await (await this.ready()).ask('source', { id: source.id });
      lines = linesOf(visible(toBytes(text)), this.out.colored);
      this.texts.set(source.id, lines);
    }
    return lines;
  }

  /** Shows lines around one, with an arrow where a frame is. Gives the number of the last. */
  async list(source: SourceInfo, line: number, frame: FrameInfo | null, around = AROUND): Promise<number> {
    const lines = await this.linesOf(source);
    const first = Math.max(1, line - around);
    const last = Math.min(lines.length, line + around);
    const width = String(last).length;
    const marked = this.breakpoints.linesIn(source);
    for (let number = first; number <= last; number++) {
      const isHere = frame !== null && frame.source.id === source.id && frame.place?.line === number;
      const sign = `${marked.has(number) ? this.paint('31', '*') : ' '}${isHere ? this.paint('1;33', '>') : ' '}`;
      this.line(`${sign} ${this.paint('2', String(number).padStart(width))}  ${lines[number - 1] ?? ''}`.trimEnd());
      if (isHere) this.pointAt(frame, lines[number - 1] ?? '', width);
    }
    return last;
  }

  /** A caret below a statement that is not the first of its line. */
  private pointAt({ place }: FrameInfo, text: string, width: number): void {
    if (place === null) return;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours.
    const plain = text.replace(/\x1b\[[\d;]*m/g, '');
    const before = plain.slice(0, place.column - 1);
    if (before.trim() === '') return;
    const length = place.endLine === place.line ? Math.max(1, place.endColumn - place.column) : plain.length - before.length;
    this.line(`${' '.repeat(width + 5)}${before.replace(/[^\t]/g, ' ')}${this.paint('1;33', '^'.repeat(length))}`);
  }

  async evaluate(text: string, context: 'watch' | 'repl'): Promise<VariableInfo> {
    return this.standing().ask('evaluate', { frame: this.frame, text, context });
  }

  /** A value on its line; what does not fit there stands below it, a part a line. */
  async show(label: string, variable: VariableInfo): Promise<void> {
    this.line(`${label}${label === '' ? '' : ' = '}${variable.value}`);
    if (variable.ref === 0 || !variable.value.includes('…')) return;
    const parts = await this.standing().ask('variables', { ref: variable.ref, count: MOST_CHILDREN });
    for (const { name, value } of parts) this.line(`  ${name}: ${value}`);
    const more = variable.indexed + variable.named - parts.length;
    if (more > 0) this.line(`  and ${more} more`);
  }

  async showDisplays(): Promise<void> {
    for (const [i, text] of this.displays.entries()) {
      const value = await this.evaluate(text, 'watch').then(
        (variable) => variable.value,
        (error: unknown) => this.paint('31', error instanceof Error ? error.message : String(error)),
      );
      this.line(`${i + 1}: ${text} = ${value}`);
    }
  }
}
