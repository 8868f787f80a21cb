import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { type FileSystem, nodeFileSystem } from '../../src/storage/file-system.ts';
import { openStore } from '../../src/storage/open.ts';
import type { Store } from '../../src/storage/store.ts';
import { durable, tempDirs } from './helpers.ts';
import { appendToy, bytes, entries, readToy, toyRecords, toyState, turn } from './toy.ts';

const tempDir = tempDirs();

/** `before`: the call is not made; `after`: it is made, and reported as failed; `short`: a write does half. */
type Kind = 'before' | 'after' | 'short';

/** The real file system, but one call goes wrong. `log` gets the names of all calls. */
function faultyFileSystem(failing: number, kind: Kind, log: string[]): FileSystem {
  const bad = (name: string): boolean => log.push(name) === failing;
  const error = (): Error => Object.assign(new Error('EIO: injected'), { code: 'EIO' });
  const wrap = <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const fails = bad(name) && kind !== 'short';
      if (fails && kind === 'before') throw error();
      const result = await call(...args);
      if (fails) throw error();
      return result;
    };
  };
  const fs = nodeFileSystem;
  return {
    open: wrap('open', fs.open),
    close: wrap('close', fs.close),
    datasync: wrap('datasync', fs.datasync),
    truncate: wrap('truncate', fs.truncate),
    readdir: wrap('readdir', fs.readdir),
    rename: wrap('rename', fs.rename),
    unlink: wrap('unlink', fs.unlink),
    mkdir: wrap('mkdir', fs.mkdir),
    syncDir: wrap('syncDir', fs.syncDir),
    readFileSync(path) {
      if (bad('readFileSync') && kind !== 'short') throw error();
      return fs.readFileSync(path);
    },
    write(fd, data, offset, length, position, done) {
      if (!bad('write')) fs.write(fd, data, offset, length, position, done);
      else if (kind === 'before') setImmediate(() => done(error(), 0));
      else if (kind === 'short') fs.write(fd, data, offset, Math.ceil(length / 2), position, done);
      else fs.write(fd, data, offset, length, position, () => done(error(), 0));
    },
    writeSync(fd, data, offset, length, position) {
      if (!bad('writeSync')) return fs.writeSync(fd, data, offset, length, position);
      if (kind === 'before') throw error();
      const written = fs.writeSync(fd, data, offset, kind === 'short' ? Math.ceil(length / 2) : length, position);
      if (kind === 'short') return written;
      throw error();
    },
  };
}

interface Course {
  appended: number;
  durable: number;
  checkpoint: number;
  failures: string[];
  warnings: string[];
}

/** One change alone is written on the event loop, two by the thread pool. */
const inline = (changes: number): boolean => changes === 1;

/** Opens the store, makes changes over several segments and a checkpoint, and closes it. */
async function work(dir: string, fileSystem: FileSystem, course: Course): Promise<void> {
  const onWarning = (text: string): void => void course.warnings.push(text);
  const store = await openStore({ dir, onWarning }, { fileSystem, segmentBytes: 600, spareAfterSyncs: 4, inline });
  try {
    course.appended = store.durableId;
    store.onDurable((id) => {
      course.durable = id;
    });
    store.onFailure((reason) => course.failures.push(reason));
    for (let step = 0; step < 12; step++) {
      appendToy(store, ++course.appended);
      if (step % 3 !== 0) appendToy(store, ++course.appended);
      await durable(store, course.appended);
      if (step !== 6) continue;
      const upTo = course.appended - 1;
      await store.checkpoint(upTo, toyRecords(upTo));
      course.checkpoint = upTo;
    }
  } catch (error) {
    await expectFailed(store, course);
    throw error;
  } finally {
    await store.close();
  }
}

/** What a store is like that has failed. A checkpoint that failed by itself is none. */
async function expectFailed(store: Store, course: Course): Promise<void> {
  const { failure } = store.status();
  expect(course.failures).toEqual([failure]);
  expect(failure).toContain('EIO');
  const { durableId } = store;
  expect(() => store.append(store.appendedId + 1, 0, bytes('more'))).toThrow(expect.objectContaining({ code: -51 }) as TiError);
  await expect(store.checkpoint(store.appendedId, toyRecords(store.appendedId))).rejects.toBeInstanceOf(TiError);
  await turn();
  expect(store.durableId).toBe(durableId);
}

test.each(['before', 'after', 'short'] as Kind[])(
  'whichever call fails (%s), nothing durable is lost and the store opens again',
  async (kind) => {
    let calls: string[] = [];
    for (let failing = 0; failing <= calls.length; failing++) {
      if (kind === 'short' && failing > 0 && !calls[failing - 1]?.startsWith('write')) continue;
      const dir = join(tempDir(), 'new');
      const course: Course = { appended: 0, durable: 0, checkpoint: 0, failures: [], warnings: [] };
      const log: string[] = [];
      const failed = await work(dir, faultyFileSystem(failing, kind, log), course).then(
        () => null,
        (error: unknown) => error,
      );
      // The first run is without a fault. Some files are made and removed in the background, so the calls vary a little.
      if (log.length > calls.length) calls = log;
      const name = `${log[failing - 1]} (call ${failing})`;
      if (kind === 'short') expect([name, failed, course.failures, course.warnings]).toEqual([name, null, [], []]);
      // A call that failed was either in vain, and the operator is told, or it ended the work.
      else if (failing > 0 && failing <= log.length) expect([name, failed === null ? course.warnings.length : 1]).toEqual([name, 1]);
      const store = await openStore({ dir });
      expect([name, store.durableId >= course.durable]).toEqual([name, true]);
      expect(store.durableId).toBeLessThanOrEqual(course.appended);
      expect(store.checkpointId).toBeGreaterThanOrEqual(course.checkpoint);
      expect(entries(readToy(store))).toEqual(entries(toyState(store.durableId)));
      await store.close();
    }
    expect(calls.length).toBeGreaterThan(40);
    expect(calls).toEqual(expect.arrayContaining(['write', 'writeSync']));
  },
  60_000,
);

test('a failure of a write on the event loop ends the store as well', async () => {
  const dir = tempDir();
  const log: string[] = [];
  const fs = faultyFileSystem(-1, 'before', log);
  let broken = false;
  const fileSystem: FileSystem = {
    ...fs,
    writeSync(...args) {
      if (broken) throw new Error('EIO: injected');
      return fs.writeSync(...args);
    },
  };
  const store = await openStore({ dir }, { fileSystem, inline: 'always' });
  const reasons: string[] = [];
  store.onFailure((reason) => reasons.push(reason));
  appendToy(store, 1);
  await durable(store, 1);
  broken = true;
  appendToy(store, 2);
  await expect(durable(store, 2)).rejects.toThrow('EIO');
  expect(reasons).toEqual(['EIO: injected']);
  expect([store.appendedId, store.durableId]).toEqual([2, 1]);
  await store.close();
  const again = await openStore({ dir });
  expect(entries(readToy(again))).toEqual(entries(toyState(1)));
  await again.close();
});

test.runIf(process.platform === 'linux')(
  'a full disk fails the checkpoint, not the process, and the next one works',
  async () => {
    const dir = tempDir();
    const child = join(import.meta.dirname, 'full-disk-child.ts');
    // Files of the child cannot grow beyond 10 MB.
    const command = `trap '' XFSZ; ulimit -f 10000; exec "$0" "$1" "$2"`;
    const { stdout, status } = spawnSync('bash', ['-c', command, process.execPath, child, dir], { encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual([
      'refused -51 cannot write the checkpoint',
      'refused -51 cannot write the checkpoint',
      'records 1 checkpoint 1 failure null',
      'checkpoint 2',
      'failed EFBIG durable 2',
    ]);
    expect(status).toBe(0);
    const store = await openStore({ dir });
    expect(store.durableId).toBe(2);
    expect(Array.from(store.records(), ([key]) => key.length)).toEqual([1, 1]);
    await store.close();
  },
  30_000,
);
