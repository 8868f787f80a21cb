/** Brings what a backup holds into a running engine: read in the background, put in as one change. */
import { closeSync, openSync, readSync } from 'node:fs';
import { ErrorCode, operationErr, TiError } from '../errors.ts';
import type { Database } from '../model/database.ts';
import { checkRestorable, type RestoreOptions, writeRestore } from '../model/restore.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';

/** Unpacks the backup in a file and hands the database in it to `use`, which must not keep it. Rejects with TiError when that cannot be done. */
export type WithBackup = (file: string, use: (backup: Database) => void) => Promise<void>;

export interface RestoreHost {
  readonly database: Database;
  readonly withBackup: WithBackup;
  /** Makes a change of the operations that `write` writes. */
  change(write: (w: MsgpackWriter) => void): void;
  onWarning(message: string): void;
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').latin1Slice();

const badFile = (file: string, why: string): TiError => new TiError(ErrorCode.BAD_DATA, latin1(`cannot restore from \`${file}\`: ${why}`));

/** Throws bad_data_err unless there is a file that begins as a gzip archive. */
function checkBackupFile(file: string): void {
  const head = Buffer.alloc(2);
  try {
    const handle = openSync(file, 'r');
    try {
      readSync(handle, head, 0, 2, 0);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw badFile(file, error instanceof Error ? error.message : String(error));
  }
  if (head.readUInt16BE(0) !== 0x1f8b) throw badFile(file, 'it is no gzip archive');
}

export class Restore {
  private readonly host: RestoreHost;
  private running: Promise<void> | null = null;

  constructor(host: RestoreHost) {
    this.host = host;
  }

  /** `file` is text of JavaScript. Throws TiError when it cannot begin; what goes wrong later is told as a warning, and nothing is changed then. */
  start(file: string, options: RestoreOptions): void {
    checkBackupFile(file);
    checkRestorable(this.host.database);
    if (this.running !== null) throw operationErr('a restore is under way already');
    this.running = this.run(file, options)
      .catch((error: unknown) => {
        const why = error instanceof TiError ? error.message : latin1(error instanceof Error ? error.message : String(error));
        this.host.onWarning(`${latin1(`the restore from \`${file}\` failed`)}: ${why}`);
      })
      .finally(() => {
        this.running = null;
      });
  }

  private run(file: string, options: RestoreOptions): Promise<void> {
    const { database, withBackup, change } = this.host;
    return withBackup(file, (backup) => {
      checkRestorable(database);
      change((w) => writeRestore(w, database, backup, options));
    });
  }

  /** Resolves when nothing is under way. */
  async stop(): Promise<void> {
    await this.running;
  }
}
