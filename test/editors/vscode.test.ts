import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hover } from 'vscode-languageserver-protocol';
import { Folder } from '../cli/harness.ts';
import { Adapted } from '../debug/client.ts';
import { Editor } from '../lsp/editor.ts';

const folder = new Folder();
const root = fileURLToPath(new URL('../../', import.meta.url));
let files: Record<string, string> = {};

beforeAll(() => {
  const target = folder.file('thingsdb.vsix');
  execFileSync(process.execPath, [`${root}scripts/package-vscode.ts`, target], { cwd: root, stdio: 'pipe' });
  files = Object.fromEntries(Object.entries(unzipSync(readFileSync(target))).map(([name, bytes]) => [name, strFromU8(bytes)]));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(folder.file(name)), { recursive: true });
    writeFileSync(folder.file(name), text);
  }
});

afterAll(() => folder.remove());

/** All texts in a manifest that name a file of the extension. */
function paths(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('./') ? [value.slice(2)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(paths) : [];
}

describe('the package for Visual Studio Code', () => {
  test('has what its manifests name', () => {
    const manifest = JSON.parse(files['extension/package.json'] ?? '') as object;
    const named = paths(manifest);
    expect(named.length).toBeGreaterThan(4);
    for (const path of named) expect(Object.keys(files)).toContain(`extension/${path}`);
    const assets = [...(files['extension.vsixmanifest'] ?? '').matchAll(/Path="([^"]+)"/g)].map(([, path]) => path as string);
    expect(assets).toContain('extension/package.json');
    for (const path of assets) expect(Object.keys(files)).toContain(path);
    for (const name of Object.keys(files)) {
      if (name !== '[Content_Types].xml') expect(files['[Content_Types].xml']).toContain(`Extension=".${name.split('.').at(-1)}"`);
    }
  });

  test('has JSON that is JSON', () => {
    for (const [name, text] of Object.entries(files))
      if (name.endsWith('.json')) expect(() => JSON.parse(text) as unknown, name).not.toThrow();
  });

  test('needs nothing but the editor and Node.js', () => {
    const code = files['extension/dist/extension.js'] ?? '';
    const required = [...code.matchAll(/require\([`'"]([^`'"]+)[`'"]\)/g)].map(([, name]) => name as string);
    expect(required).toContain('vscode');
    const foreign = required.filter((name) => name !== 'vscode' && !process.getBuiltinModule(name));
    expect(foreign).toEqual([]);
  });

  test('is loaded by an editor', () => {
    // Of the editor, only that everything in it can be called, extended and asked for more.
    const script = `
      const any = new Proxy(class {}, { get: (target, name) => (name === 'prototype' ? target.prototype : name === Symbol.toPrimitive ? () => '1.100.0' : any) });
      const { Module } = require('node:module');
      const load = Module._load;
      Module._load = (name, ...rest) => (name === 'vscode' ? any : load(name, ...rest));
      const { activate, deactivate } = require(process.argv[1]);
      console.log(typeof activate, typeof deactivate);`;
    const out = execFileSync(process.execPath, ['-e', script, folder.file('extension/dist/extension.js')]).toString();
    expect(out).toBe('function function\n');
  });

  test('carries a language server that works alone', async () => {
    const editor = new Editor([], folder.file('extension/dist/server.mjs'));
    await editor.start(folder.path);
    const uri = pathToFileURL(folder.file('a.ti')).href;
    await editor.open(uri, "'é'.uper();");
    expect(await editor.diagnostics(uri)).toMatchObject([{ code: 'unknown-method' }]);
    const hover = await editor.at<Hover>('textDocument/hover', '[1].ma¦p(|x| x);');
    expect(hover.contents).toMatchObject({ value: expect.stringContaining('array.map') });
    expect(await editor.stop()).toBe(0);
  });

  test('carries a debugger that works alone, in memory', async () => {
    const program = folder.file('debugged.ti', 'a = 1;\nb = [a].map(|x| {\n  x + 1;\n});\n');
    const client = new Adapted(folder.file('extension/dist/debug.mjs'), ['--dap']);
    await client.launch({ program }, () => client.breakpoints(program, { line: 3 }));
    expect((await client.stands()).frames).toEqual(['map |x|:3:3', 'script:2:8']);
    expect(await client.disconnect()).toBe(0);
    const other = new Adapted(folder.file('extension/dist/debug.mjs'), ['--dap']);
    await other.ask('initialize');
    await expect(other.ask('launch', { program, data: folder.path })).rejects.toThrow(/thingsdb\.server\.path/);
    expect(await other.disconnect()).toBe(0);
  });

  test('has snippets that are right', async () => {
    const { analyze } = await import('../../src/analysis/analyze.ts');
    const snippets = JSON.parse(files['extension/snippets.json'] ?? '') as Record<string, { body: string[] }>;
    for (const [name, { body }] of Object.entries(snippets)) {
      const text = body
        .join('\n')
        .replace(/\$\{\d+:([^}]*)\}/g, '$1')
        .replace(/\$\d/g, '1');
      expect(analyze(text).diagnostics, `${name}: ${text}`).toEqual([]);
    }
  });
});
