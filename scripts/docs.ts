/** `npm run docs`: writes the pages of `docs/` that are made from what they are about. */
import { writeFileSync } from 'node:fs';
import { cliPage, deviationsPage } from './docs-pages.ts';

writeFileSync(new URL('../docs/cli.md', import.meta.url), await cliPage());
writeFileSync(new URL('../docs/deviations.md', import.meta.url), deviationsPage());
