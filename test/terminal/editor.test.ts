import { describe, expect, it } from 'vitest';
import type { Completion } from '../../src/terminal/menu.ts';
import { Desk, Keys } from './fake.ts';

const text = (content: string): object => ({ kind: 'text', text: content });

/** Completes the last word from a list. */
function completing(...words: readonly (string | Completion)[]): ConstructorParameters<typeof Desk>[0] {
  const items = words.map((word) => (typeof word === 'string' ? { label: word } : word));
  return {
    complete: async (typed, cursor) => {
      const start = typed.slice(0, cursor).search(/[a-z_]*$/);
      const found = items.filter(({ label }) => label.startsWith(typed.slice(start, cursor)));
      return found.length === 0 ? null : { start, items: found };
    },
  };
}

describe('the line editor', () => {
  it('reads a line, and shows it behind the prompt', async () => {
    const desk = new Desk();
    desk.read();
    await desk.type('abc');
    expect(desk.lines).toEqual(['> abc']);
    expect(desk.screen.cursor).toEqual([0, 5]);
    await desk.type(Keys.enter);
    expect(desk.entered).toEqual(text('abc'));
    expect(desk.screen.cursor).toEqual([1, 0]);
  });

  it.each([
    ['left and right', ['ac', Keys.left, 'b', Keys.right, 'd'], 'abcd'],
    ['home and end', ['bc', Keys.home, 'a', Keys.end, 'd'], 'abcd'],
    ['backspace and delete', ['abxyc', Keys.left, Keys.left, Keys.backspace, Keys.delete], 'abc'],
    ['words', ['one two three', Keys.wordLeft, Keys.wordLeft, 'X', Keys.wordRight, 'Y'], 'one XtwoY three'],
    ['killing words', ['one two', Keys.ctrl('w'), 'three'], 'one three'],
    ['killing to the end and yanking', ['one two', Keys.home, Keys.wordRight, Keys.ctrl('k'), Keys.home, Keys.ctrl('y')], ' twoone'],
    ['killing to the start', ['one two', Keys.wordLeft, Keys.ctrl('u')], 'two'],
    ['transposing', ['acb', Keys.ctrl('t')], 'abc'],
    ['undo and redo', ['one', Keys.ctrl('w'), 'two', Keys.undo, Keys.undo, Keys.undo, Keys.redo], 'one'],
    ['Alt and letters', ['one two', Keys.alt('b'), Keys.alt('d'), 'x'], 'one x'],
  ])('knows %s', async (_, keys, expected) => {
    expect(await new Desk().enter(...keys, Keys.enter)).toEqual(text(expected));
  });

  it('moves over characters as people count them', async () => {
    const family = '👩‍👩‍👧';
    const desk = new Desk();
    expect(await desk.enter(`a${family}日`, Keys.left, Keys.left, 'x', Keys.end, Keys.backspace, Keys.enter)).toEqual(text(`ax${family}`));
  });

  it('places the cursor behind wide characters', async () => {
    const desk = new Desk();
    desk.read();
    await desk.type('日本x', Keys.left);
    expect(desk.screen.cursor).toEqual([0, 6]);
  });

  it('wraps long lines, and comes back from there', async () => {
    const desk = new Desk({}, { columns: 10 });
    desk.read();
    await desk.type('abcdefgh');
    // The row is full: the cursor goes where the next character will.
    expect(desk.screen.cursor).toEqual([1, 0]);
    await desk.type('ijklmnopqrst');
    expect(desk.lines).toEqual(['> abcdefgh', 'ijklmnopqr', 'st']);
    await desk.type(Keys.home);
    expect(desk.screen.cursor).toEqual([0, 2]);
    await desk.type(Keys.ctrl('k'));
    expect(desk.lines).toEqual(['> ']);
  });

  it('wraps a wide character that has no room', async () => {
    const desk = new Desk({}, { columns: 7 });
    desk.read();
    await desk.type('abcd日');
    expect(desk.lines).toEqual(['> abcd', '日']);
  });

  it('draws anew when the terminal becomes narrower or wider', async () => {
    const desk = new Desk({}, { columns: 20 });
    desk.read();
    await desk.type('abcdefghijklmnop');
    desk.screen.resize(10, 12);
    await desk.screen.drawn();
    expect(desk.lines).toEqual(['> abcdefgh', 'ijklmnop']);
    desk.screen.resize(30, 12);
    await desk.screen.drawn();
    await desk.type('q');
    expect(desk.lines.at(-1)).toMatch(/abcdefghijklmnopq$/);
  });

  it('shows the part around the cursor of a text that is higher than the screen', async () => {
    const desk = new Desk({}, { columns: 20, rows: 4 });
    desk.read();
    await desk.type(Keys.paste('1\n2\n3\n4\n5\n6'));
    expect(desk.lines.slice(-4)).toEqual(['| 3', '| 4', '| 5', '| 6']);
    await desk.type(...Array<string>(5).fill(Keys.up));
    expect(desk.lines.slice(-4)).toEqual(['> 1', '| 2', '| 3', '| 4']);
    await desk.type(Keys.enter);
    expect(desk.entered).toEqual(text('1\n2\n3\n4\n5\n6'));
    expect(desk.lines.slice(-6)).toEqual(['> 1', '| 2', '| 3', '| 4', '| 5', '| 6']);
  });

  it('colours what the assistant says', async () => {
    const desk = new Desk({ highlight: (typed) => [{ start: 1, end: typed.length, style: '31' }] });
    desk.read();
    await desk.type('abc');
    expect([2, 3, 4, 5].map((column) => desk.screen.colourAt(0, column))).toEqual([-1, 1, 1, -1]);
  });

  it('shows a hint below, which goes with the line', async () => {
    const desk = new Desk({ hint: (typed) => (typed.endsWith('(') ? 'f(a, b)' : '') });
    desk.read();
    await desk.type('f(');
    expect(desk.lines).toEqual(['> f(', 'f(a, b)']);
    await desk.type(')', Keys.enter);
    expect(desk.lines).toEqual(['> f()']);
  });

  it('shows control characters as something that does nothing', async () => {
    const desk = new Desk();
    desk.read('a\x1b[2Jb');
    await desk.screen.drawn();
    expect(desk.lines).toEqual(['> a?[2Jb']);
  });
});

describe('a text of several lines', () => {
  const untilSemicolon = { isComplete: (typed: string): boolean => typed.endsWith(';') };

  it('goes on until it is whole, with the indentation of the line above', async () => {
    const desk = new Desk(untilSemicolon);
    desk.read();
    await desk.type('f({', Keys.enter, 'a', Keys.enter, '});');
    expect(desk.lines).toEqual(['> f({', '|   a', '| });']);
    await desk.type(Keys.enter);
    expect(desk.entered).toEqual(text('f({\n  a\n});'));
  });

  it('takes a line end that is asked for', async () => {
    expect(await new Desk().enter('a', Keys.altEnter, 'b', Keys.enter)).toEqual(text('a\nb'));
  });

  it('moves through its lines, and keeps to the column', async () => {
    const desk = new Desk();
    desk.read();
    await desk.type(Keys.paste('abcdef\nxy\nuvwxyz'), Keys.up);
    expect(desk.screen.cursor).toEqual([1, 4]);
    await desk.type(Keys.up);
    expect(desk.screen.cursor).toEqual([0, 8]);
    await desk.type(Keys.down, Keys.down, '!', Keys.enter);
    expect(desk.entered).toEqual(text('abcdef\nxy\nuvwxyz!'));
  });

  it('is pasted without being run, and without control characters', async () => {
    const desk = new Desk();
    desk.read();
    await desk.type(Keys.paste('a;\r\nb\x07;\n'));
    expect(desk.entered).toBeNull();
    await desk.type(Keys.enter);
    expect(desk.entered).toEqual(text('a;\nb;'));
  });
});

describe('Ctrl-C and Ctrl-D', () => {
  it('abandon the line, and leave', async () => {
    const desk = new Desk();
    expect(await desk.enter('abc', Keys.ctrl('c'))).toEqual({ kind: 'abandoned', text: 'abc' });
    expect(desk.lines).toEqual(['> abc^C']);
    expect(await desk.enter(Keys.ctrl('d'))).toEqual({ kind: 'end' });
  });

  it('Ctrl-D deletes while there is text', async () => {
    expect(await new Desk().enter('abc', Keys.home, Keys.ctrl('d'), Keys.enter)).toEqual(text('bc'));
  });

  it('leaves at the end of the input', async () => {
    const desk = new Desk();
    desk.read();
    desk.input.end();
    await desk.screen.drawn();
    expect(desk.entered).toEqual({ kind: 'end' });
  });

  it('interrupts while nobody reads, and keeps other keys for the next line', async () => {
    const desk = new Desk();
    let interrupts = 0;
    desk.editor.onInterrupt(() => interrupts++);
    expect(await desk.enter('first', `${Keys.enter}sec`)).toEqual(text('first'));
    await desk.type(Keys.ctrl('c'), 'ond');
    expect(interrupts).toBe(1);
    expect(await desk.enter(Keys.enter)).toEqual(text('second'));
  });
});

describe('the history of the editor', () => {
  async function withHistory(): Promise<Desk> {
    const desk = new Desk();
    for (const line of ['one', 'two', 'three\nlines']) desk.history.add(line);
    return desk;
  }

  it('is walked through by up and down, and the line that was begun comes back', async () => {
    const desk = await withHistory();
    desk.read();
    await desk.type('dra', Keys.up);
    expect(desk.lines).toEqual(['> three', '| lines']);
    await desk.type(Keys.up, Keys.up);
    expect(desk.lines).toEqual(['> two']);
    await desk.type(Keys.down, Keys.down, 'ft', Keys.enter);
    expect(desk.entered).toEqual(text('draft'));
    expect(desk.history.at(3)).toBe('draft');
  });

  it('is searched by Ctrl-R, and what is found can be run or edited', async () => {
    const desk = await withHistory();
    desk.read();
    await desk.type(Keys.ctrl('r'), 'o');
    expect(desk.lines).toEqual(['search "o": two']);
    await desk.type(Keys.ctrl('r'));
    expect(desk.lines).toEqual(['search "o": one']);
    await desk.type('x');
    expect(desk.lines).toEqual(['no match for "ox": one']);
    await desk.type(Keys.backspace, Keys.enter);
    expect(desk.entered).toEqual(text('two'));
    expect(await desk.enter(Keys.ctrl('r'), 'on', Keys.end, '!', Keys.enter)).toEqual(text('one!'));
  });

  it('a search is left without what it found by Ctrl-C', async () => {
    const desk = await withHistory();
    expect(await desk.enter('ab', Keys.ctrl('r'), 'one', Keys.ctrl('c'), 'c', Keys.enter)).toEqual(text('abc'));
  });
});

describe('completion', () => {
  it('puts in the only one', async () => {
    expect(await new Desk(completing('filter', 'map')).enter('fi', Keys.tab, Keys.enter)).toEqual(text('filter'));
    expect(await new Desk(completing({ label: 'map', insert: 'map(' })).enter('m', Keys.tab, 'x)', Keys.enter)).toEqual(text('map(x)'));
  });

  it('puts in what all begin with, shows them, and goes through them', async () => {
    const desk = new Desk(completing('is_str', 'is_set', { label: 'is_int', about: 'tells whether it is an int' }));
    desk.read();
    await desk.type('i', Keys.tab);
    expect(desk.lines).toEqual(['> is_', 'is_str  is_set  is_int']);
    await desk.type(Keys.tab);
    expect(desk.lines[0]).toBe('> is_str');
    expect(desk.screen.isInverse(1, 0)).toBe(true);
    await desk.type(Keys.shiftTab);
    expect(desk.lines).toEqual(['> is_int', 'is_str  is_set  is_int', 'tells whether it is an int']);
    await desk.type(Keys.enter);
    expect(desk.lines).toEqual(['> is_int']);
    expect(desk.entered).toBeNull();
    await desk.type(Keys.enter);
    expect(desk.entered).toEqual(text('is_int'));
  });

  it('takes the menu away when something else is typed', async () => {
    const desk = new Desk(completing('aa', 'ab'));
    expect(await desk.enter('a', Keys.tab, 'b', Keys.enter)).toEqual(text('ab'));
    expect(desk.lines).toEqual(['> ab']);
  });

  it('shows as many as there is room for', async () => {
    const words = Array.from({ length: 60 }, (_, i) => `w${String.fromCharCode(97 + (i % 26))}_${'x'.repeat(i % 7)}${i}`);
    const desk = new Desk(completing(...words), { columns: 30, rows: 6 });
    desk.read();
    await desk.type('w', Keys.tab);
    expect(desk.lines).toHaveLength(6);
    expect(desk.lines.at(-1)).toMatch(/^\d+ more$/);
  });

  it('indents in an empty line', async () => {
    expect(await new Desk(completing('aa')).enter('x', Keys.altEnter, Keys.tab, 'y', Keys.enter)).toEqual(text('x\n  y'));
  });

  it('forgets an answer that comes when the text is another', async () => {
    let answer = (_: null): void => {};
    const desk = new Desk({
      complete: () =>
        new Promise((resolve) => {
          answer = () => resolve({ start: 0, items: [{ label: 'late' }] });
        }),
    });
    desk.read();
    await desk.type('l', Keys.tab, 'o');
    answer(null);
    await desk.type(Keys.enter);
    expect(desk.entered).toEqual(text('lo'));
  });
});

it('lines are printed above the one that is being edited', async () => {
  const desk = new Desk();
  desk.read();
  await desk.type('abc');
  desk.editor.print('news\r\n');
  await desk.type('d');
  expect(desk.lines).toEqual(['news', '> abcd']);
});
