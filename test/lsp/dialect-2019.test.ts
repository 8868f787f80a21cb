/** The language server on texts in the 2019 dialect. */
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  CodeAction,
  CompletionItem,
  DocumentSymbol,
  FoldingRange,
  Hover,
  Location,
  SemanticTokens,
  SignatureHelp,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol';
import { Folder } from '../cli/harness.ts';
import { Editor, edited, marked } from './editor.ts';

const folder = new Folder();
const editor = new Editor();
const uriOf = (name: string): string => pathToFileURL(folder.file(name)).href;

beforeAll(async () => {
  folder.file('old.ti', 'lamp = 1; lamp;');
  await editor.start(folder.path);
});

afterAll(async () => {
  expect(await editor.stop()).toBe(0);
  folder.remove();
});

const at = <T>(method: string, source: string, more: object = {}): Promise<T> =>
  editor.at<T>(`textDocument/${method}`, source, more, '.t19');
const text = (hover: Hover | null): string => (hover === null ? '' : (hover.contents as { value: string }).value);
const labels = (items: readonly CompletionItem[]): string[] => items.map(({ label }) => label);

describe('diagnostics', () => {
  test('come while typing, at UTF-16 positions, and go when it is right', async () => {
    const uri = 'untitled:typing.t19';
    await editor.open(uri, "x = '😀é'; 5.push(1);");
    expect(await editor.diagnostics(uri)).toMatchObject([
      {
        code: 'unknown-method',
        severity: 1,
        source: 'thingsc',
        range: { start: { line: 0, character: 13 }, end: { line: 0, character: 17 } },
      },
    ]);
    await editor.change(uri, { start: { line: 0, character: 11 }, end: { line: 0, character: 12 } }, '[5]');
    expect(await editor.diagnostics(uri)).toEqual([]);
  });

  test('are those of the dialect by its name alone', async () => {
    await editor.open('untitled:plain', '(7 // 2)', 'thingsdb-2019');
    expect(await editor.diagnostics('untitled:plain')).toEqual([]);
    await editor.open('untitled:today', '$x = 1;');
    expect((await editor.diagnostics('untitled:today'))[0]?.code).toBe('syntax');
  });

  test('follow the project file', async () => {
    folder.file('thingsc.json', '{"rules": {"zero-division": "off"}}');
    await editor.open(uriOf('quiet.t19'), '(1 / 0)');
    expect(await editor.diagnostics(uriOf('quiet.t19'))).toEqual([]);
    folder.file('thingsc.json', '{}');
    await editor.tell('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf('thingsc.json'), type: 2 }] });
    await expect.poll(async () => (await editor.diagnostics(uriOf('quiet.t19')))[0]?.code).toBe('zero-division');
  });
});

describe('hover', () => {
  test.each([
    ['$n = (4 / 2); $¦n;', '$n: float'],
    ['lamps = [{}]; la¦mps;', 'lamps: array'],
    ['[1, 2].map(x => (x¦ + 1));', 'x: int'],
    ["'a'.ends¦with('b');", 'raw.endswith(text: raw) -> raw'.replace('-> raw', '-> bool')],
    ['th¦ing(1);', 'thing(id: int, more...: int) -> array-of-things'],
    ['del¦("a");', 'Needs the privilege `MODIFY`.'],
    ['users(); RE¦AD;', 'READ = 1: int'],
    ['{a: 1}.a¦;', 'a: int'],
  ])('%s', async (source, wanted) => {
    expect(text(await at<Hover>('hover', source))).toContain(wanted);
  });

  test('says nothing of numbers and comments', async () => {
    expect(await at('hover', '1¦2;')).toBe(null);
    expect(await at('hover', '/* a¦b */ 1;')).toBe(null);
  });
});

describe('completion', () => {
  const complete = (source: string): Promise<CompletionItem[]> => at('completion', source);

  test('of what works on a value', async () => {
    expect(labels(await complete("'a'.¦"))).toEqual(expect.arrayContaining(['lower', 'endswith', 'test', 'ret']));
    expect(labels(await complete("'a'.lo¦"))).not.toContain('push');
    expect(labels(await complete('[1].¦'))).toEqual(expect.arrayContaining(['push', 'splice', 'map']));
    const things = labels(await complete('lamp = {on: true}; lamp.¦'));
    expect(things).toEqual(expect.arrayContaining(['on', 'set', 'hasprop']));
    expect(things).not.toContain('push');
  });

  test('of variables, properties and functions', async () => {
    expect(labels(await complete('$a = 1; $¦'))).toEqual(['$a']);
    const names = labels(await complete('lamp = 1; $a = 2; [1].map(item => ¦);'));
    expect(names).toEqual(expect.arrayContaining(['lamp', '$a', 'item', 'thing', 'try', 'hasprop', 'nil']));
    expect(names).not.toContain('push');
    expect(names).not.toContain('users');
    expect(labels(await complete("new_user('a', 'b'); ¦"))).toEqual(expect.arrayContaining(['grant', 'READ']));
  });

  test('nothing in strings, comments, numbers and parameters', async () => {
    for (const source of ["x = 'a¦'", '/* a¦ */ 1', '12¦', '{a¦: 1}', 'x.test(/a¦/)']) expect(await complete(source)).toEqual([]);
    const open = [
      "x = 'a¦",
      'x = "it\'s a¦',
      "x = 'it''s a¦",
      "$a = 1; '$¦",
      'x = 1;\n/* a¦',
      '/* $¦',
      "x = 'a¦;\ny = 1;\n",
      "x = 'a¦;\ny = 'b';\n",
    ];
    for (const source of open) expect([source, await complete(source)]).toEqual([source, []]);
    expect(labels(await complete("x = 'a';\n/* b */ ¦"))).toContain('thing');
  });

  test('puts the cursor between the parentheses', async () => {
    const found = (await complete("'a'.¦")).filter(({ label }) => label === 'startswith' || label === 'upper');
    expect(found.map(({ insertText }) => insertText)).toEqual(['startswith($1)', 'upper()']);
  });
});

test('signatures', async () => {
  expect(await at<SignatureHelp>('signatureHelp', 'lamps.splice(1, ¦)')).toMatchObject({
    signatures: [{ label: 'list.splice(start: int, count: int, items...: any) -> array' }],
    activeParameter: 1,
  });
  expect(await at<SignatureHelp>('signatureHelp', 'thing(1, 2, ¦)')).toMatchObject({ activeSignature: 1, activeParameter: 1 });
  expect(await at('signatureHelp', '[1, ¦2]')).toBe(null);
});

describe('names', () => {
  const source = '$a = 1;\n[$a].map(x => (x + $a));\nlamp = $a;\n[2].map(x => x);\nlamp;';

  const ranges = (found: readonly Location[]): string[] => found.map(({ range: { start } }) => `${start.line}:${start.character}`);
  const mark = (line: number, character: number): string => {
    const lines = source.split('\n');
    lines[line] = `${lines[line]?.slice(0, character)}¦${lines[line]?.slice(character)}`;
    return lines.join('\n');
  };

  test('are found where they are set', async () => {
    expect(ranges(await at('definition', mark(2, 8)))).toEqual(['0:0']);
    expect(ranges(await at('definition', mark(1, 15)))).toEqual(['1:9']);
    expect(ranges(await at('definition', mark(4, 1)))).toEqual(['2:0']);
  });

  test('are found where they are used', async () => {
    expect(ranges(await at('references', mark(0, 1), { context: { includeDeclaration: true } }))).toEqual(['0:0', '1:1', '1:19', '2:7']);
    expect(ranges(await at('references', mark(0, 1), { context: { includeDeclaration: false } }))).toEqual(['1:1', '1:19', '2:7']);
    expect(ranges(await at('references', mark(1, 9), { context: { includeDeclaration: true } }))).toEqual(['1:9', '1:15']);
  });

  test('are renamed, but for properties', async () => {
    const renamed = async (marks: string, newName: string): Promise<string> => {
      const { changes } = await at<WorkspaceEdit>('rename', marks, { newName });
      return edited(marked(marks).text, Object.values(changes ?? {})[0] as TextEdit[]);
    };
    expect(await renamed(mark(0, 1), '$b')).toBe(source.replaceAll('$a', '$b'));
    expect(await renamed(mark(1, 9), 'y')).toBe(source.replace('x => (x', 'y => (y'));
    expect(await at('prepareRename', mark(2, 1))).toBe(null);
    expect(await at('prepareRename', mark(0, 1))).toMatchObject({ placeholder: 'a', range: { start: { character: 1 } } });
    await expect(at('rename', mark(1, 9), { newName: 'lamp' })).rejects.toThrow(/something else/);
    await expect(at('rename', mark(0, 1), { newName: 'é' })).rejects.toThrow(/ASCII/);
  });

  test('are symbols of the text', async () => {
    const uri = 'untitled:symbols.t19';
    await editor.open(uri, source);
    const found = await editor.ask<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    expect(found.map(({ name }) => name)).toEqual(['$a', 'lamp']);
  });

  test('are no names of other scripts', async () => {
    const uri = uriOf('old.ti');
    await editor.open(uri, 'lamp = 1; lamp;');
    const params = { textDocument: { uri }, position: { line: 0, character: 1 }, context: { includeDeclaration: true } };
    await editor.open(uriOf('new.t19'), 'lamp = 2;');
    expect((await editor.ask<Location[]>('textDocument/references', params)).every((place) => place.uri === uri)).toBe(true);
  });
});

test('colours by meaning', async () => {
  const uri = 'untitled:colours.t19';
  await editor.open(uri, '$a = 1;\nlamp.map(x => x.n).len();');
  const { data } = await editor.ask<SemanticTokens>('textDocument/semanticTokens/full', { textDocument: { uri } });
  const { tokenTypes = [] } = editor.capabilities.semanticTokensProvider?.legend ?? {};
  const found: string[] = [];
  for (let i = 0; i < data.length; i += 5) found.push(`${data[i + 2]} ${tokenTypes[data[i + 3] as number]}`);
  expect(found).toEqual(['2 variable', '4 property', '3 method', '1 parameter', '1 parameter', '1 property', '3 method']);
});

test('folding, formatting and corrections', async () => {
  const uri = 'untitled:rest.t19';
  const source = "/* two\n   lines */\nlamp = {\n  a: 1,\n  b: 'x'.startwith('y')\n};";
  await editor.open(uri, source);
  const textDocument = { uri };
  expect(
    (await editor.ask<FoldingRange[]>('textDocument/foldingRange', { textDocument })).map(({ startLine, endLine }) => [startLine, endLine]),
  ).toEqual([
    [0, 1],
    [2, 4],
  ]);
  const options = { tabSize: 2, insertSpaces: true };
  await editor.open('untitled:format.t19', '(1+2);\n$a=3;$a;\n');
  const edits = await editor.ask<TextEdit[]>('textDocument/formatting', { textDocument: { uri: 'untitled:format.t19' }, options });
  expect(edited('(1+2);\n$a=3;$a;\n', edits)).toBe('(1 + 2);\n$a = 3;\n$a;\n');
  await editor.open(uri, source);
  const range = { start: { line: 4, character: 0 }, end: { line: 4, character: 30 } };
  const actions = await editor.ask<CodeAction[]>('textDocument/codeAction', { textDocument, range, context: { diagnostics: [] } });
  expect(actions.map(({ title }) => title)).toEqual(['Replace it by `startswith`', 'Silence `unknown-method` here']);
  const silenced = edited(source, Object.values(actions[1]?.edit?.changes ?? {})[0] as TextEdit[]);
  expect(silenced).toContain("  /* thingsc: ignore unknown-method */\n  b: 'x'");
});
