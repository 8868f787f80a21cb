/** What the editor is told of queries and commands. */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Io } from '../../../src/cli/io.ts';
import { SessionAssistant } from '../../../src/cli/repl/assistant.ts';
import { Session } from '../../../src/cli/repl/session.ts';
import { StorePlace } from '../../../src/cli/repl/store-place.ts';
import { insertedBy } from '../../../src/terminal/menu.ts';

const nothing = { write: (): void => {}, ready: async () => undefined, colored: true, columns: 80 };
const io: Io = {
  program: 'thingsc',
  out: nothing,
  err: nothing,
  env: {},
  inputIsTerminal: true,
  readInput: async () => '',
  openInput: () => Readable.from([]),
  terminal: null,
  onSignal: () => () => {},
};

let place: StorePlace;
let session: Session;
let assistant: SessionAssistant;

beforeAll(async () => {
  place = await StorePlace.open({ user: 'admin' }, () => {});
  session = new Session({ io, place, scope: 'stuff', dialect: 'v1', mode: 'tree', isInteractive: true });
  assistant = new SessionAssistant(session);
  await session.run(`
    set_type('Book', {title: 'str', pages: 'int', loud: |this| this.title.upper()});
    set_enum('Size', {SMALL: 1, LARGE: 2});
    new_procedure('lend', |book| book.pages);
    .books = [Book{title: 'Dune'}];
    .best = .books[0];
    .mode = 'quiet';
  `);
});
afterAll(() => place.close());

/** What is offered at the end of a text, as it would be put in. */
async function offered(text: string): Promise<string[]> {
  return (await assistant.complete(text, text.length))?.items.map(insertedBy) ?? [];
}

describe('completion of queries', () => {
  it.each([
    ['.bo', ['books']],
    ['.best.', ['title', 'pages', 'loud()']],
    ['.books.map(|b| b.pa', ['pages']],
    ['.books[0].lo', ['loud()']],
    ["'x'.start", ['starts_with(']],
    ['Boo', ['Book']],
    ['Book{ti', ['title: ']],
    ['Size{', ['SMALL', 'LARGE']],
    ['le', ['lend(']],
    ['variable = 1; vari', ['variable']],
    ['set_ty', ['set_type(']],
    ['retu', ['return']],
    ["'quoted bo", []],
    ["has_type('Bo", ['Book']],
    ['run("le', ['lend']],
    ['// bo', []],
  ])('%j', async (text, expected) => {
    expect((await offered(text)).slice(0, Math.max(expected.length, 1))).toEqual(expected);
  });

  it('puts in no second parenthesis', async () => {
    expect((await assistant.complete('lend()', 4))?.items.map(insertedBy)).toEqual(['lend']);
  });

  it('knows what came since it was asked last', async () => {
    await session.run('.newest = 1;');
    expect(await offered('.newe')).toEqual(['newest']);
  });

  it('knows the variables of the prompt', async () => {
    session.variables.set('kept_value', new Uint8Array([1]));
    expect(await offered('kept_')).toEqual(['kept_value']);
  });
});

describe('completion of commands', () => {
  it.each([
    ['.by', ['bytecode ']],
    ['.b', ['bytecode ', 'books', 'best']],
    ['.mode t', ['tree', 'table']],
    ['.use st', ['stuff']],
    ['.use @', ['@thingsdb', '@node']],
    ['.help starts', ['starts_with']],
    ['.help Bo', ['Book']],
    ['.ast .bo', ['books']],
    ['.load docs/rep', ['docs/repl.md']],
    ['.dialect 2', ['2019']],
    ['.exit n', []],
  ])('%j', async (text, expected) => {
    expect((await offered(text)).slice(0, expected.length + 1)).toEqual(expected);
  });
});

describe('completion in the 2019 dialect', () => {
  it('knows functions and methods', async () => {
    session.dialect = '2019';
    expect(await offered('blo')).toEqual(['blob(']);
    expect(await offered('a.starts')).toEqual(['startswith(']);
    for (const open of ["x = 'blo", 'x = "it\'s a.starts', '/* blo', "x = 1; /* a'\nblo"])
      expect([open, await offered(open)]).toEqual([open, []]);
    expect(await offered("x = 'a'; /* b */ blo")).toEqual(['blob(']);
    session.dialect = 'v1';
  });
});

it.each([
  ['f(', false],
  ['.ast f(', false],
  ['.ast f()', true],
  ['.ast', true],
  ['.help f(', true],
  ['.set x {', true],
  ['', true],
])('%j is whole: %j', (text, isWhole) => {
  expect(assistant.isComplete(text)).toBe(isWhole);
});

it('tells how what is being called is called', () => {
  expect(assistant.hint('lend(', 5)).toContain('lend(book)');
  expect(assistant.hint("'x'.starts_with(", 16)).toMatch(/^str\.starts_with\(.*\) -> bool {2}/);
  expect(assistant.hint('.ast set_type(', 14)).toContain('set_type(');
  expect(assistant.hint('1 + 1', 5)).toBe('');
  expect(assistant.hint('.help f(', 8)).toBe('');
});

it('colours queries, commands, and queries in commands', () => {
  const parts = (text: string): string[] => assistant.highlight(text).map(({ start, end, style }) => `${text.slice(start, end)} ${style}`);
  expect(parts('if (x) "日本".len() + 2 // end')).toEqual(['if 1;35', '"日本" 32', 'len 34', '2 36', '// end 90']);
  expect(parts('.mode table')).toEqual(['.mode 1;36']);
  expect(parts('.time nil')).toEqual(['.time 1;36', 'nil 35']);
  expect(parts('.time - 1')).toEqual(['1 36']);
});
