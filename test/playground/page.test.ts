/** The playground in a browser, as its users meet it. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launch, Playground, textOf, WITHOUT, Zoo } from './browser.ts';

/** Waits for what a read gives, also on a busy machine. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 60_000 });

describe.skipIf(CHROMIUM === null)(`the playground${WITHOUT}`, () => {
  let browser: Browser;
  let zoo: Zoo;
  /** A page of the administrator, for all tests that need no door. */
  let playground: Playground;
  /** A page that nobody is logged in at, before and after each test that uses it. */
  let door: Playground;

  beforeAll(async () => {
    [browser, zoo] = await Promise.all([launch(), Zoo.open()]);
    zoo.run("new_user('bob'); set_password('bob', 'bobs'); new_user('eve'); set_password('eve', 'eves');", '@thingsdb');
    zoo.run("grant('//zoo', 'eve', QUERY); new_token('admin');", '@thingsdb');
    [playground, door] = await Promise.all([Playground.enter(browser, zoo.address), Playground.open(browser, zoo.address)]);
  });
  afterAll(async () => {
    await browser?.close();
    await zoo?.close();
  });
  afterEach(() => {
    expect([...playground.problems, ...door.problems]).toEqual([]);
  });

  describe('the log-in', () => {
    it('is all there is before it succeeds, says why it does not, and leaves nothing behind in the end', async () => {
      expect(await door.editor.count()).toBe(0);
      await door.logIn('admin', 'wrong');
      await door.page.getByRole('alert').getByText('invalid username or password').waitFor();
      expect(await door.editor.count()).toBe(0);
      await door.logIn();
      await door.run("'secret';");
      await door.logOut();
      expect(await textOf(door.page.locator('body'))).not.toContain('secret');
      const kept = await door.page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })');
      expect(kept).not.toMatch(/"pass"|wrong/);
      await door.page.getByRole('radio', { name: 'Token' }).check();
      await door.page.getByRole('textbox', { name: 'Token' }).fill('1234567890123456789012');
      await door.page.keyboard.press('Enter');
      await door.page.getByRole('alert').getByText('token').waitFor();
      await door.page.getByRole('textbox', { name: 'Token' }).fill(zoo.text("user_info('admin').load().tokens[0].key;", '@thingsdb'));
      await door.page.keyboard.press('Enter');
      await door.run('1 + 1;');
      expect(await textOf(door.tree)).toBe('2');
      await door.logOut();
      await door.page.getByRole('radio', { name: 'User and password' }).check();
    });

    it('is followed by nothing from anywhere else', () => {
      expect(playground.requests.length).toBeGreaterThan(3);
      expect(playground.requests.filter((url) => !url.startsWith(zoo.address))).toEqual([]);
    });
  });

  it('gives each user what it may have, and no more', async () => {
    await door.logIn('bob', 'bobs');
    await door.schema.getByText('missing the required privileges').waitFor();
    await door.page.getByLabel('Scope').fill('//zoo');
    await door.page.keyboard.press('Enter');
    await door.run('.zoo;');
    await door.result.getByText('user `bob` is missing the required privileges (`QUERY`)').first().waitFor();
    await door.listen('Room', 'kitchen');
    await door.panel('Events').getByRole('alert').getByText('privileges (`JOIN`)').waitFor();
    await door.logOut();
    await door.logIn('eve', 'eves');
    await door.schema.getByText('2 procedures').waitFor();
    await door.run('.zoo.animals.len();');
    expect(await textOf(door.tree)).toBe('4');
    await door.run('.hacked = true;');
    await door.result.getByText('(`CHANGE`)').first().waitFor();
    await door.logOut();
  });

  describe('the editor', () => {
    it('tells what is wrong while it is written', async () => {
      await playground.write('Animal{nam: "Rex"};');
      const wrong = playground.page.locator('.cm-lintRange').first();
      await wrong.waitFor();
      expect(await textOf(wrong)).toBe('nam');
      await wrong.hover();
      await playground.page.locator('.cm-diagnostic').getByText('did you mean `name`?').waitFor();
      // Places are right behind characters of several bytes.
      await playground.write('"Ümläut 🦁"; nowhere;');
      await soon(() => playground.page.locator('.cm-lintRange').allTextContents()).toEqual(['nowhere']);
      await playground.write('1 +;');
      await playground.verdict.getByText('1 error').waitFor();
      await playground.write('.zoo.animals.len();');
      await playground.verdict.getByText('no remarks').waitFor();
    });

    it('mends what it knows how to mend', async () => {
      await playground.write('[1].filtr(|x| x);');
      const wrong = playground.page.locator('.cm-lintRange').first();
      await wrong.waitFor();
      await wrong.hover();
      await playground.page.locator('.cm-diagnosticAction').first().click();
      await soon(() => playground.text()).toBe('[1].filter(|x| x);');
    });

    it('says whether the query makes a change', async () => {
      await playground.write('.zoo.animals.len();');
      await playground.verdict.getByText('reads only').waitFor();
      await playground.write('.zoo.animals.pop();');
      await playground.verdict.getByText('makes a change: `.pop`').waitFor();
    });

    it('proposes what can follow: built-ins, and the fields of the collection', async () => {
      const proposals = playground.page.locator('.cm-completionLabel');
      await playground.write('');
      await playground.editor.pressSequentially('Animal{name: "x"}.spe');
      await proposals.getByText('species').waitFor();
      await playground.page.keyboard.press('Escape');
      await playground.write('');
      await playground.editor.pressSequentially('[1, 2].filt');
      await proposals.getByText('filter').waitFor();
      await playground.page.locator('.cm-completionInfo').getByText('for which a closure gives').waitFor();
      // A list that has just opened takes no key for a moment, lest it take one that was meant for the text.
      await playground.page.waitForTimeout(100);
      await playground.page.keyboard.press('Tab');
      await soon(() => playground.text()).toBe('[1, 2].filter()');
      await playground.page.locator('.signature strong').getByText('callback: closure').waitFor();
      await playground.page.keyboard.press('Escape');
    });

    it('colours by meaning, and tells of names', async () => {
      await playground.write('wanted = [1].map(|item| item + 1); // why\nwanted;');
      const colours = (name: string): Promise<string[]> => playground.editor.locator(`.tok-${name}`).allTextContents();
      await soon(() => colours('method')).toEqual(['map']);
      expect(await colours('parameter')).toEqual(['item', 'item']);
      expect(await colours('number')).toEqual(['1', '1']);
      expect(await colours('comment')).toEqual(['// why']);
      await playground.editor.locator('.tok-method').hover();
      await playground.page.locator('.cm-tooltip .tip').getByText('array.map(').waitFor();
    });

    it('formats', async () => {
      await playground.write('if(true){a=1+2;a};');
      await playground.page.getByRole('button', { name: 'Format' }).click();
      await playground.editor.getByText('a = 1 + 2;').waitFor();
    });

    it('knows the 2019 dialect', async () => {
      await playground.page.getByLabel('Dialect').selectOption('2019');
      await playground.write('lenn(zoo)');
      await playground.verdict.getByText('1 error').waitFor();
      await playground.run('(7 / 2)');
      expect(await textOf(playground.tree)).toBe('3.5');
      await playground.tab('Bytecode').click();
      await playground.panel('Bytecode').getByText('2019:').first().waitFor();
      await playground.tab('Reference').click();
      await playground.page.getByLabel('Search the reference').fill('blob');
      await playground.panel('Reference').getByText('blob(index: int) -> raw').waitFor();
      await playground.page.getByLabel('Search the reference').fill('');
      await playground.write('');
      await playground.editor.pressSequentially('(is');
      await playground.page.locator('.cm-completionLabel').getByText('isarray').waitFor();
      await playground.page.keyboard.press('Escape');
      await playground.page.getByLabel('Dialect').selectOption('v1');
    });
  });

  describe('a result', () => {
    it('is a tree that opens, and asks for things that were not told', async () => {
      await playground.tab('Tree').click();
      await playground.run('return .zoo, 1;');
      const open = (line: Locator): Promise<void> => line.locator('.twist').first().click();
      await open(playground.tree.getByRole('treeitem', { name: /^animals/ }));
      const first = playground.tree.getByRole('treeitem', { name: /^0: #/ });
      await open(first);
      await first.getByText('"Nala"').waitFor();
      expect(await textOf(first)).toContain('born: 2019');
    });

    it('tells ints from floats, and texts from what looks like them', async () => {
      await playground.run("{a: 2, b: 2.0, c: '2', d: nil, e: 9223372036854775807, f: bytes('hi'), g: 'tea 🍵'};");
      await playground.tree.getByText('tea').waitFor();
      const lines = await playground.tree.getByRole('treeitem').allTextContents();
      await playground.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await playground.result.getByRole('button', { name: 'Copy' }).click();
      await playground.result.getByText('copied').waitFor();
      const copied = String(await playground.page.evaluate('navigator.clipboard.readText()'));
      expect(copied.replace(/\s+/g, ' ')).toBe(
        '{ "a": 2, "b": 2.0, "c": "2", "d": null, "e": 9223372036854775807, "f": "aGk=", "g": "tea 🍵" }',
      );
      expect(lines.slice(1)).toEqual(['a: 2', 'b: 2.0', 'c: "2"', 'd: nil', 'e: 9223372036854775807', 'f: 2 bytes: 68 69', 'g: "tea 🍵"']);
    });

    it('is a table with a row for each thing', async () => {
      await playground.tab('Table').click();
      await playground.run('return .zoo.animals, 1;');
      const table = playground.result.getByRole('table');
      await table.getByText('"Gerda"').waitFor();
      const heads = ['', '#', 'name', 'species', 'diet', 'born', 'home', 'friends', 'feedings'];
      expect(await table.getByRole('columnheader').allTextContents()).toEqual(heads);
      const cells = await table.getByRole('row').nth(2).locator('td').allTextContents();
      expect(cells.slice(1, 5)).toEqual(['"Gerda"', '"giraffe"', '"plants"', '2015']);
      expect(await table.getByRole('row').count()).toBe(5);
    });

    it('is a drawing of things, which grows when one of them is chosen', async () => {
      await playground.tab('Graph').click();
      await playground.run("return .zoo.animals.find(|a| a.name == 'Otto'), 1;");
      const drawing = playground.panel('Graph');
      await drawing.getByText('"Otto"').waitFor();
      expect(await drawing.locator('.box').count()).toBe(3);
      expect((await drawing.locator('.line-label').allTextContents()).sort()).toEqual(['friends', 'home']);
      await drawing.locator('.box-reference').first().focus();
      await playground.page.keyboard.press('Enter');
      await drawing.locator('.box').nth(3).waitFor();
      await playground.tab('Tree').click();
    });

    it('is an error with its text and code, and what was logged before', async () => {
      await playground.run("log('so far'); raise(lookup_err('no such animal'));");
      await playground.result.getByText('no such animal').first().waitFor();
      await playground.result.getByText('error -54').waitFor();
      await playground.page.getByRole('list', { name: 'Logged by the query' }).getByText('so far').waitFor();
    });
  });

  describe('the panes of tree and bytecode', () => {
    const SCRIPT = 'total = 0;\nfor (n in range(5)) total += n;\ntotal;';
    /** From the start of the text to the `5` in its second line. */
    const goToFive = async (): Promise<void> => {
      await playground.write(SCRIPT);
      await playground.editor.press('ControlOrMeta+Home');
      await playground.editor.press('ArrowDown');
      for (let i = 0; i < 'for (n in range('.length; i++) await playground.page.keyboard.press('ArrowRight');
    };
    const pointed = async (): Promise<string> => (await playground.editor.locator('.cm-insides').allTextContents()).join('');

    it('follow the cursor, and lead back to the text', async () => {
      await playground.tab('Syntax tree').click();
      const pane = playground.panel('Syntax tree');
      await goToFive();
      await soon(() => pane.locator('.is-marked').allTextContents()).toEqual(['IntLiteral 5']);
      await pane.getByText('AssignExpr +=').hover();
      await soon(pointed).toBe('total += n');
      await pane.getByText('AssignExpr +=').click();
      await soon(() => playground.page.evaluate('document.activeElement.className')).toBe('editor');
      await playground.page.keyboard.insertText('x');
      expect(await playground.text()).toBe('total = 0;for (n in range(5)) x;total;');
    });

    it('tie instructions to their places', async () => {
      await playground.tab('Bytecode').click();
      const pane = playground.panel('Bytecode');
      await goToFive();
      // What the machine does for the call around it; a number alone cannot fail, and has no place of its own.
      await soon(() => pane.locator('tr.is-marked td:nth-child(3)').allTextContents()).toContain('BUILTIN');
      expect(await pane.locator('tr.is-marked').count()).toBeLessThan(await pane.locator('tbody tr').count());
      await pane.getByText('STORE_POP').first().hover();
      await soon(pointed).toBe('total');
      await pane.getByText('BUILTIN').hover();
      await soon(pointed).toBe('range');
      await playground.write('total = ;');
      await pane.getByText('The query has errors').waitFor();
    });
  });

  describe('the schema', () => {
    it('lists types with their fields, relations and methods, enumerators and procedures', async () => {
      await playground.tab('Schema').click();
      const animal = playground.schema.locator('details[data-name=Animal]').first();
      expect(await textOf(animal)).toContain('↔ Enclosure.animals');
      await animal.getByText('age', { exact: true }).click();
      await animal.getByText('year - this.born').waitFor();
      expect(await textOf(playground.schema.locator('details[data-name=Diet]'))).toContain('CARNIVORE');
      expect(await textOf(playground.schema.locator('details[data-name=feed] .badge'))).toBe('changes');
    });

    it('is drawn, with a line for each relation', async () => {
      const button = playground.schema.getByRole('button', { name: 'Drawing' });
      await button.click();
      await playground.schema.locator('.box').first().waitFor();
      expect(await playground.schema.locator('.box').count()).toBe(5);
      const labels = await playground.schema.locator('.line-label').allTextContents();
      expect(labels.sort()).toEqual(['diet', 'feedings', 'friends', 'home / animals', 'keepers / enclosures', 'mentor']);
      await button.click();
    });

    it('is that of the scope, and new after a change', async () => {
      await playground.run("set_type('Ticket', {price: 'float'});");
      await playground.schema.locator('details[data-name=Ticket]').waitFor();
      await playground.run("del_type('Ticket');");
      await playground.schema.getByText('4 types').waitFor();
      await playground.page.getByLabel('Scope').fill('//stuff');
      await playground.page.keyboard.press('Enter');
      await playground.schema.getByText('There are no types').waitFor();
      await playground.page.getByLabel('Scope').fill('//zoo');
      await playground.page.keyboard.press('Enter');
      await playground.schema.getByText('4 types').waitFor();
    });
  });

  describe('variables', () => {
    const pane = (): Locator => playground.panel('Variables');
    const writeVariables = async (text: string): Promise<void> => {
      await playground.tab('Variables').click();
      await pane().getByRole('textbox', { name: 'Variables as JSON' }).click();
      await playground.page.keyboard.press('ControlOrMeta+a');
      if (text === '') await playground.page.keyboard.press('Delete');
      else await playground.page.keyboard.insertText(text);
    };

    it('go along with the query, and the editor knows them', async () => {
      await playground.write('who.upper() + born;');
      await soon(() => playground.page.locator('.cm-lintRange').allTextContents()).toEqual(['who', 'born']);
      await writeVariables('{"who": "Iris", "born": 2019, "of": [2.0]}');
      await pane().getByRole('status').getByText('3 variables').waitFor();
      // A text and an int cannot be added.
      await soon(() => playground.page.locator('.cm-lintRange').allTextContents()).toEqual(['who.upper() + born']);
      await playground.run('[who.upper(), born + 1, of[0]];');
      await playground.verdict.getByText('no remarks').waitFor();
      const lines = await playground.tree.getByRole('treeitem').allTextContents();
      expect(lines.slice(1)).toEqual(['0: "IRIS"', '1: 2020', '2: 2.0']);
      await playground.write('');
      await playground.editor.pressSequentially('bor');
      await playground.page.locator('.cm-completionLabel').getByText('born').waitFor();
      await playground.page.keyboard.press('Escape');
    });

    it('tell where they are wrong, and keep the query from being sent then', async () => {
      await writeVariables('{\n  "who": "Iris"\n  "born": 2019\n}');
      await pane().getByRole('alert').getByText('line 3, column 3: a comma or a closing bracket is expected').waitFor();
      expect(await pane().locator('.cm-lintRange').allTextContents()).toEqual(['"born"']);
      await playground.tab('Schema').click();
      await playground.run('1 + 1;');
      await playground.result.getByText('The query was not sent, for its variables are wrong: line 3, column 3').first().waitFor();
      // What is wrong is in sight, and Ctrl-Enter runs from there too.
      await pane().getByRole('alert').waitFor();
      await writeVariables('{"who": "Cato"}');
      await playground.write('who;');
      await pane().getByRole('textbox', { name: 'Variables as JSON' }).press('ControlOrMeta+Enter');
      await playground.tree.getByText('"Cato"').waitFor();
    });

    it('are bytes too: those of files, which are blobs in the 2019 dialect', async () => {
      await playground.tab('Variables').click();
      const file = { name: '1st photo.png', mimeType: 'image/png', buffer: Buffer.from([0, 255, 7]) };
      await pane()
        .locator('input[type=file]')
        .setInputFiles([file, { ...file, name: 'who.txt', buffer: Buffer.from('text') }]);
      await pane().getByRole('listitem').filter({ hasText: '_1st_photo 1st photo.png, 3 bytes' }).waitFor();
      await playground.run('[_1st_photo, str(who_2), who];');
      await playground.verdict.getByText('no remarks').waitFor();
      const lines = await playground.tree.getByRole('treeitem').allTextContents();
      expect(lines.slice(1)).toEqual(['0: 3 bytes: 00 ff 07', '1: "text"', '2: "Cato"']);
      await writeVariables('{"who": "Cato", "who_2": 1}');
      await pane().getByRole('listitem').filter({ hasText: 'who_3 who.txt' }).waitFor();
      await playground.page.getByLabel('Dialect').selectOption('2019');
      await pane().getByRole('status').getByText('2 blobs').waitFor();
      await playground.run('blob(1)');
      expect(await textOf(playground.tree)).toContain('text');
      await playground.page.getByLabel('Dialect').selectOption('v1');
      await pane().getByRole('button', { name: 'Take 1st photo.png out' }).click();
      await pane().getByRole('button', { name: 'Take who.txt out' }).click();
      await writeVariables('');
      await pane().getByRole('status').getByText('0 variables').waitFor();
    });

    it('are kept as long as the tab is open', async () => {
      await door.logIn();
      await door.schema.getByText('2 procedures').waitFor();
      // From the row of tabs, by the keyboard alone: into the text, and out of it.
      await door.tab('Schema').focus();
      await door.page.keyboard.press('ArrowRight');
      await door.page.keyboard.press('Tab');
      await door.page.keyboard.press('Tab');
      await door.page.keyboard.insertText('{"kept": true}');
      await door.panel('Variables').getByRole('status').getByText('1 variable').waitFor();
      await door.page.keyboard.press('Tab');
      expect(await door.page.evaluate('document.activeElement.className')).not.toBe('editor');
      await door.page.reload();
      await door.logIn();
      await door.run('kept;');
      expect(await textOf(door.tree)).toBe('true');
      await door.page.evaluate('sessionStorage.removeItem("thingsc.variables")');
      await door.page.reload();
    });
  });

  it('says at once that nothing knows the language, when that cannot be loaded, and runs queries all the same', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.route('**/worker.js', (route) => route.abort());
    await page.goto(zoo.address);
    const told = page.getByRole('alert').getByText('What knows the language could not be loaded');
    await told.waitFor();
    await page.getByLabel('User', { exact: true }).fill('admin');
    await page.getByLabel('Password', { exact: true }).fill('pass');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByLabel('Verdict on the query').getByText('not checked').waitFor();
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('region', { name: 'Result' }).getByText('"zoo"').waitFor();
    await page.getByRole('tab', { name: 'Reference' }).click();
    expect(await told.isVisible()).toBe(true);
    expect(errors).toEqual([]);
    await context.close();
  });

  describe('events', () => {
    it('of rooms come as they happen', async () => {
      await playground.listen('Room', 'kitchen');
      await playground.log.getByText('joined').waitFor();
      zoo.run("wse(feed('Gerda', 'leaves', 12.0));");
      await playground.log.getByText('fed').waitFor();
      expect(await textOf(playground.log.locator('li').last())).toMatch(/room kitchenfed "Gerda" "leaves" 12\.0$/);
      await playground.tab('Schema').click();
      zoo.run("wse(feed('Gerda', 'hay', 1.0));");
      await playground.page.locator('[data-tab=events][data-count="1"]').waitFor();
      await playground.tab('Events').click();
      await playground.page.getByRole('button', { name: /Stop listening to room kitchen/ }).click();
      await playground.log.getByText('left').waitFor();
      await playground.listen('Room', 'nowhere');
      await playground.panel('Events').getByRole('alert').getByText('There is no room nowhere').waitFor();
    });

    it('of watched things too', async () => {
      await playground.run(".zoo.animals.find(|a| a.name == 'Ava').id();");
      await playground.listen('Thing', `#${await textOf(playground.tree)}`);
      await playground.log.getByText('"Ava"').waitFor();
      zoo.run(".zoo.animals.find(|a| a.name == 'Ava').born = 2023;");
      await playground.log.getByText('assign').waitFor();
      expect(await textOf(playground.log.locator('li').last())).toMatch(/assign \{born: 2023\}$/);
      await playground.listen('Thing', '99999');
      await playground.panel('Events').getByRole('alert').getByText('Nothing comes of the thing #99999').waitFor();
    });
  });

  it('has a reference that is found by words, and gives its examples away', async () => {
    await playground.tab('Reference').click();
    await playground.page.getByLabel('Search the reference').fill('str upper');
    const entry = playground.panel('Reference').locator('details[data-name=upper]');
    await entry.getByText('str.upper() -> str').waitFor();
    await entry.getByRole('button', { name: 'Put into the editor' }).click();
    expect(await playground.text()).toContain('.upper()');
  });

  it('is light or dark, as the system is or as is chosen', async () => {
    const ground = (): Promise<unknown> => playground.page.evaluate('getComputedStyle(document.body).backgroundColor');
    await playground.page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground();
    await playground.page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    expect(light).not.toBe(dark);
    await playground.page.getByRole('button', { name: 'Colours: as the system' }).click();
    await playground.page.getByRole('button', { name: 'Colours: light' }).click();
    expect(await ground()).toBe(dark);
    await playground.page.getByRole('button', { name: 'Colours: dark' }).click();
    expect(await ground()).toBe(light);
  });

  it('fits a narrow window', async () => {
    await playground.page.setViewportSize({ width: 390, height: 800 });
    const [wide, inner] = (await playground.page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [number, number];
    expect(wide).toBeLessThanOrEqual(inner);
    await playground.page.setViewportSize({ width: 1360, height: 850 });
  });

  it('says that the connection is lost, and takes up where it was when it is back', async () => {
    await playground.listen('Room', 'kitchen');
    const joined = await playground.log.getByText('joined').count();
    await zoo.restart(async () => {
      await playground.page.getByRole('alert').getByText('The connection with the server ended').waitFor();
      await playground.run('1;');
      await playground.result.getByText('There is no connection').first().waitFor();
    });
    await playground.page.getByRole('button', { name: 'Try now' }).click();
    await playground.log.getByText('connected again').waitFor();
    await soon(() => playground.log.getByText('joined').count()).toBeGreaterThan(joined);
    zoo.run("wse(feed('Otto', 'fish', 2.0));");
    await playground.log.getByText('"Otto"').waitFor();
    await playground.run('1 + 1;');
    expect(await textOf(playground.tree)).toBe('2');
  });

  it('can be used by the keyboard alone', async () => {
    const { keyboard } = door.page;
    const focused = (): Promise<unknown> =>
      door.page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim()');
    // The user's name has the focus, and keeps what was typed last.
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('admin');
    await keyboard.press('Tab');
    await keyboard.type('pass');
    await keyboard.press('Enter');
    await door.schema.getByText('2 procedures').waitFor();
    // The editor has it now.
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('.zoo.keepers[0].name;');
    await keyboard.press('Escape');
    await keyboard.press('ControlOrMeta+Enter');
    await door.tree.getByText('"Iris"').waitFor();
    await keyboard.press('Escape');
    await keyboard.press('Escape');
    expect(await focused()).toMatch(/^Run/);
    await keyboard.press('Tab');
    expect(await focused()).toBe('Format');
    expect(await door.page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await door.tab('Schema').focus();
    for (let i = 0; i < 3; i++) await keyboard.press('ArrowRight');
    expect(await focused()).toBe('Bytecode');
    await door.panel('Bytecode').getByText('GET_PROP').first().waitFor();
    await door.tab('Tree').focus();
    await keyboard.press('End');
    expect(await focused()).toBe('Graph');
    await door.logOut();
  });
});
