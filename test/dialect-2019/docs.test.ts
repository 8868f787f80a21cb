/** The page about the dialect is the one that `npm run docs` writes, and its examples give what they say. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dialect2019Page } from '../../scripts/docs-dialect-2019.ts';
import { rows2019 } from '../../src/builtins/dialect-2019/registry.ts';
import { codeOf2019, ERRORS_2019 } from '../../src/wire/errors-2019.ts';
import { openDatabase } from './database.ts';

it('docs/dialect-2019.md is up to date', () => {
  expect(readFileSync(new URL('../../docs/dialect-2019.md', import.meta.url), 'utf8'), 'run: npm run docs').toBe(dialect2019Page());
});

/** Without the marks of floats. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  if ('float' in value) return value.float;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, bare(each)]));
}

const callable = rows2019.filter(({ name }) => /^2019:[a-z]/.test(name));

describe('the example of', () => {
  it.each(callable.map((row) => [row.name.slice(5), row] as const))('%s', async (_name, { example, scopes }) => {
    const [code = '', said] = example.split('// ');
    expect(code).not.toBe('');
    const database = await openDatabase();
    const answer = database.query(code, scopes?.includes('thingsdb') ? 0 : 'stuff', ['alpha']);
    await database.close();
    const raised = /^raises (\w+)/.exec(said ?? '');
    if (raised !== null) expect(codeOf2019(answer.error?.code ?? 0)).toBe(ERRORS_2019.get(raised[1] ?? ''));
    else if (answer.error !== null) throw new Error(answer.error.message);
    else if (said !== undefined) {
      const last = code.trim().split('; ').length > 1 ? (answer.value as unknown[]).at(-1) : answer.value;
      const wanted: unknown = JSON.parse(said.replace(/^=> /, '').replace(/^nil$/, 'null'));
      expect(bare(last)).toEqual(wanted);
    }
  });
});
