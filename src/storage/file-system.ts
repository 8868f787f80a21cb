/** The few calls to the operating system that the log and the lock make, behind an interface so that a test can make any of them fail. */
import * as fs from 'node:fs';
import { promisify } from 'node:util';

export type WriteDone = (error: Error | null, written: number) => void;

export interface FileSystem {
  open(path: string, flags: number): Promise<number>;
  close(fd: number): Promise<void>;
  /** May write less than asked, as the system call may. */
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number, done: WriteDone): void;
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  /** Returns when the data of the file, and the metadata that is needed to read it, are on the disk. */
  datasync(fd: number): Promise<void>;
  truncate(fd: number, length: number): Promise<void>;
  readFileSync(path: string): Uint8Array;
  readdir(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  /** Makes the creation, renaming and removal of files in the folder durable. */
  syncDir(path: string): Promise<void>;
}

const fsOpen = promisify(fs.open);
const fsClose = promisify(fs.close);
const fsFsync = promisify(fs.fsync);

export const nodeFileSystem: FileSystem = {
  open: (path, flags) => fsOpen(path, flags, 0o644),
  close: (fd) => fsClose(fd),
  write: fs.write,
  writeSync: fs.writeSync,
  datasync: promisify(fs.fdatasync),
  truncate: promisify(fs.ftruncate),
  readFileSync: (path) => fs.readFileSync(path),
  readdir: (path) => fs.promises.readdir(path),
  rename: (from, to) => fs.promises.rename(from, to),
  unlink: (path) => fs.promises.unlink(path),
  mkdir: (path) => fs.promises.mkdir(path),
  syncDir,
};

async function syncDir(path: string): Promise<void> {
  // Windows has no handle for a folder; there the file system keeps such changes in its own journal.
  if (process.platform === 'win32') return;
  const fd = await fsOpen(path, fs.constants.O_RDONLY);
  try {
    await fsFsync(fd);
  } finally {
    await fsClose(fd);
  }
}

/** Writes all of `bytes`, in as many calls as it takes. */
export async function writeAll(fs: FileSystem, fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += await new Promise<number>((resolve, reject) => {
      fs.write(fd, bytes, done, bytes.length - done, position + done, (error, written) => {
        if (error) reject(error);
        else if (written === 0) reject(new Error('nothing was written'));
        else resolve(written);
      });
    });
  }
}

/** Whether a system call failed with this code, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
