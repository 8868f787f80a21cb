/** A store of our own as the place of queries, in this thread. */
import type { UserRef } from '../../engine/api.ts';
import { compileText2019 } from '../../engine/dialect-2019.ts';
import type { LocalEngine } from '../../engine/engine.ts';
import { targetOf } from '../dialect.ts';
import { packedAnswer, userOf } from '../local-run.ts';
import { closeStore, openStoreFor } from '../store.ts';
import type { Ask, Place } from './place.ts';

export interface StoreOptions {
  /** Folder of the store; memory when left out. */
  readonly data?: string | undefined;
  readonly user: string;
  readonly timeout?: number | undefined;
}

/** What a store is called. */
export const aboutStore = ({ data }: StoreOptions): string => (data === undefined ? 'a store in memory' : `the store in ${data}`);

export class StorePlace implements Place {
  readonly about: string;
  private readonly engine: LocalEngine;
  private readonly user: UserRef;
  private readonly onWarning: (message: string) => void;
  private onSafe: () => void = () => {};

  private constructor(engine: LocalEngine, options: StoreOptions, onWarning: (message: string) => void) {
    this.about = aboutStore(options);
    this.engine = engine;
    this.user = userOf(engine, options.user);
    this.onWarning = onWarning;
    engine.onDurable(() => this.onSafe());
  }

  /**
   * Opens the store. Rejects with CliError.
   *
   * @param onWarning gets byte strings
   * @param isInterrupted is asked while a query runs; true ends it
   */
  static async open(
    options: StoreOptions,
    onWarning: (message: string) => void,
    isInterrupted = (): boolean => false,
  ): Promise<StorePlace> {
    const engine = await openStoreFor(
      { ...options, isInterrupted },
      {
        err: { write: onWarning, ready: async () => undefined, colored: false, columns: 0 },
      },
    );
    try {
      return new StorePlace(engine, options, onWarning);
    } catch (error) {
      await closeStore(engine);
      throw error;
    }
  }

  async ask({ dialect, scope, text, vars }: Ask): Promise<Buffer> {
    const { engine, user } = this;
    const client = { warn: (_code: number, message: string): void => this.onWarning(message) };
    const program = dialect === '2019' ? compileText2019(text, targetOf(scope) === 0 ? 'root' : 'collection') : engine.programs.get(text);
    const packed = Buffer.from(packedAnswer(engine, program, { user, client, scope, vars }));
    await this.safe();
    return packed;
  }

  /** Waits until all changes so far are safe, as a server does before it answers. */
  private async safe(): Promise<void> {
    const { engine } = this;
    const { lastChangeId } = engine;
    while (engine.durableId < lastChangeId && engine.store.status().failure === null) {
      await new Promise<void>((resolve) => {
        this.onSafe = resolve;
      });
    }
  }

  /** A query keeps the thread: nobody can call this meanwhile. */
  interrupt(): void {}

  close(): Promise<void> {
    return closeStore(this.engine);
  }
}
