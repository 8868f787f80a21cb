/** What the thread does that has the store of a prompt; see `thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { TiError } from '../../errors.ts';
import { CliError } from '../exit.ts';
import { StorePlace } from './store-place.ts';
import type { ThreadData, ThreadReply, ThreadRequest } from './thread.ts';

const { options, interrupt } = workerData as ThreadData;

const reply = (message: ThreadReply): void => parentPort?.postMessage(message);

/** Does what is asked, and answers what it gives or throws. */
async function attempt(action: () => Promise<Uint8Array | undefined>): Promise<void> {
  try {
    reply({ kind: 'done', answer: (await action()) ?? new Uint8Array() });
  } catch (error) {
    if (error instanceof TiError) reply({ kind: 'error', code: error.code, message: error.message, start: error.start });
    else if (error instanceof CliError) reply({ kind: 'failed', exitCode: error.exitCode, message: error.message });
    else throw error;
  }
}

await attempt(async () => {
  const onWarning = (message: string): void => reply({ kind: 'warning', message });
  const place = await StorePlace.open(options, onWarning, () => Atomics.load(interrupt, 0) !== 0);
  let last = Promise.resolve();
  parentPort?.on('message', (request: ThreadRequest) => {
    last = last.then(() => attempt(async () => (request.kind === 'ask' ? place.ask(request.query) : place.close().then(() => undefined))));
  });
  return undefined;
});
