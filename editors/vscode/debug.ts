/**
 * The debugger as the extension carries it along: one file, which is both the adapter and, in a thread of its own, what runs the script. It has no store but the one in
 * memory: that on disk needs a part which is another on each platform.
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { adaptStreams } from '../../src/debug/dap/serve.ts';
import { type DebuggeeData, runDebuggee } from '../../src/debug/debuggee.ts';

if (isMainThread) {
  await adaptStreams(process.stdin, process.stdout, {
    entry: new URL(import.meta.url),
    noStores: 'the debugger of the extension runs scripts in memory; for stores set `thingsdb.server.path` to an installed thingsc',
  });
  process.stdin.destroy();
} else if (parentPort !== null) await runDebuggee(workerData as DebuggeeData, parentPort);
