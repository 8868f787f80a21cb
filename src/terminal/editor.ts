/**
 * Reads texts of one or more lines from a terminal: with history, search, completion and colours. It draws the text, and what stands below it, anew after each
 * burst of keys. While nobody reads, keys wait, but for Ctrl-C.
 */
import { emitKeypressEvents } from 'node:readline';
import { EDITS } from './edits.ts';
import type { History } from './history.ts';
import { type Action, actionOf, cleaned, type Key, textOf } from './keys.ts';
import { type Layout, layOut, type Row, type Span, type Styled } from './layout.ts';
import { type Completions, commonStart, dimRow, insertedBy, Menu } from './menu.ts';
import { Block, type Screen } from './screen.ts';
import { Search } from './search.ts';
import { TextBuffer } from './text-buffer.ts';

/** What the editor asks about texts; offsets are code units. */
export interface Assistant {
  /** Colours, in the order of the text. */
  highlight(text: string): readonly Span[];
  /** Whether a text is whole; else Enter begins a line. */
  isComplete(text: string): boolean;
  /** What could stand at the cursor; null for nothing. */
  complete(text: string, cursor: number): Promise<Completions | null>;
  /** A line about what is being written at the cursor; empty for none. */
  hint(text: string, cursor: number): string;
}

export interface TerminalInput extends NodeJS.ReadableStream {
  setRawMode?(raw: boolean): unknown;
}

export interface TerminalScreen extends Screen {
  /** Calls the listener when the size changes, until the returned function is called. */
  onResize(listener: () => void): () => void;
}

export interface EditorOptions {
  readonly input: TerminalInput;
  readonly screen: TerminalScreen;
  readonly history: History;
  readonly assistant: Assistant;
  /** Stops the process until it is told to go on; Ctrl-Z does nothing when left out. */
  readonly suspend?: () => void;
}

export interface Prompt {
  readonly first: Styled;
  /** Before the second line and those behind it. */
  readonly next: Styled;
}

export type Entered =
  | { readonly kind: 'text'; readonly text: string }
  /** Ctrl-C; `text` is what there was. */
  | { readonly kind: 'abandoned'; readonly text: string }
  /** Ctrl-D, or the end of the input. */
  | { readonly kind: 'end' };

const BRACKETED_PASTE = { on: '\x1b[?2004h', off: '\x1b[?2004l' } as const;
const CLEAR_SCREEN = '\x1b[H\x1b[2J';
const BELL = '\x07';
const INDENT = '  ';
const NO_PROMPT: Prompt = { first: { text: '', style: '' }, next: { text: '', style: '' } };

export class LineEditor {
  private readonly options: EditorOptions;
  private readonly block: Block;
  private readonly buffer = new TextBuffer();
  private prompt = NO_PROMPT;
  private resolve: ((entered: Entered) => void) | null = null;
  private readonly waiting: Key[] = [];
  private interrupted: () => void = () => {};
  private search: Search | null = null;
  private menu: Menu | null = null;
  private pasted: string | null = null;
  /** Which text of the history is shown; its length for the one that is being written. */
  private index = 0;
  private draft = '';
  private isDrawDue = false;
  private hasEnded = false;
  private offResize: () => void = () => {};
  private readonly onKey = (char: string | undefined, key: Key): void => this.take({ ...key, sequence: key.sequence ?? char });

  constructor(options: EditorOptions) {
    this.options = options;
    this.block = new Block(options.screen);
    emitKeypressEvents(options.input);
    options.input.on('end', () => this.end());
  }

  /** Takes hold of the terminal. */
  open(): void {
    const { input, screen } = this.options;
    input.setRawMode?.(true);
    input.on('keypress', this.onKey);
    input.resume();
    screen.write(BRACKETED_PASTE.on);
    this.offResize = screen.onResize(() => this.draw());
  }

  /** Lets go of the terminal. */
  close(): void {
    const { input, screen } = this.options;
    this.offResize();
    screen.write(BRACKETED_PASTE.off);
    input.off('keypress', this.onKey);
    input.pause();
    input.setRawMode?.(false);
  }

  /** Ends the reading that goes on, and all further, as the end of the input does. */
  end(): void {
    this.hasEnded = true;
    if (this.resolve !== null) this.leave({ kind: 'end' });
  }

  /** Reads a text. Only one read goes on at a time. */
  read(prompt: Prompt, text = ''): Promise<Entered> {
    if (this.hasEnded) return Promise.resolve({ kind: 'end' });
    this.prompt = prompt;
    this.buffer.reset(text);
    this.index = this.options.history.length;
    this.block.forget();
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.draw();
      for (let key = this.waiting.shift(); key !== undefined; key = this.waiting.shift()) {
        this.take(key);
        if (this.resolve === null) return;
      }
    });
  }

  /** What Ctrl-C does while nobody reads. */
  onInterrupt(listener: () => void): void {
    this.interrupted = listener;
  }

  /** Writes lines above the text that is being edited. */
  print(text: string): void {
    if (this.resolve === null) {
      this.options.screen.write(text);
      return;
    }
    this.block.erase();
    this.options.screen.write(text);
    this.block.forget();
    this.draw();
  }

  // --- keys ---

  private take(key: Key): void {
    const action = actionOf(key);
    if (this.resolve === null) {
      if (action === 'interrupt') this.interrupted();
      else this.waiting.push(key);
      return;
    }
    if (action === 'paste-start') this.pasted = '';
    else if (action === 'paste-end') this.paste();
    else if (this.pasted !== null) this.pasted += key.sequence ?? '';
    else this.press(action, key);
    if (this.resolve !== null) this.drawSoon();
  }

  private paste(): void {
    const text = cleaned(this.pasted ?? '').replace(/\n$/, '');
    this.pasted = null;
    this.menu = null;
    if (this.search === null) this.buffer.insert(text);
    else this.search.type(text);
  }

  private press(action: Action | null, key: Key): void {
    if (this.search !== null && this.pressInSearch(this.search, action, key)) return;
    if (this.menu !== null && this.pressInMenu(this.menu, action)) return;
    this.menu = null;
    if (action !== null) this.perform(action);
    else this.type(textOf(key));
  }

  private type(text: string): void {
    if (text === '') return;
    const { buffer } = this;
    // A bracket that closes stands below the line that opened it.
    const start = buffer.lineStart();
    const before = buffer.text.slice(start, buffer.cursor);
    if (/^[)\]}]$/.test(text) && start > 0 && before.endsWith(INDENT) && before.trim() === '') {
      buffer.replace(buffer.cursor - INDENT.length, buffer.cursor, text);
      return;
    }
    buffer.insert(text, true);
  }

  /** Whether the key belongs to the search; else the search ends with what it found. */
  private pressInSearch(search: Search, action: Action | null, key: Key): boolean {
    switch (action) {
      case 'search':
        search.older();
        return true;
      case 'search-on':
        search.newer();
        return true;
      case 'delete-before':
        search.deleteBefore();
        return true;
      case 'cancel':
      case 'interrupt':
        this.search = null;
        return true;
      case null: {
        const text = textOf(key);
        if (text !== '') search.type(text);
        return true;
      }
      default: {
        const { found, index } = search;
        this.search = null;
        if (found !== null) {
          this.show(index, found.text);
          this.buffer.reset(found.text, found.cursor);
        }
        return action === 'escape' || action === 'complete';
      }
    }
  }

  /** Whether the key belongs to the menu; else the menu goes. */
  private pressInMenu(menu: Menu, action: Action | null): boolean {
    const { columns } = this.options.screen;
    const isOpen = menu.selected >= 0;
    switch (action) {
      case 'complete':
        this.select(menu, 1);
        return true;
      case 'complete-back':
        this.select(menu, -1);
        return true;
      case 'right':
      case 'left':
        if (isOpen) this.select(menu, action === 'right' ? 1 : -1);
        return isOpen;
      case 'down':
      case 'up':
        if (isOpen) this.select(menu, action === 'down' ? menu.perRow(columns) : -menu.perRow(columns));
        return isOpen;
      case 'enter':
      case 'escape':
      case 'cancel':
        this.menu = null;
        return isOpen || action !== 'enter';
      default:
        return false;
    }
  }

  private select(menu: Menu, by: number): void {
    menu.move(by);
    const { selection } = menu;
    if (selection !== undefined) this.buffer.replace(menu.start, this.buffer.cursor, insertedBy(selection));
  }

  private perform(action: Action): void {
    const { buffer } = this;
    switch (action) {
      case 'enter':
        this.enter();
        break;
      case 'new-line':
        this.newLine();
        break;
      case 'interrupt':
        this.leave({ kind: 'abandoned', text: buffer.text }, '^C');
        break;
      case 'end-or-delete':
        if (buffer.text === '') this.leave({ kind: 'end' });
        else buffer.deleteAfter();
        break;
      case 'suspend':
        this.suspend();
        break;
      case 'clear-screen':
        this.options.screen.write(CLEAR_SCREEN);
        this.block.forget();
        break;
      case 'complete':
        this.complete();
        break;
      case 'search':
        this.search = new Search(this.options.history);
        break;
      case 'older':
      case 'newer':
        this.go(action === 'older' ? -1 : 1);
        break;
      case 'up':
        if (!buffer.up()) this.go(-1);
        break;
      case 'down':
        if (!buffer.down()) this.go(1);
        break;
      default:
        EDITS[action]?.(buffer);
    }
  }

  private suspend(): void {
    const { suspend, screen } = this.options;
    if (suspend === undefined) return;
    this.block.finish(this.layout());
    this.close();
    suspend();
    this.open();
    screen.write('\r');
  }

  // --- lines ---

  private enter(): void {
    const { text } = this.buffer;
    if (!this.options.assistant.isComplete(text)) {
      this.newLine();
      return;
    }
    this.options.history.add(text);
    this.leave({ kind: 'text', text });
  }

  /** Begins a line, as far in as the one above, or further when that ends by opening a bracket. */
  private newLine(): void {
    const { text, cursor } = this.buffer;
    const line = text.slice(this.buffer.lineStart(), cursor);
    const indent = (/^[ \t]*/.exec(line) as RegExpExecArray)[0];
    this.buffer.insert(`\n${indent}${/[([{]\s*$/.test(line) ? INDENT : ''}`);
  }

  private leave(entered: Entered, mark = ''): void {
    const { resolve, buffer } = this;
    this.menu = null;
    this.search = null;
    buffer.toEnd();
    const layout = this.layout();
    const last = layout.rows.at(-1) as Row;
    this.block.finish({ ...layout, rows: [...layout.rows.slice(0, -1), { ...last, text: last.text + mark }] });
    this.resolve = null;
    resolve?.(entered);
  }

  /** Shows an older or newer text of the history, if there is one. */
  private go(by: number): void {
    const { history } = this.options;
    const index = this.index + by;
    if (index < 0 || index > history.length) {
      this.options.screen.write(BELL);
      return;
    }
    this.show(index, index === history.length ? this.draft : (history.at(index) ?? ''));
  }

  private show(index: number, text: string): void {
    if (this.index === this.options.history.length) this.draft = this.buffer.text;
    this.index = index;
    this.buffer.reset(text);
  }

  // --- completion ---

  private complete(): void {
    const { text, cursor } = this.buffer;
    const line = text.slice(this.buffer.lineStart(), cursor);
    if (line.trim() === '' && this.buffer.lineStart() > 0) {
      this.buffer.insert(INDENT);
      return;
    }
    void this.options.assistant.complete(text, cursor).then((found) => {
      const isStale = this.resolve === null || this.buffer.text !== text || this.buffer.cursor !== cursor;
      if (!isStale) this.offer(found);
    });
  }

  private offer(found: Completions | null): void {
    const { buffer } = this;
    const [first] = found?.items ?? [];
    if (found === null || first === undefined) {
      this.options.screen.write(BELL);
      return;
    }
    if (found.items.length === 1) buffer.replace(found.start, buffer.cursor, insertedBy(first));
    else {
      const common = commonStart(found.items.map(insertedBy));
      if (common.length > buffer.cursor - found.start) buffer.replace(found.start, buffer.cursor, common);
      this.menu = new Menu(found);
    }
    this.drawSoon();
  }

  // --- drawing ---

  private drawSoon(): void {
    if (this.isDrawDue) return;
    this.isDrawDue = true;
    queueMicrotask(() => {
      this.isDrawDue = false;
      if (this.resolve !== null) this.draw();
    });
  }

  private draw(): void {
    if (this.resolve !== null) this.block.draw(this.layout(true));
  }

  private layout(withBelow = false): Layout {
    const { screen, assistant } = this.options;
    const { columns } = screen;
    const { search, prompt } = this;
    const text = search === null ? this.buffer.text : (search.found?.text ?? '');
    const cursor = search === null ? this.buffer.cursor : (search.found?.cursor ?? 0);
    const first = search === null ? prompt.first : search.prompt;
    const below = withBelow ? this.below(text, cursor) : [];
    return layOut({ prompt: first, continuation: prompt.next, text, cursor, spans: assistant.highlight(text), below, columns });
  }

  private below(text: string, cursor: number): Row[] {
    const { columns, rows } = this.options.screen;
    // A row that is full would wrap.
    const room = columns - 1;
    if (this.menu !== null) return this.menu.rows(room, rows - 2);
    const hint = this.search === null ? this.options.assistant.hint(text, cursor) : '';
    return hint === '' ? [] : [dimRow(hint, room)];
  }
}
