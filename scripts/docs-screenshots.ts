/** `npm run docs:screenshots`: pictures of the playground for `docs/playground.md`, taken in Chromium. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { CHROMIUM, launch, Playground, Zoo } from '../test/playground/browser.ts';

const folder = fileURLToPath(new URL('../docs/playground/', import.meta.url));
const SIZE = { width: 1200, height: 740 };

const YOUNG = `// Animals born since 2019, the youngest first
young = .zoo.animals.filter(|animal| animal.born >= 2019);
young = young.sort(|a, b| b.born - a.born);
`;

async function shoot(playground: Playground, name: string): Promise<void> {
  await playground.page.mouse.move(2, SIZE.height - 2);
  // What fades in is there then.
  await playground.page.waitForTimeout(400);
  await playground.page.screenshot({ path: `${folder}${name}.png` });
  console.log(`docs/playground/${name}.png`);
}

const SINCE = `.zoo.animals
    .filter(|animal| animal.born >= since && !(names.has(animal.name)))
    .map(|animal| animal.name);
`;

async function writeVariables(playground: Playground, text: string): Promise<void> {
  await playground.tab('Variables').click();
  await playground.panel('Variables').getByRole('textbox', { name: 'Variables as JSON' }).click();
  await playground.page.keyboard.insertText(text);
}

async function takeAll(browser: Browser, zoo: Zoo): Promise<void> {
  const playground = await Playground.enter(browser, zoo.address, { viewport: SIZE });
  await playground.run(`${YOUNG}young[0];`);
  await shoot(playground, 'query');
  await playground.run('return .zoo.enclosures, 2;');
  await playground.tab('Graph').click();
  await playground.schema.getByRole('button', { name: 'Drawing' }).click();
  await shoot(playground, 'graph');
  await playground.run(`${YOUNG}return young, 1;`);
  await playground.tab('Table').click();
  await playground.tab('Bytecode').click();
  await playground.editor.press('ControlOrMeta+Home');
  for (let i = 0; i < 2; i++) await playground.page.keyboard.press('ArrowDown');
  for (let i = 0; i < 'young = young.so'.length; i++) await playground.page.keyboard.press('ArrowRight');
  await shoot(playground, 'bytecode');
  await playground.tab('Tree').click();
  await writeVariables(playground, '{\n  "since": 2018,\n  "names": ["Otto", "Ava"]\n}');
  const photo = { name: 'nala.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(48_213) };
  await playground.panel('Variables').locator('input[type=file]').setInputFiles(photo);
  await playground.run(SINCE);
  await shoot(playground, 'variables');
  await playground.panel('Variables').getByRole('button', { name: 'Take nala.jpg out' }).click();
  await playground.page.emulateMedia({ colorScheme: 'dark' });
  await playground.listen('Room', 'kitchen');
  await playground.run(".zoo.animals.find(|animal| animal.name == 'Otto').id();");
  await playground.tab('Tree').click();
  await playground.listen('Thing', (await playground.tree.textContent()) ?? '');
  await playground.log.getByText('"Otto"').waitFor();
  await playground.run("wse(feed('Otto', 'trout', 2.5));\n.zoo.animals.find(|animal| animal.name == 'Otto').born = 2020;");
  await playground.write('.zoo.animals.fi');
  await playground.editor.pressSequentially('l');
  await playground.page.locator('.cm-completionInfo').waitFor();
  await shoot(playground, 'events-dark');
}

if (CHROMIUM === null) {
  console.error('there is no Chromium here; the environment variable CHROMIUM may say where one is');
  process.exitCode = 1;
} else {
  mkdirSync(folder, { recursive: true });
  const browser = await launch();
  const zoo = await Zoo.open();
  await takeAll(browser, zoo);
  await browser.close();
  await zoo.close();
}
