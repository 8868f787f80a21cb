/** Writes the files of the playground into `dist/playground`, from where a built server serves them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from '../src/playground/bundle.ts';

const folder = fileURLToPath(new URL('../dist/playground/', import.meta.url));
const files = await bundle();
mkdirSync(folder, { recursive: true });
for (const [name, body] of files) writeFileSync(`${folder}${name}`, body);
