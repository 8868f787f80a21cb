/** A terminal that is none: keys go in, and what a person would see comes out. */
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { type Assistant, type Entered, LineEditor, type Prompt, type TerminalScreen } from '../../src/terminal/editor.ts';
import { History } from '../../src/terminal/history.ts';

/** Keys by what a terminal sends for them. */
export const Keys = {
  enter: '\r',
  altEnter: '\x1b\r',
  tab: '\t',
  shiftTab: '\x1b[Z',
  backspace: '\x7f',
  delete: '\x1b[3~',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  wordLeft: '\x1b[1;5D',
  wordRight: '\x1b[1;5C',
  home: '\x1b[H',
  end: '\x1b[F',
  undo: '\x1f',
  redo: '\x1e',
  ctrl: (letter: string): string => String.fromCharCode(letter.charCodeAt(0) & 0x1f),
  alt: (letter: string): string => `\x1b${letter}`,
  paste: (text: string): string => `\x1b[200~${text}\x1b[201~`,
} as const;

/** A screen that understands escape sequences as xterm does. */
export class Screen implements TerminalScreen {
  private readonly terminal: InstanceType<typeof xterm.Terminal>;
  private readonly listeners = new Set<() => void>();

  constructor(columns = 60, rows = 12) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  }

  get columns(): number {
    return this.terminal.cols;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  write(text: string): void {
    this.terminal.write(text);
  }

  onResize(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    for (const listener of this.listeners) listener();
  }

  /** Waits until all that was written is drawn. */
  async drawn(): Promise<void> {
    await setImmediate();
    await new Promise<void>((resolve) => this.terminal.write('', resolve));
  }

  /** The lines from the first on, without empty ones at the end. */
  get lines(): string[] {
    const { active } = this.terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? '');
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Where the cursor is: line and column, from 0. */
  get cursor(): [line: number, column: number] {
    const { active } = this.terminal.buffer;
    return [active.baseY + active.cursorY, active.cursorX];
  }

  /** The colour of the palette of a character, -1 for none. */
  colourAt(line: number, column: number): number {
    const cell = this.terminal.buffer.active.getLine(line)?.getCell(column);
    return cell?.isFgPalette() ? cell.getFgColor() : -1;
  }

  isInverse(line: number, column: number): boolean {
    return (this.terminal.buffer.active.getLine(line)?.getCell(column)?.isInverse() ?? 0) !== 0;
  }
}

const plain = (text: string): { text: string; style: string } => ({ text, style: '' });
export const PROMPT: Prompt = { first: plain('> '), next: plain('| ') };

export const noAssistant: Assistant = {
  highlight: () => [],
  isComplete: () => true,
  complete: async () => null,
  hint: () => '',
};

/** An editor at a screen, and someone who types. */
export class Desk {
  readonly screen: Screen;
  readonly input = new PassThrough();
  readonly history: History;
  readonly editor: LineEditor;
  entered: Entered | null = null;

  constructor(assistant: Partial<Assistant> = {}, { columns = 60, rows = 12, history = new History() } = {}) {
    this.screen = new Screen(columns, rows);
    this.history = history;
    this.editor = new LineEditor({ input: this.input, screen: this.screen, history, assistant: { ...noAssistant, ...assistant } });
    this.editor.open();
  }

  /** Begins to read; what is entered is kept in `entered`. */
  read(text = ''): void {
    this.entered = null;
    void this.editor.read(PROMPT, text).then((entered) => {
      this.entered = entered;
    });
  }

  /** Types keys, and waits until they are drawn. */
  async type(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.input.write(key);
      await this.screen.drawn();
    }
  }

  /** Reads a text that is typed with these keys. */
  async enter(...keys: readonly string[]): Promise<Entered | null> {
    this.read();
    await this.type(...keys);
    return this.entered;
  }

  get lines(): string[] {
    return this.screen.lines;
  }
}
