/** A Chromium without a window, and a server with the zoo of the examples to open the playground of. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { playgroundFiles } from '../../src/playground/files.ts';
import { type TestServer, testServer } from '../server/client.ts';
import { freePort } from '../server/http/http-client.ts';
import { latin1 } from '../support.ts';

const PLACES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where Chromium is on this machine; null when it is nowhere. */
export const CHROMIUM = PLACES.find((path) => path !== undefined && existsSync(path)) ?? null;

/** Stands behind the names of tests that are skipped for lack of one. */
export const WITHOUT = CHROMIUM === null ? ' (skipped: there is no Chromium here; CHROMIUM may say where one is)' : '';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The text of an element, as it stands in the document. */
export const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? '';

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM ?? '', args: ARGS });

const ZOO = readFileSync(fileURLToPath(new URL('../../examples/zoo.ti', import.meta.url)), 'utf8');

export class Zoo {
  readonly engine: LocalEngine;
  readonly address: string;
  private readonly port: number;
  private server: TestServer;

  private constructor(engine: LocalEngine, server: TestServer, port: number) {
    this.engine = engine;
    this.server = server;
    this.port = port;
    this.address = `http://127.0.0.1:${port}/`;
  }

  static async open(): Promise<Zoo> {
    const { engine } = await openEngine({ dir: null });
    // Made once, so that the first page need not wait for it.
    await playgroundFiles();
    const port = await freePort();
    const zoo = new Zoo(engine, await serve(engine, port), port);
    zoo.run("new_collection('zoo');", '@thingsdb');
    zoo.run(ZOO);
    return zoo;
  }

  /** Runs a query as the administrator. */
  run(code: string, scope = '//zoo'): void {
    this.engine.query({ user: { id: 1, name: 'admin' }, client: null, scope, code: latin1(code), vars: null });
  }

  /** The text that a query gives to the administrator. */
  text(code: string, scope: string): string {
    const answer = this.engine.query({ user: { id: 1, name: 'admin' }, client: null, scope, code, vars: null });
    return String(answer.value);
  }

  /** The server goes, and another comes at the same port and with the same data. */
  async restart(meanwhile: () => Promise<void>): Promise<void> {
    await this.server.stop();
    await meanwhile();
    this.server = await serve(this.engine, this.port);
  }

  async close(): Promise<void> {
    await this.server.stop();
    await this.engine.close();
  }
}

const serve = (engine: LocalEngine, port: number): Promise<TestServer> =>
  testServer(engine, { config: { playground_port: port }, hooks: engine.hooks, playground: playgroundFiles });

/** While text is edited, Chromium itself tries to keep styles in it, which the policy stops too; and it notes each try to connect to a server that is not there. */
const EXPECTED = /^Applying inline style|^WebSocket connection to .* failed: .*ERR_CONNECTION_REFUSED/;

/** The page as its user knows it. */
export class Playground {
  readonly page: Page;
  /** Errors of the page's scripts, and what its policy kept from it. */
  readonly problems: string[] = [];
  /** All that was asked for over HTTP. */
  readonly requests: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => this.problems.push(String(error.stack)));
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) this.problems.push(message.text());
    });
  }

  static async open(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Playground> {
    const context = await browser.newContext({ viewport: { width: 1360, height: 850 }, ...options });
    const playground = new Playground(await context.newPage());
    await playground.page.goto(address);
    playground.endWithoutLanguage();
    return playground;
  }

  /** All that waits for what knows the language would wait in vain without it: the page is closed, and says why to those who ask it anything. */
  private endWithoutLanguage(): void {
    const { page } = this;
    const reason = 'the page says that what knows the language could not be loaded';
    page
      .locator('.fault')
      .waitFor({ timeout: 0 })
      .then(() => page.close({ reason }))
      .catch(() => {});
  }

  async logIn(user = 'admin', password = 'pass'): Promise<void> {
    await this.page.getByLabel('User', { exact: true }).fill(user);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Log in' }).click();
  }

  async logOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Log out' }).click();
    await this.page.getByRole('button', { name: 'Log in' }).waitFor();
  }

  /** Opens the page and logs in. */
  static async enter(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Playground> {
    const playground = await Playground.open(browser, address, options);
    await playground.logIn();
    await playground.schema.getByText('2 procedures').waitFor();
    return playground;
  }

  get editor(): Locator {
    return this.page.getByRole('textbox', { name: 'Query' });
  }

  get schema(): Locator {
    return this.page.getByRole('tabpanel', { name: 'Schema' });
  }

  get verdict(): Locator {
    return this.page.getByLabel('Verdict on the query');
  }

  get result(): Locator {
    return this.page.getByRole('region', { name: 'Result' });
  }

  /** The result as a tree. */
  get tree(): Locator {
    return this.result.getByRole('tree');
  }

  get log(): Locator {
    return this.page.getByRole('log', { name: 'Events' });
  }

  tab(name: string): Locator {
    // A number may stand behind the name.
    return this.page.getByRole('tab', { name: new RegExp(`^${name}(?: ?\\d+)?$`) });
  }

  panel(name: string): Locator {
    return this.page.getByRole('tabpanel', { name: new RegExp(`^${name}(?: ?\\d+)?$`) });
  }

  /** The text of the editor without its line breaks. */
  async text(): Promise<string> {
    return (await this.editor.locator('.cm-line').allTextContents()).join('');
  }

  /** Joins a room or watches a thing. */
  async listen(what: 'Room' | 'Thing', name: string): Promise<void> {
    await this.tab('Events').click();
    await this.page.getByRole('textbox', { name: what, exact: true }).fill(name);
    await this.page.keyboard.press('Enter');
  }

  /** Puts a text in place of the present one, as from the clipboard. */
  async write(text: string): Promise<void> {
    await this.editor.click();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.insertText(text);
  }

  /** Runs a text and waits for the answer. */
  async run(text: string): Promise<void> {
    await this.write(text);
    await this.page.keyboard.press('ControlOrMeta+Enter');
    await this.result
      .getByRole('status')
      .getByText(/ms|error|no answer|not sent/)
      .waitFor();
  }
}
