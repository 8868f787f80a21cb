/** Builds the program into `dist/bundle` and the files of the playground into `dist/playground`, unless they are there as the sources are. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { builtProgram, STAMP, sourceStamp } from '../bin/built.mjs';
import { bundle } from '../src/playground/bundle.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');

/** What is started by its name: the programs, and the threads and processes that they start. */
const ENTRIES = ['cli/thingsc-main', 'cli/thingsdb-main', 'cli/repl/thread-main', 'debug/debuggee-main'];

/** Packages that stay as they are installed: those with parts of their own for each system, and those that few commands load. */
const APART = [/^lmdb/, /^msgpackr/, /^ws/, /^prom-client/, /^vscode-/, /^@vscode\//, /^rolldown/];

async function buildProgram(folder: string): Promise<void> {
  const build = await rolldown({
    cwd: root,
    input: Object.fromEntries(ENTRIES.map((entry) => [entry.split('/').at(-1) as string, `src/${entry}.ts`])),
    platform: 'node',
    external: APART,
    transform: { target: 'node22' },
  });
  await build.write({ dir: folder, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'part-[name].js' });
  await build.close();
}

async function buildPlayground(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, body] of await bundle()) writeFileSync(join(folder, name), body);
}

if (builtProgram() === null) {
  const stamp = sourceStamp();
  // Made beside the present ones, which may be in use, and complete before they are seen.
  const fresh = join(dist, `new-${process.pid}`);
  try {
    await Promise.all([buildProgram(join(fresh, 'bundle')), buildPlayground(join(fresh, 'playground'))]);
    writeFileSync(join(fresh, 'bundle', STAMP), stamp ?? '');
    for (const name of ['playground', 'bundle']) {
      rmSync(join(dist, name), { recursive: true, force: true });
      renameSync(join(fresh, name), join(dist, name));
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
