/**
 * The built program: `dist/bundle`, which starts in half the time that the sources take, for as long as it was made from the sources that are there.
 * A stamp in it tells of which.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SOURCES = ['src', 'grammar'];
const BUNDLE = join(ROOT, 'dist', 'bundle');
export const STAMP = 'stamp.txt';

/** What the sources are like: how many files, of how many bytes, changed when last; null where the package came without them. */
export function sourceStamp() {
  if (!existsSync(join(ROOT, 'src'))) return null;
  let [count, bytes, newest] = [0, 0, 0];
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    count++;
    bytes += size;
    if (mtimeMs > newest) newest = mtimeMs;
  };
  for (const folder of SOURCES) {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) add(join(entry.parentPath, entry.name));
    }
  }
  // What is bundled with them changes with the lock file.
  add(join(ROOT, 'package-lock.json'));
  return `${count} files, ${bytes} bytes, ${newest}\n`;
}

/** The folder of the built program; null when there is none of the sources as they are. */
export function builtProgram() {
  const stamp = join(BUNDLE, STAMP);
  if (!existsSync(stamp)) return null;
  const sources = sourceStamp();
  return sources === null || sources === readFileSync(stamp, 'utf8') ? BUNDLE : null;
}
