/** Runs `thingsc`: as a process, as its users do, or in this process, which is faster. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Io, Terminal } from '../../src/cli/io.ts';
import { main } from '../../src/cli/thingsc.ts';

export const PROGRAM = fileURLToPath(new URL('../../bin/thingsc', import.meta.url));

/** The environment of someone at a terminal: what this process has beyond these, such as `CI`, would decide about colours. */
export function terminalEnv(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'USER'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), TERM: 'xterm-256color', SHELL: '/bin/sh', ...more };
}

export interface Outcome {
  readonly code: number | null;
  /** Text, or the bytes of a compiled program. */
  readonly out: string;
  readonly err: string;
}

export interface Given {
  /** Standard input. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the program. */
export async function runBinary(words: readonly string[], given: Given = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [PROGRAM, ...words], { env: { ...process.env, ...given.env } });
  const chunks: Record<'out' | 'err', Buffer[]> = { out: [], err: [] };
  child.stdout.on('data', (chunk: Buffer) => chunks.out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.err.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(given.input ?? '');
  const [code] = await once(child, 'close');
  return { code: code as number | null, out: Buffer.concat(chunks.out).toString(), err: Buffer.concat(chunks.err).toString() };
}

export interface InProcess extends Given {
  /** As on a terminal. */
  readonly colored?: boolean;
  /** When this resolves, the user presses Ctrl-C. */
  readonly interrupted?: Promise<unknown>;
  /** A terminal to edit lines on. */
  readonly desk?: Terminal;
  /** Nothing stands in standard input: it is a terminal. */
  readonly terminal?: boolean;
}

/** Runs the command line in this process. Bytes of the output stay bytes when they are no UTF-8. */
export async function thingsc(words: readonly string[], given: InProcess = {}): Promise<Outcome> {
  const written = { out: '', err: '' };
  const output = (name: 'out' | 'err'): Io['out'] => ({
    write: (text) => {
      written[name] += text;
    },
    ready: async () => undefined,
    colored: given.colored ?? false,
    columns: 80,
  });
  const input = Buffer.from(given.input ?? '').toString('latin1');
  const io: Io = {
    program: 'thingsc',
    out: output('out'),
    err: output('err'),
    env: given.env ?? {},
    inputIsTerminal: given.terminal ?? false,
    openInput: () => Readable.from([Buffer.from(given.input ?? '')]),
    readInput: async () => input,
    terminal: given.desk ?? null,
    onSignal: (listener) => {
      void given.interrupted?.then(() => listener('SIGINT'));
      return () => {};
    },
  };
  const code = await main(words, io);
  const text = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();
  return { code, out: text(written.out), err: text(written.err) };
}

/** A folder for files, removed by `remove`. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'thingsc-test-'));

  /** The path of a file, which is written when there is content. */
  file(name: string, content?: string | Uint8Array): string {
    const path = join(this.path, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
