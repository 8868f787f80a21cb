/** Where a command meets the world. Text that goes out and comes in is byte strings; tests bring their own. */
import { isAbsolute, relative } from 'node:path';
import type { Readable } from 'node:stream';
import type { TerminalInput, TerminalScreen } from '../terminal/editor.ts';

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

/** What a line is edited on. */
export interface Terminal {
  readonly input: TerminalInput;
  readonly screen: TerminalScreen;
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
  /** The terminal that a person sits at, on which a line can be edited; null when there is none. */
  readonly terminal: Terminal | null;
  /** Calls `listener` at each signal that asks for the end, until the returned function is called. */
  readonly onSignal: (listener: (name: string) => void) => () => void;
}

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

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

/** Some terminals only know how to print lines. */
function terminalOf(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Terminal | null {
  if (input.isTTY !== true || output.isTTY !== true || process.env['TERM'] === 'dumb') return null;
  const screen: TerminalScreen = {
    write: (text) => {
      output.write(text);
    },
    get columns() {
      return output.columns || DEFAULT_COLUMNS;
    },
    get rows() {
      return output.rows || DEFAULT_ROWS;
    },
    onResize: (listener) => {
      output.on('resize', listener);
      return () => output.off('resize', listener);
    },
  };
  return { input, screen };
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
  const path = relative('.', script);
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
    terminal: terminalOf(process.stdin, process.stdout),
    onSignal,
  };
}
