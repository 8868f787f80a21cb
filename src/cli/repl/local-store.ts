/** What the thread does that has the store of a prompt; see `local.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { UserRef } from '../../engine/api.ts';
import { compileText2019 } from '../../engine/dialect-2019.ts';
import type { LocalEngine } from '../../engine/engine.ts';
import { TiError } from '../../errors.ts';
import { targetOf } from '../dialect.ts';
import { CliError } from '../exit.ts';
import { packedAnswer, userOf } from '../local-run.ts';
import { closeStore, openStoreFor } from '../store.ts';
import type { ThreadData, ThreadReply, ThreadRequest } from './local.ts';
import type { Ask } from './place.ts';

const { options, interrupt } = workerData as ThreadData;

const reply = (message: ThreadReply): void => parentPort?.postMessage(message);
const warn = (message: string): void => reply({ kind: 'warning', message });

let onSafe: () => void = () => {};

/** Waits until all changes so far are safe, as a server does before it answers. */
async function durable(engine: LocalEngine): Promise<void> {
  const { lastChangeId } = engine;
  while (engine.durableId < lastChangeId && engine.store.status().failure === null) {
    await new Promise<void>((resolve) => {
      onSafe = resolve;
    });
  }
}

async function answer(engine: LocalEngine, user: UserRef, { dialect, scope, text, vars }: Ask): Promise<Uint8Array> {
  const client = { warn: (_code: number, message: string): void => warn(message) };
  const program = dialect === '2019' ? compileText2019(text, targetOf(scope) === 0 ? 'root' : 'collection') : engine.programs.get(text);
  const packed = Uint8Array.from(packedAnswer(engine, program, { user, client, scope, vars }));
  await durable(engine);
  return packed;
}

/** Does what is asked, and answers what it throws. */
async function attempt(action: () => Promise<Uint8Array>): Promise<void> {
  try {
    reply({ kind: 'done', answer: await action() });
  } catch (error) {
    if (error instanceof TiError) reply({ kind: 'error', code: error.code, message: error.message, start: error.start });
    else if (error instanceof CliError) reply({ kind: 'failed', exitCode: error.exitCode, message: error.message });
    else throw error;
  }
}

const NOTHING = new Uint8Array([0xc0]);

await attempt(async () => {
  const isInterrupted = (): boolean => Atomics.load(interrupt, 0) !== 0;
  const engine = await openStoreFor({ ...options, isInterrupted }, { err: { write: warn, colored: false, columns: 0 } });
  const user = userOf(engine, options.user);
  engine.onDurable(() => onSafe());
  let last = Promise.resolve();
  parentPort?.on('message', (request: ThreadRequest) => {
    last = last.then(() =>
      attempt(async () => {
        if (request.kind === 'ask') return answer(engine, user, request.query);
        await closeStore(engine);
        return NOTHING;
      }),
    );
  });
  return NOTHING;
});
