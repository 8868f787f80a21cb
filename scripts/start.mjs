/**
 * `npm start`: builds, then serves the store in `./data`, which gets sample collections when it is made. What is given behind `npm start --` goes to
 * `thingsc serve`, such as `--playground`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SERVER_FLAGS } from '../bin/launch.mjs';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));

// Where the build fails, which it tells of, the server runs from its sources.
spawnSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });

const words = [
  'bin/thingsc',
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
