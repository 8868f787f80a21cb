/** A front end's side of a debugged script: starts its thread, asks it, and hears of it. */
import { Worker } from 'node:worker_threads';
import type { DebuggeeData } from './debuggee.ts';
import type { Event, Message, Requests, Target } from './protocol.ts';

/** How long a thread may take to end by itself: a single built-in may be long at work before it looks. */
const PATIENCE_MS = 3000;

/** The thread's first file, where this runs from the sources or from their build. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './debuggee-main.ts' : './debuggee-main.js', import.meta.url);

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Session {
  private readonly worker: Worker;
  private readonly signal = new Int32Array(new SharedArrayBuffer(4));
  private readonly waiting = new Map<number, Waiting>();
  private readonly onEvent: (event: Event) => void;
  private lastId = 0;
  private isOver = false;
  /** Resolves when the thread is gone and its store is closed. */
  readonly gone: Promise<void>;

  /** `entry` is the first file of the thread, for those who bundle it elsewhere. */
  constructor(target: Target, onEvent: (event: Event) => void, entry: URL = ENTRY) {
    this.onEvent = onEvent;
    const workerData: DebuggeeData = { target, signal: this.signal };
    // Its output is none of the script's: over standard output an editor may be spoken to.
    this.worker = new Worker(entry, { workerData, stdout: true, stderr: false });
    this.worker.on('message', (message: Message) => this.hear(message));
    this.worker.on('error', (error) => this.fail(error));
    this.gone = new Promise((resolve) => {
      this.worker.on('exit', () => {
        this.refuseAll();
        resolve();
      });
    });
  }

  private hear(message: Message): void {
    if (message.event !== 'answer') {
      if (message.event === 'done' || message.event === 'failed') this.isOver = true;
      this.onEvent(message);
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.error === null) waiting?.resolve(message.result);
    else waiting?.reject(new Error(message.error));
  }

  /** A fault of ours in the thread. */
  private fail(error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.onEvent({ event: 'failed', diagnostics: [], message: `internal error: ${message}` });
  }

  private refuseAll(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('the script has ended'));
    this.waiting.clear();
  }

  /** Rejects with an Error for people. */
  ask<K extends keyof Requests>(method: K, params: Requests[K]['params']): Promise<Requests[K]['result']> {
    if (this.isOver) return Promise.reject(new Error('the script has ended'));
    const id = ++this.lastId;
    const answered = new Promise<Requests[K]['result']>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
    });
    this.worker.postMessage({ id, method, params });
    Atomics.add(this.signal, 0, 1);
    Atomics.notify(this.signal, 0);
    return answered;
  }

  /** Ends the script, wherever it is, and its thread. */
  async end(): Promise<void> {
    if (!this.isOver) this.ask('end', null).catch(() => undefined);
    const timer = setTimeout(() => void this.worker.terminate(), PATIENCE_MS);
    await this.gone;
    clearTimeout(timer);
  }
}
