import { readFileSync } from 'node:fs';

/** The version of this package. `package.json` lies two folders up, from the sources and from what is built of them. */
export function ownVersion(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}
