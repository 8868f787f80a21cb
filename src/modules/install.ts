/** Brings the files of a module from its source into its folder. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Manifest } from '../model/modules.ts';
import { localManifest, platformName, writeModuleFile } from './files.ts';
import { MANIFEST_FILE, ManifestError, readManifest } from './manifest.ts';
import type { ModuleLog } from './options.ts';
import { type Fetcher, SourceError } from './sources.ts';

export interface Installation {
  readonly name: string;
  readonly folder: string;
  readonly fetcher: Fetcher;
  readonly python: string;
  readonly log: ModuleLog;
  readonly checkClosure: (text: string) => void;
}

/**
 * Fetches the manifest, and, unless the folder has that version already, all files of the module. When the source cannot be asked, what is in the folder is used.
 * The manifest is written last, so that a folder with one is complete. Rejects with SourceError or ManifestError.
 */
export async function install(to: Installation): Promise<Manifest> {
  const present = presentManifest(to);
  let content: Uint8Array;
  let manifest: Manifest;
  try {
    content = await to.fetcher(MANIFEST_FILE);
    manifest = readManifest(content, platformName(), to.checkClosure);
  } catch (error) {
    if (present === null || !(error instanceof SourceError || error instanceof ManifestError)) throw error;
    to.log.warning(`module \`${to.name}\`: ${error.message}; the files that are there are used`);
    return present;
  }
  if (present !== null && present.version === manifest.version) return manifest;
  for (const path of [manifest.main, ...manifest.includes]) writeModuleFile(join(to.folder, path), await to.fetcher(path));
  if (manifest.main.endsWith('.py')) await installRequirements(to, manifest.requirements);
  writeModuleFile(join(to.folder, MANIFEST_FILE), content);
  return manifest;
}

/** What is in the folder, as far as it can be used. */
function presentManifest({ folder, checkClosure, log, name }: Installation): Manifest | null {
  try {
    return localManifest(folder, checkClosure);
  } catch (error) {
    log.warning(`module \`${name}\`: ${(error as Error).message}`);
    return null;
  }
}

/** Python packages that the manifest names, or else a file of the source. That they cannot be had is told in the log; the module may run without. */
async function installRequirements(to: Installation, named: readonly string[] | null): Promise<void> {
  let args: readonly string[] = named ?? [];
  if (named === null) {
    try {
      const path = join(to.folder, 'requirements.txt');
      writeModuleFile(path, await to.fetcher('requirements.txt'));
      args = ['-r', path];
    } catch (error) {
      if (error instanceof SourceError) return;
      throw error;
    }
  }
  if (args.length === 0) return;
  const code = await run([to.python, '-m', 'pip', 'install', ...args], (line) => to.log.debug(`pip: ${line}`));
  if (code === 0) to.log.info(`installed the Python requirements of module \`${to.name}\``);
  else to.log.warning(`failed to install the Python requirements of module \`${to.name}\` (${code})`);
}

function run([file = '', ...args]: readonly string[], onText: (text: string) => void): Promise<number | string> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => onText(text.toString().trimEnd()));
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}
