/** Files that are written. */
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileError, systemReason } from './exit.ts';

/** Writes a file whole or not at all: what was there stays until the new content is complete. Throws CliError. */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  try {
    writeFileSync(draft, bytes);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw fileError(`cannot write ${path}: ${systemReason(error)}`);
  }
}
