/** A store as the place of queries, in a thread of its own, so that a query that does not end can be interrupted. */
import { Worker } from 'node:worker_threads';
import { TiError } from '../../errors.ts';
import { CliError, type ExitCode } from '../exit.ts';
import { type Ask, Interrupted, type Place } from './place.ts';
import { aboutStore, type StoreOptions } from './store-place.ts';

/** What the thread is given when it starts. */
export interface ThreadData {
  readonly options: StoreOptions;
  /** One int, which is not 0 when the query that runs is to end. */
  readonly interrupt: Int32Array;
}

/** What is asked of the thread: a query, or to close the store. Each is answered, in order. */
export type ThreadRequest = { readonly kind: 'ask'; readonly query: Ask } | { readonly kind: 'close' };

export type ThreadReply =
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'done'; readonly answer: Uint8Array }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly start: number }
  /** An error that ends in a message and an exit code, as when the store cannot be opened. */
  | { readonly kind: 'failed'; readonly exitCode: ExitCode; readonly message: string };

interface Waiting {
  readonly resolve: (answer: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

/** Beside this file, as source or as built. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread-main.ts' : './thread-main.js', import.meta.url);

export class ThreadPlace implements Place {
  readonly about: string;
  private readonly worker: Worker;
  private readonly flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private readonly waiting: Waiting[] = [];
  private readonly onWarning: (message: string) => void;
  /** A fault of ours that ended the thread. */
  private failure: unknown = null;

  private constructor(options: StoreOptions, onWarning: (message: string) => void) {
    this.about = aboutStore(options);
    this.onWarning = onWarning;
    const workerData: ThreadData = { options, interrupt: this.flag };
    this.worker = new Worker(THREAD, { workerData });
    this.worker.on('message', (reply: ThreadReply) => this.take(reply));
    this.worker.on('error', (error) => {
      this.failure = error;
      for (const { reject } of this.waiting.splice(0)) reject(error);
    });
  }

  /** Opens the store. Rejects with CliError. `onWarning` gets byte strings. */
  static async open(options: StoreOptions, onWarning: (message: string) => void): Promise<ThreadPlace> {
    const place = new ThreadPlace(options, onWarning);
    try {
      await place.reply();
    } catch (error) {
      await place.worker.terminate();
      throw error;
    }
    return place;
  }

  async ask(query: Ask): Promise<Buffer> {
    try {
      return await this.request({ kind: 'ask', query });
    } catch (error) {
      if (Atomics.load(this.flag, 0) !== 0) throw new Interrupted('interrupted');
      throw error;
    } finally {
      // Tasks go on.
      Atomics.store(this.flag, 0, 0);
    }
  }

  interrupt(): void {
    Atomics.store(this.flag, 0, 1);
  }

  async close(): Promise<void> {
    this.interrupt();
    await this.request({ kind: 'close' });
    await this.worker.terminate();
  }

  private request(request: ThreadRequest): Promise<Buffer> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const reply = this.reply();
    this.worker.postMessage(request);
    return reply;
  }

  private reply(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
  }

  private take(reply: ThreadReply): void {
    if (reply.kind === 'warning') {
      this.onWarning(reply.message);
      return;
    }
    const waiting = this.waiting.shift();
    if (reply.kind === 'done') waiting?.resolve(Buffer.from(reply.answer));
    else if (reply.kind === 'failed') waiting?.reject(new CliError(reply.exitCode, reply.message));
    else {
      const error = new TiError(reply.code, reply.message);
      error.start = reply.start;
      waiting?.reject(error);
    }
  }
}
