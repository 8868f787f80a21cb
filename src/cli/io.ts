/** Where a command meets the world. Text that goes out and comes in is byte strings; tests bring their own. */
import { isAbsolute, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export { fromBytes, toBytes } from '../utf8.ts';

export interface Output {
  write(text: string): void;
  /** Resolves when little waits for whoever reads; for those who write much. */
  ready(): Promise<void>;
  /** Whether a person reads it in colours. */
  readonly colored: boolean;
  /** How many characters a line may have. */
  readonly columns: number;
}

export interface Io {
  /** How this program can be called from here. */
  readonly program: string;
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard input is a terminal, where nobody has written anything yet. */
  readonly inputIsTerminal: boolean;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Standard input, for those who read it as it comes. */
  readonly openInput: () => Readable;
  /** Calls `listener` at each signal that asks for the end, until the returned function is called. */
  readonly onSignal: (listener: (name: string) => void) => () => void;
}

const DEFAULT_COLUMNS = 80;

function outputTo(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => {
      stream.write(text, 'latin1');
    },
    ready: () =>
      new Promise((resolve) => {
        // A reader that has gone ends the program by an error of the stream.
        if (stream.writableNeedDrain) stream.once('drain', resolve);
        else setImmediate(resolve);
      }),
    colored: stream.isTTY === true && stream.hasColors(),
    columns: stream.columns ?? DEFAULT_COLUMNS,
  };
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).latin1Slice();
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

function onSignal(listener: (name: string) => void): () => void {
  const handlers = SIGNALS.map((signal) => [signal, () => listener(signal)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

/** The path of the program when it lies below the folder we are in, else its name, as it was then found by that. */
function programName(): string {
  const [, script = ''] = process.argv;
  // `npm start` runs the build, without the file that others call.
  const called = script.endsWith('thingsc-main.js') ? fileURLToPath(new URL('../../../bin/thingsc', import.meta.url)) : script;
  const path = relative('.', called);
  return path.startsWith('..') || isAbsolute(path) ? 'thingsc' : path;
}

/** The input and output of this process. */
export function processIo(): Io {
  return {
    program: programName(),
    out: outputTo(process.stdout),
    err: outputTo(process.stderr),
    env: process.env,
    inputIsTerminal: process.stdin.isTTY === true,
    readInput: () => readAll(process.stdin),
    openInput: () => process.stdin,
    onSignal,
  };
}
