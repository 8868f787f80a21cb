/** The thread in which the script runs: opens the store, compiles with probes, runs, and answers the front end, also while the script stands. */
import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { DebuggeeData } from './debuggee.ts';

// As the launcher of the program does for its own thread.
enableCompileCache?.();
if (parentPort === null) throw new Error('this is a thread of the debugger');
const { runDebuggee } = await import('./debuggee.ts');
await runDebuggee(workerData as DebuggeeData, parentPort);
