import { existsSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isLoadError, loadDump } from '../../engine/dump.ts';
import { ExitCode, fileError, systemReason } from '../exit.ts';
import { fromBytes, type Io, toBytes } from '../io.ts';
import { closeStore, refused } from '../store.ts';

/** Makes a store from a dump. */
export async function load(file: string, dir: string, io: Io): Promise<ExitCode> {
  for (const name of ['store', 'log']) {
    if (existsSync(join(dir, name))) throw fileError(`${dir} holds a store already; load into an empty folder`);
  }
  const stream = file === '-' ? process.stdin : await opened(file);
  try {
    const engine = await refused(loadDump(linesOf(stream), dir));
    const { database } = engine;
    const things = [...database.collections.values()].reduce((sum, collection) => sum + collection.things.size, 0);
    await closeStore(engine);
    io.out.write(toBytes(`loaded ${database.collections.size} collections with ${things} things into ${dir}\n`));
    return ExitCode.FINE;
  } catch (error) {
    for (const name of ['store', 'log']) rmSync(join(dir, name), { recursive: true, force: true });
    if (isLoadError(error)) throw fileError(`cannot load ${file}: ${fromBytes(error.message)}`);
    throw error;
  }
}

async function opened(file: string): Promise<Readable> {
  try {
    return (await open(file)).createReadStream();
  } catch (error) {
    throw fileError(`cannot read ${file}: ${systemReason(error)}`);
  }
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  stream.setEncoding('latin1');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
