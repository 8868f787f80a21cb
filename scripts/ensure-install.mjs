/**
 * Installs the dependencies when they are missing or not those of the lock file. Runs on any Node.js from 20 on with nothing installed, before what
 * needs more.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);

function packagesOf(lockFile) {
  const url = new URL(lockFile, root);
  return existsSync(url) ? JSON.parse(readFileSync(url, 'utf8')).packages : null;
}

/** Whether every package of the lock file is there in its version; optional ones may be missing, as they are for other systems. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const found = packagesOf('node_modules/.package-lock.json');
  if (found === null || !existsSync(new URL('node_modules/node/bin/node', root))) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return found[path]?.version === version || (optional === true && found[path] === undefined);
  });
}

/** Whether npm did what it was asked. */
function npm(...words) {
  const { status, error } = spawnSync('npm', words, { cwd: fileURLToPath(root), stdio: 'inherit', shell: process.platform === 'win32' });
  if (error !== undefined) console.error(`cannot run npm: ${error.message}`);
  return status === 0;
}

if (!isInstalled()) {
  console.log('Installing dependencies ...');
  // An npm of another age may find the lock file incomplete and refuse; it still takes its versions from there.
  if (!npm('ci') && !npm('install', '--no-save')) process.exitCode = 1;
}
