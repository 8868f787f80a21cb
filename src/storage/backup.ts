/**
 * Backups: one file, a gzipped tar archive. It holds a checkpoint as LMDB writes it and a description; unpacked into an empty folder it is a store that
 * opens, so `tar -xzf` will do where nothing of ours is at hand.
 *
 *     backup.json       format, change id, time
 *     store/data.mdb    the checkpoint
 *
 * LMDB copies a snapshot in a thread of its own while checkpoints go on, and zlib packs in others; the event loop only hands chunks on. The file gets its
 * name when it is whole and on the disk.
 */
import { randomBytes } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type CheckpointMeta, checkpointFile, openCheckpoint } from './checkpoint.ts';
import { nodeFileSystem } from './file-system.ts';
import { lockDir } from './lock.ts';
import { damageErr, reasonOf, storeErr } from './store-error.ts';
import { readTar, type TarEntry, writeTar } from './tar.ts';

const FORMAT = 1;
const DESCRIPTION = 'backup.json';
const DATA = 'store/data.mdb';
/** A description is much shorter. */
const MAX_DESCRIPTION = 65_536;
/** Three times as fast as the default level, and the file hardly larger. */
const GZIP_LEVEL = 3;
const SLICE_MS = 10;

export interface BackupInfo {
  readonly file: string;
  /** All changes up to this id are in the backup, and none behind it. */
  readonly changeId: number;
  /** Of the file. */
  readonly bytes: number;
}

/** What a backup tells of itself. */
interface Description {
  readonly format: number;
  readonly changeId: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

/**
 * Writes a backup. `copy` copies the checkpoint into a folder and tells where it stands. Rejects with TiError (-51), and leaves nothing then; a file that is
 * there is replaced.
 */
export async function writeBackup(path: string, copy: (dir: string) => Promise<CheckpointMeta>): Promise<BackupInfo> {
  const file = resolve(path);
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}`);
  try {
    const store = join(draft, 'store');
    await mkdir(draft, { mode: 0o700 });
    await mkdir(store);
    const { checkpointId } = await copy(store);
    const packed = join(draft, 'packed');
    await pack(checkpointFile(store), checkpointId, packed);
    const { size } = await stat(packed);
    await rename(packed, file);
    await nodeFileSystem.syncDir(dirname(file));
    return { file, changeId: checkpointId, bytes: size };
  } catch (error) {
    throw storeErr(`cannot write the backup \`${file}\`: ${reasonOf(error)}`);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Passwords and tokens are in it, so nobody else may read it. */
async function pack(data: string, changeId: number, packed: string): Promise<void> {
  const now = new Date();
  const description: Description = { format: FORMAT, changeId, createdAt: now.toISOString() };
  const text = Buffer.from(`${JSON.stringify(description)}\n`);
  const { size } = await stat(data);
  const files = [
    { name: DESCRIPTION, size: text.length, chunks: [text] },
    { name: DATA, size, chunks: createReadStream(data, { highWaterMark: 1 << 20 }) },
  ];
  await pipeline(
    writeTar(files, now.getTime() / 1000),
    createGzip({ level: GZIP_LEVEL }),
    createWriteStream(packed, { flags: 'wx', mode: 0o600 }),
  );
  await syncFile(packed);
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDWR);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Unpacks a backup into `dir`, which must not hold a store and is made when it is missing. All records are read and their checksums compared before the store
 * gets its place, so it is there whole or not at all. Rejects with TiError: -51 when it cannot be done, -1 when the backup is damaged.
 */
export async function restoreBackup(path: string, dir: string): Promise<BackupInfo> {
  const file = resolve(path);
  const target = resolve(dir);
  await refusing(target, mkdir(target, { recursive: true }));
  const lock = lockDir(target, () => undefined);
  const draft = join(target, '.restore');
  try {
    const taken = (await readdir(target)).find((name) => name === 'store' || name === 'log');
    if (taken !== undefined) throw storeErr(`\`${target}\` is not empty: there is \`${taken}\`; restore into an empty folder`);
    await rm(draft, { recursive: true, force: true });
    await mkdir(join(draft, 'store'), { recursive: true });
    const { size } = await refusing(file, stat(file));
    await unpack(file, draft);
    const changeId = await checkRecords(join(draft, 'store'));
    await nodeFileSystem.syncDir(join(draft, 'store'));
    await rename(join(draft, 'store'), join(target, 'store'));
    await nodeFileSystem.syncDir(target);
    return { file, changeId, bytes: size };
  } finally {
    await rm(draft, { recursive: true, force: true });
    lock.release();
  }
}

async function refusing<T>(path: string, action: Promise<T>): Promise<T> {
  return action.catch((error: unknown) => {
    throw storeErr(`cannot use \`${path}\`: ${reasonOf(error)}`);
  });
}

async function unpack(file: string, draft: string): Promise<void> {
  let description: Description | null = null;
  let hasData = false;
  // Told only when all of the archive was read: what looks foreign may be damage, which the checksum at its end shows.
  let refusal: unknown = null;
  const take = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const entry of readTar(source)) {
      if (refusal !== null) continue;
      if (entry.name === DESCRIPTION) {
        description = await readDescription(entry, file).catch((error: unknown) => {
          refusal = error;
          return null;
        });
      } else if (entry.name === DATA && description !== null) {
        await pipeline(entry.chunks(), createWriteStream(join(draft, DATA), { flags: 'wx', mode: 0o600 }));
        hasData = true;
      } else refusal = storeErr(`\`${file}\` is no backup of this server: it has \`${entry.name}\``);
    }
  };
  try {
    await pipeline(createReadStream(file), createGunzip(), take);
  } catch (error) {
    if (error instanceof Error) throw damageErr(file, reasonOf(error));
    throw error;
  }
  if (refusal !== null) throw refusal;
  if (!hasData) throw damageErr(file, `it has no \`${DATA}\``);
  await syncFile(join(draft, DATA));
}

async function readDescription(entry: TarEntry, file: string): Promise<Description> {
  if (entry.size > MAX_DESCRIPTION) throw damageErr(file, `its \`${DESCRIPTION}\` is too long`);
  const parts: Uint8Array[] = [];
  for await (const chunk of entry.chunks()) parts.push(chunk);
  let description: Description;
  try {
    description = JSON.parse(Buffer.concat(parts).toString()) as Description;
  } catch (error) {
    throw damageErr(file, `its \`${DESCRIPTION}\` cannot be read: ${reasonOf(error)}`);
  }
  if (description.format > FORMAT) {
    throw storeErr(`\`${file}\` has format ${description.format}, written by a newer release; this one reads formats up to ${FORMAT}`);
  }
  return description;
}

/** Reads all records of a checkpoint, which compares their checksums; gives the change at which it stands. */
async function checkRecords(dir: string): Promise<number> {
  const checkpoint = await openCheckpoint(dir, true, SLICE_MS);
  try {
    for (const _ of checkpoint.records());
    return checkpoint.meta.checkpointId;
  } finally {
    await checkpoint.close();
  }
}
