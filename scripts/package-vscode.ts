/**
 * `npm run package:vscode [-- FILE]`: packs the extension for Visual Studio Code into a .vsix, without any network. A .vsix is a zip with a list of the types
 * of its files, a manifest for the gallery, and the extension in a folder of its own.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Zippable, zipSync } from 'fflate';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../', import.meta.url));
const extension = `${root}editors/vscode/`;

interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly version: string;
  readonly displayName: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly categories: readonly string[];
  readonly engines: { readonly vscode: string };
}

/** What cannot be carried along, as it is another on each platform. */
const ALIAS = { lmdb: `${extension}no-store.ts` };

/** One file with everything that a module needs but what the editor and Node.js have. */
async function bundle(input: string, format: 'cjs' | 'esm'): Promise<string> {
  const build = await rolldown({ input, platform: 'node', external: ['vscode', /^node:/], resolve: { alias: ALIAS } });
  const { output } = await build.generate({ format, minify: true, codeSplitting: false });
  await build.close();
  const [chunk] = output;
  return chunk.code;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  js: 'application/javascript',
  mjs: 'application/javascript',
  md: 'text/markdown',
  txt: 'text/plain',
  vsixmanifest: 'text/xml',
};

function contentTypes(): string {
  const rows = Object.entries(TYPES).map(([end, type]) => `<Default Extension=".${end}" ContentType="${type}"/>`);
  return `<?xml version="1.0" encoding="utf-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${rows.join('')}</Types>\n`;
}

function vsixManifest(manifest: Manifest): string {
  const { name, publisher, version, displayName, description, keywords, categories, engines } = manifest;
  const asset = (type: string, path: string): string =>
    `    <Asset Type="Microsoft.VisualStudio.${type}" Path="${path}" Addressable="true"/>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" Id="${name}" Version="${version}" Publisher="${publisher}"/>
    <DisplayName>${escaped(displayName)}</DisplayName>
    <Description xml:space="preserve">${escaped(description)}</Description>
    <Tags>${escaped(keywords.join(','))}</Tags>
    <Categories>${escaped(categories.join(','))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <License>extension/LICENSE.txt</License>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${engines.vscode}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
${asset('Code.Manifest', 'extension/package.json')}
${asset('Services.Content.Details', 'extension/README.md')}
${asset('Services.Content.License', 'extension/LICENSE.txt')}
  </Assets>
</PackageManifest>
`;
}

const FILES = ['language-configuration.json', 'language-configuration-2019.json', 'snippets.json', 'thingsc.schema.json', 'README.md'];

/** The files of the package, by their path in it. */
async function contents(): Promise<{ files: Zippable; manifest: Manifest }> {
  const own = (name: string): Buffer => readFileSync(`${extension}${name}`);
  const manifest = JSON.parse(own('package.json').toString()) as Manifest;
  const [client, server, adapter] = await Promise.all([
    bundle(`${extension}extension.ts`, 'cjs'),
    bundle(`${extension}server.ts`, 'esm'),
    bundle(`${extension}debug.ts`, 'esm'),
  ]);
  const files: Zippable = {
    '[Content_Types].xml': Buffer.from(contentTypes()),
    // The source is of modules; the editor loads what is made of it with `require`.
    'extension/package.json': Buffer.from(`${JSON.stringify({ ...manifest, type: 'commonjs' }, null, 2)}\n`),
    'extension.vsixmanifest': Buffer.from(vsixManifest(manifest)),
    'extension/dist/extension.js': Buffer.from(client),
    'extension/dist/server.mjs': Buffer.from(server),
    'extension/dist/debug.mjs': Buffer.from(adapter),
    'extension/syntaxes/thingsdb.tmLanguage.json': readFileSync(`${root}grammar/v1/thingsdb.tmLanguage.json`),
    'extension/syntaxes/thingsdb-2019.tmLanguage.json': readFileSync(`${root}grammar/2019/thingsdb-2019.tmLanguage.json`),
    'extension/LICENSE.txt': readFileSync(`${root}LICENSE`),
  };
  for (const name of FILES) files[`extension/${name}`] = own(name);
  return { files, manifest };
}

const { files, manifest } = await contents();
const [, , target = `${root}dist/${manifest.name}-${manifest.version}.vsix`] = process.argv;
// The same source gives the same bytes.
const bytes = zipSync(files, { level: 9, mtime: '2000-01-01T00:00:00' });
mkdirSync(dirname(resolve(target)), { recursive: true });
writeFileSync(target, bytes);
console.log(`${target}: ${bytes.length} bytes`);
