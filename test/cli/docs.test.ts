/** The pages about the command line and the deviations are those that `npm run docs` writes. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cliPage, deviationsPage } from '../../scripts/docs-pages.ts';

const HINT = 'run: npm run docs';

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

it('docs/cli.md is up to date', async () => {
  expect(page('cli.md'), HINT).toBe(await cliPage());
});

it('docs/deviations.md is up to date', () => {
  expect(page('deviations.md'), HINT).toBe(deviationsPage());
});
