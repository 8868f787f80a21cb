/**
 * `npm start`: builds, then serves the store in `./data`, which gets a sample collection when it is made. What is given behind `npm start --` goes to
 * `thingsc serve`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));

const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

process.argv.splice(1, 1, 'bin/thingsc', 'serve', '--data', './data', '--seed', 'library=examples/library.ti');
await import('../dist/src/cli/thingsc-main.js');
