/** Makes the files of the page from their sources: two scripts, each with all that it needs, and what lies beside them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const client = fileURLToPath(new URL('./client/', import.meta.url));

/** What the sources use of Node.js, in the words of a browser. */
const STAND_INS: Readonly<Record<string, string>> = {
  'node:buffer': `${client}stand-ins/buffer.ts`,
  'node:crypto': `${client}stand-ins/crypto.ts`,
  'node:v8': `${client}stand-ins/v8.ts`,
};

/** In the order in which they stand over one another. */
const STYLES = ['base', 'layout', 'views', 'drawings', 'narrow'];

interface Bundled {
  readonly code: Uint8Array;
  /** The files that went into it. */
  readonly from: readonly string[];
}

async function script(input: string): Promise<Bundled> {
  const build = await rolldown({
    input: `${client}${input}`,
    platform: 'browser',
    resolve: { alias: { ...STAND_INS } },
    transform: { target: 'es2023', inject: { Buffer: [`${client}stand-ins/buffer.ts`, 'Buffer'] } },
  });
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false });
  await build.close();
  const [chunk] = output;
  const foreign = chunk.imports.filter((name) => name.startsWith('node:'));
  if (foreign.length > 0) throw new Error(`${input} needs ${foreign.join(', ')}, which no browser has`);
  return { code: Buffer.from(chunk.code), from: chunk.moduleIds };
}

/** The folder of the package that a file belongs to; null for a file of this project. */
function packageOf(file: string): string | null {
  const path = file.replaceAll('\\', '/');
  const at = path.lastIndexOf('/node_modules/');
  if (at < 0) return null;
  const [first = '', second = ''] = path.slice(at + '/node_modules/'.length).split('/');
  return `${path.slice(0, at)}/node_modules/${first.startsWith('@') ? `${first}/${second}` : first}`;
}

/** The licences of the packages in the scripts, which go with every copy of these. */
function licences(from: readonly string[]): string {
  const folders = [...new Set(from.map(packageOf))].filter((folder) => folder !== null).sort();
  const texts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** The files by name. Rejects with the error of the bundler. */
export async function bundle(): Promise<ReadonlyMap<string, Uint8Array>> {
  const [app, worker] = await Promise.all([script('app.ts'), script('worker/main.ts')]);
  const style = STYLES.map((name) => readFileSync(`${client}style/${name}.css`, 'utf8')).join('\n');
  const own = (name: string): [string, Uint8Array] => [name, readFileSync(`${client}${name}`)];
  return new Map([
    ['app.js', app.code],
    ['worker.js', worker.code],
    ['style.css', Buffer.from(style)],
    ['licences.txt', Buffer.from(licences([...app.from, ...worker.from]))],
    own('index.html'),
    own('icon.svg'),
  ]);
}
