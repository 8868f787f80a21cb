/** One child process of a module: starting it, its pipes, its lines of output, its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { PackageReader } from './packages.ts';

/** How long a module has to end after SIGTERM before it is killed, in ms. */
const STOP_GRACE = 5000;
/** The longest line of output that is logged, in characters. */
const MAX_LINE = 4096;

export interface ProcessEvents {
  onPackage(type: number, id: number, payload: Buffer): void;
  /** A line that the module wrote to its standard error. */
  onLine(line: string): void;
  /** The module wrote what is no package; it is killed. */
  onGarbage(): void;
  /** The process has ended; nothing more comes from it. `reason` is text for the log, `failed` the code of the system when it did not even start. */
  onExit(reason: string, failed: string | null): void;
}

export class ModuleProcess {
  private readonly child: ChildProcess;
  private readonly events: ProcessEvents;
  private killTimer: NodeJS.Timeout | null = null;
  private isOver = false;

  constructor(command: readonly string[], events: ProcessEvents) {
    this.events = events;
    const [file = '', ...args] = command;
    this.child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.read();
    this.child.on('error', (error: NodeJS.ErrnoException) => {
      if (this.child.pid === undefined) this.ended(error.message, error.code ?? 'error');
    });
    // Not `exit`: what it wrote last is still to be read then.
    this.child.on('close', (code, signal) => this.ended(signal === null ? `exit status ${code}` : `signal ${signal}`, null));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  private read(): void {
    const { stdin, stdout, stderr } = this.child;
    // A module that has gone is told by its end.
    stdin?.on('error', () => {});
    stdout?.on('error', () => {});
    const reader = new PackageReader((type, id, payload) => {
      if (!this.isOver) this.events.onPackage(type, id, payload);
    });
    let isBroken = false;
    stdout?.on('data', (chunk: Buffer) => {
      if (isBroken || reader.feed(chunk)) return;
      isBroken = true;
      this.events.onGarbage();
      this.child.kill('SIGKILL');
    });
    let line = '';
    stderr?.setEncoding('utf8');
    stderr?.on('error', () => {});
    stderr?.on('data', (text: string) => {
      const lines = (line + text).split(/\r?\n/);
      line = (lines.pop() as string).slice(0, MAX_LINE);
      for (const each of lines) this.events.onLine(each.slice(0, MAX_LINE));
    });
    stderr?.on('end', () => {
      if (line !== '') this.events.onLine(line);
    });
  }

  private ended(reason: string, failed: string | null): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.killTimer !== null) clearTimeout(this.killTimer);
    this.events.onExit(reason, failed);
  }

  send(bytes: Buffer): void {
    this.child.stdin?.write(bytes);
  }

  /** Asks the process to end, and makes it when it does not. */
  stop(): void {
    if (this.isOver) return;
    this.child.kill('SIGTERM');
    this.killTimer ??= setTimeout(() => this.child.kill('SIGKILL'), STOP_GRACE);
  }
}
