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
  WorkspaceSymbol,
} from 'vscode-languageserver-protocol';
import { Folder } from '../cli/harness.ts';
import { Editor, edited, marked } from './editor.ts';

const folder = new Folder();
const editor = new Editor();
const MODEL =
  "set_enum('Colour', {RED: 1, BLUE: 2});\nset_type('Product', {\n  name: 'str',\n  colour: 'Colour',\n  label: |this| this.name.upper(),\n});\n";
const uriOf = (name: string): string => pathToFileURL(folder.file(name)).href;

beforeAll(async () => {
  folder.file('model.ti', `${MODEL}new_procedure('stock', |name| .stock[name]);\n`);
  await editor.start(folder.path);
});

afterAll(async () => {
  expect(await editor.stop()).toBe(0);
  folder.remove();
});

const text = (hover: Hover | null): string => (hover === null ? '' : (hover.contents as { value: string }).value);
const labels = (items: readonly CompletionItem[]): string[] => items.map(({ label }) => label);

describe('diagnostics', () => {
  test('come while typing, at UTF-16 positions', async () => {
    const uri = 'untitled:typing';
    await editor.open(uri, "x = '😀é'; abs();\nx;");
    expect(await editor.diagnostics(uri)).toMatchObject([
      {
        code: 'argument-count',
        severity: 1,
        source: 'thingsc',
        range: { start: { line: 0, character: 11 }, end: { line: 0, character: 14 } },
      },
    ]);
    // `é` is one code unit and two bytes, the smiley two and four.
    await editor.change(uri, { start: { line: 0, character: 7 }, end: { line: 0, character: 7 } }, 'ü');
    expect((await editor.diagnostics(uri))[0]?.range.start.character).toBe(12);
    await editor.change(uri, { start: { line: 0, character: 16 }, end: { line: 0, character: 16 } }, '1');
    expect(await editor.diagnostics(uri)).toEqual([]);
  });

  test('tell all errors of a broken text, and go when it is closed', async () => {
    const uri = 'untitled:broken';
    await editor.open(uri, 'a = [1, ;\nb = (2;\n');
    expect((await editor.diagnostics(uri)).map(({ code }) => code)).toEqual(['syntax', 'syntax']);
  });

  test('follow the project file', async () => {
    folder.file('thingsc.json', '{"rules": {"unused-variable": "off"}}');
    const uri = uriOf('quiet.ti');
    await editor.open(uri, 'x = 1; 2;');
    expect(await editor.diagnostics(uri)).toEqual([]);
  });
});

describe('hover', () => {
  test.each([
    ["n = 'a'.len(); n¦ + 1;", 'n: int'],
    ['[1].ma¦p(|x| x);', 'array.map(callback: closure) -> list'],
    ['ran¦ge(3);', 'range(start: int, stop?: int, step?: int) -> list'],
    [`${MODEL}Prod¦uct{};`, 'type Product\n  name: str\n  colour: Colour\n  label()'],
    [`${MODEL}p = Product{}; p.col¦our;`, 'Product.colour: Colour'],
    [`${MODEL}Colour{RE¦D};`, 'Colour{RED} = 1'],
    ['[1, 2].map(|it¦em| item * 0.5);', 'item: int'],
    ['// 😀\nx = "é😀"; [x, na¦me];', 'name: any'],
  ])('of %s', async (source, shown) => {
    expect(text(await editor.at<Hover | null>('textDocument/hover', source))).toContain(shown);
  });

  test('is nothing in a space', async () => {
    expect(await editor.at('textDocument/hover', '1  ¦  + 2;')).toBeNull();
  });
});

describe('completion', () => {
  const complete = async (source: string): Promise<string[]> =>
    labels(await editor.at<CompletionItem[]>('textDocument/completion', source));

  test('offers methods by the type of what stands before', async () => {
    const ofText = await complete("x = 'a'; x.¦");
    expect(ofText).toContain('upper');
    expect(ofText).not.toContain('push');
    const ofList = await complete('[1].¦;\ny = 2;');
    expect(ofList).toContain('push');
    expect(ofList).not.toContain('upper');
  });

  test('offers fields and methods of types, members of enumerators', async () => {
    expect((await complete(`${MODEL}p = Product{}; p.¦`)).slice(0, 3)).toEqual(['name', 'colour', 'label']);
    expect(await complete(`${MODEL}[Product{}].map(|p| p.na¦me)`)).toContain('colour');
    expect(await complete(`${MODEL}Colour{¦}`)).toEqual(['RED', 'BLUE']);
    expect(await complete(`${MODEL}Product{¦}`)).toEqual(['name', 'colour']);
    expect(await complete(`${MODEL}new('¦');`)).toContain('Product');
  });

  test('offers variables, functions, types, constants and words', async () => {
    const found = await complete(`${MODEL}total = 1; f = |inner| 1; ¦`);
    for (const name of ['total', 'range', 'Product', 'Colour', 'INT_MAX', 'return']) expect(found).toContain(name);
    expect(found).not.toContain('inner');
    expect(await complete('f = |inner| in¦;')).toContain('inner');
  });

  test('is silent in comments, strings and numbers', async () => {
    for (const source of ['// a¦', "'a¦'", '/* a.¦ */ 1', '12¦']) expect(await complete(source)).toEqual([]);
    const open = ["x = 'a¦", 'x = "it\'s a¦', 'x = 1;\n/* a¦', 'x = `a¦', "x = 'a¦;\ny = 1;\n", "x = 'a¦;\ny = 'b';\n"];
    for (const source of open) expect([source, await complete(source)]).toEqual([source, []]);
    expect(await complete("x = 'a';\n/* b */ ¦")).toContain('range');
    expect(await complete('x = `a {¦')).toContain('range');
    // A name that is to be given.
    expect(await complete(`${MODEL}new('¦`)).toContain('Product');
    expect(await complete(`${MODEL}new("Pr¦`)).toContain('Product');
  });
});

describe('a text that is typed key by key', () => {
  const TYPED = 'p = Product{};\nlow = [1].filter(|n| n < p.name.len());\nif (low) { p.';

  test('is told the same as one that is opened as it is', async () => {
    const uri = 'untitled:keys';
    const end = '\n};\nrange(1).nothing();\n';
    const line = MODEL.split('\n').length - 1;
    await editor.open(uri, MODEL + end);
    let at = { line, character: 0 };
    for (const [i, key] of [...TYPED].entries()) {
      await editor.change(uri, { start: at, end: at }, key);
      at = key === '\n' ? { line: at.line + 1, character: 0 } : { line: at.line, character: at.character + 1 };
      // Each tenth, and the last, which asks for the parts of a product in a block that is not closed.
      if (i % 10 !== 9 && i !== TYPED.length - 1) continue;
      const found = await editor.diagnostics(uri);
      const items = await editor.ask<CompletionItem[]>('textDocument/completion', { textDocument: { uri }, position: at });
      const whole = MODEL + TYPED.slice(0, i + 1) + end;
      expect(
        labels(await editor.at<CompletionItem[]>('textDocument/completion', `${MODEL}${TYPED.slice(0, i + 1)}¦${end}`)).sort(),
      ).toEqual(labels(items).sort());
      await editor.open('untitled:whole', whole);
      expect(await editor.diagnostics('untitled:whole')).toEqual(found);
      await editor.tell('textDocument/didClose', { textDocument: { uri: 'untitled:whole' } });
      if (i === TYPED.length - 1) expect(labels(items)).toContain('colour');
    }
    await editor.tell('textDocument/didClose', { textDocument: { uri } });
  });
});

describe('signature help', () => {
  const help = (source: string): Promise<SignatureHelp | null> => editor.at('textDocument/signatureHelp', source);

  test('shows parameters and which is being written', async () => {
    expect(await help('range(1, ¦')).toMatchObject({
      signatures: [{ label: 'range(start: int, stop?: int, step?: int) -> list' }],
      activeParameter: 1,
    });
    expect((await help("'a'.replace('b', [1, 2].len(), ¦)"))?.activeParameter).toBe(2);
    expect((await help('[].push(1, 2, 3, ¦)'))?.activeParameter).toBe(1);
    expect(await help('1 + ¦2')).toBeNull();
    expect(await help("abs(1)¦; 'x'")).toBeNull();
  });
});

describe('definition, references and rename', () => {
  const script = 'total = 0;\nadd = |n| total + n;\n[1].each(|n| total += n);\n{total:};\n';

  test('follow a variable through closures, and leave parameters of the same name alone', async () => {
    const source = script.replace('|n| total + n', '|n| to¦tal + n');
    expect(await editor.at<Location[]>('textDocument/definition', source)).toMatchObject([{ range: { start: { line: 0, character: 0 } } }]);
    const uses = await editor.at<Location[]>('textDocument/references', source, { context: { includeDeclaration: true } });
    expect(uses.map(({ range }) => range.start.line).sort()).toEqual([0, 1, 2, 3]);
    const parameter = script.replace('total + n;', 'total + ¦n;');
    expect(await editor.at<Location[]>('textDocument/references', parameter, { context: { includeDeclaration: false } })).toHaveLength(1);
  });

  test('rename writes short fields out', async () => {
    const source = script.replace('total = 0', 'to¦tal = 0');
    const { changes = {} } = await editor.at<WorkspaceEdit>('textDocument/rename', source, { newName: 'sum' });
    const [edits = []] = Object.values(changes);
    expect(edited(script, edits)).toBe('sum = 0;\nadd = |n| sum + n;\n[1].each(|n| sum += n);\n{total: sum};\n');
  });

  test('rename goes through all scripts of the workspace', async () => {
    const uri = uriOf('use.ti');
    const { text: source, position } = marked("p = Pro¦duct{name: 'é'};\n[p.name, p.label()];\n");
    await editor.open(uri, source);
    const places = await editor.ask<Location[]>('textDocument/definition', { textDocument: { uri }, position });
    expect(places).toEqual([{ uri: uriOf('model.ti'), range: { start: { line: 1, character: 10 }, end: { line: 1, character: 17 } } }]);
    const { changes = {} } = await editor.ask<WorkspaceEdit>('textDocument/rename', {
      textDocument: { uri },
      position,
      newName: 'Article',
    });
    expect(Object.keys(changes).sort()).toEqual([uriOf('model.ti'), uri].sort());
    expect(edited(source, changes[uri] ?? [])).toContain('p = Article{');
  });

  test('built-ins cannot be renamed, nor a variable into one that is there', async () => {
    expect(await editor.at('textDocument/prepareRename', 'ra¦nge(3);')).toBeNull();
    await expect(editor.at('textDocument/rename', 'a = 1; ¦b = 2; a + b;', { newName: 'a' })).rejects.toThrow('already');
    await expect(editor.at('textDocument/rename', '¦b = 2; b;', { newName: 'not good' })).rejects.toThrow('letters');
  });
});

describe('the parts of a text', () => {
  const ask = async <T>(method: string, source: string): Promise<T> => editor.at(method, `${source}¦`);

  test('are symbols', async () => {
    const found = await ask<DocumentSymbol[]>('textDocument/documentSymbol', `${MODEL}new_procedure('f', |x| x);\n.list = [];\nx = 1;\n`);
    expect(found.map(({ name, kind }) => [name, kind])).toEqual([
      ['Colour', 10],
      ['Product', 5],
      ['f', 12],
      ['.list', 7],
      ['x', 13],
    ]);
    expect(found[1]?.children?.map(({ name, kind }) => [name, kind])).toEqual([
      ['name', 8],
      ['colour', 8],
      ['label', 6],
    ]);
    const all = await editor.ask<WorkspaceSymbol[]>('workspace/symbol', { query: 'stk' });
    expect(all.map(({ name, location }) => [name, location.uri])).toContainEqual(['stock', uriOf('model.ti')]);
  });

  test('fold', async () => {
    const source = '// one\n// two\nf = |x| {\n  y = {\n    a: x,\n  };\n  y;\n};\n';
    expect(await ask<FoldingRange[]>('textDocument/foldingRange', source)).toEqual([
      { startLine: 0, endLine: 1, kind: 'comment' },
      { startLine: 2, endLine: 6 },
      { startLine: 3, endLine: 4 },
    ]);
  });

  test('have colours by meaning', async () => {
    const { data } = await ask<SemanticTokens>('textDocument/semanticTokens/full', "é = '😀'; abs(|p| p);");
    // `é` is no letter of a name here: the text is broken, and what can be told is.
    expect(data.length % 5).toBe(0);
    const tokens = (await ask<SemanticTokens>('textDocument/semanticTokens/full', "x = '😀'; range(x);\nx.len();")).data;
    const legend = editor.capabilities.semanticTokensProvider?.legend.tokenTypes ?? [];
    const rows = Array.from({ length: tokens.length / 5 }, (_, i) => tokens.slice(i * 5, i * 5 + 5));
    expect(rows.map(([line, column, length, type]) => [line, column, length, legend[type as number]])).toEqual([
      [0, 0, 1, 'variable'],
      [0, 10, 5, 'function'],
      [0, 6, 1, 'variable'],
      [1, 0, 1, 'variable'],
      [0, 2, 3, 'method'],
    ]);
  });

  test('are formatted, unless there are errors', async () => {
    const source = "x=1;// é 😀\ny   =  'é';";
    const edits = await editor.at<TextEdit[]>('textDocument/formatting', `${source}¦`, { options: { tabSize: 2, insertSpaces: true } });
    expect(edited(source, edits)).toBe("x = 1; // é 😀\ny = 'é';\n");
    expect(await ask('textDocument/formatting', 'x = (')).toEqual([]);
  });
});

describe('code actions', () => {
  test('correct and silence what is found', async () => {
    const uri = 'untitled:actions';
    const source = "  'é'.startswith('e');\n";
    await editor.open(uri, source);
    const range = { start: { line: 0, character: 8 }, end: { line: 0, character: 8 } };
    const actions = await editor.ask<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics: [] },
    });
    expect(actions.map(({ title }) => title)).toEqual([
      'Replace it by `starts_with`',
      'Silence `earlier-name` here',
      'Do all safe corrections',
    ]);
    const done = actions.map(({ edit }) => edited(source, edit?.changes?.[uri] ?? []));
    expect(done).toEqual(["  'é'.starts_with('e');\n", `  // thingsc: ignore earlier-name\n${source}`, "  'é'.starts_with('e');\n"]);
    const only = { diagnostics: [], only: ['source'] };
    expect(await editor.ask<CodeAction[]>('textDocument/codeAction', { textDocument: { uri }, range, context: only })).toHaveLength(1);
  });
});
