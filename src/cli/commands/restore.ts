import { restoreBackup } from '../../storage/backup.ts';
import { ExitCode } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { refused } from '../store.ts';

/** Makes a store from a backup. */
export async function restore(file: string, dir: string, io: Io): Promise<ExitCode> {
  const { changeId } = await refused(restoreBackup(file, dir));
  io.out.write(toBytes(`restored ${dir} as it was at change ${changeId}\n`));
  return ExitCode.FINE;
}
