import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { dumpEngine } from '../../engine/dump.ts';
import { ExitCode, fileError, systemReason } from '../exit.ts';
import type { Io } from '../io.ts';
import { needStore, openStoreFor } from '../store.ts';

export interface DumpOptions {
  readonly output?: string;
}

/** Each page is needed once. In bytes. */
const CACHE = 1 << 26;

/** So much is gathered before it is written, in bytes. */
const CHUNK = 1 << 16;

/** Writes all that a store holds as text. */
export async function dump(dir: string, options: DumpOptions, io: Io): Promise<ExitCode> {
  const engine = await openStoreFor({ data: needStore(dir), cacheSize: CACHE }, io);
  try {
    const chunks = gathered(dumpEngine(engine));
    if (options.output === undefined || options.output === '-') {
      for (const chunk of chunks) {
        io.out.write(chunk);
        await io.out.ready();
      }
    } else await writeTo(options.output, chunks);
    return ExitCode.FINE;
  } finally {
    await engine.leave();
  }
}

function* gathered(parts: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const part of parts) {
    chunk += part;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

async function writeTo(path: string, chunks: Iterable<string>): Promise<void> {
  const draft = `${path}.part`;
  try {
    const bytes = Readable.from(chunks).map((chunk: string) => Buffer.from(chunk, 'latin1'));
    // Passwords and tokens are in it, so nobody else may read it.
    await pipeline(bytes, createWriteStream(draft, { mode: 0o600 }));
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw fileError(`cannot write ${path}: ${systemReason(error)}`);
  }
}
