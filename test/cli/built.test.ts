/** When the built program is run, and when the sources. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Folder, runBinary } from './harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

interface Built {
  readonly STAMP: string;
  sourceStamp(): string | null;
  builtProgram(): string | null;
}

/** A package of two source files and nothing built. */
async function smallPackage(name: string): Promise<{ root: string; built: Built; write: (path: string, text: string) => void }> {
  const root = join(folder.path, name);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('src/a/b.ts', 'one');
  write('grammar/g.ts', 'two');
  write('package-lock.json', '{}');
  mkdirSync(join(root, 'bin'));
  copyFileSync(fileURLToPath(new URL('../../bin/built.mjs', import.meta.url)), join(root, 'bin/built.mjs'));
  return { root, write, built: (await import(pathToFileURL(join(root, 'bin/built.mjs')).href)) as Built };
}

test('a build is taken as long as the sources are those that it was made from', async () => {
  const { root, built, write } = await smallPackage('changing');
  expect(built.builtProgram()).toBeNull();
  const build = (): void => write(`dist/bundle/${built.STAMP}`, built.sourceStamp() ?? '');
  for (const change of [
    () => write('src/a/b.ts', 'other'),
    () => write('src/c.ts', ''),
    () => rmSync(join(root, 'src/c.ts')),
    () => write('grammar/g.ts', 'three'),
    () => write('package-lock.json', '{"packages": {}}'),
  ]) {
    build();
    expect(built.builtProgram()).toBe(join(root, 'dist', 'bundle'));
    change();
    expect(built.builtProgram()).toBeNull();
  }
});

test('without sources the build is taken as it is', async () => {
  const { root, built, write } = await smallPackage('published');
  write(`dist/bundle/${built.STAMP}`, built.sourceStamp() ?? '');
  rmSync(join(root, 'src'), { recursive: true });
  expect(built.builtProgram()).toBe(join(root, 'dist', 'bundle'));
});

test('the program knows its version, built or not', async () => {
  expect((await runBinary(['--version'])).out).toMatch(/^thingsc \d+\.\d+\.\d+\n$/);
});
