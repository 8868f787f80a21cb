/** Where the files of a module with a manifest come from: a repository, or a folder of this machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModuleSource } from '../model/modules.ts';

/** Why a file could not be had. */
export class SourceError extends Error {}

/** Fetches one file of a module by its path. Rejects with SourceError. Tests bring their own. */
export type Fetcher = (path: string) => Promise<Uint8Array>;

const GITHUB_API = 'https://api.github.com';
const TIMEOUT = 60_000;
/** Large enough for any binary, small enough not to fill the memory. */
const MAX_FILE = 512 * 1024 * 1024;

/** The fetcher for a source; `githubApi` is the address of the service. */
export function fetcherOf(source: Exclude<ModuleSource, { kind: 'file' }>, githubApi = GITHUB_API): Fetcher {
  if (source.kind === 'github') return (path) => download(githubApi, source, path);
  return async (path) => {
    try {
      return await readFile(join(source.path, path));
    } catch (error) {
      throw new SourceError(`failed to read ${path} (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
    }
  };
}

async function download(api: string, source: Extract<ModuleSource, { kind: 'github' }>, path: string): Promise<Uint8Array> {
  const { owner, repo, token, ref } = source;
  const file = path.split('/').map(encodeURIComponent).join('/');
  const query = ref === null ? '' : `?ref=${encodeURIComponent(ref)}`;
  const headers: Record<string, string> = { accept: 'application/vnd.github.raw', 'user-agent': 'thingsc' };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  try {
    const answer = await fetch(`${api}/repos/${owner}/${repo}/contents/${file}${query}`, { headers, signal: AbortSignal.timeout(TIMEOUT) });
    if (!answer.ok) throw new SourceError(`failed to download ${path} (HTTP response code ${answer.status})`);
    const content = new Uint8Array(await answer.arrayBuffer());
    if (content.length > MAX_FILE) throw new SourceError(`failed to download ${path} (it is too large)`);
    return content;
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`failed to download ${path} (${(error as Error).message})`);
  }
}
