import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { isLoadError, loadDump } from '../../engine/dump.ts';
import { ExitCode, fileError, systemReason } from '../exit.ts';
import { fromBytes, type Io, toBytes } from '../io.ts';
import { linesOf } from '../lines.ts';
import { refused } from '../store.ts';

/** Makes a store from a dump. */
export async function load(file: string, dir: string, io: Io): Promise<ExitCode> {
  const stream = file === '-' ? io.openInput() : await opened(file);
  try {
    const { collections, things } = await refused(loadDump(linesOf(stream), dir));
    io.out.write(toBytes(`loaded ${collections} collections with ${things} things into ${dir}\n`));
    return ExitCode.FINE;
  } catch (error) {
    if (isLoadError(error)) throw fileError(`cannot load ${file}: ${fromBytes(error.message)}`);
    throw error;
  } finally {
    stream.destroy();
  }
}

async function opened(file: string): Promise<Readable> {
  try {
    return (await open(file)).createReadStream();
  } catch (error) {
    throw fileError(`cannot read ${file}: ${systemReason(error)}`);
  }
}
