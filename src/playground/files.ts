/** The files of the playground: those of the build, or, where the code runs from its sources, made from these. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PlaygroundFile, PlaygroundFiles } from '../server/http/playground.ts';

/** The files of the page by their path, and what they are. */
const FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/app.js': { name: 'app.js', type: 'text/javascript; charset=utf-8' },
  '/worker.js': { name: 'worker.js', type: 'text/javascript; charset=utf-8' },
  '/style.css': { name: 'style.css', type: 'text/css; charset=utf-8' },
  '/licences.txt': { name: 'licences.txt', type: 'text/plain; charset=utf-8' },
  '/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
};

let loaded: Promise<ReadonlyMap<string, PlaygroundFile>> | null = null;

/** Loads the files once; after a failure, each call tries anew. Rejects with an Error for people. */
export const playgroundFiles: PlaygroundFiles = () => {
  loaded ??= load().catch((error: unknown) => {
    loaded = null;
    throw error;
  });
  return loaded;
};

async function load(): Promise<ReadonlyMap<string, PlaygroundFile>> {
  const contents = import.meta.url.endsWith('.ts') ? await built() : read();
  return new Map(Object.entries(FILES).map(([path, { name, type }]) => [path, fileOf(type, contents(name))]));
}

type Contents = (name: string) => Uint8Array;

/** From the build, of which this module is a part. */
function read(): Contents {
  const folder = fileURLToPath(new URL('../playground/', import.meta.url));
  if (!existsSync(`${folder}index.html`)) throw new Error('The playground is not built; `npm run build` builds it.');
  return (name) => readFileSync(`${folder}${name}`);
}

async function built(): Promise<Contents> {
  const { bundle } = await import('./bundle.ts');
  const files = await bundle();
  return (name) => files.get(name) as Uint8Array;
}

function fileOf(type: string, body: Uint8Array): PlaygroundFile {
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
