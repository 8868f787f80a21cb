import { ExitCode } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { needStore, openStoreFor, refused } from '../store.ts';

/** Writes a backup of a store that no server has open. */
export async function backup(dir: string, file: string, io: Io): Promise<ExitCode> {
  const engine = await openStoreFor({ data: needStore(dir) }, io);
  try {
    const { changeId, bytes } = await refused(engine.backup(file));
    io.out.write(toBytes(`wrote ${file}: change ${changeId}, ${bytes} bytes\n`));
    return ExitCode.FINE;
  } finally {
    await engine.leave();
  }
}
