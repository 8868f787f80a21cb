/** What a command works on: a file, code on the command line, or standard input. */
import { readFileSync } from 'node:fs';
import { fileError, systemReason, usageError } from './exit.ts';
import { type Io, toBytes } from './io.ts';

export interface Source {
  /** What to call it in messages. */
  readonly name: string;
  /** The file that it came from; null when it came from elsewhere. */
  readonly path: string | null;
  /** The content, as a byte string. */
  readonly text: string;
}

/** Reads a file. Throws CliError. */
export function readSourceFile(path: string): Source {
  try {
    return { name: path, path, text: readFileSync(path).latin1Slice() };
  } catch (error) {
    throw fileError(`cannot read ${path}: ${systemReason(error)}`);
  }
}

/**
 * Reads the files, or what `code` says; without either, or for the file `-`, standard input. Throws CliError when a file cannot be read, or when both
 * are given.
 */
export async function readSources(files: readonly string[], code: string | undefined, io: Io): Promise<Source[]> {
  if (code !== undefined) {
    if (files.length > 0) throw usageError('give either a file or -e CODE, not both');
    return [{ name: '<command line>', path: null, text: toBytes(code) }];
  }
  const sources: Source[] = [];
  for (const file of files.length > 0 ? files : ['-']) {
    sources.push(file === '-' ? { name: '<standard input>', path: null, text: await io.readInput() } : readSourceFile(file));
  }
  return sources;
}

/** As `readSources`, of one. */
export async function readSource(file: string | undefined, code: string | undefined, io: Io): Promise<Source> {
  const [source] = await readSources(file === undefined ? [] : [file], code, io);
  return source as Source;
}
