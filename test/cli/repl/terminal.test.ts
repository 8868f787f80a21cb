/** `thingsc repl` at a real terminal. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Keys } from '../../terminal/fake.ts';
import { Folder } from '../harness.ts';
import { noTerminal, Pty } from './pty.ts';

const folder = new Folder();
let pty: Pty | null = null;

function start(words: readonly string[] = [], options: ConstructorParameters<typeof Pty>[2] = {}): Pty {
  pty = new Pty(folder, words, options);
  return pty;
}

afterEach(() => pty?.kill());
afterAll(() => folder.remove());

describe.skipIf(noTerminal !== null)(`thingsc repl at a terminal${noTerminal === null ? '' : ` (${noTerminal})`}`, () => {
  it('greets, answers in colours, completes, goes on in the next line, and leaves', async () => {
    const terminal = start();
    await terminal.see(/thingsc [\d.]+, a store in memory; \.help tells more, Ctrl-D leaves\nstuff> $/);
    await terminal.enter("set_type('Book', {title: 'str', pages: 'int'});\r", 'nil\nstuff> ');
    await terminal.enter(".books = [Book{title: '日本', pages: 412}];\r", '[#3 {title: "日本", pages: 412}]\nstuff> ');
    // The type of what stands before the dot is known from the store.
    await terminal.enter(`.boo${Keys.tab}`, /stuff> \.books$/);
    await terminal.enter(`.map(|b| b.ti${Keys.tab}`, /b\.title\narray\.map\(callback: closure\) -> list/);
    await terminal.enter(')\r', /title\)\n\["日本"\]\nstuff> $/);
    const { lines } = terminal.screen;
    const row = lines.length - 3;
    const column = (lines[row] ?? '').indexOf('map');
    expect(terminal.screen.colourAt(row, column)).toBe(4);
    expect(terminal.screen.colourAt(lines.length - 2, 2)).toBe(2);
    await terminal.enter('[1,\r', / {4}\.\. $/);
    await terminal.enter('2]\r', '[1, 2]\nstuff> ');
    await terminal.enter(`a / ${Keys.ctrl('c')}`, /a \/ \^C\nstuff> $/);
    await terminal.enter('1 / 0;\r', /zero_div_err, -58\)\n --> query:1:1\n {2}\|\n1 \| 1 \/ 0;\n {2}\| \^\nstuff> $/);
    terminal.type(Keys.ctrl('d'));
    expect(await terminal.end()).toBe(0);
  });

  it('ends a query that does not end, and still has the store', async () => {
    const terminal = start();
    await terminal.see('stuff> ');
    await terminal.enter('.x = 7; f = |f| { for (i in range(100000)) f(f); }; f(f);\r', /f\(f\);$/);
    await terminal.enter(Keys.ctrl('c'), /interrupted\nstuff> $/);
    await terminal.enter('.has("x");\r', /true\nstuff> $/);
    await terminal.enter('.exit\r', '.exit');
    expect(await terminal.end()).toBe(0);
  });

  it('remembers what was entered, in another process too', async () => {
    const first = start();
    await first.see('stuff> ');
    await first.enter("'remember me';\r", '"remember me"\nstuff> ');
    await first.enter(Keys.paste('[\n  1\n];\n'), /\[\n {4}\.\. {3}1\n {4}\.\. \];$/);
    await first.enter('\r', '[1]\nstuff> ');
    first.type(Keys.ctrl('d'));
    await first.end();
    const second = start();
    await second.see('stuff> ');
    await second.enter(Keys.up, /stuff> \[\n {4}\.\. {3}1\n {4}\.\. \];$/);
    await second.enter(`${Keys.ctrl('c')}${Keys.ctrl('r')}remem`, `search "remem": 'remember me';`);
    await second.enter('\r', '"remember me"\nstuff> ');
  });

  it('follows the size of the terminal, and uses no colours when there are to be none', async () => {
    const terminal = start(['--no-history'], { env: { NO_COLOR: '1' } });
    await terminal.see('stuff> ');
    // There is no history to go back to.
    await terminal.enter(`${Keys.up}1\r`, /stuff> 1\n1\nstuff> $/);
    await terminal.enter("'a text that is longer than the screen will be'", 'will be');
    terminal.resize(30, 10);
    await terminal.see("stuff> 'a text that is longer \nthan the screen will be'");
    await terminal.enter('\r', '"a text that is longer than th');
    await terminal.enter(
      ".mode table\r[{name: 'x', words: 'a long text in a narrow table'}];\r",
      'name  words\n----  ------------------------\nx     a long text in a narrow…',
    );
    const { lines } = terminal.screen;
    for (let line = 0; line < lines.length; line++)
      for (let column = 0; column < 30; column++) expect(terminal.screen.colourAt(line, column)).toBe(-1);
  });
});
