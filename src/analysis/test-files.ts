/** What the checker is told of files of tests: the functions that make cases, and the scripts that are loaded. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CASE_FUNCTIONS, TEST_SUFFIX } from '../ast/test-file.ts';
import type { AnalyzeOptions } from './analyze.ts';
import { CLOSURE } from './types.ts';

function textOf(path: string): string | null {
  try {
    return readFileSync(path).latin1Slice();
  } catch {
    return null;
  }
}

/** The options with what the name of the file adds to them; null stands for a text that is none. */
export function withTests(options: AnalyzeOptions, path: string | null): AnalyzeOptions {
  if (path === null || !path.endsWith(TEST_SUFFIX)) return options;
  const functions = [...CASE_FUNCTIONS.keys()].map((name) => [name, CLOSURE] as const);
  return {
    ...options,
    vars: new Map([...(options.vars ?? []), ...functions]),
    load: (file) => textOf(resolve(dirname(path), file)),
  };
}
