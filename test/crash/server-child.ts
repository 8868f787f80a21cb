/**
 * A server on a store, as the programs start it, that kills itself where its surroundings say:
 *
 *     CRASH_CALL=n        at the n-th call to the file system, before or (with CRASH_AFTER) after the call is made
 *     CRASH_STEP=name:n   at the n-th time that a checkpoint reaches this step
 *     CHECKPOINT_CHANGES  changes that start a checkpoint
 *     CACHE_SIZE          what things may take in memory, in bytes
 *
 * A message `{backup: path}` of the parent has a backup written, which a message `{backup: path, changeId}` tells of.
 */
import { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { defaultConfig } from '../../src/server/config.ts';
import { createLog } from '../../src/server/log.ts';
import { startServer } from '../../src/server/serve.ts';
import { type FileSystem, nodeFileSystem } from '../../src/storage/file-system.ts';
import { type CheckpointStep, openStore } from '../../src/storage/open.ts';

const { env } = process;
const [dir = ''] = process.argv.slice(2);

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal comes at once, but not before this returns.
  for (;;);
}

function dyingFileSystem(callToDie: number, after: boolean): FileSystem {
  let calls = 0;
  const counted = <A extends unknown[], R>(call: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      const isLast = ++calls === callToDie;
      if (isLast && !after) die();
      const result = call(...args);
      if (!isLast) return result;
      // What is under way may get done, or not.
      setTimeout(die, 1);
      return result;
    };
  };
  return Object.fromEntries(
    Object.entries(nodeFileSystem).map(([name, call]) => [name, counted(call as (...args: unknown[]) => unknown)]),
  ) as unknown as FileSystem;
}

function onCheckpointStep(): (step: CheckpointStep) => void {
  const [name = '', count = '0'] = (env.CRASH_STEP ?? '').split(':');
  let left = Number(count);
  return (step) => {
    if (step === name && --left === 0) die();
  };
}

async function open(): Promise<LocalEngine> {
  const call = Number(env.CRASH_CALL ?? 0);
  const tuning = {
    ...(call === 0 ? {} : { fileSystem: dyingFileSystem(call, env.CRASH_AFTER !== undefined) }),
    segmentBytes: 1 << 17,
    spareAfterSyncs: 20,
    onCheckpointStep: onCheckpointStep(),
  };
  const store = await openStore({ dir, onWarning: (text) => console.log('warning:', text) }, tuning);
  const engine = new LocalEngine(store, {
    checkpointChanges: Number(env.CHECKPOINT_CHANGES ?? 150),
    ...(env.CACHE_SIZE === undefined ? {} : { cacheSize: Number(env.CACHE_SIZE) }),
  });
  if (!engine.recover()) await engine.initialize();
  return engine;
}

try {
  const engine = await open();
  process.on('message', ({ backup }: { backup: string }) => {
    engine.backup(backup).then(
      ({ changeId }) => process.send?.({ backup, changeId }),
      (error: unknown) => console.log('backup failed:', error instanceof TiError ? error.message : error),
    );
  });
  const log = createLog({ level: 'info', colorized: false, write: (text) => process.stdout.write(text) });
  const config = {
    ...defaultConfig(),
    listen_client_port: 0,
    listen_node_port: null,
    ...(env.CRASH_SETTINGS === undefined ? {} : JSON.parse(env.CRASH_SETTINGS)),
  };
  const server = await startServer(engine, config, { log, hooks: engine.hooks, onFailure: (listener) => engine.store.onFailure(listener) });
  process.on('SIGTERM', () => void server.stop());
  await server.stopped;
  await engine.close();
  process.exit(0);
} catch (error) {
  console.log('failed:', error instanceof TiError ? `${error.code} ${error.message}` : error);
  process.exit(1);
}
