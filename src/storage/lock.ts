/** The lock file of a store: one process at a time, and one store per folder in it. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { TiError } from '../errors.ts';
import { hasCode } from './file-system.ts';
import { reasonOf, storeErr } from './store-error.ts';

const LOCK_NAME = '.lock';

export interface Lock {
  release(): void;
}

/** The folders that are open in this process, as device and inode. */
const held = new Set<string>();

/**
 * Locks the folder by a file with the decimal process id. Throws TiError (-51) when a live process has it open. The file of a dead process is
 * replaced, and `onWarning` is told.
 */
export function lockDir(dir: string, onWarning: (text: string) => void): Lock {
  const place = fs.statSync(dir, { bigint: true });
  const identity = `${place.dev}:${place.ino}`;
  if (held.has(identity)) throw lockedErr(dir, process.pid);
  const path = join(dir, LOCK_NAME);
  let fd: number;
  try {
    fd = createLock(path, dir, onWarning);
  } catch (error) {
    if (error instanceof Error) throw storeErr(`cannot lock \`${dir}\`: ${reasonOf(error)}`);
    throw error;
  }
  held.add(identity);
  return {
    release() {
      held.delete(identity);
      fs.rmSync(path, { force: true });
      fs.closeSync(fd);
    },
  };
}

/** The file stays open as long as the lock is held, see `isHolder`. */
function createLock(path: string, dir: string, onWarning: (text: string) => void): number {
  for (let attempt = 0; ; attempt++) {
    try {
      const fd = fs.openSync(path, 'wx', 0o644);
      fs.writeSync(fd, `${process.pid}`);
      return fd;
    } catch (error) {
      if (!hasCode(error, 'EEXIST') || attempt >= 3) throw error;
    }
    const owner = readOwner(path);
    if (owner !== 0 && isHolder(owner, path)) throw lockedErr(dir, owner);
    removeStale(path, dir);
    onWarning(`\`${dir}\` was left locked by a process that is gone (${owner}): the store was not closed properly last time`);
  }
}

/** The process id in a lock file; 0 for none. A file without one is being written right now, or was when the machine stopped. */
function readOwner(path: string): number {
  for (let patience = 5; ; patience--) {
    let text = '';
    try {
      text = fs.readFileSync(path, 'latin1').trim();
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
    if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
    if (patience === 0) return 0;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}

/**
 * Whether this process holds the lock file. A process id is used again by and by, after a restart of a container even at once, so being alive is
 * not enough: where the system shows it, the process must have the very file open.
 */
function isHolder(pid: number, path: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
  }
  if (process.platform !== 'linux') return pid !== process.pid;
  try {
    const lock = fs.statSync(path, { bigint: true });
    const fds = `/proc/${pid}/fd`;
    return fs.readdirSync(fds).some((fd) => isSameFile(join(fds, fd), lock));
  } catch (error) {
    // It ended meanwhile, or belongs to another user, who does not let us look.
    return !hasCode(error, 'ENOENT');
  }
}

function isSameFile(path: string, file: fs.BigIntStats): boolean {
  const other = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
  return other !== undefined && other.dev === file.dev && other.ino === file.ino;
}

/**
 * Moves a stale lock out of the way before it is removed: when two processes find it at once, the slower one may move the new lock of the faster
 * one. It sees that by the owner, and puts it back.
 */
function removeStale(path: string, dir: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    fs.renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const owner = readOwner(aside);
  if (owner !== 0 && isHolder(owner, aside)) {
    fs.renameSync(aside, path);
    throw lockedErr(dir, owner);
  }
  fs.rmSync(aside);
}

function lockedErr(dir: string, pid: number): TiError {
  const owner = pid === process.pid ? 'this process' : `the process ${pid}`;
  return storeErr(`\`${dir}\` is in use by ${owner}; a store can be open only once`);
}
