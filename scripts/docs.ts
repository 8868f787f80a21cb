/** `npm run docs`: writes the pages of `docs/` that are made from what they are about. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dialect2019Page } from './docs-dialect-2019.ts';
import { cliPage, deviationsPage } from './docs-pages.ts';
import { referencePages } from './docs-reference.ts';

writeFileSync(new URL('../docs/cli.md', import.meta.url), await cliPage());
writeFileSync(new URL('../docs/deviations.md', import.meta.url), deviationsPage());
writeFileSync(new URL('../docs/dialect-2019.md', import.meta.url), dialect2019Page());

const reference = new URL('../docs/reference/', import.meta.url);
const pages = referencePages();
mkdirSync(reference, { recursive: true });
for (const name of readdirSync(reference)) if (!pages.has(name)) rmSync(new URL(name, reference));
for (const [name, text] of pages) writeFileSync(new URL(name, reference), text);
