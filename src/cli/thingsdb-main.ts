/** Runs `thingsdb` as a process. */
import { createInterface } from 'node:readline';
import { main, type World } from './thingsdb.ts';

const SIGNALS = { SIGTERM: 'Terminated', SIGINT: 'Interrupt', SIGHUP: 'Hangup' } as const;

function ask(question: string): Promise<string | null> {
  process.stdout.write(question);
  const lines = createInterface({ input: process.stdin, terminal: false });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(null));
  });
}

function onSignal(listener: (name: string) => void): () => void {
  const handlers = Object.entries(SIGNALS).map(([signal, name]) => {
    const handler = (): void => listener(name);
    process.on(signal, handler);
    return (): void => {
      process.off(signal, handler);
    };
  });
  return () => {
    for (const off of handlers) off();
  };
}

const world: World = {
  env: process.env,
  print: (text) => {
    process.stdout.write(text);
  },
  ask,
  onSignal,
};

// Whoever read the log may go away; the server stays.
process.stdout.on('error', () => {});

/** Runs the command with the words behind it; ends the process when it is done. */
export async function start(): Promise<void> {
  const code = await main(process.argv.slice(2), world);
  // Text that a slow reader has not taken yet must not be lost.
  process.stdout.write('', () => process.exit(code));
}

await start();
