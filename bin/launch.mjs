/**
 * Starts a program of this package with a Node.js that can run it: this one when it is new enough, else the one that is installed with the package,
 * as a child that shares our terminal, gets our signals and gives us its exit code.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { Socket } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { builtProgram } from './built.mjs';

/** The first version that runs TypeScript as it is. */
const NEEDED = [22, 18];
const OWN_NODE = new URL('../node_modules/node/bin/node', import.meta.url);
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
/** The descriptor through which a child sees that its launcher is gone, and the variable that says so. */
const LIFELINE_FD = 3;
const LIFELINE = 'THINGSC_LIFELINE';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isNewEnough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);

/**
 * Room for young objects. A query makes many values that are gone when it ends; with the small default they are copied several times before that,
 * which costs more than all else in queries that build much. It has its full size at once, so that a server can touch it before it is needed.
 */
const YOUNG = ['--max-semi-space-size=32', '--min-semi-space-size=32'];

/**
 * Memory of long lists is kept for the next ones, since asking the system for it page by page takes longer than filling it. By default no more than 32 MB of it
 * are kept, and for 8 seconds. Node.js before 26 does not know this.
 */
const KNOWS_POOL = 26;
const POOL = ['--max-large-page-pool-size=128', '--memory-pool-timeout=86400'];

export const SERVER_FLAGS = major >= KNOWS_POOL ? [...YOUNG, ...POOL] : YOUNG;

/** A checkpoint has a thread of the pool to itself while it waits for the log, which another has to write. */
const LEAST_THREADS = 4;

/**
 * Runs the program `<entry>`, such as `cli/thingsc-main`: as it was built, or from its sources; `script` is the file that was called. With `flags` for
 * Node.js, the process starts anew in its own place where that is possible.
 */
export async function launch(entry, script, flags = []) {
  // What is set now still counts, as nothing has used the pool yet.
  if (Number(process.env.UV_THREADPOOL_SIZE ?? LEAST_THREADS) < LEAST_THREADS) process.env.UV_THREADPOOL_SIZE = String(LEAST_THREADS);
  if (!isNewEnough) {
    runWithOwnNode(fileURLToPath(script), flags);
    return;
  }
  if (process.execve !== undefined && process.env[LIFELINE] === undefined && !flags.every((flag) => process.execArgv.includes(flag))) {
    const args = [...process.execArgv, ...flags, fileURLToPath(script), ...process.argv.slice(2)];
    process.execve(process.execPath, [process.execPath, ...args], process.env);
  }
  if (process.env[LIFELINE] !== undefined) watchLauncher();
  // Halves the time to start; Node.js before 22 has no such function, and does not come here.
  module.enableCompileCache();
  const built = builtProgram();
  const path = built === null ? new URL(`../src/${entry}.ts`, import.meta.url) : pathToFileURL(join(built, `${basename(entry)}.js`));
  await import(path.href);
}

function runWithOwnNode(script, flags) {
  if (!existsSync(OWN_NODE)) {
    console.error(`Node.js ${NEEDED.join('.')} or newer is needed, and this is ${process.versions.node}; \`npm install\` brings one along`);
    process.exitCode = 1;
    return;
  }
  const child = spawn(fileURLToPath(OWN_NODE), [...process.execArgv, ...flags, script, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, [LIFELINE]: '1' },
  });
  child.stdio[LIFELINE_FD].on('error', () => {});
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      // What is typed on a terminal goes to all its processes.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`cannot start ${fileURLToPath(OWN_NODE)}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of SIGNALS) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/** Ends at once when the launcher was killed: whoever killed it meant us. */
function watchLauncher() {
  delete process.env[LIFELINE];
  const line = new Socket({ fd: LIFELINE_FD, readable: true, writable: false });
  line.on('error', () => {});
  line.on('close', () => process.kill(process.pid, 'SIGKILL'));
  line.resume();
  line.unref();
}
