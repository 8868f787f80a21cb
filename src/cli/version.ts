import { existsSync, readFileSync } from 'node:fs';

/** The version of this package. `package.json` lies two folders up, or three when the program was built into `dist`. */
export function ownVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    const url = new URL(up, import.meta.url);
    if (existsSync(url)) return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version;
  }
  return '0.0.0';
}
