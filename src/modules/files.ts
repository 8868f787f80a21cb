/** The files of modules: each module has a folder of its name. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Manifest } from '../model/modules.ts';
import { MANIFEST_FILE, ManifestError, readManifest } from './manifest.ts';

/** The name of this machine's kind in manifests, such as `linux/amd64`. */
export function platformName(): string {
  const arch = { x64: 'amd64', ia32: '386' }[process.arch as string] ?? process.arch;
  return `${process.platform}/${arch}`;
}

/**
 * Writes a file of a module, in place of the one that is there, and waits for the disk. What runs from the old file goes on with it. Only Python code is not
 * executable.
 */
export function writeModuleFile(path: string, content: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  const fd = openSync(path, 'w', path.endsWith('.py') ? 0o600 : 0o700);
  try {
    for (let at = 0; at < content.length; ) at += writeSync(fd, content, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Whether the file is there and has this content. */
export function hasContent(path: string, content: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(content);
  } catch {
    return false;
  }
}

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The manifest in a folder; null when there is none. Throws ManifestError. */
export function localManifest(folder: string, checkClosure: (text: string) => void): Manifest | null {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) return null;
  try {
    return readManifest(readFileSync(path), platformName(), checkClosure);
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    throw new ManifestError(`failed to read local ${MANIFEST_FILE} (${(error as Error).message})`);
  }
}

/** Whether this server's own Node.js runs the file: JavaScript or TypeScript that does not ask for another interpreter in its first line. */
export function isForNode(path: string): boolean {
  if (!/\.[cm]?[jt]s$/.test(path)) return false;
  const head = Buffer.alloc(128);
  const fd = openSync(path, 'r');
  const first = head.latin1Slice(0, readSync(fd, head)).split('\n')[0] as string;
  closeSync(fd);
  return !first.startsWith('#!') || /[/ ]node( |$)/.test(first);
}

/** The path of a program that is named as on a command line; null when there is none. */
export function findProgram(name: string): string | null {
  const candidates = name.includes('/') ? [name] : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  for (const path of candidates) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not this one.
    }
  }
  return null;
}
