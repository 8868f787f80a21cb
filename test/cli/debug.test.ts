/** The debugger on a terminal: its commands through a pipe, and what only a terminal has. */
import { spawn } from 'node:child_process';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { Folder, type Outcome, PROGRAM, terminalEnv, thingsc } from './harness.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const SCRIPT = `// Sums.
double = |x| {
  y = x * 2;
  y;
};
total = 0;
[1, 2, 3].each(|n| {
  total += double(n);
});
.total = total;
a = try(1 / 0);
total / 0;
`;

const script = folder.file('sums.ti', SCRIPT);

/** Gives commands, and takes what is printed for them, without the script and carets in it, and with the bare names of files. */
async function commands(words: readonly string[], ...lines: readonly string[]): Promise<Outcome & { said: string[] }> {
  const outcome = await thingsc(['debug', ...words], { input: `${lines.join('\n')}\n` });
  return {
    ...outcome,
    said: outcome.out
      .replaceAll(`${folder.path}/`, '')
      .split('\n')
      .filter((line) => line !== '' && !/^[ *][ >] *\d+( {2}|$)|^\s*\^+$/.test(line)),
  };
}

describe('commands', () => {
  test('stop, step, look and change', async () => {
    const { said, code } = await commands(
      [script],
      'break 3 if x == 2',
      'display total',
      'run',
      'backtrace',
      'locals',
      'set x = 10',
      'next',
      'finish',
      'up',
      'print [n, total]',
      'down',
      'delete 1',
      'undisplay',
      'break 10',
      'continue',
      'quit',
    );
    expect(said).toEqual([
      'breakpoint 1 at sums.ti:3:3 if x == 2',
      '1: total',
      'breakpoint 1, double |x| at sums.ti:3',
      '1: total = 2',
      '> #0  double |x| at sums.ti:3',
      '  #1  each |n| at sums.ti:8',
      '  #2  script at sums.ti:7',
      'x = 2',
      'Callers:',
      '  n = 2',
      '  double = |x| { y = x * 2; y; }',
      '  total = 2',
      'x = 10',
      'double |x| at sums.ti:4',
      '1: total = 2',
      'each |n| at sums.ti:8',
      'gave 20',
      '1: total = 2',
      '#1  script at sums.ti:7',
      'variable `n` is undefined',
      '#0  each |n| at sums.ti:8',
      'breakpoint 2 at sums.ti:10:1',
      'breakpoint 2, script at sums.ti:10',
    ]);
    expect(code).toBe(0);
  });

  test('show the script with an arrow and its breakpoints', async () => {
    const { out } = await thingsc(['debug', script], { input: 'break 8\nstart\nlist 7\nlist 99\n' });
    expect(out).toContain(' > 2  double = |x| {\n   3    y = x * 2;\n');
    expect(out).toContain(' >  2  double = |x| {\n    3    y = x * 2;\n');
    expect(out).toContain('    7  [1, 2, 3].each(|n| {\n*   8    total += double(n);\n    9  });\n');
  });

  test('go to lines further down, stop once, log, and count hits', async () => {
    const { said } = await commands(
      [script],
      'tbreak 7',
      'logpoint 8 n is {n}',
      'run',
      'until',
      'info breakpoints',
      'start',
      'until 10',
      'tbreak double',
      'delete',
      'break 3',
      'hits 6 3',
      'condition 6 x > 1',
      'run',
      'p x',
      'kill',
      'p x',
    );
    expect(said).toEqual([
      'breakpoint 1 at sums.ti:7:1, once',
      'logpoint 2 at sums.ti:8:3: n is {n}',
      'breakpoint 1, script at sums.ti:7',
      'n is 1',
      'n is 2',
      'n is 3',
      'script at sums.ti:10',
      'logpoint 2 at sums.ti:8:3: n is {n}',
      'script at sums.ti:2',
      'n is 1',
      'n is 2',
      'n is 3',
      'breakpoint 3, script at sums.ti:10',
      'breakpoint 4 when `double` is called, once',
      'breakpoint 5 at sums.ti:3:3',
      'there is no breakpoint `6`; `info breakpoints` tells which there are',
      'there is no breakpoint `6`; `info breakpoints` tells which there are',
      'breakpoint 5, double |x| at sums.ti:3',
      '1',
      'the script was ended',
      'the script does not run; `run` or `start` starts it',
    ]);
  });

  test('stop at errors', async () => {
    const all = await commands([script], 'catch all', 'run', 'continue', 'continue');
    expect(all.said).toEqual([
      'stops at all errors, also those that a `try` takes',
      'caught error -58: division or modulo by zero, script at sums.ti:11',
      'error -58: division or modulo by zero, script at sums.ti:12',
      'The script has ended with error -58: division or modulo by zero at sums.ti:12:1',
    ]);
    expect(all.code).toBe(1);
    const none = await commands([script], 'catch off', 'run');
    expect(none.said.at(-1)).toMatch(/^The script has ended with error -58/);
  });

  test('tell what is wrong with them', async () => {
    const { said, code } = await commands(
      [script],
      'frobnicate',
      'continue',
      'break 99',
      'break 3 if x ==',
      'break nothere.ti:3',
      'catch some',
      'help step',
      '',
      'quit',
    );
    expect(said).toEqual([
      'there is no command `frobnicate`; `help` tells which there are, `print` evaluates',
      'the script does not run; `run` or `start` starts it',
      'there is no statement on this line or below it',
      expect.stringMatching(/^syntax error at line 1, column 5/),
      'there is no text `nothere.ti`; `info sources` tells which there are',
      'write `catch all`, `catch uncaught` or `catch off`',
      '  step, s  go to the next statement, also in what this one calls',
    ]);
    expect(code).toBe(0);
  });

  test('begin a script anew, as it is then', async () => {
    const { said } = await commands(['-e', 'a = n + 1; a;', '--var', 'n=1'], 'break 1:12', 'run', 'set a = 40', 'run', 'p a', 'c');
    expect(said).toEqual([
      'breakpoint 1 at <command line>:1:12',
      'breakpoint 1, script at <command line>:1',
      'a = 40',
      'breakpoint 1, script at <command line>:1',
      '2',
      'The script has ended with 2',
    ]);
  });
});

describe('stores', () => {
  const data = folder.file('data');

  test('procedures and methods are shown in lines, and debugged; only what comes to its end is kept', async () => {
    const setup = `set_type('Item', {name: 'str', price: 'float', total: |this, n| { sum = this.price * n; sum; }});
      .items = [Item{name: 'tea', price: 2.5}];
      .log = [];
      new_procedure('order', |n, what| { item = .items.find(|i| i.name == what); cost = item.total(n); .log.push(cost); cost; });`;
    expect((await thingsc(['run', '-e', setup, '-d', data])).code).toBe(0);
    const order = ['-d', data, '--procedure', 'order', '--args', '[3, "tea"]'];
    const killed = await commands(order, 'break 4', 'run', 'print .log', 'step', 'print .log', 'quit');
    expect(killed.said).toEqual([
      'breakpoint 1 at order.ti:4:2',
      'breakpoint 1, order |n, what| at order.ti:4',
      '[]',
      'order |n, what| at order.ti:5',
      '[7.5]',
    ]);
    // Nor is anything of a script that is ended at its last error.
    const failing = ['-d', data, '-e', '.log.push(1.0); nothing;'];
    expect((await commands(failing, 'run', 'kill')).said).toEqual([
      'error -54: variable `nothing` is undefined, script at <command line>:1',
      'the script was ended',
    ]);
    const run = await commands(
      order,
      'break Item.total',
      'run',
      'print this',
      'break 3',
      'info sources',
      'finish',
      'set cost = 1.0',
      'kill',
      'run',
      'continue',
      'set sum = 8.0',
      'continue',
    );
    expect(run.said).toEqual([
      'breakpoint 1 when `Item.total` is called',
      'breakpoint 1, Item.total |this, n| at Item.total.ti:2',
      'Item#3 {name: "tea", price: 2.5}',
      'breakpoint 2 at Item.total.ti:3:2',
      'order.ti',
      'Item.total.ti',
      'breakpoint 2, Item.total |this, n| at Item.total.ti:3',
      'there is no variable `cost` to set here',
      'the script was ended',
      'breakpoint 1, Item.total |this, n| at Item.total.ti:2',
      'breakpoint 2, Item.total |this, n| at Item.total.ti:3',
      'sum = 8.0',
      'The script has ended with 8.0',
    ]);
    expect((await thingsc(['run', '-e', '.log', '-d', data, '--json'])).out).toBe('[8.0]\n');
  });

  test('what cannot be debugged is told', async () => {
    const none = folder.file('none.ti');
    expect(await thingsc(['debug', none])).toMatchObject({ code: 4, err: expect.stringContaining('cannot read') });
    expect(await thingsc(['debug'])).toMatchObject({ code: 2, err: expect.stringContaining('name a script') });
    expect(await thingsc(['debug', '--procedure', 'x'])).toMatchObject({ code: 2, err: expect.stringContaining('--data') });
    expect(await thingsc(['debug', script, '--args', '[]'])).toMatchObject({ code: 2 });
    const bad = folder.file('bad.ti', 'a = [1, 2;\n');
    expect(await thingsc(['debug', bad])).toMatchObject({ code: 1, err: expect.stringMatching(/found `;`.*\n.*bad\.ti:1:10/) });
    expect(await thingsc(['debug', '-d', data, '--procedure', 'nope'])).toMatchObject({
      code: 1,
      err: 'thingsc: procedure `nope` not found\n',
    });
  });
});

test('a compiled file is refused', async () => {
  const compiled = folder.file('sums.tic');
  await thingsc(['compile', script, '-o', compiled]);
  expect(await thingsc(['debug', compiled])).toMatchObject({ code: 2, err: expect.stringContaining('is a compiled file') });
});

test('a signal ends the debugger with the script that it runs', async () => {
  const endless = folder.file('endless.ti', "log('going'); for (x in range(100000)) for (y in range(100000)) x + y;\n");
  const child = spawn(process.execPath, [PROGRAM, 'debug', endless]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdin.write('run\n');
  await new Promise<void>((resolve) => {
    const heard = (data: Buffer): void => {
      if (data.toString().includes('going')) resolve();
    };
    child.stdout.on('data', heard);
    child.stderr.on('data', heard);
  });
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

describe('on a terminal', () => {
  test('there are a prompt, colours, the last step again by Enter, and Ctrl-C', async () => {
    const endless = folder.file(
      'endless.ti',
      'n = 0;\nm = 1;\nrange(100000).each(|i| range(100000).each(|j| { n += 1; if (n == 999) log("on"); }));\n',
    );
    // A terminal of its own, whatever this process has.
    const child = spawn('script', ['-qfec', `${process.execPath} ${PROGRAM} debug ${endless}`, '/dev/null'], {
      env: terminalEnv({ COLUMNS: '100' }),
    });
    let out = '';
    let wake = (): void => {};
    child.stdout.on('data', (chunk: Buffer) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of a terminal.
      out += chunk.toString().replace(/\x1b\[[\d;]*[A-Za-z]/g, '');
      wake();
    });
    const shows = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(out)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      out = '';
    };
    onTestFinished(() => {
      child.kill();
    });
    const exited = new Promise((resolve) => child.on('exit', resolve));
    await shows(/Debugging .*\s+\(debug\) /);
    child.stdin.write('start\r');
    await shows(/> 1 {2}n = 0;[\s\S]*\(debug\) /);
    child.stdin.write('n\r');
    await shows(/> 2 {2}m = 1;[\s\S]*\(debug\) /);
    child.stdin.write('\r');
    await shows(/> 3 {2}range[\s\S]*\(debug\) /);
    child.stdin.write('c\r');
    await shows(/on\r\n/);
    child.stdin.write('\x03');
    await shows(/paused, each[\s\S]*\(debug\) /);
    child.stdin.write('q\r');
    expect(await exited).toBe(0);
  });
});
