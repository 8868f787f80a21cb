/**
 * `npm start`: builds, then serves the store in `./data`, which gets sample collections when it is made. What is given behind `npm start --` goes to
 * `thingsc serve`, such as `--playground`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SERVER_FLAGS } from '../bin/launch.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));

const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
// The build is written in spite of type errors, which the compiler has told; whether to mind them is for `npm run check`.
if (status === null) process.exit(1);
// Without its files the server starts all the same, and tells whoever opens the playground.
if (process.argv.some((word) => word.startsWith('--playground')) || process.env.THINGSDB_PLAYGROUND_PORT !== undefined) {
  spawnSync(process.execPath, ['scripts/build-playground.ts'], { stdio: 'inherit' });
}

const words = [
  'dist/src/cli/thingsc-main.js',
  'serve',
  '--data',
  './data',
  '--seed',
  'library=examples/library.ti',
  '--seed',
  'zoo=examples/zoo.ti',
  ...process.argv.slice(2),
];
const args = [...SERVER_FLAGS, ...words];
if (process.execve === undefined) process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
else process.execve(process.execPath, [process.execPath, ...args], process.env);
