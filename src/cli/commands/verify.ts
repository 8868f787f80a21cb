import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Verified, verifyStore } from '../../engine/verify.ts';
import { restoreBackup } from '../../storage/backup.ts';
import { ExitCode, fileError } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';
import { needStore, refused } from '../store.ts';

export interface VerifyOptions {
  readonly json?: boolean;
}

/** Reads all of a store, or of a backup, and tells what is wrong. */
export async function verify(path: string, options: VerifyOptions, io: Io): Promise<ExitCode> {
  if (!existsSync(path)) throw fileError(`cannot read ${path}: there is no such file or folder`);
  const verified = await refused(statSync(path).isDirectory() ? verifyStore(needStore(path)) : verifyBackup(path));
  if (options.json === true) io.out.write(toBytes(`${JSON.stringify(verified)}\n`));
  else report(verified, io);
  return verified.problems.length === 0 ? ExitCode.FINE : ExitCode.FILE;
}

function report({ problems, ...counts }: Verified, io: Io): void {
  for (const problem of problems) io.err.write(`${problem}\n`);
  const { collections, things, types, enums, procedures, tasks, users, unreachable, changeId, logged } = counts;
  const held = `${collections} collections, ${things} things, ${types} types, ${enums} enumerators, ${procedures} procedures, ${tasks} tasks, ${users} users`;
  io.out.write(toBytes(`${held}\nchange ${changeId}, ${logged} of the changes in the log\n`));
  if (unreachable > 0) io.out.write(toBytes(`${unreachable} things hold only one another and will be collected\n`));
  io.out.write(toBytes(problems.length === 0 ? 'nothing is wrong\n' : `${problems.length} problems\n`));
}

async function verifyBackup(file: string): Promise<Verified> {
  const dir = mkdtempSync(join(tmpdir(), 'thingsc-verify-'));
  try {
    await restoreBackup(file, dir);
    return await verifyStore(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
