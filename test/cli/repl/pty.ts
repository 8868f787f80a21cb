/** Runs `thingsc repl` on a terminal: the pseudo-terminal of `script`, which Debian always has, and a screen that understands what is written. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Screen } from '../../terminal/fake.ts';
import { type Folder, PROGRAM, terminalEnv } from '../harness.ts';

/** Null where the terminal can be had, else why not. */
export const noTerminal: string | null =
  process.platform !== 'linux' || spawnSync('script', ['--version']).status !== 0 ? 'needs `script` of util-linux' : null;

const PATIENCE = 120_000;

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

export class Pty {
  readonly screen: Screen;
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown[]>;
  private readonly ttyFile: string;

  /** Starts `thingsc repl` with these words; its history lies in the folder. */
  constructor(folder: Folder, words: readonly string[] = [], { env = {}, columns = 70, rows = 24 } = {}) {
    this.screen = new Screen(columns, rows);
    this.ttyFile = join(folder.path, `tty-${Math.random()}`);
    const program = [process.execPath, PROGRAM, 'repl', ...words].map(quoted).join(' ');
    const command = `stty rows ${rows} cols ${columns}; tty > ${quoted(this.ttyFile)}; exec ${program}`;
    this.child = spawn('script', ['-qfec', command, '/dev/null'], {
      env: terminalEnv({ XDG_STATE_HOME: folder.path, ...env }),
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.screen.write(text));
    this.child.stdin?.on('error', () => {});
    this.ended = once(this.child, 'exit');
  }

  type(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** Waits until the screen shows something, in the last lines. */
  async see(wanted: string | RegExp): Promise<void> {
    const isThere = (text: string): boolean => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text));
    const until = performance.now() + PATIENCE;
    for (;;) {
      await this.screen.drawn();
      const text = this.screen.lines.join('\n');
      if (isThere(text)) return;
      if (performance.now() > until) throw new Error(`the terminal never showed ${String(wanted)}, but:\n${text}`);
      await pause(20);
    }
  }

  /** Types keys and waits for what the screen then shows. */
  async enter(keys: string, wanted: string | RegExp): Promise<void> {
    this.type(keys);
    await this.see(wanted);
  }

  /** Gives the terminal another size. */
  resize(columns: number, rows: number): void {
    spawnSync('stty', ['-F', readFileSync(this.ttyFile, 'utf8').trim(), 'cols', String(columns), 'rows', String(rows)]);
    this.screen.resize(columns, rows);
  }

  /** Waits for the end, and gives the exit code. */
  async end(): Promise<unknown> {
    const [code] = await this.ended;
    return code;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
